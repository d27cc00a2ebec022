"""`/api/v1/documents`: primary documents that programs and operators give to Ask."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.documents import Shelved
from stoa.errors import BadInput
from stoa.web.api.access import require_program
from stoa.web.ask_wire import DocumentOut, DocumentsOut, Gone
from stoa.web.bodies import DOCUMENT_BYTES, read_body
from stoa.web.desk import Desk
from stoa.web.wire import encode


async def put_document(request: Request) -> Response:
    """`PUT /api/v1/documents?name=...`: keeps the body as a document, or replaces the one there."""
    desk: Desk = request.app.state.desk
    require_program(desk, request)
    said = dict(request.query_params)
    name = said.pop("name", "")
    body = await read_body(request, DOCUMENT_BYTES)
    shelved = await run_in_threadpool(desk.ask_room.shelf.put, name, body, said)
    return _json(_told(shelved))


def documents(request: Request) -> Response:
    """`GET /api/v1/documents`: what was given, by name."""
    desk: Desk = request.app.state.desk
    require_program(desk, request)
    told = [_told(one) for one in desk.ask_room.shelf.documents()]
    return _json(DocumentsOut(documents=told))


def delete_document(request: Request) -> Response:
    """`DELETE /api/v1/documents?name=...`: takes a document back; its file is erased."""
    desk: Desk = request.app.state.desk
    require_program(desk, request)
    name = request.query_params.get("name", "")
    if not name:
        raise BadInput("name", name, "name the document, ?name=...")
    desk.ask_room.shelf.remove(name)
    return _json(Gone(erased=1))


def _told(one: Shelved) -> DocumentOut:
    first = one.sources[0] if one.sources else None
    return DocumentOut(
        name=one.name,
        bytes=one.n_bytes,
        passages=len(one.sources),
        tier=first.tier.name.lower() if first else "",
        title=first.title if first else "",
        problem=one.problem,
    )


def _json(answer: object) -> Response:
    return Response(encode(answer), media_type="application/json")
