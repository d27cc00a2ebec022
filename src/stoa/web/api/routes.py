"""`/api/v1/feed`, `/events` and `/posts`: what any app calls."""

from __future__ import annotations

import time

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput
from stoa.feed.outcome import Promotion
from stoa.records import Batch, PostId
from stoa.web.acts import keep
from stoa.web.api.access import require_program
from stoa.web.api.events import EventDoor, viewer_name
from stoa.web.api.own_posts import field_of, read_posts, read_removals
from stoa.web.bodies import EVENTS_BYTES, POSTS_BYTES, read_body
from stoa.web.desk import Desk, query_number
from stoa.web.reading import read_page
from stoa.web.views.note_view import shown_note
from stoa.web.views.words import iso
from stoa.web.wire import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    FeedAnswer,
    FeedItem,
    PromotedPost,
    Taken,
    encode,
)

MAX_ENTRIES = 10_000


def feed(request: Request) -> Response:
    """`GET /api/v1/feed`: the next posts for a viewer."""
    desk: Desk = request.app.state.desk
    require_program(desk, request)
    viewer = viewer_name(request.query_params.get("viewer"))
    limit = query_number(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
    cursor = request.query_params.get("cursor") or None
    page = read_page(desk, viewer, limit, cursor, surface="api")
    posts = desk.square.store.posts([int(item.post) for item in page.items])
    notes = desk.square.notes.shown([post.uri for post in posts.values()])
    moved = [int(item.promoted.displaced) for item in page.items if item.promoted]
    uris = desk.square.store.uris(moved) if moved else {}
    items = [
        FeedItem(
            uri=post.uri,
            author=post.author_name,
            text=post.content.text,
            created_at=iso(post.content.created_us or post.at_us),
            reply_to=post.content.parent_uri,
            seconds=None if item.seconds is None else round(item.seconds, 2),
            why=list(item.why),
            note=shown_note(notes.get(post.uri)),
            ask=item.ask,
            promoted=_promoted(item.promoted, uris),
        )
        for item in page.items
        if (post := posts.get(item.post)) is not None
    ]
    return _json(FeedAnswer(items=items, cursor=page.cursor))


async def events(request: Request) -> Response:
    """`POST /api/v1/events`: what viewers did; good entries are kept when others are not."""
    desk: Desk = request.app.state.desk
    require_program(desk, request)
    entries = entries_of(await read_body(request, EVENTS_BYTES), "events")
    return await run_in_threadpool(_keep_events, desk, entries)


async def put_posts(request: Request) -> Response:
    """`PUT /api/v1/posts`: posts of an app's own."""
    desk: Desk = request.app.state.desk
    require_program(desk, request)
    entries = entries_of(await read_body(request, POSTS_BYTES), "posts")
    changes, rejected = await run_in_threadpool(
        read_posts, entries, desk.now_us(), time.time_ns() // 1000
    )
    return await _commit(desk, tuple(changes), rejected)


async def delete_posts(request: Request) -> Response:
    """`DELETE /api/v1/posts`: takes them back; text and vector are erased."""
    desk: Desk = request.app.state.desk
    require_program(desk, request)
    entries = entries_of(await read_body(request, POSTS_BYTES), "posts")
    changes, rejected = read_removals(entries, desk.now_us(), time.time_ns() // 1000)
    return await _commit(desk, tuple(changes), rejected)


def entries_of(body: bytes, name: str) -> list[object]:
    """The list under `name` in a JSON body, its entries unread.

    Raises:
        BadInput: not JSON, not an object with that list, or too many entries.
    """
    kind = msgspec.defstruct("Body", [(name, list)])
    try:
        entries = getattr(msgspec.json.decode(body, type=kind), name)
    except msgspec.ValidationError as problem:
        field, mend = field_of(problem)
        raise BadInput(field or "body", body[:60], f'send {{"{name}": [...]}}: {mend}') from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadInput("body", body[:60], f'send JSON {{"{name}": [...]}}: {problem}') from None
    if len(entries) > MAX_ENTRIES:
        raise BadInput(name, len(entries), f"send at most {MAX_ENTRIES:,} at once")
    return entries


def _keep_events(desk: Desk, entries: list[object]) -> Response:
    door = EventDoor(desk.square.store, desk.square.store, desk.latest_us())
    kept, rejected = door.read(entries)
    keep(desk, kept)
    for entry in rejected:
        desk.meters.rejected_events.labels(entry.field).inc()
    return _json(Taken(accepted=len(kept), rejected=rejected))


async def _commit(desk: Desk, changes: tuple, rejected: list) -> Response:
    if changes:
        await run_in_threadpool(desk.square.commit, Batch(changes=changes))
    return _json(Taken(accepted=len(changes), rejected=rejected))


def _promoted(promotion: Promotion | None, uris: dict[PostId, str]) -> PromotedPost | None:
    if promotion is None:
        return None
    return PromotedPost(
        by=promotion.advertiser,
        value_s=round(promotion.value_s, 2),
        displaced=uris.get(promotion.displaced),
        displaced_s=round(promotion.displaced_s, 2),
        agreed_s=promotion.agreed_s,
    )


def _json(answer: object) -> Response:
    return Response(encode(answer), media_type="application/json")
