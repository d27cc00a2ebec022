"""The supervisor reads a source to its end, and waits where it cannot write."""

import asyncio

import pytest
from tests.system.frames import SECOND_US, chatter, write

from stoa.app import Square, open_rooms, supervisor
from stoa.app.clocks import SourceClock, WallClock
from stoa.app.supervisor import Supervisor
from stoa.bluesky.file_source import FileSource
from stoa.errors import StoreBusy, StoreError, StoreFull
from stoa.settings import Settings

START_US = 1_790_000_000 * SECOND_US


@pytest.fixture
def square(tmp_path):
    path = write(tmp_path / "events.jsonl", chatter(2_500, START_US, step_us=1000))
    file = FileSource(path, WallClock())
    rooms = open_rooms(None, SourceClock(lambda: file.newest_us))
    return Square(Settings(source=str(path)), rooms, file)


async def run_until_ended(square: Square, said: list[str]) -> list[tuple[bool, str]]:
    """Runs the supervisor until the file ended; returns (ready, state) as they changed."""
    seen: list[tuple[bool, str]] = []
    watched = asyncio.create_task(Supervisor(square, said.append).run())
    try:
        async with asyncio.timeout(20):
            while square.source.state != "ended":
                now = (square.ready, square.source.state)
                if not seen or seen[-1] != now:
                    seen.append(now)
                assert not watched.done(), watched
                await asyncio.sleep(0)
    finally:
        watched.cancel()
        await asyncio.gather(watched, return_exceptions=True)
    return seen


async def test_pages_are_promised_only_once_there_are_some(square):
    seen = await run_until_ended(square, [])
    assert seen[0] == (False, "connecting")
    assert (False, "reading") in seen
    assert (True, "reading") in seen
    assert square.ready
    assert square.source.progress == 1
    assert square.store.counts().posts == 2_500


async def test_posts_too_old_to_be_shown_do_not_make_it_ready(tmp_path):
    """A stream taken up late brings its past first; /healthz waits for something to read."""
    three_days_us = 3 * 24 * 3600 * SECOND_US
    old = chatter(4_000, START_US, step_us=1000)
    new = chatter(2_500, START_US + three_days_us, step_us=1000)
    path = write(tmp_path / "events.jsonl", [*old, *new])
    file = FileSource(path, WallClock())
    rooms = open_rooms(None, WallAt(START_US + three_days_us + 60 * SECOND_US))
    square = Square(Settings(source=str(path)), rooms, file)
    promised: list[int] = []
    take = square.rooms.intake.take

    def noting(batch):
        if square.ready:
            promised.append(batch.changes[0].at_us)
        return take(batch)

    square.rooms.intake.take = noting
    await run_until_ended(square, [])
    assert promised
    assert min(promised) > START_US + three_days_us
    assert rooms.feed.page(None, limit=5).items


class WallAt:
    """A clock that stands still."""

    def __init__(self, us: int) -> None:
        self.us = us

    def now_us(self) -> int:
        return self.us


@pytest.mark.parametrize("error", [StoreFull("no room"), StoreBusy("locked"), StoreError("odd")])
async def test_what_cannot_be_written_waits_and_is_said_once(square, monkeypatch, error):
    monkeypatch.setattr(supervisor, "_RETRY_S", 0.001)
    take, refusals = square.rooms.intake.take, [error] * 3
    problems: set[str] = set()

    def refuse(batch):
        problems.add(square.source.problem)
        if refusals and square.ready:  # from the second batch on
            raise refusals.pop()
        return take(batch)

    monkeypatch.setattr(square.rooms.intake, "take", refuse)
    said: list[str] = []
    await run_until_ended(square, said)
    assert said == [f"{error}; reading waits, pages go on"]
    assert problems == {"", str(error)}
    assert square.source.problem == ""
    assert square.store.counts().posts == 2_500
