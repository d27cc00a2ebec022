"""The words of a PDF, page by page, through pypdf."""

from __future__ import annotations

import re
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from stoa.documents.hypertext import Page
from stoa.documents.passages import Heading
from stoa.errors import BadInput

MAX_PAGES = 1_000
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\xa0": " "})
_HYPHEN = re.compile(r"(?<=[a-zà-öø-ÿ])[-\u00ad\u2010]\n(?=[a-zà-öø-ÿ])")
_WRAP = re.compile(r"(?<=[^\s.!?:;。！？])[ \t]*\n(?=[^\s•▪–—*-])")


def read_pdf(path: Path, max_characters: int) -> Page:
    """The text, each page under a heading that is its number; title, author and date if told.

    Lines of one paragraph are joined, and words parted at a line's end made whole: the words of a
    PDF have no line ends of their own.

    Raises:
        BadInput: no PDF, damaged, under a password, or without any text (a scan).
    """
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadInput("pdf", path.name, "it is under a password")
        parts, headings = _pages(reader, max_characters)
        about = _about(reader)
    except PyPdfError as problem:
        raise BadInput("pdf", path.name, f"it is damaged ({problem})"[:200]) from None
    text = "".join(parts)
    if not text.strip():
        raise BadInput("pdf", path.name, "it holds no text; a scan needs text recognition first")
    return Page(text, tuple(headings), about)


def _pages(reader: PdfReader, max_characters: int) -> tuple[list[str], list[Heading]]:
    parts: list[str] = []
    headings: list[Heading] = []
    size = 0
    for number, page in enumerate(reader.pages, 1):
        if number > MAX_PAGES or size > max_characters:
            break
        words = _flowing(page.extract_text())
        if not words:
            continue
        headings.append(Heading(size, f"page {number}"))
        parts.append(words + "\n\n")
        size += len(words) + 2
    return parts, headings


def _flowing(words: str) -> str:
    words = _HYPHEN.sub("", words.translate(_LIGATURES).replace("\r\n", "\n"))
    return _WRAP.sub(" ", words).strip()


def _about(reader: PdfReader) -> dict[str, str]:
    told = reader.metadata
    if told is None:
        return {}
    about = {"title": str(told.title or "")[:300], "author": str(told.author or "")[:300]}
    try:
        made = told.creation_date
    except ValueError:
        made = None
    if made is not None:
        about["date"] = made.isoformat()
    return {name: words for name, words in about.items() if words.strip()}
