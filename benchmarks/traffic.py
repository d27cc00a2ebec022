"""What the benchmarks share: frames in the real mix, and a Jetstream server that sends them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from stoa.bluesky.jetstream_encode import encode_change
from stoa.town import real_mix


def frames(n_events: int, seed: int) -> Iterator[bytes]:
    """Jetstream v1 frames in the mix of the live network, one event each, in order of time."""
    for batch in real_mix(n_events, seed=seed):
        for change in batch.changes:
            yield encode_change(change)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def jetstream_server(events: list[bytes], per_s: float, port: int) -> Iterator[str]:
    """Serves frames over a websocket from another process, each stamped with its send time."""
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(events, per_s, port), daemon=True
    )
    process.start()
    try:
        yield f"ws://127.0.0.1:{port}/subscribe"
    finally:
        process.kill()
        process.join()


def restamped(frame: bytes, at_us: int) -> bytes:
    """The same frame, sent at another time."""
    found = json.loads(frame)
    found["time_us"] = at_us
    return json.dumps(found, separators=(",", ":")).encode()


def _serve(events: list[bytes], per_s: float, port: int) -> None:
    asyncio.run(_serve_until_killed(events, per_s, port))


async def _serve_until_killed(events: list[bytes], per_s: float, port: int) -> None:
    from websockets.asyncio.server import serve
    from websockets.exceptions import ConnectionClosed

    async def send(connection) -> None:
        with contextlib.suppress(ConnectionClosed):  # the square under test went
            await send_all(connection)

    async def send_all(connection) -> None:
        started = time.monotonic()
        for sent, frame in enumerate(events):
            ahead_s = sent / per_s - (time.monotonic() - started)
            if ahead_s > 0.002:
                await asyncio.sleep(ahead_s)
            await connection.send(restamped(frame, time.time_ns() // 1000).decode())
        await asyncio.Future()

    async with serve(send, "127.0.0.1", port, max_queue=None):
        await asyncio.Future()
