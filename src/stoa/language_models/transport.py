"""The seam between the chat client and the network: one verb, any number of stand-ins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """What an endpoint answers: status, headers (names in lower case), the body as it comes."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]
    hide: Callable[[str], str] = str  # takes the key out of a text that is shown

    @property
    def media_type(self) -> str:
        """Such as `text/event-stream`; empty where the endpoint says none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Transport(Protocol):
    """Carries one request to a chat endpoint."""

    @property
    def host(self) -> str:
        """Who is asked, for messages."""
        ...

    def post(self, body: bytes) -> AbstractAsyncContextManager[Reply]:
        """Sends JSON; the reply is read inside the context and bounded in time and size.

        Entering it, or reading `chunks`, raises `Unreachable` for whatever goes wrong.
        """
        ...
