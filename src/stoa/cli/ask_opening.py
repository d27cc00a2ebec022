"""Opens what `stoa ask` answers from: a square's data folder, read only, and documents."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stoa.app.ask_room import ask_documents, open_ask
from stoa.ask.service import Ask
from stoa.ask_records import Source
from stoa.cli.ask_printing import visible
from stoa.cli.progress import progress_bar
from stoa.documents import Reading, read_documents
from stoa.errors import BadInput, StoreError
from stoa.settings import load_settings
from stoa.web.views.words import counted

if TYPE_CHECKING:
    from stoa.app.rooms import Rooms

_STORE_FILE = "square.db"  # `app.rooms.STORE_FILE`; that module takes a second to load
_TOLD = 20  # files left out that are named; the rest are counted


@contextmanager
def open_asked(
    data: Path | None, documents: Path | None, *, only_documents: bool = False
) -> Iterator[Ask]:
    """Ask over a data folder and a folder of documents, or over either alone.

    Raises:
        BadInput: neither is there.
        StoreError: the data folder that was named holds no square.
    """
    settings = load_settings(data=data)
    given = _documents(documents)
    if only_documents:
        if documents is None:
            raise BadInput("--only-documents", True, "give --documents DIR as well")
        yield ask_documents(given, settings)
        return
    folder = settings.data
    if not (folder / _STORE_FILE).is_file():
        if data is not None:
            raise StoreError(f"there is no square in {str(data)!r}; give the folder of `stoa up`")
        if documents is None:
            mend = "give --data DIR (the folder of `stoa up`), or --documents DIR"
            raise BadInput("--data", str(folder), f"there is no square there: {mend}")
        yield ask_documents(given, settings)
        return
    with progress_bar("reading the square"):
        rooms = _rooms(folder)
    with closing(rooms.store):
        yield open_ask(rooms, settings, given)


@contextmanager
def open_square(data: Path | None, documents: Path | None) -> Iterator[tuple[Rooms, Ask]]:
    """A square's rooms, read only, and Ask over them and over documents.

    Raises:
        StoreError: the data folder holds no square.
    """
    settings = load_settings(data=data)
    if not (settings.data / _STORE_FILE).is_file():
        raise StoreError(
            f"there is no square in {str(settings.data)!r}; give the folder of `stoa up`"
        )
    rooms = _rooms(settings.data)
    with closing(rooms.store):
        yield rooms, open_ask(rooms, settings, _documents(documents))


def _rooms(folder: Path) -> Rooms:
    from stoa.app.clocks import SourceClock
    from stoa.app.rooms import open_to_read

    newest: list[int] = []
    rooms = open_to_read(folder, SourceClock(lambda: newest[0] if newest else 0))
    newest.append(rooms.store.counts().cursor or 0)
    return rooms


def _documents(folder: Path | None) -> Sequence[Source]:
    if folder is None:
        return ()
    with progress_bar(f"reading {folder}"):
        reading = read_documents(folder)
    _tell(reading)
    return reading.sources


def _tell(reading: Reading) -> None:
    """On stderr: what of the folder was not read, and why."""
    for left_out in reading.skipped[:_TOLD]:
        print(f"left out {visible(left_out.name)}: {left_out.why}", file=sys.stderr)
    if len(reading.skipped) > _TOLD:
        print(f"left out {len(reading.skipped) - _TOLD:,} more", file=sys.stderr)
    if reading.unknown:
        kinds = ", ".join(f"{n} {visible(ending)}" for ending, n in sorted(reading.unknown.items()))
        print(f"not of a kind that is read: {kinds}", file=sys.stderr)
    if reading.n_hidden:
        words = f"{counted(reading.n_hidden, 'character')} that nobody would see left out"
        print(words, file=sys.stderr)
    if not reading.sources:
        print("no document could be read", file=sys.stderr)
