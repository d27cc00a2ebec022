"""Files and folders as sources: what was read, what was left out, and why."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from pathlib import Path
from types import MappingProxyType

from stoa.ask_records import Source, SourceKind
from stoa.documents.apart import SECONDS, ReadApart
from stoa.documents.decoding import decode
from stoa.documents.front_matter import split_front_matter
from stoa.documents.hypertext import Page
from stoa.documents.invisible import without_hidden
from stoa.documents.passages import Heading, cut
from stoa.documents.standing import moment, tier_named, tier_of_place
from stoa.errors import BadInput, Unknown

KINDS = {
    ".txt": "text", ".text": "text",
    ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".pdf": "pdf",
}  # fmt: skip
MAX_BYTES = {"text": 16 * 2**20, "markdown": 16 * 2**20, "html": 16 * 2**20, "pdf": 100 * 2**20}
MAX_FILES = 20_000


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was left out, and why, for whoever gave it."""

    name: str
    why: str


@dataclass(slots=True)
class Reading:
    """What a folder holds. `unknown` counts files of kinds that are not read, by their ending."""

    sources: list[Source] = field(default_factory=list[Source])
    n_files: int = 0
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    unknown: Counter[str] = field(default_factory=Counter[str])
    n_hidden: int = 0  # characters taken out because they only hid something


def read_folder(folder: Path) -> Sequence[Source]:
    """Every passage of every document in a folder, in order of their names.

    Raises:
        Unknown: there is no such file or folder.
    """
    return read_documents(folder).sources


def read_documents(folder: Path, *, seconds: float = SECONDS) -> Reading:
    """A folder (or one file), with what was left out and why; no file in it stops the rest.

    Args:
        folder: a folder, read with all below it, or one file.
        seconds: the longest that one file may take.

    Raises:
        Unknown: there is no such file or folder.
    """
    if not folder.exists():
        raise Unknown(f"no file or folder {str(folder)!r}; give the folder of your documents")
    reading = Reading()
    with ReadApart(seconds) as apart:
        for path, name in _files(folder):
            kind = KINDS.get(path.suffix.lower())
            if kind is None:
                reading.unknown[path.suffix.lower() or "no ending"] += 1
            elif reading.n_files >= MAX_FILES:
                reading.skipped.append(Skipped(name, f"more than {MAX_FILES:,} files"))
                break
            else:
                _take(reading, path, name, apart)
    return reading


def read_document(
    path: Path,
    name: str = "",
    about: Mapping[str, str] | None = None,
    *,
    seconds: float = SECONDS,
) -> list[Source]:
    """The passages of one file, under `name` where one is given.

    Args:
        path: the file.
        name: what it is cited by; its file name by default.
        about: what outranks the file's own word: `tier`, `date`, `title`, `author`, `url`, `lang`.
        seconds: the longest that it may take.

    Raises:
        BadInput: it does not read; says why.
    """
    with ReadApart(seconds) as apart:
        return _passages(path, name or path.name, apart, about or {})[0]


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Files in order of their names; hidden ones, and links that lead out, are not looked at."""
    if folder.is_file():
        yield folder, folder.name
        return
    inside = folder.resolve()
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(files):
            path = Path(parent, file)
            if not file.startswith(".") and path.resolve().is_relative_to(inside):
                yield path, path.relative_to(folder).as_posix()


def _take(reading: Reading, path: Path, name: str, apart: ReadApart) -> None:
    try:
        sources, n_hidden = _passages(path, name, apart)
    except BadInput as problem:
        reading.skipped.append(Skipped(name, problem.mend))
        return
    reading.n_files += 1
    reading.n_hidden += n_hidden
    reading.sources += sources


def _passages(
    path: Path, name: str, apart: ReadApart, about: Mapping[str, str] = MappingProxyType({})
) -> tuple[list[Source], int]:
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise BadInput("file", name, "give a text, Markdown, HTML or PDF file")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES[kind]:
            mend = f"it has {size:,} bytes; at most {MAX_BYTES[kind]:,} are read"
            raise BadInput("file", name, mend)
        page = _plain(path) if kind == "text" else apart.read(path, kind)
    except OSError as problem:
        raise BadInput("file", name, problem.strerror or "it cannot be read") from None
    page, n_hidden = _shown(page)
    if not page.text.strip():
        raise BadInput("file", name, "it holds no text")
    like = _source_like(page.about | dict(about), name)
    headings = page.headings
    return [
        replace(
            like,
            id=f"document:{name}#{number}",
            text=page.text[passage.start : passage.end],
            title=_titled(like.title, passage.heading),
        )
        for number, passage in enumerate(cut(page.text, headings), 1)
    ], n_hidden


def _plain(path: Path) -> Page:
    about, text = split_front_matter(decode(path.read_bytes()))
    return Page(text, (), about)


def _shown(page: Page) -> tuple[Page, int]:
    """The page without hidden characters; headings keep their places."""
    starts = [0, *(heading.start for heading in page.headings), len(page.text)]
    pieces = [without_hidden(page.text[low:high]) for low, high in pairwise(starts)]
    n_hidden = sum(n for _, n in pieces)
    if not n_hidden:
        return page, 0
    ends = list(accumulate(len(piece) for piece, _ in pieces))
    headings = tuple(
        Heading(start, without_hidden(heading.words)[0])
        for start, heading in zip(ends, page.headings, strict=False)
    )
    return Page("".join(piece for piece, _ in pieces), headings, page.about), n_hidden


def _source_like(about: dict[str, str], name: str) -> Source:
    """What all passages of a document share.

    Raises:
        BadInput: it names a tier that there is not.
    """
    tier = tier_named(about["tier"]) if "tier" in about else tier_of_place(name)
    try:
        at_us = moment(about["date"]) if "date" in about else 0
    except BadInput:
        at_us = 0  # pages and PDFs write dates in many ways; unknown is no harm
    words = {key: _line(about.get(key, "")) for key in ("title", "author", "lang", "url")}
    return Source(
        id=f"document:{name}",
        kind=SourceKind.DOCUMENT,
        text="",
        tier=tier,
        title=words["title"] or name,
        author=words["author"],
        at_us=at_us,
        lang=words["lang"],
        url=words["url"] if words["url"].startswith(("https://", "http://")) else "",
    )


def _line(words: str) -> str:
    return " ".join(without_hidden(words)[0].split())[:300]


def _titled(title: str, heading: str) -> str:
    heading = _line(heading)
    return title if not heading or heading == title else f"{title} · {heading}"
