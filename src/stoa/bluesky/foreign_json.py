"""Reads JSON that strangers wrote into a type of ours, or says that it is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from stoa.bluesky.plain_text import mend_lone_surrogates

T = TypeVar("T")


def read_json(decode: Callable[[Any], T], text: bytes | str | msgspec.Raw) -> T | None:
    """What the decoder makes of the text, its unpaired surrogates mended; None when malformed.

    Mending is tried second: nearly no text needs it, and looking costs a pass over it.
    """
    try:
        return decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    whole = text.encode(errors="replace") if isinstance(text, str) else bytes(text)
    mended = mend_lone_surrogates(whole)
    if mended is None:
        return None
    try:
        return decode(mended)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
