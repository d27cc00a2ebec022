"""Remembers the ids that were interned lately, in bounded memory."""

from __future__ import annotations

from typing import Generic, TypeVar

Key = TypeVar("Key")


class RecentIds(Generic[Key]):
    """Two generations of a dictionary: what was used during the last one survives a turn.

    >>> ids = RecentIds[str](2)
    >>> ids.put("a", 1); ids.put("b", 2); ids.put("c", 3)
    >>> ids.get("a"), ids.get("z")
    (1, None)
    """

    def __init__(self, generation: int) -> None:
        self._limit = generation
        self._young: dict[Key, int] = {}
        self._old: dict[Key, int] = {}

    def get(self, key: Key) -> int | None:
        """The id, if remembered."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: Key, value: int) -> None:
        """Remembers an id."""
        if len(self._young) >= self._limit:
            self._old, self._young = self._young, {}
        self._young[key] = value

    def drop(self, key: Key) -> None:
        """Forgets an id."""
        self._young.pop(key, None)
        self._old.pop(key, None)
