"""`com.atproto.label.subscribeLabels`: every label, from a place in the sequence on, then live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

import anyio
import anyio.to_thread
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from stoa.app.labels import Labels
from stoa.bluesky.labels import error_frame, kept_frame
from stoa.errors import StoaError
from stoa.own_labels import KeptLabel
from stoa.web.guard import is_loopback_name

METHOD = "com.atproto.label.subscribeLabels"

# Close codes of RFC 6455.
_GOING_AWAY, _NOT_ACCEPTED, _POLICY, _INTERNAL, _TRY_LATER = 1001, 1003, 1008, 1011, 1013
_MAX_DIGITS = 18
_GONE = (WebSocketDisconnect, OSError, RuntimeError)
"""What the server raises, by the moment, when the listener went away."""

_Told = TypeVar("_Told")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLimits:
    """How many may listen, and how long a slow one is waited for."""

    listeners: int = 100
    of_one_address: int = 10
    send_s: float = 10.0
    open_s: float = 12 * 3_600.0
    """Then the listener is asked to come again with its cursor: nobody sees the dead go."""


class _Ended(Exception):
    """The stream ends with a close code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class LabelStream:
    """Serves the stream to several listeners. What one has not read waits in the store alone."""

    def __init__(self, labels: Labels, limits: StreamLimits | None = None) -> None:
        self._labels = labels
        self._limits = limits or StreamLimits()
        self._open: Counter[str] = Counter()

    async def endpoint(self, socket: WebSocket) -> None:
        """One listener, from its arrival to its end."""
        address = _address_of(socket)
        full = self._open.total() >= self._limits.listeners
        if full or self._open[address] >= self._limits.of_one_address:
            await socket.close(_TRY_LATER)
            return
        with self._counted(address), suppress(*_GONE):
            await socket.accept()
            code = await self._serve(socket)
            with anyio.move_on_after(self._limits.send_s):
                await socket.close(code)

    @contextmanager
    def _counted(self, address: str) -> Iterator[None]:
        self._open[address] += 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    async def _serve(self, socket: WebSocket) -> int:
        """Sends until one side ends it; returns the code to close with."""
        code = _GOING_AWAY
        with anyio.move_on_after(self._limits.open_s):
            try:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_hear, socket)
                    await self._send_all(socket)
            except* _Ended as ended:
                code = _code_of(ended)
        return code

    async def _send_all(self, socket: WebSocket) -> None:
        with self._labels.listening() as given:
            place = await self._start(socket)
            while not self._labels.is_closing:
                given.clear()
                kept = await self._read(place)
                for one in kept:
                    await self._send(socket, kept_frame(one))
                    place = one.seq
                if not kept:
                    await given.wait()
        raise _Ended(_GOING_AWAY)

    async def _read(self, place: int) -> list[KeptLabel]:
        return await self._asked(self._labels.log.after, self._labels.did, place)

    async def _asked(self, ask: Callable[..., _Told], *arguments: object) -> _Told:
        """What the store tells; it blocks, and may fail."""
        try:
            return await anyio.to_thread.run_sync(ask, *arguments)
        except StoaError as fault:
            log.warning("labels.stream_failed", problem=str(fault))
            raise _Ended(_TRY_LATER) from fault

    async def _start(self, socket: WebSocket) -> int:
        """The place that this listener has read up to."""
        last = await self._asked(self._labels.log.last)
        end = 0 if last is None else last.seq
        asked = socket.query_params.getlist("cursor")
        if not asked:
            return end
        text = asked[0]
        if len(asked) > 1 or not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
            await self._refuse(socket, "InvalidRequest", "cursor: give one whole number from 0")
        if int(text) > end:
            await self._refuse(socket, "FutureCursor", f"the sequence ends at {end}")
        return int(text)

    async def _refuse(self, socket: WebSocket, error: str, message: str) -> None:
        await self._send(socket, error_frame(error, message))
        raise _Ended(_POLICY)

    async def _send(self, socket: WebSocket, frame: bytes) -> None:
        try:
            with anyio.fail_after(self._limits.send_s):
                await socket.send_bytes(frame)
        except TimeoutError as slow:
            raise _Ended(_POLICY) from slow
        except _GONE as gone:
            raise _Ended(_GOING_AWAY) from gone


async def _hear(socket: WebSocket) -> None:
    """Ends the stream when the listener goes, or speaks, which it has no reason to."""
    try:
        message = await socket.receive()
    except _GONE as gone:
        raise _Ended(_GOING_AWAY) from gone
    raise _Ended(_GOING_AWAY if message["type"] == "websocket.disconnect" else _NOT_ACCEPTED)


def _code_of(ended: BaseExceptionGroup[_Ended]) -> int:
    first = ended.exceptions[0]
    return first.code if isinstance(first, _Ended) else _INTERNAL


def _address_of(socket: WebSocket) -> str:
    """Who listens: as the proxy on this machine says it, else as the connection does."""
    near = socket.client.host if socket.client is not None else ""
    told = socket.headers.get("x-forwarded-for", "")
    return told.rpartition(",")[2].strip() if told and is_loopback_name(near) else near
