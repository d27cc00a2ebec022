"""What a square does for itself now and then: flush, let old posts go, keep within its disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from stoa.app.rooms import Rooms
from stoa.records import DAY_US, SECOND_US, PostGone
from stoa.settings import Settings

_FLUSH_EVERY_S = 60.0
_EXPIRE_EVERY = 10  # flushes
_CONTENT_DAYS = 7


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
            await asyncio.to_thread(rooms.flush)
            round_ += 1
            if round_ % _EXPIRE_EVERY == 0 or self._over_budget(rooms):
                await asyncio.to_thread(self.tidy, rooms)

    def tidy(self, rooms: Rooms) -> int:
        """Lets go what is too old or too much; returns how many posts went."""
        now_us = rooms.clock.now_us()
        oldest_us = now_us - int(self._settings.retention_hours * 3600 * SECOND_US)
        viewer_us = now_us - int(self._settings.viewer_log_days * DAY_US)
        gone = rooms.store.expire(oldest_us, viewer_us)
        if self._over_budget(rooms):
            trimmed = rooms.store.trim_to(self._settings.max_disk)
            self._say(
                f"the data reached {self._settings.max_disk} bytes: "
                f"{len(trimmed)} of the oldest posts were let go"
            )
            gone = [*gone, *trimmed]
        if gone:
            rooms.intake.tell([PostGone(post) for post in gone])
            self._let_columns_go(rooms, oldest_us)
        return len(gone)

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
        return bool(budget) and rooms.store.counts().bytes > budget
