"""A language model that says what it was told to: for tests, and for trying a flow out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from stoa.errors import Unreachable

Messages = Sequence[Mapping[str, str]]
Line = str | Exception


class ScriptedModel:
    """A `LanguageModel` with its replies written down. It obeys no schema: that is the point.

    Args:
        replies: said in turn; an exception is raised in place of a reply. Or a function from
            messages and schema to a reply.
        piece_chars: how much of a reply comes at once.
        name: as it calls itself.

    >>> import asyncio
    >>> model = ScriptedModel(["Hello there."], piece_chars=5)
    >>> async def heard():
    ...     return [piece async for piece in model.stream([{"role": "user", "content": "Hi"}])]
    >>> asyncio.run(heard())
    ['Hello', ' ther', 'e.']
    """

    def __init__(
        self,
        replies: Sequence[Line] | Callable[[Messages, Mapping[str, Any] | None], Line],
        *,
        piece_chars: int = 16,
        name: str = "scripted",
    ) -> None:
        self.name = name
        self.asked: list[list[dict[str, str]]] = []
        self._replies = replies
        self._piece_chars = piece_chars

    async def stream(
        self, messages: Messages, schema: Mapping[str, Any] | None = None
    ) -> AsyncIterator[str]:
        """Pieces of the next reply.

        Raises:
            Unreachable: the script is at its end.
        """
        reply = self._next(messages, schema)
        self.asked.append([dict(each) for each in messages])
        if isinstance(reply, Exception):
            raise reply
        for start in range(0, len(reply), self._piece_chars):
            yield reply[start : start + self._piece_chars]

    def _next(self, messages: Messages, schema: Mapping[str, Any] | None) -> Line:
        if callable(self._replies):
            return self._replies(messages, schema)
        if len(self.asked) >= len(self._replies):
            raise Unreachable(f"the script holds {len(self._replies)} replies, one more was asked")
        return self._replies[len(self.asked)]
