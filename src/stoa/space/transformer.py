# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""A small transformer in plain JAX: parameters are trees of arrays, functions see one example.

Shapes in docstrings leave the batch away: `jax.vmap` supplies it. Blocks are pre-norm; queries
and keys are turned by their place (RoPE, Su et al. 2021) and normalised before they meet
(Henry et al. 2020), so that logits stay bounded whatever the inputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

Array = jax.Array
Params = dict[str, Any]
"""A tree of arrays with names; safetensors keeps it flat, `a.b.c` for nested names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockConfig:
    """A stack of blocks. `width` is the dial; heads are 32 channels wide."""

    width: int = 64
    depth: int = 1
    head: int = 32
    hidden: int = 4  # width of the inner layer, times `width`
    turns: float = 1_000.0  # the slowest turn of RoPE, in places
    dropout: float = 0.0  # of what a block adds to the stream; only where a key is given

    @property
    def n_heads(self) -> int:
        """Attention heads a block."""
        return self.width // self.head


class KeysValues(NamedTuple):
    """What later tokens attend to; both (heads, n, head)."""

    keys: Array
    values: Array


def init_blocks(key: Array, config: BlockConfig) -> list[Params]:
    """Fresh blocks: matrices at 1/sqrt(fan-in), those that write to the stream scaled down."""
    return [_init_block(k, config) for k in jax.random.split(key, config.depth)]


def _init_block(key: Array, config: BlockConfig) -> Params:
    w, inner = config.width, config.hidden * config.width
    keys = jax.random.split(key, 4)
    quiet = 1.0 / (2.0 * config.depth) ** 0.5
    return {
        "norm_attention": jnp.ones(w),
        "norm_hidden": jnp.ones(w),
        "query_key_value": jax.random.normal(keys[0], (w, 3 * w)) / w**0.5,
        "out": quiet * jax.random.normal(keys[1], (w, w)) / w**0.5,
        "scale": jnp.full((config.n_heads,), jnp.log(10.0)),
        "up": jax.random.normal(keys[2], (w, inner)) / w**0.5,
        "up_bias": jnp.zeros(inner),
        "down": quiet * jax.random.normal(keys[3], (inner, w)) / inner**0.5,
        "down_bias": jnp.zeros(w),
    }


def rms_norm(x: Array, gain: Array) -> Array:
    """Rows scaled to root mean square 1, times a gain per channel; (..., width)."""
    return x * jax.lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-6) * gain


def unit(x: Array) -> Array:
    """Unit rows; a zero row stays zero."""
    return x * jax.lax.rsqrt(jnp.sum(x * x, axis=-1, keepdims=True) + 1e-12)


def turned(x: Array, place: Array, turns: float) -> Array:
    """Rotates pairs of channels by the token's place; (heads, n, head) with place (n,)."""
    half = x.shape[-1] // 2
    speed = turns ** -(jnp.arange(half) / half)
    angle = place[:, None] * speed[None, :]
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    a, b = x[..., :half], x[..., half:]
    return jnp.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)


def dropout(key: Array | None, x: Array, rate: float) -> Array:
    """Some entries 0 and the others scaled up, so that the mean stays; x itself without a key."""
    if key is None or rate == 0.0:
        return x
    kept = jax.random.bernoulli(key, 1.0 - rate, x.shape)
    return jnp.where(kept, x / (1.0 - rate), 0.0)


def attend(
    block: Params,
    x: Array,
    place: Array,
    mask: Array,
    config: BlockConfig,
    *,
    bias: Array | None = None,
    key: Array | None = None,
) -> Array:
    """One block over a sequence x (n, width).

    Args:
        block: parameters of the block.
        x: the stream, (n, width).
        place: the place of each token, (n,), float.
        mask: (n, n), True where row may see column; a row that sees nobody gives zeros.
        config: its shape.
        bias: (heads, n, n), added to the logits: what a distance is worth, say.
        key: with it, `config.dropout` of what the block adds is dropped; training only.
    """
    normed = rms_norm(x, block["norm_attention"])
    query, kv = _project(block, normed, place, config)
    first, second = (None, None) if key is None else jax.random.split(key)
    x = x + dropout(first, _mix(block, query, kv, mask, bias), config.dropout)
    return x + dropout(second, feed_forward(block, x), config.dropout)


def keys_values(block: Params, x: Array, place: Array, config: BlockConfig) -> KeysValues:
    """What tokens that come later attend to, from the stream x (n, width) before the block."""
    return _project(block, rms_norm(x, block["norm_attention"]), place, config)[1]


def attend_to(
    block: Params, x: Array, place: Array, seen: KeysValues, mask: Array, config: BlockConfig
) -> Array:
    """One block over tokens x (m, width) that see `seen` (n) and themselves, never each other.

    mask: (n,), which of `seen` are real. What one token gives does not depend on its neighbours.
    """
    normed = rms_norm(x, block["norm_attention"])
    query, own = _project(block, normed, place, config)
    scale = jnp.exp(block["scale"])[:, None]
    logits = jnp.einsum("hmc,hnc->hmn", query, seen.keys) * scale[..., None]
    logits = jnp.where(mask[None, None, :], logits, -1e9)
    own_logit = jnp.sum(query * own.keys, axis=-1) * scale
    top = jnp.maximum(jnp.max(logits, axis=-1), own_logit)
    weight = jnp.exp(logits - top[..., None])
    own_weight = jnp.exp(own_logit - top)
    total = jnp.sum(weight, axis=-1) + own_weight
    mixed = jnp.einsum("hmn,hnc->hmc", weight, seen.values) + own_weight[..., None] * own.values
    mixed = mixed / total[..., None]
    x = x + _joined(mixed) @ block["out"]
    return x + feed_forward(block, x)


def feed_forward(block: Params, x: Array) -> Array:
    """The inner layer of a block, (n, width) to (n, width)."""
    hidden = jax.nn.gelu(rms_norm(x, block["norm_hidden"]) @ block["up"] + block["up_bias"])
    return hidden @ block["down"] + block["down_bias"]


def _project(
    block: Params, normed: Array, place: Array, config: BlockConfig
) -> tuple[Array, KeysValues]:
    made = normed @ block["query_key_value"]
    query, key, value = jnp.split(made, 3, axis=-1)
    query = turned(unit(_heads(query, config)), place, config.turns)
    key = turned(unit(_heads(key, config)), place, config.turns)
    return query, KeysValues(key, _heads(value, config))


def _mix(
    block: Params, query: Array, kv: KeysValues, mask: Array, bias: Array | None = None
) -> Array:
    scale = jnp.exp(block["scale"])[:, None, None]
    logits = jnp.einsum("hmc,hnc->hmn", query, kv.keys) * scale
    if bias is not None:
        logits = logits + bias
    weight = jax.nn.softmax(jnp.where(mask[None], logits, -1e9), axis=-1)
    weight = jnp.where(mask[None], weight, 0.0)
    return _joined(jnp.einsum("hmn,hnc->hmc", weight, kv.values)) @ block["out"]


def _heads(x: Array, config: BlockConfig) -> Array:
    """(n, width) to (heads, n, head)."""
    return x.reshape(x.shape[0], config.n_heads, config.head).transpose(1, 0, 2)


def _joined(x: Array) -> Array:
    """(heads, n, head) to (n, width)."""
    return x.transpose(1, 0, 2).reshape(x.shape[1], -1)
