"""Notes are scored now and then, beside the pages, and exported once a day."""

import asyncio
import threading

import pytest
from tests.web.noted import MINUTE_US, noted, some_posts
from tests.web.small_square import small_square

from stoa.app.notes_rounds import EXPORT_FOLDER, NotesRounds
from stoa.errors import PoorFit, StoreBusy
from stoa.note_records import Status
from stoa.records import DAY_US
from stoa.settings import Settings


@pytest.fixture
def square(tmp_path):
    square = small_square(tmp_path)
    yield square
    square.rooms.close()


def rounds(said=None, **settings) -> NotesRounds:
    return NotesRounds(Settings(**settings), pytest.fail if said is None else said.append)


def test_nothing_is_run_over_no_notes_or_while_the_clock_stands(square):
    keeper = rounds()
    assert keeper.round(square.rooms) is None
    assert square.notes.reading.n_runs() == 0
    noted(square, some_posts(square, 8))  # four runs, the last at this very instant
    assert keeper.round(square.rooms) is None
    assert square.notes.reading.n_runs() == 4


def test_a_round_decides_and_exports_once_a_day(square):
    camps = noted(square, some_posts(square))
    keeper, folder = rounds(), square.rooms.folder / EXPORT_FOLDER
    square.clock.us += 10 * MINUTE_US
    assert keeper.round(square.rooms).n_notes == 24
    names = {path.name for path in folder.iterdir()}
    assert {"log.jsonl", "checkpoint.txt", "key.txt"} <= names
    first = (folder / "checkpoint.txt").read_text()
    square.clock.us += 10 * MINUTE_US
    assert keeper.round(square.rooms) is not None
    assert (folder / "checkpoint.txt").read_text() == first
    square.clock.us += DAY_US
    keeper.round(square.rooms)
    assert (folder / "checkpoint.txt").read_text() != first
    assert not (folder.parent / (EXPORT_FOLDER + ".new")).exists()
    assert square.notes.note(camps.of_kind["both"][0]).status is Status.CURRENTLY_RATED_HELPFUL


def test_what_cannot_be_scored_or_written_is_said_and_tried_again(square, monkeypatch):
    camps = noted(square, some_posts(square, 4))
    said: list[str] = []
    keeper = rounds(said)
    for problem in (StoreBusy(square.rooms.folder), PoorFit("core", 0.2, 0.1)):
        square.clock.us += MINUTE_US
        with monkeypatch.context() as broken:
            broken.setattr(type(square.notes), "score", _raises(problem))
            assert keeper.round(square.rooms) is None
    assert len(said) == 1
    assert keeper.round(square.rooms).n_notes == 4
    assert camps.of_kind["both"]


def _raises(problem):
    def score(*_):
        raise problem

    return score


async def test_pages_go_on_while_a_run_takes_its_time(square, monkeypatch):
    noted(square, some_posts(square, 4))
    square.clock.us += MINUTE_US
    begun, may_end = threading.Event(), threading.Event()

    def slow(*_):
        begun.set()
        assert may_end.wait(10)
        raise PoorFit("core", 0.2, 0.1)

    monkeypatch.setattr(type(square.notes), "score", slow)
    running = asyncio.create_task(rounds(notes_every_minutes=1e-6).run(square.rooms))
    async with asyncio.timeout(10):
        while not begun.is_set():
            await asyncio.sleep(0)
    assert square.notes.shown(some_posts(square, 4)).keys() <= set(some_posts(square, 4))
    running.cancel()
    may_end.set()
    await asyncio.gather(running, return_exceptions=True)


def test_closing_waits_for_the_run_under_way_and_lets_no_other_begin(square):
    noted(square, some_posts(square, 4))
    square.clock.us += MINUTE_US
    keeper = rounds()
    keeper.close()
    assert keeper.round(square.rooms) is None


async def test_a_fault_in_a_round_ends_nothing_and_the_next_round_is_made(square, monkeypatch):
    keeper = rounds()
    keeper._every_s = 0.01
    made: list[int] = []
    again = asyncio.Event()
    loop = asyncio.get_running_loop()

    def broken(rooms):
        made.append(1)
        if len(made) > 1:
            loop.call_soon_threadsafe(again.set)
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(keeper, "round", broken)
    running = asyncio.create_task(keeper.run(square.rooms))
    await asyncio.wait_for(again.wait(), 20)
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
