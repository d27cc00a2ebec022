"""The town's front door: its history, its life going on, its inhabitants and their eyes."""

from __future__ import annotations

from collections.abc import Iterator

from stoa.records import DAY_US, Batch, Change
from stoa.town.attention import PeopleModel
from stoa.town.config import TownConfig
from stoa.town.life import Life
from stoa.town.people import make_people
from stoa.town.tick import live_one_tick

SOURCE = "town"
_BATCH = 2_000  # changes in one batch of history


class Town:
    """A deterministic town: the same configuration tells the same story, change by change."""

    def __init__(self, config: TownConfig | None = None, model: PeopleModel | None = None) -> None:
        self.config = config or TownConfig()
        self._people = make_people(self.config)
        self._model = model or PeopleModel()
        self._life = Life(self.config, self._people, self._model)

    @property
    def start_us(self) -> int:
        """When the town's first day begins."""
        return self.config.start_us

    def history(self, days: float, since_us: int | None = None) -> Iterator[Batch]:
        """Changes from the founding to `start_us + days`, in order of time.

        Starts the town anew. Each batch's cursor is the time of its last change; a reader that
        kept one passes it as `since_us` and hears only what came later.
        """
        self._life = Life(self.config, self._people, self._model)
        end_us = self.config.start_us + round(days * DAY_US)
        until_us = self.config.start_us
        pending: list[Change] = []
        while True:
            due = self._live_until(until_us)
            pending += due if since_us is None else [c for c in due if c.at_us > since_us]
            finished = until_us >= end_us
            while len(pending) > _BATCH or (finished and pending):
                cut = _cut(pending)
                yield _batch(pending[:cut])
                pending = pending[cut:]
            if finished:
                return
            until_us = min(until_us + self.config.tick_us, end_us)

    def step(self, from_us: int, to_us: int) -> Batch:
        """What happens in the town after `from_us` and up to `to_us`; the town lives on."""
        due = [change for change in self._live_until(to_us) if change.at_us > from_us]
        return Batch(changes=tuple(due), source=SOURCE, cursor=to_us)

    def _live_until(self, until_us: int) -> list[Change]:
        """Changes up to that time, in order; the town lives on as far as that needs."""
        while self._life.now_us < until_us:
            live_one_tick(self._life)
        return self._life.ledger.take(until_us)


def _cut(changes: list[Change]) -> int:
    """Where a batch ends: after its size, but never between two changes of one moment."""
    cut = min(_BATCH, len(changes))
    while cut < len(changes) and changes[cut].at_us == changes[cut - 1].at_us:
        cut += 1
    return cut


def _batch(changes: list[Change]) -> Batch:
    return Batch(changes=tuple(changes), source=SOURCE, cursor=changes[-1].at_us)
