"""What the XRPC routes need of the square: the doors they are handed, and how they are set."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from stoa.bluesky.attention import ReadingPace
from stoa.bluesky.feed_context import FeedContexts
from stoa.bluesky.recent import RecentMap
from stoa.feed.outcome import Page
from stoa.ports import Clock
from stoa.records import SECOND_US, AccountId, Post, PostId, ViewerEvent
from stoa.web.xrpc_meters import XrpcMeters


class Pages(Protocol):
    """Makes pages; `stoa.feed.service.Feed` is one."""

    def page(
        self,
        viewer: str | None,
        /,
        *,
        limit: int,
        cursor: str | None = None,
        surface: str = "page",
        peek: bool = False,
        fits: Callable[[Sequence[PostId]], Collection[PostId]] | None = None,
    ) -> Page:
        """A slice of a reading; None reads as nobody in particular.

        `fits` tells which of some posts can be shown; the page is filled with those.

        Raises:
            BadCursor: a cursor not made for this viewer.
        """
        ...


class Shelves(Protocol):
    """The part of the store that skeletons and interactions use."""

    def uris(self, ids: Sequence[int]) -> dict[PostId, str]:
        """URIs of posts."""
        ...

    def post_id(self, uri: str) -> PostId | None:
        """Id of a live post, or None."""
        ...

    def posts(self, ids: Sequence[int]) -> dict[PostId, Post]:
        """The live posts among these ids."""
        ...

    def intern_account(self, name: str) -> AccountId:
        """Id of an account, made on first use."""
        ...


class Recorder(Protocol):
    """Keeps what readers did."""

    def record(self, events: Sequence[ViewerEvent]) -> int:
        """Keeps events durably; returns how many were new."""
        ...


class World(Protocol):
    """The world being served now; it may be another one at the next request."""

    @property
    def feed(self) -> Pages:
        """Where pages come from."""
        ...

    @property
    def store(self) -> Shelves:
        """Where posts and accounts are."""
        ...

    @property
    def acts(self) -> Recorder:
        """Where readers' acts go."""
        ...

    @property
    def clock(self) -> Clock:
        """The world's time, which may be that of a file."""
        ...


class TokenReader(Protocol):
    """Tells who asks; `stoa.bluesky.service_auth.ServiceAuth` is one."""

    async def verify(self, authorization: str | None, lxm: str) -> str:
        """DID of the account that signed.

        Raises:
            BadToken: it does not verify.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class XrpcConfig:
    """Who this square is on Bluesky, and its limits."""

    hostname: str  # public host name
    feed_uri: str  # AT-URI of the published record
    label_key: str = ""  # of the labeler that is this very service; "" where it is another
    policy: str = ""  # short code of the ranking in use, at most 100 characters
    privacy_url: str | None = None
    terms_url: str | None = None
    token_deadline_s: float = 3.0  # Bluesky gives up at 10 s; a token and two tries fit
    page_deadline_s: float = 3.0
    max_events_a_day: int = 20_000  # interactions counted per account and day
    new_viewers_a_minute: int = 30

    @property
    def service_did(self) -> str:
        """The DID that Bluesky addresses."""
        return f"did:web:{self.hostname}"


def _compute(surface: str, compute: Callable[[], Page]) -> Page:
    del surface
    return compute()


@dataclass(slots=True, kw_only=True)
class SkeletonService:
    """Everything the XRPC routes share, in one application.

    `wall` is the real time of day: tokens, gaps between batches and daily caps go by it, while
    events carry the world's time. `new_viewer` is called with a DID seen for the first time
    in a day, and must return at once. `timed_page(surface, compute)` runs and measures a page.
    """

    config: XrpcConfig
    world: World
    auth: TokenReader
    contexts: FeedContexts
    wall: Clock
    meters: XrpcMeters
    new_viewer: Callable[[str], None] = lambda did: None
    timed_page: Callable[[str, Callable[[], Page]], Page] = _compute
    pace: ReadingPace = field(default_factory=ReadingPace)
    first_served_us: RecentMap[tuple[str, int], int] = field(
        default_factory=lambda: RecentMap(50_000)
    )
    """(reading, first position) -> when that page was first made: a page asked for twice gives
    the same contexts, and so the same interaction counts once."""


class NewViewers:
    """Lets each DID through once a day, and only so many a minute: a token costs nothing."""

    def __init__(self, a_minute: int, remembered: int = 100_000) -> None:
        self._a_minute = a_minute
        self._seen_us: RecentMap[str, int] = RecentMap(remembered)
        self._minute = 0
        self._let_through = 0

    def is_new(self, did: str, now_us: int) -> bool:
        """Whether this DID is to be read up on now; True at most once a day."""
        seen_us = self._seen_us.get(did)
        if seen_us is not None and now_us - seen_us < 86_400 * SECOND_US:
            return False
        minute = now_us // (60 * SECOND_US)
        if minute != self._minute:
            self._minute, self._let_through = minute, 0
        if self._let_through >= self._a_minute:
            return False  # asked again at the next page
        self._let_through += 1
        self._seen_us.put(did, now_us)
        return True
