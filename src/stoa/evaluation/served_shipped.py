"""A ranker in a society that it was not trained in: the first version's finds in its order.

It leans on the first version's scores as a square does, by the looks heard so far.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import jax
import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.composition import compose_shortlists
from stoa.evaluation.learned_policies import listed_posts
from stoa.evaluation.served_first_version import ServedFirstVersion
from stoa.evaluation.shared_ranker import round_outputs, served_batch
from stoa.evaluation.shortlists import Histories, histories
from stoa.evaluation.slates import Slates
from stoa.evaluation.society_policies import chance_of
from stoa.evaluation.society_view import SocietyView
from stoa.ranking.heads import N_OUTPUTS
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.readout import Readout, read_out
from stoa.ranking.value import after_looks, leaning, unregretted
from stoa.space.learning_log import NOBODY, LearningLog
from stoa.train.sittings import SittingConfig

_CHUNK = 16  # sittings ranked at once


@dataclass(slots=True, kw_only=True)
class ServedShipped:
    """Ranks what the first version's sources find by a ranker's unregretted seconds, leaning."""

    ranker: LearnedRanker
    seed: int = 0
    finds: ServedFirstVersion = field(
        default_factory=lambda: ServedFirstVersion(hears_at_once=True)
    )
    name: str = "shipped"

    def rank(self, view: SocietyView) -> Slates:
        """Slates of what is worth most."""
        sittings = SittingConfig(history=self.ranker.config.history)
        column, score = self.finds.scored(view)
        met = histories(view, sittings, self.finds.shortlist.remembered_days)
        config = after_looks(self.ranker.value, self.finds.looks)
        own = unregretted(self._read(view, met, column), config)
        value = leaning(own, score.ravel(), config).value
        listed = listed_posts(view, column, value.reshape(column.shape))
        chance = chance_of(self.seed, view)
        return compose_shortlists(listed, view.slots, self.finds.composition, chance)

    def learn(self, log: LearningLog) -> None:
        """The ranker does not learn here; the first version hears of looks."""
        self.finds.learn(log)

    def _read(self, view: SocietyView, met: Histories, column: NDArray[np.int32]) -> Readout:
        model = self.ranker.config
        batch, posts = served_batch(view, met, view.log.posts.text, column, model)
        outputs = np.zeros((*column.shape, N_OUTPUTS), dtype=np.float32)
        for start in range(0, len(column), _CHUNK):
            rows = np.minimum(np.arange(start, start + _CHUNK), len(column) - 1)
            part = jax.tree.map(lambda c: c[rows], batch)  # noqa: B023
            found = np.asarray(round_outputs(self.ranker.params, posts, part, model))
            outputs[rows] = found
        post = view.pool[np.maximum(column, 0)].ravel()
        is_reply = view.log.posts.parent[post] != NOBODY
        return read_out(outputs.reshape(-1, N_OUTPUTS), self.ranker.calibration, is_reply)
