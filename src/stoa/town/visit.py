"""When people open the square, how long they mean to stay, and when they have had enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from stoa.records import DAY_US, SECOND_US
from stoa.town.chance import normals, uniforms
from stoa.town.people import People

_MEDIAN_BUDGET_S = 420.0
_PATIENCE = (10.0, 30.0)  # posts in a row not worth stopping at, before one leaves
_HABITS = (0.45, 0.85)  # cumulative odds of one, two or else three visits a day


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting so far: what has been read of each topic, and how bored the person is."""

    started_us: int
    elapsed_s: float = 0.0
    boredom: float = 0.0
    read_of_topic: Mapping[int, int] = field(default_factory=dict[int, int])
    left: bool = False


def visits(people: People, person: int, day: int) -> list[int]:
    """Times at which a person opens the square on that day of the town, in order.

    One to three visits in waking hours, drawn for the person and the day alone, so that every
    policy meets the same people on the same evenings.
    """
    habit = float(uniforms(people.seed, "visits", person, day))
    n_visits = 1 + sum(habit >= odds for odds in _HABITS)
    draws = uniforms(people.seed, "visit hour", person, day, np.arange(n_visits))
    local_h = 7.0 + 16.0 * np.sqrt(draws)  # evenings are likelier than mornings
    hour = (local_h - people.zone_h[person]) % 24
    start_us = people.start_us + day * DAY_US
    times = start_us + (hour * 3_600 * SECOND_US).astype(np.int64)
    return sorted(t for t in times.tolist() if t < int(people.leaves_us[person]))


def budget_s(people: People, person: int, session: Session, mood: float) -> float:
    """Seconds the person means to spend: log-normal, longer in a good mood."""
    luck = float(normals(people.seed, "budget", person, session.started_us))
    return _MEDIAN_BUDGET_S * float(np.exp(0.5 * luck + 0.3 * mood))


def patience(people: People, person: int) -> float:
    """How many dull posts in a row the person bears."""
    low, high = _PATIENCE
    return low + (high - low) * float(uniforms(people.seed, "patience", person))
