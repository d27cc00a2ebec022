"""`/v1/chat/completions`: the square as a model that any chat client can talk to.

What such a client shows is text, so the sources stand below it. Only what the asker says counts:
there is nobody here whom a system message could instruct.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from stoa.app.asked import checked_question
from stoa.ask.composing import numbered
from stoa.ask_records import Answer, Mode, Question
from stoa.errors import BadInput, StoaError, Unknown
from stoa.web.api.access import twin_reader
from stoa.web.api.ask import SSE_HEADERS, begin, finished_answer
from stoa.web.api.own_posts import field_of
from stoa.web.ask_streams import Stream
from stoa.web.ask_threads import correction_of, turn_of
from stoa.web.ask_wire import ChatIn, ChatMessage
from stoa.web.bodies import EVENTS_BYTES, read_body
from stoa.web.desk import Desk
from stoa.web.errors import told
from stoa.web.wire import encode

MODELS = ("stoa", "stoa-fun", "stoa-documents", "stoa-fun-documents")
MAX_MESSAGES = 200
_MADE = 1_767_225_600  # 2026-01-01; clients want some date


def in_its_shape(
    route: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """A route whose errors have the shape that clients of this protocol read."""

    async def shaped(request: Request) -> Response:
        try:
            return await route(request)
        except StoaError as problem:
            known = told(problem)
            body = {
                "message": known.message,
                "type": "invalid_request_error" if known.status < 500 else "server_error",
                "param": problem.field if isinstance(problem, BadInput) else None,
                "code": known.code,
            }
            return Response(encode({"error": body}), known.status, media_type="application/json")

    shaped.__name__, shaped.__doc__ = route.__name__, route.__doc__
    return shaped


@in_its_shape
async def models(request: Request) -> Response:
    """`GET /v1/models`: the names that `model` may have."""
    twin_reader(request.app.state.desk, request)
    data = [
        {"id": name, "object": "model", "created": _MADE, "owned_by": "stoa"} for name in MODELS
    ]
    return Response(encode({"object": "list", "data": data}), media_type="application/json")


@in_its_shape
async def chat_completions(request: Request) -> Response:
    """`POST /v1/chat/completions`: the last question, in the light of those before it."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    asked = _read(await read_body(request, EVENTS_BYTES))
    question = chat_question(asked, desk)

    def finish(answer: Answer) -> None:
        desk.ask_threads.remember(shown_text(answer), turn_of(answer))

    stream = begin(desk, reader, question, None, finish=finish)
    frame = {"id": f"chatcmpl-{stream.id}", "created": int(time.time()), "model": asked.model}
    if asked.stream:
        return StreamingResponse(
            _chunks(stream, frame), media_type="text/event-stream", headers=SSE_HEADERS
        )
    answer, _ = await finished_answer(stream)
    message = {"role": "assistant", "content": shown_text(answer), "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    whole = frame | {"object": "chat.completion", "choices": [choice]}
    return Response(encode(whole), media_type="application/json")


def chat_question(asked: ChatIn, desk: Desk) -> Question:
    """The last thing the asker said, with the turns that this square remembers having told.

    Raises:
        BadInput: nothing is asked.
        Unknown: no such model.
    """
    if asked.model not in MODELS:
        raise Unknown(f"no model {asked.model!r} here; use one of " + ", ".join(MODELS))
    if len(asked.messages) > MAX_MESSAGES:
        raise BadInput("messages", len(asked.messages), f"send at most {MAX_MESSAGES}")
    said = [(one.role, words_of(one)) for one in asked.messages]
    mine = [number for number, (role, _) in enumerate(said) if role == "user"]
    if not mine:
        raise BadInput("messages", len(said), "send a message of the role user")
    turns = tuple(
        turn
        for role, words in said[: mine[-1]]
        if role == "assistant" and (turn := desk.ask_threads.said(words)) is not None
    )
    return Question(
        checked_question(said[mine[-1]][1]),
        Mode.FUN if "fun" in asked.model else Mode.REGULAR,
        thread=turns,
        correction=correction_of(turns),
        only_documents=asked.model.endswith("-documents"),
    )


def words_of(message: ChatMessage) -> str:
    """The text of a message, which may come in parts."""
    content = message.content
    if isinstance(content, list):
        parts = [one.get("text") for one in content if isinstance(one, dict)]
        content = "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def shown_text(answer: Answer) -> str:
    """An answer as plain text: what it says, then its sources by number."""
    numbers = numbered(answer.claims)
    by_id = {source.id: source for source in answer.sources}
    lines = [
        f"[{number}] {one.title or one.author or id_}: {one.url or id_}"
        for id_, number in numbers.items()
        if (one := by_id.get(id_)) is not None
    ]
    return answer.text + ("\n\n" + "\n".join(lines) if lines else "")


def _read(body: bytes) -> ChatIn:
    try:
        return msgspec.json.decode(body, type=ChatIn)
    except msgspec.ValidationError as problem:
        field, mend = field_of(problem)
        raise BadInput(field or "body", body[:60], mend) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadInput("body", body[:60], f"send JSON: {problem}") from None


async def _chunks(stream: Stream, frame: dict[str, Any]) -> AsyncIterator[bytes]:
    """The checked text as it comes, the sources, and the end."""
    frame = frame | {"object": "chat.completion.chunk"}
    yield _chunk(frame, {"role": "assistant", "content": ""})
    async for event in stream.after(0):
        if event is None:
            yield b": still here\n\n"
        elif event[1].name == "delta":
            yield _chunk(frame, {"content": msgspec.json.decode(event[1].data)["text"]})
        elif event[1].name == "error":
            said = msgspec.json.decode(event[1].data)
            error = {"message": said["message"], "type": "server_error", "code": said["code"]}
            yield b"data: " + encode({"error": error}) + b"\n\n"
    if stream.answer is not None:
        below = shown_text(stream.answer).removeprefix(stream.answer.text)
        if below:
            yield _chunk(frame, {"content": below})
        yield _chunk(frame, {}, "stop")
    yield b"data: [DONE]\n\n"


def _chunk(frame: dict[str, Any], delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return b"data: " + encode(frame | {"choices": [choice]}) + b"\n\n"
