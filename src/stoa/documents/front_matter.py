"""What a document says of itself in the lines between `---` at its head."""

from __future__ import annotations

import re

_BLOCK = re.compile(r"\A\ufeff?---[ \t]*\n(.{0,4000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LINE = re.compile(r"([A-Za-z][\w-]{0,40})[ \t]*:[ \t]*(.*)")
KNOWN = ("tier", "date", "author", "url", "title", "lang")


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    r"""Known keys and their values, and the text below; ({}, text) where there is no such block.

    A block of dashes without any known key is a part of the text.

    >>> split_front_matter("---\ntier: record\n---\nThe court finds.")
    ({'tier': 'record'}, 'The court finds.')
    """
    block = _BLOCK.match(text)
    if block is None:
        return {}, text
    found: dict[str, str] = {}
    for line in block[1].splitlines():
        pair = _LINE.fullmatch(line.strip())
        if pair is not None and pair[1].lower() in KNOWN:
            found[pair[1].lower()] = pair[2].strip().strip("\"'").strip()
    return (found, text[block.end() :]) if found else ({}, text)
