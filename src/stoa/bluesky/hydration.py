"""Fetches in the background what pages lack: names of accounts, and posts replied to."""

from __future__ import annotations

import asyncio
import random as random_module
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from threading import Lock

import structlog

from stoa.bluesky.appview import PAGE, AppView
from stoa.bluesky.backoff import backoff_s
from stoa.bluesky.recent import RecentMap
from stoa.bluesky.syntax import is_did, is_post_uri
from stoa.errors import StoaError
from stoa.ports import Clock
from stoa.records import SECOND_US, Batch, Change, Identity, PutPost, PutProfile

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HydrationConfig:
    """Bounds of what is remembered and asked."""

    max_waiting: int = 2_000  # names; when more are wanted the longest waiting are forgotten
    max_remembered: int = 50_000
    linger_s: float = 0.1  # for a page's wants to gather into one question
    found_s: float = 24 * 3600.0  # until what was found is asked again
    missing_s: float = 3600.0  # until what was not there is asked again
    tries: int = 3  # of one name, before it is left alone for `failed_s`
    failed_s: float = 300.0
    last_backoff_s: float = 300.0


@dataclass(frozen=True, slots=True)
class HydrationState:
    """A snapshot for status pages."""

    waiting: int
    asked: int
    found: int
    missing: int
    failures: int
    last_error: str | None


class Hydrator:
    """A queue of accounts and posts to fetch; each is asked for once, whoever wants it.

    `want_accounts` and `want_posts` return at once and may be called from any thread. `run`
    fetches, and hands what it found to `commit`.
    """

    def __init__(
        self,
        appview: AppView,
        commit: Callable[[Batch], Awaitable[object]],
        *,
        clock: Clock,
        config: HydrationConfig | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        self._appview = appview
        self._commit = commit
        self._clock = clock
        self._config = config or HydrationConfig()
        self._sleep = sleep
        self._random = random
        self._waiting: dict[str, None] = {}  # in order of asking; DIDs and post URIs
        self._again_us: RecentMap[str, int] = RecentMap(self._config.max_remembered)
        self._tries: dict[str, int] = {}  # of names whose last question failed
        self._lock = Lock()
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked = self._found = self._missing = self._failures = 0
        self._last_error: str | None = None

    @property
    def state(self) -> HydrationState:
        """A snapshot for status pages."""
        return HydrationState(
            len(self._waiting),
            self._asked,
            self._found,
            self._missing,
            self._failures,
            self._last_error,
        )

    def want_accounts(self, accounts: Iterable[str]) -> None:
        """Asks for handles and names of accounts (DIDs), unless they were asked for lately."""
        self._want(account for account in accounts if is_did(account))

    def want_posts(self, uris: Iterable[str]) -> None:
        """Asks for posts, unless they were asked for lately."""
        self._want(uri for uri in uris if is_post_uri(uri))

    async def run(self) -> None:
        """Fetches what is wanted, until cancelled."""
        self._loop = asyncio.get_running_loop()
        attempt = 0
        while True:
            await self._wait_for_wants()
            names = self._take()
            try:
                await self._fetch(names)
                attempt = 0
            except StoaError as failure:
                self._failures += 1
                self._last_error = str(failure)
                self._put_back(names)
                wait_s = backoff_s(attempt, self._random, last_s=self._config.last_backoff_s)
                attempt += 1
                _log.warning("hydration.failed", why=str(failure)[:200], retry_s=round(wait_s, 1))
                await self._sleep(wait_s)

    def _want(self, names: Iterable[str]) -> None:
        now_us = self._clock.now_us()
        with self._lock:
            for name in names:
                if name not in self._waiting and (self._again_us.get(name) or 0) <= now_us:
                    self._waiting[name] = None
            self._forget_excess()
            loop = self._loop if self._waiting else None
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake.set)

    def _forget_excess(self) -> None:
        while len(self._waiting) > self._config.max_waiting:
            name = next(iter(self._waiting))
            del self._waiting[name]
            self._tries.pop(name, None)

    async def _wait_for_wants(self) -> None:
        while not self._waiting:
            self._wake.clear()
            if not self._waiting:  # a want may have come before the flag was down
                await self._wake.wait()
        if len(self._waiting) < PAGE:
            await self._sleep(self._config.linger_s)

    def _take(self) -> list[str]:
        """Up to a page of accounts and a page of posts; they count as asked from now on."""
        again_us = self._clock.now_us() + int(self._config.missing_s * SECOND_US)
        with self._lock:
            accounts = [name for name in self._waiting if is_did(name)][:PAGE]
            posts = [name for name in self._waiting if not is_did(name)][:PAGE]
            for name in accounts + posts:
                del self._waiting[name]
                self._again_us.put(name, again_us)
        return accounts + posts

    def _put_back(self, names: list[str]) -> None:
        """Queues names again, at the end: one that always fails must not hold up the others."""
        again_us = self._clock.now_us() + int(self._config.failed_s * SECOND_US)
        with self._lock:
            for name in names:
                tries = self._tries.pop(name, 0) + 1
                if tries < self._config.tries:
                    self._tries[name] = tries
                    self._waiting[name] = None
                else:
                    self._again_us.put(name, again_us)
            self._forget_excess()

    async def _fetch(self, names: list[str]) -> None:
        changes: list[Change] = []
        accounts = [name for name in names if is_did(name)]
        posts = [name for name in names if not is_did(name)]
        if accounts:
            changes += await self._appview.profiles(accounts)
        if posts:
            changes += await self._appview.posts(posts)
        if changes:
            await self._commit(Batch(tuple(changes)))
        self._remember(names, changes)

    def _remember(self, names: list[str], changes: list[Change]) -> None:
        found = set(map(_name_of, changes)) - {None}
        again_us = self._clock.now_us() + int(self._config.found_s * SECOND_US)
        for name in names:
            self._tries.pop(name, None)
        for name in found:
            self._again_us.put(str(name), again_us)
        n_found = sum(name in found for name in names)
        self._asked += len(names)
        self._found += n_found
        self._missing += len(names) - n_found


def _name_of(change: Change) -> str | None:
    """The account or post that a change is about."""
    if isinstance(change, PutPost):
        return change.uri
    if isinstance(change, Identity | PutProfile):
        return change.account
    return None
