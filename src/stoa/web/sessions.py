"""Who is reading: signed cookies, tokens against forged writes, keys to come back with.

A session is `payload.signature`; the payload is base64url JSON, the signature HMAC-SHA256 under
the square's secret. Nothing about sessions is stored: the cookie itself is the proof.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from hashlib import sha256

import msgspec

COOKIE = "stoa_viewer"
FLASH_COOKIE = "stoa_flash"
MAX_AGE_S = 400 * 86_400  # browsers keep no cookie longer
LOCAL_READER = "local:me"

_NAME = re.compile(r"[\w.\- ]{1,32}", re.UNICODE)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Whom this browser reads as; `nonce` ties its CSRF tokens to it."""

    viewer: str
    nonce: str
    others: tuple[str, ...] = ()  # local readers this browser chose before


class Flash(msgspec.Struct, frozen=True, kw_only=True):
    """What was just done, shown once on the next page; `undo` are the fields that take it back."""

    said: str
    undo: tuple[tuple[str, str], ...] = ()


class Seals:
    """Signs and checks everything that leaves the square to come back later."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, purpose: str, record: msgspec.Struct) -> str:
        """A signed text holding a record, safe in a cookie."""
        payload = _b64(msgspec.json.encode(record))
        return f"{payload}.{self._sign(purpose, payload)}"

    def open(self, purpose: str, text: str, kind: type[Session] | type[Flash]):
        """The record, or None when the text was not made here for this purpose."""
        if len(text) > 4_096:
            return None
        payload, _, signature = text.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(purpose, payload).encode()):
            return None
        try:
            return msgspec.json.decode(_unb64(payload), type=kind)
        except (msgspec.MsgspecError, binascii.Error, ValueError):
            return None

    def csrf(self, session: Session) -> str:
        """A token for this session, different each time so that compression betrays nothing."""
        salt = secrets.token_hex(8)
        return f"{salt}.{self._sign('csrf ' + salt, session.nonce)}"

    def csrf_holds(self, session: Session, token: str) -> bool:
        """Whether a token was made here for this session."""
        salt, _, signature = token.partition(".")
        expected = self._sign("csrf " + salt, session.nonce)
        return hmac.compare_digest(signature.encode(), expected.encode())

    def key_of(self, viewer: str) -> str:
        """The key with which a reader signs in on another device."""
        return f"{_b64(viewer.encode())}.{self._sign('key', viewer)}"

    def viewer_of(self, key: str) -> str | None:
        """The reader a key belongs to, or None when it was not made here."""
        payload, _, signature = key.strip().partition(".")
        try:
            viewer = _unb64(payload).decode()
        except (binascii.Error, ValueError):
            return None
        made_here = hmac.compare_digest(signature.encode(), self._sign("key", viewer).encode())
        return viewer if made_here else None

    def opt_out_code(self, account: str) -> str:
        """What an author posts to prove that a wish to be left out is theirs."""
        return "stoa-opt-out-" + self._sign("opt out", account)[:10].replace("_", "x")

    def _sign(self, purpose: str, text: str) -> str:
        data = f"{purpose}\n{text}".encode()
        return _b64(hmac.digest(self._secret, data, sha256)[:24])


def new_session(viewer: str, others: tuple[str, ...] = ()) -> Session:
    """A fresh session for a reader."""
    return Session(viewer=viewer, nonce=secrets.token_urlsafe(12), others=others[:8])


def local_name(text: str) -> str | None:
    """The id of a local reader from the name somebody typed, or None when it cannot be one.

    >>> local_name("  Ana Maria "), local_name("<script>"), local_name("")
    ('local:Ana Maria', None, None)
    """
    name = " ".join(text.split())
    return f"local:{name}" if _NAME.fullmatch(name) else None


def account_name(text: str) -> str | None:
    """The id of a new account on a public square: the name, and eight characters of chance.

    >>> account_name("ana").startswith("local:ana~")
    True
    """
    local = local_name(text)
    return f"{local}~{secrets.token_hex(4)}" if local else None


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
