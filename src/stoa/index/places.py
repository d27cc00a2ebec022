"""Which segment holds a slot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.index.segment import Segment


@dataclass(frozen=True, slots=True)
class Places:
    """Segments in order of their slots; never changed, so that readers may hold on to it."""

    segments: tuple[Segment, ...]
    bases: NDArray[np.int64]
    ends: NDArray[np.int64]  # first slot past each segment's room

    @classmethod
    def over(cls, segments: Iterable[Segment]) -> Places:
        """The places of these segments, given in any order."""
        ordered = tuple(sorted(segments, key=lambda segment: segment.base))
        bases = np.array([segment.base for segment in ordered], dtype=np.int64)
        rooms = np.array([segment.room for segment in ordered], dtype=np.int64)
        return cls(ordered, bases, bases + rooms)

    def of(self, slots: NDArray[np.int64]) -> list[tuple[Segment, NDArray[np.int64]]]:
        """Segments that hold any of the slots, each with the positions in `slots`."""
        if len(slots) == 0 or len(self.segments) == 0:
            return []
        place = np.searchsorted(self.bases, slots, side="right") - 1
        outside = (place < 0) | (slots >= self.ends[place])
        place[outside] = -1
        present = np.unique(place[place >= 0]).tolist()
        return [(self.segments[p], np.flatnonzero(place == p)) for p in present]
