"""One way in: a batch becomes durable, then every listener hears what it changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from stoa.errors import StoreError
from stoa.ports import Clock, EffectSink, EventLog
from stoa.records import Applied, Batch, Effect


@dataclass(slots=True)
class IntakeCounts:
    """Running totals since start, for `/metrics` and `/square`."""

    batches: int = 0
    applied: int = 0
    ignored: int = 0
    last_us: int = 0


class Intake:
    """Commits batches and tells the sinks, in order and one at a time.

    A crash between the commit and the sinks loses nothing: sinks hold only what can be rebuilt
    from the store when the square opens again. A sink that finds no room for what is already
    durable hears it again before the next batch is taken in, so that its share is not lost.
    """

    def __init__(self, log: EventLog, sinks: Sequence[EffectSink], clock: Clock) -> None:
        self._log = log
        self._sinks = list(sinks)
        self._clock = clock
        self._lock = Lock()
        self._untold: deque[tuple[EffectSink, Sequence[Effect]]] = deque()
        self._closed = False
        self.counts = IntakeCounts()

    def take(self, batch: Batch) -> Applied:
        """Makes a batch durable and visible.

        Raises:
            StoreError: nothing of the batch was kept; everything before it was. StoreFull when
                there is no room, for it or for what a sink still has to hear.
        """
        with self._lock:
            if self._closed:
                raise StoreError("the square is closing: nothing more is taken in")
            self._tell_untold()
            applied = self._log.commit(batch)
            self._tell(applied.effects)
            self.counts.batches += 1
            self.counts.applied += applied.applied
            self.counts.ignored += applied.ignored
            if batch.changes:
                self.counts.last_us = max(self.counts.last_us, batch.changes[-1].at_us)
            return applied

    def close(self) -> None:
        """Waits for the batch under way; no other is taken in afterwards."""
        with self._lock:
            self._closed = True

    def listen(self, sink: EffectSink) -> None:
        """Adds a listener after those there are."""
        with self._lock:
            self._sinks.append(sink)

    def tell(self, effects: Sequence[Effect]) -> None:
        """Tells the sinks of changes that the store made by itself, such as expired posts."""
        with self._lock:
            self._tell(effects)

    def _tell(self, effects: Sequence[Effect]) -> None:
        if not effects:
            return
        now_us = self._clock.now_us()
        behind = {id(sink) for sink, _ in self._untold}
        for sink in self._sinks:
            if id(sink) not in behind:
                try:
                    sink.apply(effects, now_us)
                    continue
                except StoreError:
                    pass  # told by the next batch, which waits until there is room
            self._untold.append((sink, effects))

    def _tell_untold(self) -> None:
        now_us = self._clock.now_us()
        while self._untold:
            sink, effects = self._untold[0]
            sink.apply(effects, now_us)
            self._untold.popleft()
