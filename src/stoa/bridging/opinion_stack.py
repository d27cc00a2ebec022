"""Foretells votes by several models at once, weighed by how well each foretells votes it never saw.

Stacking (Wolpert 1992): the log-odds of each model, times a weight, added. Weights are those of a
logistic regression on votes that were hidden from the models in turn, among the votes given.

Each model errs where the others do not. Passing follows opinion in some conversations and mere
haste in others; and principal components take a vote as a number, so a single voter who is out of
line moves them less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit  # pyright: ignore[reportMissingTypeStubs]

from stoa.bridging.learners import minimise
from stoa.bridging.opinion_baselines import folds, principal_components
from stoa.bridging.opinions import OpinionConfig, Rows, Votes, learn_opinions, with_passes

Floats = NDArray[np.float64]
Ask = tuple[Rows, Rows]

ENOUGH_UNSEEN = 3_000
"""Votes to hide in turn: three weights ask for no more, and a large conversation costs time."""

_PULL = 5.0  # towards the mean of ours alone, as strong as some ten undecided votes
_SURE = 1e-4


def foretell(votes: Votes, passes: Ask, ask: Ask, config: OpinionConfig | None = None) -> Floats:
    """How probably each voter of `ask` agrees, by the votes and by who passed on what.

    Stacked are the model of the votes alone; the one in which every statement asks a second
    question, whether to pass, that the same voters answer with the same factors; and principal
    components. The same arguments give the same numbers.

    Args:
        votes: agree and disagree.
        passes: rows of voters and of statements; may be empty.
        ask: rows of voters and of statements, one a pair.
        config: of ours; its seed also says which votes are hidden in turn.
    """
    config = config or OpinionConfig()
    components = principal_components(votes, ask, config.seed, passes)
    n_sweeps = config.sweeps(len(votes))
    known, inner = _unseen(votes, passes, replace(config, n_sweeps=max(2, n_sweeps // 2)))
    outer = _ours(votes, passes, ask, config)
    first = np.array([1.0 / len(outer)] * len(outer) + [0.0])
    weight, offset = stack([*inner, components.unseen[known]], votes.agrees[known], first)
    return expit(weight @ _log_odds([*outer, components.prob]) + offset)


def stack(
    probs: Sequence[Floats], agrees: NDArray[np.bool_], first: Floats
) -> tuple[Floats, float]:
    """Weights of the models' log-odds, and an offset, that foretell best.

    Args:
        probs: of each model, for votes it did not see.
        agrees: what these votes were.
        first: the weights where no vote is known; more votes move further from them.

    >>> right = np.arange(400) % 2 == 0
    >>> weight, _ = stack([np.where(right, 0.7, 0.3), np.full(400, 0.9)], right, np.array([0, 1.0]))
    >>> bool(weight[0] > 1 > abs(weight[1]))
    True
    """
    x = np.vstack([_log_odds(probs), np.ones(len(agrees))])
    sign, start = np.where(agrees, 1.0, -1.0), np.append(first, 0.0)
    n = max(len(agrees), 1)

    def loss(step: Floats) -> tuple[float, Floats]:
        margin = sign * ((start + step) @ x)
        value = (float(np.logaddexp(0, -margin).sum()) + 0.5 * _PULL * float(step @ step)) / n
        return value, (_PULL * step - x @ (sign * expit(-margin))) / n

    found = start + minimise(loss, len(start))
    return found[:-1], float(found[-1])


def _unseen(votes: Votes, passes: Ask, config: OpinionConfig) -> tuple[Rows, list[Floats]]:
    """Rows of votes that were hidden in turn, and what each of our models said of them."""
    fold = folds(len(votes), config.seed)
    rows: list[Rows] = []
    said: list[list[Floats]] = []
    for k in range(int(fold.max()) + 1):
        kept, out = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        if not len(kept) or sum(map(len, rows)) >= ENOUGH_UNSEEN:
            break
        pairs = votes.voter[out], votes.statement[out]
        said.append(_ours(votes.take(kept), passes, pairs, config))
        rows.append(out)
    if not rows:
        return np.zeros(0, dtype=np.int64), [np.zeros(0)] * (2 if len(passes[0]) else 1)
    return np.concatenate(rows), [np.concatenate(one) for one in zip(*said, strict=True)]


def _ours(votes: Votes, passes: Ask, ask: Ask, config: OpinionConfig) -> list[Floats]:
    """Probabilities by the model of votes alone and, where anybody passed, the one of both."""
    plain = learn_opinions(votes, ask, config).prob
    if not len(passes[0]):
        return [plain]
    return [plain, learn_opinions(with_passes(votes, passes), ask, config).prob]


def _log_odds(probs: Sequence[Floats]) -> Floats:
    return np.stack([logit(np.clip(prob, _SURE, 1 - _SURE)) for prob in probs])
