"""What people hand in, checked: text, sources, reasons, levels, tags. Every size is bounded."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

from stoa.errors import BadInput
from stoa.note_records import (
    CLASSIFICATION_NAMES,
    HELPFUL_TAGS,
    NOT_HELPFUL_TAGS,
    TAGS,
    Classification,
)
from stoa.own_notes import MISLEADING_REASONS, NOT_MISLEADING_REASONS, Level, in_order

MOST_TEXT = 2_000
MOST_SOURCES = 10
MOST_URL = 2_000
MOST_URI = 1_000
_CLASSES = {name: code for code, name in CLASSIFICATION_NAMES.items()}
_REASONS = {
    Classification.MISLEADING: MISLEADING_REASONS,
    Classification.NOT_MISLEADING: NOT_MISLEADING_REASONS,
}
_TAGS = {
    Level.HELPFUL: HELPFUL_TAGS,
    Level.SOMEWHAT_HELPFUL: TAGS,
    Level.NOT_HELPFUL: NOT_HELPFUL_TAGS,
}


def checked_text(text: object) -> str:
    r"""The text of a note: line ends as newlines, without white space around it.

    >>> checked_text(" It was 2019.\r\nSee the report. ")
    'It was 2019.\nSee the report.'
    """
    mend = f"write 1 to {MOST_TEXT:,} characters"
    if not isinstance(text, str) or len(text) > 2 * MOST_TEXT:
        raise BadInput("text", text, mend)
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not 1 <= len(clean) <= MOST_TEXT:
        raise BadInput("text", text, f"{mend}; this has {len(clean):,}")
    _refuse_controls("text", clean, keep="\n")
    return clean


def _refuse_controls(field: str, text: str, keep: str = "") -> None:
    """Control characters, halves of characters and what turns the direction of text around."""
    for letter in text:
        kind = unicodedata.category(letter)
        is_turning = "\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069"
        if (kind in ("Cc", "Cs") and letter not in keep) or is_turning:
            raise BadInput(field, text, f"leave out the character {letter!r}")


def checked_sources(sources: object) -> tuple[str, ...]:
    """Web addresses that a note leans on, each once."""
    if isinstance(sources, str) or not isinstance(sources, Sequence):
        raise BadInput("sources", sources, "give a list of web addresses")
    if len(sources) > MOST_SOURCES:
        raise BadInput("sources", len(sources), f"give at most {MOST_SOURCES}")
    return tuple(dict.fromkeys(_checked_url(source) for source in sources))


def _checked_url(source: object) -> str:
    mend = "give a whole web address that starts with https:// or http://"
    if not isinstance(source, str):
        raise BadInput("sources", source, mend)
    url = source.strip()
    if len(url) > MOST_URL:
        raise BadInput("sources", url, f"give an address of at most {MOST_URL:,} characters")
    _refuse_controls("sources", url)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as fault:
        raise BadInput("sources", url, mend) from fault
    if parts.scheme not in ("http", "https") or not host or any(map(str.isspace, url)):
        raise BadInput("sources", url, mend)
    if "@" in parts.netloc:
        raise BadInput("sources", url, "leave out the name and password before the @")
    return url


def checked_classification(name: object) -> Classification:
    """What the writer says of the post, by its published name."""
    if not isinstance(name, str) or name not in _CLASSES:
        raise BadInput("classification", name, f"give one of {', '.join(_CLASSES)}")
    return _CLASSES[name]


def checked_reasons(classification: Classification, reasons: object) -> tuple[str, ...]:
    """Reasons that fit the classification."""
    return _chosen("reasons", reasons, _REASONS[classification])


def checked_level(name: object) -> Level:
    """A level of helpfulness by its published name."""
    if not isinstance(name, str) or name not in Level.__members__:
        raise BadInput("level", name, f"give one of {', '.join(Level.__members__)}")
    return Level[name]


def checked_tags(level: Level, tags: object) -> tuple[str, ...]:
    """Tags that fit the level."""
    return _chosen("tags", tags, _TAGS[level])


def _chosen(field: str, names: object, known: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(names, str) or not isinstance(names, Sequence) or len(names) > len(TAGS):
        raise BadInput(field, names, f"give a list of at most {len(TAGS)} names")
    for name in names:
        if not isinstance(name, str) or name not in known:
            raise BadInput(field, name, f"here fit {', '.join(known)}")
    return in_order(list(names), known)


def checked_uri(uri: object) -> str:
    """The URI of a post."""
    if not isinstance(uri, str) or not 1 <= len(uri) <= MOST_URI:
        raise BadInput("post", uri, f"give the URI of a post, at most {MOST_URI:,} characters")
    _refuse_controls("post", uri)
    return uri
