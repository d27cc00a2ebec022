"""What a policy believed of what it showed, joined with what followed: what serving teaches."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.belief_fit import Told
from stoa.evaluation.slates import Slates
from stoa.evaluation.society_view import SocietyView
from stoa.space.learning_log import LearningLog

Reals = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelearnConfig:
    """When, and from how much; chosen on development towns 100 and 101."""

    every_days: int = 5  # 0: never
    most: int = 60_000  # newest showings that are learned from


@dataclass(slots=True, kw_only=True)
class ServedMemory:
    """Beliefs of slates, kept until the log tells which of their posts were shown."""

    seen: int = -1  # impressions of the log before this were looked through
    _viewer: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    _post: list[NDArray[np.int64]] = field(default_factory=list[NDArray[np.int64]])
    _outputs: list[Reals] = field(default_factory=list[Reals])
    _evidence: list[Reals] = field(default_factory=list[Reals])

    def keep(
        self, view: SocietyView, column: NDArray[np.int32], slates: Slates,
        outputs: Reals, evidence: Reals,
    ) -> None:  # fmt: skip
        """Remembers what was believed of a round's slates.

        Args:
            view: the round.
            column: (sittings, size) shortlists.
            slates: `post` holds columns of the pool.
            outputs: (sittings * size, N_OUTPUTS) of the shortlists.
            evidence: (sittings * size, N_EVIDENCE) likewise.
        """
        n, width = column.shape
        place = np.full((n, len(view.pool)), -1, dtype=np.int64)
        sitting, at = np.nonzero(column >= 0)
        place[sitting, column[sitting, at]] = sitting * width + at
        row, slot = np.nonzero(slates.post >= 0)
        shown = slates.post[row, slot]
        where = place[row, shown]
        self._viewer.append(view.viewer[row].astype(np.int64))
        self._post.append(view.pool[shown].astype(np.int64))
        self._outputs.append(outputs[where])
        self._evidence.append(evidence[where])

    def told(self, log: LearningLog) -> Told | None:
        """Showings since the last time, each with what was believed of it; None if there are none.

        What never came before a viewer's eyes is forgotten.
        """
        shown = log.impressions
        rows = np.arange(max(self.seen, 0), len(shown))
        self.seen = len(shown)
        if not self._viewer:
            return None
        n = len(log.posts)
        kept = np.concatenate(self._viewer) * n + np.concatenate(self._post)
        outputs, evidence = np.concatenate(self._outputs), np.concatenate(self._evidence)
        for part in (self._viewer, self._post, self._outputs, self._evidence):
            part.clear()
        order = np.argsort(kept, kind="stable")
        asked = shown.viewer[rows].astype(np.int64) * n + shown.post[rows]
        at = order[np.minimum(np.searchsorted(kept[order], asked), len(kept) - 1)]
        found = kept[at] == asked
        return Told(rows=rows[found], outputs=outputs[at[found]], evidence=evidence[at[found]])
