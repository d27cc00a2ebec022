"""People of both kinds, and everything between: by each person's leaning."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from stoa.town.society.people import Column, Expectation, Experience, Meeting, Moment, PeopleModel
from stoa.town.society.people_bait import BaitPeople
from stoa.town.society.people_opportunity import OpportunityPeople


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedPeople:
    """At each moment a person is of the second kind with the chance of their leaning."""

    first: PeopleModel = field(default_factory=BaitPeople)
    second: PeopleModel = field(default_factory=OpportunityPeople)
    name: str = "mixed"

    def expect(self, meeting: Meeting) -> Expectation:
        """Expectations of the two kinds, weighed by leaning.

        Seconds are weighed with the chance of stopping, so that T is the mixture's own.
        """
        one, two = self.first.expect(meeting), self.second.expect(meeting)
        w = meeting.leaning
        mixed = {
            column.name: (1.0 - w) * getattr(one, column.name) + w * getattr(two, column.name)
            for column in fields(Expectation)
        }
        mixed["read_s"] = ((1.0 - w) * one.seconds + w * two.seconds) / mixed["stop"]
        return Expectation(**mixed)

    def leave(self, moment: Moment) -> Column:
        """Chance of closing the app now."""
        w = moment.leaning
        return (1.0 - w) * self.first.leave(moment) + w * self.second.leave(moment)

    def fresh_memory(self, n: int) -> Column:
        """Both memories side by side."""
        return np.concatenate([self.first.fresh_memory(n), self.second.fresh_memory(n)], axis=1)

    def remember(self, memory: Column, day: Experience) -> Column:
        """Both memories, each kept as its kind keeps it."""
        split = self._split()
        first = self.first.remember(memory[:, :split], day)
        return np.concatenate([first, self.second.remember(memory[:, split:], day)], axis=1)

    def come_back(self, memory: Column, self_control: Column, leaning: Column) -> Column:
        """Chance of being there tomorrow."""
        split = self._split()
        one = self.first.come_back(memory[:, :split], self_control, leaning)
        two = self.second.come_back(memory[:, split:], self_control, leaning)
        return (1.0 - leaning) * one + leaning * two

    def _split(self) -> int:
        return self.first.fresh_memory(1).shape[1]
