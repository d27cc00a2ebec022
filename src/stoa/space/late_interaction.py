# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""How well many vectors of a viewer find one post: the maximum, softened while it is learned.

    score_t(z) = (tau / s) log sum_{j < t} exp( s (<v_j, z> + weight_tj) )

With the sharpness s growing, this becomes tau * max_j (<v_j, z> + weight_tj).
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from stoa.space.transformer import Array

NEVER = -1e9
"""The weight of a position that may not speak."""

_LEAST = 1e-30


def candidate_scores(
    vectors: Array, weights: Array, candidates: Array, scale: Array, sharpness: Array
) -> Array:
    """Scores (T, n) of candidates (n, d) for the targets of one row.

    The sum over positions is a matrix product, exp(weights) times exp(similarities): T x T x n
    multiplications but only T x n exponentials. A pair more than 87 / sharpness below the best
    position of the row drops out; that is far below what a softmax can feel.

    Args:
        vectors: (T, d) positions.
        weights: (T, T) of column j for target row t, `NEVER` where j may not speak.
        candidates: (n, d).
        scale: tau, one over the temperature.
        sharpness: s.
    """
    similarity = vectors @ candidates.T
    top = jax.lax.stop_gradient(jnp.max(similarity, axis=0, keepdims=True))
    speaks = weights > NEVER / 2
    # The inner `where` keeps NEVER out of the gradient of `sharpness`, where 0 * 1e9 * 1e30 is NaN.
    heard = jnp.where(speaks, jnp.exp(sharpness * jnp.where(speaks, weights, 0.0)), 0.0)
    mixed = heard @ jnp.exp(sharpness * (similarity - top))
    return scale * (jnp.log(mixed + _LEAST) / sharpness + top)


def own_scores(vectors: Array, weights: Array, own: Array, scale: Array, sharpness: Array) -> Array:
    """Score (T,) of each row's own target own (T, d), without any rounding away."""
    speaks = weights > NEVER / 2
    logits = sharpness * (own @ vectors.T + jnp.where(speaks, weights, 0.0))
    logits = jnp.where(speaks, logits, -1e4)
    return scale * (jax.nn.logsumexp(logits, axis=-1) / sharpness)
