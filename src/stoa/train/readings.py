# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportMissingTypeStubs=false, reportUnknownLambdaType=false
# (JAX leaves parts of its own signatures untyped.)
"""Teaches one tower per reading, each on the same rows for as many steps, to compare them.

Items have vectors of their own and of their attributes, or, where they are posts whose vectors
are known, those vectors through a learned map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.space.item_sequences import ItemSequences
from stoa.space.readings import Reading, Sought, init_reading, reading_scores
from stoa.space.sequence_model import (
    SequenceConfig,
    init_sequence_model,
    item_vectors,
    viewer_vectors,
)
from stoa.space.transformer import Array, Params, unit
from stoa.train.optimiser import OptimiserConfig, adamw
from stoa.train.packing import EMPTY, PackedRows, pack, stretches


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTraining:
    """How a tower learns. `epochs` is the dial."""

    tower: SequenceConfig = field(default_factory=lambda: SequenceConfig(length=64))
    epochs: int = 12
    rows: int = 16  # a step, each as long as the tower reads
    negatives: int = 512  # a step, shared by its places
    sharpness: tuple[float, float] = (1.0, 4.0)  # of the maximum, times tau
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)


class Items(NamedTuple):
    """What is known of items: attribute rows, and vectors where they have some."""

    attributes: NDArray[np.int32]  # (n_items, k), 0 for none
    vectors: NDArray[np.float32] | None = None  # (n_items, width) unit


class ReadingBatch(NamedTuple):
    """What one step learns from."""

    item: NDArray[np.int32]  # (rows, length), EMPTY where a row is not filled
    segment: NDArray[np.int32]
    place: NDArray[np.int32]
    negative: NDArray[np.int32]  # (negatives,) item rows
    log_expected: NDArray[np.float32]  # (negatives,) log of how often each is drawn a step


def items_as_vectors(params: Params, items: Items, rows: Array) -> Array:
    """Vectors of items by row, (..., width), not yet unit."""
    if items.vectors is not None:
        return jnp.asarray(items.vectors)[rows] @ params["map"]
    return item_vectors(params, rows, jnp.asarray(items.attributes)[rows])


def positions_of(
    params: Params, vectors: Array, batch: ReadingBatch, config: SequenceConfig, key: Array | None
) -> Array:
    """Unit vectors of every place, (rows, length, width)."""
    if key is None:
        return jax.vmap(lambda x, s, p: viewer_vectors(params, x, s, p, config))(
            vectors, jnp.asarray(batch.segment), jnp.asarray(batch.place)
        )
    return jax.vmap(lambda x, s, p, k: viewer_vectors(params, x, s, p, config, k))(
        vectors,
        jnp.asarray(batch.segment),
        jnp.asarray(batch.place),
        jax.random.split(key, len(batch.item)),
    )


def train_reading(
    sequences: ItemSequences,
    items: Items,
    reading: Reading,
    training: ReadingTraining,
    seed: int,
) -> tuple[Params, NDArray[np.float32]]:
    """A tower for one reading, and its loss (nats a place) at each step.

    Raises:
        BadInput: no user has two items.
    """
    parts = stretches(sequences, training.tower.length)
    if not len(parts):
        raise BadInput("users", sequences.n_users, "give users with at least 2 items")
    random = np.random.default_rng([seed, 2])
    chosen = sequences.pairs()[1]
    often = np.bincount(chosen, minlength=sequences.n_items) / len(chosen) * training.negatives
    log_expected = np.log(np.maximum(often, 1e-12)).astype(np.float32)
    params = _fresh(sequences, items, training, seed)
    packed = pack(sequences.item, random.permutation(parts), training.tower.length)
    steps = max(len(packed) // training.rows, 1)
    n_steps = steps * training.epochs
    state: Any = adamw(training.optimiser, n_steps).init(params)
    step = _step(training, reading, n_steps)
    losses = np.zeros(n_steps, np.float32)
    for number in range(n_steps):
        if number % steps == 0:
            packed = pack(sequences.item, random.permutation(parts), training.tower.length)
            order = np.resize(random.permutation(len(packed)), (steps, training.rows))
        negative = chosen[random.integers(len(chosen), size=training.negatives)]
        batch = _batch(packed.take(order[number % steps]), negative, log_expected)  # pyright: ignore[reportPossiblyUnboundVariable]
        sharp = np.float32(np.interp(number, [0, 0.8 * n_steps], training.sharpness))
        params, state, loss = step(params, state, batch, items, (sharp, np.int32(number)))
        losses[number] = float(loss)
    return params, losses


def _fresh(sequences: ItemSequences, items: Items, training: ReadingTraining, seed: int) -> Params:
    first, second = jax.random.split(jax.random.key(seed))
    width = training.tower.width
    n_attributes = int(items.attributes.max(initial=0)) + 1
    n_items = sequences.n_items if items.vectors is None else 0
    params = init_sequence_model(first, training.tower, n_items, n_attributes)
    if items.vectors is not None:
        params["map"] = jnp.eye(items.vectors.shape[1], width)
    return params | {"reading": init_reading(second, width)}


def _batch(
    packed: PackedRows, negative: NDArray[np.int32], log_expected: NDArray[np.float32]
) -> ReadingBatch:
    return ReadingBatch(packed.item, packed.segment, packed.place, negative, log_expected[negative])


@lru_cache(maxsize=16)
def _step(training: ReadingTraining, reading: Reading, n_steps: int) -> Callable[..., Any]:
    optimiser = adamw(training.optimiser, n_steps)

    def step(
        params: Params, state: Any, batch: ReadingBatch, items: Items, now: tuple[Array, Array]
    ) -> tuple[Params, Any, Array]:
        loss, gradient = jax.value_and_grad(_loss)(params, batch, items, now, training, reading)
        updates, state = optimiser.update(gradient, state, params)
        moved: Any = optax.apply_updates(params, updates)
        return moved, state, loss

    return jax.jit(step, donate_argnums=(0, 1))


def _loss(
    params: Params,
    batch: ReadingBatch,
    items: Items,
    now: tuple[Array, Array],
    training: ReadingTraining,
    reading: Reading,
) -> Array:
    """Sampled softmax of each place's next item, as in `train.sequences`, by one reading."""
    sharpness, number = now
    item = jnp.maximum(jnp.asarray(batch.item), 0)
    vectors = items_as_vectors(params, items, item)
    positions = positions_of(params, vectors, batch, training.tower, jax.random.key(number))
    scale = jnp.minimum(jnp.exp(params["scale"]), 60.0)
    sharp = jnp.minimum(sharpness * scale, 60.0)
    drawn = unit(items_as_vectors(params, items, jnp.asarray(batch.negative)))
    own = jnp.roll(unit(vectors), -1, axis=1)
    segment = jnp.asarray(batch.segment)
    earlier = jnp.tril(jnp.ones((segment.shape[1],) * 2, bool))
    mask = (segment[:, :, None] == segment[:, None, :]) & earlier[None]
    others, mine = jax.vmap(
        lambda p, m, o: reading_scores(
            params["reading"], reading, p, m, Sought(drawn, o, scale, sharp)
        )
    )(positions, mask, own)
    following = jnp.roll(jnp.asarray(batch.item), -1, axis=1)
    hit = following[..., None] == batch.negative
    others = jnp.where(hit, -1e9, others - batch.log_expected)
    against = jax.nn.logsumexp(others, axis=-1)
    is_next = (segment == jnp.roll(segment, -1, axis=1)) & (segment != EMPTY)
    is_next = is_next.at[:, -1].set(False)
    loss = jnp.logaddexp(against, mine) - mine
    return jnp.sum(jnp.where(is_next, loss, 0.0)) / jnp.maximum(is_next.sum(), 1)
