"""Users' items in the order of time, from lines `user item item ...`, and the items' attributes.

Ids are whole numbers; a file may be packed with gzip or zstd. Attributes are one JSON object,
`{item: [attribute, ...]}`.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadTable
from stoa.space.item_sequences import ItemSequences
from stoa.tables.blocks import line_blocks

FEWEST_ITEMS = 3
"""One to learn from, one to choose by, one to test on."""

MOST_DIGITS = 18
"""What fits a signed 64-bit number whatever its digits are."""


def read_sequences(path: Path) -> ItemSequences:
    """All users of a file.

    Raises:
        BadTable: no such file, an empty one, an id that is no whole number, a user who appears
            twice or has under three items, or fewer than two users; names the line.
    """
    if not path.is_file():
        raise BadTable(path.name, str(path), "no such file; give lines of `user item item ...`")
    line_of: dict[int, int] = {}
    items: list[list[int]] = []
    for line, text in _lines(path):
        user, *chosen = (_whole(path.name, line, word) for word in text.split())
        if user in line_of:
            mend = f"line {line_of[user]} has this user too; put all items of a user in one line"
            raise BadTable(path.name, user, mend, line=line, column="user")
        if len(chosen) < FEWEST_ITEMS:
            mend = f"give at least {FEWEST_ITEMS} items: two are kept back, or leave the user out"
            raise BadTable(path.name, text, mend, line=line)
        line_of[user] = line
        items.append(chosen)
    if len(items) < 2:
        raise BadTable(path.name, len(items), "this many users; give at least 2, one a line")
    return _columns(list(line_of), items)


def read_attributes(path: Path, item_id: NDArray[np.int64]) -> NDArray[np.int32]:
    """Attribute rows of each item, (n_items, most), counted from 1 and filled with 0.

    Items that the file does not name have none.

    Raises:
        BadTable: no such file, no JSON object of lists, or an item that is in no sequence.
    """
    row_of = {int(number): row for row, number in enumerate(item_id.tolist())}
    attributes: dict[str, int] = {}
    rows: list[list[int]] = [[] for _ in row_of]
    for name, given in _json_object(path).items():
        row = row_of.get(int(name)) if _is_whole(name) else None
        if row is None:
            mend = "no user has this item; give the attributes that belong to these sequences"
            raise BadTable(path.name, name, mend, column="item")
        if not isinstance(given, list):
            raise BadTable(path.name, given, "give a list of attributes", column=name)
        for value in cast(list[Any], given):
            if not isinstance(value, str | int):
                mend = "give each attribute as a whole number or a word"
                raise BadTable(path.name, value, mend, column=name)
            rows[row].append(attributes.setdefault(str(value), len(attributes) + 1))
    table = np.zeros((len(rows), max(map(len, rows), default=0)), np.int32)
    for row, found in enumerate(rows):
        table[row, : len(found)] = found
    return table


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with words in them, numbered from 1."""
    for block in line_blocks(path, lambda _: None):
        # `line_blocks` hands out whole lines of checked UTF-8, each ended by a newline.
        for offset, text in enumerate(block.text.decode("utf-8").split("\n")[:-1]):
            if text.strip():
                yield block.first_line + offset, text


def _is_whole(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= MOST_DIGITS


def _whole(file: str, line: int, word: str) -> int:
    if not _is_whole(word):
        mend = f"give ids as whole numbers of at most {MOST_DIGITS} digits, with spaces between"
        raise BadTable(file, word, mend, line=line)
    return int(word)


def _columns(users: list[int], items: list[list[int]]) -> ItemSequences:
    length = np.asarray([len(chosen) for chosen in items], np.int64)
    flat = np.fromiter((one for chosen in items for one in chosen), np.int64, int(length.sum()))
    item_id, row = np.unique(flat, return_inverse=True)
    end = np.cumsum(length)
    return ItemSequences(
        item=row.astype(np.int32),
        start=end - length,
        end=end,
        item_id=item_id,
        user_id=np.asarray(users, np.int64),
    )


def _json_object(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        whole: Any = json.loads(text)
    except FileNotFoundError:
        mend = "no such file; give one JSON object of item: [attribute, ...]"
        raise BadTable(path.name, str(path), mend) from None
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as fault:
        mend = f"it does not read as JSON ({fault}); download it again"
        raise BadTable(path.name, str(path), mend) from fault
    if not isinstance(whole, dict):
        mend = "give one JSON object of item: [attribute, ...]"
        raise BadTable(path.name, whole, mend)
    return cast(dict[str, Any], whole)
