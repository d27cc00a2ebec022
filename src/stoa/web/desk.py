"""What every page is handed: the square, who reads, and how a template becomes an answer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote, urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from stoa.app import Square
from stoa.app.ask_room import AskRoom
from stoa.app.supervisor import SIMULATED
from stoa.errors import BadInput, NotAllowed
from stoa.records import NO_ID, AccountId, ViewerSettings
from stoa.web.ask_streams import AskStreams
from stoa.web.ask_threads import AskThreads
from stoa.web.heads import Heads
from stoa.web.meters import Meters
from stoa.web.release import VERSION
from stoa.web.sessions import (
    COOKIE,
    FLASH_COOKIE,
    LOCAL_READER,
    MAX_AGE_S,
    Flash,
    Seals,
    Session,
    new_session,
)
from stoa.web.shelf import Shelf
from stoa.web.views.people import Person, person

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks. `name` is None for somebody who has not signed in; `local` readers are trusted."""

    name: str | None
    session: Session
    local: bool

    @property
    def viewer(self) -> str:
        """The reader's id.

        Raises:
            NotSignedIn: nobody signed in; the page sends to `/who`.
        """
        if self.name is None:
            raise NotSignedIn
        return self.name


class NotSignedIn(NotAllowed):
    """A personal page was asked for by nobody in particular."""

    def __init__(self) -> None:
        super().__init__("say who you are first: this page belongs to one reader")


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the bar."""

    label: str
    href: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything around a page."""

    title: str
    here: str
    me: Person
    csrf: str
    theme: str
    nav: tuple[NavItem, ...]
    json_href: str | None
    flash: Flash | None
    banner: str
    retry: bool
    can_act: bool
    local: bool
    css_href: str
    js_href: str
    version: str


@dataclass(slots=True)
class Desk:
    """Shared by all routes of one application."""

    square: Square
    seals: Seals
    meters: Meters = field(default_factory=Meters)
    shelf: Shelf = field(default_factory=Shelf)
    heads: Heads = field(default_factory=Heads)
    templates: jinja2.Environment = field(init=False)
    assets: Mapping[str, str] = field(init=False)
    ask_room: AskRoom = field(init=False)
    ask_streams: AskStreams = field(init=False)
    ask_threads: AskThreads = field(default_factory=AskThreads)

    def __post_init__(self) -> None:
        self.ask_room = AskRoom(self.square)
        self.ask_streams = AskStreams(self.meters.count_question)
        self.templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
        )
        parts = self.templates.get_template("parts.html").module
        for name in ("icon", "hidden"):
            self.templates.globals[name] = getattr(parts, name)
        self.assets = {
            name: f"/static/{name}?v={_fingerprint(STATIC / name)}"
            for name in ("stoa.css", "stoa.js")
        }

    # ------------------------------------------------------------------ readers

    def reader(self, request: Request) -> Reader:
        """Who asks, from the signed cookie; on this machine the one local reader by default."""
        local = bool(request.state.local)
        cookie = request.cookies.get(COOKIE, "")
        session = self.seals.open("session", cookie, Session) if cookie else None
        if isinstance(session, Session):
            return Reader(session.viewer or None, session, local)
        name = self.local_reader() if local else None
        return Reader(name, new_session(name or ""), local)

    def local_reader(self) -> str:
        """The reader of this machine: the seeded handle's account, else the local one."""
        return getattr(self.square, "local_reader", "") or LOCAL_READER

    def viewer_id(self, reader: Reader) -> AccountId:
        """The reader's id in the store of the world being served, made on first use."""
        return self.square.store.intern_account(reader.viewer)

    def known_viewer(self, reader: Reader) -> AccountId:
        """The reader's id, or NO_ID before the first act: looking writes nothing.

        So pages go on while the disk is full.
        """
        return self.square.store.account_id(reader.viewer) or AccountId(NO_ID)

    def settings(self, reader: Reader) -> ViewerSettings:
        """What the reader chose; the defaults for nobody."""
        if reader.name is None:
            return ViewerSettings()
        return self.square.store.settings(self.known_viewer(reader))

    def now_us(self) -> int:
        """What time it is in the square."""
        return self.square.clock.now_us()

    def latest_us(self) -> int:
        """Now by the later of the square's clock and the wall's: what a browser may claim."""
        return max(self.now_us(), time.time_ns() // 1_000)

    def me(self, reader: Reader) -> Person:
        """The reader as shown in the corner."""
        if reader.name is None:
            return person(None, "Sign in")
        store = self.square.store
        account = store.account_id(reader.name)
        found = store.accounts([account]).get(account) if account else None
        return person(found, reader.name)

    # ------------------------------------------------------------------ answers

    def render(
        self,
        request: Request,
        template: str,
        *,
        title: str = "",
        json_href: str | None = None,
        status: int = 200,
        **context: object,
    ) -> Response:
        """A page; sets the session cookie when the browser has none, and uses up the flash."""
        reader = self.reader(request)
        settings = self.settings(reader)
        request.state.images = settings.images
        flash = self.flash(request)
        frame = self._frame(request, reader, title, json_href, settings.theme, flash)
        body = self.templates.get_template(template).render(
            frame=frame, reader=reader, settings=settings, **context
        )
        response = HTMLResponse(body, status_code=status)
        if (
            COOKIE not in request.cookies
            or request.cookies[COOKIE] == ""
            or self.seals.open("session", request.cookies[COOKIE], Session) is None
        ):
            self.sign_in(request, response, reader.session)
        if flash is not None:
            response.delete_cookie(FLASH_COOKIE)
        return response

    def fragment(self, request: Request, template: str, **context: object) -> Response:
        """A piece of a page, for the script."""
        reader = self.reader(request)
        settings = self.settings(reader)
        request.state.images = settings.images
        frame = self._frame(request, reader, "", None, settings.theme, None)
        body = self.templates.get_template(template).render(
            frame=frame, reader=reader, settings=settings, **context
        )
        return HTMLResponse(body)

    def go(self, request: Request, to: str, flash: Flash | None = None) -> Response:
        """A redirect after an act, with what to say there."""
        response = RedirectResponse(inner_path(to), status_code=303)
        if flash is not None:
            self._cookie(request, response, FLASH_COOKIE, self.seals.seal("flash", flash), 120)
        return response

    def sign_in(self, request: Request, response: Response, session: Session) -> None:
        """Gives a browser its session."""
        self._cookie(request, response, COOKIE, self.seals.seal("session", session), MAX_AGE_S)

    def flash(self, request: Request) -> Flash | None:
        """What the last act wants said, if anything."""
        text = request.cookies.get(FLASH_COOKIE, "")
        flash = self.seals.open("flash", text, Flash) if text else None
        return flash if isinstance(flash, Flash) else None

    def check_csrf(self, request: Request, token: str) -> Reader:
        """The reader behind a write.

        Raises:
            NotAllowed: the token was not made for this session.
        """
        reader = self.reader(request)
        if COOKIE not in request.cookies or not self.seals.csrf_holds(reader.session, token):
            raise NotAllowed(
                "this form is not from your present session: go back, load the page again, repeat"
            )
        return reader

    def _cookie(
        self, request: Request, response: Response, name: str, value: str, max_age_s: int
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age_s,
            httponly=True,
            samesite="lax",
            secure=not request.state.local,
        )

    def _frame(
        self,
        request: Request,
        reader: Reader,
        title: str,
        json_href: str | None,
        theme: str,
        flash: Flash | None,
    ) -> Frame:
        path = request.url.path
        source = self.square.source
        return Frame(
            title=title,
            here=path + ("?" + request.url.query if request.url.query else ""),
            me=self.me(reader),
            csrf=self.seals.csrf(reader.session),
            theme=theme if theme in ("light", "dark") else "auto",
            nav=self._nav(path),
            json_href=json_href,
            flash=flash,
            banner=source.problem or source.banner,
            retry=source.banner not in ("", SIMULATED),
            can_act=reader.name is not None,
            local=reader.local,
            css_href=self.assets["stoa.css"],
            js_href=self.assets["stoa.js"],
            version=VERSION,
        )

    def _nav(self, path: str) -> tuple[NavItem, ...]:
        rooms = [
            ("For You", "/", "home"),
            ("You", "/you", "you"),
            ("Left out", "/left-out", "left"),
            ("Ask", "/ask", "ask"),
            ("Notes", "/notes", "notes"),
            ("Square", "/square", "square"),
        ]
        if self.square.town is not None:
            rooms.append(("Town", "/town", "town"))
        here = "/notes" if path.startswith("/notes/") else path
        return tuple(NavItem(label, href, icon, href == here) for label, href, icon in rooms)


def inner_path(to: str) -> str:
    """A place within this square; anything that could lead elsewhere becomes the front page.

    >>> inner_path("/you?sort=age#v1"), inner_path("//evil.org"), inner_path("https://evil.org")
    ('/you?sort=age#v1', '/', '/')
    """
    unfit = not to.startswith("/") or to.startswith(("//", "/\\")) or len(to) > 4_096
    return "/" if unfit or not to.isprintable() else to


def twin(path: str, **query: object) -> str:
    """Address of a page's JSON twin."""
    filled = {name: value for name, value in query.items() if value not in (None, "")}
    return "/api/v1" + path + ("?" + urlencode(filled, quote_via=quote) if filled else "")


def query_number(request: Request, name: str, default: int, low: int, high: int) -> int:
    """A whole number from the query.

    Raises:
        BadInput: not a whole number from `low` to `high`.
    """
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not low <= int(text) <= high:
        raise BadInput(name, text, f"give a whole number from {low} to {high}")
    return int(text)


def _fingerprint(path: Path) -> str:
    return blake2b(path.read_bytes(), digest_size=6).hexdigest()
