"""`POST /api/v1/ask`: an answer told in events as it is checked, or as one JSON object."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from stoa.app.asked import checked_question
from stoa.app.kept_questions import keep_question
from stoa.ask.service import Ask
from stoa.ask_records import Answer, Mode, Question
from stoa.errors import BadInput, StoaError, StoreError
from stoa.web.api.access import twin_reader
from stoa.web.api.own_posts import field_of
from stoa.web.ask_streams import Stream
from stoa.web.ask_threads import correction_of, turn_of
from stoa.web.ask_wire import AskIn
from stoa.web.bodies import FORM_BYTES, read_body
from stoa.web.desk import Desk, Reader
from stoa.web.moments import parse_moment

SSE_HEADERS = {"x-accel-buffering": "no", "cache-control": "no-store"}


class NoAnswer(StoaError):
    """Something broke while a question was answered; the log knows what."""

    def __init__(self) -> None:
        super().__init__("something in this square broke while it answered")


async def ask(request: Request) -> Response:
    """Answers; `Last-Event-ID` goes on where a connection broke."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    heard = desk.ask_streams.resume(request.headers.get("last-event-id", ""))
    if heard is not None and await run_in_threadpool(_still_holds, desk, heard[0]):
        return _events(*heard)
    asked = read_asked(await read_body(request, FORM_BYTES))
    question = question_of(asked, desk)
    draft = request.query_params.get("draft") == "1"
    stream = begin(desk, reader, question, asked.thread, draft=draft)
    if wants_one_object(request):
        return await _whole(stream)
    return _events(stream, 0)


def read_asked(body: bytes) -> AskIn:
    """The body of a question.

    Raises:
        BadInput: names the field that does not hold.
    """
    try:
        return msgspec.json.decode(body, type=AskIn)
    except msgspec.ValidationError as problem:
        field, mend = field_of(problem)
        raise BadInput(field or "body", body[:60], f'send {{"question": "..."}}: {mend}') from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadInput("body", body[:60], f'send JSON {{"question": "..."}}: {problem}') from None


def question_of(asked: AskIn, desk: Desk) -> Question:
    """A question as the flow takes it.

    Raises:
        BadInput: nothing is asked, too much, or a time does not hold.
    """
    text = checked_question(asked.question)
    latest_us = desk.latest_us()
    as_of, since = (
        None if value is None else parse_moment(field, value, latest_us)
        for field, value in (("as_of", asked.as_of), ("since", asked.since))
    )
    turns = desk.ask_threads.turns(asked.thread)
    return Question(
        text,
        Mode(asked.mode),
        as_of,
        since,
        turns,
        correction_of(turns),
        asked.only_documents,
    )


def begin(
    desk: Desk,
    reader: Reader,
    question: Question,
    thread: str | None,
    *,
    draft: bool = False,
    finish: Callable[[Answer], None] | None = None,
) -> Stream:
    """Starts answering; the talk goes on under `thread`, and the question is kept as wished.

    Raises:
        StoreBusy: too many questions are being answered.
    """

    def prepare() -> tuple[Ask, Question]:
        # An earlier answer whose source was deleted since must not speak through this talk.
        room = desk.ask_room
        turns = tuple(replace(one, answer=room.rechecked(one.answer)) for one in question.thread)
        service = room.ask(only_documents=question.only_documents)
        return service, replace(question, thread=turns)

    def finished(answer: Answer) -> dict[str, object]:
        if finish is not None:
            finish(answer)
        told: dict[str, object] = {"thread": desk.ask_threads.add(thread, turn_of(answer))}
        return told | _kept(desk, reader, answer)

    return desk.ask_streams.begin(prepare, finished, draft=draft, caller=reader.name or "")


def _kept(desk: Desk, reader: Reader, answer: Answer) -> dict[str, object]:
    """Keeps the question as its reader wishes; a full disk is no reason to withhold an answer."""
    if reader.name is None or not desk.settings(reader).keep_questions:
        return {"kept": None}
    try:
        log, viewer = desk.square.store.questions, desk.viewer_id(reader)
        return {"kept": keep_question(log, viewer, answer, desk.now_us())}
    except StoreError:
        return {"kept": None}


def wants_one_object(request: Request) -> bool:
    """Whether a program asked for JSON and not for events."""
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/event-stream" not in accept


async def finished_answer(stream: Stream) -> tuple[Answer, bytes]:
    """The answer at the end of a stream, and what its last event carries.

    Raises:
        StoaError: it ended without one; says why.
    """
    last = b"{}"
    async for told in stream.after(0):
        if told is not None:
            last = told[1].data
    if stream.answer is None:
        raise stream.problem or NoAnswer
    return stream.answer, last


async def _whole(stream: Stream) -> Response:
    _, data = await finished_answer(stream)
    return Response(data, media_type="application/json")


def _events(stream: Stream, heard: int) -> Response:
    return StreamingResponse(
        _sent(stream, heard), media_type="text/event-stream", headers=SSE_HEADERS
    )


async def _sent(stream: Stream, heard: int) -> AsyncIterator[bytes]:
    async for told in stream.after(heard):
        if told is None:
            yield b": still here\n\n"
            continue
        number, event = told
        head = f"id: {stream.id}.{number}\nevent: {event.name}\ndata: "
        yield head.encode() + event.data + b"\n\n"


def _still_holds(desk: Desk, stream: Stream) -> bool:
    """Whether a stream may be told again: nothing it cites was deleted since."""
    if stream.answer is None or desk.ask_room.rechecked(stream.answer) == stream.answer:
        return True
    desk.ask_streams.forget(stream)
    return False
