"""One way in: a batch becomes durable, then every listener hears what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

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
    from the store when the square opens again.
    """

    def __init__(self, log: EventLog, sinks: Sequence[EffectSink], clock: Clock) -> None:
        self._log = log
        self._sinks = list(sinks)
        self._clock = clock
        self._lock = Lock()
        self.counts = IntakeCounts()

    def take(self, batch: Batch) -> Applied:
        """Makes a batch durable and visible.

        Raises:
            StoreFull: nothing of the batch was kept; everything before it was.
        """
        with self._lock:
            applied = self._log.commit(batch)
            if applied.effects:
                now_us = self._clock.now_us()
                for sink in self._sinks:
                    sink.apply(applied.effects, now_us)
            self.counts.batches += 1
            self.counts.applied += applied.applied
            self.counts.ignored += applied.ignored
            if batch.changes:
                self.counts.last_us = max(self.counts.last_us, batch.changes[-1].at_us)
            return applied

    def listen(self, sink: EffectSink) -> None:
        """Adds a listener after those there are."""
        with self._lock:
            self._sinks.append(sink)

    def tell(self, effects: Sequence[Effect]) -> None:
        """Tells the sinks of changes that the store made by itself, such as expired posts."""
        with self._lock:
            now_us = self._clock.now_us()
            for sink in self._sinks:
                sink.apply(effects, now_us)
