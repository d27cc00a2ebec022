"""The buffer between reading and working: bounded, in order, and honest about its end."""

from __future__ import annotations

import asyncio

import pytest

from stoa.bluesky.decoded import Decoded
from stoa.bluesky.frame_buffer import FrameBuffer


def frame(number: int) -> Decoded:
    return Decoded(time_us=number)


async def test_a_full_buffer_makes_the_reader_wait():
    buffer = FrameBuffer(max_frames=3, max_bytes=1 << 20)
    for number in range(3):
        await buffer.put(frame(number), 10)
    late = asyncio.create_task(buffer.put(frame(3), 10))
    await asyncio.sleep(0.01)
    assert not late.done()
    assert [f.time_us for f in await buffer.take(2, 10)] == [0, 1]
    await asyncio.wait_for(late, 5)
    assert [f.time_us for f in await buffer.take(10, 0.01)] == [2, 3]
    assert buffer.bytes == len(buffer) == 0


async def test_bytes_count_as_well():
    buffer = FrameBuffer(max_frames=1_000, max_bytes=5_000)
    await buffer.put(frame(0), 6_000)
    late = asyncio.create_task(buffer.put(frame(1), 1))
    await asyncio.sleep(0.01)
    assert not late.done()
    assert len(await buffer.take(10, 10)) == 1, "a full buffer is taken at once"
    await asyncio.wait_for(late, 5)


async def test_take_lingers_only_for_what_is_not_there_yet():
    buffer = FrameBuffer(max_frames=100, max_bytes=1 << 20)
    taking = asyncio.create_task(buffer.take(3, 10))
    for number in range(3):
        await asyncio.sleep(0)
        await buffer.put(frame(number), 1)
    assert len(await asyncio.wait_for(taking, 5)) == 3


async def test_a_failure_is_told_after_everything_before_it():
    buffer = FrameBuffer(max_frames=100, max_bytes=1 << 20)
    await buffer.put(frame(0), 1)
    buffer.fail(RuntimeError("ended"))
    assert len(await buffer.take(10, 10)) == 1
    with pytest.raises(RuntimeError, match="ended"):
        await buffer.take(10, 10)


async def test_a_failure_wakes_who_waits():
    buffer = FrameBuffer(max_frames=100, max_bytes=1 << 20)
    taking = asyncio.create_task(buffer.take(10, 10))
    await asyncio.sleep(0)
    buffer.fail(RuntimeError("ended"))
    with pytest.raises(RuntimeError, match="ended"):
        await asyncio.wait_for(taking, 5)
