# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""How a viewer's positions are read when candidates are sought: as one vector, or as many.

    mean       one vector, the mean of all positions
    last       one vector, the newest position
    capsules   a few vectors, each a mean that a learned head weighs (Cen et al. 2020)
    all        every position, with a weight for its age and for what it says of itself

A candidate's score is the (soft) maximum over the vectors.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import jax
import jax.numpy as jnp

from stoa.space.late_interaction import NEVER, candidate_scores, own_scores
from stoa.space.transformer import Array, Params, unit
from stoa.space.viewer_tower import age_curve

N_CAPSULES = 4
_AGES = 10  # doublings of age in places


class Reading(StrEnum):
    """The ways, from the fewest vectors to the most."""

    MEAN = "mean"
    LAST = "last"
    CAPSULES = "capsules"
    ALL = "all"


class Spoken(NamedTuple):
    """The vectors that speak for a viewer, and what is added to each one's cosine."""

    vectors: Array  # (m, width) unit
    weights: Array  # (m,), `NEVER` where a vector is not there


def init_reading(key: Array, width: int) -> Params:
    """Fresh parameters of every reading; each uses its own."""
    return {
        "heads": jax.random.normal(key, (width, N_CAPSULES)) / width**0.5,
        "trust": jnp.zeros(width),
        "trust_bias": jnp.full((), -2.0, jnp.float32),
        "by_age": jnp.zeros(_AGES),
    }


def spoken(params: Params, reading: Reading, positions: Array, real: Array) -> Spoken:
    """What speaks for one viewer at the end of their positions (T, width), `real` (T,) of them."""
    n = positions.shape[0]
    last = jnp.maximum(real.sum() - 1, 0)
    before = real[None, :] & (jnp.arange(n)[None, :] <= last)
    if reading is Reading.LAST:
        return Spoken(positions[last][None], jnp.zeros(1))
    if reading is Reading.ALL:
        weights = _weights(params, positions, (last - jnp.arange(n)).astype(jnp.float32))
        return Spoken(positions, jnp.where(real, weights, NEVER))
    made = _means(params, reading, positions, before)[:, 0]
    return Spoken(made, jnp.zeros(len(made)))


class Sought(NamedTuple):
    """What a row is scored against: shared candidates, and each place's own next item."""

    candidates: Array  # (n, width) unit
    own: Array  # (T, width) unit
    scale: Array  # tau
    sharpness: Array


def reading_scores(
    params: Params, reading: Reading, positions: Array, mask: Array, sought: Sought
) -> tuple[Array, Array]:
    """Scores of candidates (T, n) and of each place's own item (T,), as of each place.

    Args:
        params: of the reading.
        reading: which.
        positions: (T, width) of one row.
        mask: (T, T), True where the row's place may hear the column's; itself included.
        sought: what is scored.
    """
    candidates, own, scale, sharpness = sought
    if reading is Reading.LAST:
        return scale * positions @ candidates.T, scale * jnp.sum(positions * own, axis=-1)
    if reading is Reading.ALL:
        place = jnp.arange(len(positions), dtype=jnp.float32)
        weights = _weights(params, positions, place[:, None] - place[None, :])
        weights = jnp.where(mask, weights, NEVER)
        return (
            candidate_scores(positions, weights, candidates, scale, sharpness),
            own_scores(positions, weights, own, scale, sharpness),
        )
    made = _means(params, reading, positions, mask)
    others = jnp.einsum("ktc,nc->ktn", made, candidates)
    mine = jnp.einsum("ktc,tc->kt", made, own)
    return tuple(
        scale / sharpness * jax.nn.logsumexp(sharpness * found, axis=0) for found in (others, mine)
    )  # pyright: ignore[reportReturnType]


def _weights(params: Params, positions: Array, age: Array) -> Array:
    trust = -jax.nn.softplus(positions @ params["trust"] + params["trust_bias"])
    return trust + age_curve(params["by_age"], age)


def _means(params: Params, reading: Reading, positions: Array, mask: Array) -> Array:
    """Weighed means (k, rows of the mask, width) of the positions each row hears, unit."""
    if reading is Reading.MEAN:
        logits = jnp.zeros((1, len(positions)))
    else:
        logits = (positions @ params["heads"]).T * positions.shape[1] ** 0.5
    logits = jnp.where(mask[None], logits[:, None, :], NEVER)
    return unit(jnp.einsum("krt,tc->krc", jax.nn.softmax(logits, axis=-1), positions))
