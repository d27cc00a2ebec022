"""Writes what pages served in the background, many pages a transaction, so that no page waits."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from stoa.errors import StoreError
from stoa.ports import EventLog
from stoa.records import Applied, Batch, StoreCounts, ViewerEvent

_EVERY_S = 0.25
_MOST_WAITING = 100_000
"""Events kept while the disk is full or locked; the oldest go first, and are counted."""


class ServedLog:
    """An `EventLog` whose `record` returns at once; the rest passes through.

    For what the square itself writes when it hands out a page. A crash may lose the last quarter
    of a second of it; what readers and apps send never goes this way.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._waiting: list[ViewerEvent] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._woken = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None
        self.lost = 0

    def record(self, events: Sequence[ViewerEvent]) -> int:
        """Takes events to be written soon; all count as new."""
        with self._lock:
            self._waiting.extend(events)
            excess = len(self._waiting) - _MOST_WAITING
            if excess > 0:
                del self._waiting[:excess]
                self.lost += excess
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="served-log", daemon=True)
                self._thread.start()
        self._woken.set()
        return len(events)

    def flush(self) -> None:
        """Writes what is waiting now; while the store refuses it goes on waiting."""
        with self._writing:
            with self._lock:
                events, self._waiting = self._waiting, []
            if not events:
                return
            try:
                self._log.record(events)
            except StoreError:
                with self._lock:
                    self._waiting = events + self._waiting

    def close(self) -> None:
        """Writes the last events and ends the thread."""
        self._closed = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()

    def commit(self, batch: Batch) -> Applied:
        """See `EventLog.commit`."""
        return self._log.commit(batch)

    def cursor(self, source: str) -> int | None:
        """See `EventLog.cursor`."""
        return self._log.cursor(source)

    def counts(self) -> StoreCounts:
        """See `EventLog.counts`."""
        return self._log.counts()

    def _run(self) -> None:
        pause = threading.Event()
        while not self._closed:
            self._woken.wait()
            self._woken.clear()
            pause.wait(_EVERY_S)
            self.flush()
            if self._waiting and not self._closed:
                self._woken.set()
