"""What the network heard of the town before its first day: accounts, profiles, follows."""

from __future__ import annotations

import numpy as np

from stoa.records import DAY_US, SECOND_US, AccountState, AccountStatus, EdgeKind, Identity
from stoa.records import PutProfile as Profile
from stoa.town.config import TownConfig
from stoa.town.follows import Follows
from stoa.town.ledger import Ledger
from stoa.town.lexicon import TOPICS
from stoa.town.people import People
from stoa.town.topic import VALUES

_BEFORE_US = 30 * DAY_US
_WANTS = {
    "learn": "Here to learn.",
    "make": "I make things.",
    "care": "Looking after what is alive.",
    "belong": "Good company welcome.",
    "play": "Mostly for fun.",
    "news": "Keeping up with the town.",
}


def found(config: TownConfig, people: People, follows: Follows, ledger: Ledger) -> None:
    """Writes accounts, profiles and follows dated in the month before the start."""
    random = np.random.default_rng([config.seed, 4])
    n = len(people)
    begin = config.start_us - _BEFORE_US
    born = begin + np.sort(random.integers(0, DAY_US, n))
    _accounts(people, born, ledger)
    follower, followed = follows.pairs()
    at = begin + random.integers(DAY_US, _BEFORE_US - 60 * SECOND_US, len(follower))
    order = np.argsort(at, kind="stable")
    ledger.put_edges(
        EdgeKind.FOLLOW,
        [people.did[i] for i in follower[order].tolist()],
        [people.did[i] for i in followed[order].tolist()],
        at[order],
    )
    _departures(config, people, random, ledger)


def _accounts(people: People, born: np.ndarray, ledger: Ledger) -> None:
    revision = ledger.stamp(born).tolist()
    for person, at_us in enumerate(born.tolist()):
        did = people.did[person]
        ledger.put([Identity(did, at_us, people.handle[person])])
        ledger.put([Profile(did, revision[person], at_us, people.name[person],
                            describe(people, person))])  # fmt: skip


def describe(people: People, person: int) -> str:
    """What a person's profile says: three interests and what they are here for."""
    best = np.argsort(-people.interest[person], kind="stable")[:3]
    named = [TOPICS[k].name for k in best.tolist() if people.interest[person, k] > 0]
    wants = _WANTS[VALUES[int(np.argmax(people.values[person]))]]
    return f"{', '.join(named)}. {wants}"


def _departures(
    config: TownConfig, people: People, random: np.random.Generator, ledger: Ledger
) -> None:
    """Accounts that are deleted for good, and a few that are hidden for some hours."""
    for person in np.flatnonzero(people.leaves_us < config.start_us + 30 * DAY_US).tolist():
        at_us = int(people.leaves_us[person])
        ledger.put([AccountState(people.did[person], AccountStatus.DELETED, at_us)])
    hidden = random.choice(len(people), size=max(1, len(people) // 500), replace=False)
    for person in hidden.tolist():
        start = config.start_us + int(random.integers(0, 10 * DAY_US))
        end = start + int(random.integers(1, 12)) * 3_600 * SECOND_US
        if people.leaves_us[person] > end:
            did = people.did[person]
            ledger.put([AccountState(did, AccountStatus.HIDDEN, start)])
            ledger.put([AccountState(did, AccountStatus.ACTIVE, end)])
