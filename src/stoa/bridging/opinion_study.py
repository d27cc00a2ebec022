"""How well a conversation's opinions foretell votes they never saw, against the baselines."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.opinion_baselines import (
    Baseline,
    principal_components,
    statement_mean,
    user_mean,
)
from stoa.bridging.opinions import OpinionConfig, Rows, Votes, foretell
from stoa.errors import BadInput
from stoa.measure import auroc, log_loss

HELD_OUT = 0.1
"""Share of agree and disagree votes that nobody sees before the test."""

FEWEST_HELD_OUT = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """How well probabilities foretold."""

    auroc: float
    log_loss: float


@dataclass(frozen=True, slots=True)
class OpinionStudy:
    """One conversation's figures; `settings` tells what each baseline chose for itself."""

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

    Args:
        votes: agree and disagree.
        passes: who passed on what; ours hears of it, and the components may.
        seed: of what is hidden, of the folds, and of the draws.
        config: of ours.

    Raises:
        BadInput: too few votes, or hidden ones all alike.
    """
    seen, hidden = split_votes(votes, seed)
    ask = hidden.voter, hidden.statement
    config = replace(config or OpinionConfig(), seed=seed)
    ours = foretell(seen, passes, ask, config)
    baselines: dict[str, Baseline] = {
        "statement_mean": statement_mean(seen, ask, seed),
        "user_mean": user_mean(seen, ask, seed),
        "pca": principal_components(seen, ask, seed, passes),
    }
    return OpinionStudy(
        ours=_quality(ours, hidden.agrees),
        baselines={name: _quality(made.prob, hidden.agrees) for name, made in baselines.items()},
        settings={name: made.setting for name, made in baselines.items()},
        n_held_out=len(hidden),
    )


def split_votes(votes: Votes, seed: int) -> tuple[Votes, Votes]:
    """Votes to learn from, and the hidden tenth.

    Raises:
        BadInput: fewer than ten would be hidden, or they are all alike.
    """
    order = np.random.default_rng(seed).permutation(len(votes))
    n_hidden = round(HELD_OUT * len(votes))
    if n_hidden < FEWEST_HELD_OUT:
        mend = f"give at least {round(FEWEST_HELD_OUT / HELD_OUT)} votes that agree or disagree"
        raise BadInput("votes", len(votes), mend)
    hidden = votes.take(np.sort(order[:n_hidden]))
    if hidden.agrees.all() or not hidden.agrees.any():
        raise BadInput("votes", "all alike", "give votes of which some agree and some disagree")
    return votes.take(np.sort(order[n_hidden:])), hidden


def _quality(prob: NDArray[np.float64], agrees: NDArray[np.bool_]) -> Quality:
    return Quality(auroc(prob, agrees), log_loss(prob, agrees))
