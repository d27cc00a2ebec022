"""What a square asks of Bluesky beside its stream: identities, names, missing posts, pasts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from stoa.app.clocks import WallClock
from stoa.app.square import Square
from stoa.bluesky.appview import AppView
from stoa.bluesky.coldstart import ColdStart
from stoa.bluesky.guarded_http import GuardedHttp
from stoa.bluesky.hydration import Hydrator
from stoa.bluesky.identity import DidResolver, IdentityConfig, network_client
from stoa.bluesky.repository import Repositories
from stoa.bluesky.service_auth import ServiceAuth
from stoa.bluesky.syntax import is_did
from stoa.errors import BadInput, StoaError, StoreError, Unreachable
from stoa.records import AccountChanged, Batch, Effect
from stoa.settings import Settings

_MAX_PASTS_WAITING = 100
_AWAY_S = 15.0  # between two questions while nobody answers


class Network:
    """Clients for one event loop. Everything here may be absent: the square opens without."""

    def __init__(self, square: Square, say: Callable[[str], None]) -> None:
        settings = square.settings
        self._square = square
        self._say = say
        self._home = square.rooms
        wall = WallClock()
        identity = identity_config(settings)
        self._http = network_client()
        self._guarded = GuardedHttp(allow_localhost=identity.allow_localhost)
        self.resolver = DidResolver(identity, self._http, self._guarded, wall)
        self.auth = ServiceAuth(settings.service_did, self.resolver, wall)
        appview = AppView(self._http, clock=wall, base_url=settings.appview_url)
        self.versions = appview.versions
        self.hydrator = Hydrator(appview, self._commit, clock=wall)
        self._cold_start = ColdStart(
            self.resolver, Repositories(self._guarded, clock=wall), appview
        )
        self._pasts: asyncio.Queue[str] = asyncio.Queue(_MAX_PASTS_WAITING)
        self._loop: asyncio.AbstractEventLoop | None = None
        square.rooms.intake.listen(_IdentityWatch(self.resolver))

    async def run(self) -> None:
        """Answers pages' wishes until cancelled. A simulated town has nothing to ask for."""
        self._loop = asyncio.get_running_loop()
        wishes = self._square.wishes
        wishes.want_accounts = self._if_home(self.hydrator.want_accounts)
        wishes.want_posts = self._if_home(self.hydrator.want_posts)
        wishes.new_viewer = self._want_past
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.hydrator.run())
            tasks.create_task(self._read_pasts())
            if self._square.settings.handle:
                tasks.create_task(self._read_own_past(self._square.settings.handle))

    async def close(self) -> None:
        """Closes every connection."""
        await self.resolver.aclose()
        await self._http.aclose()
        await self._guarded.aclose()

    async def _commit(self, batch: Batch) -> None:
        # A full disk is told by the supervisor. What was hydrated in vain is wished for again.
        with contextlib.suppress(StoreError):
            await asyncio.to_thread(self._home.intake.take, batch)

    def _if_home(self, want: Callable[..., None]) -> Callable[..., None]:
        def wanted(names: object) -> None:
            if self._square.rooms is self._home:
                want(names)

        return wanted

    def _want_past(self, did: str) -> None:
        """Asks for a newcomer's public past; callable from any thread, never waits."""
        if is_did(did) and self._loop is not None and self._square.rooms is self._home:
            self._loop.call_soon_threadsafe(self._offer, did)

    def _offer(self, did: str) -> None:
        if not self._pasts.full():
            self._pasts.put_nowait(did)

    async def _read_pasts(self) -> None:
        """Reads newcomers' pasts one by one; while the network is away it asks seldom."""
        away = False
        while True:
            did = await self._pasts.get()
            try:
                await self._read_past(did)
                away = False
            except StoaError as problem:
                if not away:
                    self._say(f"the past of a new viewer could not be read: {problem}")
                away = True
                await asyncio.sleep(_AWAY_S)

    async def _read_own_past(self, handle: str) -> None:
        try:
            did = await self._cold_start.find(handle)
            self._square.local_reader = did
            n_changes = await self._read_past(did)
        except (Unreachable, BadInput) as problem:
            self._say(f"@{handle} could not be read ({problem}): the square opens without it")
        else:
            self._say(f"read {n_changes} public acts of @{handle}")

    async def _read_past(self, did: str) -> int:
        n_changes = 0

        def is_known(uri: str) -> bool:
            return self._home.store.post_id(uri) is not None

        async for batch in self._cold_start.read_account(did, is_known):
            await self._commit(batch)
            n_changes += len(batch.changes)
        self._home.feed.refresh(did)
        return n_changes


class _IdentityWatch:
    """An effect sink: an account whose names changed may have new keys too."""

    def __init__(self, resolver: DidResolver) -> None:
        self._resolver = resolver

    def apply(self, effects: Sequence[Effect], now_us: int) -> None:
        """Forgets cached identities of changed accounts."""
        del now_us
        for effect in effects:
            if isinstance(effect, AccountChanged):
                self._resolver.invalidate(effect.account.name)


def identity_config(settings: Settings) -> IdentityConfig:
    """Where identities are looked up, as the settings say."""
    return IdentityConfig(
        plc_url=settings.plc_url,
        appview_url=settings.appview_url,
        allow_localhost=settings.serves_loopback and not settings.hostname,
    )
