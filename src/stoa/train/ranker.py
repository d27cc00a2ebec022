# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""Trains the ranker on a log: every head at once, many showings to each history."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from stoa.ranking.heads import GLAD, N_LOGITS, N_OUTPUTS, REGRET, losses, set_priors
from stoa.ranking.ranker_inputs import Candidates, History
from stoa.ranking.ranker_model import (
    N_POSITIONS,
    RankerConfig,
    history_state,
    init_ranker,
    score_candidates,
)
from stoa.space.learning_log import NOBODY
from stoa.space.transformer import Array, Params
from stoa.train.ranker_batches import Batch, PostTable, RankerData, batch_of, inputs_of, targets_of
from stoa.train.sittings import batch_size, batches

_NOT_DECAYED = ("prior", "position", "position_share", "calibration", "authors", "is_candidate")


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerTraining:
    """How the ranker is trained; the seed decides everything that is left to chance."""

    epochs: int = 2
    tokens: int = 6_000  # of a step: histories and candidates together
    rate: float = 2e-3
    warm_up: float = 0.1  # share of the steps
    last_rate: float = 0.05  # share of the rate that the cosine ends at
    decay: float = 0.02
    clip: float = 5.0
    answers: float = 3.0  # weight of gladness and regret, which few showings tell of
    hide_author: float = 0.2  # share of the candidates whose author is not told


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedRanker:
    """Parameters and how they came about."""

    params: Params
    losses: tuple[float, ...]  # of every step
    stopped: str = ""  # why training ended early; these are then the last good parameters


def train_ranker(
    data: RankerData,
    model: RankerConfig,
    config: RankerTraining = RankerTraining(),
    *,
    seed: int,
    start: Params | None = None,
    said: Callable[[int, float], None] = lambda step, loss: None,
) -> TrainedRanker:
    """Trains on all sittings of `data`, from fresh parameters or going on from `start`.

    A step whose loss or gradient is not finite is not taken, and training stops there with the
    parameters as they were before it.

    Args:
        data: the log made ready.
        model: the ranker's shape.
        config: how to train.
        seed: of parameters, order and hidden authors.
        start: parameters to go on from.
        said: called with the step and its loss, for those who show progress.
    """
    params = start if start is not None else _fresh(data, model, seed)
    steps = [
        one
        for epoch in range(config.epochs)
        for one in batches(data.sittings, data.config, config.tokens, seed * 1_000 + epoch)
    ]
    optimiser = _optimiser(params, config, len(steps))
    state = optimiser.init(params)
    take = _step(model, config, optimiser)
    key = jax.random.key(seed + 1)
    seen: list[float] = []
    for number, (shape, rows) in enumerate(steps):
        batch = batch_of(data, rows, shape, batch_size(shape, data.config, config.tokens))
        key, now = jax.random.split(key)
        params, state, loss, is_good = take(params, state, data.posts, batch, now)
        if not bool(is_good):
            why = f"loss or gradient of step {number} was not finite"
            return TrainedRanker(params=params, losses=tuple(seen), stopped=why)
        seen.append(float(loss))
        said(number, seen[-1])
    return TrainedRanker(params=params, losses=tuple(seen))


def _fresh(data: RankerData, model: RankerConfig, seed: int) -> Params:
    shown = data.log.impressions
    used = np.unique(data.sittings.impression)
    used = used[used != NOBODY]
    params = init_ranker(jax.random.key(seed), model)
    if len(used) == 0:
        return params
    targets = targets_of(data.log, used, np.ones(len(used)))
    place = np.clip(shown.position[used], 0, N_POSITIONS - 1)
    share = np.bincount(place, minlength=N_POSITIONS) / len(used)
    return {**set_priors(params, targets), "position_share": jnp.asarray(share, jnp.float32)}


def _optimiser(
    params: Params, config: RankerTraining, n_steps: int
) -> optax.GradientTransformation:
    warm = max(1, round(config.warm_up * n_steps))
    rate = optax.warmup_cosine_decay_schedule(
        config.rate / warm, config.rate, warm, max(n_steps, warm + 1),
        config.rate * config.last_rate,
    )  # fmt: skip
    decayed = {
        name: jax.tree.map(lambda leaf, n=name: n not in _NOT_DECAYED and leaf.ndim > 1, tree)
        for name, tree in params.items()
    }
    return optax.chain(
        optax.clip_by_global_norm(config.clip),
        optax.adamw(rate, b2=0.98, weight_decay=config.decay, mask=decayed),
    )


Step = Callable[..., tuple[Params, Any, Array, Array]]


def _step(
    model: RankerConfig, config: RankerTraining, optimiser: optax.GradientTransformation
) -> Step:
    def loss_of(params: Params, posts: PostTable, batch: Batch, key: Array) -> Array:
        hidden = jax.random.bernoulli(key, config.hide_author, batch.shown.shape)
        history, candidates = inputs_of(posts, batch, hidden)
        outputs = _outputs(params, history, candidates, model, batch.position)
        return jnp.sum(losses(outputs, batch.targets) * _weights(config))

    @jax.jit
    def take(
        params: Params, state: Any, posts: PostTable, batch: Batch, key: Array
    ) -> tuple[Params, Any, Array, Array]:
        loss, gradient = jax.value_and_grad(loss_of)(params, posts, batch, key)
        is_good = jnp.isfinite(loss) & jnp.isfinite(optax.global_norm(gradient))
        change, next_state = optimiser.update(gradient, state, params)
        moved = optax.apply_updates(params, change)
        keep = partial(jnp.where, is_good)
        return (
            jax.tree.map(keep, moved, params),
            jax.tree.map(keep, next_state, state),
            loss,
            is_good,
        )

    return take


def _weights(config: RankerTraining) -> NDArray[np.float32]:
    weights = np.ones(N_LOGITS + 1, dtype=np.float32)
    weights[[GLAD, REGRET]] = config.answers
    return weights


def _outputs(
    params: Params,
    history: History,
    candidates: Candidates,
    model: RankerConfig,
    position: Array | None,
) -> Array:
    def one(h: History, c: Candidates, p: Array | None) -> Array:
        return score_candidates(params, history_state(params, h, model), c, model, p)

    places = None if position is None else 0
    return jax.vmap(one, in_axes=(0, 0, places))(history, candidates, position)


@partial(jax.jit, static_argnames="model")
def _predict(params: Params, posts: PostTable, batch: Batch, model: RankerConfig) -> Array:
    history, candidates = inputs_of(posts, batch)
    return _outputs(params, history, candidates, model, None)


def predict_impressions(
    params: Params, data: RankerData, model: RankerConfig, tokens: int = 12_000
) -> NDArray[np.float32]:
    """Outputs for every impression of the log, as when serving (no position); NaN rows elsewhere.

    Shape (impressions of the log, N_OUTPUTS): rows that belong to none of `data.sittings` stay
    NaN, so that a part of the sittings can be predicted alone.
    """
    made = np.full((len(data.log.impressions), N_OUTPUTS), np.nan, dtype=np.float32)
    for shape, rows in batches(data.sittings, data.config, tokens, None):
        batch = batch_of(data, rows, shape, batch_size(shape, data.config, tokens))
        outputs = np.asarray(_predict(params, data.posts, batch, model))[: len(rows)]
        where = data.sittings.impression[rows]
        made[where[where != NOBODY]] = outputs[where != NOBODY]
    return made


def is_finite(trained: TrainedRanker) -> bool:
    """Whether training ended because it was done."""
    return not trained.stopped and all(math.isfinite(loss) for loss in trained.losses)
