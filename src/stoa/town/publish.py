"""Posts go out: written, stamped, put on the shelf and into the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stoa.records import SECOND_US, Change, PutGate, PutPost, Remove
from stoa.town.ledger import GATES, POSTS
from stoa.town.shelf import NONE, PostRows
from stoa.town.tid import tids
from stoa.town.writer import Draft, Form, reading_seconds, roll, write

if TYPE_CHECKING:
    from stoa.town.life import Life

_DELETED_SHARE = 0.015  # posts that their author takes back, mostly within the hour
_HIDDEN_SHARE = 0.15  # share of hostile replies that the thread's author hides


@dataclass(frozen=True, slots=True)
class Intents:
    """Who wants to say what, as columns."""

    author: NDArray[np.int64]
    topic: NDArray[np.int64]
    at_us: NDArray[np.int64]
    quality: NDArray[np.float64]
    bait: NDArray[np.float64]
    parent: NDArray[np.int64]  # row replied to, or NONE
    quote: NDArray[np.int64]  # row quoted, or NONE


def publish(life: Life, intents: Intents) -> NDArray[np.int64]:
    """Publishes posts; returns their rows on the shelf."""
    n = len(intents.author)
    if n == 0:
        return np.zeros(0, dtype=np.int64)
    shelf, people = life.shelf, life.people
    root = np.where(intents.parent == NONE, NONE, shelf.root[intents.parent])
    root = np.where((intents.parent != NONE) & (root == NONE), intents.parent, root)
    revision = life.ledger.stamp(intents.at_us)
    keys = tids(revision)
    authors = intents.author.tolist()
    uris = [f"at://{people.did[who]}/{POSTS}/{key}" for who, key in zip(authors, keys, strict=True)]
    dice = roll(life.random, n)
    contents = [write(_draft(life, intents, root, i), dice[i]) for i in range(n)]
    life.ledger.put(
        PutPost(uri, people.did[who], number, at_us, content)
        for uri, who, number, at_us, content in zip(
            uris, authors, revision.tolist(), intents.at_us.tolist(), contents, strict=True
        )
    )
    full_s = np.array([reading_seconds(content) for content in contents])
    rows = shelf.add(
        PostRows(
            author=intents.author,
            topic=intents.topic,
            at_us=intents.at_us,
            quality=intents.quality,
            bait=intents.bait,
            parent=intents.parent,
            root=root,
            quote=intents.quote,
            full_s=full_s,
            revision=revision,
        ),
        uris,
    )
    life.shelve(rows)
    _take_some_back(life, rows)
    _hide_hostile_replies(life, rows)
    return rows


def _draft(life: Life, intents: Intents, root: NDArray[np.int64], i: int) -> Draft:
    shelf, people = life.shelf, life.people
    parent, quote = int(intents.parent[i]), int(intents.quote[i])
    form = Form.REPLY if parent != NONE else Form.QUOTE if quote != NONE else Form.POST
    mention = None
    if parent != NONE:
        author = int(shelf.author[parent])
        mention = (people.handle[author], people.did[author])
    return Draft(
        topic=int(intents.topic[i]),
        form=form,
        quality=float(intents.quality[i]),
        bait=float(intents.bait[i]),
        created_us=int(intents.at_us[i]),
        parent_uri=shelf.uri[parent] if parent != NONE else None,
        root_uri=shelf.uri[int(root[i])] if parent != NONE else None,
        quote_uri=shelf.uri[quote] if quote != NONE else None,
        mention=mention,
    )


def _take_some_back(life: Life, rows: NDArray[np.int64]) -> None:
    shelf = life.shelf
    taken = rows[life.random.random(len(rows)) < _DELETED_SHARE]
    wait = life.random.exponential(3_600, len(taken)) * SECOND_US + SECOND_US
    shelf.gone_us[taken] = shelf.at_us[taken] + wait.astype(np.int64)
    gone = shelf.gone_us[taken]
    removals: list[Change] = [
        Remove(shelf.uri[row], life.people.did[int(shelf.author[row])], revision, at_us)
        for row, revision, at_us in zip(
            taken.tolist(), life.ledger.stamp(gone).tolist(), gone.tolist(), strict=True
        )
    ]
    life.ledger.put(removals)


def _hide_hostile_replies(life: Life, rows: NDArray[np.int64]) -> None:
    shelf = life.shelf
    hostile = rows[(shelf.parent[rows] != NONE) & (shelf.bait[rows] > 0.3)]
    for row in hostile[life.random.random(len(hostile)) < _HIDDEN_SHARE].tolist():
        root = int(shelf.root[row])
        author = life.people.did[int(shelf.author[root])]
        hidden = life.hidden_replies.setdefault(root, [])
        hidden.append(shelf.uri[row])
        at_us = int(shelf.at_us[row]) + 600 * SECOND_US
        gate = f"at://{author}/{GATES}/{shelf.uri[root].rsplit('/', 1)[1]}"
        revision = int(life.ledger.stamp(np.array([at_us]))[0])
        life.ledger.put([PutGate(gate, author, shelf.uri[root], revision, at_us, tuple(hidden))])
