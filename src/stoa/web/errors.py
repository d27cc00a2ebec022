"""Errors at the request boundary: one JSON body for programs, one calm page for readers."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import (
    BadInput,
    EncoderUnavailable,
    NotAllowed,
    StoaError,
    StoreBusy,
    StoreFull,
    Unknown,
    UnknownAccount,
    UnknownNote,
    UnknownPost,
    Unreachable,
)
from stoa.web.api.access import KeyWanted
from stoa.web.bodies import BodyTooLarge, BodyTooSlow
from stoa.web.desk import Desk, NotSignedIn
from stoa.web.views.words import sentence
from stoa.web.wire import ErrorBody, as_given, encode

_log = structlog.get_logger("stoa.web")

_FOR_PROGRAMS = (
    "/api/",
    "/v1/",
    "/xrpc/",
    "/.well-known/",
    "/acts/seen",
    "/metrics",
    "/healthz",
    "/mcp",
)


@dataclass(frozen=True, slots=True)
class Told:
    """How an error is told: HTTP status, a stable code, and what happened."""

    status: int
    code: str
    message: str


_HEADINGS = {
    400: "That does not fit",
    401: "Say who you are",
    403: "That was not done",
    404: "Not here",
    405: "That is not how this works",
    408: "That took too long",
    413: "That is too much at once",
    501: "Not offered here",
    503: "Not just now",
    507: "The disk is full",
}
_BY_KIND: tuple[tuple[type[StoaError], int, str], ...] = (
    (BodyTooLarge, 413, "too_large"),
    (BodyTooSlow, 408, "too_slow"),
    (BadInput, 400, "bad_input"),
    (Unknown, 404, "unknown"),
    (NotSignedIn, 401, "not_signed_in"),
    (KeyWanted, 401, "key_wanted"),
    (NotAllowed, 403, "not_allowed"),
    (EncoderUnavailable, 501, "not_installed"),
    (StoreFull, 507, "disk_full"),
    (StoreBusy, 503, "busy"),
    (Unreachable, 503, "unreachable"),
)


def told(problem: Exception) -> Told:
    """Status, code and words of an error; nothing of a programming mistake is shown."""
    for kind, status, code in _BY_KIND:
        if isinstance(problem, kind):
            return Told(status, code, str(problem))
    if isinstance(problem, HTTPException):
        words = {404: "There is no such page.", 405: "This address takes no such request."}
        return Told(
            problem.status_code,
            {404: "not_found", 405: "method_not_allowed"}.get(problem.status_code, "refused"),
            words.get(problem.status_code, str(problem.detail)),
        )
    return Told(500, "internal", "Something in this square broke while it answered.")


def answer_error(request: Request, problem: Exception) -> Response:
    """The answer to a request that failed; the cause goes to the log, of a 500 with its stack."""
    told_as = told(problem)
    trace = getattr(request.state, "trace", "")
    if told_as.status == 500:
        _log.error("request.failed", trace=trace, path=request.url.path, exc_info=problem)
    elif told_as.status > 500:
        _log.warning("request.refused", trace=trace, path=request.url.path, why=told_as.message)
    if wants_json(request):
        return json_error(told_as, problem, trace)
    if isinstance(problem, NotSignedIn) and request.method == "GET":
        desk: Desk = request.app.state.desk
        return desk.go(request, "/who")
    return _page(request, problem, told_as, trace)


def json_error(told_as: Told, problem: Exception, trace: str) -> Response:
    """The one JSON shape of an error."""
    context: dict[str, object] = {"trace": trace}
    if isinstance(problem, BadInput):
        context |= {
            "field": problem.field,
            "value": as_given(problem.given),
            "mend": problem.mend,
        }
    body = ErrorBody(
        ok=False,
        status=told_as.status,
        code=told_as.code,
        message=told_as.message,
        context=context,
    )
    headers = {"www-authenticate": "Bearer"} if told_as.status == 401 else None
    return Response(encode(body), told_as.status, headers=headers, media_type="application/json")


def wants_json(request: Request) -> bool:
    """Whether a program asked: by path, or by what it accepts."""
    if request.url.path.startswith(_FOR_PROGRAMS):
        return True
    accept = request.headers.get("accept", "")
    return "application/json" in accept and "text/html" not in accept


def _words(problem: Exception, told_as: Told) -> str:
    """The message for a reader: no URIs, no quotes of what was typed in an address."""
    if isinstance(problem, UnknownPost):
        return (
            "That post is not in this square: its author may have deleted it, or it was never read."
        )
    if isinstance(problem, UnknownNote):
        return "There is no such note here: its writer may have taken it back."
    if isinstance(problem, UnknownAccount):
        return "Nothing of that account has been read here."
    return sentence(told_as.message)


def _page(request: Request, problem: Exception, told_as: Told, trace: str) -> Response:
    desk: Desk = request.app.state.desk
    broken = told_as.status >= 500
    return desk.render(
        request,
        "error.html",
        title=_HEADINGS.get(told_as.status, "Something broke"),
        status=told_as.status,
        code=told_as.status,
        heading=_HEADINGS.get(told_as.status, "Something broke"),
        message=_words(problem, told_as),
        kept="What you did before this was kept." if broken else "Nothing was changed.",
        links=[("Back to For You", "/")]
        + ([("Try again", request.url.path)] if broken and request.method == "GET" else []),
        trace=trace,
    )
