"""What every people model is asked and answers, as columns; the models themselves stand apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
"""Of float32 throughout; what a model computes keeps the precision it is given."""

SKIM_S = 0.8  # a post scrolled past; counts for neither side
MOST_S = 180.0  # nobody stays longer on one post
ACTIONS = ("like", "repost", "reply", "follow", "click", "share", "profile_click")
"""Names of the acts of which an `Expectation` gives the chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """People meeting posts: columns that broadcast to one shape."""

    affinity: Column  # pull of the post's topic on the person, 0..1: 1 for the favourite
    style: Column  # the author's manner against the person's taste, 0..1
    value_match: Column  # cosine of the person's values and what the topic serves
    quality: Column  # 0..1
    bait: Column  # 0..1: how hard the wording pulls
    full_s: Column  # seconds that all of it takes
    self_control: Column  # 0..1
    outside: Column  # worth of the person's time elsewhere, 0..1
    mood: Column  # -1..1, by day
    leaning: Column  # 0..1: towards the second of two mixed natures
    repeats: Column  # posts of this topic read before in this sitting
    recent: Column  # posts of this topic read lately, fading by the day
    seen: Column  # 1 where this post was shown to this person before
    elapsed_s: Column  # of the sitting


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is to be expected of each meeting, as columns of one shape."""

    stop: Column  # probability of reading instead of scrolling past
    read_s: Column  # mean seconds when read
    regret: Column  # probability that having seen it is regretted
    glad: Column  # probability that one is glad of it; at most 1 - regret
    like: Column  # these: probabilities when read
    repost: Column
    reply: Column
    follow: Column
    click: Column
    share: Column
    profile_click: Column

    @property
    def seconds(self) -> Column:
        """True expected seconds of attention, T; skims count as none."""
        return self.stop * self.read_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where people stand in a sitting, right after a post."""

    read: NDArray[np.bool_]
    regretted: NDArray[np.bool_]
    glad: NDArray[np.bool_]
    unread: Column  # posts passed since the last that was read
    elapsed_s: Column
    budget_s: Column  # what they meant to spend
    self_control: Column
    outside: Column
    leaning: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """One day of each resident: zeros where absent."""

    present: NDArray[np.bool_]
    seconds: Column  # of attention
    regretted_s: Column
    read: Column  # posts
    glad: Column  # posts one was glad of, among those read
    regretted: Column  # posts, among those read
    self_control: Column
    leaning: Column


class PeopleModel(Protocol):
    """How people are: what posts do to them, when they leave, and whether they come back."""

    @property
    def name(self) -> str:
        """One of `config.PEOPLE`."""
        ...

    def expect(self, meeting: Meeting) -> Expectation:
        """What people do with posts, in expectation."""
        ...

    def leave(self, moment: Moment) -> Column:
        """Chance of closing the app now."""
        ...

    def fresh_memory(self, n: int) -> Column:
        """What n people who have just arrived remember, shape (n, k)."""
        ...

    def remember(self, memory: Column, day: Experience) -> Column:
        """Memory after one more day, shape (n, k)."""
        ...

    def come_back(self, memory: Column, self_control: Column, leaning: Column) -> Column:
        """Chance of being there tomorrow, shape (n,)."""
        ...


def sigmoid(logit: Column) -> Column:
    """The logistic function, in the precision it is given."""
    return (0.5 * (1.0 + np.tanh(0.5 * logit))).astype(np.float32)
