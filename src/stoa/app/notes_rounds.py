"""Works out the statuses of a world's notes now and then, and exports them once a day."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Callable

import structlog

from stoa.app.rooms import Rooms
from stoa.errors import StoaError, StoreError
from stoa.notes.views import RunReport
from stoa.records import DAY_US
from stoa.settings import Settings

EXPORT_FOLDER = "notes-export"
"""Folder of the last export, inside the data folder."""

_log = structlog.get_logger("stoa.notes")


class NotesRounds:
    """Calls the scorer in a thread of its own, so that pages go on meanwhile."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._every_s = settings.notes_every_minutes * 60
        self._say = say
        self._exported_day: int | None = None
        self._busy = threading.Lock()
        self._closed = False

    async def run(self, rooms: Rooms) -> None:
        """Goes on until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            round_ = asyncio.to_thread(self.round, rooms)
            (outcome,) = await asyncio.gather(round_, return_exceptions=True)
            if isinstance(outcome, Exception):
                # Pages must not end with a round; the next one tries again, and the log says why.
                _log.error("notes.round_failed", world=rooms.world, exc_info=outcome)

    def round(self, rooms: Rooms) -> RunReport | None:
        """One run, and the day's export if it is due; None where there was nothing to run."""
        with self._busy:
            report = None if self._closed else self._score(rooms)
            if report is not None:
                self._export(rooms)
            return report

    def close(self) -> None:
        """Waits for the run under way; no other begins, so that the store may be closed."""
        with self._busy:
            self._closed = True

    def _score(self, rooms: Rooms) -> RunReport | None:
        notes, now_ms = rooms.notes, rooms.clock.now_us() // 1_000
        if notes.reading.n_notes() == 0 or now_ms <= (notes.reading.last_run_ms() or 0):
            # Nothing to decide, or the clock of a file, which stands still.
            return None
        began = time.perf_counter()
        try:
            report = notes.score(now_ms)
        except StoreError as problem:
            self._say(f"statuses of notes wait: {problem}")
            return None
        except StoaError as problem:
            _log.warning("notes.unscored", world=rooms.world, reason=str(problem))
            return None
        _log.info(
            "notes.scored",
            world=rooms.world,
            notes=report.n_notes,
            ratings=report.n_ratings,
            changed=len(report.changes),
            seconds=round(time.perf_counter() - began, 3),
        )
        return report

    def _export(self, rooms: Rooms) -> None:
        """Writes what anybody needs to check the notes; replaces yesterday's."""
        day = rooms.clock.now_us() // DAY_US
        if rooms.folder is None or day == self._exported_day:
            return
        made, kept = rooms.folder / f"{EXPORT_FOLDER}.new", rooms.folder / EXPORT_FOLDER
        try:
            shutil.rmtree(made, ignore_errors=True)
            rooms.notes.export(made)
            shutil.rmtree(kept, ignore_errors=True)
            made.rename(kept)
        except (StoreError, OSError) as problem:
            self._say(f"notes are not exported today: {problem}")
            return
        self._exported_day = day
        _log.info("notes.exported", world=rooms.world, folder=EXPORT_FOLDER)
