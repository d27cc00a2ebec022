# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""A viewer as many unit vectors, one for every event, each trained to find the next glad post.

Position j reads events up to j and gives

    v_j = unit(a_j z_j + unit(W h_j))        a_j in (0, 2)

so that an untrained viewer is simply the posts they met. Beside its direction a position has a
weight: what the event says of itself, and what its age says. A candidate z scores

    max_j ( <v_j, z> + weight_j )

Weights are in units of cosine: an event of yesterday may have to be .05 closer than one of today.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.records import EventKind
from stoa.space.late_interaction import NEVER
from stoa.space.post_tower import Column
from stoa.space.transformer import Array, BlockConfig, Params, attend, init_blocks, rms_norm, unit
from stoa.space.viewer_history import REGRET_KINDS, ViewerEvents

_N_KINDS = max(EventKind) + 1
_HOUR_US = 3_600_000_000
_N_SURFACES = 16
_PLACES = 10  # doublings of age in events, up to 512
_HOURS = 14  # doublings of age in hours, up to a year


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerTowerConfig:
    """The shape of a viewer tower. `width` is the dial."""

    vector: int = 128
    width: int = 64
    depth: int = 2
    longest: int = 512  # events read
    medoids: int = 128  # older interests kept

    @property
    def block(self) -> BlockConfig:
        """The shape of one block."""
        return BlockConfig(width=self.width, depth=self.depth)


class History(NamedTuple):
    """Events of one row, padded; several viewers may share a row as segments."""

    vector: Column  # (T, vector) of the posts, as of the event
    kind: Column  # (T,) `EventKind`
    gap_s: Column  # (T,) seconds since the event before; 0 for the first
    seconds: Column  # (T,) of looking; negative where unknown
    surface: Column  # (T,)
    at_h: Column  # (T,) hours, from any one start
    segment: Column  # (T,) whose event; -1 for padding


class Positions(NamedTuple):
    """What the tower says of each event."""

    vector: Array  # (T, vector) unit
    trust: Array  # (T,) the part of a position's weight that its age has no say in; <= 0


def init_viewer_tower(key: Array, config: ViewerTowerConfig) -> Params:
    """Fresh parameters; positions begin near their own posts, with equal weights."""
    c, keys = config, jax.random.split(key, 5)
    return {
        "token": jax.random.normal(keys[0], (c.vector, c.width)) / c.vector**0.5 * c.width**0.5,
        "kinds": 0.3 * jax.random.normal(keys[1], (_N_KINDS, c.width)),
        "surfaces": 0.1 * jax.random.normal(keys[2], (_N_SURFACES, c.width)),
        "times": jnp.zeros((3, c.width)),  # log gap, log seconds, seconds known
        "blocks": init_blocks(keys[3], c.block),
        "norm": jnp.ones(c.width),
        "out": jax.random.normal(keys[4], (c.width, c.vector)) / c.width**0.5,
        "own": jnp.zeros(c.width),
        "own_bias": jnp.array(1.0),
        "trust": jnp.zeros(c.width),
        "trust_bias": jnp.array(-2.0),
        "by_places": jnp.zeros(_PLACES),
        "by_hours": jnp.zeros(_HOURS),
    }


def viewer_positions(params: Params, config: ViewerTowerConfig, history: History) -> Positions:
    """Every event's vector and trust, reading a row (T) in one causal pass."""
    n = history.vector.shape[0]
    segment = jnp.asarray(history.segment)
    place = jnp.arange(n, dtype=jnp.float32)
    mask = (segment[:, None] == segment[None, :]) & (place[:, None] >= place[None, :])
    x = _tokens(params, history)
    for block in params["blocks"]:
        x = attend(block, x, place, mask, config.block)
    h = rms_norm(x, params["norm"])
    own = 2 * jax.nn.sigmoid(h @ params["own"] + params["own_bias"])
    made = unit(h @ params["out"])
    vector = unit(own[:, None] * jnp.asarray(history.vector) + made)
    return Positions(vector, -jax.nn.softplus(h @ params["trust"] + params["trust_bias"]))


def _tokens(params: Params, history: History) -> Array:
    seconds = jnp.asarray(history.seconds)
    known = (seconds >= 0).astype(jnp.float32)
    times = jnp.stack(
        [jnp.log1p(history.gap_s) / 8, jnp.log1p(jnp.maximum(seconds, 0)) / 4, known], axis=-1
    )
    return (
        jnp.asarray(history.vector) @ params["token"]
        + params["kinds"][history.kind]
        + params["surfaces"][history.surface]
        + times @ params["times"]
    )


def age_weight(params: Params, places: Array, hours: Array) -> Array:
    """What the age of an event adds to its weight; by events since, and by hours since.

    Two learned curves over doublings of age, straight between their points.
    """
    return age_curve(params["by_places"], places) + age_curve(params["by_hours"], hours)


def age_curve(points: Array, age: Array) -> Array:
    """A learned curve over doublings of age: `points` at ages 0, 1, 3, 7, ..., flat beyond."""
    at = jnp.clip(jnp.log2(1.0 + jnp.maximum(age, 0.0)), 0.0, len(points) - 1.001)
    low = jnp.floor(at).astype(jnp.int32)
    share = at - low
    return points[low] * (1 - share) + points[low + 1] * share


def may_speak(kind: Array | NDArray[np.integer]) -> Array:
    """Whether an event may be a viewer vector: a regretted post is read, never searched with."""
    kinds = jnp.array([int(k) for k in REGRET_KINDS])
    return ~(jnp.asarray(kind)[..., None] == kinds).any(axis=-1)


def pair_weights(params: Params, history: History, trust: Array) -> Array:
    """Weight (T, T) of position j (column) for the target at event t (row); NEVER from j >= t on.

    The moment of retrieval is that of event t; only events of the same viewer before it speak.
    """
    n = len(trust)
    place = jnp.arange(n, dtype=jnp.float32)
    at_h, segment = jnp.asarray(history.at_h), jnp.asarray(history.segment)
    places = place[:, None] - place[None, :]
    weight = trust[None, :] + age_weight(params, places, at_h[:, None] - at_h[None, :])
    before = (places > 0) & (segment[:, None] == segment[None, :]) & (segment[:, None] >= 0)
    return jnp.where(before & may_speak(history.kind)[None, :], weight, NEVER)


def row_history(
    events: ViewerEvents,
    event: NDArray[np.int64],
    same: NDArray[np.bool_],
    segment: NDArray[np.int32],
    until_us: int,
) -> History:
    """What the viewer tower reads of events (..., T), all but the vectors.

    Args:
        events: of the log.
        event: their numbers, padding included.
        same: whether the event before in the row is the same viewer's.
        segment: whose event; -1 for padding.
        until_us: where hours are counted back from, so that they keep their precision.
    """
    at_us = events.at_us[event]
    gap_us = np.zeros_like(at_us)
    gap_us[..., 1:] = np.diff(at_us, axis=-1)
    seconds = events.seconds[event]
    return History(
        vector=np.zeros((*event.shape, 0), dtype=np.float32),
        kind=events.kind[event].astype(np.int32),
        gap_s=np.where(same, gap_us / 1e6, 0).astype(np.float32),
        seconds=np.where(np.isnan(seconds), -1, seconds).astype(np.float32),
        surface=np.clip(events.surface[event], 0, 15).astype(np.int32),
        at_h=((at_us - until_us) / _HOUR_US).astype(np.float32),
        segment=segment,
    )


class ViewerVectors(NamedTuple):
    """A viewer as vectors to search with, oldest first; m of them."""

    vectors: NDArray[np.float32]  # (m, vector) unit
    weights: NDArray[np.float32]  # (m,) added to the cosine; the greatest is 0
    events: NDArray[np.int64]  # (m,) the event each came from


_LENGTHS = (16, 64, 256, 512)
"""Padded lengths: four compilations serve any history."""


@partial(jax.jit, static_argnums=1)
def _serve(
    params: Params, config: ViewerTowerConfig, history: History, now_h: Array
) -> tuple[Array, Array]:
    positions = viewer_positions(params, config, history)
    n = jnp.sum(jnp.asarray(history.segment) >= 0)
    places = n - jnp.arange(len(history.kind), dtype=jnp.float32)
    weight = positions.trust + age_weight(params, places, now_h - jnp.asarray(history.at_h))
    usable = (jnp.asarray(history.segment) >= 0) & may_speak(history.kind)
    return positions.vector, jnp.where(usable, weight, NEVER)


def viewer_vectors(
    params: Params, config: ViewerTowerConfig, history: History, now_h: float
) -> ViewerVectors:
    """All vectors of one viewer's newest events, oldest first; regretted ones say nothing.

    Args:
        params: of the viewer tower.
        config: its shape; the newest `longest` events are read.
        history: one viewer's events, oldest first, one segment.
        now_h: the moment of retrieval, on the clock of `history.at_h`.
    """
    n = len(history.kind)
    skipped = max(n - config.longest, 0)
    recent = History(*(np.asarray(column)[skipped:] for column in history))
    n -= skipped
    if n == 0:
        none = np.zeros(0, dtype=np.float32)
        return ViewerVectors(none.reshape(0, config.vector), none, np.zeros(0, dtype=np.int64))
    size = next((s for s in _LENGTHS if s >= n), n)
    vector, weight = _serve(params, config, _padded(recent, size), jnp.float32(now_h))
    kept = np.flatnonzero(np.asarray(weight)[:n] > NEVER / 2)
    weights = np.asarray(weight)[kept]
    if len(kept):
        weights = weights - weights.max()
    return ViewerVectors(np.asarray(vector)[kept], weights, kept + skipped)


def warm_viewers(params: Params, config: ViewerTowerConfig) -> None:
    """Compiles all lengths, so that no reader waits for it."""
    for n in (size for size in _LENGTHS if size <= config.longest):
        zero, none = np.zeros(n, dtype=np.float32), np.zeros(n, dtype=np.int32)
        vector = np.zeros((n, config.vector), dtype=np.float32)
        viewer_vectors(params, config, History(vector, none, zero, zero, none, zero, none), 0.0)


def _padded(history: History, size: int) -> History:
    n = len(history.kind)
    wide = History(
        *(np.pad(column, [(0, size - n)] + [(0, 0)] * (column.ndim - 1)) for column in history)
    )
    segment = np.asarray(wide.segment).copy()
    segment[n:] = -1
    return wide._replace(segment=segment)
