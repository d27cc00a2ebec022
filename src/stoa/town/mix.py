"""A stream of changes in the proportions of a live network, for measuring speed, not people."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from stoa.records import (
    SECOND_US,
    AccountState,
    AccountStatus,
    Batch,
    Change,
    EdgeKind,
    Identity,
    PutEdge,
    PutPost,
    PutProfile,
    Remove,
)
from stoa.town.ledger import COLLECTIONS, POSTS
from stoa.town.lexicon import TOPICS
from stoa.town.names import make_dids, make_names
from stoa.town.tid import revisions, tids
from stoa.town.writer import Draft, Form, roll, write

MIX = {
    "like": 0.69,
    "post": 0.055,
    "reply": 0.055,
    "repost": 0.10,
    "follow": 0.06,
    "unlike": 0.015,
    "delete": 0.008,
    "block": 0.007,
    "profile": 0.005,
    "identity": 0.003,
    "account": 0.002,
}
"""Shares of Bluesky's public events, of which likes 69 %, posts 11 % and half of them replies."""

_EDGES = {
    "like": EdgeKind.LIKE,
    "repost": EdgeKind.REPOST,
    "follow": EdgeKind.FOLLOW,
    "block": EdgeKind.BLOCK,
}
_EVENTS_PER_S = 343  # Bluesky's mean
_HOTTEST = 300  # times as likely to be liked as the coldest post
_FIRST_POSTS = 50  # so that the first likes have something to like


def real_mix(
    n_events: int, seed: int = 0, accounts: int = 20_000, batch: int = 1_000
) -> Iterator[Batch]:
    """Batches of that many changes in all, in order of time, in a live network's proportions.

    Authors and popularity are heavy-tailed: few write much, few posts get most likes.
    """
    stream = _Stream(seed, accounts)
    made = 0
    while made < n_events:
        changes = stream.changes(min(batch, n_events - made))
        made += len(changes)
        yield Batch(changes=tuple(changes), source="mix", cursor=changes[-1].at_us)


class _Stream:
    """Accounts and the posts so far, from which the next changes are drawn."""

    def __init__(self, seed: int, accounts: int) -> None:
        self._random = np.random.default_rng([seed, 5])
        self._did = make_dids(accounts, self._random)
        self._handle, self._name = make_names(accounts, self._random)
        weight = 1.0 / np.arange(2, accounts + 2) ** 0.7
        self._odds = np.cumsum(weight) / weight.sum()
        self._now_us = 1_789_948_800 * SECOND_US
        self._serial = 0
        self._posts: list[tuple[str, int, str]] = []  # uri, topic, root uri; the hot repeatedly
        self._likes: list[PutEdge] = []

    def changes(self, n: int) -> list[Change]:
        """The next n changes."""
        random = self._random
        kinds = random.choice(len(MIX), size=n, p=np.array(list(MIX.values())))
        names = [list(MIX)[kind] for kind in kinds.tolist()]
        if not self._posts:
            names[:_FIRST_POSTS] = ["post"] * min(_FIRST_POSTS, n)
        gaps = random.exponential(SECOND_US / _EVENTS_PER_S, n)
        at_us = self._now_us + np.cumsum(gaps.astype(np.int64) + 1)
        self._now_us = int(at_us[-1])
        revision = revisions(at_us, self._serial + np.arange(n))
        self._serial += n
        actors = [self._did[i] for i in self._accounts(n).tolist()]
        others = [self._did[i] for i in self._accounts(n).tolist()]
        heat = random.pareto(0.9, n)  # how far back the liked post lies: mostly the newest
        dice = iter(roll(random, sum(name in ("post", "reply") for name in names)))
        changes: list[Change] = []
        for i, (name, key) in enumerate(zip(names, tids(revision), strict=True)):
            stamp = (int(revision[i]), int(at_us[i]))
            if name in ("like", "repost"):
                subject = self._back(heat[i])[0]
                changes.append(self._edge(name, actors[i], subject, key, stamp))
            elif name in ("post", "reply"):
                changes.append(self._post(name, actors[i], key, stamp, next(dice), heat[i]))
            elif name in ("follow", "block"):
                changes.append(self._edge(name, actors[i], others[i], key, stamp))
            else:
                changes.append(self._other(name, actors[i], stamp, heat[i]))
        return changes

    def _accounts(self, n: int) -> NDArray[np.int64]:
        return np.searchsorted(self._odds, self._random.random(n)).clip(max=len(self._did) - 1)

    def _back(self, heat: float) -> tuple[str, int, str]:
        return self._posts[-1 - min(int(60 * heat), len(self._posts) - 1)]

    def _edge(
        self, name: str, actor: str, subject: str, key: str, stamp: tuple[int, int]
    ) -> PutEdge:
        kind = _EDGES[name]
        edge = PutEdge(kind, f"at://{actor}/{COLLECTIONS[kind]}/{key}", actor, subject, *stamp)
        if kind is EdgeKind.LIKE:
            self._likes.append(edge)
        return edge

    def _post(
        self, name: str, author: str, key: str, stamp: tuple[int, int], dice: list[int], heat: float
    ) -> PutPost:
        uri = f"at://{author}/{POSTS}/{key}"
        topic, parent, root = dice[6] % len(TOPICS), None, uri
        if name == "reply":
            parent, topic, root = self._back(heat)
        content = write(
            Draft(
                topic=topic,
                form=Form.REPLY if parent else Form.POST,
                quality=dice[8] / 2**31,
                bait=0.7 if dice[9] % 10 == 0 else 0.0,
                created_us=stamp[1],
                parent_uri=parent,
                root_uri=root if parent else None,
            ),
            dice,
        )
        copies = 1 + min(int(1 / (1 - dice[10] / 2**31) ** 0.9), _HOTTEST)
        self._posts.extend([(uri, topic, root)] * copies)
        return PutPost(uri, author, *stamp, content)

    def _other(self, name: str, actor: str, stamp: tuple[int, int], heat: float) -> Change:
        who = self._did.index(actor) if name in ("profile", "identity") else 0
        if name == "profile":
            return PutProfile(actor, *stamp, self._name[who], "Part of the mix.")
        if name == "identity":
            return Identity(actor, stamp[1], self._handle[who])
        if name == "account":
            hidden = int(heat * 10) % 2 == 0
            status = AccountStatus.HIDDEN if hidden else AccountStatus.ACTIVE
            return AccountState(actor, status, stamp[1])
        if name == "unlike" and self._likes:
            edge = self._likes[-1 - min(int(20 * heat), len(self._likes) - 1)]
            return Remove(edge.uri, edge.actor, *stamp)
        uri = self._back(heat)[0]
        return Remove(uri, uri.split("/")[2], *stamp)
