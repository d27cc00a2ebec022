"""The town's front door: its history, its life going on, its inhabitants and their eyes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from stoa.errors import BadInput, UnknownAccount
from stoa.records import DAY_US, Batch, Change
from stoa.town.attention import PeopleModel, expect
from stoa.town.config import TownConfig
from stoa.town.founding import describe
from stoa.town.lexicon import TOPICS
from stoa.town.life import Life
from stoa.town.people import LANGS, make_people
from stoa.town.reading import Reader, Reading, meet_one
from stoa.town.tick import live_one_tick
from stoa.town.truth import Truth
from stoa.town.visit import Session, visits

SOURCE = "town"
_BATCH = 2_000  # changes in one batch of history


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """Who one may look through the eyes of."""

    did: str
    handle: str
    name: str
    interests: tuple[str, ...]  # names of topics, dearest first
    about: str
    languages: tuple[str, ...]  # that the person reads


class Town:
    """A deterministic town: the same configuration tells the same story, change by change."""

    def __init__(self, config: TownConfig | None = None, model: PeopleModel | None = None) -> None:
        self.config = config or TownConfig()
        self._people = make_people(self.config)
        self._model = model or PeopleModel()
        self._life = Life(self.config, self._people, self._model)
        self._person = {did: i for i, did in enumerate(self._people.did)}

    def __len__(self) -> int:
        return len(self._people)

    @property
    def start_us(self) -> int:
        """When the town's first day begins."""
        return self.config.start_us

    def history(self, days: float, since_us: int | None = None) -> Iterator[Batch]:
        """Changes from the founding to `start_us + days`, in order of time.

        Starts the town anew. Each batch's cursor is the time of its last change; a reader that
        kept one passes it as `since_us` and hears only what came later.
        """
        self._life = Life(self.config, self._people, self._model)
        end_us = self.config.start_us + round(days * DAY_US)
        until_us = self.config.start_us
        pending: list[Change] = []
        while True:
            due = self._live_until(until_us)
            pending += due if since_us is None else [c for c in due if c.at_us > since_us]
            finished = until_us >= end_us
            while len(pending) > _BATCH or (finished and pending):
                cut = _cut(pending)
                yield _batch(pending[:cut])
                pending = pending[cut:]
            if finished:
                return
            until_us = min(until_us + self.config.tick_us, end_us)

    def step(self, from_us: int, to_us: int) -> Batch:
        """What happens in the town after `from_us` and up to `to_us`; the town lives on."""
        due = [change for change in self._live_until(to_us) if change.at_us > from_us]
        return Batch(changes=tuple(due), source=SOURCE, cursor=to_us)

    def inhabitants(self, offset: int = 0, limit: int = 50, prefix: str = "") -> list[Inhabitant]:
        """People by handle, in order; only those whose handle or name begins with `prefix`.

        Raises:
            BadInput: a negative offset, or a limit outside 1 to 1,000.
        """
        if offset < 0:
            raise BadInput("offset", offset, "give 0 or more")
        if not 1 <= limit <= 1_000:
            raise BadInput("limit", limit, "give a whole number from 1 to 1,000")
        people, wanted = self._people, prefix.strip().removeprefix("@").casefold()
        found = [
            i
            for i in range(len(people))
            if people.handle[i].startswith(wanted) or people.name[i].casefold().startswith(wanted)
        ]
        found.sort(key=lambda i: people.handle[i])
        return [self._inhabitant(i) for i in found[offset : offset + limit]]

    def inhabitant(self, did: str) -> Inhabitant:
        """One person.

        Raises:
            UnknownAccount: nobody of that DID lives here.
        """
        return self._inhabitant(self._index(did))

    def visits(self, did: str, day: int) -> list[int]:
        """Times at which a person opens the square on that day (0 is the first), in order."""
        return visits(self._people, self._index(did), day)

    def read(
        self,
        did: str,
        uris: Sequence[str],
        at_us: int,
        session: Session | None = None,
        asked: Collection[str] = (),
    ) -> Reading:
        """How a person reacts to a page: acts, public changes, and what it was truly worth.

        The person goes down the page until time, patience or mood runs out. `session` is the
        `Reading.session` of the page before in the same sitting; `asked` are the posts under
        which the page asks "glad you saw this?". Reading changes nothing in the town.
        """
        person = self._index(did)
        session = session or Session(started_us=at_us)
        return Reader(self._life, person, session, at_us).read(uris, asked)

    def truth_for(
        self, did: str, uris: Sequence[str], at_us: int | None = None
    ) -> list[Truth | None]:
        """What a person would truly make of posts; None for posts from outside the town."""
        person, life = self._index(did), self._life
        rows = np.array([life.shelf.row_of.get(uri, -1) for uri in uris], dtype=np.int64)
        known = rows[rows >= 0]
        when = life.now_us if at_us is None else at_us
        meeting = meet_one(life, person, known, when, np.zeros(len(known)))
        expected = expect(meeting, self._model)
        truths = iter(
            Truth(
                uri=life.shelf.uri[row],
                seconds=float(expected.stop[i] * expected.read_s[i]),
                regret_prob=float(expected.regret[i]),
                interest=float(expected.genuine[i]),
                bait=float(life.shelf.bait[row]),
                topic=TOPICS[int(life.shelf.topic[row])].name,
            )
            for i, row in enumerate(known.tolist())
        )
        return [next(truths) if row >= 0 else None for row in rows.tolist()]

    def _index(self, did: str) -> int:
        person = self._person.get(did)
        if person is None:
            raise UnknownAccount(did)
        return person

    def _inhabitant(self, person: int) -> Inhabitant:
        people = self._people
        interest = people.interest[person]
        order = np.argsort(-interest, kind="stable")
        return Inhabitant(
            did=people.did[person],
            handle=people.handle[person],
            name=people.name[person],
            interests=tuple(TOPICS[k].name for k in order.tolist() if interest[k] > 0),
            about=describe(people, person),
            languages=tuple(LANGS[k] for k in np.flatnonzero(people.reads[person]).tolist()),
        )

    def _live_until(self, until_us: int) -> list[Change]:
        """Changes up to that time, in order; the town lives on as far as that needs."""
        while self._life.now_us < until_us:
            live_one_tick(self._life)
        return self._life.ledger.take(until_us)


def _cut(changes: list[Change]) -> int:
    """Where a batch ends: after its size, but never between two changes of one moment."""
    cut = min(_BATCH, len(changes))
    while cut < len(changes) and changes[cut].at_us == changes[cut - 1].at_us:
        cut += 1
    return cut


def _batch(changes: list[Change]) -> Batch:
    return Batch(changes=tuple(changes), source=SOURCE, cursor=changes[-1].at_us)
