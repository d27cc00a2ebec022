"""What readers do on the pages: forms and the script's calls, kept and answered in words."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput
from stoa.records import AccountId, EventKind, Post, PostId, ViewerEvent, ViewerSettings
from stoa.web.api.events import WORDS, EventDoor
from stoa.web.bodies import EVENTS_BYTES, read_body, read_form
from stoa.web.desk import Desk, Reader
from stoa.web.errors import wants_json
from stoa.web.pages.why import find_post
from stoa.web.sessions import Flash
from stoa.web.views.acts_words import said_after
from stoa.web.views.gather import Gatherer, set_aside
from stoa.web.wire import encode

SEEN_KINDS = frozenset({"impression", "dwell", "click"})
MAX_SEEN = 400
_LESS = 0.5

Fields = tuple[tuple[str, str], ...]


async def act(request: Request) -> Response:
    """One act of a reader on a post, or on what led to it; says what changed and offers undo."""
    desk: Desk = request.app.state.desk
    form = await read_form(request)
    reader = desk.check_csrf(request, form.get("csrf", ""))
    said, undo = await run_in_threadpool(carry_out, desk, reader, form)
    if not wants_json(request):
        return desk.go(request, form.get("back", "/"), Flash(said=said, undo=undo))
    mine = await run_in_threadpool(_mine, desk, reader, form.get("post", ""))
    answer = {
        "ok": True,
        "said": said,
        "undo": undo,
        "mine": sorted(mine),
        "leaves": set_aside(mine) is not None or form.get("kind") == "mute_conversation",
    }
    return Response(encode(answer), media_type="application/json")


async def seen(request: Request) -> Response:
    """Impressions and seconds on screen, measured by the script, a batch at a time."""
    desk: Desk = request.app.state.desk
    body = await read_body(request, EVENTS_BYTES)
    reader = desk.check_csrf(request, request.headers.get("x-csrf-token", ""))
    try:
        entries = msgspec.json.decode(body, type=_Seen).events
    except msgspec.MsgspecError as problem:
        raise BadInput(
            "body", body[:60], f"send an object with a list of events ({problem})"
        ) from None
    return await run_in_threadpool(_keep_seen, desk, reader, entries[:MAX_SEEN])


def carry_out(desk: Desk, reader: Reader, form: dict[str, str]) -> tuple[str, Fields]:
    """Does what a form asks; what to say, and the fields that would take it back.

    Raises:
        BadInput: the act is not one of these.
        UnknownPost: the post is gone.
    """
    kind = form.get("kind", "")
    post = find_post(desk, form.get("post", ""), reader)
    if kind in ("vector_less", "vector_remove", "vector_restore"):
        return _weigh(desk, reader, post, form)
    if kind in ("mute_conversation", "unmute_conversation"):
        return _conversation(desk, reader, post, kind == "mute_conversation")
    if kind not in WORDS or kind in ("impression", "dwell", "reply", "quote"):
        raise BadInput("kind", kind, "use one of the acts that the page offers")
    event = _event(desk, reader, post, WORDS[kind], form.get("undoes"))
    keep(desk, [event])
    if event.kind is EventKind.REPORT:
        desk.meters.reports.inc()
    back = (("kind", "undo"), ("undoes", kind), ("post", post.uri))
    if event.kind is EventKind.UNDO:
        back = (("kind", form.get("undoes", "")), ("post", post.uri))
    return said_after(event.kind, event.undoes), (*back, ("back", form.get("back", "/")))


def keep(desk: Desk, events: list[ViewerEvent]) -> int:
    """Hands events to the square and counts them."""
    n_new = desk.square.acts.record(events)
    for event in events:
        desk.meters.viewer_events.labels(event.kind.name.lower()).inc()
    return n_new


class _Seen(msgspec.Struct):
    events: list[dict[str, object]]


def _keep_seen(desk: Desk, reader: Reader, entries: list[dict[str, object]]) -> Response:
    door = EventDoor(desk.square.store, desk.square.store, desk.latest_us(), surface="page")
    fit = [entry for entry in entries if entry.get("kind") in SEEN_KINDS]
    kept, rejected = door.read(fit, viewer=reader.viewer)
    # Seen by the square's own clock: a town or a file lives in another time than the browser.
    shift_us = desk.now_us() - desk.latest_us()
    keep(desk, [replace(event, at_us=event.at_us + shift_us) for event in kept])
    answer = {"accepted": len(kept), "rejected": rejected}
    return Response(encode(answer), media_type="application/json")


def _event(
    desk: Desk, reader: Reader, post: Post, kind: EventKind, undoes: str | None
) -> ViewerEvent:
    undone = None
    if kind is EventKind.UNDO:
        undone = WORDS.get(undoes or "")
        if undone is None or undone is EventKind.UNDO:
            raise BadInput("undoes", undoes, "name the act to take back")
    viewer = desk.viewer_id(reader)
    item = desk.shelf.item(int(viewer), int(post.id))
    return ViewerEvent(
        viewer=viewer,
        kind=kind,
        post=post.id,
        at_us=act_us(desk, viewer),
        undoes=undone,
        position=item.position if item else None,
        propensity=item.propensity if item else None,
        surface="page",
    )


def act_us(desk: Desk, viewer: AccountId) -> int:
    """When an act happens: now, but after all that this reader did before.

    The clock of a file stands still, and an undo must come after what it takes back.
    """
    newest = desk.square.store.events(viewer, (), 1)
    return max([desk.now_us(), *(event.at_us + 1 for event in newest)])


def _weigh(desk: Desk, reader: Reader, post: Post, form: dict[str, str]) -> tuple[str, Fields]:
    text = form.get("vector", "")
    if not text.isdigit() or len(text) > 18:
        raise BadInput("vector", text, "use a button of the page")
    vector = int(text)
    kind = form["kind"]
    held = desk.settings(reader)
    before = held.vector_weights.get(vector, 1.0)
    weight = {"vector_less": before * _LESS, "vector_remove": 0.0}.get(kind)
    if weight is None:
        weight = _number(form.get("weight", "1"))
    weights = {**held.vector_weights, vector: weight}
    save(desk, reader, replace(held, vector_weights=weights))
    said = {
        "vector_less": f"That vector now weighs {weight:.2g}×.",
        "vector_remove": "That vector is removed: it finds nothing any more.",
    }.get(kind, "The vector is as it was.")
    undo = (
        ("kind", "vector_restore"),
        ("vector", text),
        ("weight", f"{before:.4f}"),
        ("post", post.uri),
        ("back", form.get("back", "/")),
    )
    return said, undo if kind != "vector_restore" else ()


def _conversation(desk: Desk, reader: Reader, post: Post, leave: bool) -> tuple[str, Fields]:
    root = int(post.root or post.id)
    held = desk.settings(reader)
    left = held.muted_conversations
    left = left | {root} if leave else left - {root}
    save(desk, reader, replace(held, muted_conversations=left))
    said = "This conversation will not come back." if leave else "The conversation may come back."
    undo = (("kind", "unmute_conversation"), ("post", post.uri)) if leave else ()
    return said, undo


def save(desk: Desk, reader: Reader, settings: ViewerSettings) -> None:
    """Replaces what a reader chose."""
    desk.square.store.save_settings(desk.viewer_id(reader), settings)


def _mine(desk: Desk, reader: Reader, uri: str) -> frozenset[str]:
    post: PostId | None = desk.square.store.post_id(uri)
    if post is None:
        return frozenset()
    gatherer = Gatherer(desk.square, ViewerSettings(), 0, desk.viewer_id(reader))
    return gatherer.mine().get(int(post), frozenset())


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise BadInput("weight", text, "give a number from 0 to 4") from None
    if not 0 <= value <= 4:
        raise BadInput("weight", text, "give a number from 0 to 4")
    return value
