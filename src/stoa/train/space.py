# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportMissingTypeStubs=false
# pyright: reportUnknownLambdaType=false
# (JAX leaves parts of its own signatures untyped.)
"""Learns the space from a log: the next post that each viewer was glad of, among all on offer.

Three losses share the towers: find the glad post by its vector; find it by its content alone (so
that a post nobody has liked yet is found); find a post, with its conversation, from an answer to it
that was held out. All are softmaxes over sampled candidates, corrected for how they were sampled.
A fourth keeps the towers modest: texts in words that no training ever saw stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from stoa.errors import TrainingDiverged
from stoa.space.conversation_samples import sample_conversations
from stoa.space.late_interaction import NEVER, candidate_scores, own_scores
from stoa.space.learning_log import LearningLog
from stoa.space.post_tower import content_vectors, isometry, post_vectors
from stoa.space.space_model import SpaceConfig, SpaceModel, init_space
from stoa.space.transformer import Array, Params, unit
from stoa.space.viewer_history import viewer_events
from stoa.space.viewer_tower import pair_weights, viewer_positions
from stoa.train.optimiser import OptimiserConfig, adamw
from stoa.train.space_batches import BatchConfig, SpaceBatch, prepare_batches


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceTrainingConfig:
    """How the space is learned. `steps` is the dial."""

    steps: int = 1_000
    batch: BatchConfig = field(default_factory=BatchConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    content_loss: float = 0.5  # weights of the losses beside the first
    reply_loss: float = 0.2
    foreign_loss: float = 1.0  # of 1 - cosine between a foreign text's vector and its words
    regret_weight: float = 4.0  # a regretted post counts as this many negatives
    sharpness: tuple[float, float] = (1.0, 4.0)  # of the maximum over positions, times tau


@dataclass(frozen=True, slots=True)
class SpaceTraining:
    """A trained space, and how it went."""

    model: SpaceModel
    losses: NDArray[np.float32]  # (steps, 4): by vector, by content alone, answers, foreign words
    n_events: int  # positions read, all steps together
    n_targets: int  # glad posts sought


def train_space(
    log: LearningLog,
    seed: int,
    config: SpaceTrainingConfig | None = None,
    *,
    start: SpaceModel | SpaceConfig | None = None,
    watch: Callable[[int, float], None] | None = None,
) -> SpaceTraining:
    """A space learned from a log; the same log and seed give the same space.

    Args:
        log: with impressions or without.
        seed: of the first parameters and of every draw.
        config: how long and how.
        start: a space to go on from, or the shape of a fresh one.
        watch: told the step and its loss.

    Raises:
        BadInput: nobody in the log was glad of a second post.
        TrainingDiverged: the loss is no number; holds the last parameters whose loss was one.
    """
    config = config or SpaceTrainingConfig()
    model = start if isinstance(start, SpaceModel) else init_space(seed, start or SpaceConfig())
    samples = sample_conversations(log, model.config.post)
    batches = prepare_batches(samples, viewer_events(log, model.config.gladness), config.batch)
    state: Any = adamw(config.optimiser, config.steps).init(model.params)
    params = good = model.params
    losses = np.zeros((config.steps, 4), dtype=np.float32)
    n_events = n_targets = 0
    drawn = batches.draw(np.random.default_rng([seed, 1]))
    for step, batch in zip(range(config.steps), drawn, strict=False):
        sharpness = jnp.float32(np.interp(step, [0, config.steps * 0.8], config.sharpness))
        new, state, parts = _step(params, state, batch, sharpness, model.config, config)
        losses[step] = np.asarray(parts)
        total = float(losses[step].sum())
        if not np.isfinite(total):
            raise TrainingDiverged(step, SpaceModel(model.config, good))
        good, params = params, new
        n_events += int((batch.history.segment >= 0).sum())
        n_targets += int(batch.target.sum())
        if watch is not None:
            watch(step, total)
    return SpaceTraining(SpaceModel(model.config, params), losses, n_events, n_targets)


@partial(jax.jit, static_argnums=(4, 5))
def _step(
    params: Params,
    state: Any,
    batch: SpaceBatch,
    sharpness: Array,
    shape: SpaceConfig,
    config: SpaceTrainingConfig,
) -> tuple[Params, Any, Array]:
    def total(params: Params) -> tuple[Array, Array]:
        parts = space_losses(params, batch, sharpness, shape, config)
        weights = jnp.array([1.0, config.content_loss, config.reply_loss, config.foreign_loss])
        return parts @ weights, parts

    (_, parts), gradient = jax.value_and_grad(total, has_aux=True)(params)
    # Made here, from the hashable config, so that two trainings share one compilation.
    updates, state = adamw(config.optimiser, config.steps).update(gradient, state, params)
    return optax.apply_updates(params, updates), state, parts  # pyright: ignore[reportReturnType]


def space_losses(
    params: Params,
    batch: SpaceBatch,
    sharpness: Array,
    shape: SpaceConfig,
    config: SpaceTrainingConfig,
) -> Array:
    """The losses (4,) of one batch: three in nats a target, the last one a cosine less than 1."""
    tower = params["post_tower"]
    vectors = post_vectors(tower, shape.post, batch.posts)
    content = content_vectors(tower, shape.post, batch.posts)
    n_rows, length = batch.target.shape
    m, answers = len(batch.post), len(batch.root)
    seen = vectors[: n_rows * length].reshape(n_rows, length, -1)
    history = batch.history._replace(vector=seen)
    tower = params["viewer_tower"]
    positions = jax.vmap(lambda h: viewer_positions(tower, shape.viewer, h))(history)
    weights = jax.vmap(lambda h, t: pair_weights(tower, h, t))(history, positions.trust)
    allowed = _allowed(batch, config.regret_weight)
    glad = jax.vmap(
        lambda z: _glad_loss(params, batch, positions.vector, weights, z, allowed, sharpness)
    )(jnp.stack([vectors[:m], content[:m]]))
    answered, asked = vectors[m : m + answers], content[m + answers : m + 2 * answers]
    by_answer = _reply_loss(params, asked, answered, jnp.asarray(batch.root))
    return jnp.append(glad, jnp.stack([by_answer, _foreign_loss(shape, batch, content)]))


def _allowed(batch: SpaceBatch, regret_weight: float) -> Array:
    """What to add to each candidate's logit for each target, (rows, length, m).

    Minus infinity for padding, for the target's own post, and for what the same viewer was glad
    of at another time; log of the weight for what they regretted.
    """
    n_rows, length = batch.target.shape
    m, n = len(batch.post), n_rows * length
    segment = jnp.asarray(batch.history.segment).reshape(-1)
    post = jnp.asarray(batch.post)
    whose = jnp.concatenate([segment, jnp.full(m - n, -2)])
    glad = jnp.concatenate([jnp.asarray(batch.glad).reshape(-1), jnp.zeros(m - n, bool)])
    sorry = jnp.concatenate([jnp.asarray(batch.regretted).reshape(-1), jnp.zeros(m - n, bool)])
    mine = segment[:, None] == whose[None, :]
    out = (post[:n, None] == post[None, :]) | (post[None, :] < 0) | (mine & glad[None, :])
    added = jnp.where(mine & sorry[None, :], jnp.log(regret_weight), 0.0) - batch.log_rate[None, :]
    return jnp.where(out, -jnp.inf, added).reshape(n_rows, length, m)


def _glad_loss(
    params: Params,
    batch: SpaceBatch,
    positions: Array,
    weights: Array,
    candidates: Array,
    allowed: Array,
    sharpness: Array,
) -> Array:
    n_rows, length = batch.target.shape
    # Above 60 exponents of float32 would lose candidates that still matter.
    scale = jnp.minimum(jnp.exp(params["scale"]), 60.0)
    sharp = jnp.minimum(sharpness * scale, 60.0)
    own_vectors = candidates[: n_rows * length].reshape(n_rows, length, -1)
    own = jax.vmap(own_scores, in_axes=(0, 0, 0, None, None))(
        positions, weights, own_vectors, scale, sharp
    )
    own = own - batch.log_rate[: n_rows * length].reshape(n_rows, length)
    others = jax.vmap(candidate_scores, in_axes=(0, 0, None, None, None))(
        positions, weights, candidates, scale, sharp
    )
    # Rows without a target, or with nobody to speak for them, carry no gradient.
    target = jnp.asarray(batch.target) & (weights > NEVER / 2).any(axis=-1)
    own = jnp.where(target, own, 0.0)
    against = jax.nn.logsumexp(jnp.where(target[..., None], others + allowed, 0.0), axis=-1)
    loss = jnp.logaddexp(own, against) - own
    return jnp.sum(jnp.where(target, loss, 0.0)) / jnp.maximum(target.sum(), 1)


def _reply_loss(params: Params, asked: Array, answered: Array, root: Array) -> Array:
    """-log softmax of the answered post among the others of the batch, by answers' content."""
    if len(root) == 0:
        return jnp.zeros(())
    scale = jnp.minimum(jnp.exp(params["reply_scale"]), 60.0)
    logits = scale * asked @ answered.T
    own = jnp.eye(len(root), dtype=bool)
    logits = jnp.where((root[:, None] == root[None, :]) & ~own, -jnp.inf, logits)
    return -jnp.mean(jnp.diagonal(jax.nn.log_softmax(logits, axis=-1)))


def _foreign_loss(shape: SpaceConfig, batch: SpaceBatch, content: Array) -> Array:
    """How far foreign texts are moved from their own words, as 1 - cosine; 0 without any."""
    first = len(batch.post) + 2 * len(batch.root)
    if len(content) == first:
        return jnp.zeros(())
    own = unit(jnp.asarray(batch.posts.text)[first:] @ isometry(shape.post))
    return 1.0 - jnp.mean(jnp.sum(content[first:] * own, axis=-1))
