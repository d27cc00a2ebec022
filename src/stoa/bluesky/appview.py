"""Reads posts and accounts that the stream never brought, from Bluesky's public AppView."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

import httpx2

from stoa.bluesky.asking import Asker
from stoa.bluesky.guarded_http import FetchLimits, fetch
from stoa.bluesky.identity import require_https
from stoa.bluesky.syntax import is_did, is_post_uri
from stoa.bluesky.views import read_posts, read_profiles, read_versions
from stoa.ports import Clock
from stoa.records import Change

PUBLIC_APPVIEW = "https://public.api.bsky.app"
PAGE = 25  # what getPosts and getProfiles take at once
LIMITS = FetchLimits(timeout_s=10.0, max_bytes=4 << 20)


class AppView:
    """The public read API, without an account. Asks in pages of 25 and heeds rate limits."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        *,
        clock: Clock,
        base_url: str = PUBLIC_APPVIEW,
        asker: Asker | None = None,
        limits: FetchLimits = LIMITS,
    ) -> None:
        """Asks nothing yet.

        Raises:
            BadInput: `base_url` is not https (plain http is for this machine alone).
        """
        require_https("appview_url", base_url)
        self._client = client
        self._clock = clock
        self._base_url = base_url.rstrip("/")
        self._asker = asker or Asker("the AppView", clock)
        self._limits = limits

    async def posts(self, uris: Iterable[str]) -> list[Change]:
        """Posts with the handles and names of their authors, and the labels on both.

        Posts that are gone are absent, and so are URIs that are not of posts.

        Raises:
            Unreachable: no usable answer.
        """
        return await self._pages("feed.getPosts", "uris", uris, is_post_uri, read_posts)

    async def versions(self, uris: Iterable[str]) -> dict[str, str]:
        """CIDs of the versions that hold now; posts that are gone are absent.

        Raises:
            Unreachable: no usable answer.
        """
        wanted = list(dict.fromkeys(uri for uri in uris if is_post_uri(uri)))
        found: dict[str, str] = {}
        for start in range(0, len(wanted), PAGE):
            page = wanted[start : start + PAGE]
            body = await self._get("app.bsky.feed.getPosts", [("uris", uri) for uri in page])
            found |= {uri: cid for uri, cid in read_versions(body).items() if uri in page}
        return found

    async def profiles(self, accounts: Iterable[str]) -> list[Change]:
        """Handles, names, descriptions and labels of accounts; those that are gone are absent.

        Raises:
            Unreachable: no usable answer.
        """
        return await self._pages("actor.getProfiles", "actors", accounts, is_did, read_profiles)

    async def _pages(
        self,
        method: str,
        parameter: str,
        names: Iterable[str],
        is_fit: Callable[[str], bool],
        read: Callable[[bytes, int], list[Change]],
    ) -> list[Change]:
        wanted = iter(dict.fromkeys(name for name in names if is_fit(name)))
        changes: list[Change] = []
        while page := list(islice(wanted, PAGE)):
            query = [(parameter, name) for name in page]
            body = await self._get(f"app.bsky.{method}", query)
            changes += read(body, self._clock.now_us())
        return changes

    async def _get(self, method: str, query: Sequence[tuple[str, str]]) -> bytes:
        url = f"{self._base_url}/xrpc/{method}"
        params = httpx2.QueryParams(list(query))
        return await self._asker.ask(
            lambda: fetch(
                self._client, self._client.build_request("GET", url, params=params), self._limits
            )
        )
