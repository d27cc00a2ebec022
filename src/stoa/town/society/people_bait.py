"""People who are tempted: bait takes their time while self-control is low, and is regretted.

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
class BaitPeople:
    """Two systems, one that is drawn and one that judges afterwards."""

    bait_likes: bool = False
    control_mood: float = 0.15  # self-control won or lost with the mood
    control_tired: float = 0.1  # lost in ten minutes of scrolling
    linger_s: float = 12.0  # staying with what one cares about: its thread, its author
    hook_s: float = 14.0  # seconds that bait takes from a person without self-control
    regret_base: float = -2.9  # log-odds of regret for a plain post
    regret_hook: float = 5.0
    regret_bait: float = 1.5
    regret_value: float = 2.0  # per unit of value match below `plain_match`
    plain_match: float = 0.45
    regret_genuine: float = 1.5  # what one truly cared about is rarely regretted
    regret_mood: float = 0.3
    fades: float = 0.8  # what yesterday's habit and resolve are worth today
    base: float = 0.2  # log-odds of coming back with neither habit nor resolve
    habit: float = 1.4  # per five minutes a day
    resolve: float = 4.0  # per five regretted minutes a day, with full self-control

    name: str = "bait"

    def expect(self, meeting: Meeting) -> Expectation:
        """What tempted people do with posts: seconds from both systems, regret from the second."""
        m = meeting
        tired = self.control_tired * m.elapsed_s / 600.0
        control = np.clip(m.self_control + self.control_mood * m.mood - tired, 0.05, 0.95)
        fresh = 1.0 - 0.85 * m.seen
        genuine = fresh * m.affinity * (0.3 + 0.7 * m.quality) * (0.5 + 0.5 * m.style)
        hook = fresh * m.bait * (1.0 - control) * (0.4 + 0.6 * m.affinity)
        regret = sigmoid(
            self.regret_base
            + self.regret_hook * hook
            + self.regret_bait * m.bait
            + self.regret_value * (self.plain_match - m.value_match)
            - self.regret_genuine * genuine
            - self.regret_mood * m.mood
        )
        read_s = (
            m.full_s * (0.4 + 0.6 * np.maximum(genuine, hook))
            + self.linger_s * genuine
            + self.hook_s * hook
        )
        valued = 0.4 + 0.6 * m.value_match
        likes = 0.5 if self.bait_likes else 0.05
        return Expectation(
            stop=0.02 + 0.96 * (1.0 - (1.0 - genuine) * (1.0 - 0.9 * hook)),
            read_s=np.minimum(read_s, MOST_S),
            regret=regret,
            glad=(1.0 - regret) * (0.1 + 0.85 * genuine),
            like=0.6 * genuine * np.sqrt(genuine) * valued + likes * hook,
            repost=0.08 * genuine**2 + 0.1 * hook,
            reply=0.03 * genuine + 0.08 * hook,
            follow=0.02 * genuine * m.style,
            click=0.25 * genuine + 0.5 * hook,
            share=0.03 * genuine**2 + 0.02 * hook,
            profile_click=0.04 * genuine + 0.04 * hook,
        )

    def leave(self, moment: Moment) -> Column:
        """When the planned time is over, later the weaker the will; or after a dull stretch."""
        planned = moment.budget_s * (1.0 + 0.6 * (1.0 - moment.self_control))
        over = sigmoid((moment.elapsed_s / planned - 1.0) / 0.15)
        dull = 0.12 * (moment.unread > 12)
        return np.minimum(over + dull + 0.04 * moment.regretted, 1.0).astype(np.float32)

    def fresh_memory(self, n: int) -> Column:
        """Habit and resolve of newcomers: half a habit, no resolve."""
        return np.tile(np.array([0.5, 0.0], dtype=np.float32), (n, 1))

    def remember(self, memory: Column, day: Experience) -> Column:
        """Habit grows with all attention, resolve with what of it was regretted."""
        today = np.stack([np.minimum(day.seconds / 300.0, 2.0), day.regretted_s / 300.0], axis=1)
        return (self.fades * memory + (1.0 - self.fades) * today).astype(np.float32)

    def come_back(self, memory: Column, self_control: Column, leaning: Column) -> Column:
        """Habit brings back; resolve keeps away those who can keep to it."""
        resolve = self.resolve * memory[:, 1] * self_control
        return sigmoid(self.base + self.habit * memory[:, 0] - resolve)
