"""A chat model behind any OpenAI-compatible endpoint: asked once, checked, repaired once."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from stoa.errors import BadInput, Unreachable
from stoa.language_models.budget import Budget, BudgetConfig
from stoa.language_models.completion import pieces_of, refusal_of
from stoa.language_models.dialect import Dialect
from stoa.language_models.json_shape import Unfit, check_schema, find_json, fit
from stoa.language_models.transport import Reply, Transport

_ROLES = ("system", "user", "assistant")
_WRONG_REQUEST = (400, 404, 415, 422, 500, 501)  # 500: what some servers say to a strange field
_PASSING = (408, 429, 500, 502, 503, 504, 529)
_SHOWN = 400  # characters of what an endpoint says that reach a reader
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatConfig:
    """How an endpoint is asked."""

    model: str
    budget: BudgetConfig = field(default_factory=BudgetConfig)
    reply_tokens: int = 2_000  # the most that one reply is asked to take
    max_prompt_bytes: int = 256 * 1024
    max_reply_chars: int = 64 * 1024
    wait_s: float = 1.0  # before the second try, where the endpoint says no time
    longest_wait_s: float = 10.0


@dataclass(slots=True)
class _Learnt:
    dialect: Dialect = field(default_factory=Dialect)


class ChatModel:
    """A `LanguageModel` over a `Transport`. Every failure is `Unreachable`.

    A request that is refused as passing trouble (429, 5xx) is sent a second time, before any
    text came; nothing is ever retried after that. `for_question` gives it a budget that holds
    over several calls; without that, each `stream` has one of its own.
    """

    def __init__(
        self, transport: Transport, config: ChatConfig, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._transport = transport
        self._config = config
        self._sleep = sleep
        self._learnt = _Learnt()  # shared with the copies: what is refused once is not tried again
        self._budget: Budget | None = None

    @property
    def name(self) -> str:
        """As the endpoint calls it."""
        return self._config.model

    def for_question(self) -> ChatModel:
        """The same model with a fresh budget for one question."""
        copy = ChatModel(self._transport, self._config, sleep=self._sleep)
        copy._learnt = self._learnt
        copy._budget = Budget(self._config.budget)
        return copy

    async def stream(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any] | None = None
    ) -> AsyncIterator[str]:
        """Pieces of the reply; with a schema, one piece: JSON that was checked against it.

        Raises:
            BadInput: the messages or the schema are not what can be sent.
            Unreachable: the endpoint fails, the budget is spent, or its JSON does not fit twice.
        """
        self._check(messages)
        budget = self._budget or Budget(self._config.budget)
        if schema is None:
            async for piece in self._pieces(messages, None, budget):
                yield piece
            return
        check_schema(schema)
        said = await self._said(messages, schema, budget)
        try:
            value = _fitting(said, schema)
        except Unfit as problem:
            repair = [*messages, *_repair(said, problem)]
            try:
                value = _fitting(await self._said(repair, schema, budget), schema)
            except Unfit as again:
                raise self._failed(f"asked twice, its JSON does not fit: {again}") from again
        yield json.dumps(value, ensure_ascii=False)

    async def _said(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], budget: Budget
    ) -> str:
        return "".join([piece async for piece in self._pieces(messages, schema, budget)])

    async def _pieces(
        self,
        messages: Sequence[Mapping[str, str]],
        schema: Mapping[str, Any] | None,
        budget: Budget,
    ) -> AsyncIterator[str]:
        was_retried = False
        while True:
            body = self._request(messages, schema, budget)
            async with self._transport.post(body) as reply:
                if reply.status == 200:
                    async for piece in self._counted(reply, budget):
                        yield piece
                    return
                refusal = await refusal_of(reply)
            if reply.status in _PASSING and not was_retried:
                was_retried = True
                await self._sleep(self._wait_s(reply))
            elif not self._learn(reply.status, refusal, schema is not None):
                raise self._refused(reply.status, refusal)

    def _request(
        self,
        messages: Sequence[Mapping[str, str]],
        schema: Mapping[str, Any] | None,
        budget: Budget,
    ) -> bytes:
        budget.call("".join(each["content"] for each in messages))
        n_tokens = min(self._config.reply_tokens, budget.tokens_left)
        request = self._learnt.dialect.request(self._config.model, messages, n_tokens, schema)
        return json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")

    async def _counted(self, reply: Reply, budget: Budget) -> AsyncIterator[str]:
        n_chars = 0
        async with aclosing(pieces_of(reply)) as pieces:
            while True:
                try:
                    piece = await anext(pieces, None)
                except Unreachable as failure:
                    raise self._failed(reply.hide(str(failure))[:_SHOWN]) from failure
                if piece is None:
                    return
                budget.answered(piece)
                n_chars += len(piece)
                if n_chars > self._config.max_reply_chars:
                    raise self._failed(f"said more than {self._config.max_reply_chars} characters")
                yield piece

    def _learn(self, status: int, refusal: str, wants_json: bool) -> bool:
        """Whether another way of asking is left after this refusal."""
        if status not in _WRONG_REQUEST:
            return False
        next_dialect = self._learnt.dialect.after(refusal, wants_json)
        self._learnt.dialect = next_dialect or Dialect()
        return next_dialect is not None

    def _wait_s(self, reply: Reply) -> float:
        try:
            asked_s = float(reply.headers.get("retry-after", ""))
        except ValueError:
            asked_s = math.nan
        wait_s = asked_s if math.isfinite(asked_s) else self._config.wait_s
        return min(max(0.0, wait_s), self._config.longest_wait_s)

    def _refused(self, status: int, refusal: str) -> Unreachable:
        mend = {
            401: "check STOA_LLM_KEY",
            403: "check STOA_LLM_KEY and what it may use",
            404: "check STOA_LLM_URL and STOA_LLM_MODEL",
            429: "it is asked too often, or the account is empty",
        }.get(status, "look at the endpoint's own log")
        return self._failed(f"refused ({status}): {refusal or 'no reason given'}; {mend}")

    def _failed(self, what: str) -> Unreachable:
        host = self._transport.host
        return Unreachable(what if what.startswith(host) else f"{host}: {what}")

    def _check(self, messages: Sequence[Mapping[str, str]]) -> None:
        if not messages or any(
            each.get("role") not in _ROLES or not isinstance(each.get("content"), str)
            for each in messages
        ):
            mend = f"give at least one, each with content and a role of {', '.join(_ROLES)}"
            raise BadInput("messages", [each.get("role") for each in messages], mend)
        n_bytes = sum(len(each["content"].encode("utf-8", "replace")) for each in messages)
        if n_bytes > self._config.max_prompt_bytes:
            mend = f"send at most {self._config.max_prompt_bytes} bytes"
            raise BadInput("messages", f"{n_bytes} bytes", mend)


def _fitting(said: str, schema: Mapping[str, Any]) -> object:
    value = find_json(said)
    fit(value, schema)
    return value


def _repair(said: str, problem: Unfit) -> list[dict[str, str]]:
    return [
        {"role": "assistant", "content": said or "(nothing)"},
        {"role": "user", "content": f"That does not fit: {problem}. Reply with the JSON alone."},
    ]
