"""What a feed gets to see of a passage: acts, answers and late signs, each with its own noise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from stoa.records import SECOND_US, EventKind
from stoa.space.learning_log import Answer
from stoa.town.chance import normals, uniforms
from stoa.town.society.sitting import Passage
from stoa.town.society.world import World


class MoreActs(IntEnum):
    """Acts that no `EventKind` names; their bits in `ImpressionColumns.acts` lie above its own."""

    SHARE = 24
    PROFILE_CLICK = 25


_GLAD_ACTS: tuple[tuple[str, int], ...] = (
    ("like", EventKind.LIKE),
    ("repost", EventKind.REPOST),
    ("reply", EventKind.REPLY),
    ("follow", EventKind.FOLLOW),
    ("click", EventKind.CLICK),
    ("share", MoreActs.SHARE),
    ("profile_click", MoreActs.PROFILE_CLICK),
)
_SORRY_ACTS: tuple[tuple[EventKind, float, float], ...] = (
    # kind, share of what was read and regretted, share of all else (slips of the finger)
    (EventKind.SHOW_LESS, 0.05, 0.0005),
    (EventKind.NOT_INTERESTED, 0.03, 0.0005),
    (EventKind.MUTE, 0.008, 0.0001),
    (EventKind.BLOCK, 0.005, 0.0001),
    (EventKind.REPORT, 0.003, 0.0),
)
_PASSED = 0.3  # how often what was only glanced at is marked, against what was read
_OUTSPOKEN = 0.7  # log-normal spread of how readily people mark what they regret
_LATE = (0.25, 0.03)  # undone, unfollowed or left at once: of regretted reads, of others
_SOONEST_S, _LATEST_S = 300.0, 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Columns beside a passage's own: what followed each showing, as far as it can be seen."""

    acts: NDArray[np.uint32]
    asked: NDArray[np.bool_]
    answer: NDArray[np.int8]
    delayed: NDArray[np.int8]  # as it will be known at `delayed_us`
    delayed_us: NDArray[np.int64]


def observe(world: World, passage: Passage) -> Observed:
    """Draws everything a feed may see of a passage."""
    seed = world.config.seed
    who = passage.viewer.astype(np.int64)
    key = world.shelf.hidden["key"][passage.post]

    def chance(salt: str) -> NDArray[np.float64]:
        return uniforms(seed, salt, who, key)

    acts = np.zeros(len(passage), dtype=np.uint32)
    for name, kind in _GLAD_ACTS:
        done = passage.read & (chance(name) < passage.chance[name])
        acts |= np.where(done, np.uint32(1 << kind), np.uint32(0))
    outspoken = np.exp(_OUTSPOKEN * normals(seed, "outspoken", who) - _OUTSPOKEN**2 / 2)
    care = outspoken * np.where(passage.read, 1.0, _PASSED)
    for kind, share, slips in _SORRY_ACTS:
        done = chance(kind.name) < np.where(passage.regretted, share * care, slips)
        acts |= np.where(done, np.uint32(1 << kind), np.uint32(0))
    asked, answer = _survey(world, passage, chance)
    late = chance("late") < np.where(passage.regretted, *_LATE)
    wait_s = _SOONEST_S * (_LATEST_S / _SOONEST_S) ** chance("wait")
    return Observed(
        acts=acts,
        asked=asked,
        answer=answer,
        delayed=(late & passage.read).astype(np.int8),
        delayed_us=passage.at_us + (wait_s * SECOND_US).astype(np.int64),
    )


def _survey(world: World, passage: Passage, chance) -> tuple[NDArray, NDArray]:
    """Who was asked, and the answers: withheld by some, the more the worse their mood; flipped."""
    config = world.config
    asked = chance("asked") < config.survey_share
    willing = np.minimum(config.answered * (1.0 + 0.2 * world.mood[passage.viewer]), 1.0)
    answered = asked & (chance("answers") < willing)
    flipped = chance("flips") < config.flipped
    sorry = passage.regretted ^ flipped
    pleased = passage.glad | (passage.regretted & (chance("mistaken") < 0.5))
    said = np.where(sorry, Answer.REGRET, np.where(pleased, Answer.GLAD, Answer.NEITHER))
    return asked, np.where(answered, said, Answer.NONE).astype(np.int8)
