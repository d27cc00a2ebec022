"""Labels that this square's own labeler gives to posts, and what became of the posts they are on.

A label says one word about one post. The newest of one source, post and value holds; `neg` takes
back. Its time is the text that is signed: RFC 3339 in UTC with milliseconds, so that texts sort as
times do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

READERS_ADDED_CONTEXT = "readers-added-context"
"""A note shows on the post. Open Community Notes calls it `annotation`."""

CONTEXT_PROPOSED = "context-proposed"
"""A note awaits ratings. Open Community Notes calls it `proposed-annotation`."""

VALUES = (READERS_ADDED_CONTEXT, CONTEXT_PROPOSED)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OwnLabel:
    """A label as it is signed and sent."""

    src: str  # DID of the labeler
    uri: str  # of a post
    val: str  # of VALUES
    cts: str  # when it was made, see `label_time`
    cid: str = ""  # the one version it speaks of; "" where that is not known
    neg: bool = False  # takes back what was said before
    sig: bytes = b""  # 64 bytes once it is signed


@dataclass(frozen=True, slots=True)
class KeptLabel:
    """A label at its place in the sequence; places start at 1."""

    seq: int
    label: OwnLabel


class Fate(IntEnum):
    """What became of a post."""

    LIVE = 0  # it is here and visible
    GONE = 1  # its author deleted it, or the account
    UNKNOWN = 2  # too old to be kept here, never seen, or its account is hidden


@dataclass(frozen=True, slots=True)
class PostFate:
    """What became of a post, and when the version that holds came in (0 where none is here)."""

    fate: Fate
    version_us: int = 0


UNKNOWN_POST = PostFate(Fate.UNKNOWN)


def label_time(at_us: int) -> str:
    """The time of a label.

    >>> label_time(1_789_000_000_123_456)
    '2026-09-10T00:26:40.123Z'
    """
    moment = _EPOCH + timedelta(milliseconds=at_us // 1_000)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def label_time_us(cts: str) -> int:
    """Microseconds since 1970 of a label's time.

    >>> label_time_us("2026-09-10T00:26:40.123Z")
    1789000000123000
    """
    return (datetime.fromisoformat(cts) - _EPOCH) // timedelta(microseconds=1)
