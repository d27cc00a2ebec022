"""Answers on their way: made in threads of their own, told to whoever listens, kept a moment.

A question goes on being answered when its listener is cut off, and whoever comes back with the id
of the last event they heard gets the rest. Only what was checked is ever in here.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, Semaphore, Thread

import structlog

from stoa.app.ask_json import event_json
from stoa.ask.events import AskEvent, DoneEvent, ErrorEvent
from stoa.ask.service import Ask
from stoa.ask_records import Answer, Question
from stoa.errors import StoaError, StoreBusy
from stoa.web.wire import encode

AT_ONCE = 4
"""Answers made at the same time; pages have threads of their own."""

WAITING = 32
EACH = 8  # of one caller, so that nobody fills the queue alone
KEEP_ALIVE_S = 15.0
KEPT = 128  # finished streams, and for how long
KEPT_S = 300.0

_log = structlog.get_logger("stoa.web")


@dataclass
class Told:
    """One event as it goes out."""

    name: str
    data: bytes


@dataclass
class Stream:
    """The events of one question; grows in a thread, is read in event loops."""

    id: str
    caller: str = ""
    events: list[Told] = field(default_factory=list[Told])
    ended_at: float | None = None
    answer: Answer | None = None
    problem: StoaError | None = None
    _waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = field(
        default_factory=set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]
    )
    _lock: Lock = field(default_factory=Lock)

    @property
    def outcome(self) -> str:
        """One word for what came of it."""
        if self.answer is not None:
            return "abstained" if self.answer.abstained else "answered"
        return "broken" if self.problem is None else "refused"

    def add(self, event: Told) -> None:
        """One more event; wakes whoever listens."""
        with self._lock:
            self.events.append(event)
            self._wake()

    def end(self) -> None:
        """No more will come."""
        with self._lock:
            self.ended_at = time.monotonic()
            self._wake()

    async def after(self, heard: int) -> AsyncIterator[tuple[int, Told] | None]:
        """Events after the first `heard`, numbered from 1; None where nothing came for 15 s."""
        signal = asyncio.Event()
        waiter = (asyncio.get_running_loop(), signal)
        with self._lock:
            self._waiters.add(waiter)
        try:
            while True:
                signal.clear()
                while heard < len(self.events):
                    heard += 1
                    yield heard, self.events[heard - 1]
                if self.ended_at is not None and heard >= len(self.events):
                    return
                try:
                    async with asyncio.timeout(KEEP_ALIVE_S):
                        await signal.wait()
                except TimeoutError:
                    yield None
        finally:
            with self._lock:
                self._waiters.discard(waiter)

    def _wake(self) -> None:
        for loop, signal in self._waiters:
            with suppress(RuntimeError):  # that loop is closed: nobody listens there any more
                loop.call_soon_threadsafe(signal.set)


class AskStreams:
    """All answers on their way, and those told a moment ago."""

    def __init__(self, count: Callable[[str, float], None] = lambda outcome, cost_s: None) -> None:
        """Nothing under way; `count` hears what came of each question, and its CPU seconds."""
        self._count = count
        self._streams: OrderedDict[str, Stream] = OrderedDict()
        self._lock = Lock()
        self._turns = Semaphore(AT_ONCE)

    def begin(
        self,
        prepare: Callable[[], tuple[Ask, Question]],
        finish: Callable[[Answer], dict[str, object]],
        *,
        draft: bool = False,
        caller: str = "",
    ) -> Stream:
        """Starts answering.

        Args:
            prepare: gives the flow and the question; called in the thread that answers.
            finish: is given the answer, and what it returns is added to `done`.
            draft: whether a model's raw words are told too.
            caller: who asks; one caller may have few questions under way.

        Raises:
            StoreBusy: too many questions are being answered.
        """
        with self._lock:
            self._drop_old()
            under_way = [one for one in self._streams.values() if one.ended_at is None]
            if len(under_way) >= WAITING or sum(one.caller == caller for one in under_way) >= EACH:
                raise StoreBusy("too many questions are being answered; ask again in a moment")
            stream = Stream(secrets.token_urlsafe(12), caller)
            self._streams[stream.id] = stream
        work = _Work(prepare, finish, draft, stream)
        # A daemon: a model that is slow to answer must not hold up a square that closes.
        Thread(target=self._run, args=(work,), name="ask", daemon=True).start()
        return stream

    def resume(self, last_event_id: str) -> tuple[Stream, int] | None:
        """The stream of an event's id and how much of it was heard; None where it is not kept."""
        id_, _, number = last_event_id.rpartition(".")
        with self._lock:
            self._drop_old()
            stream = self._streams.get(id_)
        if stream is None or not (number.isascii() and number.isdigit() and len(number) < 9):
            return None
        return stream, int(number)

    def forget(self, stream: Stream) -> None:
        """Lets a stream go at once."""
        with self._lock:
            self._streams.pop(stream.id, None)

    def _run(self, work: _Work) -> None:
        try:
            with self._turns:
                cost_s = work.run()
            self._count(work.stream.outcome, cost_s)
        finally:
            work.stream.end()

    def _drop_old(self) -> None:
        now = time.monotonic()
        ended = [one for one in self._streams.values() if one.ended_at is not None]
        for number, one in enumerate(reversed(ended)):
            if number >= KEPT or now - (one.ended_at or now) > KEPT_S:
                del self._streams[one.id]


@dataclass
class _Work:
    """One question being answered, in a thread."""

    prepare: Callable[[], tuple[Ask, Question]]
    finish: Callable[[Answer], dict[str, object]]
    draft: bool
    stream: Stream

    def run(self) -> float:
        """Tells every event; whatever goes wrong is told as the event `error`.

        Returns the CPU seconds that this thread took.
        """
        began_s = time.thread_time()
        try:
            asyncio.run(self._tell())
        except StoaError as problem:
            self.stream.problem = problem
            self._add(ErrorEvent("refused", str(problem)))
        except Exception as problem:  # the boundary of a request that answers in events
            _log.error("ask.failed", stream=self.stream.id, exc_info=problem)
            self._add(ErrorEvent("internal", "Something in this square broke while it answered."))
        return time.thread_time() - began_s

    async def _tell(self) -> None:
        service, question = self.prepare()
        async for event in service.events(question, draft=self.draft):
            self._add(event)

    def _add(self, event: AskEvent) -> None:
        data = event_json(event)
        if isinstance(event, DoneEvent):
            self.stream.answer = event.answer
            data |= self.finish(event.answer)
        self.stream.add(Told(event.name, encode(data)))
