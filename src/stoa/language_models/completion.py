"""Reads what a chat endpoint says: pieces of text from a stream, or one whole reply."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Any

from stoa.errors import Unreachable
from stoa.language_models.server_sent import EventReader
from stoa.language_models.transport import Reply

_DONE = "[DONE]"
_READ_OF_REFUSAL = 8 * 1024
_SHOWN_OF_REFUSAL = 300


async def pieces_of(reply: Reply) -> AsyncGenerator[str]:
    """The text of a reply, piece by piece, whether the endpoint streams it or not.

    Raises:
        Unreachable: another media type, nonsense, an error told midway, or an end too soon.
    """
    read = {"text/event-stream": _streamed, "application/json": _whole}.get(reply.media_type)
    if read is None:
        shown = reply.media_type[:60] or "nothing that says what it is"
        raise Unreachable(
            f"answered {shown}, not a chat reply; STOA_LLM_URL is the API's base, "
            "which often ends in /v1"
        )
    halves = _Halves()
    async for piece in read(reply):
        if text := halves.joined(piece):
            yield text


async def refusal_of(reply: Reply) -> str:
    """What an endpoint says with an error status, shortened to a line."""
    body = bytearray()
    async for chunk in reply.chunks:
        body += chunk
        if len(body) >= _READ_OF_REFUSAL:
            break
    text = bytes(body[:_READ_OF_REFUSAL]).decode("utf-8", "replace")
    with suppress(ValueError, RecursionError):
        text = _told_error(json.loads(text)) or text
    line = "".join(c if c.isprintable() else " " for c in reply.hide(text))
    return " ".join(line.split())[:_SHOWN_OF_REFUSAL]


async def _streamed(reply: Reply) -> AsyncIterator[str]:
    reader = EventReader()
    is_whole = False
    async for chunk in reply.chunks:
        for data in reader.feed(chunk):
            if data.strip() == _DONE:
                return
            text, ended = _delta(data)
            is_whole |= ended
            if text:
                yield text
    for data in reader.end():
        if data.strip() != _DONE:
            text, ended = _delta(data)
            is_whole |= ended
            if text:
                yield text
        else:
            is_whole = True
    if not is_whole:
        raise Unreachable("stopped in the middle of its reply")


async def _whole(reply: Reply) -> AsyncIterator[str]:
    body = bytearray()
    async for chunk in reply.chunks:
        body += chunk
    choice = _choice(_parsed(bytes(body).decode("utf-8", "replace")))
    if choice is None:
        raise Unreachable("answered JSON without a reply in it")
    _check_end(choice.get("finish_reason"))
    yield _content(choice.get("message"))


def _delta(data: str) -> tuple[str, bool]:
    """Text of one event, and whether the reply ends with it."""
    choice = _choice(_parsed(data))
    if choice is None:  # an event about usage, or a first one without text
        return "", False
    reason = choice.get("finish_reason")
    _check_end(reason)
    return _content(choice.get("delta")), bool(reason)


def _parsed(data: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as wrong:
        raise Unreachable("answered something that is no JSON") from wrong
    if not isinstance(value, dict):
        raise Unreachable("answered JSON that is no chat reply")
    if value.get("error"):
        raise Unreachable(f"failed: {_told_error(value)}")
    return value


def _choice(value: dict[str, Any]) -> dict[str, Any] | None:
    choices = value.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return None


def _content(part: object) -> str:
    content = part.get("content") if isinstance(part, dict) else None
    return content if isinstance(content, str) else ""


def _check_end(reason: object) -> None:
    if reason == "length":
        raise Unreachable("the reply was cut off at its greatest length; ask for less at once")
    if reason == "content_filter":
        raise Unreachable("the endpoint held its reply back")


def _told_error(value: object) -> str:
    """The message in the forms in use: `{"error": {"message"}}`, `{"error"}`, `{"detail"}`."""
    if not isinstance(value, dict):
        return ""
    error = value.get("error") or value.get("detail") or value.get("message") or ""
    message = error.get("message") if isinstance(error, dict) else error
    return message if isinstance(message, str) else str(error)[:_SHOWN_OF_REFUSAL]


class _Halves:
    """Puts surrogate pairs together that an endpoint cut in two; lone ones become U+FFFD."""

    def __init__(self) -> None:
        self._held = ""

    def joined(self, piece: str) -> str:
        text = self._held + piece
        cut = len(text) - 1 if text and "\ud800" <= text[-1] <= "\udbff" else len(text)
        text, self._held = text[:cut], text[cut:]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
