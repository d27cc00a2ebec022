"""Where voters stand on the two axes that divide a conversation most, and in which groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr  # pyright: ignore[reportMissingTypeStubs]  # SciPy ships none

from stoa.bridging.opinions import OpinionConfig, Opinions, Votes, learn_opinions

Floats = NDArray[np.float64]

MOST_GROUPS = 5
_N_STARTS = 10
_MOST_ROUNDS = 100
_SMALLEST_SHARE = 0.05
N_TOLD = 3


@dataclass(frozen=True, slots=True)
class OpinionGroup:
    """People who vote alike; statements are rows, most telling first."""

    size: int
    centre: tuple[float, float]
    for_it: tuple[int, ...]  # statements it agrees with far more than the others do
    against_it: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpinionMap:
    """A conversation on a plane. Groups are by size, largest first."""

    position: Floats  # (n_voters, 2)
    group: NDArray[np.int64]  # (n_voters,)
    groups: tuple[OpinionGroup, ...]
    agreed: tuple[int, ...]  # statements that every group agrees with most
    prob: Floats  # (n_groups, n_statements) share of each group that would agree


def draw_map(
    votes: Votes, is_shown: NDArray[np.bool_], config: OpinionConfig | None = None
) -> OpinionMap:
    """Learns all votes and places every voter.

    Args:
        votes: agree and disagree.
        is_shown: (n_statements,) statements that may be named; all are learned from.
        config: how much to try; its seed also starts the search for groups.
    """
    config = config or OpinionConfig()
    nothing = np.empty(0, dtype=np.int64)
    learned = learn_opinions(votes, (nothing, nothing), config)
    position = plane(learned)
    heard = np.bincount(votes.voter, minlength=votes.n_voters) > 0
    group = np.zeros(votes.n_voters, dtype=np.int64)
    group[heard] = opinion_groups(position[heard], config.seed)
    if not heard.all():
        centres = np.stack([position[heard & (group == g)].mean(axis=0) for g in np.unique(group)])
        group[~heard] = _nearest(position[~heard], centres)
    n_groups = int(group.max()) + 1
    prob = np.stack([_would_agree(learned, np.flatnonzero(group == g)) for g in range(n_groups)])
    voted = np.bincount(votes.statement, minlength=votes.n_statements) > 0
    named = np.flatnonzero(is_shown & voted)
    groups = tuple(_group(g, position, group, prob, named) for g in range(n_groups))
    agreed = named[np.argsort(-prob[:, named].min(axis=0), kind="stable")][:N_TOLD]
    return OpinionMap(position, group, groups, tuple(agreed.tolist()), prob)


def plane(learned: Opinions) -> Floats:
    """(n_voters, 2) positions along the two widest axes, in units of how much each axis divides.

    With one factor the second coordinate is how readily a voter agrees.
    """
    scale = np.sqrt((learned.statement_factor**2).mean(axis=0))
    scaled = learned.voter_factor * scale
    if scaled.shape[1] == 1:
        return np.column_stack([scaled[:, 0], learned.voter_intercept])
    return scaled[:, :2].copy()


def opinion_groups(position: Floats, seed: int) -> NDArray[np.int64]:
    """The group of each voter, 0 for the largest: k-means with the number that parts them best.

    From two to five groups, none smaller than one voter in twenty; the number of the highest
    silhouette, measured to group centres.
    """
    best, best_score = np.zeros(len(position), dtype=np.int64), -np.inf
    for k in range(2, min(MOST_GROUPS, len(np.unique(position, axis=0))) + 1):
        label, centres = _k_means(position, k, seed)
        sizes = np.bincount(label, minlength=k)
        if k > 2 and sizes.min() < _SMALLEST_SHARE * len(position):
            continue
        score = _silhouette(position, label, centres)
        if score > best_score:
            order = np.argsort(-sizes, kind="stable")
            best, best_score = np.argsort(order)[label], score
    return best


def _k_means(position: Floats, k: int, seed: int) -> tuple[NDArray[np.int64], Floats]:
    """Labels and centres of the tightest of ten runs, each begun far apart (k-means++)."""
    random = np.random.default_rng([seed, k])
    best: tuple[float, NDArray[np.int64], Floats] | None = None
    for _ in range(_N_STARTS):
        centres = position[random.integers(len(position), size=1)]
        while len(centres) < k:
            gap = _square_distance(position, centres).min(axis=1)
            pick = random.choice(len(position), p=gap / gap.sum())
            centres = np.vstack([centres, position[pick]])
        label = _nearest(position, centres)
        for _ in range(_MOST_ROUNDS):
            centres = np.stack(
                [
                    position[label == g].mean(axis=0) if (label == g).any() else centres[g]
                    for g in range(k)
                ]
            )
            new = _nearest(position, centres)
            if (new == label).all():
                break
            label = new
        cost = float(_square_distance(position, centres).min(axis=1).sum())
        if best is None or cost < best[0]:
            best = cost, label, centres
    assert best is not None
    return best[1], best[2]


def _square_distance(position: Floats, centres: Floats) -> Floats:
    return ((position[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)


def _nearest(position: Floats, centres: Floats) -> NDArray[np.int64]:
    return _square_distance(position, centres).argmin(axis=1)


def _silhouette(position: Floats, label: NDArray[np.int64], centres: Floats) -> float:
    """Mean of (gap to the next centre - gap to one's own) / the larger."""
    gap = np.sqrt(_square_distance(position, centres))
    own = gap[np.arange(len(label)), label]
    gap[np.arange(len(label)), label] = np.inf
    other = gap.min(axis=1)
    return float(((other - own) / np.maximum(np.maximum(other, own), 1e-12)).mean())


def _would_agree(learned: Opinions, members: NDArray[np.int64]) -> Floats:
    """(n_statements,) mean probability of agreeing over members."""
    leaning = learned.voter_factor[members] @ learned.statement_factor.T
    leaning += learned.voter_intercept[members][:, None] + learned.statement_intercept
    return ndtr(leaning).mean(axis=0)


def _group(
    g: int,
    position: Floats,
    group: NDArray[np.int64],
    prob: Floats,
    named: NDArray[np.int64],
) -> OpinionGroup:
    inside = group == g
    centre = position[inside].mean(axis=0)
    apart = np.zeros(len(named))
    if len(prob) > 1:
        apart = prob[g, named] - np.delete(prob[:, named], g, axis=0).mean(axis=0)
    order = named[np.argsort(-apart, kind="stable")]
    return OpinionGroup(
        size=int(inside.sum()),
        centre=(float(centre[0]), float(centre[1])),
        for_it=tuple(order[:N_TOLD].tolist()),
        against_it=tuple(order[::-1][:N_TOLD].tolist()),
    )
