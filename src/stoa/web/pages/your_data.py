"""Weights of vectors, export, import, and being forgotten: a reader's rights as forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.app.rooms import Store
from stoa.errors import BadInput
from stoa.records import AccountId, EventKind, ViewerEvent
from stoa.web.acts import keep, save
from stoa.web.api.access import twin_reader
from stoa.web.api.events import EventDoor
from stoa.web.api.questions import kept_of
from stoa.web.bodies import IMPORT_BYTES, form_fields, read_body, read_form
from stoa.web.desk import Desk, Reader
from stoa.web.errors import wants_json
from stoa.web.pages.settings import settings_json
from stoa.web.sessions import COOKIE, Flash
from stoa.web.views.words import counted, full_moment, iso
from stoa.web.wire import encode

FORMAT = "stoa-reader-1"
MAX_EVENTS = 100_000
_MAX_WEIGHT = 4.0
_KEPT = {
    "viewer_events": "What you did and saw",
    "viewer_settings": "Settings",
    "edges": "Follows and blocks made here",
    "note_links": "Tie to the pseudonym of your notes",
    "placements": "Promoted posts you were shown",
    "kept_questions": "Questions you asked",
    "pages_in_memory": "Pages held in memory",
}


async def weigh(request: Request) -> Response:
    """Keeps the weights of the sliders."""
    desk: Desk = request.app.state.desk
    form = await read_form(request)
    reader = desk.check_csrf(request, form.get("csrf", ""))
    n = await run_in_threadpool(_weigh, desk, reader, form)
    said = f"{counted(n, 'weight')} changed. Your next page follows." if n else "Nothing changed."
    if wants_json(request):
        return Response(encode({"ok": True, "said": said}), media_type="application/json")
    return desk.go(request, "/you#vectors", Flash(said=said))


async def remove(request: Request) -> Response:
    """Removes a vector, or restores one."""
    desk: Desk = request.app.state.desk
    form = await read_form(request)
    reader = desk.check_csrf(request, form.get("csrf", ""))
    restore = "restore" in form
    vector = _vector_id(form.get("restore") or form.get("remove") or "")
    await run_in_threadpool(_set_weight, desk, reader, vector, 1.0 if restore else 0.0)
    said = "The vector is back." if restore else "The vector is removed: it finds nothing any more."
    return desk.go(request, "/you#vectors", Flash(said=said))


def export(request: Request) -> Response:
    """Everything kept about the reader, as one JSON file."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    return _file(export_json(desk, reader))


def export_twin(request: Request) -> Response:
    """The same, for programs."""
    desk: Desk = request.app.state.desk
    return _file(export_json(desk, twin_reader(desk, request)))


def export_json(desk: Desk, reader: Reader) -> dict[str, object]:
    """Settings and acts, with URIs in place of interned ids."""
    store = desk.square.store
    viewer = desk.viewer_id(reader)
    events = store.events(viewer, (), MAX_EVENTS)
    uris = store.uris(sorted({int(event.post) for event in events}))
    return {
        "format": FORMAT,
        "viewer": reader.viewer,
        "exported_at": iso(desk.latest_us()),
        "settings": settings_json(desk, store.settings(viewer)),
        "events": [_event_json(event, uris) for event in events if event.post in uris],
        "promoted_posts": _promoted_json(store, viewer),
        "questions": [
            {"question": one.question, "at": iso(one.at_us), "answer": one.answer.text}
            for one in kept_of(desk, reader)
        ],
    }


def _promoted_json(store: Store, viewer: AccountId) -> list[dict[str, object]]:
    """What this reader was shown because somebody paid for it, oldest first."""
    shown = store.promoted.placements(viewer)
    uris = store.uris(sorted({int(p) for one in shown for p in (one.post, one.displaced)}))
    return [
        {
            "campaign": one.campaign,
            "post": uris.get(one.post),
            "at": iso(one.at_us),
            "value_s": one.value_s,
            "displaced": uris.get(one.displaced),
            "displaced_s": one.displaced_s,
            "agreed_s": one.agreed_s,
        }
        for one in shown
    ]


async def import_(request: Request) -> Response:
    """Adds an export of this or another square to what is kept about the reader."""
    desk: Desk = request.app.state.desk
    form = form_fields(await read_body(request, IMPORT_BYTES))
    reader = desk.check_csrf(request, form.get("csrf", ""))
    try:
        data = msgspec.json.decode(form.get("export", "").encode(), type=_Export)
    except (msgspec.MsgspecError, UnicodeEncodeError) as problem:
        raise BadInput("export", "…", f"give a file that a square exported ({problem})") from None
    if data.format != FORMAT:
        raise BadInput("format", data.format, f"give an export of format {FORMAT}")
    kept, lost = await run_in_threadpool(_import, desk, reader, data)
    said = f"{counted(kept, 'act')} added."
    if lost:
        said += f" {counted(lost, 'act')} aimed at posts that this square does not hold."
    return desk.go(request, "/you", Flash(said=said))


async def forget(request: Request) -> Response:
    """Deletes everything kept about the reader and shows the receipt."""
    desk: Desk = request.app.state.desk
    form = await read_form(request)
    reader = desk.check_csrf(request, form.get("csrf", ""))
    if form.get("sure") != "yes":
        raise BadInput("sure", form.get("sure", ""), "tick the box: this cannot be undone")
    rows = await run_in_threadpool(_forget, desk, reader)
    when_us = desk.latest_us()
    seed = f"{reader.viewer} {when_us} {rows}".encode()
    response = desk.render(
        request,
        "receipt.html",
        title="Forgotten",
        rows=[
            (_KEPT.get(what, what.replace("_", " ").capitalize()), n) for what, n in rows.items()
        ],
        when=full_moment(when_us),
        receipt=blake2b(seed, digest_size=6).hexdigest(),
    )
    response.delete_cookie(COOKIE)
    return response


class _Export(msgspec.Struct):
    format: str
    events: list[dict[str, object]] = []
    settings: dict[str, object] = {}


def _import(desk: Desk, reader: Reader, data: _Export) -> tuple[int, int]:
    door = EventDoor(desk.square.store, desk.square.store, desk.latest_us(), surface="import")
    kept, rejected = door.read(data.events[:MAX_EVENTS], viewer=reader.viewer)
    keep(desk, kept)
    weights = data.settings.get("vector_weights")
    if isinstance(weights, Mapping):
        held = desk.settings(reader)
        found = dict(held.vector_weights)
        for uri, weight in weights.items():
            post = desk.square.store.post_id(str(uri))
            if post is not None and isinstance(weight, (int, float)) and 0 <= weight <= _MAX_WEIGHT:
                found[int(post)] = float(weight)
        save(desk, reader, replace(held, vector_weights=found))
    return len(kept), len(rejected)


def _forget(desk: Desk, reader: Reader) -> dict[str, int]:
    viewer = desk.viewer_id(reader)
    desk.square.feed.forget(viewer)
    desk.square.rooms.settle()  # what a page served a moment ago goes too
    rows = dict(desk.square.store.forget(viewer))
    rows["pages_in_memory"] = desk.shelf.forget(int(viewer))
    return rows


def _weigh(desk: Desk, reader: Reader, form: dict[str, str]) -> int:
    held = desk.settings(reader)
    weights = dict(held.vector_weights)
    for name, text in form.items():
        if name.startswith("w") and name[1:].isdigit():
            vector, weight = _vector_id(name[1:]), _weight(text)
            if abs(weights.get(vector, 1.0) - weight) > 0.049:
                weights[vector] = weight
    n = sum(1 for v, w in weights.items() if held.vector_weights.get(v, 1.0) != w)
    if n:
        save(desk, reader, replace(held, vector_weights=weights))
    return n


def _set_weight(desk: Desk, reader: Reader, vector: int, weight: float) -> None:
    held = desk.settings(reader)
    save(desk, reader, replace(held, vector_weights={**held.vector_weights, vector: weight}))


def _vector_id(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadInput("vector", text, "use a button of the page")
    return int(text)


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        raise BadInput("weight", text, "give a number from 0 to 2") from None
    if not 0 <= weight <= _MAX_WEIGHT:
        raise BadInput("weight", text, "give a number from 0 to 2")
    return weight


def _event_json(event: ViewerEvent, uris: Mapping) -> dict[str, object]:
    said: dict[str, object] = {
        "kind": event.kind.name.lower(),
        "post": uris[event.post],
        "at": iso(event.at_us),
    }
    if event.seconds is not None:
        said["seconds"] = event.seconds
    if event.kind is EventKind.UNDO and event.undoes is not None:
        said["undoes"] = event.undoes.name.lower()
    return said


def _file(answer: dict[str, object]) -> Response:
    return Response(encode(answer), media_type="application/json")
