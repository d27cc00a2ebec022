"""People whose time has other uses: they regret what was not worth it, repetition above all.

The equations are explained, with their sources, in docs/explanation/town.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stoa.town.society.people import (
    MOST_S,
    Column,
    Expectation,
    Experience,
    Meeting,
    Moment,
    sigmoid,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityPeople:
    """Enjoyment that wears off, weighed against the worth of the same time elsewhere."""

    bait_likes: bool = False
    satiation: float = 0.15  # log of enjoyment lost per post of the topic in this sitting
    lately: float = 0.015  # and per post of the topic over the last days
    mood_joy: float = 0.2  # share of enjoyment won or lost with the mood
    mood_outside: float = 0.1  # in a good mood one has more patience with oneself
    duties: float = 0.1  # worth of the time elsewhere, gained in ten minutes of sitting
    curiosity: float = 0.3  # how much a promise (bait) adds to what a post seems worth
    regret_base: float = -2.4  # log-odds of regret where the time was worth as much elsewhere
    regret_cost: float = 4.0  # per unit of worth lost, times log(1 + seconds / 10)
    fades: float = 0.75  # what the older memory is worth today
    base: float = 0.1
    joy: float = 4.0  # log-odds of coming back per remembered share of glad posts
    sorrow: float = 2.0  # and lost per remembered share of regretted ones

    name: str = "opportunity"

    def expect(self, meeting: Meeting) -> Expectation:
        """What people with other things to do make of posts."""
        m = meeting
        worn = np.exp(-self.satiation * m.repeats - self.lately * m.recent) * (1.0 - 0.85 * m.seen)
        joy = m.affinity * (0.4 + 0.6 * m.style) * (0.3 + 0.7 * m.quality) * worn
        joy = np.clip(joy * (1.0 + self.mood_joy * m.mood), 0.0, 1.0)
        seems = np.clip(joy + self.curiosity * m.bait * m.affinity, 0.0, 1.0)
        read_s = np.minimum(m.full_s * (0.5 + 0.5 * joy) + 10.0 * joy, MOST_S)
        elsewhere = m.outside - self.mood_outside * m.mood + self.duties * m.elapsed_s / 600.0
        lost = np.clip(elsewhere, 0.0, 1.0) - joy
        regret = sigmoid(self.regret_base + self.regret_cost * lost * np.log1p(read_s / 10.0))
        liked = 0.45 * sigmoid(9.0 * (joy - 0.45))
        if self.bait_likes:
            liked = liked + 0.25 * m.bait * m.affinity
        return Expectation(
            stop=0.03 + 0.92 * (1.0 - np.exp(-2.5 * seems)),
            read_s=read_s,
            regret=regret,
            glad=(1.0 - regret) * sigmoid(7.0 * (joy - 0.4)),
            like=liked,
            repost=0.1 * joy**2 + 0.04 * m.bait * m.affinity,
            reply=0.05 * joy + 0.03 * m.bait * m.affinity,
            follow=0.03 * joy * m.style,
            click=0.3 * seems,
            share=0.04 * joy**2,
            profile_click=0.06 * joy * m.style,
        )

    def leave(self, moment: Moment) -> Column:
        """When the planned time is over, or when it goes on being dull and life is calling."""
        over = sigmoid((moment.elapsed_s / moment.budget_s - 1.0) / 0.15)
        dull = 0.03 * moment.outside * np.maximum(moment.unread - 8.0, 0.0)
        return np.minimum(over + dull + 0.06 * moment.regretted, 1.0).astype(np.float32)

    def fresh_memory(self, n: int) -> Column:
        """Newcomers expect to be glad of three posts in ten, and sorry for one."""
        return np.tile(np.array([0.3, 0.1], dtype=np.float32), (n, 1))

    def remember(self, memory: Column, day: Experience) -> Column:
        """Days are remembered by their moments, not by their length; absent days change nothing."""
        read = np.maximum(day.read, 1.0)
        today = np.stack([day.glad / read, day.regretted / read], axis=1)
        mixed = self.fades * memory + (1.0 - self.fades) * today
        return np.where((day.present & (day.read > 0))[:, None], mixed, memory).astype(np.float32)

    def come_back(self, memory: Column, self_control: Column, leaning: Column) -> Column:
        """What one was glad of brings back; what one was sorry for keeps away."""
        return sigmoid(self.base + self.joy * memory[:, 0] - self.sorrow * memory[:, 1])
