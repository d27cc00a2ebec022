"""The words of a PDF, page by page, through pypdf."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from stoa.documents.hypertext import Page
from stoa.documents.passages import Heading
from stoa.errors import BadInput

MAX_PAGES = 1_000
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\xa0": " "})
_HYPHEN = re.compile(r"(?<=[a-zà-öø-ÿ])[-\u00ad\u2010]\n(?=[a-zà-öø-ÿ])")
_ENDS = (".", "!", "?", ":", ";", "。", "！", "？")
_BEGINS_ITEM = ("•", "▪", "–", "—", "*", "-")


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
    pages: list[list[str]] = []
    size = 0
    for page in reader.pages:
        if len(pages) == MAX_PAGES or size > max_characters:
            break
        pages.append(_lines(page.extract_text()))
        size += sum(map(len, pages[-1]))
    parts: list[str] = []
    headings: list[Heading] = []
    size = 0
    for number, lines in enumerate(_without_running_lines(pages), 1):
        words = _flowing(lines)
        if words:
            headings.append(Heading(size, f"page {number}"))
            parts.append(words + "\n\n")
            size += len(words) + 2
    return parts, headings


def _lines(words: str) -> list[str]:
    whole = _HYPHEN.sub("", words.translate(_LIGATURES).replace("\r\n", "\n"))
    return [line.strip() for line in whole.strip().split("\n")]


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """Pages without their numbers and the line that most of them begin or end with."""
    counted = Counter(line for lines in pages for line in {lines[0], lines[-1]})
    running = {line for line, n in counted.items() if n >= max(3, len(pages) // 2)}

    def is_running(line: str) -> bool:
        return line in running or line.isdigit()

    kept: list[list[str]] = []
    for lines in pages:
        start = int(is_running(lines[0]))
        end = len(lines) - int(len(lines) > start and is_running(lines[-1]))
        kept.append(lines[start:end])
    return kept


def _flowing(lines: list[str]) -> str:
    """Lines of one paragraph as one; a line under half as long as the longest is a heading."""
    full = max(map(len, lines), default=0)
    flowing = "".join(lines[:1])
    for before, line in pairwise(lines):
        goes_on = before and line and len(before) * 2 >= full and not before.endswith(_ENDS)
        flowing += (" " if goes_on and not line.startswith(_BEGINS_ITEM) else "\n") + line
    return flowing.strip()


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
