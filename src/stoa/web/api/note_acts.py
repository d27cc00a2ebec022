"""`POST /api/v1/notes/acts`: what an app's viewers do about notes, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput, NotAllowed, UnknownNote, UnknownPost
from stoa.records import AccountId
from stoa.web.api.access import require_program
from stoa.web.api.events import viewer_name
from stoa.web.api.own_posts import field_of
from stoa.web.api.routes import entries_of
from stoa.web.bodies import EVENTS_BYTES, read_body
from stoa.web.desk import Desk
from stoa.web.wire import NoteActIn, NotesTaken, Rejection, encode


async def note_acts(request: Request) -> Response:
    """Takes acts in order; good ones are kept when others are rejected."""
    desk: Desk = request.app.state.desk
    require_program(desk, request)
    entries = entries_of(await read_body(request, EVENTS_BYTES), "acts")
    taken = await run_in_threadpool(_take_all, desk, entries)
    return Response(encode(taken), media_type="application/json")


def _take_all(desk: Desk, entries: list[object]) -> NotesTaken:
    rejected: list[Rejection] = []
    written: list[str] = []
    for index, entry in enumerate(entries):
        try:
            note = _take(desk, entry)
        except (BadInput, NotAllowed, UnknownNote, UnknownPost) as problem:
            rejected.append(_rejection(index, problem))
        else:
            written += [note] if note else []
    return NotesTaken(accepted=len(entries) - len(rejected), rejected=rejected, notes=written)


def _take(desk: Desk, entry: object) -> str | None:
    """Does one act; the id of the note, if one was written."""
    try:
        act = msgspec.convert(entry, NoteActIn)
    except msgspec.ValidationError as problem:
        field, mend = field_of(problem)
        raise BadInput(field or "act", str(entry)[:60], mend) from None
    viewer = desk.square.store.intern_account(viewer_name(act.viewer))
    return _DOES[act.act](desk, viewer, act)


def _write(desk: Desk, viewer: AccountId, act: NoteActIn) -> str:
    kind, text = act.classification or "", act.text or ""
    if not act.reasons:
        raise BadInput("reasons", act.reasons, "give at least one reason")
    note = desk.square.notes.write(viewer, act.post or "", kind, act.reasons, text, act.sources)
    return str(note)


def _rate(desk: Desk, viewer: AccountId, act: NoteActIn) -> None:
    if not act.tags:
        raise BadInput("tags", act.tags, "give at least one tag")
    desk.square.notes.rate(viewer, _note(act), act.level or "", act.tags)


def _enrol(desk: Desk, viewer: AccountId, act: NoteActIn) -> None:
    del act
    desk.square.notes.enrol(viewer)


def _delete(desk: Desk, viewer: AccountId, act: NoteActIn) -> None:
    desk.square.notes.delete(viewer, _note(act))


def _request(desk: Desk, viewer: AccountId, act: NoteActIn) -> None:
    desk.square.notes.request(viewer, act.post or "")


_DOES: dict[str, Callable[[Desk, AccountId, NoteActIn], str | None]] = {
    "enrol": _enrol,
    "write": _write,
    "rate": _rate,
    "delete": _delete,
    "request": _request,
}


def _note(act: NoteActIn) -> int:
    text = str(act.note if act.note is not None else "")
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise BadInput("note", act.note, "give the id of a note")
    return int(text)


def _rejection(index: int, problem: Exception) -> Rejection:
    if isinstance(problem, BadInput):
        return Rejection(index=index, field=problem.field, value=problem.value, mend=problem.mend)
    field = {UnknownPost: "post", UnknownNote: "note"}.get(type(problem), "act")
    return Rejection(index=index, field=field, value="", mend=str(problem))
