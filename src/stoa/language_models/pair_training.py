# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""Teaches a pair encoder: the lower layers stay and run once, the upper ones and the head learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from stoa.errors import TrainingDiverged
from stoa.language_models.bert import Array, BertConfig, Params
from stoa.language_models.pair_input import PairRow
from stoa.language_models.pair_model import (
    SUPPORTS,
    batches,
    init_head,
    lower_stream,
    pair_logits,
    upper_views,
)

NOT_SUPPORTED = 3  # a target where nobody said whether it is contradicted: only support is known
_STEP = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTraining:
    """How long and how fast. `trained_layers` is the dial: more learn more and cost more."""

    trained_layers: int = 3
    epochs: int = 3
    batch: int = 32
    rate: float = 1e-4  # of the layers, at its peak; it falls to zero
    head_rate: float = 1e-3
    decay: float = 0.01
    dropout: float = 0.1  # of what the head sees


@dataclass(frozen=True, slots=True)
class PairExamples:
    """Rows with what is to be said of each: (n,) targets and weights, aligned."""

    rows: Sequence[PairRow]
    target: NDArray[np.int32]  # SUPPORTS, CONTRADICTS, NEITHER, or NOT_SUPPORTED
    weight: NDArray[np.float32]


def lower_streams(
    params: Params, rows: Sequence[PairRow], depth: int, config: BertConfig, size: int = 32
) -> list[NDArray[np.float16]]:
    """What the layers that stay make of each row, (pieces, width), in half precision."""
    run = jax.jit(jax.vmap(lambda p, r, n: lower_stream(p, r, n, depth, config), (None, 0, 0)))
    found: dict[int, NDArray[np.float16]] = {}
    for places, padded, n_claim in batches(rows, size):
        stream = np.asarray(run(params, padded, n_claim)).astype(np.float16)
        for at, place in enumerate(places):
            found[int(place)] = stream[at, : len(rows[place].ids)]
    return [found[place] for place in range(len(rows))]


def fit_pairs(
    params: Params,
    examples: PairExamples,
    streams: Sequence[NDArray[np.float16]],
    config: BertConfig,
    training: PairTraining = PairTraining(),
    *,
    seed: int = 0,
    told: Callable[[int, int, float], None] = lambda step, n_steps, loss: None,
) -> tuple[Params, Params]:
    """The taught parameters and head.

    Args:
        params: of the whole encoder; only its last `trained_layers` change.
        examples: what to learn from.
        streams: of `lower_streams`, aligned with the rows.
        config: the encoder's sizes.
        training: how.
        seed: of the order and of dropout.
        told: hears the step, how many there are, and the mean loss lately.

    Raises:
        TrainingDiverged: a loss is no number.
    """
    kept = config.depth - training.trained_layers
    learnt: Params = {"layers": params["layers"][kept:], "head": init_head(config.width)}
    n_steps = training.epochs * sum(1 for _ in _plan(examples.rows, training.batch, None))
    rule = _rule(training, n_steps)
    state = rule.init(learnt)
    step = _step(rule, config, training.dropout)
    key, chance = jax.random.key(seed), np.random.default_rng(seed)
    at, lately = 0, 0.0
    for _ in range(training.epochs):
        for places in _plan(examples.rows, training.batch, chance):
            batch = _batch(examples, streams, places)
            learnt, state, loss = step(learnt, state, jax.random.fold_in(key, at), batch)
            if not np.isfinite(loss):
                raise TrainingDiverged(at, None)
            at, lately = at + 1, 0.95 * lately + 0.05 * float(loss)
            told(at, n_steps, lately)
    layers = [*params["layers"][:kept], *learnt["layers"]]
    return params | {"layers": layers}, learnt["head"]


def _rule(training: PairTraining, n_steps: int) -> optax.GradientTransformation:
    warm = max(1, n_steps // 10)

    def rule(peak: float) -> optax.GradientTransformation:
        def rate(step: Any) -> Any:  # up over the first tenth, then down to zero
            return peak * jnp.minimum((step + 1.0) / warm, (n_steps - step) / (n_steps - warm + 1))

        return optax.adamw(rate, weight_decay=training.decay)

    rules = {"layers": rule(training.rate), "head": rule(training.head_rate)}
    each = optax.multi_transform(cast("Any", rules), {"layers": "layers", "head": "head"})
    return optax.chain(optax.clip_by_global_norm(1.0), each)


def _step(rule: optax.GradientTransformation, config: BertConfig, dropout: float) -> Any:
    def loss_of(learnt: Params, key: Array, batch: dict[str, Array]) -> Array:
        views = jax.vmap(lambda s, r, n: upper_views(learnt["layers"], s, r, n, config))(
            batch["stream"].astype(jnp.float32), batch["row"], batch["n_claim"]
        )
        kept = jax.random.bernoulli(key, 1 - dropout, views.shape)
        logits = jax.vmap(pair_logits, (None, 0))(
            learnt["head"], jnp.where(kept, views / (1 - dropout), 0)
        )
        log_prob = jax.nn.log_softmax(logits)
        unsupported = jax.nn.logsumexp(log_prob[:, SUPPORTS + 1 :], axis=1)
        each = jnp.concatenate([log_prob, unsupported[:, None]], axis=1)
        told = jnp.take_along_axis(each, batch["target"][:, None], axis=1)[:, 0]
        return -(told * batch["weight"]).sum() / jnp.maximum(batch["weight"].sum(), 1e-6)

    @jax.jit
    def step(learnt: Params, state: Any, key: Array, batch: dict[str, Array]) -> Any:
        loss, gradient = jax.value_and_grad(loss_of)(learnt, key, batch)
        change, state = rule.update(gradient, state, learnt)
        return optax.apply_updates(learnt, change), state, loss

    return step


def _plan(
    rows: Sequence[PairRow], size: int, chance: np.random.Generator | None
) -> Iterator[NDArray[np.intp]]:
    """Batches of rows of like length, in any order; without chance, only their number counts."""
    width = np.array([-(-len(row.ids) // _STEP) for row in rows])
    parts: list[NDArray[np.intp]] = []
    for n in np.unique(width):
        (places,) = np.nonzero(width == n)
        if chance is not None:
            places = chance.permutation(places)
        parts += [places[start : start + size] for start in range(0, len(places), size)]
    order = range(len(parts)) if chance is None else chance.permutation(len(parts))
    for part in order:
        short = size - len(parts[part])
        filled = np.resize(parts[part], size) if short else parts[part]
        yield filled


def _batch(
    examples: PairExamples, streams: Sequence[NDArray[np.float16]], places: NDArray[np.intp]
) -> dict[str, NDArray[Any]]:
    rows = [examples.rows[place] for place in places]
    n = -(-max(len(row.ids) for row in rows) // _STEP) * _STEP
    row = np.zeros((len(rows), n), dtype=np.int32)
    stream = np.zeros((len(rows), n, streams[0].shape[1]), dtype=np.float16)
    for at, place in enumerate(places):
        row[at, : len(rows[at].ids)] = rows[at].ids
        stream[at, : len(rows[at].ids)] = streams[place]
    return {
        "row": row,
        "stream": stream,
        "n_claim": np.array([each.n_claim for each in rows], dtype=np.int32),
        "target": examples.target[places],
        "weight": examples.weight[places],
    }
