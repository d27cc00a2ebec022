"""`/api/v1/opt-out`: an author's wish, brought by the operator's command or an app."""

from __future__ import annotations

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput
from stoa.web.api.access import require_program
from stoa.web.api.own_posts import field_of
from stoa.web.bodies import FORM_BYTES, read_body
from stoa.web.desk import Desk
from stoa.web.wire import OptOutIn, encode

_MAX_NAME = 2_048


async def opt_out(request: Request) -> Response:
    """`POST /api/v1/opt-out`: leaves an author out of every page from now on, or lifts that."""
    desk: Desk = request.app.state.desk
    require_program(desk, request)
    wish = _read(await read_body(request, FORM_BYTES))
    await run_in_threadpool(desk.square.opt_out, wish.account, wish.opted_out)
    return Response(encode(wish), media_type="application/json")


def _read(body: bytes) -> OptOutIn:
    try:
        wish = msgspec.json.decode(body, type=OptOutIn)
    except msgspec.ValidationError as problem:
        field, mend = field_of(problem)
        raise BadInput(field or "body", body[:60], mend) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadInput("body", body[:60], f'send {{"account": "did:..."}}: {problem}') from None
    name = wish.account
    if not 0 < len(name) <= _MAX_NAME or not name.isprintable() or " " in name:
        raise BadInput("account", name, "give the author's DID, such as did:plc:...")
    return wish
