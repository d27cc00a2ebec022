"""A chat endpoint on this machine that says what it was told: a real server, for tests and work.

It speaks HTTP over a socket, so that what a client does is what it would do to a real endpoint;
a handler decides about status, headers and the very bytes of each chunk.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from stoa.errors import Unreachable
from stoa.language_models.transport import Transport

_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 429: "Too Many Requests"}
_MOST_ASKED = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent."""

    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the server says. `dies` cuts the connection after the chunks, without an end."""

    chunks: Iterable[bytes] | AsyncIterator[bytes] = ()
    status: int = 200
    headers: Mapping[str, str] = field(
        default_factory=lambda: {"Content-Type": "text/event-stream"}
    )
    dies: bool = False


Handler = Callable[[Request], Awaitable[Spoken]]


def said(text: str, piece_chars: int = 16) -> Spoken:
    """A well-formed streamed reply."""
    pieces = [text[start : start + piece_chars] for start in range(0, len(text), piece_chars)]
    events: list[dict[str, object]] = [
        {"choices": [{"delta": {"content": piece}}]} for piece in pieces
    ]
    events.append({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    lines = [f"data: {json.dumps(event)}\n\n".encode() for event in events]
    return Spoken([*lines, b"data: [DONE]\n\n"])


@asynccontextmanager
async def loopback_endpoint(handler: Handler, port: int = 0) -> AsyncIterator[str]:
    """Serves a handler on 127.0.0.1 while the context is open; gives the base address."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await _exchange(handler, reader, writer)
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def replayed(transport: Transport) -> Handler:
    """A handler that answers as a recording (or any other transport) does."""

    async def answer(request: Request) -> Spoken:
        try:
            async with transport.post(request.body) as reply:
                chunks = [chunk async for chunk in reply.chunks]
        except Unreachable as unknown:
            body = json.dumps({"error": {"message": str(unknown)}}).encode()
            return Spoken([body], 404, {"Content-Type": "application/json"})
        kept = {n: v for n, v in reply.headers.items() if n in ("content-type", "retry-after")}
        return Spoken(chunks, reply.status, kept)

    return answer


async def _exchange(
    handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    spoken = await handler(await _request(reader))
    reason = _REASONS.get(spoken.status, "Said")
    lines = [
        f"HTTP/1.1 {spoken.status} {reason}",
        "Transfer-Encoding: chunked",
        "Connection: close",
    ]
    lines += [f"{name}: {value}" for name, value in spoken.headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    async for chunk in _each(spoken.chunks):
        if chunk:
            writer.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            await writer.drain()
    if not spoken.dies:
        writer.write(b"0\r\n\r\n")
        await writer.drain()


async def _each(chunks: Iterable[bytes] | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if isinstance(chunks, AsyncIterator):
        async for chunk in chunks:
            yield chunk
        return
    for chunk in chunks:
        yield chunk


async def _request(reader: asyncio.StreamReader) -> Request:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines if line]
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    length = min(int(headers.get("content-length", "0")), _MOST_ASKED)
    return Request(first.split(" ")[1], headers, await reader.readexactly(length))
