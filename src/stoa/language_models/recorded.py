"""Writes down what an endpoint answers, and answers so again without it.

A recording is a file of JSON lines: the request's hash and text, then status, media type and the
chunks as they came. Keys and other headers are never written.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from stoa.errors import BadInput, Unreachable
from stoa.language_models.transport import Reply, Transport

_KEPT = ("content-type", "retry-after")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back."""

    request: str  # the JSON that was sent
    status: int
    headers: dict[str, str]
    chunks: tuple[bytes, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the request, whatever order its fields had."""
        return digest(self.request.encode())

    def line(self) -> str:
        """As a line of a recording."""
        chunks = [base64.b64encode(chunk).decode() for chunk in self.chunks]
        parts = {"digest": self.digest, "request": json.loads(self.request), "status": self.status}
        return json.dumps(parts | {"headers": self.headers, "chunks": chunks}, ensure_ascii=False)


def digest(body: bytes) -> str:
    """SHA-256 of a JSON request in canonical form."""
    canonical = json.dumps(json.loads(body), sort_keys=True, ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()


def read_recording(path: Path) -> list[Exchange]:
    """The exchanges in a file, in order.

    Raises:
        BadInput: a line is no exchange.
    """
    found: list[Exchange] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadInput("recording", str(path), f"give a file that reads: {wrong}") from wrong
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(_exchange(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            mend = "record it anew; each line holds request, status, headers, chunks"
            raise BadInput(f"{path.name}, line {number}", line[:60], mend) from wrong
    return found


def _exchange(parts: dict[str, Any]) -> Exchange:
    request = json.dumps(parts["request"], ensure_ascii=False)
    chunks = tuple(base64.b64decode(chunk, validate=True) for chunk in parts["chunks"])
    headers = {str(name): str(value) for name, value in parts["headers"].items()}
    return Exchange(request, int(parts["status"]), headers, chunks)


class RecordingTransport:
    """Passes requests on to another transport, and appends what it hears to a file."""

    def __init__(self, inner: Transport, path: Path) -> None:
        self._inner = inner
        self._path = path

    @property
    def host(self) -> str:
        """Of the endpoint behind it."""
        return self._inner.host

    @asynccontextmanager
    async def post(self, body: bytes) -> AsyncIterator[Reply]:
        """As the inner transport; a reply that is broken off is kept as far as it came."""
        heard: list[bytes] = []
        async with self._inner.post(body) as reply:
            headers = {name: reply.headers[name] for name in _KEPT if name in reply.headers}
            try:
                yield Reply(
                    reply.status, reply.headers, _overheard(reply.chunks, heard), reply.hide
                )
            finally:
                exchange = Exchange(body.decode(), reply.status, headers, tuple(heard))
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(exchange.line() + "\n")


async def _overheard(chunks: AsyncIterator[bytes], heard: list[bytes]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        heard.append(chunk)
        yield chunk


class ReplayTransport:
    """Answers from a recording. The same request asked again gets the next answer to it."""

    host = "recording"

    def __init__(self, exchanges: list[Exchange]) -> None:
        self._left: dict[str, list[Exchange]] = {}
        for exchange in exchanges:
            self._left.setdefault(exchange.digest, []).append(exchange)

    @classmethod
    def from_file(cls, path: Path) -> ReplayTransport:
        """Over a file that `RecordingTransport` wrote."""
        return cls(read_recording(path))

    @asynccontextmanager
    async def post(self, body: bytes) -> AsyncIterator[Reply]:
        """The recorded answer to this very request.

        Raises:
            Unreachable: it was never recorded.
        """
        found = self._left.get(digest(body))
        if not found:
            raise Unreachable(f"{self.host}: no answer to this request; record it first")
        exchange = found.pop(0) if len(found) > 1 else found[0]
        yield Reply(exchange.status, exchange.headers, _as_chunks(exchange.chunks))


async def _as_chunks(chunks: tuple[bytes, ...]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
