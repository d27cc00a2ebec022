"""What an action is worth over the coming weeks, learned from who comes back.

For each day that a viewer came, two questions: back tomorrow? back within seven days? Each is a
logistic regression on what was served that day: the mean predicted chance of each action, with
mean predicted regret and seconds and the number of posts beside it. A coefficient becomes seconds
by what one more unit of P(a) changes in the chance to return, times what returning is worth:

    s_a = sum over questions  b_a mean(p (1 - p)) / mean(posts) * visits * seconds of a visit

Coefficients have a normal prior that says exactly the stated s_a (a like: 60 s), so without data
the worth *is* the prior, and with little data it stays near it; it is never shrunk to 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.ranking.heads import probabilities
from stoa.ranking.value import PRIOR_LIKE_S, WORTHS

Floats = NDArray[np.float64]

LEAST_LIKE = 0.1
"""Of the stated worth of a like: what it keeps whatever was seen."""

_NORMAL_975 = 1.959964
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedDays:
    """Days that viewers came, one row each: sums as served, and whether they came back."""

    posts: Floats  # (n,) seen
    actions: Floats  # (n, len(WORTHS)) sums of predicted chances over the posts seen
    regret: Floats  # (n,) sum of predicted regret
    seconds: Floats  # (n,) sum of predicted attention
    next_day: Floats  # (n,) 1 back, 0 not, NaN not known yet
    within_week: Floats  # (n,) likewise, days 1 to 7
    pool: Floats | None = None  # (n, len(WORTHS)) mean chances in what could have been shown

    def __len__(self) -> int:
        return len(self.posts)

    def checked(self) -> ServedDays:
        """The days, if their columns fit.

        Raises:
            BadInput: a column of another shape, or a day without a post.
        """
        n = len(self)
        for name in ("regret", "seconds", "next_day", "within_week"):
            if getattr(self, name).shape != (n,):
                raise BadInput(name, getattr(self, name).shape, f"give one number for {n} days")
        if self.actions.shape != (n, len(WORTHS)):
            raise BadInput("actions", self.actions.shape, f"give {(n, len(WORTHS))}")
        if n and not (self.posts > 0).all():
            raise BadInput("posts", float(self.posts.min()), "leave out days without a post")
        return self


def _prior_means() -> dict[str, float]:
    return {"like": PRIOR_LIKE_S}


def _prior_errors() -> dict[str, float]:
    return {"like": 20.0, "reply": 10.0, "follow": 10.0, "glad": 10.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPrior:
    """What is believed before returns are seen; actions not named are held where they are."""

    mean_s: dict[str, float] = field(default_factory=_prior_means)
    error_s: dict[str, float] = field(default_factory=_prior_errors)  # standard deviations
    horizon_days: float = 28.0  # how far ahead a return counts
    visit_s: float | None = None  # seconds of a day's visit; None: the mean unregretted seconds
    control_sd: float = 2.0  # of coefficients of regret, seconds and posts, standardised


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionWorth:
    """What each of `WORTHS` is worth in seconds, with 95 % intervals."""

    mean_s: Floats
    low_s: Floats
    high_s: Floats
    days: int  # that were learned from

    def as_worth(self) -> dict[str, float]:
        """For `ValueConfig.worth_s`: all that is not exactly nothing."""
        return {
            name: float(value)
            for name, value in zip(WORTHS, self.mean_s, strict=True)
            if value != 0.0
        }

    def held_s(self, prior: ReturnPrior | None = None) -> dict[str, float]:
        """For `ValueConfig.worth_s` of what serves: within three deviations of what was believed.

        However many accounts come back for it, nothing gets a worth that was not thought possible;
        and a like keeps at least a tenth of what was stated, since a value of seconds alone loses
        readers. Actions that are held where they are stay there.
        """
        prior = prior or ReturnPrior()
        made: dict[str, float] = {}
        for name, value in zip(WORTHS, self.mean_s, strict=True):
            stated, far = prior.mean_s.get(name, 0.0), 3.0 * prior.error_s.get(name, 0.0)
            held = float(np.clip(value, stated - far, stated + far))
            if name == "like":
                held = max(held, LEAST_LIKE * stated)
            if held != 0.0:
                made[name] = held
        return made

    def figures(self) -> dict[str, dict[str, float]]:
        """By action mean, low, high: of all that may be worth something, for a model card."""
        return {
            name: {
                "mean": float(self.mean_s[at]),
                "low": float(self.low_s[at]),
                "high": float(self.high_s[at]),
            }
            for at, name in enumerate(WORTHS)
            if self.high_s[at] > self.low_s[at] or self.mean_s[at] != 0.0
        }


@dataclass(frozen=True, slots=True)
class _Question:
    """One of the two questions: who came back, and what coming back is worth."""

    came: Floats
    visits: float

    def known(self) -> NDArray[np.bool_]:
        return np.isfinite(self.came)


def learn_worth(days: ServedDays, prior: ReturnPrior = ReturnPrior()) -> ActionWorth:
    """Learns what actions are worth from who came back, drawn to what was believed.

    Half of the stated worth is laid on each question. The two answers overlap (who is back
    tomorrow is back within the week), so "within a week" is asked only of those who did not come
    tomorrow: then their worths add.

    Raises:
        BadInput: columns that do not fit.
    """
    days = days.checked()
    mean = np.array([prior.mean_s.get(name, 0.0) for name in WORTHS])
    error = np.array([prior.error_s.get(name, 0.0) for name in WORTHS])
    questions = _questions(days, prior)
    total, variance = np.zeros(len(WORTHS)), np.zeros(len(WORTHS))
    for question in questions:
        found, spread = _answer(days, question, (mean / 2, error / 2**0.5), prior)
        total, variance = total + found, variance + spread
    half = _NORMAL_975 * np.sqrt(variance)
    return ActionWorth(mean_s=total, low_s=total - half, high_s=total + half, days=len(days))


def _questions(days: ServedDays, prior: ReturnPrior) -> tuple[_Question, _Question]:
    came = days.next_day[np.isfinite(days.next_day)]
    rate = float(came.mean()) if len(came) else 0.5
    later = np.where(days.next_day == 0, days.within_week, np.nan)
    # Whoever is not back within a week is taken for gone: the rest of the horizon is lost.
    gone = rate * max(prior.horizon_days - _WEEK, 0.0) + 1.0
    return _Question(days.next_day, 1.0), _Question(later, gone)


def _answer(
    days: ServedDays, question: _Question, believed: tuple[Floats, Floats], prior: ReturnPrior
) -> tuple[Floats, Floats]:
    """Worth in seconds by this question, and its variance; the prior's where nothing is known."""
    mean, error = believed
    rows = question.known()
    learned = np.flatnonzero(error > 0)
    if rows.sum() < 2:
        return mean, error**2
    came = question.came[rows]
    base = np.clip(came.mean(), 0.5 / len(came), 1 - 0.5 / len(came))
    seconds = prior.visit_s if prior.visit_s is not None else _visit_s(days)
    # The share of all days that this question is put to: only they can be swayed by it.
    reach = rows.sum() / max(np.isfinite(days.next_day).sum(), 1)
    factor = base * (1 - base) / days.posts.mean() * question.visits * seconds * reach
    if factor <= 0:
        return mean, error**2
    shares = _shares(days)[rows][:, learned]
    held = shares.mean(axis=0)
    design = np.column_stack([shares - held, _controls(days)[rows], np.ones(len(came))])
    start = np.zeros(design.shape[1])
    start[: len(learned)] = mean[learned] / factor
    start[-1] = np.log(base) - np.log1p(-base)
    spread = np.full(design.shape[1], prior.control_sd)
    spread[: len(learned)] = error[learned] / factor
    spread[-1] = 3.0
    found, covariance = _logistic(design, came, start, spread)
    worth, variance = mean.copy(), error**2
    worth[learned] = factor * found[: len(learned)]
    variance[learned] = factor**2 * np.diag(covariance)[: len(learned)]
    return worth, variance


def _shares(days: ServedDays) -> Floats:
    """Mean chances as served, less those of the pool where it is known.

    What a viewer's pool happened to hold is no doing of the policy.
    """
    shares = days.actions / days.posts[:, None]
    return shares if days.pool is None else shares - days.pool


def _visit_s(days: ServedDays) -> float:
    return float((days.seconds * (1.0 - np.minimum(days.regret / days.posts, 1.0))).mean())


def _controls(days: ServedDays) -> Floats:
    columns = np.column_stack(
        [days.regret / days.posts, np.log1p(days.seconds / days.posts), np.log(days.posts)]
    )
    spread = columns.std(axis=0)
    return (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _logistic(design: Floats, came: Floats, start: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Most probable coefficients under a normal prior (start, spread), and their covariance.

    Newton's method with halved steps; the covariance is that of the normal at the mode (Laplace).
    """
    precision = spread**-2.0
    theta = start.copy()

    def loss(at: Floats) -> float:
        logit = design @ at
        fit = np.logaddexp(0.0, logit).sum() - came @ logit
        return float(fit + 0.5 * (precision * (at - start) ** 2).sum())

    now = loss(theta)
    curvature = np.diag(precision)
    for _ in range(100):
        prob = probabilities(design @ theta)
        gradient = design.T @ (prob - came) + precision * (theta - start)
        curvature = (design * (prob * (1 - prob))[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while loss(theta - size * step) > now and size > 1e-6:
            size *= 0.5
        theta = theta - size * step
        before, now = now, loss(theta)
        if before - now < 1e-10 * (1.0 + abs(now)):
            break
    return theta, np.linalg.inv(curvature).astype(np.float64)
