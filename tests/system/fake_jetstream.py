"""A Jetstream host of our own: it keeps what happened, replays it, goes away and returns."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


class FakeJetstream:
    """Serves on one port, in a thread of its own; use as a context manager.

    A client with a cursor gets everything from that time on; one without gets what comes next.
    """

    def __init__(self, *, open_now: bool = True) -> None:
        self._port = _free_port()
        self.url = f"ws://127.0.0.1:{self._port}/subscribe"
        self.cursors: list[int | None] = []
        self.sent = 0
        self._events: list[dict[str, Any]] = []
        self._grown = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._close: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._open_now = open_now

    def __enter__(self) -> FakeJetstream:
        self._thread.start()
        if self._open_now:
            self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def open(self) -> None:
        """Starts to listen."""
        opened = threading.Event()
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(self._serve(opened)))
        assert opened.wait(5)

    def close(self) -> None:
        """Drops everybody and stops to listen."""
        if self._close is not None:
            asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)

    def happen(self, events: Iterable[dict[str, Any]]) -> None:
        """Adds to what happened; whoever listens hears of it at once."""
        more = list(events)

        def add() -> None:
            self._events += more
            self._grown.set()
            self._grown = asyncio.Event()

        self._loop.call_soon_threadsafe(add)

    async def _serve(self, opened: threading.Event) -> None:
        self._close, self._closed = asyncio.Event(), asyncio.Event()
        async with serve(self._handle, "127.0.0.1", self._port, close_timeout=0.2):
            opened.set()
            await self._close.wait()
        self._closed.set()

    async def _stop(self) -> None:
        assert self._close is not None
        self._close.set()
        await self._closed.wait()
        self._close = None

    async def _handle(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        cursor = int(query["cursor"][0]) if "cursor" in query else None
        self.cursors.append(cursor)
        at = len(self._events) if cursor is None else 0
        gone = asyncio.create_task(connection.wait_closed())
        with suppress(ConnectionClosed):
            while not gone.done():
                grown = asyncio.create_task(self._grown.wait())
                while at < len(self._events):
                    event = self._events[at]
                    at += 1
                    if cursor is None or event["time_us"] >= cursor:
                        await connection.send(json.dumps(event))
                        self.sent += 1
                await asyncio.wait({grown, gone}, return_when=asyncio.FIRST_COMPLETED)
                grown.cancel()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
