"""Bytes of a file as text: which encoding, and what must not be in it."""

from __future__ import annotations

import codecs
import re

from stoa.errors import BadInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAID = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w-]{2,40})""", re.IGNORECASE)
_LOOKED_AT = 4_096


def decode(data: bytes, *, is_html: bool = False) -> str:
    r"""The text of a file, line ends as `\n`.

    By its byte-order mark, else UTF-8, else what an HTML page says of itself, else the Windows
    code page that most such files were written in.

    Raises:
        BadInput: the bytes are no text at all.

    >>> decode(b"caf\xc3\xa9\r\n"), decode(b"caf\xe9")
    ('café\n', 'café')
    """
    text = _decoded(data, is_html)
    if "\x00" in text:
        raise BadInput("file", "binary", "give a text, Markdown, HTML or PDF file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, is_html: bool) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    said = _SAID.search(data[:_LOOKED_AT]) if is_html else None
    if said is not None:
        try:
            return data.decode(said[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return data.decode(_without_mark(data), errors="replace")


def _without_mark(data: bytes) -> str:
    """UTF-16 shows by its zero bytes, all at odd or all at even places."""
    head = data[:_LOOKED_AT]
    zeros = (head[0::2].count(0), head[1::2].count(0))
    if max(zeros) > len(head) / 8 and min(zeros) <= len(head) / 100:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return "cp1252"
