"""Tables as memory-mapped columns: written once, then read a few rows at a time.

A store is a folder of tables; a table is a folder of `.npy` files, one a column, and a column of
texts is two of them (the bytes, and where each text ends). A card beside the folder, `<name>.json`,
says which columns there are, of what type and length, and everything small; it is written last and
replaced whole, so a store is there entirely or not at all. What was there before is then deleted.

Opening reads the card alone. A column is held against its card when it is first looked at, and its
bytes against their sums, block by block, as rows of them are looked at.
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import os
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadKept
from stoa.tables.mapped import MappedColumn, block_sums

FORMAT = 2
Array = NDArray[Any]
_MEND = "run `stoa notes score` again with this --work"
_ENDS = "#ends"


class StoreWriter:
    """Writes tables into a new folder; `finish` makes them the store of this name."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.inside = folder / f"{name}-{os.getpid()}-{os.urandom(4).hex()}.part"
        self.inside.mkdir(parents=True)
        self._tables: dict[str, dict[str, list[Any]]] = {}
        self._lock = threading.Lock()

    def table(self, name: str, columns: Mapping[str, Array]) -> None:
        """Writes one table; may be called from several threads, once a name."""
        place = self.inside / name
        place.mkdir()
        listed: dict[str, list[Any]] = {}
        for column, values in columns.items():
            for part, array in _parts(column, values):
                with (place / f"{part}.npy").open("wb") as out:
                    np.lib.format.write_array(out, array, version=(1, 0), allow_pickle=False)
                    out.flush()
                    os.fsync(out.fileno())
                listed[part] = [array.dtype.str, list(array.shape), block_sums(array)]
        with self._lock:
            self._tables[name] = listed

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Puts the store in place of the one before; `facts` is everything small, as JSON."""
        final = self.inside.with_suffix("")
        os.rename(self.inside, final)
        card = {
            "format": FORMAT,
            "store": self.name,
            "folder": final.name,
            "tables": self._tables,
            "facts": facts,
        }
        card["sha256"] = _checksum(card)
        part = self.folder / f".{self.name}.{os.getpid()}.part"
        with part.open("w", encoding="utf-8") as out:
            json.dump(card, out)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, self.folder / f"{self.name}.json")
        for old in self.folder.glob(f"{self.name}-*"):
            if old.is_dir() and old != final:
                shutil.rmtree(old, ignore_errors=True)

    def drop(self) -> None:
        """Forgets what was written; the store before stays, and one that is finished."""
        shutil.rmtree(self.inside, ignore_errors=True)


def _parts(name: str, values: Array) -> list[tuple[str, Array]]:
    """A column as arrays that need no pickle."""
    if values.dtype.kind != "O":
        return [(name, np.ascontiguousarray(values))]
    texts = [str(text).encode() for text in values.tolist()]
    ends = np.cumsum(np.array([0, *map(len, texts)], dtype=np.int64))
    return [(name, np.frombuffer(b"".join(texts), dtype=np.uint8)), (name + _ENDS, ends)]


def _checksum(card: Mapping[str, Any]) -> str:
    text = json.dumps({k: v for k, v in card.items() if k != "sha256"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an open store; columns are mapped when they are first asked for."""

    folder: Path
    listed: Mapping[str, list[Any]]
    _open: dict[str, MappedColumn] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> MappedColumn:
        """A column, mapped from its file.

        Raises:
            BadKept: it is not there, or not as long as its card says.
        """
        if name not in self._open:
            self._open[name] = self._map(name)
        return self._open[name]

    def __len__(self) -> int:
        first = next(iter(self.listed.values()), ["", [0]])
        return int(first[1][0])

    @property
    def names(self) -> list[str]:
        """The columns, in the order they were written."""
        return [name for name in self.listed if not name.endswith(_ENDS)]

    def texts(self, name: str, rows: slice | None = None) -> NDArray[np.object_]:
        """Some rows of a column of texts, or all of them."""
        ends, text = self[name + _ENDS], self[name]
        first, last, _ = (rows or slice(None)).indices(len(ends.array) - 1)
        cuts = ends.rows(slice(first, last + 1)).tolist()
        whole = text.rows(slice(cuts[0], cuts[-1])).tobytes() if last > first else b""
        found = np.empty(max(last - first, 0), dtype=np.object_)
        found[:] = [whole[a - cuts[0] : b - cuts[0]].decode() for a, b in pairwise(cuts)]
        return found

    def column(self, name: str, rows: slice) -> Array:
        """Some rows of a column, texts decoded, as an array in memory."""
        if name + _ENDS in self.listed:
            return self.texts(name, rows)
        return np.array(self[name].rows(rows))

    def _map(self, name: str) -> MappedColumn:
        path = self.folder / f"{name}.npy"
        if name not in self.listed:
            raise BadKept(f"column {name}", str(self.folder), f"it was not kept; {_MEND}")
        dtype, shape = np.dtype(self.listed[name][0]), tuple(self.listed[name][1])
        try:
            with path.open("rb") as file:
                whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as fault:
            mend = f"the column does not read ({fault}); {_MEND}"
            raise BadKept(f"{path.parent.name}/{path.name}", str(path.parent), mend) from fault
        # The card says what NumPy's own header says; parsing hundreds of those takes a while.
        start = 10 + int.from_bytes(whole[8:10], "little")
        needed = start + dtype.itemsize * math.prod(shape)
        if whole[:6] != b"\x93NUMPY" or len(whole) != needed:
            mend = f"a column of {needed} bytes is needed, the file was changed; {_MEND}"
            field = f"bytes of {path.parent.name}/{path.name}"
            raise BadKept(field, len(whole), mend)
        if needed == start:
            array = np.empty(shape, dtype=dtype)
        else:
            array = np.frombuffer(whole, dtype=dtype, offset=start).reshape(shape)
        sums = self.listed[name][2]
        return MappedColumn(array, sums, f"{path.parent.name}/{path.name}", _MEND)


@dataclass(frozen=True, slots=True)
class Store:
    """An open store: its facts, and its tables by name."""

    folder: Path
    facts: Mapping[str, Any]
    tables: Mapping[str, Table]

    def __getitem__(self, name: str) -> Table:
        if name not in self.tables:
            raise BadKept(f"table {name}", str(self.folder), f"it was not kept; {_MEND}")
        return self.tables[name]


def open_store(folder: Path, name: str) -> Store:
    """The store of a name in a folder.

    Raises:
        BadKept: there is none, its card was changed, or another version of Stoa wrote it.
    """
    path = folder / f"{name}.json"
    try:
        card = json.loads(path.read_bytes())
    except OSError as fault:
        raise BadKept("--work", str(folder), f"no finished run is kept here; {_MEND}") from fault
    except ValueError as fault:
        raise BadKept(path.name, str(folder), f"it is no card ({fault}); {_MEND}") from fault
    if not isinstance(card, dict) or card.get("store") != name:
        raise BadKept(path.name, str(folder), f"it is not the card of a kept run; {_MEND}")
    if card.get("format") != FORMAT:
        mend = f"format {FORMAT} is needed, this is another version of Stoa; {_MEND}"
        raise BadKept(f"format of {path.name}", card.get("format"), mend)
    if card.get("sha256") != _checksum(card):
        mend = f"the card was changed after it was written; {_MEND}"
        raise BadKept(f"sha256 of {path.name}", card.get("sha256"), mend)
    inside = folder / card["folder"]
    tables = {name: Table(inside / name, listed) for name, listed in card["tables"].items()}
    return Store(inside, card["facts"], tables)
