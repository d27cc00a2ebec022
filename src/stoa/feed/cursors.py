"""Cursors: a reading, a place in it, and a signature that binds both to one viewer."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from stoa.errors import BadCursor

_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading goes on."""

    reading: str
    offset: int


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes and reads cursors `<reading>.<offset>.<signature>` and names readings.

    >>> cursors = Cursors(b"secret")
    >>> cursors.read(cursors.make(Place("ab12", 30), "did:plc:me"), "did:plc:me")
    Place(reading='ab12', offset=30)
    """

    secret: bytes

    def make(self, place: Place, viewer: str | None) -> str:
        """The cursor after which a page starts at `place`, valid for this viewer only."""
        return f"{place.reading}.{place.offset}.{self._sign(place, viewer)}"

    def read(self, cursor: str, viewer: str | None) -> Place:
        """The place a cursor stands for.

        Raises:
            BadCursor: not made by this square, or made for somebody else.
        """
        parts = cursor.split(".")
        if len(cursor) > _LONGEST or not cursor.isascii() or len(parts) != 3:
            raise BadCursor(cursor)
        reading, offset, signature = parts
        if not offset.isdigit() or len(offset) > 6 or str(int(offset)) != offset:
            raise BadCursor(cursor)
        place = Place(reading, int(offset))
        if not hmac.compare_digest(signature, self._sign(place, viewer)):
            raise BadCursor(cursor)
        return place

    def name_reading(self, viewer: str | None, now_us: int, count: int) -> str:
        """An id no two readings share and nobody can guess: 16 lower-case characters."""
        return self._digest("reading", viewer or "", str(now_us), str(count))[:16]

    def seed(self, reading: str) -> int:
        """The seed of all chance in a reading."""
        return int.from_bytes(hashlib.blake2b(reading.encode(), digest_size=8).digest(), "big")

    def _sign(self, place: Place, viewer: str | None) -> str:
        who = "out" if viewer is None else f"in:{viewer}"
        return self._digest("cursor", place.reading, str(place.offset), who)[:20]

    def _digest(self, *parts: str) -> str:
        raw = hmac.digest(self.secret, "\x00".join(parts).encode(), "sha256")
        return base64.b32encode(raw).decode().rstrip("=").lower()
