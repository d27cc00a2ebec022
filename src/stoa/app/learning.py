"""A square that learns: a child process trains, this one watches what serves and takes it up.

A ranker is taken up once it is compiled, a space once every post lies in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable

from stoa.app.learned import open_shelf, open_space_shelf
from stoa.app.learner import begin_with_shipped, load_serving
from stoa.app.rooms import Rooms
from stoa.app.space_change import Going, change_space
from stoa.artifacts.model_shelf import ModelShelf
from stoa.errors import StoaError, StoreError
from stoa.model_records import NO_MODEL
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.settings import Settings

_WATCH_EVERY_S = 2.0
_RESTART_S = 60.0
_RETRY_S = 60.0
_NICE = 19
_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


class Learning:
    """Keeps one world's seat on the version that serves, and a trainer beside it.

    The trainer is a process of its own at the lowest priority: killing it at any moment costs a
    round, never a page. What it saves appears whole, and is taken up here once it is warm.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._say = say

    async def begin(self, rooms: Rooms) -> None:
        """Seats what serves before the first page is made; in a fresh folder, what ships.

        It is not compiled yet: whoever asks for the first page waits for that, or `run` does.
        """
        if rooms.folder is not None:
            await asyncio.to_thread(self._seat, rooms, open_shelf(rooms.folder))

    async def run(self, rooms: Rooms) -> None:
        """Goes on until cancelled. A world kept in memory alone learns nothing."""
        if rooms.folder is None:
            return
        shelf, spaces = open_shelf(rooms.folder), open_space_shelf(rooms.folder)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch(rooms, shelf))
            tasks.create_task(self._watch_space(rooms, spaces))
            if self._settings.learn:
                tasks.create_task(self._train(rooms))

    async def _watch(self, rooms: Rooms, shelf: ModelShelf) -> None:
        tried: str | None = None
        while True:
            wanted = await asyncio.to_thread(shelf.serving)
            if wanted != tried:
                tried = wanted
                await asyncio.to_thread(self._take_up, rooms, shelf)
            await asyncio.sleep(_WATCH_EVERY_S)

    def _seat(self, rooms: Rooms, shelf: ModelShelf) -> None:
        if self._settings.shipped_weights:
            fresh = rooms.store.counts().posts == 0
            begin_with_shipped(shelf, rooms.clock.now_us(), self._say, fresh=fresh)
        rooms.seat.take(self._fitting(rooms, shelf, lambda line: None))  # `run` tells it

    def _take_up(self, rooms: Rooms, shelf: ModelShelf) -> None:
        ranker = self._fitting(rooms, shelf, self._say)
        if ranker is not None:
            ranker.warm()
        rooms.seat.take(ranker)

    def _fitting(
        self, rooms: Rooms, shelf: ModelShelf, say: Callable[[str], None]
    ) -> LearnedRanker | None:
        """What serves, if it reads vectors like those of this world."""
        ranker = load_serving(shelf, say, shipped=self._settings.shipped_weights)
        dim = rooms.encoder.dim
        # Axes are found in hashed words, of which every square keeps as many channels.
        if ranker is not None and ranker.axes is None and ranker.config.vector != dim:
            say(f"model {ranker.version} is for vectors of another encoder; it stays out")
            return None
        return ranker

    async def _watch_space(self, rooms: Rooms, shelf: ModelShelf) -> None:
        tried: str | None = None
        while True:
            wanted = await asyncio.to_thread(shelf.serving)
            serving = rooms.vectors.seat.generation.version or NO_MODEL
            if wanted == serving:
                tried = None
            elif wanted is not None and wanted != tried:
                tried = wanted if await self._change_space(rooms, shelf, wanted) else None
                if tried is None:
                    await asyncio.sleep(_RETRY_S)
            await asyncio.sleep(_WATCH_EVERY_S)

    async def _change_space(self, rooms: Rooms, shelf: ModelShelf, wanted: str) -> bool:
        """Waits until the vectors lie in the space, or it is not wanted any more.

        A thread cannot be cancelled: it is told to stop, and waited for, so that nothing is
        written to the folder after it was let go.
        """
        stop = threading.Event()
        going = _Wanted(shelf, wanted, stop)
        work = asyncio.create_task(asyncio.to_thread(self._lay_out, rooms, shelf, wanted, going))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait([work])
            raise

    def _lay_out(self, rooms: Rooms, shelf: ModelShelf, wanted: str, going: Going) -> bool:
        """Whether there is no use in trying again."""
        try:
            model = shelf.load(wanted) if wanted != NO_MODEL else None
            if change_space(rooms, model, going, self._settings.learn_share):
                self._say(f"vectors lie in space {wanted} now")
        except StoreError as problem:
            self._say(f"space {wanted} has to wait: {problem}")
            return False
        except StoaError as problem:
            self._say(f"space {wanted} cannot serve: {problem}")
        return True

    async def _train(self, rooms: Rooms) -> None:
        """Starts the trainer, and starts it again when it ends by itself."""
        while True:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "stoa.cli", "train", "--data", str(rooms.folder),
                "--every", str(self._settings.learn_every_minutes * 60),
                "--share", str(self._settings.learn_share),
                env={**os.environ, **_ONE_THREAD}, stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            _make_patient(child.pid)
            try:
                await child.wait()
            finally:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
            self._say("the trainer ended; it starts again in a minute, pages go on")
            await asyncio.sleep(_RESTART_S)


class _Wanted:
    """Whether a space is still what is to serve; asked of the disk once a second at most."""

    def __init__(self, shelf: ModelShelf, version: str, stop: threading.Event) -> None:
        self._shelf, self._version, self._stop = shelf, version, stop
        self._asked_s, self._is_wanted = 0.0, True

    def __call__(self) -> bool:
        now_s = time.monotonic()
        if now_s - self._asked_s > 1.0:
            self._asked_s, self._is_wanted = now_s, self._shelf.serving() == self._version
        return self._is_wanted and not self._stop.is_set()


def _make_patient(process: int) -> None:
    """Gives it the lowest priority, from outside: code between fork and exec could find locks held.

    The threads that it starts later are as patient.
    """
    if hasattr(os, "setpriority"):
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, process, _NICE)
