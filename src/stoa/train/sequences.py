# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportMissingTypeStubs=false
# (JAX leaves parts of its own signatures untyped.)
"""Teaches the viewer tower which item comes next, on users' sequences alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
class SequenceTraining:
    """How long and on what the tower learns. `epochs` is the dial."""

    epochs: int = 16
    row: int = 64  # places in a row of several users
    rows: int = 16  # a step
    negatives: int = 1024  # a step, shared by its places
    # Of the negatives, drawn from all items alike and not by popularity: rare items are most of
    # what there is, and the estimate is noisy where one is drawn once in a hundred steps.
    uniform_share: float = 0.5
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceEpoch:
    """The tower after an epoch, counted from 1, and the mean loss a place (nats) during it."""

    epoch: int
    params: Params
    loss: float


class SequenceBatch(NamedTuple):
    """What one step learns from."""

    item: Array  # (rows, row), EMPTY where a row is not filled
    segment: Array  # (rows, row)
    place: Array  # (rows, row)
    negative: Array  # (negatives,) item rows
    log_expected: Array  # (negatives,) log of how often a negative is drawn a step, on average


def train_sequences(
    sequences: ItemSequences,
    attributes: NDArray[np.int32],
    config: SequenceConfig,
    training: SequenceTraining,
    seed: int,
) -> Iterator[SequenceEpoch]:
    """Learns on what is not hidden of `sequences`; yields the tower after each epoch.

    The same seed gives the same towers on the same machine.

    Args:
        sequences: users' items; hide what is kept for choosing and testing.
        attributes: (n_items, k) attribute rows, 0 for none.
        config: the tower's shape.
        training: how long and on what.
        seed: of first parameters, order, negatives and dropout.

    Raises:
        BadInput: no user has two items that are not hidden.
    """
    parts = stretches(sequences, config.length)
    if not len(parts):
        raise BadInput("users", sequences.n_users, "give users with at least 4 items")
    random = np.random.default_rng(seed)
    first, later = jax.random.split(jax.random.key(seed))
    n_attributes = int(attributes.max(initial=0)) + 1
    params = init_sequence_model(first, config, sequences.n_items, n_attributes)
    batches = _Batches(sequences, parts, training)
    n_steps = batches.steps * training.epochs
    state = adamw(training.optimiser, n_steps).init(params)
    step, table = _step(config, training.optimiser, n_steps), jnp.asarray(attributes)
    for epoch in range(1, training.epochs + 1):
        losses: list[Array] = []
        for batch in batches.epoch(random):
            later, now = jax.random.split(later)
            params, state, loss = step(params, state, batch, table, now)
            losses.append(loss)
        mean = float(np.mean([float(loss) for loss in losses]))
        # The next step overwrites the arrays it is given.
        yield SequenceEpoch(epoch=epoch, params=jax.tree.map(jnp.copy, params), loss=mean)


class _Batches:
    """Rows packed anew each epoch, and negatives drawn by popularity and from all alike."""

    def __init__(
        self, sequences: ItemSequences, parts: NDArray[np.int64], training: SequenceTraining
    ) -> None:
        self._item, self._parts, self._training = sequences.item, parts, training
        self._chosen = sequences.pairs()[1]
        self._n_items = sequences.n_items
        self._n_uniform = round(training.uniform_share * training.negatives)
        n_popular = training.negatives - self._n_uniform
        often = n_popular * sequences.counts() / len(self._chosen)
        often += self._n_uniform / self._n_items
        # An item that is never drawn is never corrected either: any finite number will do.
        self._log_expected = np.log(np.maximum(often, 1e-9)).astype(np.float32)
        places = int((parts[:, 1] - parts[:, 0]).sum())
        self.steps = max(places // (training.row * training.rows), 1)

    def epoch(self, random: np.random.Generator) -> Iterator[SequenceBatch]:
        parts = random.permutation(self._parts)
        packed = pack(self._item, parts, self._training.row)
        n = self.steps * self._training.rows
        # Rows of one length keep one compiled step; a few stand twice or wait an epoch.
        order = np.resize(random.permutation(len(packed)), n).reshape(self.steps, -1)
        for rows in order:
            yield self._batch(packed.take(rows), random)

    def _batch(self, packed: PackedRows, random: np.random.Generator) -> SequenceBatch:
        n_popular = self._training.negatives - self._n_uniform
        popular = self._chosen[random.integers(len(self._chosen), size=n_popular)]
        alike = random.integers(self._n_items, size=self._n_uniform, dtype=np.int32)
        negative = np.concatenate([popular, alike])
        return SequenceBatch(
            item=jnp.asarray(packed.item),
            segment=jnp.asarray(packed.segment),
            place=jnp.asarray(packed.place),
            negative=jnp.asarray(negative),
            log_expected=jnp.asarray(self._log_expected[negative]),
        )


@lru_cache(maxsize=8)
def _step(config: SequenceConfig, rate: OptimiserConfig, n_steps: int) -> Callable[..., Any]:
    """One step of learning, compiled once for all seeds."""
    optimiser = adamw(rate, n_steps)

    def step(
        params: Params, state: Any, batch: SequenceBatch, attributes: Array, key: Array
    ) -> tuple[Params, Any, Array]:
        loss, gradient = jax.value_and_grad(next_item_loss)(params, batch, attributes, config, key)
        updates, state = optimiser.update(gradient, state, params)
        moved: Any = optax.apply_updates(params, updates)
        return moved, state, loss

    return jax.jit(step, donate_argnums=(0, 1))


def next_item_loss(
    params: Params, batch: SequenceBatch, attributes: Array, config: SequenceConfig, key: Array
) -> Array:
    """Mean sampled-softmax loss (nats) of each place's next item.

    The sum over all items is estimated by negatives n drawn with known frequency, each divided by
    how often it is expected (Bengio and Senecal 2008):
    -log e^s+ / (e^s+ + sum_n e^(s_n - log E_n)). A negative that is the next item itself counts
    for nothing.
    """
    item = jnp.maximum(batch.item, 0)
    vectors = item_vectors(params, item, attributes[item])
    keys = jax.random.split(key, len(item))

    def read(x: Array, segment: Array, place: Array, one: Array) -> Array:
        return viewer_vectors(params, x, segment, place, config, one)

    viewer = jax.vmap(read)(vectors, batch.segment, batch.place, keys)
    scale = jnp.exp(params["scale"])
    following, is_next = _next(batch)
    positive = jnp.sum(viewer[:, :-1] * unit(vectors)[:, 1:], axis=-1) * scale
    drawn = unit(item_vectors(params, batch.negative, attributes[batch.negative]))
    negative = jnp.einsum("rpc,nc->rpn", viewer[:, :-1], drawn) * scale - batch.log_expected
    negative = jnp.where(following[..., None] == batch.negative, -1e9, negative)
    others = jax.nn.logsumexp(negative, axis=-1)
    loss = jnp.logaddexp(others, positive) - positive
    return jnp.sum(loss * is_next) / jnp.maximum(jnp.sum(is_next), 1)


def _next(batch: SequenceBatch) -> tuple[Array, Array]:
    """Each place's next item, and whether it is the same user's; both (rows, row - 1)."""
    same = batch.segment[:, 1:] == batch.segment[:, :-1]
    return batch.item[:, 1:], same & (batch.segment[:, 1:] != EMPTY)
