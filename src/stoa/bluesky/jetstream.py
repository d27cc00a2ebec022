"""Reads the network's live events from Jetstream hosts, and never gives up on them."""

from __future__ import annotations

import asyncio
import random as random_module
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from stoa.bluesky.backoff import backoff_s
from stoa.bluesky.decoded import Decoded, Decoder, FrameCounts
from stoa.bluesky.frame_buffer import FrameBuffer
from stoa.bluesky.jetstream_hosts import DEFAULT_URLS, V2_SUBPROTOCOL, JetstreamHost, parse_host
from stoa.bluesky.jetstream_state import Gap, JetstreamState
from stoa.errors import BadInput
from stoa.ports import Clock
from stoa.records import SECOND_US, Batch

_log = structlog.get_logger(__name__)

_TOO_BIG = 1009  # websocket close code: a message above the limit (RFC 6455, 7.4.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class JetstreamConfig:
    """How a stream is read. The defaults follow the hosts' own advice."""

    read_timeout_s: float = 60.0  # without a frame: dead
    open_timeout_s: float = 10.0
    overlap_s: float = 5.0  # read again after a reconnect
    host_change_overlap_s: float = 10.0  # and so much more at another host, with another clock
    first_backoff_s: float = 1.0
    last_backoff_s: float = 60.0
    max_frame_bytes: int = 1 << 20
    max_waiting_frames: int = 5_000
    max_waiting_bytes: int = 16 << 20
    batch_frames: int = 1_000
    batch_s: float = 0.25
    replay_window_s: float = 36 * 3600.0  # what hosts keep
    gap_s: float = 600.0  # between the time asked for and the first event: something is missing
    ping_interval_s: float = 20.0
    close_timeout_s: float = 1.0


class JetstreamSource:
    """A `ChangeSource` over the live network. One reading at a time.

    A batch counts as committed when the next one is asked for, so commit it before. A reconnect
    resumes a little before what was committed; nothing is lost with the process or the host, and
    some events come twice.
    """

    name = "jetstream"

    def __init__(
        self,
        urls: Sequence[str] = DEFAULT_URLS,
        *,
        clock: Clock,
        config: JetstreamConfig | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        """Connects nowhere yet.

        Raises:
            BadInput: no address, or one that is not of a websocket.
        """
        if not urls:
            raise BadInput("jetstream_urls", urls, "give at least one address")
        self._hosts = [parse_host(url) for url in urls]
        self._clock = clock
        self._config = config or JetstreamConfig()
        self._sleep = sleep
        self._random = random
        self._counts = FrameCounts()
        self._connected = asyncio.Event()
        self._host = self._hosts[0]
        self._connections = 0
        self._gaps: deque[Gap] = deque(maxlen=100)
        self._last_error: str | None = None
        self._resume_us: int | None = None
        self._newest_us = 0
        self._buffer: FrameBuffer | None = None

    @property
    def state(self) -> JetstreamState:
        """A snapshot for status pages."""
        newest_us = self._newest_us
        return JetstreamState(
            connected=self._connected.is_set(),
            host=self._host.name,
            newest_us=newest_us,
            lag_us=max(0, self._clock.now_us() - newest_us) if newest_us else None,
            frames=self._counts.frames,
            changes=self._counts.changes,
            waiting=len(self._buffer) if self._buffer else 0,
            dropped=self._counts.dropped.copy(),
            ignored=self._counts.ignored.copy(),
            connections=self._connections,
            reconnects=max(0, self._connections - 1),
            gaps=tuple(self._gaps),
            last_error=self._last_error,
        )

    async def wait_connected(self, timeout_s: float) -> bool:
        """Whether a host let us in within that time; `batches` must be running."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._connected.wait()
        except TimeoutError:
            return False
        return True

    async def batches(self, cursor: int | None) -> AsyncIterator[Batch]:
        """Batches from 5 s before `cursor` (microseconds), or from now on when it is None.

        Never ends by itself; close the iterator to stop reading.
        """
        now_us = self._clock.now_us()
        self._resume_us = None if cursor is None else min(cursor, now_us)
        config = self._config
        buffer = FrameBuffer(config.max_waiting_frames, config.max_waiting_bytes)
        self._buffer = buffer
        reader = asyncio.create_task(self._read_forever(buffer))
        reader.add_done_callback(lambda task: _report_end(task, buffer))
        try:
            newest_us = self._resume_us or 0
            while True:
                frames = await buffer.take(config.batch_frames, config.batch_s)
                changes = [change for frame in frames for change in frame.changes]
                # An event may be dated up to a day ahead, but the cursor must not be: a host
                # asked for the future starts at its live tip and skips what lies between.
                seen_us = max(frame.time_us or 0 for frame in frames)
                newest_us = max(newest_us, min(seen_us, self._clock.now_us()))
                yield Batch(tuple(changes), self.name, newest_us)
                self._resume_us = newest_us
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
            self._connected.clear()
            self._buffer = None

    async def _read_forever(self, buffer: FrameBuffer) -> None:
        """Goes from host to host; returns only by an error that no other host can mend."""
        attempt = turn = skipped_s = 0
        read_from: JetstreamHost | None = None
        while True:
            host = self._host = self._hosts[turn % len(self._hosts)]
            moved = read_from is not None and read_from != host
            connection = _Connection(host, self._start_us(moved, skipped_s), skipped_s > 0)
            try:
                await self._read_host(connection, buffer)
            except (OSError, TimeoutError, WebSocketException, EOFError) as error:
                self._last_error = _told(error)
            finally:
                self._connected.clear()
            got_events = connection.first_us is not None
            if got_events:
                read_from, attempt, skipped_s = host, 0, 0
            if connection.too_big:
                # The same frame would end every connection, at every host. Ask for it to be left
                # out, and, should the host not oblige, start later and later.
                self._counts.dropped["too_big"] += 1
                skipped_s += 1
            else:
                turn += 1
            wait_s = backoff_s(
                attempt,
                self._random,
                first_s=self._config.first_backoff_s,
                last_s=self._config.last_backoff_s,
            )
            if not got_events:
                attempt += 1
            _log.warning(
                "jetstream.lost", host=host.name, why=self._last_error, retry_s=round(wait_s, 1)
            )
            await self._sleep(wait_s)

    def _start_us(self, moved: bool, skipped_s: int) -> int | None:
        """The time to ask a host for, in microseconds; None for its live tip."""
        if skipped_s and self._newest_us:
            newest_us = min(self._newest_us, self._clock.now_us())
            return newest_us + 1 + (skipped_s - 1) * SECOND_US
        if self._resume_us is None:
            return None
        overlap_s = self._config.overlap_s + (self._config.host_change_overlap_s if moved else 0)
        return max(0, self._resume_us - int(overlap_s * SECOND_US))

    async def _read_host(self, connection: _Connection, buffer: FrameBuffer) -> None:
        config, host = self._config, connection.host
        limit = config.max_frame_bytes if connection.leave_out_big else 0
        async with connect(
            host.subscription(connection.start_us, limit),
            subprotocols=[Subprotocol(V2_SUBPROTOCOL)] if host.is_v2 else None,
            user_agent_header="stoa",
            open_timeout=config.open_timeout_s,
            close_timeout=config.close_timeout_s,
            ping_interval=config.ping_interval_s,
            # A pong cannot arrive while a full buffer holds reading back; frames prove life.
            ping_timeout=None,
            max_size=config.max_frame_bytes,
        ) as socket:
            self._connections += 1
            self._connected.set()
            _log.info("jetstream.connected", host=host.name, cursor=connection.start_us)
            try:
                await self._read_frames(socket, connection, buffer)
            except ConnectionClosed as closed:
                connection.too_big = closed.sent is not None and closed.sent.code == _TOO_BIG
                raise

    async def _read_frames(
        self, socket: ClientConnection, connection: _Connection, buffer: FrameBuffer
    ) -> None:
        decoder: Decoder = connection.host.decoder()
        timeout_s = self._config.read_timeout_s
        loop = asyncio.get_running_loop()
        sound_s = loop.time()
        while True:
            try:
                async with asyncio.timeout(timeout_s):
                    frame = await socket.recv(decode=False)
            except TimeoutError:
                raise TimeoutError(f"no frame for {timeout_s:g} s") from None
            decoded = decoder.decode(frame, self._clock.now_us())
            self._counts.count(decoded)
            if decoded.time_us is not None:
                self._witness(decoded.time_us, connection)
                await buffer.put(decoded, len(frame))
                sound_s = loop.time()
            elif decoded.notice is not None:
                self._heed(decoded, connection)
                if decoded.fatal:
                    raise EOFError(f"the host ended the stream: {decoded.notice}")
            elif loop.time() - sound_s > timeout_s:
                raise TimeoutError(f"nothing but unusable frames for {timeout_s:g} s")

    def _heed(self, decoded: Decoded, connection: _Connection) -> None:
        _log.warning("jetstream.notice", host=connection.host.name, notice=decoded.notice)
        if decoded.notice == "OutdatedCursor":
            connection.outdated = True

    def _witness(self, time_us: int, connection: _Connection) -> None:
        """Keeps the newest time, and notices what the host could no longer give."""
        if connection.first_us is None:
            connection.first_us = time_us
            self._note_gap(time_us, connection)
            if self._resume_us is None:
                self._resume_us = time_us
        if time_us > self._newest_us:
            self._newest_us = time_us

    def _note_gap(self, first_us: int, connection: _Connection) -> None:
        start_us = connection.start_us
        if start_us is None or connection.leave_out_big:
            return
        is_old = self._clock.now_us() - start_us > self._config.replay_window_s * SECOND_US
        jumped = first_us - start_us > self._config.gap_s * SECOND_US
        if jumped or (first_us > start_us and (connection.outdated or is_old)):
            self._gaps.append(Gap(start_us, first_us))
            _log.warning("jetstream.gap", missing_s=round((first_us - start_us) / SECOND_US))


@dataclass(slots=True)
class _Connection:
    """What is known of one connection while it lasts."""

    host: JetstreamHost
    start_us: int | None
    leave_out_big: bool
    first_us: int | None = None
    outdated: bool = False
    too_big: bool = False


def _told(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:200]


def _report_end(task: asyncio.Task[None], buffer: FrameBuffer) -> None:
    """Hands an error that ended the reader to whoever waits for frames."""
    if not task.cancelled() and (error := task.exception()) is not None:
        buffer.fail(error)
