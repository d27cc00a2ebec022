"""What travels with each post to the app and comes back with what the viewer did.

Visible to the viewer and to their server, so it holds no secret; signed, so that it can be
believed. Bound to one viewer and one post: an interaction is counted only for what this square
really handed to that account.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import math
from dataclasses import dataclass

import msgspec

from stoa.errors import BadInput

_VERSION = "v1"
_MAC_BYTES = 16
_MAX_CHARACTERS = 2000  # the lexicon's limit on feedContext
_MAX_WORD_CHARACTERS = 100
_MIN_SECRET_BYTES = 16


@dataclass(frozen=True, slots=True)
class FeedContext:
    """How one post was handed out."""

    reading: str  # id of the reading, at most 100 characters
    position: int  # from 0 within the reading
    policy: str  # short code of the ranking that put it there, at most 100 characters
    propensity: float  # with which the post was put at this position
    served_us: int  # when the page was first made


class _Wire(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    reading: str
    position: int
    policy: str
    propensity: float
    served_us: int


class FeedContexts:
    """Writes and reads signed contexts.

    Args:
        secret: at least 16 random bytes, the same over restarts; contexts made with another
            are refused.

    >>> contexts = FeedContexts(b"0123456789abcdef")
    >>> context = FeedContext("k7Q2", 3, "first", 0.95, 1790000000000000)
    >>> token = contexts.write(context, viewer="did:web:a.example", post="at://b")
    >>> contexts.read(token, viewer="did:web:a.example", post="at://b") == context
    True
    >>> contexts.read(token, viewer="did:web:c.example", post="at://b") is None
    True
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _MIN_SECRET_BYTES:
            raise BadInput("secret", f"{len(secret)} bytes", f"give at least {_MIN_SECRET_BYTES}")
        self._secret = secret

    def write(self, context: FeedContext, *, viewer: str, post: str) -> str:
        """Text of at most 2,000 characters of `[A-Za-z0-9_.-]` (so never a `|`).

        Raises:
            BadInput: a reading or policy of more than 100 characters.
        """
        for name, word in (("reading", context.reading), ("policy", context.policy)):
            if len(word) > _MAX_WORD_CHARACTERS:
                raise BadInput(name, word, f"use at most {_MAX_WORD_CHARACTERS} characters")
        wire = _Wire(
            context.reading,
            context.position,
            context.policy,
            float(f"{context.propensity:.6g}"),
            context.served_us,
        )
        signed = f"{_VERSION}.{_text(msgspec.json.encode(wire))}"
        return f"{signed}.{_text(self._mac(signed, viewer, post))}"

    def read(self, token: str, *, viewer: str, post: str) -> FeedContext | None:
        """What `write` was given, or None unless it was written here for this viewer and post."""
        if len(token) > _MAX_CHARACTERS or not token.startswith(f"{_VERSION}."):
            return None
        signed, _, mac = token.rpartition(".")
        expected = _text(self._mac(signed, viewer, post))
        if not hmac.compare_digest(mac.encode("utf-8", "replace"), expected.encode("ascii")):
            return None
        try:
            body = base64.urlsafe_b64decode(signed.removeprefix(f"{_VERSION}.") + "==")
            wire = msgspec.json.decode(body, type=_Wire)
        except (msgspec.MsgspecError, binascii.Error, UnicodeError):
            return None
        if not math.isfinite(wire.propensity):
            return None
        return FeedContext(
            wire.reading, wire.position, wire.policy, wire.propensity, wire.served_us
        )

    def _mac(self, signed: str, viewer: str, post: str) -> bytes:
        # Parts are joined by a byte that none of them can hold, so none can pass for another.
        parts = ("stoa feed context", signed, viewer, post)
        message = b"\xff".join(part.encode("utf-8", "replace") for part in parts)
        return hmac.digest(self._secret, message, "sha256")[:_MAC_BYTES]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
