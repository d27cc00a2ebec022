"""`/post/{URI}`: one post, its conversation, its neighbours, and how its vector moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from stoa.notes.views import NoteView
from stoa.records import EdgeKind, Post, PostId, as_ids
from stoa.space.generation import words_alone
from stoa.web.api.access import twin_reader
from stoa.web.desk import Desk
from stoa.web.pages.noter import asking, noter, write_href
from stoa.web.pages.why import find_post, gatherer_of
from stoa.web.views.note_view import note_card, note_json, shown_note
from stoa.web.views.text import POST_CHARACTERS
from stoa.web.views.thread_tree import thread_tree
from stoa.web.views.words import counted, iso
from stoa.web.wire import encode

_NEIGHBOURS = 6


@dataclass(frozen=True, slots=True)
class Moved:
    """How far the conversation moved a post's vector from its own words."""

    percent: int
    sentence: str


def post(request: Request) -> Response:
    """The post's own page."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    found = find_post(desk, request.path_params["uri"], reader)
    gatherer = gatherer_of(desk, reader)
    conversation = conversation_of(desk, found)
    near = neighbours_of(desk, found)
    around = gatherer.surroundings([int(found.id), *conversation, *(int(p) for p, _ in near)])
    tree = thread_tree(
        found,
        {p: around.posts[p] for p in {*conversation, found.id} if p in around.posts},
        gatherer,
        around,
    )
    n_replies = gatherer.reply_counts([int(found.id)]).get(int(found.id), 0)
    card = gatherer.card(found, around, n_replies, gatherer.cover_of(found), POST_CHARACTERS)
    card = gatherer.marked([card])[0]
    me = noter(desk, reader)
    n_others = len(conversation) - (1 if found.id in conversation else 0)
    return desk.render(
        request,
        "post.html",
        title=f"{card.author.title}: a post",
        json_href="/api/v1" + card.href,
        card=card,
        thread=tree,
        thread_words=f"{counted(n_others + 1, 'post')} of it are held here."
        if n_others
        else "Only this post of it is held here.",
        neighbours=[
            (gatherer.small(around.posts[p], around), round(100 * similarity))
            for p, similarity in near
            if p in around.posts
        ],
        moved=moved(desk, found),
        likes_words=_likes_words(desk, found),
        notes=[
            note_card(view, desk.now_us(), on_mine=me.viewer == found.author, writer=me.pseudonym)
            for view in desk.square.notes.notes_of(found.uri)
        ],
        asking=asking(desk, me, found.uri),
        write_href=write_href(found.uri),
    )


def post_twin(request: Request) -> Response:
    """The post, its conversation and its neighbours as JSON."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    found = find_post(desk, request.path_params["uri"], reader)
    near = neighbours_of(desk, found)
    gatherer = gatherer_of(desk, reader)
    conversation = gatherer.showable(desk.square.store.posts(conversation_of(desk, found)))
    uris = desk.square.store.uris([int(p) for p, _ in near])
    shift = moved(desk, found)
    shown = desk.square.notes.shown([found.uri, *(p.uri for p in conversation.values())])
    answer = {
        **post_json(found, shown),
        "notes": [note_json(view) for view in desk.square.notes.notes_of(found.uri)],
        "note_requests": desk.square.notes.n_requests(found.uri),
        "conversation": [
            post_json(p, shown) for p in sorted(conversation.values(), key=lambda p: p.at_us)
        ],
        "neighbours": [{"uri": uris[p], "similarity": round(s, 4)} for p, s in near if p in uris],
        "moved_percent": shift.percent if shift else 0,
    }
    return Response(encode(answer), media_type="application/json")


def post_json(post: Post, notes: Mapping[str, NoteView]) -> dict[str, object]:
    """A post as the interface tells it, with the note that shows under it."""
    return {
        "uri": post.uri,
        "author": post.author_name,
        "text": post.content.text,
        "created_at": iso(post.content.created_us or post.at_us),
        "reply_to": post.content.parent_uri,
        "langs": post.content.langs,
        "labels": post.content.labels,
        "note": shown_note(notes.get(post.uri)),
    }


def conversation_of(desk: Desk, post: Post, limit: int = 200) -> list[PostId]:
    """Ids of the posts of a conversation that are held here."""
    root = post.root or post.id
    return desk.square.store.thread(root, limit)


def neighbours_of(desk: Desk, post: Post) -> list[tuple[PostId, float]]:
    """The posts nearest in the space, nearest first, without the post itself."""
    near = desk.square.feed.neighbours(post.id, _NEIGHBOURS)
    return [(p, s) for p, s in near if p != post.id]


def moved(desk: Desk, post: Post) -> Moved | None:
    """The angle between the vector of the words alone and the present one."""
    rooms = desk.square.rooms
    space = rooms.vectors.seat.generation
    words = words_alone(space, rooms.rows.get(as_ids([post.id])))[0]
    vectors, found = space.index.vectors(as_ids([post.id]))
    if not found[0] or not np.any(words) or not np.any(vectors[0]):
        return None
    cosine = float(words @ vectors[0] / (np.linalg.norm(words) * np.linalg.norm(vectors[0])))
    percent = round(100 * np.arccos(np.clip(cosine, -1, 1)) / (np.pi / 2))
    if percent < 1:
        return None
    return Moved(
        percent,
        f"Answers, and who engaged, turned its vector by {percent} % of a right angle since its "
        "words alone put it in its place.",
    )


def _likes_words(desk: Desk, post: Post) -> str:
    n = len(desk.square.store.edges_on(post.id, EdgeKind.LIKE))
    return (
        f"{counted(n, 'account')} read by this square."
        if n
        else "Nobody yet, as far as this square has read."
    )
