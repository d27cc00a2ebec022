"""People who read elsewhere: cheap, many, and public in what they like, share and answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.records import EventKind
from stoa.town.society.world import Rows, World

_BY_TOPIC, _POPULAR = 0.6, 0.3  # of glances; the others fall on any new post
_TOPIC_BITS = 44  # microseconds of the posts that can be alive fit below


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicActs:
    """Acts on posts, as columns in the order of time."""

    at_us: NDArray[np.int64]
    account: Rows
    post: Rows
    kind: NDArray[np.int8]


def live(
    world: World, window: tuple[int, int], hot: Rows, random: np.random.Generator
) -> PublicActs:
    """What the background does between two moments; `hot` are posts acted on of late.

    Who is famous grows more so: a share of glances falls on what others just acted on.
    """
    from_us, to_us = window
    config = world.config
    share = (to_us - from_us) / 86_400e6
    n = int(config.background * config.glances * share)
    who = (config.residents + random.integers(0, config.background, n)).astype(np.int32)
    at_us = np.sort(random.integers(from_us + 1, to_us + 1, n))
    post = _passed(world, who, at_us, hot, random)
    there = np.flatnonzero(post >= 0)
    there = there[world.shelf.public["author"][post[there]] != who[there]]
    who, at_us, post = who[there], at_us[there], post[there]
    expected = world.model.expect(world.meet(who, post))
    read = np.flatnonzero(random.random(len(post)) < expected.stop)
    parts: list[tuple[NDArray, int]] = []
    for name, kind in (
        ("like", EventKind.LIKE), ("repost", EventKind.REPOST), ("reply", EventKind.REPLY),
    ):  # fmt: skip
        chance = getattr(expected, name)[read]
        chosen = read[random.random(len(read)) < chance]
        pair = who[chosen].astype(np.int64) << 32 | post[chosen]
        parts.append((chosen[np.unique(pair, return_index=True)[1]], kind))
    rows = np.concatenate([chosen for chosen, _ in parts])
    kinds = np.concatenate([np.full(len(chosen), kind) for chosen, kind in parts])
    order = np.argsort(at_us[rows], kind="stable")
    rows = rows[order]
    return PublicActs(
        at_us=at_us[rows], account=who[rows], post=post[rows], kind=kinds[order].astype(np.int8)
    )


def first_follows(world: World) -> PublicActs:
    """Whom residents follow from the start, as acts of the first hour of day 0.

    A follow falls on a post: the author's latest so far. Newcomers follow nobody yet.
    """
    accounts, posts = world.accounts, len(world.shelf)
    latest = np.full(len(accounts), -1)
    latest[world.shelf.public["author"]] = np.arange(posts)
    old = (accounts.arrives[: world.config.residents] <= 0)[:, None]
    author = accounts.follows
    who, place = np.nonzero(old & (author >= 0) & (latest[np.maximum(author, 0)] >= 0))
    at_us = world.config.start_us + 1 + np.arange(len(who)) * 3_600_000_000 // max(len(who), 1)
    return PublicActs(
        at_us=at_us,
        account=who.astype(np.int32),
        post=latest[author[who, place]].astype(np.int32),
        kind=np.full(len(who), EventKind.FOLLOW, dtype=np.int8),
    )


def _passed(
    world: World, who: Rows, at_us: NDArray[np.int64], hot: Rows, random: np.random.Generator
) -> Rows:
    """A post for each glance, or -1: of one's topics, of what is popular, or any; newest first."""
    alive_us = world.config.alive_h * 3_600_000_000
    first_us = int(at_us[0]) - alive_us if len(at_us) else 0
    alive = world.shelf.rows_between(first_us, int(at_us[-1]) if len(at_us) else 0)
    written_us = world.shelf.public["at_us"][alive]
    n = len(who)
    age = random.random(n) ** 2
    newest = np.searchsorted(written_us, at_us, side="left")
    anything = np.where(newest > 0, newest - 1 - (age * newest).astype(np.int64), -1)
    topic = world.shelf.hidden["topic"][alive].astype(np.int64)
    place = topic << _TOPIC_BITS | written_us - first_us
    order = np.argsort(place, kind="stable")
    place = place[order]
    wish = _wishes(world, who, random)
    low = np.searchsorted(place, wish << _TOPIC_BITS)
    high = np.searchsorted(place, wish << _TOPIC_BITS | at_us - first_us)
    back = high - 1 - (age * (high - low)).astype(np.int64)
    topical = np.where(
        high > low, order[np.minimum(back, len(order) - 1)] if len(order) else -1, -1
    )
    kind = random.random(n)
    chosen = np.where(kind < _BY_TOPIC, topical, anything)
    row = np.where(chosen >= 0, alive[np.maximum(chosen, 0)] if len(alive) else -1, -1)
    if len(hot):
        followed = hot[random.integers(0, len(hot), n)]
        row = np.where(kind >= 1.0 - _POPULAR, followed, row)
    return row.astype(np.int32)


def _wishes(world: World, who: Rows, random: np.random.Generator) -> NDArray[np.int64]:
    """One of each person's interests."""
    odds = np.cumsum(world.accounts.interest, axis=1)[who]
    return (odds < random.random(len(who))[:, None] * odds[:, -1:]).sum(axis=1).astype(np.int64)
