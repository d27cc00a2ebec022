"""Raters with viewpoints, and invented notes of which it is known what they are worth.

    u(rater, note) = quality + 1.15 slant . position + leniency + luck

A rating is helpful where u > 0.32, somewhat helpful where u > 0.10, else not helpful. A fair note
is right and leans nowhere; a slanted one pleases one side only; a wrong one is wrong whoever
looks. With two viewpoints positions lie on a line, with four on the corners of a square, so that
one axis cannot tell all of them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.note_records import (
    DAY_MS,
    HOUR_MS,
    NO_GROUP,
    NO_TIME,
    SNOWFLAKE_EPOCH_MS,
    Classification,
    Contributors,
    Enrollment,
    NotesData,
    NoteTable,
    RatingTable,
    Status,
    StatusHistory,
    tag_bit,
)

NOW_MS = 1_784_073_600_000  # 15 July 2026
_SLANT, _PULL = 1.15, 0.8
_HELPFUL_ABOVE, _SOMEWHAT_ABOVE = 0.32, 0.10
_DELAY_H, _DELAY_SPREAD = 7.0, 1.15
_CALMEST = 0.2

_TAG_PROBS = {
    "helpfulClear": 0.5,
    "helpfulGoodSources": 0.45,
    "helpfulInformative": 0.4,
    "notHelpfulNoteNotNeeded": 0.34,
    "notHelpfulOpinionSpeculationOrBias": 0.28,
    "notHelpfulSourcesMissingOrUnreliable": 0.26,
    "notHelpfulIncorrect": 0.16,
}
_INCORRECT_IF_WRONG = 0.6


class Kind(IntEnum):
    """What a note is worth. Only FAIR ones should be shown."""

    FAIR = 0
    SLANTED = 1
    WRONG = 2
    DULL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterTownConfig:
    """A town of raters and everything they wrote and rated."""

    seed: int = 0
    raters: int = 1_500
    notes: int = 900
    ratings_per_note: float = 50.0
    viewpoints: int = 2  # or 4
    centrists: float = 0.14
    noisy: float = 0.05  # share that rates at random
    days: int = 80
    shares: tuple[float, float, float, float] = (0.4, 0.3, 0.2, 0.1)  # of each Kind

    def __post_init__(self) -> None:
        if self.viewpoints not in (2, 4):
            raise BadInput("viewpoints", self.viewpoints, "give 2 or 4")


@dataclass(frozen=True, slots=True)
class RaterTown:
    """What the scorer may see, and what only the town knows."""

    data: NotesData
    kind: NDArray[np.int8]  # (n_notes,) Kind
    slant: NDArray[np.float64]  # (n_notes, 2)
    position: NDArray[np.float64]  # (n_raters, 2)


def make_rater_town(config: RaterTownConfig) -> RaterTown:
    """The town of a seed; the same configuration always gives the same ratings."""
    random = np.random.default_rng([config.seed, 77])
    position = _positions(config, random)
    kind = random.choice(4, size=config.notes, p=config.shares).astype(np.int8)
    quality = random.normal(np.array([0.95, 0.0, -0.85, 0.05])[kind], 0.18)
    slant = random.normal(0, 0.14, (config.notes, 2))
    corner = _corners(config.viewpoints)
    axis = corner[random.integers(len(corner), size=config.notes)]
    slanted = kind == Kind.SLANTED
    slant[slanted] = axis[slanted] / np.linalg.norm(axis[slanted], axis=1, keepdims=True)
    if config.viewpoints == 2:
        slant[:, 1] = 0.0
    created = np.sort(
        NOW_MS - (random.random(config.notes) * config.days * DAY_MS).astype(np.int64)
    )
    created -= HOUR_MS
    activity = np.maximum(random.lognormal(0, 0.8, config.raters), _CALMEST)
    popularity = random.lognormal(0, 0.4, config.notes)
    expected = np.outer(popularity / popularity.mean(), activity / activity.sum())
    rated = random.random(expected.shape) < expected * config.ratings_per_note
    author = random.integers(config.raters, size=config.notes)
    rated[np.arange(config.notes), author] = False
    note, rater = np.nonzero(rated)
    u = quality[note] + _SLANT * (slant[note] * position[rater]).sum(axis=1)
    u += random.normal(0, 0.12, config.raters)[rater] + random.normal(0, 0.33, len(note))
    noisy = random.random(config.raters) < config.noisy
    u[noisy[rater]] = random.normal(0, 0.8, int(noisy[rater].sum()))
    level = np.where(u > _HELPFUL_ABOVE, 2, np.where(u > _SOMEWHAT_ABOVE, 1, 0)).astype(np.int8)
    delay = random.lognormal(np.log(_DELAY_H * HOUR_MS), _DELAY_SPREAD, len(note)).astype(np.int64)
    ratings = RatingTable(
        note=note.astype(np.int32),
        rater=rater.astype(np.int32),
        at_ms=created[note] + 30_000 + delay,
        level=level,
        tags=given_tags(level, kind[note] == Kind.WRONG, random),
        sampled=np.zeros(len(note), dtype=np.bool_),
    )
    data = NotesData(
        contributors=enrolled(config.raters),
        notes=_notes(created, author),
        history=no_history(config.notes),
        ratings=ratings.take(ratings.at_ms < NOW_MS),
    )
    return RaterTown(data, kind, slant, position)


def given_tags(
    level: NDArray[np.int8], is_wrong: NDArray[np.bool_], random: np.random.Generator
) -> NDArray[np.uint32]:
    """Reasons as people give them: praise with a helpful rating, blame with any other."""
    tags = np.zeros(len(level), dtype=np.uint32)
    for name, prob in _TAG_PROBS.items():
        praise = name.startswith("helpful")
        chance = np.full(len(level), prob)
        if name == "notHelpfulIncorrect":
            chance[is_wrong] = _INCORRECT_IF_WRONG
        given = (random.random(len(level)) < chance) & ((level == 2) == praise)
        tags[given] |= np.uint32(tag_bit(name))
    return tags


def enrolled(n: int) -> Contributors:
    """So many contributors of no group, all earned in."""
    return Contributors(
        name=np.array([f"R{i:06}" for i in range(n)], dtype=object),
        enrolled=np.ones(n, dtype=np.bool_),
        state=np.full(n, Enrollment.EARNED_IN, dtype=np.int8),
        needed=np.full(n, 5, dtype=np.int64),
        changed_ms=np.full(n, NO_TIME, dtype=np.int64),
        earned_out_ms=np.ones(n, dtype=np.int64),
        group=np.full(n, NO_GROUP, dtype=np.int16),
        times_earned_out=np.zeros(n, dtype=np.int64),
    )


def no_history(n: int) -> StatusHistory:
    """Notes that no run has seen yet."""
    none = np.full(n, Status.NONE, dtype=np.int8)
    never = np.full(n, NO_TIME, dtype=np.int64)
    nowhere = np.full(n, NO_GROUP, dtype=np.int16)
    return StatusHistory(
        known=np.zeros(n, dtype=np.bool_),
        first_status_ms=never,
        first_status=none,
        current_ms=never,
        current=none,
        latest_status_ms=never,
        latest_status=none,
        locked_ms=never,
        locked=none,
        retro_lock_ms=never,
        core=none,
        expansion=none,
        group_status=none,
        decided_by=np.full(n, "", dtype=object),
        group=nowhere,
        changed_ms=never,
        window_ms=never,
        multi_group_status=none,
        multi_group=nowhere,
        final_output_minute=never,
        first_window_ms=never,
        above_pcrh_ms=never,
    )


def _positions(config: RaterTownConfig, random: np.random.Generator) -> NDArray[np.float64]:
    corner = _corners(config.viewpoints)
    at = corner[random.integers(len(corner), size=config.raters)]
    at[random.random(config.raters) < config.centrists] = 0.0
    position = at * _PULL + random.normal(0, 0.2, at.shape)
    if config.viewpoints == 2:
        position[:, 1] = 0.0
    return position


def _corners(viewpoints: int) -> NDArray[np.float64]:
    if viewpoints == 2:
        return np.array([[-1.0, 0.0], [1.0, 0.0]])
    return np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])


def _notes(created: NDArray[np.int64], author: NDArray[np.int64]) -> NoteTable:
    """Notes by id, each on a post of its own."""
    n = len(created)
    note_id = ((created - SNOWFLAKE_EPOCH_MS) << 22) + np.arange(n)
    return NoteTable(
        id=note_id,
        author=author.astype(np.int32),
        created_ms=created,
        post=((created - HOUR_MS - SNOWFLAKE_EPOCH_MS) << 22) + np.arange(n),
        classification=np.full(n, Classification.MISLEADING, dtype=np.int8),
        summary=np.full(n, "the claim lacks its context", dtype=object),
    )
