"""`/notes/log`: the signed head of the notes' log, its key, and how to check all of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from stoa.app.notes_rounds import EXPORT_FOLDER
from stoa.own_notes import SignedCheckpoint
from stoa.web.api.access import twin_reader
from stoa.web.desk import Desk
from stoa.web.views.words import bytes_of, counted
from stoa.web.wire import encode


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One file of the last export."""

    name: str
    href: str
    size: str


def notes_log(request: Request) -> Response:
    """The page."""
    desk: Desk = request.app.state.desk
    counts = desk.square.notes.reading.counts()
    return desk.render(
        request,
        "notes_log.html",
        title="The log of notes",
        json_href="/api/v1/notes/log",
        entries_words=counted(counts.entries, "entry", "entries"),
        runs_words=counted(counts.runs, "run"),
        head=newest_head(desk),
        vkey=str(desk.square.notes.key),
        files=[
            ExportFile(path.name, f"/notes/export/{path.name}", bytes_of(path.stat().st_size))
            for path in export_files(desk)
        ],
    )


def notes_log_twin(request: Request) -> Response:
    """The same as JSON."""
    desk: Desk = request.app.state.desk
    twin_reader(desk, request)
    counts = desk.square.notes.reading.counts()
    head = newest_head(desk)
    answer = {
        "entries": counts.entries,
        "runs": counts.runs,
        "checkpoint": head.text if head else None,
        "checkpoint_size": head.size if head else 0,
        "vkey": str(desk.square.notes.key),
        "export": [f"/notes/export/{path.name}" for path in export_files(desk)],
    }
    return Response(encode(answer), media_type="application/json")


def notes_export(request: Request) -> Response:
    """A file of the last export; anybody may check the notes, so anybody may have it."""
    desk: Desk = request.app.state.desk
    name = request.path_params["name"]
    found = next((path for path in export_files(desk) if path.name == name), None)
    if found is None:
        raise HTTPException(404)
    return FileResponse(found, media_type="text/plain; charset=utf-8", filename=name)


def export_files(desk: Desk) -> list[Path]:
    """Files of the last export, by name; none before the first, or without a data folder."""
    folder = desk.square.rooms.folder
    if folder is None or not (folder / EXPORT_FOLDER).is_dir():
        return []
    return sorted(path for path in (folder / EXPORT_FOLDER).iterdir() if path.is_file())


def newest_head(desk: Desk) -> SignedCheckpoint | None:
    """The head that was signed last; None before the first run."""
    return desk.heads.newest(desk.square)
