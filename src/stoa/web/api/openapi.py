"""`/api/v1/openapi.json`: the interface described, built from the structs that serve it."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from stoa.web.ask_wire import (
    AskAnswer,
    AskIn,
    ChatIn,
    DocumentOut,
    DocumentsOut,
    Gone,
    KeptQuestionsOut,
)
from stoa.web.release import VERSION
from stoa.web.wire import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    ErrorBody,
    EventsIn,
    FeedAnswer,
    Health,
    NoteActsIn,
    NotesTaken,
    OptOutIn,
    PostsIn,
    PostsOut,
    Taken,
    encode,
)

_REF = "#/components/schemas/{name}"
_STRUCTS = (
    FeedAnswer, EventsIn, PostsIn, PostsOut, Taken, OptOutIn, NoteActsIn, NotesTaken, Health,
    ErrorBody, AskIn, AskAnswer, DocumentOut, DocumentsOut, Gone, ChatIn, KeptQuestionsOut,
)  # fmt: skip

TWINS = (
    ("/api/v1/why", "Why a post is, or is not, on a viewer’s page", ("post", "viewer")),
    ("/api/v1/you", "A viewer’s vectors and days", ("viewer",)),
    ("/api/v1/you/export.json", "Everything kept about a viewer", ("viewer",)),
    ("/api/v1/left-out", "Rules and what they left out of the last page", ("viewer",)),
    ("/api/v1/post/{uri}", "A post, its notes, its conversation and its neighbours", ()),
    ("/api/v1/account/{name}", "An account’s newest posts", ()),
    ("/api/v1/square", "The health of the square", ()),
    ("/api/v1/town", "Policies side by side for an inhabitant", ("viewer",)),
    ("/api/v1/notes", "Notes that show, or one of the other lists", ("tab", "viewer", "before")),
    ("/api/v1/notes/log", "The signed head of the notes’ log, and its key", ()),
    ("/api/v1/notes/you", "How a viewer stands as a contributor", ("viewer",)),
    ("/api/v1/notes/write", "What a note on a post may hold", ("post", "viewer")),
    ("/api/v1/notes/{note}", "A note, its history, its ratings and its proofs", ()),
    ("/api/v1/settings", "What a viewer chose", ("viewer",)),
)


def openapi(request: Request) -> Response:
    """The document; public, since it tells nothing about anybody."""
    del request
    return Response(document_bytes(), media_type="application/json")


@cache
def document_bytes() -> bytes:
    """The document as JSON."""
    return encode(document())


def document() -> dict[str, Any]:
    """The document: OpenAPI 3.1."""
    _, schemas = msgspec.json.schema_components(_STRUCTS, ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Stoa", "version": VERSION},
        "paths": {**_square_paths(), **_ask_paths(), **_own_paths(), **_twin_paths()},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"key": []}],
    }


def _square_paths() -> dict[str, Any]:
    """What apps bring and read."""
    return {
        "/api/v1/feed": {
            "get": _operation(
                "The next posts for a viewer",
                FeedAnswer,
                parameters=[
                    _parameter("viewer", "any id, known or not", required=True),
                    _parameter(
                        "limit",
                        "posts wanted",
                        schema={
                            "type": "integer",
                            "minimum": 1,
                            "maximum": MAX_LIMIT,
                            "default": DEFAULT_LIMIT,
                        },
                    ),
                    _parameter("cursor", "from the answer before"),
                ],
            )
        },
        "/api/v1/events": {"post": _operation("What viewers did", Taken, body=EventsIn)},
        "/api/v1/posts": {
            "put": _operation("Posts of your own", Taken, body=PostsIn),
            "delete": _operation("Take posts back", Taken, body=PostsOut),
        },
        "/api/v1/opt-out": {
            "post": _operation("An author’s wish to stay out", OptOutIn, body=OptOutIn)
        },
        "/api/v1/notes/acts": {
            "post": _operation("What viewers do about notes", NotesTaken, body=NoteActsIn)
        },
    }


def _ask_paths() -> dict[str, Any]:
    """Questions, and what they are answered from."""
    return {
        "/api/v1/ask": {
            "post": _operation(
                "An answer of checked claims, as events or as one object",
                AskAnswer,
                body=AskIn,
                parameters=[_parameter("draft", "1 also tells a model’s raw words, as `draft`")],
            )
        },
        "/api/v1/documents": {
            "get": _operation("Documents given to this square", DocumentsOut),
            "put": _operation(
                "Give a document: its bytes are the body",
                DocumentOut,
                parameters=[_parameter("name", "file name", required=True), *_about()],
            ),
            "delete": _operation(
                "Take a document back",
                Gone,
                parameters=[_parameter("name", "file name", required=True)],
            ),
        },
        "/api/v1/questions": {
            "get": _operation(
                "What a reader asked in the last 30 days",
                KeptQuestionsOut,
                parameters=[_parameter("viewer", _WORDS["viewer"])],
            ),
            "delete": _operation(
                "Erase one of a reader’s questions, or all",
                Gone,
                parameters=[_parameter("viewer", _WORDS["viewer"]), _parameter("id", "of one")],
            ),
        },
        "/v1/models": {"get": _operation("Names that `model` may have", None)},
        "/v1/chat/completions": {
            "post": _operation("The square as a model for chat clients", None, body=ChatIn)
        },
    }


def _own_paths() -> dict[str, Any]:
    """What the square tells of itself."""
    return {
        "/api/v1/openapi.json": {"get": _operation("This document", None)},
        "/healthz": {"get": _operation("Whether pages can be served", Health)},
        "/metrics": {"get": _operation("Counters in Prometheus’s text form", None)},
    }


def _twin_paths() -> dict[str, Any]:
    """The JSON twins of pages."""
    paths: dict[str, Any] = {}
    for path, summary, names in TWINS:
        inside = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
        parameters = [_parameter(n, "percent-encoded", where="path", required=True) for n in inside]
        parameters += [_parameter(name, _WORDS[name]) for name in names]
        paths[path] = {"get": _operation(summary, None, parameters=parameters)}
    return paths


def _about() -> list[dict[str, Any]]:
    words = {"tier": "record, dataset, first-hand, report or opinion", "date": "ISO 8601"}
    return [
        _parameter(name, words.get(name, "as the document’s head would say"))
        for name in ("tier", "date", "title", "author", "url", "lang")
    ]


_WORDS = {
    "post": "URI of a post",
    "viewer": "id of a viewer; the local reader when absent",
    "tab": "shown, needs-you, yours or requested; shown when absent",
    "before": "from the answer before: older notes than this id",
}


def _operation(
    summary: str,
    answer: type | None,
    *,
    body: type | None = None,
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done"}
    if answer is not None:
        done["content"] = _json_of(answer)
    operation: dict[str, Any] = {
        "summary": summary,
        "responses": {
            "200": done,
            "default": {"description": "Refused", "content": _json_of(ErrorBody)},
        },
    }
    if parameters:
        operation["parameters"] = parameters
    if body is not None:
        operation["requestBody"] = {"required": True, "content": _json_of(body)}
    return operation


def _parameter(
    name: str,
    description: str,
    *,
    where: str = "query",
    required: bool = False,
    schema: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "name": name,
        "in": where,
        "required": required,
        "description": description,
        "schema": schema or {"type": "string"},
    }


def _json_of(kind: type) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF.format(name=kind.__name__)}}}
