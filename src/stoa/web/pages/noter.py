"""Who reads, as far as notes go: a contributor, somebody who may become one, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from stoa.notes.views import ContributorView
from stoa.records import NO_ID, AccountId
from stoa.web.desk import Desk, Reader
from stoa.web.views.pen_names import pen_name
from stoa.web.views.words import counted


@dataclass(frozen=True, slots=True)
class Noter:
    """The reader of a page of notes; `standing` is None for somebody who is no contributor."""

    signed_in: bool
    viewer: AccountId
    pseudonym: str
    pen_name: str
    standing: ContributorView | None

    @property
    def may_write(self) -> bool:
        """Whether a note of theirs would be taken."""
        return self.standing is not None and self.standing.may_write


@dataclass(frozen=True, slots=True)
class Asking:
    """How many ask for a note on a post, and whether this reader does."""

    words: str
    mine: bool


def noter(desk: Desk, reader: Reader) -> Noter:
    """What notes know of the reader; looking writes nothing."""
    viewer = desk.known_viewer(reader) if reader.name else AccountId(NO_ID)
    standing = desk.square.notes.contributor(viewer) if reader.name else None
    who = standing.pseudonym if standing else ""
    return Noter(reader.name is not None, viewer, who, pen_name(who) if who else "", standing)


def asking(desk: Desk, me: Noter, post: str) -> Asking:
    """Who asks for a note on a post."""
    n = desk.square.notes.n_requests(post)
    words = f"{counted(n, 'contributor')} would like a note here." if n else ""
    mine = me.standing is not None and desk.square.notes.reading.asks(me.standing.pseudonym, post)
    return Asking(words, mine)


def write_href(post: str) -> str:
    """Where a note on a post is written."""
    return "/notes/write?post=" + quote(post, safe=":/")


def require_reader(reader: Reader) -> str:
    """The reader of a personal page.

    Raises:
        NotSignedIn: nobody signed in; the page sends to `/who`.
    """
    return reader.viewer
