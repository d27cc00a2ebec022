"""A hostile minority among raters of notes: what it can show or suppress, under whose rules.

An attack of one size puts about as many false ratings on a target whatever its form: a tenth of all
raters, each on half of the targets, is 83 of them beside 50 honest ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.cliques import quasi_cliques
from stoa.bridging.ensemble import CORE
from stoa.bridging.run import prescore_all, score_all
from stoa.bridging.scorers import Scope, ScorerConfig
from stoa.errors import BadInput
from stoa.note_records import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    NotesData,
    RatingTable,
    RunTimes,
    Status,
    tag_bit,
)
from stoa.town.raters import NOW_MS, Kind, RaterTown, enrolled, given_tags

SQUARE: ScorerConfig = replace(CORE, scope=Scope())
"""The core model for a square of one community: everybody is heard, on every topic."""

EFFORT = 0.5
N_PUSHED, N_SUPPRESSED = 20, 20
BUILD_UP = 60  # honest ratings by which an attacker earns its reputation
RING = 10  # accounts that copy one another
TARGET_AGE = (1, 13)  # days
LEAST_RATINGS = 5

Mask = NDArray[np.bool_]


class Attack(StrEnum):
    """How the minority goes about it."""

    NONE = "none"
    PUPPETS = "puppets"  # earn a reputation on both sides first, then act, each at its own time
    SILENT = "silent"  # as puppets, but they give no reason for what they suppress
    RINGS = "rings"  # as puppets, but ten at a time copy their leader within minutes
    FLOOD = "flood"  # fewer accounts, no reputation, every target, and much else


@dataclass(frozen=True, slots=True)
class Strike:
    """One attack of one size."""

    attack: Attack
    share: float  # of all raters who are attackers
    effort: float = EFFORT  # share of the targets that each of them rates

    def __post_init__(self) -> None:
        if not 0 <= self.share < 1:
            raise BadInput("share", self.share, "give a share from 0 to below 1")
        if not 0 <= self.effort <= 1:
            raise BadInput("effort", self.effort, "give a share from 0 to 1")


@dataclass(frozen=True, slots=True)
class Targets:
    """Rows of the attacked notes."""

    pushed: NDArray[np.int64]  # slanted and wrong notes that are to be shown
    suppressed: NDArray[np.int64]  # fair notes that are to vanish


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shares of the attacked notes, and of all others, that came out wrongly."""

    wrongly_shown: float  # of the pushed
    wrong_shown: float  # of those of the pushed that are wrong, not merely slanted
    wrongly_suppressed: float  # of the suppressed: not shown
    others_wrongly_shown: float
    others_wrongly_suppressed: float


def choose_targets(town: RaterTown, seed: int) -> Targets:
    """Recent notes: as many slanted as wrong ones to push, and fair ones to suppress."""
    random = np.random.default_rng([seed, 78])
    age = (NOW_MS - town.data.notes.created_ms) / DAY_MS
    recent = (age >= TARGET_AGE[0]) & (age <= TARGET_AGE[1])

    def some(kind: Kind, n: int) -> NDArray[np.int64]:
        rows = np.flatnonzero(recent & (town.kind == kind))
        return random.permutation(rows)[:n]

    pushed = np.concatenate([some(Kind.SLANTED, N_PUSHED // 2), some(Kind.WRONG, N_PUSHED // 2)])
    return Targets(pushed, some(Kind.FAIR, N_SUPPRESSED))


def attacked(town: RaterTown, targets: Targets, strike: Strike, seed: int) -> NotesData:
    """What the scorer sees, false accounts and their ratings among the honest ones."""
    n_honest = len(town.data.contributors)
    n = round(strike.share / (1 - strike.share) * n_honest)
    if strike.attack is Attack.NONE or n == 0:
        return town.data
    random = np.random.default_rng([seed, 79])
    make = _flood if strike.attack is Attack.FLOOD else _puppets
    note, account, at_ms, level, tags = make(town, targets, strike, n, random)
    ours = town.data.ratings
    both = RatingTable(
        note=np.concatenate([ours.note, note.astype(np.int32)]),
        rater=np.concatenate([ours.rater, (n_honest + account).astype(np.int32)]),
        at_ms=np.concatenate([ours.at_ms, at_ms]),
        level=np.concatenate([ours.level, level]),
        tags=np.concatenate([ours.tags, tags]),
        sampled=np.zeros(len(ours) + len(note), dtype=np.bool_),
    )
    both = both.take(both.at_ms < NOW_MS)
    order = np.lexsort((both.rater, both.note))
    return replace(
        town.data,
        contributors=enrolled(n_honest + int(account.max()) + 1),
        ratings=both.take(order.astype(np.int64)),
    )


_Made = tuple[
    NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int8], NDArray[np.uint32]
]
"""note, account, time, level, tags of false accounts' ratings."""


def _puppets(
    town: RaterTown, targets: Targets, strike: Strike, n: int, random: np.random.Generator
) -> _Made:
    """Accounts that agree with outcomes, half with the leaning of either side, then strike.

    Of a ring only the leader chooses; the others rate the same notes alike within five minutes.
    """
    ring = RING if strike.attack is Attack.RINGS else 1
    n_leaders = -(-n // ring)
    targeted = np.concatenate([targets.pushed, targets.suppressed])
    free = np.setdiff1d(np.arange(len(town.kind)), targeted)
    side = np.where(np.arange(n_leaders) % 2, 1.0, -1.0)
    rows: list[NDArray[np.int64]] = []
    for leader in range(n_leaders):
        built = random.choice(free, size=min(BUILD_UP, len(free)), replace=False)
        struck = targeted[random.random(len(targeted)) < strike.effort]
        both = np.concatenate([built, struck])
        rows.append(np.stack([both, np.full(len(both), leader)]))
    note, leader = np.concatenate(rows, axis=1)
    level = _outwardly_honest(town, note, side[leader], random)
    level = np.where(np.isin(note, targets.pushed), 2, level)
    level = np.where(np.isin(note, targets.suppressed), 0, level).astype(np.int8)
    at_ms = town.data.notes.created_ms[note] + random.integers(
        10 * MINUTE_MS, 24 * HOUR_MS, size=len(note)
    )
    # Every member of the ring repeats every row of its leader.
    note, leader, at_ms = (np.repeat(a, ring) for a in (note, leader, at_ms))
    level = np.repeat(level, ring)
    member = np.tile(np.arange(ring), len(note) // ring)
    account = leader * ring + member
    at_ms = at_ms + np.where(member > 0, random.integers(0, 5 * MINUTE_MS, len(note)), 0)
    kept = account < n
    note, account, at_ms = (a[kept] for a in (note, account, at_ms))
    level = level[kept]
    tags = _tags(town, targets, note, level, random)
    if strike.attack is Attack.SILENT:
        tags[np.isin(note, targets.suppressed)] = 0
    return note, account, at_ms, level, tags


def _flood(
    town: RaterTown, targets: Targets, strike: Strike, n: int, random: np.random.Generator
) -> _Made:
    """Few accounts that rate every target and two fifths of all else, by the taste of one side."""
    targeted = np.concatenate([targets.pushed, targets.suppressed])
    n = max(1, round(n * strike.effort))
    side = np.where(np.arange(n) % 2, 1.0, -1.0)
    rated = random.random((n, len(town.kind))) < 0.4
    rated[:, targeted] = True
    account, note = np.nonzero(rated)
    likes = (town.slant[note, 0] * side[account] > 0) | (random.random(len(note)) < 0.3)
    level = np.where(likes, 2, 0)
    level = np.where(np.isin(note, targets.pushed), 2, level)
    level = np.where(np.isin(note, targets.suppressed), 0, level).astype(np.int8)
    delay = random.integers(MINUTE_MS, 24 * HOUR_MS, size=len(note))
    at_ms = town.data.notes.created_ms[note] + delay
    return note, account, at_ms, level, _tags(town, targets, note, level, random)


def _outwardly_honest(
    town: RaterTown,
    note: NDArray[np.int64],
    side: NDArray[np.float64],
    random: np.random.Generator,
) -> NDArray[np.int8]:
    """Levels that agree with what a note is worth, and on slanted notes with one's feigned side."""
    kind = town.kind[note]
    with_side = (town.slant[note] @ np.array([1.0, 0.3])) * side > 0
    likes = (kind == Kind.FAIR) | ((kind == Kind.SLANTED) & with_side)
    slips = random.random(len(note)) < 0.03
    return np.where(likes ^ slips, 2, 0).astype(np.int8)


def _tags(
    town: RaterTown,
    targets: Targets,
    note: NDArray[np.int64],
    level: NDArray[np.int8],
    random: np.random.Generator,
) -> NDArray[np.uint32]:
    """Reasons as honest raters give them; on the suppressed, those that filters listen to."""
    tags = given_tags(level, town.kind[note] == Kind.WRONG, random)
    strikes = np.isin(note, targets.suppressed) & (random.random(len(note)) < 0.8)
    tags[strikes] |= np.uint32(
        tag_bit("notHelpfulIncorrect") | tag_bit("notHelpfulSourcesMissingOrUnreliable")
    )
    return tags


def shown_by_stoa(data: NotesData) -> Mask:
    """(n_notes,) shown by a whole run: coordinated raters, reputation, rules, merge.

    A note newly rated helpful waits an hour where flips cannot be foreseen, so the run is repeated
    two hours later.
    """
    made = prescore_all(data, scorers=(SQUARE,))
    first = score_all(data, made, _times(NOW_MS), scorers=(SQUARE,))
    later = replace(data, history=first.history)
    second = score_all(later, made, _times(NOW_MS + 2 * HOUR_MS), scorers=(SQUARE,))
    return second.meta.status == Status.CURRENTLY_RATED_HELPFUL


def without_cliques(data: NotesData) -> NotesData:
    """The data without ratings of quasi-cliques, whom the published rules flag but still hear."""
    clique = quasi_cliques(data.notes, data.ratings, len(data.contributors)).value
    return replace(data, ratings=data.ratings.take(clique[data.ratings.rater] == 0))


def shown_by_majority(data: NotesData, least_share: float) -> Mask:
    """(n_notes,) shown where that share of at least five raters says helpful."""
    n_notes = len(data.notes)
    count = np.bincount(data.ratings.note, minlength=n_notes)
    helpful = np.bincount(data.ratings.note, weights=data.ratings.helpful, minlength=n_notes)
    return (count >= LEAST_RATINGS) & (helpful >= least_share * np.maximum(count, 1))


def judge(town: RaterTown, targets: Targets, shown: Mask) -> Outcome:
    """What came out wrongly, of the targets and of all other notes."""
    untouched = np.ones(len(shown), dtype=np.bool_)
    untouched[np.concatenate([targets.pushed, targets.suppressed])] = False
    bad = (town.kind == Kind.SLANTED) | (town.kind == Kind.WRONG)
    wrong = targets.pushed[town.kind[targets.pushed] == Kind.WRONG]
    return Outcome(
        wrongly_shown=float(shown[targets.pushed].mean()),
        wrong_shown=float(shown[wrong].mean()),
        wrongly_suppressed=float(1 - shown[targets.suppressed].mean()),
        others_wrongly_shown=float(shown[untouched & bad].mean()),
        others_wrongly_suppressed=float(1 - shown[untouched & (town.kind == Kind.FAIR)].mean()),
    )


def _times(now_ms: int) -> RunTimes:
    return RunTimes(now_ms, now_ms - 2 * HOUR_MS, now_ms)
