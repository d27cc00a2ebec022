"""The newest reposts, chained by who reposted, each with what rebuilds its record's URI."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.records import tid_revision
from stoa.space.columns import grown

_TID_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


class RepostLog:
    """A ring of the newest reposts; rows are numbered from 1 and old ones are overwritten.

    A record's URI is kept as the 63 bits of its key where it has the network's usual form
    (`at://<actor>/app.bsky.feed.repost/<13 characters>`), else as text.
    One thread writes, many read.
    """

    def __init__(self, *, capacity: int = 1 << 21) -> None:
        self.capacity = capacity
        self._next = 1
        start = min(capacity, 1024)
        self._post = np.zeros(start, dtype=np.int64)
        self._actor = np.zeros(start, dtype=np.int64)
        self._at_us = np.zeros(start, dtype=np.int64)
        self._key = np.zeros(start, dtype=np.int64)
        self._before = np.zeros(start, dtype=np.int64)  # row of the actor's repost before
        self._newest = np.zeros(1024, dtype=np.int64)  # by account: row of its newest
        self._odd_uris: dict[int, str] = {}

    def put(self, actor: int, post: int, at_us: int, uri: str = "") -> None:
        """Adds a repost."""
        row = self._next
        if row >= len(self._post) and len(self._post) < self.capacity:
            size = min(self.capacity, 2 * len(self._post))
            for name in ("_post", "_actor", "_at_us", "_key", "_before"):
                setattr(self, name, grown(getattr(self, name), size)[:size])
        place = row % len(self._post)
        self._newest = grown(self._newest, actor + 1)
        self._odd_uris.pop(row - len(self._post), None)
        self._post[place] = post
        self._actor[place] = actor
        self._at_us[place] = at_us
        self._key[place] = self._keep_uri(row, uri)
        self._before[place] = self._newest[actor]
        self._newest[actor] = row
        self._next = row + 1

    def remove(self, actor: int, post: int) -> None:
        """Takes a repost back; an unknown one is ignored."""
        for row in self._chain(actor):
            place = row % len(self._post)
            if self._post[place] == post:
                self._post[place] = 0
                self._odd_uris.pop(row, None)
                return

    def erase(self, actor: int) -> None:
        """Takes every repost of an account back."""
        for row in self._chain(actor):
            self._post[row % len(self._post)] = 0
            self._odd_uris.pop(row, None)

    def newest_of(self, actors: NDArray[np.int64], depth: int) -> NDArray[np.int64]:
        """Rows of the newest reposts of these accounts, at most `depth` each, in any order."""
        newest = self._newest
        rows = newest[actors[(actors > 0) & (actors < len(newest))]]
        found: list[NDArray[np.int64]] = []
        for _ in range(depth):
            rows = rows[rows > max(self._next - len(self._post), 0)]
            if len(rows) == 0:
                break
            place = rows % len(self._post)
            found.append(rows[self._post[place] > 0])
            rows = np.minimum(self._before[place], rows - 1)
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def posts_at(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Reposted posts of rows; NO_ID for rows taken back."""
        return self._post[rows % len(self._post)]

    def actors_at(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Accounts that made the reposts of rows."""
        return self._actor[rows % len(self._post)]

    def times_at(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """When the reposts of rows were made, microseconds."""
        return self._at_us[rows % len(self._post)]

    def holds(self, row: int, actor: int, post: int) -> bool:
        """Whether a row still is this account's repost of this post."""
        place = row % len(self._post)
        inside = max(self._next - len(self._post), 0) < row < self._next
        return inside and self._post[place] == post and self._actor[place] == actor

    def uri(self, row: int, actor_name: str) -> str | None:
        """URI of the repost's own record; None where it was not told."""
        odd = self._odd_uris.get(row)
        if odd is not None:
            return odd
        key = int(self._key[row % len(self._post)])
        return f"at://{actor_name}/app.bsky.feed.repost/{_tid(key)}" if key else None

    def _keep_uri(self, row: int, uri: str) -> int:
        head, _, key = uri.rpartition("/app.bsky.feed.repost/")
        number = tid_revision(key, 0) if head.startswith("at://did:") else 0
        if number and _tid(number) == key:
            return number
        if uri:
            self._odd_uris[row] = uri
        return 0

    def _chain(self, actor: int) -> list[int]:
        rows: list[int] = []
        row = int(self._newest[actor]) if 0 < actor < len(self._newest) else 0
        while row > max(self._next - len(self._post), 0):
            rows.append(row)
            row = min(int(self._before[row % len(self._post)]), row - 1)
        return rows


def _tid(number: int) -> str:
    """The 13 characters of a record key that stand for 63 bits."""
    return "".join(_TID_ALPHABET[number >> shift & 31] for shift in range(60, -5, -5))
