"""A map that keeps only what was used most recently, for what strangers could make grow."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class RecentMap(Generic[K, V]):
    """At most `capacity` entries; the one unused for longest goes first. Safe between threads.

    >>> seen = RecentMap[str, int](2)
    >>> for name in "abc":
    ...     seen.put(name, 1)
    >>> seen.get("a"), seen.get("c"), len(seen)
    (None, 1, 2)
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        """What is kept under `key`; asking counts as use."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def put(self, key: K, value: V) -> None:
        """Keeps `value`, replacing what was there."""
        with self._lock:
            self._entries[key] = value
            self._entries.move_to_end(key)
            while len(self._entries) > self._capacity:
                self._entries.popitem(last=False)

    def first(self, key: K, value: V) -> V:
        """What is kept under `key`, which is `value` when nothing was."""
        with self._lock:
            kept = self._entries.setdefault(key, value)
            self._entries.move_to_end(key)
            while len(self._entries) > self._capacity:
                self._entries.popitem(last=False)
            return kept

    def forget(self, key: K) -> None:
        """Drops `key` if it is here."""
        with self._lock:
            self._entries.pop(key, None)

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)
