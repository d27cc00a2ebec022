"""A post's text as pieces, some of which are links: nothing an author wrote becomes markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from stoa.records import Facet

CARD_CHARACTERS = 1_200
"""Longest text shown whole in a page of posts; Bluesky's own limit is 300 graphemes."""

POST_CHARACTERS = 20_000
"""Longest text shown whole on a post's own page."""

# C0 and C1 controls except tab and newline are not allowed in HTML or draw nothing.
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)])


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `href` is None where it is plain. `away` leaves this square."""

    text: str
    href: str | None = None
    kind: str = ""  # "" | "link" | "mention" | "tag"

    @property
    def away(self) -> bool:
        """True for a link that leads to another site."""
        return self.kind == "link"


def pieces(text: str, facets: Sequence[Facet], limit: int = CARD_CHARACTERS) -> tuple[Piece, ...]:
    """Text cut at its facets, in order; facets that overlap or cut a character are plain text.

    Offsets count UTF-8 bytes, end exclusive (app.bsky.richtext.facet).

    >>> pieces("see é.org", [Facet(4, 10, "link", "https://é.org")])[1].href
    'https://é.org'
    >>> pieces("x", [Facet(0, 1, "link", "javascript:alert(1)")])
    (Piece(text='x', href=None, kind=''),)
    """
    data = text.encode("utf-8", "replace")
    found: list[Piece] = []
    at = 0
    for facet in sorted(facets, key=lambda f: (f.start, f.end)):
        if not at <= facet.start < facet.end <= len(data):
            continue
        inner = _whole(data, facet.start, facet.end)
        before = _whole(data, at, facet.start)
        if inner is None or before is None:
            continue
        href = facet_href(facet)
        if before:
            found.append(Piece(clean(before)))
        found.append(Piece(clean(inner), href, facet.kind if href or facet.kind == "tag" else ""))
        at = facet.end
    if at < len(data) or not found:
        found.append(Piece(clean(data[at:].decode("utf-8", "replace"))))
    return _cut(found, limit)


def facet_href(facet: Facet) -> str | None:
    """Where a facet leads, or None when it leads nowhere a reader should be sent."""
    if facet.kind == "link":
        return safe_url(facet.target)
    if facet.kind == "mention" and facet.target.startswith("did:"):
        return "/account/" + quote(facet.target, safe=":")
    return None


def safe_url(url: str) -> str | None:
    r"""The URL when it is plain http or https to a named host, else None.

    >>> safe_url("https://example.org/a?b=c")
    'https://example.org/a?b=c'
    >>> [safe_url(u) for u in ("javascript:alert(1)", "https://", "//x", " https://a.b/\n")]
    [None, None, None, None]
    """
    if len(url) > 2_048 or any(c.isspace() or ord(c) < 32 for c in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return None
    return url


def host_of(url: str) -> str:
    """The name of a site, to be shown beside its link.

    >>> host_of("https://www.example.org/a")
    'example.org'
    """
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def clean(text: str) -> str:
    r"""Text without control characters and without towers of empty lines.

    >>> clean("a\x00b\n\n\n\n\nc")
    'ab\n\nc'
    """
    text = text.replace("\r\n", "\n").translate(_CONTROLS)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text


def one_line(text: str, limit: int = 120) -> str:
    r"""The beginning of a text on one line.

    >>> one_line("one  two\nthree", 9)
    'one two …'
    """
    flat = " ".join(clean(text[: limit * 8]).split())
    if len(flat) <= limit:
        return flat
    cut = flat[: limit - 1]
    # Back to the last whole word, unless that would lose much of a text without spaces.
    word_end = cut.rfind(" ") if not flat[limit - 1].isspace() else len(cut)
    return (cut[:word_end] if word_end > limit // 2 else cut).rstrip() + " …"


def _whole(data: bytes, start: int, end: int) -> str | None:
    try:
        return data[start:end].decode("utf-8")
    except UnicodeDecodeError:
        return None


def _cut(found: list[Piece], limit: int) -> tuple[Piece, ...]:
    kept: list[Piece] = []
    room = limit
    for piece in found:
        if len(piece.text) > room:
            kept.append(Piece(piece.text[:room].rstrip() + " …"))
            break
        kept.append(piece)
        room -= len(piece.text)
    return tuple(kept)
