"""The outer wall: which hosts are answered, what a browser may do with an answer, who is near.

A request is *local* when it names this machine, comes from this machine, and no proxy stands
between. Local readers and programs are trusted; everybody else proves who they are.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{images}; "
    "connect-src 'self'; font-src 'none'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Content-Security-Policy; `{images}` opens `https:` for readers who allowed pictures."""

_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}


_CLOSED: Message = {"type": "websocket.close", "code": 1008, "reason": "unknown host"}


class Guard:
    """ASGI middleware: refuses unknown hosts and foreign writes, sets the security headers."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app = app
        self._hosts = frozenset(host.lower() for host in hosts if host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers 421 (unknown host) or 403 (written from elsewhere).

        Sockets carry what is public anyway; only the host is looked at.
        """
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = host_name(headers.get("host", ""))
        is_known = is_loopback_name(host) or host in self._hosts
        if scope["type"] == "websocket":
            await (self.app(scope, receive, send) if is_known else send(_CLOSED))
            return
        state = scope.setdefault("state", {})
        state["trace"] = secrets.token_hex(6)
        state["local"] = is_local(host, scope, headers)
        if not is_known:
            await _refuse(421, "This square does not answer to that host name.")(
                scope, receive, send
            )
            return
        if scope["method"] in _UNSAFE and foreign(headers):
            await _refuse(403, "This write comes from another site; it was not done.")(
                scope, receive, send
            )
            return
        await self.app(scope, receive, _sealed(send, scope))


def host_name(header: str) -> str:
    """The host of a Host header, without port, in lower case.

    >>> host_name("Example.org:8080"), host_name("[::1]:80"), host_name("a@b")
    ('example.org', '::1', '')
    """
    if "@" in header or "/" in header:
        return ""
    try:
        return (urlsplit("//" + header).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_loopback_name(host: str) -> bool:
    """Whether a name can only mean this machine.

    >>> [is_loopback_name(h) for h in ("localhost", "127.0.0.9", "::1", "127.0.0.1.evil.org")]
    [True, True, True, False]
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_local(host: str, scope: Scope, headers: Headers) -> bool:
    """Whether a request names this machine, comes from it, and met no proxy on its way."""
    client = scope.get("client")
    near = client is not None and is_loopback_name(client[0])
    return near and is_loopback_name(host) and not any(h in headers for h in _PROXY_HEADERS)


def foreign(headers: Headers) -> bool:
    """Whether a browser says that a page of another site sent this."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


def _refuse(status: int, message: str) -> PlainTextResponse:
    return PlainTextResponse(message + "\n", status_code=status)


def _sealed(send: Send, scope: Scope) -> Send:
    async def sealed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            images = " https:" if scope["state"].get("images") else ""
            headers.setdefault("content-security-policy", POLICY.format(images=images))
            headers.setdefault("x-trace-id", scope["state"]["trace"])
            headers.setdefault("cache-control", "private, no-store")
        await send(message)

    return sealed
