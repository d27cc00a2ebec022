# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportMissingTypeStubs=false
# (JAX leaves parts of its own signatures untyped.)
"""Teaches a post tower alone which post an answer belongs to, among those just before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.space.conversation_samples import ConversationSamples
from stoa.space.learning_log import NOBODY
from stoa.space.post_tower import PostFeatures, PostTowerConfig, init_post_tower, post_vectors
from stoa.space.transformer import Array, Params
from stoa.train.optimiser import OptimiserConfig, adamw


class Known(StrEnum):
    """What a vector may know of a post."""

    TEXT = "text"
    AUTHOR = "author"  # and the words
    CONVERSATION = "conversation"  # and the author and the words


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTraining:
    """How the tower learns. `steps` is the dial."""

    steps: int = 300
    answers: int = 32  # a step
    others: int = 15  # posts just before each answer that it does not answer
    reach: int = 100  # how far back those lie
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)


def only(features: PostFeatures, known: Known) -> PostFeatures:
    """The features with what may not be known taken away."""
    if known is Known.CONVERSATION:
        return features
    n = len(features.text)
    return features._replace(
        author_known=np.full(n, float(known is Known.AUTHOR), np.float32),
        reply_mask=np.zeros_like(features.reply_mask),
        engager_mask=np.zeros_like(features.engager_mask),
    )


def train_replies(
    samples: ConversationSamples,
    start: NDArray[np.int64],
    known: Known,
    training: ReplyTraining,
    seed: int,
) -> tuple[Params, NDArray[np.float32]]:
    """A post tower and its loss (nats an answer) at each step.

    Args:
        samples: of a log of conversations.
        start: (n_posts,) row of the first post of the same channel; nothing before is offered.
        known: what vectors may know.
        training: how long and how.
        seed: of everything drawn.

    Raises:
        BadInput: nothing answers anything within reach.
    """
    parent = samples.log.posts.parent.astype(np.int64)
    row = np.arange(len(parent))
    earliest = np.maximum(start, row - training.reach)
    # Two at least to choose from.
    answer = np.flatnonzero((parent != NOBODY) & (parent >= earliest) & (row - earliest >= 2))
    if not len(answer):
        raise BadInput("log.posts.parent", len(parent), "give a log with answers to recent posts")
    random = np.random.default_rng([seed, 4])
    tower = init_post_tower(jax.random.key(seed), samples.config)
    tower = jax.tree.map(_strong, tower)
    params: Params = {"post_tower": tower, "scale": jnp.full((), 2.66, jnp.float32)}
    state: Any = adamw(training.optimiser, training.steps).init(params)
    losses = np.zeros(training.steps, np.float32)
    for step in range(training.steps):
        chosen = random.choice(answer, training.answers)
        shape = (training.answers, training.others)
        back = (random.random(shape) * (chosen - earliest[chosen])[:, None]).astype(np.int64)
        offered = np.concatenate([parent[chosen, None], earliest[chosen, None] + back], axis=1)
        wrong = offered != parent[chosen, None]
        wrong[:, 0] = True
        at_us = samples.log.posts.at_us[chosen]
        when = np.concatenate([np.repeat(at_us, offered.shape[1]), at_us])
        posts = np.concatenate([offered.ravel(), chosen])
        features = only(samples.features(posts, when, random), known)
        params, state, loss = _step(params, state, (features, wrong), samples.config, training)
        losses[step] = float(loss)
    return params["post_tower"], losses


def _strong(leaf: Array) -> Array:
    return jnp.asarray(leaf, jnp.float32)


@partial(jax.jit, static_argnums=(3, 4))
def _step(
    params: Params,
    state: Any,
    batch: tuple[PostFeatures, Array],
    shape: PostTowerConfig,
    training: ReplyTraining,
) -> tuple[Params, Any, Array]:
    loss, gradient = jax.value_and_grad(_loss)(params, batch, shape)
    updates, state = adamw(training.optimiser, training.steps).update(gradient, state, params)
    moved: Any = optax.apply_updates(params, updates)
    return moved, state, loss


def _loss(params: Params, batch: tuple[PostFeatures, Array], shape: PostTowerConfig) -> Array:
    """-log softmax of the answered post among those offered, by cosine to the answer."""
    features, allowed = batch
    n, m = allowed.shape
    vectors = post_vectors(params["post_tower"], shape, features)
    offered, asked = vectors[: n * m].reshape(n, m, -1), vectors[n * m :]
    scale = jnp.minimum(jnp.exp(params["scale"]), 60.0)
    logits = scale * jnp.einsum("nmc,nc->nm", offered, asked)
    return -jnp.mean(jax.nn.log_softmax(jnp.where(allowed, logits, -1e9), axis=-1)[:, 0])
