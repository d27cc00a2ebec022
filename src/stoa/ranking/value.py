"""The value of a showing in seconds, and what it is made of.

    U = E[T] (1 - (1 + kappa') R) + sum_a P(a) s_a

T is attention, R the chance that the viewer wishes the post had not been shown, s_a what an action
adds to unregretted seconds over the coming weeks (`return_model`). Nothing else enters, but while a
ranker has learned from little: then a share of the value is the guess of the first version
(`leaning`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.ranking.heads import ACTIONS, N_ACTIONS
from stoa.ranking.readout import Readout

Floats = NDArray[np.float64]

WORTHS = (*(kind.name.lower() for kind in ACTIONS), "glad")
"""Everything that may be worth seconds: the actions, and being glad."""

PRIOR_LIKE_S = 60.0
"""Seconds a like is worth before returns have been seen (learning.md 5)."""


def prior_worth() -> dict[str, float]:
    """What actions are worth before returns have been seen: a like 60 s, all else nothing."""
    return {"like": PRIOR_LIKE_S}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueConfig:
    """What a regretted second costs and what an action is worth."""

    kappa: float = 1.0  # a regretted second costs this many good ones beside itself
    price: float = 0.0  # what a second elsewhere would have been worth, 0..1
    worth_s: dict[str, float] = field(default_factory=prior_worth)  # by a name of `WORTHS`
    floor_s: float = 0.05  # values below bend towards 0 and keep their order
    guessed: float = 0.0  # share of the value that the first version guesses
    guess_s: float = 0.0  # seconds that a score of 1 of the first version stands for
    guess_looks: float = 0.0  # looks heard that bring half of that share; 0: all of it at once

    def __post_init__(self) -> None:
        if self.kappa < 0:
            raise BadInput("kappa", self.kappa, "give 0 or more")
        if not 0 <= self.price < 1:
            raise BadInput("price", self.price, "give a share of a second, from 0 to below 1")
        if not self.floor_s > 0:
            raise BadInput("floor_s", self.floor_s, "give a few hundredths of a second")
        if not 0 <= self.guessed <= 1:
            raise BadInput("guessed", self.guessed, "give a share, from 0 to 1")
        if not self.guess_s >= 0:
            raise BadInput("guess_s", self.guess_s, "give 0 seconds or more")
        if not self.guess_looks >= 0:
            raise BadInput("guess_looks", self.guess_looks, "give 0 looks or more")
        for name in self.worth_s:
            if name not in WORTHS:
                raise BadInput("worth_s", name, f"use {', '.join(WORTHS)}")

    @property
    def kappa_priced(self) -> float:
        """A price on time is the same knob: (1 + kappa) / (1 - price) - 1.

        >>> ValueConfig(kappa=1.0, price=0.5).kappa_priced
        3.0
        """
        return (1.0 + self.kappa) / (1.0 - self.price) - 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """The value of n showings and its terms, all in seconds."""

    value: Floats  # (n,) floored; what is ranked by
    seconds: Floats  # (n,) attention, or attention one is glad of
    regret: Floats  # (n,) what regret takes, 0 or less
    actions: Floats  # (n, len(WORTHS)) what each action adds
    guess: Floats | float = 0.0  # (n,) what the first version's guess adds

    @property
    def unfloored(self) -> Floats:
        """The sum of the terms, (n,)."""
        return self.seconds + self.regret + self.actions.sum(axis=-1) + self.guess

    @property
    def negative_share(self) -> float:
        """Share of showings that would cost more than they give; NaN for none.

        Regret predicted too high makes long posts negative first: where this climbs, the level
        of R is to be looked at before anything else.
        """
        return float((self.unfloored < 0).mean()) if self.value.size else float("nan")


def unregretted(readout: Readout, config: ValueConfig = ValueConfig()) -> Value:
    """U, the value the square ranks by; see the formula above."""
    cost = -(1.0 + config.kappa_priced) * readout.regret * readout.seconds
    return _value(readout.seconds, cost, _worths(readout, config), config)


def keep_me_well(readout: Readout, config: ValueConfig = ValueConfig()) -> Value:
    """`E[T] (G - kappa' R)`: only seconds one is glad of count; actions count for nothing."""
    glad = readout.seconds * readout.glad
    cost = -config.kappa_priced * readout.regret * readout.seconds
    nothing = np.zeros((*np.shape(readout.seconds), len(WORTHS)))
    return _value(glad, cost, nothing, config)


def after_looks(config: ValueConfig, looks: float) -> ValueConfig:
    """How far to lean on the first version once a square has heard so many looks.

    Until looks tell how long its kinds of posts are read, the first version's score is no guess
    of seconds: a ranker that was made elsewhere then ranks alone.

    >>> after_looks(ValueConfig(guessed=0.5, guess_looks=1000.0), 1000).guessed
    0.25
    """
    if not config.guess_looks:
        return config
    share = config.guessed * looks / (looks + config.guess_looks)
    return replace(config, guessed=share, guess_looks=0.0)


def leaning(value: Value, score: Floats, config: ValueConfig) -> Value:
    """The value of a ranker that has learned from little, leaning on the first version's guess.

    `(1 - g) U + g s c`: g is `config.guessed`, c `config.guess_s`, s a score of the first version.
    Such a score stands for the chance that a post is read, times the seconds of its kind as a
    share of the mean look (`first_version.score`): so, times the mean look, it guesses seconds.

    Args:
        value: as the ranker has it, n posts.
        score: the first version's, (n,).
        config: how much, and in which unit.
    """
    own, guess = 1.0 - config.guessed, config.guessed * config.guess_s * score
    seconds, regret, actions = own * value.seconds, own * value.regret, own * value.actions
    total = seconds + regret + actions.sum(axis=-1) + guess
    return Value(
        value=floored(total, config.floor_s), seconds=seconds, regret=regret, actions=actions,
        guess=guess,
    )  # fmt: skip


def _worths(readout: Readout, config: ValueConfig) -> Floats:
    worth = np.array([config.worth_s.get(name, 0.0) for name in WORTHS])
    chances = np.concatenate([readout.actions, readout.glad[..., None]], axis=-1)
    assert chances.shape[-1] == N_ACTIONS + 1
    return chances * worth


def _value(seconds: Floats, regret: Floats, actions: Floats, config: ValueConfig) -> Value:
    total = seconds + regret + actions.sum(axis=-1)
    return Value(
        value=floored(total, config.floor_s), seconds=seconds, regret=regret, actions=actions
    )


def floored(value: Floats, floor_s: float) -> Floats:
    """Values with those below the floor f bent above 0, their order kept.

    `u` from f on and `f / (1 + (f - u) / f)` below it: the slope is 1 at the floor, and nothing
    is negative, so that a slate's discounts never raise a value.

    >>> floored(np.array([2.0, 0.5, 0.0, -1.0]), 0.5).tolist()
    [2.0, 0.5, 0.25, 0.125]
    """
    below = np.maximum(floor_s - value, 0.0) / floor_s
    return np.where(value >= floor_s, value, floor_s / (1.0 + below))


PRESETS = {"unregretted": unregretted, "keep_me_well": keep_me_well}
"""Ways to value a showing that a reader may choose, by name."""
