"""Events that come through a pipe are taken in as they come, and tell what time it is."""

import asyncio
import json
import os

import pytest

from stoa.bluesky.stream_source import StreamSource

ANA = "did:plc:fmobbubzmmsq7yzs2domn5vd"
AT_US = 1_790_000_000_000_000


def identity(at_us=AT_US):
    event = {"did": ANA, "time_us": at_us, "kind": "identity", "identity": {"did": ANA}}
    return json.dumps(event).encode() + b"\n"


@pytest.fixture
def pipe():
    read, write = os.pipe()
    with os.fdopen(read, "rb", 0), os.fdopen(write, "wb", 0) as writer:
        yield read, writer


async def rest(batches):
    return [batch async for batch in batches]


async def test_a_batch_comes_before_the_writer_is_done(pipe, clock):
    read, writer = pipe
    source = StreamSource(read, clock)
    batches = source.batches(None)
    writer.write(identity() + identity(AT_US + 7)[:20])
    first = await asyncio.wait_for(anext(batches), 5)
    assert (len(first.changes), first.cursor, source.newest_us) == (1, AT_US, AT_US)
    assert source.caught_up
    writer.write(identity(AT_US + 7)[20:])
    second = await asyncio.wait_for(anext(batches), 5)
    assert (len(second.changes), source.newest_us) == (1, AT_US + 7)
    writer.write(identity(AT_US + 9).rstrip())
    writer.close()
    last = await asyncio.wait_for(rest(batches), 5)
    assert [len(batch.changes) for batch in last][-1] == 1  # no line end was needed
    assert source.newest_us == AT_US + 9


async def test_a_square_that_nothing_is_told_need_not_wait(pipe, clock):
    source = StreamSource(pipe[0], clock)
    batch = await asyncio.wait_for(anext(source.batches(AT_US)), 5)
    assert (batch.changes, batch.cursor, source.caught_up) == ((), AT_US, True)


async def test_time_never_goes_back_when_a_square_opens_again(pipe, clock):
    read, writer = pipe
    source = StreamSource(read, clock)
    writer.write(identity(AT_US - 5))
    writer.close()
    (batch,) = await rest(source.batches(AT_US))
    assert (batch.cursor, source.newest_us) == (AT_US, AT_US)


async def test_garbage_and_long_lines_are_counted_and_cost_nothing_else(pipe, clock):
    read, writer = pipe
    source = StreamSource(read, clock, max_line=500)
    writer.write(b"x" * 700 + b"\n\n" + b"no json\n" + identity())
    writer.write(b"y" * 30_000)
    writer.write(b"z\n" + identity(AT_US + 1))
    writer.close()
    batches = await rest(source.batches(None))
    assert sum(len(batch.changes) for batch in batches) == 2
    assert source.dropped["too_long"] == 2
    assert source.dropped["malformed"] == 1


async def test_a_square_that_stops_does_not_wait_for_a_silent_writer(pipe, clock):
    source = StreamSource(pipe[0], clock)
    reading = asyncio.create_task(anext(source.batches(None)))
    await asyncio.sleep(0.01)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(reading, 5)
