# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""A small network that tells hates from likes, calibrated on viewers it was not fitted to.

A line and 32 bent channels beside it, a few members each from its own random start, one set of
them for each fold of viewers. Probabilities by Platt (1999) and the threshold come from what
each viewer was given by the networks that had not seen them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray
from scipy.optimize import minimize

from stoa.space.transformer import Params

CHANNELS = 128
"""Features are filled up with zeros to a multiple of this: one network to compile for all kinds."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkConfig:
    """How the network is fitted."""

    hidden: int = 32
    steps: int = 600
    batch: int = 512
    rate: float = 3e-3
    decay: float = 0.1
    drop: float = 0.2  # of the features of a row, at random
    members: int = 3
    folds: int = 4


@dataclass(frozen=True, slots=True)
class Scaling:
    """Features to channels about 0: scaled, cut at 4 deviations, and 1 where one is missing."""

    mean: Floats
    deviation: Floats
    is_used: Bools  # known of some rows at least
    may_miss: Bools  # missing often enough to say something

    @classmethod
    def of(cls, features: Floats) -> Scaling:
        """From training rows (n, f)."""
        missing = np.isnan(features).mean(0)
        is_used = missing < 0.99
        known = np.where(is_used, features, 0.0)
        return cls(
            mean=np.nanmean(known, 0),
            deviation=np.nanstd(known, 0) + 1e-6,
            is_used=is_used,
            may_miss=is_used & (missing > 0.01),
        )

    def __call__(self, features: Floats) -> NDArray[np.float32]:
        """Channels (n, c) of features (n, f)."""
        scaled = np.nan_to_num((features - self.mean) / self.deviation)
        missing = np.isnan(features[:, self.may_miss])
        cut = np.clip(scaled[:, self.is_used], -4.0, 4.0)
        filled = np.zeros((len(features), -(cut.shape[1] + missing.shape[1]) % CHANNELS))
        return np.concatenate([cut, missing, filled], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Networks by fold, and how their mean logit becomes a probability and a verdict."""

    scaling: Scaling
    networks: tuple[Params, ...]
    slope: float
    intercept: float
    threshold: float

    def probability(self, features: Floats) -> Floats:
        """Of a hate, (n,), in a world of as many hates as likes."""
        channels = self.scaling(features)
        made = [_logits(network, channels) for network in self.networks]
        return _sigmoid(self.slope * np.mean(made, axis=0) + self.intercept)


def fit(
    features: Floats,
    is_hate: Bools,
    weight: Floats,
    viewer: NDArray[np.int32],
    config: NetworkConfig,
    seed: int,
) -> Fitted:
    """A model of rows (n, f); rows of one viewer are always in one fold."""
    fold = _folds(viewer, config.folds, seed)
    unseen = np.zeros(len(is_hate))
    scaling = Scaling.of(features)
    channels = scaling(features)
    networks: list[Params] = []
    for number in range(config.folds):
        inside = fold != number
        # The weight of rows that stand out is 0: one shape for all folds, compiled once.
        network = _train(
            jax.random.key(seed * config.folds + number), channels,
            is_hate.astype(np.float32), (weight * inside).astype(np.float32), config,
        )  # fmt: skip
        network = {name: np.asarray(value) for name, value in network.items()}
        unseen[~inside] = _logits(network, channels[~inside])
        networks.append(network)
    slope, intercept = platt(unseen, is_hate, weight)
    threshold = f1_threshold(_sigmoid(slope * unseen + intercept), is_hate, weight)
    return Fitted(scaling, tuple(networks), slope, intercept, threshold)


def platt(logit: Floats, truth: Bools, weight: Floats) -> tuple[float, float]:
    """Slope and intercept that make sigmoid(slope logit + intercept) likeliest (Platt 1999)."""

    def loss(line: Floats) -> tuple[float, Floats]:
        z = line[0] * logit + line[1]
        value = weight @ (np.logaddexp(0.0, z) - truth * z)
        miss = weight * (_sigmoid(z) - truth)
        # A touch of shrinkage, so that logits without a mistake leave the slope finite.
        return float(value + 1e-4 * line[0] ** 2), np.array(
            [miss @ logit + 2e-4 * line[0], miss.sum()]
        )

    slope, intercept = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS").x
    return float(slope), float(intercept)


def f1_threshold(probability: Floats, truth: Bools, weight: Floats) -> float:
    """The threshold that makes F1 greatest: half of the greatest F1 (Lipton et al. 2014).

    That holds for calibrated probabilities, and half of a maximum is far steadier than its place.
    """
    order = np.argsort(-probability, kind="stable")
    hit = np.cumsum((weight * truth)[order])
    told = np.cumsum(weight[order])
    return float((2 * hit / (told + hit[-1])).max() / 2)


def _folds(viewer: NDArray[np.int32], n: int, seed: int) -> NDArray[np.int64]:
    known, place = np.unique(viewer, return_inverse=True)
    return (np.random.default_rng((seed, 2)).permutation(len(known)) % n)[place]


def _sigmoid(logit: Floats) -> Floats:
    return np.exp(-np.logaddexp(0.0, -logit))


def _logits(network: Params, channels: NDArray[np.float32]) -> Floats:
    """Mean over members, (n,)."""
    bent = np.tanh(np.einsum("nc,mch->mnh", channels, network["into"]) + network["bias"][:, None])
    made = np.einsum("mnh,mh->mn", bent, network["out"])
    made += network["line"] @ channels.T + network["level"][:, None]
    return made.mean(0).astype(np.float64)


@partial(jax.jit, static_argnames="config")
def _train(
    key: jax.Array, channels: jax.Array, truth: jax.Array, weight: jax.Array, config: NetworkConfig
) -> Params:
    """Parameters of all members, the member first; rows are drawn as often as they weigh."""
    keys = jax.random.split(key, config.members)
    return jax.vmap(partial(_train_one, channels, truth, jnp.cumsum(weight), config))(keys)


def _train_one(
    channels: jax.Array, truth: jax.Array, summed: jax.Array, config: NetworkConfig, key: jax.Array
) -> Params:
    first, second, later = jax.random.split(key, 3)
    n_channels = channels.shape[1]
    start: Params = {
        "into": jax.random.normal(first, (n_channels, config.hidden)) / n_channels**0.5,
        "bias": jnp.zeros(config.hidden),
        "out": 0.5 * jax.random.normal(second, (config.hidden,)) / config.hidden**0.5,
        "line": jnp.zeros(n_channels),
        "level": jnp.zeros(()),
    }
    rate = optax.cosine_decay_schedule(config.rate, config.steps, 0.05)
    optimiser = optax.adamw(rate, weight_decay=config.decay)

    def loss(params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
        bent = jnp.tanh(x @ params["into"] + params["bias"])
        logit = bent @ params["out"] + x @ params["line"] + params["level"]
        return optax.sigmoid_binary_cross_entropy(logit, y).mean()

    def step(state: tuple[Any, Any], key: jax.Array) -> tuple[tuple[Any, Any], None]:
        params, moments = state
        which, keep = jax.random.split(key)
        at = jax.random.uniform(which, (config.batch,)) * summed[-1]
        row = jnp.minimum(jnp.searchsorted(summed, at, side="right"), len(summed) - 1)
        stay = jax.random.bernoulli(keep, 1 - config.drop, (config.batch, n_channels))
        slope = jax.grad(loss)(params, channels[row] * stay / (1 - config.drop), truth[row])
        change, moments = optimiser.update(slope, moments, params)
        return (optax.apply_updates(params, change), moments), None

    state = (start, optimiser.init(start))
    (params, _), _ = jax.lax.scan(step, state, jax.random.split(later, config.steps))
    return params
