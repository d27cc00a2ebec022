"""What a policy knows as a society goes on: its posts' vectors, and evidence from its showings."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.society_view import SocietyView
from stoa.ranking.first_stage import Described
from stoa.ranking.ranker_inputs import form_of
from stoa.space.learning_log import NOBODY, LearningLog, PostColumns
from stoa.space.subjects import Subjects
from stoa.train.evidence_log import ToldEvidence

Reals = NDArray[np.float32]


@dataclass(slots=True, kw_only=True)
class Standing:
    """Grows with the log of one run; `fork` it for each run that begins here."""

    subjects: Subjects
    vectors: Reals  # (posts so far, k), unit
    told: ToldEvidence = field(default_factory=ToldEvidence)

    _sought: tuple[int, Reals] | None = None  # of the round at that moment

    def fork(self) -> Standing:
        """The same, to go on by itself."""
        return replace(self, told=copy.deepcopy(self.told))

    def advance(self, log: LearningLog, at_us: int) -> None:
        """Takes in posts and showings up to a moment."""
        known = len(self.vectors)
        if len(log.posts) > known:
            new = self.subjects.of(log.posts.text[known:])
            self.vectors = with_parents(new, self.vectors, log.posts.parent[known:])
        self.told.advance(log, self.vectors, at_us)

    def seeking(self, view: SocietyView) -> Reals:
        """`Evidence.seeking` of the round's viewers; found once a round."""
        if self._sought is None or self._sought[0] != view.at_us:
            self._sought = (view.at_us, self.told.evidence.seeking(view.viewer))
        return self._sought[1]

    def described(self, view: SocietyView) -> Described:
        """The posts of a round's pool."""
        posts, rows = view.log.posts, view.pool
        return Described(
            post=rows,
            author=posts.author[rows],
            vector=self.vectors[rows],
            form=forms(posts, rows),
        )


def standing_at(subjects: Subjects, log: LearningLog) -> Standing:
    """What stands at the end of a log, before its showings were told."""
    nothing = np.zeros((0, subjects.length), dtype=np.float32)
    vectors = with_parents(subjects.of(log.posts.text), nothing, log.posts.parent)
    return Standing(subjects=subjects, vectors=vectors)


def forms(posts: PostColumns, rows: NDArray[np.integer]) -> Reals:
    """`form_of` of some posts."""
    above = posts.parent[rows]
    length = np.where(above != NOBODY, posts.length[np.maximum(above, 0)], -1)
    return form_of(posts.length[rows], posts.media[rows], length)


def with_parents(new: Reals, before: Reals, parent: NDArray[np.integer]) -> Reals:
    """`before` and the new rows; an answer is read with what it answers, so it is both, unit."""
    made = np.concatenate([before, new])
    for row in (len(before) + np.flatnonzero(parent != NOBODY)).tolist():
        both = made[row] + made[parent[row - len(before)]]
        made[row] = both / max(float(np.linalg.norm(both)), 1e-6)
    return made
