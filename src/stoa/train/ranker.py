# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportMissingTypeStubs=false
# (JAX leaves parts of its own signatures untyped.)
"""Trains the ranker on a log: every head at once, many showings to each history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from stoa.ranking.heads import (
    GLAD,
    N_LOGITS,
    N_OUTPUTS,
    REGRET,
    losses,
    set_priors,
    window_labels,
)
from stoa.ranking.ranker_inputs import Candidates, History
from stoa.ranking.ranker_model import (
    N_POSITIONS,
    RankerConfig,
    history_state,
    init_ranker,
    scale_evidence,
    score_candidates,
)
from stoa.ranking.regret_windows import (
    WindowConfig,
    init_windows,
    window_config,
    window_figures,
    window_loss,
)
from stoa.ranking.window_labels import labels_of
from stoa.space.learning_log import NOBODY
from stoa.space.transformer import Array, Params
from stoa.train.optimiser import OptimiserConfig, adamw
from stoa.train.ranker_batches import (
    Batch,
    PostTable,
    RankerData,
    batch_of,
    inputs_of,
    targets_of,
)
from stoa.train.sittings import batch_size, batches


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerTraining:
    """How the ranker is trained; the seed decides everything that is left to chance."""

    epochs: int = 2
    tokens: int = 3_000  # of a step: histories and candidates together
    optimiser: OptimiserConfig = field(
        default_factory=lambda: OptimiserConfig(peak=5e-3, weight_decay=0.05)
    )
    again_peak: float = 2e-3  # highest rate where it goes on from a ranker, not to undo it
    latent: float = 1.0  # weight of gladness and regret, seen through their windows
    windows: WindowConfig | None = field(default_factory=WindowConfig)  # None: plain answers
    hide_author: float = 0.2  # share of the candidates whose author is not told
    zeroed: tuple[str, ...] = ()  # the ranker's arrays that are set to zero and left there
    frozen: tuple[str, ...] = ()  # those that are left as they start

    @property
    def still(self) -> tuple[str, ...]:
        """The ranker's arrays that training does not move."""
        return (*self.zeroed, *self.frozen)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedRanker:
    """Parameters and how they came about."""

    params: Params
    windows: Params  # of `regret_windows`
    window_config: WindowConfig | None
    losses: tuple[float, ...]  # of every step
    stopped: str = ""  # why training ended early; parameters are then the last good ones

    def window_figures(self) -> dict[str, float]:
        """The learned rates of the windows by name; empty where they were not used."""
        if self.window_config is None:
            return {}
        figures = window_figures(self.windows, self.window_config)
        return {name: float(value) for name, value in figures.items()}


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
        start: the ranker's parameters to go on from.
        said: called with the step and its loss, for those who show progress.
    """
    used = np.unique(data.sittings.impression[data.sittings.impression != NOBODY])
    windows = config.windows and replace(
        window_config(labels_of(data.log.impressions), config.windows), n_rows=_about(len(used))
    )
    begun = _fresh(data, used, model, seed) if start is None else start
    if start is not None and model.evidence and "evidence" not in start:
        begun = {**start, **_unread_evidence(data, used, model, seed)}
    if start is not None:
        config = replace(config, optimiser=replace(config.optimiser, peak=config.again_peak))
    tree: Params = {
        "ranker": {**begun, **{name: jnp.zeros_like(begun[name]) for name in config.zeroed}},
        "windows": init_windows(data.log.n_accounts),
    }
    tree, seen, stopped = _descend(tree, data, model, replace(config, windows=windows), seed, said)
    return TrainedRanker(
        params=tree["ranker"], windows=tree["windows"], window_config=windows,
        losses=tuple(seen), stopped=stopped,
    )  # fmt: skip


def _descend(
    tree: Params,
    data: RankerData,
    model: RankerConfig,
    config: RankerTraining,
    seed: int,
    said: Callable[[int, float], None],
) -> tuple[Params, list[float], str]:
    """Parameters after all steps, the losses, and why it ended early."""
    steps = [
        one
        for epoch in range(config.epochs)
        for one in batches(data.sittings, data.config, config.tokens, seed * 1_000 + epoch)
    ]
    optimiser, move = _mover(config.optimiser, max(len(steps), 1), config.still)
    state = jax.jit(optimiser.init)(tree)
    key = jax.random.key(seed + 1)
    seen: list[float] = []
    for number, (shape, rows) in enumerate(steps):
        batch = batch_of(data, rows, shape, batch_size(shape, data.config, config.tokens))
        key, now = jax.random.split(key)
        loss, gradient = _gradient(tree, data.posts, batch, now, model, config)
        tree, state, is_good = move(tree, state, loss, gradient)
        if not bool(is_good):
            return tree, seen, f"loss or gradient of step {number} was not finite"
        seen.append(float(loss))
        said(number, seen[-1])
    return tree, seen, ""


def _fresh(data: RankerData, used: NDArray[np.int64], model: RankerConfig, seed: int) -> Params:
    params = init_ranker(jax.random.key(seed), model)
    if len(used) == 0:
        return params
    place = np.clip(data.log.impressions.position[used], 0, N_POSITIONS - 1)
    share = np.bincount(place, minlength=N_POSITIONS) / len(used)
    targets = targets_of(data.log, used, np.ones(len(used)))
    if model.evidence:
        params = scale_evidence(params, data.evidence[used])
    return {**set_priors(params, targets), "position_share": jnp.asarray(share, jnp.float32)}


def _unread_evidence(
    data: RankerData, used: NDArray[np.int64], model: RankerConfig, seed: int
) -> Params:
    """Arrays with which a ranker that read no evidence predicts as before, and may learn to."""
    fresh = _fresh(data, used, model, seed)
    names = ("evidence", "evidence_mean", "evidence_sd", "evidence_out")
    return {name: fresh[name] * (name != "evidence") for name in names}


def _about(n: int) -> int:
    """The power of two next to n: enough for a prior's weight, and compiled once for many logs."""
    return 1 << max(n, 1).bit_length() - 1


Move = Callable[[Params, Any, Array, Params], tuple[Params, Any, Array]]


@lru_cache(maxsize=8)
def _mover(
    config: OptimiserConfig, n_steps: int, still: tuple[str, ...]
) -> tuple[optax.GradientTransformation, Move]:
    """The optimiser, and one compiled step of it, not taken where it is not finite.

    What is to stay `still` is not moved by weight decay either.
    """
    optimiser = adamw(config, n_steps)

    @jax.jit
    def move(tree: Params, state: Any, loss: Array, gradient: Params) -> tuple[Params, Any, Array]:
        is_good = jnp.isfinite(loss) & jnp.isfinite(optax.tree.norm(gradient))
        gradient = _without(gradient, still)
        change, later = optimiser.update(gradient, state, tree)
        change = _without(change, still)
        keep = partial(jnp.where, is_good)
        changed = optax.apply_updates(tree, change)
        return jax.tree.map(keep, changed, tree), jax.tree.map(keep, later, state), is_good

    return optimiser, move


def _without(tree: Any, still: tuple[str, ...]) -> Any:
    """A tree of changes with nothing for some of the ranker's arrays."""
    ranker = tree["ranker"]
    return {**tree, "ranker": {**ranker, **{name: jnp.zeros_like(ranker[name]) for name in still}}}


def _loss(
    tree: Params,
    posts: PostTable,
    batch: Batch,
    key: Array,
    model: RankerConfig,
    config: RankerTraining,
) -> Array:
    hidden = jax.random.bernoulli(key, config.hide_author, batch.shown.shape)
    history, candidates = inputs_of(posts, batch, hidden)
    outputs = _outputs(tree["ranker"], history, candidates, model, batch.position)
    per_head = losses(outputs, batch.targets)
    weights = np.ones(N_LOGITS + 1, dtype=np.float32)
    if config.windows is None:
        weights[[GLAD, REGRET]] = config.latent
        return jnp.sum(per_head * weights)
    weights[[GLAD, REGRET]] = 0.0
    latent, _ = window_loss(
        tree["windows"],
        outputs[..., REGRET].ravel(),
        outputs[..., GLAD].ravel(),
        window_labels(batch.targets),
        config.windows,
    )
    return jnp.sum(per_head * weights) + config.latent * latent


_gradient = jax.jit(jax.value_and_grad(_loss), static_argnames=("model", "config"))


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
    """Outputs for every impression of `data.sittings`, as when serving (no position).

    Shape (impressions of the log, N_OUTPUTS); rows that belong to none of the sittings are NaN,
    so that a part of the sittings can be predicted alone.
    """
    made = np.full((len(data.log.impressions), N_OUTPUTS), np.nan, dtype=np.float32)
    for shape, rows in batches(data.sittings, data.config, tokens, None):
        batch = batch_of(data, rows, shape, batch_size(shape, data.config, tokens))
        outputs = np.asarray(_predict(params, data.posts, batch, model))[: len(rows)]
        where = data.sittings.impression[rows]
        made[where[where != NOBODY]] = outputs[where != NOBODY]
    return made
