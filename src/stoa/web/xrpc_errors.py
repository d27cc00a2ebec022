"""XRPC's own error body, `{"error", "message"}`, which passes through to the app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput, StoaError, UnknownFeed
from stoa.web.bodies import BodyTooLarge

Endpoint = Callable[[Request], Awaitable[Response]]

log = structlog.get_logger(__name__)


class XrpcError(StoaError):
    """A refusal with the status and the name that the protocol gives it."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.name = name


def json_answer(value: object, status: int = 200) -> Response:
    """A JSON response; `value` is anything msgspec encodes."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def answering_errors(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose every failure is answered in XRPC's shape; the unforeseen is logged."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except StoaError as refused:
            error = _as_xrpc(refused)
            if error.status >= 500:
                log.warning("xrpc.failed", path=request.url.path, problem=str(refused))
        except Exception:  # the request boundary
            log.exception("xrpc.failed", path=request.url.path)
            error = XrpcError(500, "InternalServerError", "this square failed; try again")
        return json_answer({"error": error.name, "message": str(error)}, error.status)

    return answer


def _as_xrpc(error: StoaError) -> XrpcError:
    if isinstance(error, XrpcError):
        return error
    if isinstance(error, UnknownFeed):
        return XrpcError(400, "UnknownFeed", str(error))
    if isinstance(error, BodyTooLarge):
        return XrpcError(413, "PayloadTooLarge", str(error))
    if isinstance(error, BadInput):
        return XrpcError(400, "InvalidRequest", str(error))
    return XrpcError(503, "NotAvailable", "this square cannot answer now; try again later")
