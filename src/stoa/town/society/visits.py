"""Who comes on a day, how often, when, and for how long they mean to stay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.records import SECOND_US
from stoa.town.chance import normals, uniforms
from stoa.town.society.people import Column
from stoa.town.society.sitting import Sittings
from stoa.town.society.world import World

_GATHER_S = 3_600  # everybody of a round sits down within this time


def who_comes(world: World, memory: Column) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Residents present today, and those who have arrived by now; shape (residents,) each."""
    accounts, n, day = world.accounts, world.config.residents, world.day
    everyone = np.arange(n, dtype=np.int64)
    chance = world.model.come_back(memory, accounts.self_control[:n], accounts.leaning[:n])
    arrived = accounts.arrives[:n] <= day
    here = uniforms(world.config.seed, "present", everyone, day) < chance
    # One comes on the day one arrives.
    return arrived & (here | (accounts.arrives[:n] == day)), arrived


def sit_down(world: World, present: NDArray[np.bool_], first_number: int) -> list[Sittings]:
    """Sittings of each round; whoever is present sits down at least once.

    Sessions are numbered from `first_number` on.
    """
    config, accounts, day = world.config, world.accounts, world.day
    rounds, everyone = len(config.rounds_h), np.flatnonzero(present)
    key = day * 8 + np.arange(rounds)[:, None]
    sits = uniforms(config.seed, "sits", everyone, key) < accounts.sits[everyone]
    one = (uniforms(config.seed, "once", everyone, day) * rounds).astype(np.int64)
    sits[one, np.arange(len(everyone))] |= ~sits.any(axis=0)
    found: list[Sittings] = []
    for number in range(rounds):
        who = everyone[sits[number]]
        jitter = uniforms(config.seed, "sits at", who, day * 8 + number)
        whim = normals(config.seed, "budget", who, day * 8 + number)
        mood = 1.0 + 0.2 * world.mood[who]
        later_us = (1 + jitter * (_GATHER_S * SECOND_US - 1)).astype(np.int64)
        found.append(
            Sittings(
                viewer=who.astype(np.int32),
                start_us=config.round_us(day, number) + later_us,
                number=first_number + np.arange(len(who), dtype=np.int32),
                budget_s=(accounts.budget_s[who] * mood * np.exp(0.4 * whim)).astype(np.float32),
            )
        )
        first_number += len(who)
    return found


def joined(parts: list[Sittings]) -> Sittings:
    """Sittings of several rounds as one."""
    return Sittings(**{
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("viewer", "start_us", "number", "budget_s")
    })  # fmt: skip
