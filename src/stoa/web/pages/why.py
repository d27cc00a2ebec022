"""`/why?post=URI`: the chain from the reader's own acts to this post, as a page and a drawer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput, UnknownPost
from stoa.feed.outcome import Why
from stoa.records import AccountId, Post, PostId
from stoa.web.api.access import twin_reader
from stoa.web.desk import Desk, Reader, twin
from stoa.web.pages.home import MENU
from stoa.web.views.chain import chain, ordinal
from stoa.web.views.gather import Gatherer
from stoa.web.views.promoted import promoted_json, promoted_story
from stoa.web.views.rules import dropped_words
from stoa.web.wire import encode


def why(request: Request) -> Response:
    """The reasons for one post, for the reader they belong to."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    post, viewer, reasons = _reasons(desk, reader, request)
    gatherer = gatherer_of(desk, reader)
    events = [int(match.event_post) for match in reasons.matches]
    moved = [int(reasons.promoted.displaced)] if reasons.promoted else []
    around = gatherer.surroundings([int(post.id), *events, *moved])
    item = desk.shelf.item(int(viewer), int(post.id))
    cover = item.cover if item else gatherer.cover_of(post)
    context = {
        "card": gatherer.card(post, around, 0, cover),
        "chain": chain(reasons, around.posts, desk.now_us()),
        "promoted": promoted_story(reasons.promoted, around.posts) if reasons.promoted else None,
        "menu": MENU,
        "ordinal": ordinal,
    }
    if request.query_params.get("fragment"):
        return desk.fragment(request, "why_body.html", **context)
    return desk.render(
        request,
        "why.html",
        title="Why this post",
        json_href=twin("/why", post=post.uri, viewer=reader.name),
        **context,
    )


def why_twin(request: Request) -> Response:
    """The same chain as JSON."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    post, _, reasons = _reasons(desk, reader, request)
    moved = [int(reasons.promoted.displaced)] if reasons.promoted else []
    uris = desk.square.store.uris([*(int(m.event_post) for m in reasons.matches), *moved])
    return Response(encode(why_json(post.uri, reasons, uris)), media_type="application/json")


def why_json(uri: str, why: Why, uris: dict[PostId, str]) -> dict[str, object]:
    """The record with URIs in place of interned ids."""
    return {
        "post": uri,
        "sentences": why.sentences,
        "sources": why.sources,
        "matches": [
            {
                "post": uris.get(match.event_post),
                "kind": match.kind.name.lower(),
                "at_us": match.at_us,
                "similarity": match.similarity,
                "weight": match.weight,
            }
            for match in why.matches
        ],
        "engaged_alike": why.engaged_alike,
        "terms": dict(why.terms),
        "score": why.score,
        "seconds": why.seconds,
        "mean_seconds": why.mean_seconds,
        "rank": why.rank,
        "position": why.position,
        "preset_ranks": dict(why.preset_ranks),
        "composing": why.composing,
        "dropped_by": dropped_words(why.dropped_by),
        "promoted": promoted_json(why.promoted, uris),
    }


def _reasons(desk: Desk, reader: Reader, request: Request) -> tuple[Post, AccountId, Why]:
    post = find_post(desk, request.query_params.get("post", ""), reader)
    viewer = desk.viewer_id(reader)
    return post, viewer, desk.square.feed.why(viewer, post.id)


def find_post(desk: Desk, uri: str, reader: Reader) -> Post:
    """A live post by its URI.

    Raises:
        BadInput: no URI was given, or one that cannot be.
        UnknownPost: it is not here, not any more, or not for this reader.
    """
    if not uri or len(uri) > 8_192:
        raise BadInput("post", uri, "give the URI of a post")
    post_id = desk.square.store.post_id(uri)
    post = desk.square.store.posts([post_id]).get(post_id) if post_id is not None else None
    if post is None or not gatherer_of(desk, reader).showable({post.id: post}):
        raise UnknownPost(uri)
    return post


def gatherer_of(desk: Desk, reader: Reader) -> Gatherer:
    """Makes cards for who asks."""
    viewer = desk.known_viewer(reader) if reader.name else None
    return Gatherer(desk.square, desk.settings(reader), desk.now_us(), viewer)
