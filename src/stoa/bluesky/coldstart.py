"""Gives a newcomer a past: what an account did in public becomes changes like any other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from stoa.bluesky import syntax
from stoa.bluesky.appview import PAGE, AppView
from stoa.bluesky.repository import Repositories
from stoa.bluesky.syntax import is_did
from stoa.records import POST_EDGES, Batch, Change, PutEdge


class Directory(Protocol):
    """Says who an account is and where it lives; `identity.DidResolver` is one."""

    async def resolve_handle(self, handle: str) -> str:
        """DID of a handle."""
        ...

    async def pds_of(self, did: str) -> str:
        """Address of the server that holds an account's repository."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdStartLimits:
    """How much of an account's past is read, newest first."""

    likes: int = 500
    follows: int = 5_000
    reposts: int = 200
    posts: int = 200
    blocks: int = 1_000


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Everything needed to read accounts' pasts."""

    directory: Directory
    repositories: Repositories
    appview: AppView
    limits: ColdStartLimits = ColdStartLimits()

    async def find(self, handle_or_did: str) -> str:
        """DID of an account.

        Raises:
            BadInput: neither a handle nor a DID.
            Unreachable: nobody knows the handle, or the network is away.
        """
        name = handle_or_did.strip().removeprefix("@")
        return name if is_did(name) else await self.directory.resolve_handle(name)

    async def read_account(
        self, handle_or_did: str, is_known: Callable[[str], bool] = lambda uri: False
    ) -> AsyncIterator[Batch]:
        """Batches to commit: who the account is, then its acts, then the posts it acted on.

        `is_known` says which posts need not be fetched. What was yielded before an error is
        sound and may be kept.

        Raises:
            BadInput: neither a handle nor a DID.
            Unreachable: the account, its server or the AppView cannot be reached.
        """
        did = await self.find(handle_or_did)
        pds = await self.directory.pds_of(did)
        yield Batch(tuple(await self.appview.profiles([did])))
        limits = self.limits
        wanted: dict[str, None] = {}  # an ordered set: the newest likes first
        for collection, limit in (
            (syntax.LIKE, limits.likes),
            (syntax.REPOST, limits.reposts),
            (syntax.FOLLOW, limits.follows),
            (syntax.BLOCK, limits.blocks),
            (syntax.POST, limits.posts),
        ):
            async for changes in self.repositories.records(pds, did, collection, limit):
                wanted.update(dict.fromkeys(_subjects(changes)))
                if changes:
                    yield Batch(tuple(changes))
        unknown = (uri for uri in wanted if not is_known(uri))
        while page := list(islice(unknown, PAGE)):
            found = await self.appview.posts(page)
            if found:
                yield Batch(tuple(found))


def _subjects(changes: list[Change]) -> Iterator[str]:
    """The posts that an account liked or reposted."""
    for change in changes:
        if isinstance(change, PutEdge) and change.kind in POST_EDGES:
            yield change.subject
