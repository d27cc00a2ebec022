"""Language models that misbehave, for tests of the flow."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any


class SaidModel:
    """Says one text, in pieces; what it was asked is kept."""

    name = "said"

    def __init__(self, said: str | Callable[[str], str], size: int = 7) -> None:
        self.said, self.size = said, size
        self.asked: list[Sequence[Mapping[str, str]]] = []

    async def stream(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any] | None = None
    ) -> AsyncIterator[str]:
        self.asked.append(messages)
        text = self.said if isinstance(self.said, str) else self.said(messages[-1]["content"])
        for start in range(0, len(text), self.size):
            yield text[start : start + self.size]


class HangingModel:
    """Says a little and then nothing, for ever."""

    name = "hanging"

    async def stream(self, messages: Any, schema: Any = None) -> AsyncIterator[str]:
        yield '{"sentences": ['
        await asyncio.sleep(3600)


class DyingModel:
    """Breaks in the middle with an error of its own."""

    name = "dying"

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def stream(self, messages: Any, schema: Any = None) -> AsyncIterator[str]:
        yield '{"sentences": [{"text": "The moon'
        raise self.error


def draft(*sentences: tuple[str, list[str]]) -> str:
    """A well-formed draft of sentences and the ids they cite."""
    return json.dumps({"sentences": [{"text": text, "cites": cites} for text, cites in sentences]})


def shown_rows(prompt: str) -> list[dict[str, str]]:
    """The rows of sources that a prompt shows."""
    return [json.loads(line) for line in prompt.splitlines() if line.startswith('{"id"')]
