"""Accounts as a reader meets them: a name, a handle, a picture drawn from the id."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from stoa.records import Account
from stoa.web.sessions import LOCAL_READER
from stoa.web.views.avatar import avatar
from stoa.web.views.text import one_line


@dataclass(frozen=True, slots=True)
class Person:
    """What a card shows of an account; `name` is the external id and is never shown bare."""

    name: str
    title: str
    handle: str
    href: str
    avatar: Markup


def person(account: Account | None, name: str = "") -> Person:
    """An account ready to be shown, also when little is known of it.

    >>> person(None, "did:plc:abcdefghijklmnop").title
    'someone (…mnop)'
    """
    name = account.name if account else name
    handle = (account.handle or "") if account else ""
    title = one_line(account.display_name, 64) if account else ""
    return Person(
        name=name,
        title=title or handle or unnamed(name),
        handle="@" + one_line(handle, 64) if handle and title else "",
        href="/account/" + quote(name, safe=":"),
        avatar=avatar(name),
    )


def unnamed(name: str) -> str:
    """What to call an account that has not said how it wants to be called.

    >>> unnamed("local:me"), unnamed("local:ana~1a2b3c4d"), unnamed("app-user-7")
    ('Local reader', 'ana', 'app-user-7')
    """
    if name == LOCAL_READER:
        return "Local reader"
    if name.startswith("local:"):
        return name.removeprefix("local:").partition("~")[0]
    if name.startswith("did:") or len(name) > 40:
        return f"someone (…{name[-4:]})"
    return name
