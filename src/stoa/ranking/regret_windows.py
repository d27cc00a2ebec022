# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""Gladness and regret as latent variables seen through noisy windows: one loss for all labels.

Every impression has one logit of regret, R = sigmoid(logit), and one of gladness, G. A window v
shows a label that is 1 with probability

    P(y_v = 1) = a_v R + c_v (1 - R)

and the loss is the sum of the windows' own losses (a composite likelihood: Lindsay 1988). The
windows: an answer when asked (true but for flips), an explicit negative (rare, and rarer with some
viewers), and what follows later (undone, unfollowed, left at once). A label that is missing
adds nothing. Answers must depend on what the logits know, not on regret itself, beyond that.

What makes the level of R known is the flip rate of the answers, known or measured
(`flip_rate_from_double_asks`). Rates are sigmoids around what is believed before, so a_v > c_v
always. Without any answers the level cannot be learned: explicit negatives are then positives
among unlabelled rows (Elkan and Noto 2008), and a class prior says how much is regretted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from stoa.errors import BadInput
from stoa.ranking.window_labels import WindowLabels, n_answers
from stoa.space.learning_log import Answer
from stoa.space.transformer import Params

Array = jax.Array


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowConfig:
    """What is believed of the windows before a label is seen; scales are in logits, 0 holds."""

    flip: float = 0.1  # of the answers given
    flip_scale: float = 0.3
    flip_spread: float = 0.5  # of flips that land on one given wrong answer: 1 / (answers - 1)
    glad_spread: float | None = None  # of flips that land on "glad", where that is otherwise
    sensitivity: float = 0.02  # of regrets that become an explicit negative
    sensitivity_scale: float = 1.0
    viewer_scale: float = 0.7  # of one viewer's sensitivity about the mean
    slip: float = 0.0005  # of the rest that does
    slip_scale: float = 0.5
    delayed: float = 0.2  # of regrets that are followed by a delayed sign
    delayed_slip: float = 0.03  # of the rest
    delayed_scale: float = 1.0
    liked: float = 0.2  # of gladness that becomes a like
    liked_slip: float = 0.02  # of the rest that does
    liked_scale: float = 1.0
    heaviest: float = 5.0  # no answer counts more often, however rarely its like is asked for
    n_rows: int | None = None  # of the whole log, where batches are given; priors count once
    class_prior: float | None = None  # share of regrets, where there are no answers to learn it
    glad_prior: float | None = None  # share of gladness, likewise


class WindowRates(NamedTuple):
    """Chance of a label given regret (hit) and given none (slip); scalars, or one a row."""

    hit: Array
    slip: Array


def window_config(
    labels: WindowLabels, config: WindowConfig | None = None, *, class_prior: float = 0.1
) -> WindowConfig:
    """The settings that fit a whole log: its size, and a class prior if nobody ever answered.

    The model card says which of the two it was: `class_prior` is None where answers were learned.
    """
    if not 0.0 < class_prior < 1.0:
        raise BadInput("class_prior", class_prior, "give the share of regrets, between 0 and 1")
    config = replace(config or WindowConfig(), n_rows=len(labels.asked))
    if n_answers(labels):
        return config
    return replace(
        config,
        class_prior=config.class_prior or class_prior,
        glad_prior=config.glad_prior or 0.5,
    )


def init_windows(n_viewers: int = 1) -> Params:
    """Parameters of the windows: how far each rate is from what was believed, in scales."""
    names = (
        "flip", "sensitivity", "slip", "delayed", "delayed_slip", "liked", "liked_slip"
    )  # fmt: skip
    return {**{name: jnp.zeros(()) for name in names}, "viewer": jnp.zeros(max(n_viewers, 1))}


def window_loss(
    params: Params,
    logit_regret: Array,
    logit_glad: Array,
    labels: WindowLabels,
    config: WindowConfig | None = None,
) -> tuple[Array, dict[str, Array]]:
    """Mean loss an impression over all windows, in nats, and figures to log beside it.

    Args:
        params: of `init_windows`.
        logit_regret: (n,); a row where it or `logit_glad` is no finite number counts nothing.
        logit_glad: (n,).
        labels: what was seen, (n,) each.
        config: beliefs; hashable, so it may be static under `jax.jit`.

    Returns:
        The loss, and by name: the loss of each window, mean R and G, rates, counts of labels.
    """
    config = config or WindowConfig()
    finite = jnp.isfinite(logit_regret) & jnp.isfinite(logit_glad)
    regret = jnp.where(finite, logit_regret, 0.0)
    glad = jnp.where(finite, logit_glad, 0.0)
    weight = jnp.where(finite, _weights(labels.weight, finite), 0.0)
    total = jnp.maximum(jnp.sum(weight), 1e-9)

    told = weight * _answer_weights(labels, config)
    asked, asked_glad = asked_rates(params, config), asked_glad_rates(params, config)
    explicit = explicit_rates(params, config, labels.viewer)
    delayed, seen = _delayed_labels(labels, delayed_rates(params, config))
    answer = jnp.asarray(labels.answer)
    sums = {
        "asked_regret": told * nll(regret, answer == int(Answer.REGRET), asked),
        "asked_glad": told * nll(glad, answer == int(Answer.GLAD), asked_glad),
        "explicit": weight * nll(regret, jnp.asarray(labels.explicit), explicit),
        "delayed": weight * seen * nll(regret, jnp.asarray(labels.delayed) == 1, delayed),
    }
    if labels.liked is not None:
        sums["liked"] = weight * nll(glad, jnp.asarray(labels.liked), liked_rates(params, config))
    parts = {name: jnp.sum(part) / total for name, part in sums.items()}
    mean_regret = jnp.sum(weight * jax.nn.sigmoid(regret)) / total
    mean_glad = jnp.sum(weight * jax.nn.sigmoid(glad)) / total
    n_rows = total if config.n_rows is None else jnp.maximum(config.n_rows, 1)
    parts["prior"] = _beliefs(params) / n_rows + jnp.where(
        total > 1e-9,
        _level(mean_regret, config.class_prior) + _level(mean_glad, config.glad_prior),
        0.0,
    )
    loss = sum(parts.values(), jnp.zeros(()))
    return loss, {
        **parts,
        "mean_regret": mean_regret,
        "mean_glad": mean_glad,
        "answers": jnp.sum(told > 0),
        "rows": jnp.sum(weight > 0),
        **window_figures(params, config),
    }


def window_figures(params: Params, config: WindowConfig | None = None) -> dict[str, Array]:
    """The learned rates of the windows by name, for a model card."""
    config = config or WindowConfig()
    explicit, delayed = explicit_rates(params, config), delayed_rates(params, config)
    return {
        "flip": _flip(params, config),
        "sensitivity": explicit.hit,
        "slip": explicit.slip,
        "delayed_hit": delayed.hit,
        "delayed_slip": delayed.slip,
    }


def asked_rates(params: Params, config: WindowConfig) -> WindowRates:
    """Chance to be told what is true, and to be told it where it is not."""
    flip = _flip(params, config)
    return WindowRates(1.0 - flip, flip * config.flip_spread)


def asked_glad_rates(params: Params, config: WindowConfig) -> WindowRates:
    """The same for "glad": where flips are between regret and its absence, few land there."""
    flip = _flip(params, config)
    spread = config.flip_spread if config.glad_spread is None else config.glad_spread
    return WindowRates(1.0 - flip, flip * max(spread, 1e-3))


def explicit_rates(
    params: Params, config: WindowConfig, viewer: Array | None = None
) -> WindowRates:
    """Chance of an explicit negative; with viewers (n,), the hit is theirs, shrunk to the mean."""
    slip = _believed(config.slip, config.slip_scale, params["slip"])
    own = jnp.zeros(()) if viewer is None else params["viewer"][jnp.asarray(viewer)]
    offset = config.sensitivity_scale * params["sensitivity"] + config.viewer_scale * own
    return WindowRates(slip + (1.0 - slip) * _believed(config.sensitivity, 1.0, offset), slip)


def delayed_rates(params: Params, config: WindowConfig) -> WindowRates:
    """Chance of a delayed sign, once its whole time has passed."""
    slip = _believed(config.delayed_slip, config.delayed_scale, params["delayed_slip"])
    more = _believed(config.delayed, config.delayed_scale, params["delayed"])
    return WindowRates(slip + (1.0 - slip) * more, slip)


def liked_rates(params: Params, config: WindowConfig) -> WindowRates:
    """Chance of a like, given gladness and given none."""
    slip = _believed(config.liked_slip, config.liked_scale, params["liked_slip"])
    more = _believed(config.liked, config.liked_scale, params["liked"])
    return WindowRates(slip + (1.0 - slip) * more, slip)


def nll(logit: Array, label: Array, rates: WindowRates) -> Array:
    """-log P(label) of y = 1 with chance a R + c (1 - R), (n,), exact however sure the logit."""
    yes, no = jax.nn.log_sigmoid(logit), jax.nn.log_sigmoid(-logit)
    is_one = jnp.logaddexp(yes + jnp.log(rates.hit), no + jnp.log(rates.slip))
    is_zero = jnp.logaddexp(yes + jnp.log1p(-rates.hit), no + jnp.log1p(-rates.slip))
    return -jnp.where(label, is_one, is_zero)


def _believed(mean: float, scale: float, offset: Array) -> Array:
    return jax.nn.sigmoid(float(np.log(mean / (1.0 - mean))) + scale * offset)


def _flip(params: Params, config: WindowConfig) -> Array:
    """Below one half, or answers would mean their opposite."""
    share = min(max(2.0 * config.flip, 1e-6), 1.0 - 1e-6)
    return 0.5 * _believed(share, config.flip_scale, params["flip"])


def _weights(weight: Array | None, like: Array) -> Array:
    if weight is None:
        return jnp.ones(like.shape)
    weight = jnp.asarray(weight)
    return jnp.where(jnp.isfinite(weight) & (weight > 0), weight, 0.0)


def _answer_weights(labels: WindowLabels, config: WindowConfig) -> Array:
    """1 for answers where all are asked alike, more where asking was rarer; 0 without an answer.

    Readers choose how often they are asked: without it, those who like to be asked would be
    most of the loss.
    """
    rate = jnp.asarray(labels.ask_rate)
    known = jnp.isfinite(rate) & (rate > 0)
    answered = jnp.asarray(labels.asked) & (jnp.asarray(labels.answer) != int(Answer.NONE))
    inverse = jnp.where(known, 1.0 / jnp.where(known, rate, 1.0), 0.0)
    counted = answered & known
    mean = jnp.sum(jnp.where(counted, inverse, 0.0)) / jnp.maximum(jnp.sum(counted), 1)
    relative = jnp.where(known, inverse / jnp.maximum(mean, 1e-9), 1.0)
    return jnp.where(answered, jnp.minimum(relative, config.heaviest), 0.0)


def _delayed_labels(labels: WindowLabels, rates: WindowRates) -> tuple[WindowRates, Array]:
    """Rates as of now, and 1 where a row's label says something.

    Where the share that would have shown by now is known, "not yet" is a label too, weak while
    little time has passed; else only what is known for good counts.
    """
    known = jnp.asarray(labels.delayed) >= 0
    if labels.delayed_share is None:
        return rates, known.astype(jnp.float32)
    given = jnp.asarray(labels.delayed_share)
    timed = jnp.isfinite(given) & (given > 0)
    share = jnp.where(timed, jnp.clip(given, 1e-6, 1.0), 1.0)
    return WindowRates(rates.hit * share, rates.slip * share), (known | timed).astype(jnp.float32)


def _beliefs(params: Params) -> Array:
    """Half the squared distance from what was believed, in scales: normal priors."""
    return 0.5 * sum((jnp.sum(value**2) for value in params.values()), jnp.zeros(()))


def _level(mean: Array, prior: float | None) -> Array:
    """How far a mean probability is from its class prior: Kullback-Leibler, 0 without a prior."""
    if prior is None:
        return jnp.zeros(())
    mean = jnp.clip(mean, 1e-6, 1.0 - 1e-6)
    return prior * jnp.log(prior / mean) + (1.0 - prior) * jnp.log((1.0 - prior) / (1.0 - mean))
