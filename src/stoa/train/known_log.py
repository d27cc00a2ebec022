"""A log as one ranker reads it: vectors of its posts, and evidence on its impressions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.ranking.blended_seconds import BlendedSeconds, fit_blend
from stoa.ranking.dwell import LONGEST_S
from stoa.ranking.evidence import signals_of
from stoa.ranking.first_stage import Described, FirstStage, content_of, fit_first_stage
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_inputs import form_of
from stoa.ranking.ranker_model import RankerConfig
from stoa.ranking.readout import Readout, read_out
from stoa.space.learning_log import NOBODY, LearningLog
from stoa.space.text_axes import TextAxes
from stoa.train.evidence_log import ToldEvidence, evidence_of_log
from stoa.train.ranker_batches import RankerData, ranker_data, replies_of
from stoa.train.ranker_reliability import new_of

Reals = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Known:
    """Vectors (posts, d), and evidence (impressions, N_EVIDENCE) where a ranker reads that."""

    log: LearningLog
    vectors: Reals
    axes: TextAxes | None  # that the vectors are along
    evidence: Reals | None
    told: ToldEvidence | None

    @classmethod
    def of(cls, log: LearningLog, text: Reals, ranker: LearnedRanker) -> Known:
        """What a ranker knows of a log, of each impression from nothing later.

        Raises:
            BadInput: its vectors cannot be made of such text.
        """
        vectors = ranker.content(text)
        made = evidence_of_log(log, vectors) if ranker.config.evidence else (None, None)
        return cls(log, vectors, ranker.axes, *made)

    def serves(self, ranker: LearnedRanker) -> bool:
        """Whether this is what that ranker would read too."""
        alike = self.vectors.shape[1] == ranker.config.vector and self.axes is ranker.axes
        return alike and (self.evidence is not None or not ranker.config.evidence)

    def data(self, model: RankerConfig) -> RankerData:
        """The log ready to train on."""
        evidence = self.evidence if model.evidence else None
        return ranker_data(self.log, self.vectors, model, evidence=evidence)

    def read(self, ranker: LearnedRanker, outputs: Reals, rows: Rows) -> Readout:
        """What a ranker believes of some impressions, by its outputs for all."""
        kinds = replies_of(self.log, rows), new_of(self.log, rows)
        read = read_out(outputs[rows], ranker.calibration, *kinds)
        return read if ranker.blend is None else ranker.blend.on(read, self._guess(ranker, rows))

    def blended(self, learned_from: Rows, unseen: Rows, read: Readout) -> BlendedSeconds | None:
        """A first stage learned from some impressions, and how far it is believed on others.

        Args:
            learned_from: rows for the regressions.
            unseen: rows that neither they nor the ranker learned from.
            read: what the ranker believes of those.
        """
        if self.evidence is None:
            return None
        first = self._first_stage(np.sort(learned_from))
        seconds = self.log.impressions.seconds[unseen]
        looked = np.isfinite(seconds)
        guess = first.seconds(self.evidence[unseen], self._described(unseen))
        spent = np.clip(seconds[looked], 0.0, LONGEST_S).astype(np.float64)
        return BlendedSeconds(first, *fit_blend(read.seconds[looked], guess[looked], spent))

    def with_all(self, blend: BlendedSeconds | None) -> BlendedSeconds | None:
        """The same blend with a first stage that learned from every impression."""
        if blend is None:
            return None
        return replace(blend, first=self._first_stage(np.arange(len(self.log.impressions))))

    def _first_stage(self, rows: Rows) -> FirstStage:
        assert self.evidence is not None
        shown = self.log.impressions
        sound = np.isfinite(shown.seconds[rows]) & np.isfinite(self.evidence[rows]).all(axis=1)
        rows = rows[sound & np.isfinite(self.vectors[shown.post[rows]]).all(axis=1)]
        signals = signals_of(
            shown.seconds[rows], shown.acts[rows], shown.answer[rows], shown.delayed[rows]
        )
        posts = self._described(rows)
        return fit_first_stage(self.evidence[rows], posts, signals, shown.delayed[rows] >= 0)

    def _guess(self, ranker: LearnedRanker, rows: Rows) -> NDArray[np.float64]:
        assert ranker.blend is not None
        assert self.evidence is not None
        posts = self._described(rows)
        content = content_of(posts.vector, posts.form)
        return ranker.blend.first.seconds_of(self.evidence[rows], content)

    def _described(self, rows: Rows) -> Described:
        posts, post = self.log.posts, self.log.impressions.post[rows]
        above = posts.parent[post]
        length = np.where(above != NOBODY, posts.length[np.maximum(above, 0)], -1)
        return Described(
            post=post,
            author=posts.author[post],
            vector=self.vectors[post],
            form=form_of(posts.length[post], posts.media[post], length),
        )
