"""What a square does for itself now and then: flush, let old posts go, keep within its disk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from stoa.app.kept_questions import KEPT_DAYS
from stoa.app.rooms import Rooms
from stoa.errors import StoreError
from stoa.records import DAY_US, SECOND_US, PostGone
from stoa.settings import Settings

_FLUSH_EVERY_S = 60.0
_EXPIRE_EVERY = 10  # flushes
_CONTENT_DAYS = 7
_TRIMMED_TO = 0.95
"""Share of the budget left full, so that the oldest posts need not go again a minute later."""


class Housekeeping:
    """Keeps one world within its retention and its disk budget."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._say = say
        self._boundaries: list[tuple[int, int]] = []  # time, and the last post id before it

    async def run(self, rooms: Rooms) -> None:
        """Goes on until cancelled."""
        round_ = 0
        while True:
            await asyncio.sleep(_FLUSH_EVERY_S)
            round_ += 1
            # A full disk is told by the intake, which waits. Letting posts go makes room.
            with contextlib.suppress(StoreError):
                if round_ % _EXPIRE_EVERY == 0 or self._over_budget(rooms):
                    await asyncio.to_thread(self.tidy, rooms)
            with contextlib.suppress(StoreError):
                await asyncio.to_thread(rooms.flush)

    def tidy(self, rooms: Rooms) -> int:
        """Lets go what is too old or too much; returns how many posts went."""
        now_us = rooms.clock.now_us()
        oldest_us = now_us - int(self._settings.retention_hours * 3600 * SECOND_US)
        viewer_us = now_us - int(self._settings.viewer_log_days * DAY_US)
        gone = rooms.store.expire(oldest_us, viewer_us)
        rooms.store.questions.expire(now_us - KEPT_DAYS * DAY_US)
        if gone:
            rooms.intake.tell([PostGone(post) for post in gone])
            self._let_columns_go(rooms, oldest_us)
        return len(gone) + (self._trim(rooms) if self._over_budget(rooms) else 0)

    def _trim(self, rooms: Rooms) -> int:
        """Lets the oldest posts go until the folder fits; the store may fill a quarter."""
        budget = self._settings.max_disk
        vectors = rooms.disk_bytes() - rooms.store_bytes()
        trimmed = rooms.store.trim_to(max(int(budget * _TRIMMED_TO) - vectors, budget // 4))
        if trimmed:
            self._say(
                f"the data reached {budget:,} bytes: "
                f"{len(trimmed):,} of the oldest posts were let go"
            )
            rooms.intake.tell([PostGone(post) for post in trimmed])
            oldest = _oldest_post(rooms)
            rooms.board.drop_older(oldest)
            rooms.index.drop_older(oldest)
            rooms.rows.drop_older(oldest)
        return len(trimmed)

    def _let_columns_go(self, rooms: Rooms, oldest_us: int) -> None:
        """Gives back the memory and disk of ids that are too old to be ranked.

        Content vectors stay a week longer: they are what older acts of a reader are known by.
        """
        oldest = rooms.board.last_before(oldest_us)
        if oldest == 0:
            return
        rooms.board.drop_older(oldest)
        rooms.index.drop_older(oldest)
        self._boundaries.append((oldest_us, oldest))
        while self._boundaries[0][0] < oldest_us - _CONTENT_DAYS * DAY_US:
            rooms.rows.drop_older(self._boundaries.pop(0)[1])

    def _over_budget(self, rooms: Rooms) -> bool:
        budget = self._settings.max_disk
        return bool(budget) and rooms.disk_bytes() > budget


def _oldest_post(rooms: Rooms) -> int:
    """Least id of a live post; past the newest that is known where there is none."""
    for columns in rooms.store.scan_posts(chunk=1):
        return int(columns.id[0])
    return rooms.index.newest() + 1
