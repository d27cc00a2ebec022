"""A small square in memory, and short ways to say what happened in it."""

from __future__ import annotations

from itertools import count

from stoa.app.rooms import Rooms, open_rooms
from stoa.records import (
    AccountState,
    AccountStatus,
    Applied,
    Batch,
    Change,
    EdgeKind,
    EventKind,
    PostContent,
    PutEdge,
    PutPost,
    Remove,
    ViewerEvent,
)

START_US = 1_790_000_000_000_000


class StepClock:
    """Stands still at the newest change."""

    def __init__(self) -> None:
        self.us = START_US

    def now_us(self) -> int:
        return self.us


class SmallSquare:
    """Rooms in memory whose every act comes a second after the one before."""

    def __init__(self) -> None:
        self.clock = StepClock()
        self.rooms: Rooms = open_rooms(None, self.clock)
        self._numbers = count(1)

    def take(self, *changes: Change) -> Applied:
        return self.rooms.intake.take(Batch(changes))

    def _next_us(self) -> int:
        self.clock.us += 1_000_000
        return self.clock.us

    def post(self, author: str, text: str, *, parent: str | None = None, quote: str | None = None):
        at_us = self._next_us()
        uri = f"at://{author}/app.bsky.feed.post/{next(self._numbers)}"
        content = PostContent(
            text=text, created_us=at_us, parent_uri=parent, root_uri=parent, quote_uri=quote
        )
        self.take(PutPost(uri, author, at_us << 10, at_us, content))
        return uri

    def edge(self, kind: EdgeKind, actor: str, subject: str) -> str:
        at_us = self._next_us()
        uri = f"at://{actor}/app.bsky.{kind.name.lower()}/{next(self._numbers)}"
        self.take(PutEdge(kind, uri, actor, subject, at_us << 10, at_us))
        return uri

    def like(self, actor: str, uri: str) -> str:
        return self.edge(EdgeKind.LIKE, actor, uri)

    def remove(self, uri: str, author: str) -> None:
        at_us = self._next_us()
        self.take(Remove(uri, author, at_us << 10, at_us))

    def state(self, account: str, status: AccountStatus) -> None:
        self.take(AccountState(account, status, self._next_us()))

    def act(self, viewer: str, kind: EventKind, uri: str, undoes: EventKind | None = None) -> int:
        store = self.rooms.store
        event = ViewerEvent(
            store.intern_account(viewer), kind, self.id(uri), self._next_us(), undoes=undoes
        )
        return self.rooms.acts.record([event])

    def id(self, uri: str):
        found = self.rooms.store.post_id(uri)
        assert found is not None, uri
        return found

    def vector(self, uri: str):
        from stoa.records import as_ids

        vectors, found = self.rooms.index.vectors(as_ids([self.id(uri)]))
        return vectors[0] if found[0] else None

    def served(self, viewer: str | None, limit: int = 100) -> set[str]:
        self.rooms.feed.forget(viewer)  # a peek may answer from a reading made a moment ago
        page = self.rooms.feed.page(viewer, limit=limit, peek=True)
        return set(self.rooms.store.uris([item.post for item in page.items]).values())
