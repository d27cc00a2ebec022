"""The square as the outer floors see it: the world that is open now, and how its source fares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from stoa.app.rooms import Rooms, Store
from stoa.feed.service import Feed
from stoa.ingest import Acts
from stoa.notes.service import Notes
from stoa.ports import ChangeSource, Clock, VectorIndex
from stoa.records import AccountChanged, AccountId, Applied, Batch, Change, PutPost, Remove
from stoa.settings import Settings
from stoa.town import Town

LOCAL_READER = "local:me"
"""Who reads on this machine until somebody says otherwise."""


@dataclass(slots=True)
class SourceState:
    """How the source fares; what `/healthz` and the banner tell."""

    name: str = "live"  # live | town | file name
    state: str = "connecting"  # connecting | reading | live | ended
    lag_s: float | None = None
    banner: str = ""  # a sentence for every page while something is unusual
    progress: float | None = None  # 0..1 of a file read
    problem: str = ""  # what holds the intake up, e.g. a full disk
    dropped: Counter[str] = field(default_factory=Counter[str])  # frames not taken in, by reason


@dataclass(slots=True)
class Wishes:
    """What pages would like to know from the network; filled by views, emptied by hydration."""

    want_accounts: Callable[[Sequence[str]], None] = lambda names: None
    want_posts: Callable[[Sequence[str]], None] = lambda uris: None
    new_viewer: Callable[[str], None] = lambda name: None


class Square:
    """One open square. `rooms` may be swapped while it serves (town until the network answers)."""

    def __init__(
        self, settings: Settings, rooms: Rooms, origin: ChangeSource, town: Town | None = None
    ) -> None:
        self.settings = settings
        self.origin = origin
        name = "standard input" if settings.source == "stdin" else settings.source
        self.source = SourceState(name=name)
        self.wishes = Wishes()
        self._rooms = rooms
        self._home = rooms
        self._town = town
        self.ready = False
        self.local_reader = LOCAL_READER

    def move_to(self, rooms: Rooms, town: Town | None) -> None:
        """Serves another world from now on."""
        self._rooms, self._town = rooms, town

    @property
    def rooms(self) -> Rooms:
        """The world being served."""
        return self._rooms

    @property
    def folder(self) -> Path | None:
        """Where this square keeps its own things, whichever world is being served."""
        return self._home.folder

    @property
    def town(self) -> Town | None:
        """The simulated town, when that is the world being served."""
        return self._town

    @property
    def store(self) -> Store:
        """Store of the world being served."""
        return self._rooms.store

    @property
    def feed(self) -> Feed:
        """Feed of the world being served."""
        return self._rooms.feed

    @property
    def index(self) -> VectorIndex:
        """Vector index of the world being served."""
        return self._rooms.index

    @property
    def notes(self) -> Notes:
        """Notes of the world being served."""
        return self._rooms.notes

    @property
    def clock(self) -> Clock:
        """Clock of the world being served."""
        return self._rooms.clock

    @property
    def acts(self) -> Acts:
        """Where readers' acts go."""
        return self._rooms.acts

    def commit(self, batch: Batch) -> Applied:
        """Takes in what an app brings beside the source: posts of its own, and their removal.

        While a town stands in for the network, it is kept in the network's world too, at that
        world's time: nothing accepted is lost when the town closes.
        """
        if self._rooms is not self._home:
            now_us, town_us = self._home.clock.now_us(), self._rooms.clock.now_us()
            self._home.intake.take(_moved(batch, now_us, now_us - town_us))
        return self._rooms.intake.take(batch)

    def opt_out(self, account: str, opted_out: bool) -> AccountId:
        """Honours (or lifts) an author's wish at once; returns its id in the world being served.

        While a town stands in for the network, the wish is kept in the network's world too.
        """
        if self._rooms is not self._home:
            _leave_out(self._home, account, opted_out)
        return _leave_out(self._rooms, account, opted_out)


def _moved(batch: Batch, now_us: int, by_us: int) -> Batch:
    """The same acts in a world whose clock differs; none of them ahead of it."""
    changes: list[Change] = []
    for change in batch.changes:
        assert isinstance(change, PutPost | Remove), "apps bring posts and take them back"
        at_us = min(change.at_us + by_us, now_us)
        moved = replace(change, at_us=at_us, revision=now_us << 10)
        if isinstance(moved, PutPost):
            created_us = min(moved.content.created_us + by_us, at_us)
            moved = replace(moved, content=replace(moved.content, created_us=created_us))
        changes.append(moved)
    return replace(batch, changes=tuple(changes))


def _leave_out(rooms: Rooms, account: str, opted_out: bool) -> AccountId:
    found = rooms.store.opt_out(account, opted_out)
    rooms.intake.tell(list(map(AccountChanged, rooms.store.accounts([found]).values())))
    return found
