"""What a model of opinions has to beat: a statement's mean, a voter's mean, principal components.

Each is made as strong as it honestly can be. Its setting (smoothing, number of components) is the
one of the least log-loss in five-fold cross-validation over the votes it may see, and its scores
become probabilities by a logistic curve fitted on the same out-of-fold scores (Platt 1999).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit  # pyright: ignore[reportMissingTypeStubs]

from stoa.bridging.learners import minimise
from stoa.bridging.opinions import Rows, Votes
from stoa.measure import log_loss

Floats = NDArray[np.float64]
Ask = tuple[Rows, Rows]
Scores = Callable[[Votes, Ask], Floats]
"""Scores of the pairs asked for, one row a setting."""

N_FOLDS = 5
SMOOTHING = (0.3, 1.0, 2.0, 4.0, 8.0, 16.0)
N_COMPONENTS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 30)
_CALM = 1e-4


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a baseline says of the pairs asked for, and the setting it chose."""

    prob: Floats
    setting: str
    unseen: Floats
    """(n_votes,) What it says of each vote it was given, learned from the other folds."""


def statement_mean(votes: Votes, ask: Ask, seed: int) -> Baseline:
    """How many agree with the statement, smoothed towards the share of all."""

    def scores(seen: Votes, pairs: Ask) -> Floats:
        return _means(seen.agrees, seen.statement, seen.n_statements)[:, pairs[1]]

    return _best(votes, ask, seed, scores, [f"{k} votes of smoothing" for k in SMOOTHING])


def user_mean(votes: Votes, ask: Ask, seed: int) -> Baseline:
    """How often the voter agrees, smoothed towards the share of all."""

    def scores(seen: Votes, pairs: Ask) -> Floats:
        return _means(seen.agrees, seen.voter, seen.n_voters)[:, pairs[0]]

    return _best(votes, ask, seed, scores, [f"{k} votes of smoothing" for k in SMOOTHING])


def principal_components(votes: Votes, ask: Ask, seed: int, passes: Ask | None = None) -> Baseline:
    """Components of the table of 1 and -1; what is missing is the statement's mean.

    Args:
        votes: agree and disagree.
        ask: rows of voters and of statements, one a pair.
        seed: of the folds.
        passes: pairs that hold a 0, as on Polis's own map; tried with and without.
    """
    settings = [f"{k} components" for k in N_COMPONENTS]
    if passes is not None:
        settings += [f"{k} components, a pass is 0" for k in N_COMPONENTS]

    def scores(seen: Votes, pairs: Ask) -> Floats:
        plain = _rebuilt(seen, None, pairs)
        return plain if passes is None else np.vstack([plain, _rebuilt(seen, passes, pairs)])

    return _best(votes, ask, seed, scores, settings)


def folds(n_votes: int, seed: int) -> NDArray[np.int64]:
    """Which of the five folds each vote is in."""
    return np.random.default_rng(seed).permutation(n_votes) % N_FOLDS


def _best(votes: Votes, ask: Ask, seed: int, scores: Scores, settings: Sequence[str]) -> Baseline:
    """The setting that foretells votes best which it did not see, calibrated on the same votes."""
    fold = folds(len(votes), seed)
    unseen = np.zeros((len(settings), len(votes)))
    for k in range(min(N_FOLDS, len(votes))):
        out = np.flatnonzero(fold == k)
        kept = np.flatnonzero(fold != k)
        if len(kept):
            pairs = votes.voter[out], votes.statement[out]
            unseen[:, out] = scores(votes.take(kept), pairs)
    curves = [platt(row, votes.agrees) for row in unseen]
    losses = [
        log_loss(expit(a * row + b), votes.agrees)
        for row, (a, b) in zip(unseen, curves, strict=True)
    ]
    best = int(np.argmin(losses))
    a, b = curves[best]
    prob = expit(a * scores(votes, ask)[best] + b)
    return Baseline(prob, settings[best], expit(a * unseen[best] + b))


def platt(score: Floats, agrees: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope a and offset b of the curve expit(a score + b) that fits best (Platt 1999).

    A touch of shrinkage keeps them finite where the score tells all.
    """
    sign = np.where(agrees, 1.0, -1.0)

    def loss(at: Floats) -> tuple[float, Floats]:
        margin = sign * (at[0] * score + at[1])
        wrong = -sign * expit(-margin) / len(score)
        value = float(np.logaddexp(0, -margin).mean()) + 0.5 * _CALM * float(at @ at)
        return value, np.array([wrong @ score, wrong.sum()]) + _CALM * at

    a, b = minimise(loss, 2)
    return float(a), float(b)


def _means(agrees: NDArray[np.bool_], row: Rows, n: int) -> Floats:
    """Logit of the share that agrees in each row, one line for each of `SMOOTHING`."""
    count = np.bincount(row, minlength=n)
    agreed = np.bincount(row, weights=agrees, minlength=n)
    share = (agrees.sum() + 1) / (len(agrees) + 2)
    return np.stack([logit((agreed + k * share) / (count + k)) for k in SMOOTHING])


def _rebuilt(votes: Votes, passes: Ask | None, ask: Ask) -> Floats:
    """Cells of the table rebuilt from its first components, one line for each number of them."""
    shape = votes.n_voters, votes.n_statements
    table, known = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    table[votes.voter, votes.statement] = np.where(votes.agrees, 1.0, -1.0)
    known[votes.voter, votes.statement] = True
    if passes is not None:
        known[passes] = True
    count = known.sum(axis=0)
    overall = float(table[known].mean())
    mean: Floats = np.where(count > 0, table.sum(axis=0) / np.maximum(count, 1), overall)
    centred = np.where(known, table - mean, 0.0)
    # The smaller of the two squares has the same axes and is quicker than the table itself.
    wide = shape[1] > shape[0]
    size, axes = np.linalg.eigh(centred @ centred.T if wide else centred.T @ centred)
    axes = axes[:, np.argsort(-size)][:, : max(N_COMPONENTS)]
    left, right = (axes, centred.T @ axes) if wide else (centred @ axes, axes)
    parts = np.cumsum(left[ask[0]] * right[ask[1]], axis=1)
    lines: list[Floats] = [
        mean[ask[1]] + (parts[:, min(k, parts.shape[1]) - 1] if k else 0) for k in N_COMPONENTS
    ]
    return np.stack(lines)
