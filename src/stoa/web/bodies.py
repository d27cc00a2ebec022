"""Request bodies, bounded in size and in time."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from starlette.requests import Request

from stoa.errors import BadInput

FORM_BYTES = 64 * 1024
EVENTS_BYTES = 1024 * 1024
POSTS_BYTES = 4 * 1024 * 1024
IMPORT_BYTES = 4 * 1024 * 1024
DOCUMENT_BYTES = 16 * 1024 * 1024
BODY_TIMEOUT_S = 10.0


class BodyTooLarge(BadInput):
    """A request body over its limit; nothing of it was used."""

    def __init__(self, limit: int) -> None:
        super().__init__("body", f"over {limit:,} bytes", f"send at most {limit:,} bytes at once")


class BodyTooSlow(BadInput):
    """A request body that did not arrive in time; nothing of it was used."""

    def __init__(self) -> None:
        super().__init__("body", "incomplete", f"send it within {BODY_TIMEOUT_S:.0f} s")


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body.

    Raises:
        BodyTooLarge: it is, or says it will be, over `limit` bytes.
        BodyTooSlow: it was not complete after ten seconds.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise BodyTooLarge(limit)
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await _gather(request, limit)
    except TimeoutError:
        raise BodyTooSlow from None


async def read_form(request: Request) -> dict[str, str]:
    """Fields of an urlencoded form; the last of equal names holds.

    Raises:
        BadInput: too large, too many fields, or not a form.
    """
    body = await read_body(request, FORM_BYTES)
    return form_fields(body)


async def read_lists(request: Request) -> dict[str, list[str]]:
    """Fields of an urlencoded form that may be ticked more than once, all their values.

    Raises:
        BadInput: too large, too many fields, or not a form.
    """
    lists: dict[str, list[str]] = {}
    for name, value in _pairs(await read_body(request, FORM_BYTES)):
        lists.setdefault(name, []).append(value)
    return lists


def form_fields(body: bytes) -> dict[str, str]:
    """Fields of an urlencoded body.

    >>> form_fields(b"a=1&b=x%20y")
    {'a': '1', 'b': 'x y'}
    """
    return dict(_pairs(body))


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=2_000)
    except ValueError:
        raise BadInput("body", body[:40], "send an urlencoded form in UTF-8") from None


async def _gather(request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise BodyTooLarge(limit)
        parts.append(part)
    return b"".join(parts)
