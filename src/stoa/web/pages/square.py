"""`/square`: the health of the square, followed live by server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from stoa.app.learned import open_shelf, open_space_shelf
from stoa.artifacts.shipped import is_shipped
from stoa.errors import BadInput, BadModel
from stoa.model_records import Decision, Fate, reliability_rows
from stoa.web.api.access import twin_reader
from stoa.web.desk import Desk, twin
from stoa.web.release import VERSION
from stoa.web.views.pulse import (
    Pulse,
    dropped_rows,
    facts,
    newest_words,
    panel_words,
    pulse,
    state_words,
)
from stoa.web.views.reliability import HeadTold, reliability_told
from stoa.web.views.words import since
from stoa.web.wire import encode

_EVERY_S = 2.0
_LONGEST_S = 1_800.0
MAX_STREAMS = 64
_DECISIONS = 8
_PROMOTED_LEAD = (
    "Somebody pays for a post to be looked at; it is shown, marked, only where it is worth as much "
    "to its reader as what it moves down, less what the reader agreed to. Worths are predictions."
)
_PROMOTED_FACTS = (
    ("promoted_running", "Running"),
    ("promoted_shown", "Seen"),
    ("promoted_value", "Worth to readers"),
    ("promoted_displaced", "Worth of what they displaced"),
    ("promoted_net", "Readers won or lost"),
    ("promoted_looked", "Looked at, measured"),
    ("promoted_answers", "Glad / neither / wished not"),
)
FATE_WORDS = {
    Fate.PROMOTED: "serves",
    Fate.REFUSED: "refused",
    Fate.ROLLED_BACK: "serves again",
}
FORMER_WORDS = {
    Fate.PROMOTED: "served",
    Fate.REFUSED: "refused",
    Fate.ROLLED_BACK: "served again",
}


def square_page(request: Request) -> Response:
    """The figures, as they are now."""
    desk: Desk = request.app.state.desk
    now = pulse(desk.square, desk.meters)
    return desk.render(
        request,
        "square.html",
        title="The square",
        json_href=twin("/square"),
        state_words=state_words(desk.square),
        panels=_panels(desk, now),
        dropped=dropped_rows(now.dropped),
        made_by=made_by(desk),
        decisions=decisions(desk),
        reliability=reliability(desk),
        learns=desk.square.settings.learn,
    )


def _panels(desk: Desk, now: Pulse) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    said = facts(now)

    def rows(*keys: tuple[str, str]) -> list[tuple[str, str, str]]:
        return [(key, label, said[key]) for key, label in keys if key in said]

    return [
        (
            "Coming in",
            newest_words(now, desk.now_us()),
            rows(
                ("events_per_s", "Events a second"),
                ("lag", "Behind the source"),
                ("events", "Events kept"),
            ),
        ),
        (
            "Held",
            "",
            rows(
                ("posts", "Posts"),
                ("replies", "Of them replies"),
                ("accounts", "Accounts"),
                ("vectors", "Vectors"),
                ("segments", "Segments"),
                ("memory", "Memory"),
                ("disk", "On disk"),
            ),
        ),
        (
            "What a page costs",
            panel_words(now),
            rows(("page_cpu", "A page takes"), ("page_ratio", "Less by a factor of")),
        ),
        (
            "Promoted posts, in readers’ seconds",
            _PROMOTED_LEAD,
            rows(*_PROMOTED_FACTS) if now.promoted.n_running or now.promoted.n_shown else [],
        ),
    ]


def made_by(desk: Desk) -> list[tuple[str, str]]:
    """Versions that made the vectors and the order."""
    return [
        ("Stoa", VERSION),
        ("Encoder", desk.square.rooms.encoder.name),
        ("Vectors", _vectors(desk)),
        ("Ranking", _ranking(desk)),
        ("Source", "town" if desk.square.town else desk.square.source.name.rpartition("/")[2]),
    ]


def decisions(desk: Desk) -> list[tuple[str, str, str, str]]:
    """What was last decided about rankers and spaces: when, which, what, why; newest first."""
    folder = desk.square.rooms.folder
    if folder is None:
        return []
    now_us = desk.now_us()
    told: list[tuple[str, str, str, str]] = []
    taken: set[bool] = set()  # of rankers and spaces, whose present one was told
    for one, name in _decided(folder):
        is_space = name != one.version
        words = FORMER_WORDS if is_space in taken else FATE_WORDS
        told.append((since(one.at_us, now_us), name, words[one.fate], one.reason))
        if one.fate is not Fate.REFUSED:
            taken.add(is_space)
    return told


def _decided(folder: Path) -> list[tuple[Decision, str]]:
    """Decisions and what they are about, newest first."""
    told = [(one, one.version) for one in _in_order(open_shelf(folder).decisions())]
    spaces = _in_order(open_space_shelf(folder).decisions())
    told += [(one, f"space {one.version}") for one in spaces]
    told.sort(key=lambda pair: -pair[0].at_us)
    return told[:_DECISIONS]


def _in_order(decisions: list[Decision]) -> list[Decision]:
    """The last ones, newest first, none of a later time than one that was made after it.

    A square that hears of no time yet takes this machine's, which may be far ahead of its source.
    """
    told: list[Decision] = []
    for one in reversed(decisions[-_DECISIONS:]):
        latest_us = told[-1].at_us if told else one.at_us
        told.append(replace(one, at_us=min(one.at_us, latest_us)))
    return told


def reliability(desk: Desk) -> list[HeadTold]:
    """How far the ranker that serves can be believed, head by head, as its card says."""
    folder, ranker = desk.square.rooms.folder, desk.square.rooms.seat.ranker
    if folder is None or ranker is None:
        return []
    try:
        card = open_shelf(folder).card(ranker.version)
    except (BadInput, BadModel):  # it was dropped or damaged since it was taken up
        return []
    return reliability_told(reliability_rows(card))


def _ranking(desk: Desk) -> str:
    ranker = desk.square.rooms.seat.ranker
    if ranker is None:
        return "first version"
    how = "learned elsewhere" if is_shipped(ranker.version) else "learned"
    return f"{how}, {ranker.version}"


def _vectors(desk: Desk) -> str:
    version = desk.square.rooms.vectors.seat.generation.version
    return f"learned, {version}" if version else "first version"


def square_twin(request: Request) -> Response:
    """The figures as JSON, with what ranks and what was decided about it."""
    desk: Desk = request.app.state.desk
    twin_reader(desk, request)
    folder = desk.square.rooms.folder
    told = asdict(pulse(desk.square, desk.meters)) | {
        "ranking": _ranking(desk),
        "vectors_by": _vectors(desk),
        "decisions": [
            {"at_us": one.at_us, "version": name, "fate": one.fate.value, "by": one.by,
             "reason": one.reason}
            for one, name in (_decided(folder) if folder is not None else [])
        ],
    }  # fmt: skip
    return Response(encode(told), media_type="application/json")


async def square_live(request: Request) -> Response:
    """The figures as a stream, every two seconds; a browser reconnects by itself.

    Raises:
        BadInput: too many streams are open.
    """
    desk: Desk = request.app.state.desk
    if request.app.state.streams >= MAX_STREAMS:
        raise BadInput("streams", MAX_STREAMS, "close another page of the square first")
    return StreamingResponse(
        _stream(request, desk),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no", "cache-control": "no-store"},
    )


async def _stream(request: Request, desk: Desk) -> AsyncIterator[bytes]:
    request.app.state.streams += 1
    try:
        for _ in range(int(_LONGEST_S / _EVERY_S)):
            if await request.is_disconnected():
                return
            now = await run_in_threadpool(pulse, desk.square, desk.meters)
            yield b"data: " + encode(facts(now)) + b"\n\n"
            await asyncio.sleep(_EVERY_S)
    finally:
        request.app.state.streams -= 1
