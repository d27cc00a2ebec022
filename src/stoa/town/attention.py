"""The people model: what a person does with a post that passes their eyes, in expectation.

The equations are explained, with their sources, in docs/explanation/town.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SKIM_S = 0.8  # a post scrolled past
MOST_S = 180.0  # nobody stays longer on one post


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleModel:
    """Constants of the people model; the default is the one the town's papers suggest."""

    friend_pull: float = 0.3  # what a close friend's name adds to a topic's pull
    plain_share: float = 0.2  # share of a topic's pull that even the worst post keeps
    satiation: float = 0.85  # pull left after each repeat of a topic beyond the second
    mood_control: float = 0.15  # self-control won or lost with the mood
    bait_pull: float = 0.9
    linger_s: float = 10.0  # reading on in a good thread
    hook_s: float = 14.0  # seconds that bait takes from a person without self-control
    regret_base: float = -3.2  # log-odds of regret for a plain post
    regret_bait: float = 5.0
    regret_value: float = 2.5  # per unit of value match below `plain_match`
    plain_match: float = 0.45
    regret_repeat: float = 0.5  # per repeat of a topic beyond the second in a session
    regret_genuine: float = 1.5  # what one truly cared about is rarely regretted
    regret_mood: float = 0.3
    like_genuine: float = 0.8
    like_bait: float = 0.3


@dataclass(frozen=True, slots=True)
class Meeting:
    """People meeting posts, as columns of equal length."""

    affinity: NDArray[np.float64]  # pull of the post's topic on the person, 0..1
    understood: NDArray[np.bool_]  # the person reads its language
    closeness: NDArray[np.float64]  # tie to its author, 0..1
    value_match: NDArray[np.float64]
    self_control: NDArray[np.float64]
    mood: NDArray[np.float64]
    repeats: NDArray[np.float64]  # posts of the same topic read before in this session
    quality: NDArray[np.float64]
    bait: NDArray[np.float64]
    full_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is to be expected of each meeting, as columns."""

    genuine: NDArray[np.float64]  # pull of what the person cares about, 0..1
    hook: NDArray[np.float64]  # pull of the wording, 0..1
    stop: NDArray[np.float64]  # probability of reading instead of scrolling past
    read_s: NDArray[np.float64]  # mean seconds when read
    regret: NDArray[np.float64]  # probability of regret when read
    like: NDArray[np.float64]  # these three: probabilities when read
    repost: NDArray[np.float64]
    reply: NDArray[np.float64]


def expect(meeting: Meeting, model: PeopleModel) -> Expectation:
    """What people do with posts, in expectation."""
    beyond = np.maximum(meeting.repeats - 2.0, 0.0)
    pull = np.minimum(meeting.affinity + model.friend_pull * meeting.closeness, 1.0)
    worth = model.plain_share + (1 - model.plain_share) * meeting.quality
    genuine = meeting.understood * pull * worth * model.satiation**beyond
    control = np.clip(meeting.self_control + model.mood_control * meeting.mood, 0.05, 0.95)
    hook = meeting.understood * meeting.bait * (1 - control) * (0.4 + 0.6 * meeting.affinity)
    read_s = (
        meeting.full_s * (0.35 + 0.65 * np.maximum(genuine, hook))
        + model.linger_s * genuine**2
        + model.hook_s * hook
    )
    regret = _sigmoid(
        model.regret_base
        + model.regret_bait * meeting.bait
        + model.regret_value * (model.plain_match - meeting.value_match)
        + model.regret_repeat * beyond
        - model.regret_genuine * genuine
        - model.regret_mood * meeting.mood
    )
    valued = 0.4 + 0.6 * meeting.value_match
    return Expectation(
        genuine=genuine,
        hook=hook,
        stop=0.01 + 0.98 * (1 - (1 - 0.95 * genuine) * (1 - model.bait_pull * hook)),
        read_s=np.minimum(read_s, MOST_S),
        regret=regret,
        like=model.like_genuine * genuine**1.5 * valued + model.like_bait * hook,
        repost=0.12 * genuine**2 + 0.08 * hook,
        reply=0.03 * genuine + 0.1 * hook,
    )


def _sigmoid(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-logit))
