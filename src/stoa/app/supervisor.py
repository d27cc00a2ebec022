"""Keeps a square fed: reads its source, falls back to the town, and comes back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from stoa.app.housekeeping import Housekeeping
from stoa.app.learning import Learning
from stoa.app.notes_rounds import NotesRounds
from stoa.app.opening import World, open_town
from stoa.app.square import Square
from stoa.app.town_source import TownSource
from stoa.bluesky.file_source import FileSource
from stoa.bluesky.jetstream import JetstreamSource
from stoa.bluesky.stream_source import StreamSource
from stoa.errors import StoreError
from stoa.ports import ChangeSource
from stoa.records import SECOND_US, Batch

_RETRY_S = 5.0
_WATCH_EVERY_S = 0.2
_NOTE_EVERY_S = 1.0
_CAUGHT_UP_S = 5.0
_TOWN_FOLDER = "town"

SIMULATED = "This is a simulated town: invented people, invented posts."
UNREACHABLE = (
    "The network cannot be reached, so this is a simulated town: invented people, invented posts. "
    "Stoa keeps trying and changes over by itself."
)
ALONE_BANNER = (
    "The network cannot be reached: these are the posts that were read before. Stoa keeps trying."
)


class Supervisor:
    """Feeds the square until cancelled; `say` prints one line to the operator."""

    def __init__(self, square: Square, say: Callable[[str], None]) -> None:
        self._square = square
        self._say = say
        self._home = square.rooms
        self._fallback: World | None = None
        self._fed = asyncio.Event()  # the first batch of the network is in
        self._housekeeping = Housekeeping(square.settings, say)
        self._notes = NotesRounds(square.settings, say)
        self._learning = Learning(square.settings, say)
        self._fallback_notes: NotesRounds | None = None

    async def run(self) -> None:
        """Reads the source for as long as there is one, then keeps the square tidy."""
        origin = self._square.origin
        await self._learning.begin(self._home)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._housekeeping.run(self._home))
            tasks.create_task(self._notes.run(self._home))
            tasks.create_task(self._learning.run(self._home))
            if isinstance(origin, JetstreamSource):
                tasks.create_task(self._live(origin))
            else:
                self._square.source.state = "reading"
                self._square.source.banner = SIMULATED if self._square.town else ""
                tasks.create_task(self._finite(origin))

    def close(self) -> None:
        """Flushes and closes every world that was opened."""
        self._notes.close()
        self._home.close()
        if self._fallback_notes is not None:
            self._fallback_notes.close()
        if self._fallback is not None:
            self._fallback.rooms.close()

    # ------------------------------------------------------------------ sources

    async def _finite(self, origin: ChangeSource) -> None:
        """A file or a stream, which end, or the town, which only catches up."""
        state = self._square.source
        async for batch in origin.batches(self._home.store.cursor(origin.name)):
            await self._take(batch, self._square)
            self._note_progress(origin)
            state.lag_s = self._lag_s(batch)
            caught_up = getattr(origin, "caught_up", False)
            if caught_up:
                state.state = "live"
            await self._note_ready(caught_up)
        self._note_progress(origin)
        state.state = "ended"
        self._square.ready = True
        with contextlib.suppress(StoreError):  # housekeeping tries again
            await asyncio.to_thread(self._home.flush)

    def _note_progress(self, origin: ChangeSource) -> None:
        state = self._square.source
        if isinstance(origin, FileSource):
            progress = origin.progress
            state.progress = progress.bytes_read / max(1, progress.bytes_total)
            state.dropped = progress.dropped
        elif isinstance(origin, StreamSource):
            state.dropped = origin.dropped
        elif isinstance(origin, TownSource):
            state.progress = origin.progress

    async def _live(self, origin: JetstreamSource) -> None:
        beside = [
            asyncio.create_task(self._fall_back_when_unreachable(origin)),
            asyncio.create_task(self._note_stream(origin)),
        ]
        try:
            async for batch in origin.batches(self._home.store.cursor(origin.name)):
                await self._take_home(batch)
                self._fed.set()
                if self._square.rooms is self._home:
                    state = self._square.source
                    state.state, lag_s = "live", self._lag_s(batch)
                    state.lag_s = lag_s
                    await self._note_ready(lag_s is not None and lag_s < _CAUGHT_UP_S)
        finally:
            for task in beside:
                task.cancel()

    async def _note_stream(self, origin: JetstreamSource) -> None:
        """Tells what is dropped, and how far behind the square is, when no batch comes as well."""
        while True:
            await asyncio.sleep(_NOTE_EVERY_S)
            stream, state = origin.state, self._square.source
            state.dropped = stream.dropped
            if self._square.rooms is self._home and stream.lag_us is not None:
                state.lag_s = stream.lag_us / SECOND_US

    async def _fall_back_when_unreachable(self, origin: JetstreamSource) -> None:
        """Opens the town when nothing arrived in time; goes home once there are pages there."""
        waited_s = 0.0
        while waited_s < self._square.settings.unreachable_after_s:
            if origin.state.frames:
                return
            await asyncio.sleep(_WATCH_EVERY_S)
            waited_s += _WATCH_EVERY_S
        self._say("the network cannot be reached: opening a simulated town, and trying on")
        settings = self._square.settings
        try:
            town = await asyncio.to_thread(open_town, settings, settings.data / _TOWN_FOLDER)
        except StoreError as problem:
            self._say(f"the town cannot be opened: {problem}")
            self._square.source.banner, self._square.ready = ALONE_BANNER, True
            await self._fed.wait()
            self._square.source.banner = ""
            return
        self._fallback = town
        await self._learning.begin(town.rooms)
        keeping = asyncio.create_task(Housekeeping(settings, self._say).run(town.rooms))
        self._fallback_notes = NotesRounds(settings, self._say)
        scoring = asyncio.create_task(self._fallback_notes.run(town.rooms))
        learning = asyncio.create_task(self._learning.run(town.rooms))
        playing = asyncio.create_task(self._play_town(town))
        await self._fed.wait()
        for task in (playing, keeping, scoring, learning):
            task.cancel()
        self._say("the network answers: leaving the town")
        self._square.move_to(self._home, None)
        state = self._square.source
        state.name, state.state, state.banner, state.lag_s = "live", "live", "", None

    async def _play_town(self, town: World) -> None:
        state = self._square.source
        self._square.move_to(town.rooms, town.town)
        state.name, state.state, state.banner = "town", "reading", UNREACHABLE
        async for batch in town.origin.batches(town.rooms.store.cursor(town.origin.name)):
            await self._take(batch, self._square)
            self._note_progress(town.origin)
            caught_up = getattr(town.origin, "caught_up", False)
            if caught_up:
                state.state = "live"
            await self._note_ready(caught_up)

    # ------------------------------------------------------------------ intake

    async def _take(self, batch: Batch, square: Square) -> None:
        await self._commit(square.rooms.intake.take, batch)

    async def _take_home(self, batch: Batch) -> None:
        await self._commit(self._home.intake.take, batch)

    async def _commit(self, take: Callable[[Batch], object], batch: Batch) -> None:
        """Takes a batch in; waits while the disk is full or locked, so that nothing is skipped."""
        while True:
            try:
                await asyncio.to_thread(take, batch)
            except StoreError as problem:
                if not self._square.source.problem:
                    self._say(f"{problem}; reading waits, pages go on")
                self._square.source.problem = str(problem)
                await asyncio.sleep(_RETRY_S)
            else:
                self._square.source.problem = ""
                return

    async def _note_ready(self, caught_up: bool) -> None:
        """Promises pages once there is a post on one, or nothing older is left to wait for.

        The first days of a town's past, or of a stream taken up late, are too old to be shown.
        """
        if not self._square.ready:
            self._square.ready = caught_up or await asyncio.to_thread(self._has_a_page)

    def _has_a_page(self) -> bool:
        return bool(self._square.feed.page(None, limit=1, peek=True).items)

    def _lag_s(self, batch: Batch) -> float | None:
        if not batch.changes:
            return self._square.source.lag_s
        return max(0.0, (self._square.clock.now_us() - batch.changes[-1].at_us) / SECOND_US)
