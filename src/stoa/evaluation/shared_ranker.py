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

from stoa.evaluation.shortlists import Histories
from stoa.evaluation.society_view import SocietyView
from stoa.evaluation.standing import Standing, forms, standing_at
from stoa.ranking.dwell import LONGEST_S
from stoa.ranking.evidence import N_EVIDENCE, READ, SORRY, signals_of
from stoa.ranking.first_stage import Described, FirstStage, fit_first_stage
from stoa.ranking.heads import N_OUTPUTS
from stoa.ranking.ranker_inputs import author_buckets, form_of, log_age, log_seconds
from stoa.ranking.ranker_model import RankerConfig, history_state, score_candidates
from stoa.ranking.readout import Calibration, Readout, read_out
from stoa.ranking.regret_windows import WindowConfig
from stoa.ranking.return_model import learn_worth
from stoa.ranking.value import prior_worth
from stoa.space.learning_log import NOBODY, LearningLog, PostColumns
from stoa.space.transformer import Array, Params
from stoa.train.evidence_log import evidence_of_log
from stoa.train.optimiser import OptimiserConfig
from stoa.train.ranker import RankerTraining, TrainedRanker, predict_impressions, train_ranker
from stoa.train.ranker_batches import (
    Batch,
    PostTable,
    RankerData,
    inputs_of,
    ranker_data,
    targets_of,
)
from stoa.train.ranker_quality import (
    AnswerNoise,
    RankerQuality,
    fit_calibration,
    measure_ranker,
)
from stoa.train.served_days import served_days
from stoa.train.sittings import SittingConfig
from stoa.train.space import SpaceTrainingConfig, train_space

_CHUNK = 32  # sittings ranked at once
_ENOUGH_READ = 100  # held-out posts read; with fewer the ranker's regret stands alone
_LEAST_ROWS = 8_192  # of the table of posts: one compiled shape for most rounds


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
    space: SpaceTrainingConfig = field(default_factory=lambda: SpaceTrainingConfig(steps=200))
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
    first: FirstStage  # draws up shortlists
    standing: Standing  # at the end of the log
    blend: tuple[float, float]  # weights of the ranker's seconds and of the first stage's
    regret_blend: tuple[float, float]  # likewise, of regret where a post is read
    sign_rates: tuple[float, float]  # of a sign of regret: where regretted, where not
    calibration: Calibration
    worth_s: dict[str, float]
    quality: RankerQuality
    cpu_s: float

    def read(
        self,
        view: SocietyView,
        met: Histories,
        standing: Standing,
        column: NDArray[np.int32],
    ) -> Readout:
        """What is believed of each shortlisted post, flat: (sittings * size,).

        Args:
            view: the round.
            met: histories of its viewers.
            standing: what is known by then.
            column: (sittings, size) of the pool.
        """
        evidence, pool = evidence_on(view, standing, column), standing.described(view)
        batch, posts = served_batch(view, met, standing.vectors, column, self.model)
        batch = batch._replace(evidence=evidence.reshape(*column.shape, -1))
        outputs = np.zeros((*column.shape, N_OUTPUTS), dtype=np.float32)
        for start in range(0, len(column), _CHUNK):
            rows = slice(start, min(start + _CHUNK, len(column)))
            part = jax.tree.map(lambda c: _padded(c[rows], _CHUNK), batch)  # noqa: B023
            found = np.asarray(round_outputs(self.params, posts, part, self.model))
            outputs[rows] = found[: rows.stop - start]
        read = read_out(outputs.reshape(-1, N_OUTPUTS), self.calibration)
        posts_of = pool.rows(np.maximum(column, 0).ravel())
        guess = self.first.seconds(evidence, posts_of)
        seconds = _mixed(read.seconds, guess, self.blend, LONGEST_S)
        light = _from_signs(self.first.signs(evidence, posts_of), self.sign_rates)
        regret = _mixed(read.regret, light, self.regret_blend, 1.0)
        return replace(read, seconds=seconds, regret=regret)


def train_shared(log: LearningLog, config: SharedConfig, seed: int) -> SharedRanker:
    """Trains on a log, calibrates on its newest part, and learns what actions are worth."""
    began = time.process_time()
    model = config.model(log.posts.text.shape[1])
    space = train_space(log, seed, config.space).model
    standing = standing_at(space, log)
    evidence, standing.told = evidence_of_log(log, standing.vectors)
    data = ranker_data(log, standing.vectors, model, config.sittings, evidence=evidence)
    n = len(data.sittings)
    cut = n - max(1, round(config.held_out * n))
    rows = _impressions(data, cut, n)
    first = _first_stage(log, standing, evidence, _impressions(data, 0, cut))
    trained = train_ranker(_part(data, 0, cut), model, config.training, seed=seed)
    outputs = predict_impressions(trained.params, data, model)
    noise = AnswerNoise.of(trained)
    held = targets_of(log, rows, np.ones(len(rows)))
    calibration = fit_calibration(outputs[rows], held, noise)
    held_read, rates = read_out(outputs[rows], calibration), _sign_rates(trained)
    seconds = np.minimum(np.nan_to_num(log.impressions.seconds[rows]), LONGEST_S)
    posts = _described(log, standing).rows(log.impressions.post[rows])
    guess = first.seconds(evidence[rows], posts)
    sign = _from_signs(first.signs(evidence[rows], posts), rates)
    return SharedRanker(
        config=config,
        model=model,
        params=trained.params,
        first=first,
        standing=standing,
        blend=_blend(held_read.seconds, guess, seconds),
        regret_blend=_regret_blend(log, rows, held_read.regret, sign, rates),
        sign_rates=rates,
        calibration=calibration,
        worth_s=_worth(log, read_out(outputs, calibration)),
        quality=measure_ranker(outputs[rows], held, calibration, noise),
        cpu_s=time.process_time() - began,
    )


def _described(log: LearningLog, standing: Standing) -> Described:
    every = np.arange(len(log.posts))
    return Described(
        post=every,
        author=log.posts.author,
        vector=standing.vectors,
        form=forms(log.posts, every),
    )


def _impressions(data: RankerData, low: int, high: int) -> NDArray[np.int64]:
    found = data.sittings.impression[low:high]
    return found[found != NOBODY]


def _first_stage(
    log: LearningLog, standing: Standing, evidence: NDArray[np.float32], rows: NDArray[np.int64]
) -> FirstStage:
    shown = log.impressions
    told = signals_of(
        shown.seconds[rows], shown.acts[rows], shown.answer[rows], shown.delayed[rows]
    )
    posts = _described(log, standing).rows(shown.post[rows])
    return fit_first_stage(evidence[rows], posts, told, shown.delayed[rows] >= 0)


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


def _blend(
    ranked: NDArray[np.float64], guess: NDArray[np.float64], target: NDArray[np.float64]
) -> tuple[float, float]:
    """Least squares of a held-out target on both guesses, neither weight below 0."""
    design = np.column_stack([ranked, guess])
    both = np.linalg.solve(design.T @ design + 1e-6 * np.eye(2), design.T @ target)
    if both.min() >= 0:
        return float(both[0]), float(both[1])
    alone = np.maximum(design.T @ target, 0) / np.maximum((design**2).sum(axis=0), 1e-9)
    return (0.0, float(alone[1])) if both[0] < 0 else (float(alone[0]), 0.0)


def _mixed(
    ranked: NDArray[np.float64],
    guess: NDArray[np.float64],
    blend: tuple[float, float],
    most: float,
) -> NDArray[np.float64]:
    return np.clip(blend[0] * ranked + blend[1] * guess, 0.0, most)


def _from_signs(sign: NDArray[np.float64], rates: tuple[float, float]) -> NDArray[np.float64]:
    """Regret from the chance of its signs: `P(sign) = hit R + slip (1 - R)` solved for R."""
    hit, slip = rates
    return np.clip((sign - slip) / max(hit - slip, 0.02), 0.0, 1.0)


def _sign_rates(trained: TrainedRanker) -> tuple[float, float]:
    """Chance of a sign where a read post was regretted and where not, as training learned it."""
    told = trained.window_figures()
    if not told:
        return 0.25, 0.03
    hit = 1.0 - (1.0 - told["sensitivity"]) * (1.0 - told["delayed_hit"])
    return hit, told["slip"] + told["delayed_slip"]


def _regret_blend(
    log: LearningLog,
    rows: NDArray[np.int64],
    ranked: NDArray[np.float64],
    guess: NDArray[np.float64],
    rates: tuple[float, float],
) -> tuple[float, float]:
    """How much each guess of regret counts: held-out signs, their noise taken away."""
    shown = log.impressions
    told = signals_of(
        shown.seconds[rows], shown.acts[rows], shown.answer[rows], shown.delayed[rows]
    )
    used = (told[:, READ] > 0) & (shown.delayed[rows] >= 0)
    if used.sum() < _ENOUGH_READ:
        return 1.0, 0.0
    target = (told[used, SORRY] - rates[1]) / max(rates[0] - rates[1], 0.02)
    return _blend(ranked[used], guess[used], target)


def _part(data: RankerData, low: int, high: int) -> RankerData:
    return replace(data, sittings=data.sittings.only(np.arange(low, high)))


def _worth(log: LearningLog, read: Readout) -> dict[str, float]:
    """What actions are worth by who came back, drawn to the prior; the prior with few days."""
    days = served_days(log, np.arange(len(log.impressions)), read)
    return prior_worth() if days is None else learn_worth(days).as_worth()


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
