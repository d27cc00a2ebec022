"""Makes text from the network safe to keep, without moving what byte offsets point at."""

from __future__ import annotations

import re

MAX_TEXT = 10_000
"""Characters kept of a post's text; the lexicon allows 3,000 bytes, so only abuse is longer."""

_find_unfit = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]").search
_unfit = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_surrogate = re.compile(r"[\ud800-\udfff]")

# A backslash and what it escapes. Pairs of surrogates are matched before single ones.
_escape = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def clean_text(value: str, limit: int = MAX_TEXT) -> str:
    r"""Text cut to `limit` characters, without controls (but tab and line ends) and surrogates.

    Each control becomes a blank (one byte for one byte) and each lone surrogate U+FFFD (three
    bytes, as it would have taken), so that facets still point at the same words.

    >>> clean_text("a\x00b")
    'a b'
    """
    if len(value) > limit:
        value = value[:limit]
    if _find_unfit(value) is None:
        return value
    return _surrogate.sub("\ufffd", _unfit.sub(" ", value))


def mend_lone_surrogates(json_text: bytes) -> bytes | None:
    r"""JSON with unpaired `\udXXX` escapes made `\ufffd`; None when there was nothing to mend.

    Such escapes are legal JSON, old clients wrote them, and strict decoders refuse the document.
    """
    if b"\\ud" not in json_text and b"\\uD" not in json_text:
        return None
    mended = _escape.sub(lambda found: b"\\ufffd" if found["lone"] else found[0], json_text)
    return None if mended == json_text else mended
