"""Turns what happens in the town into the changes a network would send."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from stoa.records import Change, EdgeKind, PutEdge
from stoa.town.tid import revisions, tids

COLLECTIONS = {
    EdgeKind.LIKE: "app.bsky.feed.like",
    EdgeKind.REPOST: "app.bsky.feed.repost",
    EdgeKind.FOLLOW: "app.bsky.graph.follow",
    EdgeKind.BLOCK: "app.bsky.graph.block",
}
POSTS = "app.bsky.feed.post"
GATES = "app.bsky.feed.threadgate"


class Ledger:
    """Changes waiting for their time, and the running number that keeps revisions distinct."""

    def __init__(self) -> None:
        self._waiting: list[Change] = []
        self._serial = 0

    def stamp(self, at_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """A revision for each time; the clock id runs on, so that equal times still differ."""
        serial = self._serial + np.arange(len(at_us))
        self._serial += len(at_us)
        return revisions(at_us, serial)

    def put(self, changes: Iterable[Change]) -> None:
        """Adds changes in any order."""
        self._waiting.extend(changes)

    def put_edges(
        self, kind: EdgeKind, actor: list[str], subject: list[str], at_us: NDArray[np.int64]
    ) -> list[PutEdge]:
        """Adds one public act for each row; returns them, so that some can be undone later."""
        revision = self.stamp(at_us)
        collection = COLLECTIONS[kind]
        edges = [
            PutEdge(kind, f"at://{who}/{collection}/{key}", who, what, number, when)
            for who, what, key, number, when in zip(
                actor, subject, tids(revision), revision.tolist(), at_us.tolist(), strict=True
            )
        ]
        self._waiting.extend(edges)
        return edges

    def take(self, until_us: int) -> list[Change]:
        """Removes and returns the changes up to that time, in order of time."""
        self._waiting.sort(key=_when)
        kept = len(self._waiting)
        while kept and self._waiting[kept - 1].at_us > until_us:
            kept -= 1
        due, self._waiting = self._waiting[:kept], self._waiting[kept:]
        return due


def _when(change: Change) -> int:
    return change.at_us
