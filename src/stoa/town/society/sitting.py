"""People go down their slates: they stop or pass, grow tired, and leave."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from stoa.records import SECOND_US
from stoa.town.chance import normals, uniforms
from stoa.town.society.people import ACTIONS, SKIM_S, Expectation, Moment
from stoa.town.society.world import Rows, SessionState, World

_SPREAD = 0.5  # log-normal noise of dwell around its mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Sittings:
    """Times that residents sit down on one day, one row each."""

    viewer: Rows
    start_us: NDArray[np.int64]
    number: Rows  # of the session, unique over all days
    budget_s: NDArray[np.float32]  # what they mean to spend: hidden from policies

    def __len__(self) -> int:
        return len(self.viewer)

    def at(self, rows: NDArray[np.int64]) -> Sittings:
        """Some of the sittings."""
        return Sittings(**{c.name: getattr(self, c.name)[rows] for c in fields(Sittings)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Posts that passed somebody's eyes, one row each, with what was true of each."""

    sitting: Rows  # row of the sittings given
    position: NDArray[np.int16]
    viewer: Rows
    post: Rows
    at_us: NDArray[np.int64]
    read: NDArray[np.bool_]
    seconds: NDArray[np.float32]  # of attention; those of a glance where it was not read
    regretted: NDArray[np.bool_]
    glad: NDArray[np.bool_]
    expected_s: NDArray[np.float32]
    regret_prob: NDArray[np.float32]
    glad_prob: NDArray[np.float32]
    chance: dict[str, NDArray[np.float32]]  # of each of `ACTIONS`, if read

    def __len__(self) -> int:
        return len(self.post)


@dataclass(slots=True)
class _Luck:
    """Numbers that belong to a person and a post, shape (sittings, slots) each."""

    stop: NDArray[np.float64]
    verdict: NDArray[np.float64]
    dwell: NDArray[np.float64]
    leave: NDArray[np.float64]


def go_down(world: World, sittings: Sittings, slate: Rows, seen: NDArray[np.bool_]) -> Passage:
    """What people do with slates of posts, shape (sittings, slots), -1 where a slate ends.

    Luck belongs to a person and a post: showing the same post under two policies meets the same
    luck, and policies can be compared in pairs.
    """
    n, slots = slate.shape
    safe = np.maximum(slate, 0)
    luck = _luck(world, sittings.viewer, safe)
    topic = world.shelf.hidden["topic"][safe]
    read_of = np.zeros((n, world.recent.shape[1]), dtype=np.float32)
    elapsed = np.zeros(n, dtype=np.float32)
    unread = np.zeros(n, dtype=np.float32)
    here = np.arange(n)
    steps: list[_Step] = []
    for position in range(slots):
        here = here[slate[here, position] >= 0]
        if not len(here):
            break
        state = SessionState(
            repeats=read_of[here, topic[here, position]],
            elapsed_s=elapsed[here],
            seen=seen[here, position].astype(np.float32),
        )
        step = _step(world, sittings, (here, position), slate, state, luck)
        steps.append(step)
        elapsed[here] += step.seconds
        unread[here] = np.where(step.read, 0.0, unread[here] + 1.0)
        read_of[here, topic[here, position]] += step.read
        leaves = world.model.leave(_moment(world, sittings, step, elapsed[here], unread[here]))
        here = here[luck.leave[here, position] >= leaves]
    return _passage(sittings, slate, steps)


@dataclass(slots=True)
class _Step:
    """One slot of all slates still being read."""

    here: NDArray[np.int64]
    position: int
    start_s: NDArray[np.float32]
    read: NDArray[np.bool_]
    seconds: NDArray[np.float32]
    regretted: NDArray[np.bool_]
    glad: NDArray[np.bool_]
    expected: Expectation


def _step(
    world: World, sittings: Sittings, where: tuple[NDArray[np.int64], int], slate: Rows,
    state: SessionState, luck: _Luck,
) -> _Step:  # fmt: skip
    here, position = where
    meeting = world.meet(sittings.viewer[here], slate[here, position], state)
    expected = world.model.expect(meeting)
    read = luck.stop[here, position] < expected.stop
    noise = luck.dwell[here, position]
    verdict = luck.verdict[here, position]
    return _Step(
        here=here,
        position=position,
        start_s=state.elapsed_s,
        read=read,
        seconds=(np.where(read, expected.read_s, SKIM_S) * noise).astype(np.float32),
        regretted=verdict < expected.regret,
        glad=verdict > 1.0 - expected.glad,
        expected=expected,
    )


def _luck(world: World, viewer: Rows, posts: Rows) -> _Luck:
    seed, key = world.config.seed, world.shelf.hidden["key"][posts]
    who = viewer[:, None].astype(np.int64)
    noise = normals(seed, "dwell", who, key)
    return _Luck(
        stop=uniforms(seed, "stop", who, key),
        verdict=uniforms(seed, "verdict", who, key),
        dwell=np.exp(_SPREAD * noise - _SPREAD**2 / 2),
        leave=uniforms(seed, "leave", who, key),
    )


def _moment(
    world: World, sittings: Sittings, step: _Step,
    elapsed_s: NDArray[np.float32], unread: NDArray[np.float32],
) -> Moment:  # fmt: skip
    accounts, who = world.accounts, sittings.viewer[step.here]
    return Moment(
        read=step.read,
        regretted=step.regretted & step.read,
        glad=step.glad & step.read,
        unread=unread,
        elapsed_s=elapsed_s,
        budget_s=sittings.budget_s[step.here],
        self_control=accounts.self_control[who],
        outside=accounts.outside[who],
        leaning=accounts.leaning[who],
    )


def _passage(sittings: Sittings, slate: Rows, steps: list[_Step]) -> Passage:
    if not steps:
        return _passage_of_nobody()
    here = np.concatenate([step.here for step in steps])
    position = np.concatenate([np.full(len(s.here), s.position, dtype=np.int16) for s in steps])
    start_s = np.concatenate([step.start_s for step in steps]).astype(np.float64)

    def of(name: str) -> NDArray[np.float32]:
        whole = [np.broadcast_to(getattr(s.expected, name), s.here.shape) for s in steps]
        return np.concatenate(whole).astype(np.float32)

    return Passage(
        sitting=here.astype(np.int32),
        position=position,
        viewer=sittings.viewer[here],
        post=slate[here, position],
        at_us=sittings.start_us[here] + (start_s * SECOND_US).astype(np.int64),
        read=np.concatenate([step.read for step in steps]),
        seconds=np.concatenate([step.seconds for step in steps]),
        regretted=np.concatenate([step.regretted for step in steps]),
        glad=np.concatenate([step.glad for step in steps]),
        expected_s=of("seconds"),
        regret_prob=of("regret"),
        glad_prob=of("glad"),
        chance={name: of(name) for name in ACTIONS},
    )


def _passage_of_nobody() -> Passage:
    real = np.zeros(0, dtype=np.float32)
    flags = np.zeros(0, dtype=np.bool_)
    rows = np.zeros(0, dtype=np.int32)
    chance: dict[str, NDArray[np.float32]] = {name: real for name in ACTIONS}
    return Passage(
        sitting=rows, position=np.zeros(0, dtype=np.int16), viewer=rows, post=rows,
        at_us=np.zeros(0, dtype=np.int64), read=flags, seconds=real, regretted=flags, glad=flags,
        expected_s=real, regret_prob=real, glad_prob=real, chance=chance,
    )  # fmt: skip
