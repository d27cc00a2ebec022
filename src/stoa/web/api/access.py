"""Who may call the interface: programs on this machine, bearers of a key, readers of their own."""

from __future__ import annotations

import hmac

from starlette.requests import Request

from stoa.errors import NotAllowed
from stoa.web.api.events import viewer_name
from stoa.web.desk import Desk, Reader
from stoa.web.sessions import COOKIE


class KeyWanted(NotAllowed):
    """A call from another host without a key that holds."""

    def __init__(self) -> None:
        super().__init__("calls from another host need the header Authorization: Bearer KEY")


def has_key(desk: Desk, request: Request) -> bool:
    """Whether the request bears one of the operator's keys."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        return False
    given = key.strip().encode()
    return any(
        hmac.compare_digest(given, known.encode()) for known in desk.square.settings.api_keys
    )


def require_program(desk: Desk, request: Request) -> None:
    """Lets programs of this machine and bearers of a key pass.

    Raises:
        KeyWanted: neither.
    """
    if not (request.state.local or has_key(desk, request)):
        raise KeyWanted


def twin_reader(desk: Desk, request: Request) -> Reader:
    """For whom a page's JSON twin is: a program may name any viewer, a reader is their own.

    Raises:
        KeyWanted: from another host with neither key nor session.
        BadInput: the viewer named cannot be one.
    """
    reader = desk.reader(request)
    named = request.query_params.get("viewer")
    if request.state.local or has_key(desk, request):
        return Reader(viewer_name(named), reader.session, reader.local) if named else reader
    if COOKIE not in request.cookies or reader.name is None:
        raise KeyWanted
    if named is not None and named != reader.name:
        raise NotAllowed("nobody sees another reader’s pages")
    return reader
