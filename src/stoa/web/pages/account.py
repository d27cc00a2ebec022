"""`/account/{id}`: the newest posts of one account that are held here."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import UnknownAccount
from stoa.records import Account, AccountStatus, Post
from stoa.web.api.access import twin_reader
from stoa.web.desk import Desk
from stoa.web.pages.post import post_json
from stoa.web.pages.why import gatherer_of
from stoa.web.views.people import person
from stoa.web.views.words import counted
from stoa.web.wire import encode

_SHOWN = 30


def account(request: Request) -> Response:
    """The newest posts, newest first."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    found, posts = _held(desk, request)
    gatherer = gatherer_of(desk, reader)
    around = gatherer.surroundings([int(post.id) for post in posts])
    posts = [post for post in posts if post.id in around.posts]
    replies = gatherer.reply_counts([int(post.id) for post in posts])
    cards = [
        gatherer.card(post, around, replies.get(int(post.id), 0), gatherer.cover_of(post))
        for post in posts
    ]
    who = person(found)
    viewer = gatherer.viewer
    return desk.render(
        request,
        "account.html",
        title=who.title,
        json_href="/api/v1" + who.href,
        who=who,
        cards=gatherer.marked(cards),
        opted_out=found.opted_out,
        follow_post=posts[0].uri if posts and viewer is not None and viewer != found.id else "",
        follows=viewer is not None and int(found.id) in desk.square.rooms.board.follows.of(viewer),
        held_words=f"The newest {counted(len(cards), 'post')} held here."
        if cards
        else "No post is held here.",
    )


def account_twin(request: Request) -> Response:
    """The same as JSON."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    found, posts = _held(desk, request)
    held = gatherer_of(desk, reader).showable({post.id: post for post in posts}).values()
    shown = desk.square.notes.shown([post.uri for post in held])
    answer = {
        "account": found.name,
        "handle": found.handle,
        "display_name": found.display_name,
        "opted_out": found.opted_out,
        "posts": [post_json(post, shown) for post in held],
    }
    return Response(encode(answer), media_type="application/json")


def _held(desk: Desk, request: Request) -> tuple[Account, list[Post]]:
    name = request.path_params["name"]
    store = desk.square.store
    account_id = store.account_id(name) if len(name) <= 256 else None
    found = store.accounts([account_id]).get(account_id) if account_id is not None else None
    if found is None or found.status is not AccountStatus.ACTIVE or name.startswith("local:"):
        raise UnknownAccount(name)
    ids = store.account_posts(found.id, _SHOWN)
    posts = store.posts(ids)
    return found, [posts[p] for p in ids if p in posts]
