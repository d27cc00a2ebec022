"""Readings: what was ranked for one viewer at one moment, kept while pages are read from it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from stoa.feed.compose import Slate
from stoa.feed.promotions import Promotions
from stoa.feed.query import FeedQuery
from stoa.feed.survey import Survey
from stoa.pipeline import Ranked


@dataclass(slots=True)
class Reading:
    """One retrieval, served page by page.

    Positions count from the start of the reader's walk: a reading made again after the first
    was let go starts at `start`. `lock` guards the slate, the trace and `recorded`.
    """

    id: str
    viewer: str | None
    policy: str
    tab: str
    made_us: int
    start: int
    version: int  # of the board when it was made
    query: FeedQuery
    ranked: Ranked
    slate: Slate
    source_names: tuple[str, ...]
    ranker: str
    survey: Survey
    in_seconds: bool = False  # whether its scores are values in seconds
    recorded: set[int] = field(default_factory=set[int])  # posts already logged as served
    promotions: Promotions = field(default_factory=Promotions)
    position_of: dict[int, int] = field(default_factory=dict[int, int])  # post -> position
    lock: threading.RLock = field(default_factory=threading.RLock)


@dataclass(frozen=True, slots=True)
class ReadingKey:
    """What a peek or a `why` must have in common with a reading to be answered from it."""

    viewer: str | None
    policy: str
    tab: str


class Readings:
    """The newest readings, bounded in number and in age."""

    def __init__(self, *, limit: int, ttl_us: int) -> None:
        self._limit = limit
        self._ttl_us = ttl_us
        self._by_id: OrderedDict[str, Reading] = OrderedDict()
        self._newest: dict[ReadingKey, str] = {}
        self._lock = threading.Lock()

    def keep(self, reading: Reading) -> None:
        """Adds a reading, which becomes its viewer's newest; lets the least used go."""
        with self._lock:
            self._by_id[reading.id] = reading
            self._by_id.move_to_end(reading.id)
            self._newest[_key(reading)] = reading.id
            while len(self._by_id) > self._limit:
                self._drop(next(iter(self._by_id)))

    def get(self, reading: str, viewer: str | None, now_us: int) -> Reading | None:
        """A reading of this viewer by id, unless it was let go."""
        with self._lock:
            found = self._by_id.get(reading)
            if found is None or found.viewer != viewer:
                return None
            if now_us - found.made_us > self._ttl_us:
                self._drop(reading)
                return None
            self._by_id.move_to_end(reading)
            return found

    def newest(self, key: ReadingKey, now_us: int, max_age_us: int) -> Reading | None:
        """The newest reading of this kind, if it is young enough."""
        with self._lock:
            reading = self._by_id.get(self._newest.get(key, ""))
        if reading is None or now_us - reading.made_us > max_age_us:
            return None
        return reading

    def of_viewer(self, viewer: str | None) -> list[Reading]:
        """All kept readings of a viewer, newest last."""
        with self._lock:
            return [r for r in self._by_id.values() if r.viewer == viewer]

    def forget(self, viewer: str) -> int:
        """Lets a viewer's readings go; returns how many."""
        with self._lock:
            theirs = [r.id for r in self._by_id.values() if r.viewer == viewer]
            for reading in theirs:
                self._drop(reading)
        return len(theirs)

    def clear(self) -> None:
        """Lets all readings go."""
        with self._lock:
            self._by_id.clear()
            self._newest.clear()

    def __len__(self) -> int:
        return len(self._by_id)

    def _drop(self, reading: str) -> None:
        gone = self._by_id.pop(reading)
        if self._newest.get(_key(gone)) == reading:
            del self._newest[_key(gone)]


def _key(reading: Reading) -> ReadingKey:
    return ReadingKey(reading.viewer, reading.policy, reading.tab)
