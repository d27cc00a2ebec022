"""The request boundary: whatever breaks inside is logged with its trace and answered calmly."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stoa.web.errors import answer_error
from stoa.web.meters import Meters


class Boundary:
    """ASGI middleware: turns what nobody foresaw into a 500, and counts every answer."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self.app = app
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on; a failure after the answer began can only end it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def counted(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._meters.requests.labels(str(message["status"])).inc()
            await send(message)

        try:
            await self.app(scope, receive, counted)
        except Exception as problem:  # the one place where everything is caught
            if started:
                raise
            answer = await run_in_threadpool(answer_error, Request(scope), problem)
            await answer(scope, receive, counted)
