"""Asks a service of the network with patience: waits when told to, tries again when it fails."""

from __future__ import annotations

import asyncio
import random as random_module
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from stoa.bluesky.backoff import backoff_s
from stoa.bluesky.guarded_http import Answer
from stoa.errors import Unreachable
from stoa.ports import Clock
from stoa.records import SECOND_US


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often to ask and how long to wait in between."""

    tries: int = 3
    first_wait_s: float = 1.0
    max_wait_s: float = 60.0  # a service that asks for more is given up for now
    max_pause_s: float = 900.0  # the longest a service may keep us away with one answer


class Asker:
    """Everything asked of one service goes through one of these, so that a pause holds for all."""

    def __init__(
        self,
        service: str,
        clock: Clock,
        *,
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        self._service = service
        self._clock = clock
        self._patience = patience or Patience()
        self._sleep = sleep
        self._random = random
        self._paused_until_us = 0

    async def ask(self, send: Callable[[], Awaitable[Answer]]) -> bytes:
        """Body of the first answer of status 200.

        Raises:
            Unreachable: no such answer came, or the service wants us away for long.
        """
        patience, why = self._patience, ""
        for attempt in range(patience.tries):
            await self._wait_out_pause()
            try:
                answer = await send()
            except Unreachable as failure:
                why = str(failure)
            else:
                self._heed_limits(answer)
                if answer.status == 200:
                    return answer.body
                why = f"{self._service} answered HTTP {answer.status}"
                if answer.status == 429:
                    continue  # the pause noted is the wait
                if answer.status < 500:
                    raise Unreachable(why)
            if attempt + 1 < patience.tries:
                await self._sleep(backoff_s(attempt, self._random, first_s=patience.first_wait_s))
        raise Unreachable(why)

    async def _wait_out_pause(self) -> None:
        wait_s = (self._paused_until_us - self._clock.now_us()) / SECOND_US
        if wait_s > self._patience.max_wait_s:
            raise Unreachable(f"{self._service} asks to be left alone for {wait_s:.0f} s")
        if wait_s > 0:
            await self._sleep(wait_s)

    def _heed_limits(self, answer: Answer) -> None:
        """Notes a pause when a rate limit is used up (`RateLimit-*`, `Retry-After`)."""
        remaining = answer.headers.get("ratelimit-remaining", "").strip()
        if answer.status != 429 and remaining != "0":
            return
        now_us = self._clock.now_us()
        reset_s = _whole(answer.headers.get("ratelimit-reset", ""))
        after_s = _whole(answer.headers.get("retry-after", ""))
        if after_s is not None:
            wait_s = float(after_s)
        elif reset_s is not None:
            wait_s = reset_s - now_us / SECOND_US  # a moment, in seconds since 1970
        elif answer.status == 429:
            wait_s = self._patience.max_wait_s
        else:
            return
        wait_s = min(max(wait_s, 0.0), self._patience.max_pause_s)
        self._paused_until_us = now_us + int(wait_s * SECOND_US)


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
