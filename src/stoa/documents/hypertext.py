"""The words of an HTML page that a reader would see; scripts, styles and hidden parts left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from stoa.documents.passages import Heading

_UNSEEN = frozenset({
    "script", "style", "template", "noscript", "head", "title", "svg", "math", "object",
    "iframe", "canvas", "audio", "video", "select", "textarea", "button", "nav",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "details",
    "div", "dl", "dt", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_PARAGRAPHS = _BLOCKS - frozenset({
    "br", "td", "th", "li", "dd", "dt", "tr",
})  # fmt: skip
_CLOSED_BY_THEIR_LIKE = frozenset({
    "p", "li", "dt", "dd", "tr", "td", "th", "option",
})  # fmt: skip
_LOOKED_BACK = 256  # open elements that an end tag may close; pages nest far less deep
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
    "track", "wbr",
})  # fmt: skip
_HEADINGS = frozenset(f"h{n}" for n in range(1, 7))
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![.\d])"
    r"|opacity\s*:\s*0(?![.\d])|text-indent\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_META = {
    "author": "author",
    "date": "date",
    "article:published_time": "date",
    "dcterms.date": "date",
    "og:url": "url",
}
_SPACE = re.compile(r"[ \t\n\f\xa0]+")


@dataclass(slots=True)
class Page:
    """A page as read: its text, headings by place, and what it says of itself."""

    text: str
    headings: tuple[Heading, ...] = ()
    about: dict[str, str] = field(default_factory=dict[str, str])


def read_page(html: str) -> Page:
    """The text of a page; paragraphs are parted by an empty line."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page()


class _Reader(HTMLParser):
    """Collects what is seen. `_open` are the elements around the present place."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._size = 0
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0
        self._headings: list[Heading] = []
        self._heading_from: tuple[int, int] | None = None  # place in the text, index of its part
        self._title: list[str] = []
        self._in_title = False
        self._about: dict[str, str] = {}

    def page(self) -> Page:
        text = "".join(self._parts).rstrip()
        title = _SPACE.sub(" ", "".join(self._title)).strip()
        if title:
            self._about.setdefault("title", title[:300])
        elif self._headings:
            self._about.setdefault("title", self._headings[0].words)
        return Page(text, tuple(self._headings), self._about)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._learn(tag, said)
        if tag == "title":
            self._in_title = True
        if tag in _BLOCKS:
            self._break(tag)
        if tag in _HEADINGS and not self._hidden:
            self._heading_from = (self._size, len(self._parts))
        if tag in _CLOSED_BY_THEIR_LIKE and self._open and self._open[-1][0] == tag:
            self._close(1)
        if tag not in _VOID:
            hides = tag in _UNSEEN or _is_hidden(said)
            self._open.append((tag, hides))
            self._hidden += hides

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        # An end tag closes everything left open inside its element; one without a start is noise.
        near = reversed(self._open[-_LOOKED_BACK:])
        depth = next((i for i, (name, _) in enumerate(near) if name == tag), None)
        if depth is not None:
            self._close(depth + 1)
        if tag in _HEADINGS:
            self._end_heading()
        if tag in _BLOCKS:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self._title.append(data)
        if self._hidden:
            return
        words = data if self._is_kept_as_is() else _SPACE.sub(" ", data)
        if not self._parts or self._parts[-1].endswith((" ", "\n")):
            words = words.lstrip(" ")
        if words:
            self._add(words)

    def _close(self, n: int) -> None:
        for _, hid in self._open[-n:]:
            self._hidden -= hid
        del self._open[-n:]

    def _is_kept_as_is(self) -> bool:
        return any(name == "pre" for name, _ in self._open[-4:])

    def _add(self, words: str) -> None:
        self._parts.append(words)
        self._size += len(words)

    def _break(self, tag: str) -> None:
        if self._hidden or not self._parts:
            return
        tail = "".join(self._parts[-2:])
        wanted = 2 if tag in _PARAGRAPHS else 1
        if tag in ("td", "th"):
            if not tail.endswith((" ", "\n")):
                self._add(" ")
            return
        missing = wanted - (len(tail) - len(tail.rstrip("\n")))
        if missing > 0:
            self._add("\n" * missing)

    def _end_heading(self) -> None:
        if self._heading_from is None:
            return
        start, part = self._heading_from
        words = " ".join("".join(self._parts[part:]).split())
        if words:
            self._headings.append(Heading(start, words[:200]))
        self._heading_from = None

    def _learn(self, tag: str, said: dict[str, str]) -> None:
        if tag == "html" and said.get("lang"):
            self._about.setdefault("lang", said["lang"][:20])
        if tag == "link" and said.get("rel", "").lower() == "canonical":
            self._about.setdefault("url", said.get("href", ""))
        if tag == "meta":
            key = _META.get((said.get("name") or said.get("property") or "").lower())
            if key and said.get("content"):
                self._about.setdefault(key, said["content"][:300])


def _is_hidden(said: dict[str, str]) -> bool:
    return (
        "hidden" in said
        or said.get("aria-hidden", "").lower() == "true"
        or bool(_HIDING.search(said.get("style", "")[:2_000]))
    )
