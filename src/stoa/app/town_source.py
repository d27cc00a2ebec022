"""The town as a source of events: its past first, then what its people do as time goes by."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from stoa.app.clocks import TownClock
from stoa.records import DAY_US, Batch
from stoa.town import Town

_STEP_S = 2.0


class TownSource:
    """Plays a town's history into the square, then lets it live on by the town's clock."""

    name = "town"

    def __init__(self, town: Town, days: float, clock: TownClock) -> None:
        self._town = town
        self._days = days
        self._clock = clock
        self.caught_up = False
        self.progress = 0.0  # of the past

    async def batches(self, cursor: int | None) -> AsyncIterator[Batch]:
        """History from `cursor` on, then a batch every two seconds, without end.

        The town is the same for a seed, so a square opened again lives its past once more in
        memory, and only what the store does not hold yet is handed on.
        """
        position = cursor or 0
        history = self._town.history(self._days)
        while (batch := await asyncio.to_thread(next_or_none, history)) is not None:
            if batch.cursor is None:
                continue
            self.progress = (batch.cursor - self._town.start_us) / (self._days * DAY_US)
            if batch.cursor > position:
                position = batch.cursor
                yield batch
        self.caught_up = True
        while True:
            await asyncio.sleep(_STEP_S)
            now_us = self._clock.now_us()
            if now_us > position:
                batch = await asyncio.to_thread(self._town.step, position, now_us)
                position = now_us
                yield Batch(batch.changes, source=self.name, cursor=now_us)


def next_or_none(batches: Iterator[Batch]) -> Batch | None:
    """The next batch, or None at the end: an iterator's end cannot cross a thread."""
    return next(batches, None)
