"""People browse the town in public: what they pass, stop at, like, repost, answer and follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stoa.records import DAY_US, SECOND_US, EdgeKind, Remove
from stoa.town.attention import SKIM_S, Expectation, Meeting, expect
from stoa.town.people import TOPIC_LANG
from stoa.town.publish import Intents, publish
from stoa.town.shelf import NONE

if TYPE_CHECKING:
    from stoa.town.life import Life

_FOLLOWING, _POPULAR = 0.5, 0.7  # cumulative shares; the rest looks around by topic
_TOO_OLD_US = 3 * DAY_US
_UNLIKED_SHARE = 0.01
_FOLLOW_SHARE = 0.02  # of what one stops at and cares for
_BLOCK_SHARE = 0.004  # of what one stops at and regrets


@dataclass(frozen=True, slots=True)
class Glances:
    """Posts passing people's eyes, as columns in order of session and time."""

    session: NDArray[np.int64]
    person: NDArray[np.int64]
    row: NDArray[np.int64]
    at_us: NDArray[np.int64]


def browse(life: Life) -> None:
    """Everyone who opens the network in this tick reads, and reacts in public."""
    glances = _glances(life)
    if len(glances.row) == 0:
        return
    random = life.random
    first = expect(meet(life, glances, np.zeros(len(glances.row))), life.model)
    stopped = random.random(len(glances.row)) < first.stop
    repeats = earlier_in_group(
        glances.session * len(TOPIC_LANG) + life.shelf.topic[glances.row], stopped
    )
    expected = expect(meet(life, glances, repeats), life.model)
    # Repeats only lower the pull: what stopped a person may now pass.
    stopped &= random.random(len(stopped)) < expected.stop / np.maximum(first.stop, 1e-9)
    _react(life, glances, expected, stopped)


def meet(life: Life, glances: Glances, repeats: NDArray[np.float64]) -> Meeting:
    """People and posts side by side, as the people model wants them."""
    people, shelf = life.people, life.shelf
    person, row = glances.person, glances.row
    topic = shelf.topic[row]
    return Meeting(
        affinity=life.affinity[person, topic],
        understood=people.reads[person, TOPIC_LANG[topic]],
        closeness=life.follows.closeness(person, shelf.author[row]),
        value_match=people.value_match[person, topic],
        self_control=people.self_control[person],
        mood=people.mood(person, glances.at_us),
        repeats=repeats,
        quality=shelf.quality[row],
        bait=shelf.bait[row],
        full_s=shelf.full_s[row],
    )


def earlier_in_group(group: NDArray[np.int64], counted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For each row, how many counted rows of the same group stand before it.

    >>> earlier_in_group(np.array([5, 7, 5, 5]), np.array([True, True, False, True])).tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    order = np.argsort(group, kind="stable")
    ordered = counted[order].astype(np.int64)
    before = np.cumsum(ordered) - ordered
    starts = np.flatnonzero(np.diff(group[order], prepend=group[order][:1] - 1))
    lengths = np.diff(np.append(starts, len(group)))
    result = np.empty(len(group))
    result[order] = before - np.repeat(before[starts], lengths)
    return result


def _glances(life: Life) -> Glances:
    random, people, shelf = life.random, life.people, life.shelf
    rate = people.read_rate * people.waking(life.now_us) * life.config.tick_us / DAY_US
    person = np.repeat(np.arange(len(people)), random.poisson(rate))
    n, wide = len(person), life.config.posts_per_session
    start = life.now_us + random.integers(0, life.config.tick_us, n)
    session = np.repeat(np.arange(n), wide)
    reader = person[session]
    row = _candidates(life, reader)
    pace_us = int(5 * SECOND_US)
    at_us = start[session] + np.tile(np.arange(1, wide + 1), n) * pace_us
    there = (row != NONE) & (n > 0)
    there &= (shelf.at_us[row] < at_us) & (shelf.gone_us[row] > at_us)
    there &= (at_us - shelf.at_us[row] < _TOO_OLD_US) & (shelf.author[row] != reader)
    there &= people.leaves_us[shelf.author[row]] > at_us
    kept = np.flatnonzero(there)
    _, once = np.unique(session[kept] * (shelf.n + 1) + row[kept], return_index=True)
    kept = kept[np.sort(once)]
    return Glances(session[kept], reader[kept], row[kept], at_us[kept])


def _candidates(life: Life, reader: NDArray[np.int64]) -> NDArray[np.int64]:
    """A post for each glance: of the followed, of what is popular, or of one's topics."""
    random = life.random
    n = len(reader)
    where = random.random(n)
    recency = random.random(n) ** 2  # newest first, but not only
    author = life.follows.matrix[
        reader, (random.random(n) * life.follows.count[reader]).astype(np.int64)
    ]
    slots = life.by_author.shape[1]
    followed = life.by_author[author, slots - 1 - (recency * slots).astype(np.int64)]
    slots = life.by_topic.shape[1]
    topical = life.by_topic[
        life.pick_topics(reader), slots - 1 - (recency * slots).astype(np.int64)
    ]
    popular = np.full(n, NONE, dtype=np.int64)
    if len(life.popular):
        at = np.searchsorted(life.popular_odds, random.random(n))
        popular = life.popular[np.minimum(at, len(life.popular) - 1)]
    return np.where(where < _FOLLOWING, followed, np.where(where < _POPULAR, popular, topical))


def _react(life: Life, glances: Glances, expected: Expectation, stopped: NDArray[np.bool_]) -> None:
    random = life.random
    n = len(stopped)
    seconds = np.where(stopped, expected.read_s, SKIM_S)
    at_us = glances.at_us + (seconds * SECOND_US).astype(np.int64)
    likes = np.flatnonzero(stopped & (random.random(n) < expected.like))
    _like(life, glances, likes, at_us)
    reposts = np.flatnonzero(stopped & (random.random(n) < expected.repost))
    _edges_on_posts(life, EdgeKind.REPOST, glances, reposts, at_us)
    cared = stopped & (random.random(n) < _FOLLOW_SHARE * expected.genuine)
    _graph_edges(life, EdgeKind.FOLLOW, glances, np.flatnonzero(cared), at_us)
    hated = stopped & (random.random(n) < _BLOCK_SHARE * expected.regret)
    _graph_edges(life, EdgeKind.BLOCK, glances, np.flatnonzero(hated), at_us)
    answers = np.flatnonzero(stopped & (random.random(n) < expected.reply))
    _answer(life, glances, answers, at_us)


def _like(life: Life, glances: Glances, chosen: NDArray[np.int64], at_us: NDArray) -> None:
    keys = (glances.person[chosen] << 32 | glances.row[chosen]).tolist()
    new = [i for i, key in enumerate(keys) if key not in life.liked]
    life.liked.update(keys)
    _, once = np.unique(np.array([keys[i] for i in new], dtype=np.int64), return_index=True)
    chosen = chosen[np.array(new, dtype=np.int64)[np.sort(once)]]
    np.add.at(life.shelf.likes, glances.row[chosen], 1)
    edges = _edges_on_posts(life, EdgeKind.LIKE, glances, chosen, at_us)
    undone = np.flatnonzero(life.random.random(len(edges)) < _UNLIKED_SHARE)
    later = np.array([edges[i].at_us for i in undone.tolist()], dtype=np.int64) + 300 * SECOND_US
    for i, revision, when in zip(
        undone.tolist(), life.ledger.stamp(later).tolist(), later.tolist(), strict=True
    ):
        life.ledger.put([Remove(edges[i].uri, edges[i].actor, revision, when)])


def _edges_on_posts(
    life: Life, kind: EdgeKind, glances: Glances, chosen: NDArray[np.int64], at_us: NDArray
) -> list:
    did, uri = life.people.did, life.shelf.uri
    return life.ledger.put_edges(
        kind,
        [did[i] for i in glances.person[chosen].tolist()],
        [uri[i] for i in glances.row[chosen].tolist()],
        at_us[chosen],
    )


def _graph_edges(
    life: Life, kind: EdgeKind, glances: Glances, chosen: NDArray[np.int64], at_us: NDArray
) -> None:
    did = life.people.did
    author = life.shelf.author[glances.row[chosen]]
    pairs = list(zip(glances.person[chosen].tolist(), author.tolist(), strict=True))
    if kind is EdgeKind.FOLLOW:
        new = [i for i, (who, whom) in enumerate(pairs) if life.follows.add(who, whom)]
    else:
        new = list(range(len(pairs)))
    life.ledger.put_edges(
        kind,
        [did[pairs[i][0]] for i in new],
        [did[pairs[i][1]] for i in new],
        at_us[chosen[np.array(new, dtype=np.int64)]],
    )


def _answer(life: Life, glances: Glances, chosen: NDArray[np.int64], at_us: NDArray) -> None:
    """Replies; their quality is their author's own, so that a reply may outshine its parent."""
    random, shelf, people = life.random, life.shelf, life.people
    parent = glances.row[chosen]
    author = glances.person[chosen]
    n = len(chosen)
    angry = random.random(n) < 0.6 * shelf.bait[parent]
    quality = np.clip(people.skill[author] + 0.22 * random.standard_normal(n), 0.02, 0.98)
    write_us = random.integers(5 * SECOND_US, 90 * SECOND_US, n)
    publish(
        life,
        Intents(
            author=author,
            topic=shelf.topic[parent],
            at_us=at_us[chosen] + write_us,
            quality=np.where(angry, 0.4 * quality, quality),
            bait=np.where(angry, random.uniform(0.4, 0.9, n), 0.0),
            parent=parent,
            quote=np.full(n, NONE, dtype=np.int64),
        ),
    )
