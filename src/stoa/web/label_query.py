"""`com.atproto.label.queryLabels`: the labels on posts that somebody names."""

from __future__ import annotations

from dataclasses import dataclass

import anyio
import anyio.to_thread
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from stoa.bluesky.labels import label_json
from stoa.bluesky.syntax import is_did
from stoa.errors import BadInput
from stoa.ports import LabelLog
from stoa.web.xrpc_errors import XrpcError, json_answer

METHOD = "com.atproto.label.queryLabels"
DEFAULT_LIMIT, MAX_LIMIT = 50, 250
_MAX_PATTERNS = 50
_MAX_CHARACTERS = 2_048
_DEADLINE_S = 5.0
_MAX_PLACE = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class LabelQuery:
    """What somebody asks of the labels."""

    patterns: tuple[str, ...]
    sources: tuple[str, ...]  # none: any
    limit: int
    after: int


def read_query(parameters: QueryParams) -> LabelQuery:
    """The question in a query string.

    Raises:
        BadInput: a parameter that does not fit.
    """
    patterns = parameters.getlist("uriPatterns")
    sources = parameters.getlist("sources")
    if not 1 <= len(patterns) <= _MAX_PATTERNS:
        raise BadInput("uriPatterns", len(patterns), f"give 1 to {_MAX_PATTERNS}")
    if len(sources) > _MAX_PATTERNS:
        raise BadInput("sources", len(sources), f"give at most {_MAX_PATTERNS}")
    for source in sources:
        if not is_did(source):
            raise BadInput("sources", source, "give DIDs")
    return LabelQuery(
        tuple(dict.fromkeys(map(_pattern, patterns))),
        tuple(sources),
        _number(parameters, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
        _number(parameters, "cursor", 0, 0, _MAX_PLACE),
    )


async def answer_query(log: LabelLog, did: str, request: Request) -> Response:
    """The newest label of each post and value that was asked for, retractions included."""
    ask = read_query(request.query_params)
    if ask.sources and did not in ask.sources:
        return json_answer({"labels": []})
    with anyio.move_on_after(_DEADLINE_S):
        found = await anyio.to_thread.run_sync(
            log.find, did, ask.patterns, ask.after, ask.limit, abandon_on_cancel=True
        )
        answer: dict[str, object] = {"labels": [label_json(kept.label) for kept in found]}
        if len(found) == ask.limit:
            answer["cursor"] = str(found[-1].seq)
        return json_answer(answer)
    raise XrpcError(503, "NotAvailable", "this took too long; ask for less")


def _pattern(text: str) -> str:
    """A URI, or the beginning of some with one `*` at its end."""
    plain = text.isascii() and text.isprintable() and " " not in text
    if not plain or not 0 < len(text) <= _MAX_CHARACTERS or "*" in text[:-1]:
        raise BadInput("uriPatterns", text, "give URIs; one * may stand, at the end")
    return text


def _number(parameters: QueryParams, name: str, default: int, least: int, most: int) -> int:
    text = parameters.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and least <= int(text) <= most):
        raise BadInput(name, text, f"give a whole number from {least} to {most}")
    return int(text)
