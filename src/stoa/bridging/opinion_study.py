"""How well a conversation's opinions foretell votes they never saw, against the baselines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.opinion_baselines import (
    Baseline,
    principal_components,
    statement_mean,
    user_mean,
)
from stoa.bridging.opinion_stack import foretell
from stoa.bridging.opinions import OpinionConfig, Rows, Votes
from stoa.errors import BadInput
from stoa.measure import auroc, log_loss

N_PARTS = 10
"""One part of agree and disagree votes in so many is hidden before the test."""

ENOUGH_HIDDEN = 2_000
"""Where a tenth is fewer, others are hidden in turn: on 350 votes chance decides who is best."""

FEWEST_HIDDEN = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """How well probabilities foretold."""

    auroc: float
    log_loss: float


@dataclass(frozen=True, slots=True)
class OpinionStudy:
    """One conversation's figures; `settings` tells what each baseline chose on the first part."""

    ours: Quality
    baselines: dict[str, Quality]
    settings: dict[str, str]
    n_held_out: int

    @property
    def is_best(self) -> bool:
        """Whether ours beats every baseline in both figures."""
        return all(
            self.ours.auroc > other.auroc and self.ours.log_loss < other.log_loss
            for other in self.baselines.values()
        )


def study_opinions(
    votes: Votes, passes: tuple[Rows, Rows], seed: int, config: OpinionConfig | None = None
) -> OpinionStudy:
    """Hides a tenth of the votes by seed, learns the rest, and compares.

    In a small conversation this is repeated with other tenths until 2,000 votes were hidden or
    all were; figures are means over the repetitions.

    Args:
        votes: agree and disagree.
        passes: who passed on what; ours hears of it, and the components may.
        seed: of what is hidden, of the folds, and of the draws.
        config: of ours.

    Raises:
        BadInput: too few votes, or hidden ones all alike.
    """
    config = replace(config or OpinionConfig(), seed=seed)
    figures: dict[str, list[Quality]] = {}
    settings: dict[str, str] = {}
    n_hidden = 0
    for seen, hidden in _splits(votes, seed):
        n_hidden += len(hidden)
        ask = hidden.voter, hidden.statement
        ours = foretell(seen, passes, ask, config)
        baselines: dict[str, Baseline] = {
            "statement_mean": statement_mean(seen, ask, seed),
            "user_mean": user_mean(seen, ask, seed),
            "pca": principal_components(seen, ask, seed, passes),
        }
        figures.setdefault("ours", []).append(_quality(ours, hidden.agrees))
        for name, made in baselines.items():
            figures.setdefault(name, []).append(_quality(made.prob, hidden.agrees))
            settings.setdefault(name, made.setting)
    mean = {name: _mean(parts) for name, parts in figures.items()}
    return OpinionStudy(mean.pop("ours"), mean, settings, n_hidden)


def split_votes(votes: Votes, seed: int, part: int = 0) -> tuple[Votes, Votes]:
    """Votes to learn from, and one hidden tenth; tenths of one seed do not overlap.

    Raises:
        BadInput: fewer than ten would be hidden.
    """
    order = np.random.default_rng(seed).permutation(len(votes))
    is_hidden = np.arange(len(votes)) % N_PARTS == part
    if is_hidden.sum() < FEWEST_HIDDEN:
        mend = f"give at least {FEWEST_HIDDEN * N_PARTS} votes that agree or disagree"
        raise BadInput("votes", len(votes), mend)
    return votes.take(np.sort(order[~is_hidden])), votes.take(np.sort(order[is_hidden]))


def _splits(votes: Votes, seed: int) -> Iterator[tuple[Votes, Votes]]:
    """Splits until enough was hidden; a tenth whose votes are all alike ranks nothing, and is left.

    Raises:
        BadInput: too few votes, or no tenth that both agrees and disagrees.
    """
    n_hidden = 0
    for part in range(N_PARTS):
        seen, hidden = split_votes(votes, seed, part)
        if hidden.agrees.all() or not hidden.agrees.any():
            continue
        yield seen, hidden
        n_hidden += len(hidden)
        if n_hidden >= ENOUGH_HIDDEN:
            return
    if not n_hidden:
        raise BadInput("votes", "all alike", "give votes of which some agree and some disagree")


def _quality(prob: NDArray[np.float64], agrees: NDArray[np.bool_]) -> Quality:
    return Quality(auroc(prob, agrees), log_loss(prob, agrees))


def _mean(parts: list[Quality]) -> Quality:
    n = len(parts)
    return Quality(sum(p.auroc for p in parts) / n, sum(p.log_loss for p in parts) / n)
