"""Who meets what: a society's people and posts as they stand on one day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.records import DAY_US
from stoa.town.society.accounts import N_TOPICS, Accounts
from stoa.town.society.config import SocietyConfig
from stoa.town.society.people import Column, Meeting, PeopleModel
from stoa.town.society.shelf import Shelf

_FADES = 0.6  # what yesterday's reading of a topic weighs today

Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """How a sitting stands when people meet posts; zeros at its start."""

    repeats: Column
    elapsed_s: Column
    seen: Column

    @classmethod
    def beginning(cls, repeats: float = 0.0) -> SessionState:
        """No time spent, nothing seen before; for everybody alike."""
        zero = np.zeros((), dtype=np.float32)
        return cls(repeats=zero + np.float32(repeats), elapsed_s=zero, seen=zero)


class World:
    """Everything that is true of people and posts; moved on by the day."""

    def __init__(
        self, config: SocietyConfig, accounts: Accounts, model: PeopleModel, shelf: Shelf
    ) -> None:
        self.config = config
        self.accounts = accounts
        self.model = model
        self.shelf = shelf
        self.recent = np.zeros((config.residents, N_TOPICS), dtype=np.float32)
        self.set_day(-2)

    def set_day(self, day: int) -> None:
        """Interests and moods of that day; what was read lately fades."""
        everyone = np.arange(len(self.accounts), dtype=np.int64)
        self.day = day
        self.affinity = self.accounts.affinities(day)
        self.mood = self.accounts.mood(everyone, day)
        self.recent *= _FADES

    def day_of(self, at_us: int) -> int:
        """Number of the day a moment belongs to."""
        return (at_us - self.config.start_us) // DAY_US

    def meet(self, who: Rows, posts: Rows, state: SessionState | None = None) -> Meeting:
        """People meeting posts; rows broadcast, so that `who[:, None]` gives every pair."""
        accounts, hidden = self.accounts, self.shelf.hidden
        topic = hidden["topic"][posts]
        state = state or SessionState.beginning()
        resident = who < self.config.residents
        recent = self.recent[np.where(resident, who, 0), topic] * resident
        along = np.einsum("...d,...d->...", accounts.taste[who], hidden["manner"][posts])
        return Meeting(
            affinity=self.affinity[who, topic],
            style=0.5 + 0.5 * along,
            value_match=accounts.value_match[who, topic],
            quality=hidden["quality"][posts],
            bait=hidden["bait"][posts],
            full_s=hidden["full_s"][posts],
            self_control=accounts.self_control[who],
            outside=accounts.outside[who],
            mood=self.mood[who],
            leaning=accounts.leaning[who],
            repeats=state.repeats,
            recent=recent,
            seen=state.seen,
            elapsed_s=state.elapsed_s,
        )
