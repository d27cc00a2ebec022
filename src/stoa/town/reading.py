"""A person reads a page that was put before them, and reacts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stoa.records import SECOND_US, Change, EdgeKind, EventKind, PutEdge
from stoa.town.attention import MOST_S, SKIM_S, Expectation, Meeting, expect
from stoa.town.chance import normals, uniforms
from stoa.town.ledger import COLLECTIONS
from stoa.town.people import TOPIC_LANG
from stoa.town.tid import tids
from stoa.town.truth import TrueReading
from stoa.town.visit import Session, budget_s, patience

if TYPE_CHECKING:
    from stoa.town.life import Life

PUBLIC_KINDS = {
    EventKind.LIKE: EdgeKind.LIKE,
    EventKind.REPOST: EdgeKind.REPOST,
    EventKind.FOLLOW: EdgeKind.FOLLOW,
    EventKind.BLOCK: EdgeKind.BLOCK,
}
"""Reactions that the network hears of too; they stand in `Reading.changes` as well."""

_SPREAD = 0.4  # log-normal noise of dwell around its mean
_HAD_ENOUGH = 0.08  # share of regretted posts after which one closes the page
_ANSWERED = 0.7  # of the questions asked
_FLIPPED = 0.1  # of the answers given
_RULES: tuple[tuple[EventKind, float, float], ...] = (
    # kind, share of regretted reads, share of all reads (slips of the finger)
    (EventKind.SHOW_LESS, 0.04, 0.0005),
    (EventKind.NOT_INTERESTED, 0.03, 0.0005),
    (EventKind.REGRET, 0.03, 0.0002),
    (EventKind.MUTE, 0.006, 0.0),
    (EventKind.BLOCK, 0.004, 0.0),
)


@dataclass(frozen=True, slots=True)
class Reaction:
    """One act of a reader on a post, by URI: what a page would send to the square."""

    kind: EventKind
    uri: str
    at_us: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of showing a page: acts, public changes, the sitting so far, and the truth."""

    reactions: tuple[Reaction, ...]
    changes: tuple[Change, ...]
    session: Session
    truth: TrueReading


class Reader:
    """One person with one page; `read` goes down the page until they leave."""

    def __init__(self, life: Life, person: int, session: Session, at_us: int) -> None:
        self._life = life
        self._person = person
        self._session = session
        self._at_us = at_us
        self._counts = dict(session.read_of_topic)
        self._reactions: list[Reaction] = []
        self._truth = TrueReading()
        mood = float(life.people.mood(np.array([person]), at_us)[0])
        self._budget_s = budget_s(life.people, person, session, mood)
        self._patience = patience(life.people, person)

    def read(self, uris: Sequence[str], asked: Collection[str]) -> Reading:
        """Reads posts in order; those in `asked` are asked about ("glad you saw this?")."""
        rows = np.array([self._life.shelf.row_of.get(uri, -1) for uri in uris], dtype=np.int64)
        known = rows[rows >= 0]
        nobody = np.zeros(len(known))
        fresh = expect(meet_one(self._life, self._person, known, self._at_us, nobody),
                       self._life.model)  # fmt: skip
        column = np.cumsum(rows >= 0) - 1
        for i, uri in enumerate(uris):
            if self._session.left or self._session.elapsed_s > self._budget_s:
                self._session = replace(self._session, left=True)
                break
            self._note(EventKind.IMPRESSION, uri)
            self._truth += TrueReading(shown=1)
            if rows[i] >= 0:
                self._meet(uri, int(rows[i]), _at(fresh, int(column[i])), uri in asked)
            else:  # a post from outside the town says nothing to its people
                self._skim(uri)
        session = replace(self._session, read_of_topic=self._counts)
        return Reading(tuple(self._reactions), self._changes(), session, self._truth)

    def _meet(self, uri: str, row: int, expected: Expectation, asked: bool) -> None:
        topic = int(self._life.shelf.topic[row])
        repeats = self._counts.get(topic, 0)
        if repeats > 2:
            one = np.array([row])
            again = meet_one(self._life, self._person, one, self._at_us, np.array([repeats]))
            expected = _at(expect(again, self._life.model), 0)
        if self._chance("stop", row) >= expected.stop:
            self._skim(uri)
            return
        self._counts[topic] = repeats + 1
        luck = float(normals(self._life.people.seed, "dwell", self._person, row))
        seconds = float(expected.read_s) * np.exp(_SPREAD * luck - _SPREAD**2 / 2)
        seconds = min(float(seconds), MOST_S)
        regretted = bool(self._chance("regret", row) < expected.regret)
        self._spend(uri, seconds, max(self._session.boredom - 2.0, 0.0))
        self._truth += TrueReading(
            read=1,
            regretted=int(regretted),
            seconds=seconds,
            unregretted_seconds=0.0 if regretted else seconds,
        )
        self._act(uri, row, expected, regretted)
        if asked:
            self._answer(uri, row, expected, regretted)
        if regretted and self._chance("enough", row) < _HAD_ENOUGH:
            self._session = replace(self._session, left=True)

    def _act(self, uri: str, row: int, expected: Expectation, regretted: bool) -> None:
        shares = (
            (EventKind.LIKE, expected.like),
            (EventKind.REPOST, expected.repost),
            (EventKind.REPLY, expected.reply),
            (EventKind.CLICK, 0.3 * expected.genuine + 0.6 * expected.hook),
            (EventKind.GLAD, 0.0 if regretted else 0.05 * expected.genuine),
            (EventKind.FOLLOW, 0.02 * expected.genuine),
        )
        for kind, share in shares:
            if self._chance(kind.name, row) < share:
                self._note(kind, uri)
        for kind, share, slips in _RULES:
            if self._chance(kind.name, row) < (share if regretted else slips):
                self._note(kind, uri)

    def _answer(self, uri: str, row: int, expected: Expectation, regretted: bool) -> None:
        """A survey answer: often withheld, sometimes mistaken, sometimes without opinion."""
        if self._chance("answers", row) >= _ANSWERED:
            return
        glad = bool(self._chance("glad", row) < 0.3 + 0.7 * expected.genuine)
        if self._chance("flips", row) < _FLIPPED:
            regretted, glad = not regretted, regretted
        kind = EventKind.GLAD if glad else EventKind.NO_OPINION
        self._note(EventKind.REGRET if regretted else kind, uri)

    def _skim(self, uri: str) -> None:
        self._spend(uri, SKIM_S, self._session.boredom + 1.0)

    def _spend(self, uri: str, seconds: float, boredom: float) -> None:
        elapsed_s = self._session.elapsed_s + seconds
        left = boredom > self._patience
        self._session = replace(self._session, elapsed_s=elapsed_s, boredom=boredom, left=left)
        self._note(EventKind.DWELL, uri, seconds)

    def _note(self, kind: EventKind, uri: str, seconds: float | None = None) -> None:
        at_us = self._session.started_us + round(self._session.elapsed_s * SECOND_US)
        self._reactions.append(Reaction(kind, uri, at_us, seconds))

    def _chance(self, salt: str, row: int) -> float:
        return float(uniforms(self._life.people.seed, salt, self._person, row))

    def _changes(self) -> tuple[Change, ...]:
        """What the network hears of it: likes, reposts, follows and blocks as records."""
        people, shelf = self._life.people, self._life.shelf
        actor = people.did[self._person]
        public = [r for r in self._reactions if r.kind in PUBLIC_KINDS]
        # The clock id tells the reader's own records apart where they fall into one moment.
        revision = [r.at_us << 10 | (512 + i) & 1023 for i, r in enumerate(public)]
        keys = tids(np.array(revision, dtype=np.int64)) if public else []
        changes: list[Change] = []
        for reaction, number, key in zip(public, revision, keys, strict=True):
            kind = PUBLIC_KINDS[reaction.kind]
            subject = reaction.uri
            if kind in (EdgeKind.FOLLOW, EdgeKind.BLOCK):
                subject = people.did[int(shelf.author[shelf.row_of[reaction.uri]])]
            uri = f"at://{actor}/{COLLECTIONS[kind]}/{key}"
            changes.append(PutEdge(kind, uri, actor, subject, number, reaction.at_us))
        return tuple(changes)


def meet_one(
    life: Life, person: int, rows: NDArray[np.int64], at_us: int, repeats: NDArray
) -> Meeting:
    """One person and many posts, as the people model wants them."""
    people, shelf = life.people, life.shelf
    topic = shelf.topic[rows]
    who = np.full(len(rows), person, dtype=np.int64)
    return Meeting(
        affinity=life.affinities(at_us)[person, topic],
        understood=people.reads[person, TOPIC_LANG[topic]],
        closeness=life.follows.closeness(who, shelf.author[rows]),
        value_match=people.value_match[person, topic],
        self_control=people.self_control[who],
        mood=people.mood(who, at_us),
        repeats=np.asarray(repeats, dtype=np.float64),
        quality=shelf.quality[rows],
        bait=shelf.bait[rows],
        full_s=shelf.full_s[rows],
    )


def _at(expected: Expectation, i: int) -> Expectation:
    return Expectation(
        genuine=expected.genuine[i],
        hook=expected.hook[i],
        stop=expected.stop[i],
        read_s=expected.read_s[i],
        regret=expected.regret[i],
        like=expected.like[i],
        repost=expected.repost[i],
        reply=expected.reply[i],
    )
