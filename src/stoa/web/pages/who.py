"""`/who`: choose who is reading; on a public host, make a local account or come back to it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput, NotAllowed
from stoa.web.bodies import read_form
from stoa.web.desk import Desk, Reader
from stoa.web.sessions import LOCAL_READER, Flash, account_name, local_name, new_session
from stoa.web.views.people import person, unnamed

_LOCAL_LEAD = (
    "On this machine the reader is trusted. Each reader has their own vectors, rules and history."
)
_PUBLIC_LEAD = "Reading needs no account. Liking, steering and asking why do."


def who(request: Request) -> Response:
    """The choices."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    names = list(dict.fromkeys(_known(desk, reader)))
    return desk.render(
        request,
        "who.html",
        title="Who is reading?",
        lead=_LOCAL_LEAD if reader.local else _PUBLIC_LEAD,
        readers=[_person(desk, name) for name in names],
        key=desk.seals.key_of(reader.viewer) if reader.name and not reader.local else "",
        town=desk.square.town is not None,
    )


async def choose_who(request: Request) -> Response:
    """Reads as somebody else from now on."""
    desk: Desk = request.app.state.desk
    form = await read_form(request)
    reader = desk.check_csrf(request, form.get("csrf", ""))
    name = await run_in_threadpool(chosen_name, desk, reader, form)
    others = tuple(dict.fromkeys(n for n in (reader.name, *reader.session.others) if n))
    said = f"Reading as {unnamed(name)} now." if name else "Signed out of this browser."
    if name and name.startswith("did:"):
        said = (
            f"You look through the eyes of {(await run_in_threadpool(_person, desk, name)).title}."
        )
    response = desk.go(request, form.get("back", "/"), Flash(said=said))
    desk.sign_in(request, response, new_session(name, others if reader.local else ()))
    return response


def chosen_name(desk: Desk, reader: Reader, form: dict[str, str]) -> str:
    """The id somebody may read as; empty to sign out.

    Raises:
        BadInput: the name cannot be one, or the key was not made here.
        NotAllowed: that reader is somebody else's.
    """
    if form.get("out"):
        return ""
    if "key" in form:
        viewer = desk.seals.viewer_of(form["key"])
        if viewer is None:
            raise BadInput("key", "…", "that key was not made by this square; copy it whole")
        return viewer
    if "name" in form:
        made = local_name(form["name"]) if reader.local else account_name(form["name"])
        if made is None:
            raise BadInput("name", form["name"], "use 1 to 32 letters, digits, spaces, . or -")
        return made
    return _allowed(desk, reader, form.get("viewer", ""))


def _allowed(desk: Desk, reader: Reader, viewer: str) -> str:
    if viewer == reader.name:
        return viewer
    if reader.local and (viewer.startswith("local:") or viewer == desk.local_reader()):
        return viewer
    lives_here = desk.square.town is not None and desk.square.store.account_id(viewer) is not None
    if lives_here and viewer.startswith("did:"):
        return viewer  # invented people: anyone may look through their eyes
    raise NotAllowed("that reader is somebody else; make an account or come back with its key")


def _known(desk: Desk, reader: Reader) -> list[str]:
    if not reader.local:
        return [reader.name] if reader.name else []
    first = [desk.local_reader(), LOCAL_READER]
    return [n for n in (reader.name, *first, *reader.session.others) if n]


def _person(desk: Desk, name: str):
    store = desk.square.store
    account = store.account_id(name)
    return person(store.accounts([account]).get(account) if account else None, name)
