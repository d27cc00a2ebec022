# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""One ranker for all learned policies of a study: trained, calibrated, and asked for a round."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.belief_fit import Beliefs, Noise, Told, fit_beliefs
from stoa.evaluation.shortlists import Histories
from stoa.evaluation.society_view import SocietyView
from stoa.evaluation.standing import Standing, standing_at
from stoa.ranking.evidence import N_EVIDENCE, EvidenceConfig
from stoa.ranking.heads import N_OUTPUTS
from stoa.ranking.ranker_inputs import author_buckets, form_of, log_age, log_seconds
from stoa.ranking.ranker_model import RankerConfig, history_state, score_candidates
from stoa.ranking.regret_windows import WindowConfig
from stoa.space.learning_log import NOBODY, LearningLog, PostColumns
from stoa.space.subjects import SubjectsConfig, fit_subjects
from stoa.space.text_axes import TextAxesConfig, fit_text_axes
from stoa.space.transformer import Array, Params
from stoa.train.evidence_log import evidence_of_log
from stoa.train.optimiser import OptimiserConfig
from stoa.train.ranker import RankerTraining, predict_impressions, train_ranker
from stoa.train.ranker_batches import (
    Batch,
    PostTable,
    RankerData,
    inputs_of,
    ranker_data,
    targets_of,
)
from stoa.train.ranker_quality import RankerQuality, measure_ranker
from stoa.train.sittings import SittingConfig

_CHUNK = 32  # sittings ranked at once
_LEAST_ROWS = 8_192  # of the table of posts: one compiled shape for most rounds
_TASTE = (6.0, 6.0, 4.0, 8.0)  # how far tastes are drawn to nought, by signal


def _training() -> RankerTraining:
    return RankerTraining(
        epochs=3,
        tokens=6_000,
        optimiser=OptimiserConfig(peak=3e-3, weight_decay=0.05),
        windows=WindowConfig(flip_spread=1.0, glad_spread=0.0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedConfig:
    """How large the ranker is and how it is trained."""

    width: int = 32
    depth: int = 1
    history: int = 48
    training: RankerTraining = field(default_factory=_training)
    axes: TextAxesConfig = field(default_factory=TextAxesConfig)
    subjects: SubjectsConfig = field(default_factory=SubjectsConfig)
    held_out: float = 0.1  # newest share of the log's sittings: calibration

    def model(self, dim: int) -> RankerConfig:
        """The ranker's shape for vectors of this length."""
        return RankerConfig(
            width=self.width, depth=self.depth, history=self.history, vector=dim,
            author_rows=2048, evidence=N_EVIDENCE,
        )  # fmt: skip

    @property
    def sittings(self) -> SittingConfig:
        """How a log is read."""
        return SittingConfig(history=self.history, history_shapes=(self.history,))


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRanker:
    """What is believed of posts, and what actions are worth."""

    config: SharedConfig
    model: RankerConfig
    params: Params
    standing: Standing  # at the end of the log
    told: Told  # all showings of the log
    beliefs: Beliefs
    quality: RankerQuality
    cpu_s: float

    def read(
        self,
        view: SocietyView,
        met: Histories,
        standing: Standing,
        column: NDArray[np.int32],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The ranker's outputs and the evidence for each shortlisted post, (sittings * size, ...).

        Args:
            view: the round.
            met: histories of its viewers.
            standing: what is known by then.
            column: (sittings, size) of the pool.
        """
        evidence = evidence_on(view, standing, column)
        batch, posts = served_batch(view, met, standing.vectors, column, self.model)
        batch = batch._replace(evidence=evidence.reshape(*column.shape, -1))
        outputs = np.zeros((*column.shape, N_OUTPUTS), dtype=np.float32)
        for start in range(0, len(column), _CHUNK):
            rows = slice(start, min(start + _CHUNK, len(column)))
            part = jax.tree.map(lambda c: _padded(c[rows], _CHUNK), batch)  # noqa: B023
            found = np.asarray(round_outputs(self.params, posts, part, self.model))
            outputs[rows] = found[: rows.stop - start]
        return outputs.reshape(-1, N_OUTPUTS), evidence


def train_shared(log: LearningLog, config: SharedConfig, seed: int) -> SharedRanker:
    """Trains on a log, calibrates on its newest part, and learns what actions are worth."""
    began = time.process_time()
    axes = fit_text_axes(log.posts.text, log.posts.author, config.axes)
    subjects = fit_subjects(axes, log.posts.text, seed, config.subjects)
    model, standing = config.model(subjects.length), standing_at(subjects, log)
    tells = EvidenceConfig(vector=subjects.length, taste=_TASTE)
    evidence, standing.told = evidence_of_log(log, standing.vectors, tells)
    data = ranker_data(log, standing.vectors, model, config.sittings, evidence=evidence)
    n = len(data.sittings)
    cut = n - max(1, round(config.held_out * n))
    trained = train_ranker(_part(data, 0, cut), model, config.training, seed=seed)
    outputs = predict_impressions(trained.params, data, model)
    held = _impressions(data, cut, n)
    rows = np.concatenate([_impressions(data, 0, cut), held])
    told, noise = Told.of(rows, outputs, evidence), Noise.of(trained)
    beliefs = fit_beliefs(log, standing, told, noise, len(held))
    followed = targets_of(log, held, np.ones(len(held)))
    return SharedRanker(
        config=config,
        model=model,
        params=trained.params,
        standing=standing,
        told=told,
        beliefs=beliefs,
        quality=measure_ranker(outputs[held], followed, beliefs.calibration, noise.answers),
        cpu_s=time.process_time() - began,
    )


def _impressions(data: RankerData, low: int, high: int) -> NDArray[np.int64]:
    found = data.sittings.impression[low:high]
    return found[found != NOBODY]


def evidence_on(
    view: SocietyView, standing: Standing, column: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Evidence on shortlisted posts, (sittings * size, N_EVIDENCE)."""
    safe = np.maximum(column, 0)
    post, posts = view.pool[safe].ravel(), view.log.posts
    taste = standing.vectors[view.pool[safe]] @ standing.seeking(view)
    followed = np.take_along_axis(view.followed(), safe, axis=1).ravel()
    viewer = np.repeat(view.viewer, column.shape[1])
    return standing.told.evidence.ask(
        viewer, taste.reshape(len(post), -1), posts.author[post], post, followed
    )


def _part(data: RankerData, low: int, high: int) -> RankerData:
    return replace(data, sittings=data.sittings.only(np.arange(low, high)))


@partial(jax.jit, static_argnames="model")
def round_outputs(params: Params, posts: PostTable, batch: Batch, model: RankerConfig) -> Array:
    """Outputs of all heads for sittings side by side, (b, n, N_OUTPUTS), without positions."""
    history, candidates = inputs_of(posts, batch)

    def one(h, c):
        return score_candidates(params, history_state(params, h, model), c, model)

    return jax.vmap(one)(history, candidates)


def served_batch(
    view: SocietyView,
    met: Histories,
    vectors: NDArray[np.float32],
    column: NDArray[np.int32],
    model: RankerConfig,
) -> tuple[Batch, PostTable]:
    """A round's sittings as the ranker reads them, and a table of the posts they name."""
    posts, m = view.log.posts, met.meetings
    shown = np.where(column >= 0, view.pool[np.maximum(column, 0)], NOBODY)
    rows = np.unique(np.concatenate([view.pool, met.post.ravel()]))
    rows = np.unique(np.concatenate([rows, posts.parent[np.maximum(rows, 0)]]))
    rows = rows[rows != NOBODY]
    real = met.row >= 0
    row = np.maximum(met.row, 0)

    def told(values: NDArray, empty: int = 0) -> NDArray:
        return np.where(real, values[row] if len(values) else 0, empty)

    at_us = view.start_us[:, None]
    age_s = np.where(column >= 0, (at_us - posts.at_us[np.maximum(shown, 0)]) / 1e6, 0)
    batch = Batch(
        met=_local(met.post, rows),
        acts=told(m.acts).astype(np.uint32),
        log_seconds=np.where(real, log_seconds(told(m.seconds)), 0).astype(np.float32),
        log_age=np.where(real, log_age((at_us - told(m.at_us)) / 1e6), 0).astype(np.float32),
        met_surface=told(m.surface).astype(np.int32),
        met_real=real,
        shown=_local(shown, rows),
        shown_age=log_age(age_s),
        surface=np.zeros(column.shape, dtype=np.int32),
        position=None,
        evidence=None,
        targets=None,  # pyright: ignore[reportArgumentType] - serving has none
    )
    return batch, _table(posts, vectors, rows, model)


def _local(post: NDArray[np.integer], rows: NDArray[np.integer]) -> NDArray[np.int32]:
    """Rows of the table for rows of the log; one past the last where there is no post."""
    found = np.searchsorted(rows, post)
    return np.where(post != NOBODY, found, len(rows)).astype(np.int32)


def _table(
    posts: PostColumns, vectors: NDArray[np.float32], rows: NDArray[np.integer], model: RankerConfig
) -> PostTable:
    size = max(_LEAST_ROWS, 1 << len(rows).bit_length())
    parent = posts.parent[rows]
    inside = np.isin(parent, rows)
    above = np.where(parent != NOBODY, posts.length[np.maximum(parent, 0)], -1)
    none = len(rows)
    return PostTable(
        vector=jnp.asarray(_padded(vectors[rows], size)),
        author=jnp.asarray(_padded(author_buckets(posts.author[rows], model.author_rows), size)),
        parent=jnp.asarray(_padded(_local(np.where(inside, parent, NOBODY), rows), size, none)),
        form=jnp.asarray(_padded(form_of(posts.length[rows], posts.media[rows], above), size)),
    )


def _padded(column: NDArray, size: int, empty: int = 0) -> NDArray:
    if len(column) == size:
        return column
    rest = np.full((size - len(column), *column.shape[1:]), empty, dtype=column.dtype)
    return np.concatenate([column, rest])
