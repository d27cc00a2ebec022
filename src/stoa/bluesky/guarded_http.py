"""Fetches addresses that strangers chose, without being led into our own network.

A DID or a PDS address is text that anybody can write. The name is resolved here first, every
address it gives is checked, and the connection goes to a checked address (never resolved again),
with the name kept in the `Host` header and in the TLS handshake. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import httpx2

from stoa.errors import BadInput, Unreachable

Address = IPv4Address | IPv6Address
Lookup = Callable[[str, int], Awaitable[list[Address]]]

_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)
_NAT64 = IPv6Network("64:ff9b::/96")
_ATTEMPTS = 2  # addresses tried before giving up; the timeout covers them all


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: status, headers (names in lower case), body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How long a fetch may take in all, and how much it may bring."""

    timeout_s: float = 3.0
    max_bytes: int = 64 * 1024


def is_public(address: Address) -> bool:
    """Whether an address lies on the public internet.

    An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4) is judged by what it carries.

    >>> [is_public(ip_address(a)) for a in ("1.1.1.1", "10.0.0.1", "::ffff:127.0.0.1")]
    [True, False, False]
    """
    if isinstance(address, IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour
        if carried is None and address in _NAT64:
            carried = IPv4Address(address.packed[-4:])
        if carried is not None:
            return is_public(carried)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def is_host_name(host: str) -> bool:
    """Whether `host` is a DNS name with a dot; addresses and `localhost` are not.

    >>> [is_host_name(h) for h in ("feed.example.com", "localhost", "127.0.0.1", "a_b.example")]
    [True, False, False, False]
    """
    return _HOST.fullmatch(host) is not None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A request before its address is known."""

    method: str
    url: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes | None = None


async def system_lookup(host: str, port: int) -> list[Address]:
    """Addresses of a name as this machine's resolver gives them, without duplicates."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).split("%")[0]) for entry in found))


async def fetch(client: httpx2.AsyncClient, request: httpx2.Request, limits: FetchLimits) -> Answer:
    """Sends a request and reads its answer within the limits; follows no redirect.

    The body is asked for uncompressed, so that a small answer cannot unfold into a huge one.

    Raises:
        Unreachable: no connection, no answer in time, or more bytes than allowed.
    """
    request.headers["Accept-Encoding"] = "identity"
    shown = f"{request.method} {request.url}"
    try:
        async with asyncio.timeout(limits.timeout_s):
            response = await client.send(request, stream=True, follow_redirects=False)
            try:
                body = await _read(response, limits.max_bytes, shown)
            finally:
                await response.aclose()
    except TimeoutError as slow:
        raise Unreachable(f"{shown}: no answer within {limits.timeout_s} s") from slow
    except httpx2.HTTPError as broken:
        raise Unreachable(f"{shown}: {broken or type(broken).__name__}") from broken
    return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)


async def _read(response: httpx2.Response, max_bytes: int, shown: str) -> bytes:
    if response.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise Unreachable(f"{shown}: answered compressed though asked not to")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > max_bytes:
            raise Unreachable(f"{shown}: answered more than {max_bytes} bytes")
    return bytes(body)


class GuardedHttp:
    """An HTTP client for addresses chosen by strangers; close it with `aclose`.

    Args:
        lookup: turns a name into addresses.
        is_allowed: which addresses may be connected to; tests let loopback in.
        allow_localhost: whether `http://localhost` may be fetched, for development.
        client: how to connect; the default keeps no connection open, because one kept for an
            address and a name must not serve another name at the same address.
    """

    def __init__(
        self,
        *,
        lookup: Lookup = system_lookup,
        is_allowed: Callable[[Address], bool] = is_public,
        allow_localhost: bool = False,
        client: httpx2.AsyncClient | None = None,
    ) -> None:
        self._lookup = lookup
        self._is_allowed = is_allowed
        self._allow_localhost = allow_localhost
        self._client = client or httpx2.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=64, max_keepalive_connections=0),
            headers={"User-Agent": "stoa"},
        )

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._client.aclose()

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        limits: FetchLimits = FetchLimits(),
    ) -> Answer:
        """Fetches `url`, which must be https on a public host.

        Raises:
            BadInput: not an https address of a host name.
            Unreachable: the name gives no address, a forbidden one, or no answer came.
        """
        wanted = _Wanted("GET", url, params or {}, headers or {})
        return await self._in_time(wanted, limits)

    async def post(self, url: str, body: bytes, *, limits: FetchLimits = FetchLimits()) -> Answer:
        """Sends JSON to `url`; errors as `get`."""
        wanted = _Wanted("POST", url, {}, {"Content-Type": "application/json"}, body)
        return await self._in_time(wanted, limits)

    async def _in_time(self, wanted: _Wanted, limits: FetchLimits) -> Answer:
        try:
            async with asyncio.timeout(limits.timeout_s):
                return await self._send(wanted, limits)
        except TimeoutError as slow:
            raise Unreachable(
                f"{wanted.method} {wanted.url}: no answer within {limits.timeout_s} s"
            ) from slow

    async def _send(self, wanted: _Wanted, limits: FetchLimits) -> Answer:
        scheme, host, port = self._destination(wanted.url)
        failure: Unreachable | None = None
        for address in (await self._addresses(host, port))[:_ATTEMPTS]:
            request = self._client.build_request(
                wanted.method,
                httpx2.URL(wanted.url).copy_with(host=str(address)),
                params=dict(wanted.params) or None,
                headers={**wanted.headers, "Host": host if port in (80, 443) else f"{host}:{port}"},
                content=wanted.body,
                extensions={"sni_hostname": host} if scheme == "https" else {},
            )
            try:
                return await fetch(self._client, request, limits)
            except Unreachable as refused:
                failure = refused
        raise failure or Unreachable(f"{host} has no address")

    def _destination(self, url: str) -> tuple[str, str, int]:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as wrong:
            raise BadInput("url", url, "give an address such as https://host.example") from wrong
        host = (parts.hostname or "").lower()
        if parts.username or parts.password:
            raise BadInput("url", url, "leave the user name out of it")
        if host == "localhost" and self._allow_localhost and parts.scheme in ("http", "https"):
            return parts.scheme, host, port or (443 if parts.scheme == "https" else 80)
        if parts.scheme != "https" or not is_host_name(host):
            raise BadInput("url", url, "give an https address of a public host name")
        return "https", host, port or 443

    async def _addresses(self, host: str, port: int) -> list[Address]:
        try:
            found = await self._lookup(host, port)
        except (OSError, UnicodeError) as unknown:
            raise Unreachable(f"{host} does not resolve: {unknown}") from unknown
        if host == "localhost":
            found = [address for address in found if address.is_loopback]
        elif not all(self._is_allowed(address) for address in found):
            raise Unreachable(f"{host} leads to an address outside the public internet")
        if not found:
            raise Unreachable(f"{host} has no address")
        return sorted(found, key=lambda address: address.version)
