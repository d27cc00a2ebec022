# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""What the ranker predicts of each candidate, how each head is trained, and what it then means.

Actions, skipping, gladness and regret are logits. Seconds have two parts: a post is skipped or
read, and if it is read its seconds are log-normal, counted to 300 at most.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.ranking.dwell import LONGEST_S
from stoa.ranking.window_labels import WindowLabels
from stoa.records import NEGATIVE_EVENTS, EventKind
from stoa.space.learning_log import Answer
from stoa.space.transformer import Array, Params


class Unlisted(IntEnum):
    """Acts that no `EventKind` names, by their bit in a log: no app of ours reports them."""

    SHARE = 24
    PROFILE_CLICK = 25


Action = EventKind | Unlisted

ACTIONS: tuple[Action, ...] = (
    EventKind.LIKE,
    EventKind.REPOST,
    EventKind.REPLY,
    EventKind.QUOTE,
    EventKind.FOLLOW,
    EventKind.CLICK,
    EventKind.SHOW_MORE,
    EventKind.SHOW_LESS,
    EventKind.NOT_INTERESTED,
    EventKind.MUTE,
    EventKind.BLOCK,
    EventKind.REPORT,
    EventKind.HIDE,
    Unlisted.SHARE,
    Unlisted.PROFILE_CLICK,
)
"""What a reader can do with a post; heads stand in this order."""

N_ACTIONS = len(ACTIONS)
SKIP, GLAD, REGRET, LOG_MEAN, LOG_SD = range(N_ACTIONS, N_ACTIONS + 5)
N_LOGITS = LOG_MEAN
N_OUTPUTS = N_ACTIONS + 5
OUTPUTS = (
    *(kind.name.lower() for kind in ACTIONS),
    "skip",
    "glad",
    "regret",
    "log_mean_s",
    "log_sd_s",
)
SKIP_S = 2.0
"""A look shorter than this is a skip."""
_EXPLICIT = sum(1 << int(kind) for kind in NEGATIVE_EVENTS - {EventKind.REGRET})
_SD_LIMITS = (-2.5, 1.0)


class Targets(NamedTuple):
    """What followed on each impression; (..., n)."""

    acts: Any  # uint32, bit 1 << EventKind; always known
    seconds: Any  # of attention; NaN where it was not measured
    asked: Any  # bool
    ask_rate: Any
    answer: Any  # `Answer`; NONE where not asked or not answered
    delayed: Any  # 1, 0, or -1 where it is not known
    viewer: Any  # account row
    weight: Any  # 0 where padded


def set_priors(params: Params, targets: Targets) -> Params:
    """Parameters whose outputs are the base rates of `targets` before anything is learned.

    Rates are those of n + 2 showings with one act, so a head that saw nothing starts near 0 and
    not at 0; a head without labels (nobody was asked) starts at .5 of one answer. (n,) targets.
    """
    label, is_known = known_labels(targets)
    real = np.asarray(targets.weight) > 0
    used = is_known & real[:, None]
    rate = ((label * used).sum(axis=0) + 0.5) / (used.sum(axis=0) + 1.0)
    prior = np.zeros(N_OUTPUTS, dtype=np.float32)
    prior[:N_LOGITS] = np.log(rate) - np.log1p(-rate)
    read = _read_log_seconds(np.asarray(targets.seconds)[real])
    prior[LOG_MEAN] = read.mean() if len(read) else math.log(8.0)
    prior[LOG_SD] = math.log(max(float(read.std()), 0.1)) if len(read) > 1 else 0.0
    skipped = np.asarray(targets.seconds)[real]
    skipped = skipped[skipped < SKIP_S]
    skip_s = jnp.asarray(skipped.mean() if len(skipped) else SKIP_S / 2, jnp.float32)
    calibration = {**params["calibration"], "skip_s": skip_s}
    return {**params, "prior": jnp.asarray(prior), "calibration": calibration}


def _read_log_seconds(seconds: NDArray[np.floating]) -> NDArray[np.float64]:
    read = seconds[np.isfinite(seconds) & (seconds >= SKIP_S)].astype(np.float64)
    return np.log(np.minimum(read, LONGEST_S))


def labels(targets: Targets) -> tuple[Array, Array]:
    """Labels of all logits and whether each is known; both (..., n, N_LOGITS)."""
    acts = jnp.asarray(targets.acts).astype(jnp.uint32)
    bits = jnp.asarray([int(kind) for kind in ACTIONS], dtype=jnp.uint32)
    done = ((acts[..., None] >> bits) & 1).astype(jnp.float32)
    rest = jnp.stack(
        [
            jnp.where(jnp.isnan(targets.seconds), jnp.nan, targets.seconds < SKIP_S),
            _answered(targets.answer, Answer.GLAD),
            _answered(targets.answer, Answer.REGRET),
        ],
        axis=-1,
    )
    label = jnp.concatenate([done, rest], axis=-1)
    known = ~jnp.isnan(label)
    return jnp.where(known, label, 0.0), known


_labels = jax.jit(labels)


def known_labels(targets: Targets) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """`labels` as NumPy arrays."""
    label, known = _labels(targets)
    return np.asarray(label), np.asarray(known)


def _answered(answer: Any, which: Answer) -> Array:
    answer = jnp.asarray(answer)
    return jnp.where(answer == int(Answer.NONE), jnp.nan, answer == int(which))


def window_labels(targets: Targets) -> WindowLabels:
    """What was seen of gladness and regret, flat, for `regret_windows.window_loss`.

    A post that was skipped can be neither undone nor left at once, so what came later says
    nothing of it. Regret said without being asked is an explicit negative.
    """
    acts = jnp.asarray(targets.acts).astype(jnp.uint32)
    asked = jnp.asarray(targets.asked)
    unasked = ((acts & jnp.uint32(1 << EventKind.REGRET)) != 0) & ~asked
    skipped = jnp.asarray(targets.seconds) < SKIP_S
    delayed = jnp.where(skipped, -1, jnp.asarray(targets.delayed).astype(jnp.int32))
    return WindowLabels(
        asked=asked.ravel(),
        ask_rate=jnp.asarray(targets.ask_rate).ravel(),
        answer=jnp.asarray(targets.answer).astype(jnp.int32).ravel(),
        explicit=(((acts & jnp.uint32(_EXPLICIT)) != 0) | unasked).ravel(),
        delayed=delayed.ravel(),
        viewer=jnp.asarray(targets.viewer).astype(jnp.int32).ravel(),
        weight=jnp.asarray(targets.weight).ravel(),
    )


def losses(outputs: Array, targets: Targets) -> Array:
    """Mean loss of each logit and of the seconds of what was read, (N_LOGITS + 1,).

    Binary cross entropy for logits, the log-normal's negative log likelihood for seconds, which
    is censored at 300 s (a longer look was only seen to last so long). A label that is not known
    adds nothing; what is known is divided by all weight, so that rare answers stay rare.

    Args:
        outputs: (..., n, N_OUTPUTS) of the ranker.
        targets: (..., n).
    """
    label, known = labels(targets)
    weight = jnp.asarray(targets.weight)
    total = jnp.maximum(jnp.sum(weight), 1e-6)
    logits = outputs[..., :N_LOGITS]
    cross_entropy = jax.nn.softplus(logits) - label * logits
    per_logit = cross_entropy * known * weight[..., None]
    summed = per_logit.reshape(-1, N_LOGITS).sum(axis=0)
    is_read = ~jnp.isnan(targets.seconds) & (targets.seconds >= SKIP_S)
    seconds = jnp.where(is_read, targets.seconds, SKIP_S)
    nll = _log_normal_nll(outputs[..., LOG_MEAN], outputs[..., LOG_SD], seconds)
    return jnp.concatenate([summed, jnp.sum(nll * is_read * weight)[None]]) / total


def _log_normal_nll(mean: Array, log_sd: Array, seconds: Array) -> Array:
    sd = jnp.exp(jnp.clip(log_sd, *_SD_LIMITS))
    censored = seconds >= LONGEST_S
    z = (jnp.log(jnp.minimum(seconds, LONGEST_S)) - mean) / sd
    seen = 0.5 * z * z + jnp.log(sd) + 0.5 * math.log(2.0 * math.pi)
    beyond = -jax.scipy.stats.norm.logsf(jnp.clip(z, -8.0, 8.0))
    return jnp.where(censored, beyond, seen)


def expected_seconds(outputs: NDArray[np.floating], skip_s: float) -> NDArray[np.float64]:
    """E[T] with T counted to 300 s at most; (..., N_OUTPUTS) to (...), `skip_s` of a skip.

    `P(skip) skip_s + (1 - P(skip)) E[min(X, 300)]` with X log-normal:
    `exp(m + s^2/2) Phi((ln c - m - s^2)/s) + c Phi((m - ln c)/s)`.
    """
    wide = outputs.astype(np.float64)
    skip = probabilities(wide[..., SKIP])
    mean = np.clip(wide[..., LOG_MEAN], -5.0, 8.0)
    sd = np.exp(np.clip(wide[..., LOG_SD], *_SD_LIMITS))
    edge = math.log(LONGEST_S)
    below = np.exp(mean + sd * sd / 2.0) * _normal_cdf((edge - mean - sd * sd) / sd)
    read = below + LONGEST_S * _normal_cdf((mean - edge) / sd)
    return skip * skip_s + (1.0 - skip) * read


def _normal_cdf(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Phi by the rational approximation of Abramowitz and Stegun 26.2.17, to 7.5e-8."""
    t = 1.0 / (1.0 + 0.2316419 * np.abs(z))
    series = t * (
        0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)))
    )
    tail = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) * series
    return np.where(z >= 0, 1.0 - tail, tail)


def probabilities(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Sigmoid, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * logits.astype(np.float64)))
