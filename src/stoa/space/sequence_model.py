# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""The viewer tower over bare items: what a user chose so far, as vectors that find what is next.

An item is its own vector plus the mean of its attributes' vectors. A causal transformer reads a
user's items; each place gives one unit vector, and an item's logit is its cosine to that vector
times a learned scale. The last vector ranks; all of them together retrieve.
"""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from stoa.space.item_sequences import NO_ATTRIBUTE
from stoa.space.transformer import (
    Array,
    BlockConfig,
    Params,
    attend,
    dropout,
    init_blocks,
    rms_norm,
    unit,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceConfig:
    """The shape of the tower. `width` is the dial."""

    width: int = 64
    depth: int = 1
    length: int = 50  # newest items of a user that are read
    dropout: float = 0.3  # of what a block adds
    input_dropout: float = 0.5  # of item vectors as they are read
    temperature: float = 0.07  # where learning begins

    @property
    def blocks(self) -> BlockConfig:
        """The stack of blocks."""
        return BlockConfig(width=self.width, depth=self.depth, dropout=self.dropout)


def init_sequence_model(
    key: Array, config: SequenceConfig, n_items: int, n_attributes: int
) -> Params:
    """Fresh parameters for so many items and attributes (rows, `NO_ATTRIBUTE` included).

    Vectors begin a tenth as long as the stream is wide: the optimiser's steps have one length,
    and long vectors would keep much of their random direction.
    """
    keys = jax.random.split(key, 3)
    short = 0.1 / config.width**0.5
    n_heads = config.blocks.n_heads
    return {
        "item": short * jax.random.normal(keys[0], (n_items, config.width)),
        "attribute": short * jax.random.normal(keys[1], (n_attributes, config.width)),
        "blocks": init_blocks(keys[2], config.blocks),
        "norm_in": jnp.ones(config.width),
        "norm_out": jnp.ones(config.width),
        "near": jnp.zeros((config.depth, n_heads, config.length)),
        "scale": jnp.asarray(-np.log(config.temperature), jnp.float32),
    }


def item_vectors(params: Params, items: Array, attributes: Array) -> Array:
    """Vectors of items of any shape, (..., width): their own, plus their attributes' mean.

    attributes: (..., k), attribute rows of each item; `NO_ATTRIBUTE` counts for nothing.
    """
    own = params["item"][items]
    if attributes.shape[-1] == 0:
        return own
    there = attributes != NO_ATTRIBUTE
    summed = jnp.sum(params["attribute"][attributes] * there[..., None], axis=-2)
    return own + summed / jnp.maximum(jnp.sum(there, axis=-1), 1)[..., None]


def viewer_vectors(
    params: Params,
    x: Array,
    segment: Array,
    place: Array,
    config: SequenceConfig,
    key: Array | None = None,
) -> Array:
    """One unit vector a place, (n, width), of what its user chose up to and with this item.

    Args:
        params: the tower.
        x: item vectors of a row, (n, width).
        segment: (n,), which user a place belongs to; users never see each other.
        place: (n,), of the item in its user's stretch.
        config: its shape.
        key: with it, parts are dropped; training only.
    """
    keys = [None] * (config.depth + 1) if key is None else jax.random.split(key, config.depth + 1)
    h = dropout(keys[0], rms_norm(x, params["norm_in"]), config.input_dropout)
    distance = place[:, None] - place[None, :]
    mask = (segment[:, None] == segment[None, :]) & (distance >= 0)
    distance = jnp.clip(distance, 0, config.length - 1)
    for i, block in enumerate(params["blocks"]):
        bias = params["near"][i][:, distance]
        h = attend(block, h, place.astype(h.dtype), mask, config.blocks, bias=bias, key=keys[i + 1])
    return unit(rms_norm(h, params["norm_out"]))
