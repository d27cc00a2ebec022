"""Messages of a channel and hand-made links that say which message answers which.

`PART_messages.jsonl` holds one object a line (`doc`, `i`, `text`), `PART_links.tsv` lines of doc,
answered and answering message; a message that begins a conversation answers itself. Each may be
packed with gzip.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadTable

_STAMP = re.compile(r"^\[\d\d:\d\d\] ?")
_NICK = re.compile(r"^<([^>]+)>|^\* (\S+)|^=== (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelThreads:
    """Messages in order, document after document; links in order of the answering message."""

    text: list[str]  # without the time of day
    nick: list[str]  # who wrote it, "" where it cannot be told
    start: NDArray[np.int64]  # (n,) row of the first message of the same document
    answering: NDArray[np.int64]  # (m,) message rows
    answered: NDArray[np.int64]  # (m,) message rows, never the same


def read_threads(folder: Path, part: str, most_documents: int | None = None) -> ChannelThreads:
    """The messages and links of a part ("train", "dev").

    Args:
        folder: of the files.
        part: beginning of their names.
        most_documents: reads only so many documents, the first.

    Raises:
        BadTable: a file is missing, a line does not read, or a link names no message.
    """
    text: list[str] = []
    nick: list[str] = []
    start: list[int] = []
    row: dict[tuple[str, int], int] = {}
    first: dict[str, int] = {}
    name = f"{part}_messages.jsonl"
    for line, words in _lines(folder, name):
        doc, number, said = _message(name, line, words)
        if doc not in first:
            if len(first) == most_documents:
                break
            first[doc] = len(text)
        row[doc, number] = len(text)
        text.append(_STAMP.sub("", said))
        found = _NICK.match(text[-1])
        nick.append(next((n for n in found.groups() if n), "") if found else "")
        start.append(first[doc])
    links = _links(folder, f"{part}_links.tsv", row, set(first))
    return ChannelThreads(
        text=text, nick=nick, start=np.array(start), answering=links[:, 1], answered=links[:, 0]
    )


def _links(
    folder: Path, name: str, row: dict[tuple[str, int], int], documents: set[str]
) -> NDArray[np.int64]:
    links: list[tuple[int, int]] = []
    for line, words in _lines(folder, name):
        cells = words.rstrip("\n").split("\t")
        try:
            doc, a, b = cells[0], int(cells[1]), int(cells[2])
            if doc not in documents:
                continue
            pair = row[doc, a], row[doc, b]
        except (IndexError, ValueError, KeyError):
            mend = "give a document and two of its messages, with tabs between"
            raise BadTable(name, words.strip(), mend, line=line) from None
        if pair[0] != pair[1]:
            links.append((min(pair), max(pair)))
    return np.array(sorted(links, key=lambda pair: pair[1]), dtype=np.int64).reshape(-1, 2)


def _message(name: str, line: int, words: str) -> tuple[str, int, str]:
    try:
        read: Any = json.loads(words)
        doc, number, said = read["doc"], read["i"], read["text"]
        assert isinstance(doc, str)
        assert isinstance(number, int)
        assert isinstance(said, str)
    except (ValueError, KeyError, TypeError, AssertionError):
        mend = "give objects with doc, i (a whole number) and text"
        raise BadTable(name, words.strip(), mend, line=line) from None
    return cast(str, doc), number, cast(str, said)


def _lines(folder: Path, name: str) -> Iterator[tuple[int, str]]:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            opened = gzip.open if path.suffix == ".gz" else open
            try:
                with opened(path, "rt", encoding="utf-8") as file:
                    yield from enumerate(file, start=1)
            except (OSError, EOFError, UnicodeDecodeError) as error:
                mend = "give a whole file in UTF-8, plain or gzip"
                raise BadTable(name, str(error), mend) from error
            return
    raise BadTable(name, str(folder), "give a folder that holds it, plain or as .gz")
