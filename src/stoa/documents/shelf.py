"""Documents that people gave a square: files in a folder, and the passages they hold."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from stoa.ask_records import Source
from stoa.documents.folder import KINDS, read_document
from stoa.documents.front_matter import KNOWN
from stoa.documents.standing import moment, tier_named
from stoa.errors import BadInput, StoreError, StoreFull, Unknown

MAX_DOCUMENTS = 2_000
MAX_SHELF_BYTES = 2**30
_NAME = re.compile(r"\w[\w .,()+-]{0,118}")
_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Shelved:
    """One document of a shelf; `problem` says why a file that was kept does not read any more."""

    name: str
    n_bytes: int
    sources: tuple[Source, ...]
    problem: str = ""


class DocumentShelf:
    """Documents by name, kept in a folder; safe for many threads.

    A name is a path's last part, never a path. Beside `NAME` lies `.NAME.json` with what whoever
    gave it said about it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Looks at nothing yet; None keeps no files, only what was read of them."""
        self._folder = folder
        self._shelved: dict[str, Shelved] | None = None
        self._lock = RLock()
        self.version = 0
        """Raised with every change, so that what was built over the passages can be made anew."""

    def put(self, name: str, data: bytes, about: Mapping[str, str]) -> Shelved:
        """Keeps a document, or replaces the one of this name, once it was read whole.

        Raises:
            BadInput: the name, what is said about it, or the file itself does not hold.
            StoreFull: no room, here or on the disk.
        """
        _check_name(name)
        said = _checked_about(about)
        shelved = _tried(name, data, said)  # may take long: nobody who asks waits for it
        with self._lock:
            others = {key: one for key, one in self._all().items() if key != name}
            n_bytes = sum(one.n_bytes for one in others.values())
            if len(others) >= MAX_DOCUMENTS or n_bytes + len(data) > MAX_SHELF_BYTES:
                raise StoreFull("the shelf of documents is full: take some back first")
            if self._folder is not None:
                _write(self._folder, name, data, said)
            self._all()[name] = shelved
            self.version += 1
        return shelved

    def remove(self, name: str) -> None:
        """Forgets a document and erases its file.

        Raises:
            Unknown: there is none of this name.
        """
        with self._lock:
            if self._all().pop(name, None) is None:
                raise Unknown(f"no document {name!r} here")
            if self._folder is not None:
                (self._folder / name).unlink(missing_ok=True)
                _beside(self._folder / name).unlink(missing_ok=True)
            self.version += 1

    def documents(self) -> list[Shelved]:
        """All documents, by name."""
        with self._lock:
            return [one for _, one in sorted(self._all().items())]

    def sources(self) -> list[Source]:
        """The passages of all documents, by name and place."""
        return [source for one in self.documents() for source in one.sources]

    def _all(self) -> dict[str, Shelved]:
        """What is kept, read from the folder when it is first asked for."""
        if self._shelved is None:
            self._shelved = {}
            folder = self._folder
            paths = sorted(folder.iterdir()) if folder is not None and folder.is_dir() else []
            for path in paths:
                if not path.name.startswith(".") and path.suffix.lower() in KINDS:
                    self._shelved[path.name] = _read(path, path.name, _said(path))
        return self._shelved


def _tried(name: str, data: bytes, said: dict[str, str]) -> Shelved:
    """Reads a document where it will not stay: one that does not read is never kept."""
    try:
        with tempfile.TemporaryDirectory(prefix="stoa-") as passing:
            path = Path(passing, f"document{Path(name).suffix}")
            path.write_bytes(data)
            sources = read_document(path, name, said, seconds=_SECONDS)
    except OSError as problem:
        raise _no_room(problem) from problem
    return Shelved(name, len(data), tuple(sources))


def _write(folder: Path, name: str, data: bytes, said: dict[str, str]) -> None:
    """The file whole or not at all, and what was said of it."""
    path = folder / name
    whole = folder / f".new{path.suffix}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(data)
        _beside(path).write_text(json.dumps(said), encoding="utf-8")
        os.replace(whole, path)
    except OSError as problem:
        raise _no_room(problem) from problem


def _no_room(problem: OSError) -> StoreFull:
    return StoreFull(f"the document could not be kept ({problem.strerror})")


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.json")


def _said(path: Path) -> dict[str, str]:
    try:
        said = json.loads(_beside(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in said.items() if isinstance(v, str)} if isinstance(said, dict) else {}


def _read(path: Path, name: str, said: dict[str, str]) -> Shelved:
    n_bytes = path.stat().st_size
    try:
        return Shelved(name, n_bytes, tuple(read_document(path, name, said, seconds=_SECONDS)))
    except (BadInput, StoreError) as problem:
        return Shelved(name, n_bytes, (), str(problem))


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or Path(name).suffix.lower() not in KINDS:
        endings = ", ".join(KINDS)
        mend = (
            f"give a file's name of letters, digits, spaces and .,()+-, ending in one of {endings}"
        )
        raise BadInput("name", name, mend)


def _checked_about(about: Mapping[str, str]) -> dict[str, str]:
    for key in about:
        if key not in KNOWN:
            raise BadInput(key, about[key], "say " + ", ".join(KNOWN))
    said = {key: words.strip() for key, words in about.items() if words.strip()}
    if "tier" in said:
        tier_named(said["tier"])
    if "date" in said:
        moment(said["date"])
    return said
