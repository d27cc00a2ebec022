"""Forms about notes: becoming a contributor, rating, taking back, asking for a note."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput
from stoa.own_notes import Level, NoteId
from stoa.web.bodies import read_form, read_lists
from stoa.web.desk import Desk, Reader
from stoa.web.errors import wants_json
from stoa.web.pages.note import note_id, note_page, rating_form
from stoa.web.sessions import Flash
from stoa.web.views.note_words import LEVEL_WORDS
from stoa.web.views.pen_names import pen_name
from stoa.web.views.words import counted
from stoa.web.wire import encode

MISSING_TAG = "Tick at least one reason: it tells the writer, and readers, why."


async def enrol(request: Request) -> Response:
    """Makes the reader a contributor."""

    def done(desk: Desk, reader: Reader, form: dict[str, str]) -> str:
        if form.get("agreed") != "yes":
            raise BadInput("agreed", form.get("agreed", ""), "tick the box: what you say stays")
        who = desk.square.notes.enrol(desk.viewer_id(reader))
        return f"You are a contributor now. In notes you are called {pen_name(who)}."

    return await _act(request, "/notes/you", done)


async def ask_for_note(request: Request) -> Response:
    """Asks for a note on a post."""

    def done(desk: Desk, reader: Reader, form: dict[str, str]) -> str:
        n = desk.square.notes.request(desk.viewer_id(reader), form.get("post", ""))
        return f"Noted: {counted(n, 'contributor')} would like a note there."

    return await _act(request, "/notes?tab=requested", done)


async def delete_note(request: Request) -> Response:
    """Takes the reader's own note back."""

    def done(desk: Desk, reader: Reader, form: dict[str, str]) -> str:
        if form.get("sure") != "yes":
            raise BadInput("sure", form.get("sure", ""), "tick the box: this cannot be undone")
        desk.square.notes.delete(desk.viewer_id(reader), note_id(request))
        return "Your note is taken back. It shows no more; the log still holds its text."

    return await _act(request, "/notes?tab=yours", done)


async def rate_note(request: Request) -> Response:
    """Keeps a rating, or shows the form again with what is missing."""
    desk: Desk = request.app.state.desk
    lists = await read_lists(request)
    reader = desk.check_csrf(request, lists.get("csrf", [""])[-1])
    return await run_in_threadpool(_rate, desk, request, reader, lists)


def _rate(desk: Desk, request: Request, reader: Reader, lists: dict[str, list[str]]) -> Response:
    note = note_id(request)
    level, tags = lists.get("level", [""])[-1], lists.get("tags", [])
    try:
        keep_rating(desk, reader, note, level, tags)
    except BadInput as problem:
        if wants_json(request):
            raise
        words = MISSING_TAG if problem.field == "tags" else "Choose how helpful the note is."
        return note_page(desk, request, note, rating_form(level, frozenset(tags), words), 400)
    said = f"Kept: {LEVEL_WORDS[Level[level]].lower()}. You may change it at any time."
    if wants_json(request):
        return Response(encode({"ok": True, "said": said}), media_type="application/json")
    return desk.go(request, lists.get("back", [f"/notes/{note}"])[-1], Flash(said=said))


def keep_rating(desk: Desk, reader: Reader, note: NoteId, level: str, tags: list[str]) -> None:
    """Keeps a rating with at least one tag.

    Raises:
        BadInput: the level is none, or no tag was given, or one that does not fit.
        NotAllowed: the reader is no contributor, or wrote the note.
        UnknownNote: there is no such note.
    """
    if level in Level.__members__ and not tags:
        raise BadInput("tags", tags, "give at least one tag")
    desk.square.notes.rate(desk.viewer_id(reader), note, level, tags)


async def _act(
    request: Request, to: str, done: Callable[[Desk, Reader, dict[str, str]], str]
) -> Response:
    desk: Desk = request.app.state.desk
    form = await read_form(request)
    reader = desk.check_csrf(request, form.get("csrf", ""))
    said = await run_in_threadpool(done, desk, reader, form)
    if wants_json(request):
        return Response(encode({"ok": True, "said": said}), media_type="application/json")
    return desk.go(request, form.get("back", to), Flash(said=said))
