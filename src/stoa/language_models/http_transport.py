"""Carries chat requests over HTTP, bounded in time and size; follows no redirect."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx2

from stoa.errors import Unreachable
from stoa.language_models.endpoint import Endpoint
from stoa.language_models.transport import Reply

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """How long a reply may take, and how much it may bring."""

    connect_s: float = 5.0
    read_s: float = 60.0  # between two pieces: a large model thinks long before its first
    total_s: float = 120.0
    max_bytes: int = 4 * 1024 * 1024


class HttpTransport:
    """A `Transport` to one endpoint. It keeps no connection open and uses no proxy."""

    def __init__(self, endpoint: Endpoint, limits: HttpLimits = HttpLimits()) -> None:
        self._endpoint = endpoint
        self._limits = limits
        self._tls: ssl.SSLContext | None = None

    @property
    def host(self) -> str:
        """The endpoint's host."""
        return self._endpoint.host

    @asynccontextmanager
    async def post(self, body: bytes) -> AsyncIterator[Reply]:
        """Sends JSON; see `Transport.post`.

        The key goes only to the address that was set: a redirect is an error, and neither
        proxies nor a netrc file from the environment are used.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._limits.total_s
        async with self._client() as client:
            request = self._request(client, body)
            response = await self._in_time(deadline, client.send(request, stream=True))
            try:
                self._check(response)
                headers = {name.lower(): value for name, value in response.headers.items()}
                yield Reply(
                    response.status_code,
                    headers,
                    self._chunks(response, deadline),
                    self._endpoint.hidden,
                )
            finally:
                await response.aclose()

    def _client(self) -> httpx2.AsyncClient:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        limits = self._limits
        return httpx2.AsyncClient(
            verify=self._tls,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(limits.read_s, connect=limits.connect_s),
            headers={"User-Agent": "stoa"},
        )

    def _request(self, client: httpx2.AsyncClient, body: bytes) -> httpx2.Request:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
            "Accept-Encoding": "identity",  # a small answer cannot unfold into a huge one
        }
        if self._endpoint.key:
            headers["Authorization"] = f"Bearer {self._endpoint.key}"
        try:
            return client.build_request("POST", self._endpoint.url, content=body, headers=headers)
        except (httpx2.InvalidURL, ValueError) as wrong:
            raise Unreachable(f"{self.host}: no address: {wrong}; check STOA_LLM_URL") from wrong

    def _check(self, response: httpx2.Response) -> None:
        if response.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
            raise Unreachable(f"{self.host}: answered compressed though asked not to")
        if 300 <= response.status_code < 400:
            raise Unreachable(
                f"{self.host}: sends us elsewhere ({response.status_code}), where the key does not "
                "follow; set STOA_LLM_URL to the address where the API answers itself"
            )

    async def _chunks(self, response: httpx2.Response, deadline: float) -> AsyncIterator[bytes]:
        n_bytes = 0
        pieces = response.aiter_raw()
        while True:
            chunk = await self._in_time(deadline, anext(pieces, None))
            if chunk is None:
                return
            n_bytes += len(chunk)
            if n_bytes > self._limits.max_bytes:
                raise Unreachable(f"{self.host}: answered more than {self._limits.max_bytes} bytes")
            yield chunk

    async def _in_time(self, deadline: float, step: Awaitable[_T]) -> _T:
        """One step towards the reply. The deadline holds for steps, never for who reads them."""
        try:
            async with asyncio.timeout_at(deadline):
                return await step
        except TimeoutError as slow:
            total_s = self._limits.total_s
            raise Unreachable(
                f"{self.host}: not finished within {total_s:g} s; raise STOA_LLM_TIMEOUT_S, "
                "or take a faster model"
            ) from slow
        except httpx2.TimeoutException as slow:
            raise Unreachable(f"{self.host}: {_waited(slow, self._limits)}") from slow
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError) as broken:
            what = self._endpoint.hidden(str(broken)) or type(broken).__name__
            raise Unreachable(f"{self.host}: {what}; is the endpoint running?") from broken


def _waited(slow: httpx2.TimeoutException, limits: HttpLimits) -> str:
    if isinstance(slow, httpx2.ConnectTimeout):
        return f"no connection within {limits.connect_s:g} s; is the endpoint running?"
    return f"silent for {limits.read_s:g} s"
