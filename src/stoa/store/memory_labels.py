"""The labels that this square gave, in memory: the twin of the sequence on disk."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from stoa.errors import BadInput, StoreError
from stoa.own_labels import KeptLabel, OwnLabel


class MemoryLabelLog:
    """A complete `LabelLog` in a list.

    >>> log = MemoryLabelLog()
    >>> log.append(0, [OwnLabel("did:web:a", "at://b/c/d", "x", "2026-09-09T23:06:40.123Z")])
    1
    >>> [kept.seq for kept in log.find("did:web:a", ["at://b*"])]
    [1]
    """

    def __init__(self) -> None:
        self._labels: list[KeptLabel] = []
        self._lock = threading.Lock()

    def last(self) -> KeptLabel | None:
        """The newest label; None while there is none."""
        return self._labels[-1] if self._labels else None

    def append(self, after: int, labels: Sequence[OwnLabel]) -> int:
        """Adds labels; see `LabelLog.append`."""
        with self._lock:
            last = self._labels[-1] if self._labels else None
            kept = in_turn(after, labels, last)
            self._labels.extend(kept)
            return after + len(kept)

    def after(self, src: str, seq: int, limit: int = 100) -> list[KeptLabel]:
        """Labels behind a place, without those replaced; see `LabelLog.after`."""
        labels = [kept for kept in list(self._labels) if kept.label.src == src]
        newest = {(k.label.uri, k.label.val, k.label.cid): k.seq for k in labels}
        return [
            kept
            for kept in labels
            if kept.seq > seq and newest[kept.label.uri, kept.label.val, kept.label.cid] == kept.seq
        ][:limit]

    def find(
        self, src: str, patterns: Sequence[str], after: int = 0, limit: int = 50
    ) -> list[KeptLabel]:
        """Newest labels that a pattern fits; see `LabelLog.find`."""
        found = [
            kept
            for kept in self._newest(src).values()
            if kept.seq > after and any(fits(kept.label.uri, pattern) for pattern in patterns)
        ]
        return sorted(found, key=lambda kept: kept.seq)[:limit]

    def holding(self, src: str) -> dict[tuple[str, str], OwnLabel]:
        """The newest label of each (uri, val)."""
        return {key: kept.label for key, kept in self._newest(src).items()}

    def n_since(self, cts: str) -> int:
        """How many labels have a later time."""
        return sum(kept.label.cts > cts for kept in list(self._labels))

    def _newest(self, src: str) -> dict[tuple[str, str], KeptLabel]:
        return {
            (kept.label.uri, kept.label.val): kept
            for kept in list(self._labels)
            if kept.label.src == src
        }


def fits(uri: str, pattern: str) -> bool:
    """Whether a pattern names a URI, or begins it.

    >>> fits("at://a/b/c", "at://a/*"), fits("at://a/b/c", "at://a/b")
    (True, False)
    """
    if pattern.endswith("*"):
        return uri.startswith(pattern[:-1])
    return uri == pattern


def in_turn(after: int, labels: Sequence[OwnLabel], last: KeptLabel | None) -> list[KeptLabel]:
    """Labels at their places, once it is sure that they come next and their times grow."""
    at, time = (0, "") if last is None else (last.seq, last.label.cts)
    if after != at:
        raise StoreError(
            f"the sequence of labels ends at {at}, not {after}: somebody else wrote to it; "
            "open it again"
        )
    for label in labels:
        if label.cts <= time:
            raise BadInput("cts", label.cts, f"give a time later than {time}")
        time = label.cts
    return [KeptLabel(seq, label) for seq, label in enumerate(labels, at + 1)]
