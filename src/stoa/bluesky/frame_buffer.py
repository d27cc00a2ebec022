"""Holds what was read of a stream until it is worked on: bounded, so that a flood waits outside."""

from __future__ import annotations

import asyncio
from collections import deque

from stoa.bluesky.decoded import Decoded

_OVERHEAD_BYTES = 200  # of a decoded frame, beside its text


class FrameBuffer:
    """Decoded frames in order. `put` waits while it is full; `take` waits while it is empty.

    One task puts, one takes. It may pass a bound by one frame.
    """

    def __init__(self, max_frames: int, max_bytes: int) -> None:
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._frames: deque[tuple[Decoded, int]] = deque()
        self._bytes = 0
        self._wanted = 1
        self._enough = asyncio.Event()
        self._space = asyncio.Event()
        self._failure: BaseException | None = None

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def bytes(self) -> int:
        """Size of what waits, as it came over the wire."""
        return self._bytes

    async def put(self, decoded: Decoded, size: int) -> None:
        """Adds a frame of `size` bytes, as soon as there is room."""
        while self._is_full():
            self._space.clear()
            await self._space.wait()
        size += _OVERHEAD_BYTES
        self._frames.append((decoded, size))
        self._bytes += size
        if len(self._frames) >= self._wanted or self._is_full():
            self._enough.set()

    async def take(self, limit: int, linger_s: float) -> list[Decoded]:
        """Up to `limit` frames: at once when so many wait, else what came `linger_s` after one.

        Raises:
            BaseException: what `fail` was told, after everything before it was taken.
        """
        await self._wait_for(1)
        if len(self._frames) < limit and self._failure is None and not self._is_full():
            try:
                async with asyncio.timeout(linger_s):
                    await self._wait_for(limit)
            except TimeoutError:
                pass
        if not self._frames and self._failure is not None:
            raise self._failure
        taken = [self._frames.popleft() for _ in range(min(limit, len(self._frames)))]
        self._bytes -= sum(size for _, size in taken)
        self._space.set()
        return [decoded for decoded, _ in taken]

    def fail(self, error: BaseException) -> None:
        """Nothing will be put any more, for this reason."""
        self._failure = error
        self._enough.set()

    async def _wait_for(self, count: int) -> None:
        self._wanted = count
        while len(self._frames) < count and self._failure is None and not self._is_full():
            self._enough.clear()
            await self._enough.wait()

    def _is_full(self) -> bool:
        return len(self._frames) >= self._max_frames or self._bytes >= self._max_bytes
