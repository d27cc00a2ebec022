"""Signed tree heads in the C2SP formats: tlog-checkpoint inside a signed note, Ed25519.

A checkpoint is three lines: origin, size, head in base64. A signed note is that text, an empty
line, and a line `— name base64(key id || signature)`. The public key is told as a *vkey*:
`name+key id+base64(1 || key)`. Only the canonical text of each is taken, so that no byte is free.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from stoa.errors import BadInput
from stoa.own_notes import Checkpoint, SignedCheckpoint
from stoa.ports import Signer

_ED25519 = b"\x01"
_DASH = "\u2014"
_KEY_BYTES, _ID_BYTES, _SIGNATURE_BYTES, _HASH_BYTES = 32, 4, 64, 32
_NAME = re.compile(r"[^\s+]{1,100}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name of the log that it speaks for."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that signatures name it by."""
        return hashlib.sha256(f"{self.name}\n".encode() + _ED25519 + self.key).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(_ED25519 + self.key)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """A key from its vkey.

        Raises:
            BadInput: it is none.
        """
        name, _, rest = text.partition("+")
        id_, _, data = rest.partition("+")
        raw = _bytes("vkey", data, 1 + _KEY_BYTES)
        found = cls(_checked_name(name), raw[1:])
        if raw[:1] != _ED25519 or str(found) != text or found.id.hex() != id_:
            raise BadInput("vkey", text, "give name+key id+base64 of an Ed25519 key")
        return found


def key_of(name: str, signer: Signer) -> VerifierKey:
    """The public half of a signer."""
    return VerifierKey(_checked_name(name), signer.public_key)


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """The three lines that are signed."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{_base64(checkpoint.root)}\n"


def sign(checkpoint: Checkpoint, signer: Signer) -> SignedCheckpoint:
    """A tree head, signed in the name of its log."""
    text = checkpoint_text(checkpoint)
    return SignedCheckpoint(checkpoint.size, sign_note(text, checkpoint.origin, signer))


def sign_note(text: str, name: str, signer: Signer) -> str:
    """Any text that ends in a newline, with a signature under it."""
    assert text.endswith("\n")
    signature = _base64(key_of(name, signer).id + signer.sign(text.encode()))
    return f"{text}\n{_DASH} {name} {signature}\n"


def open_note(signed: str, key: VerifierKey) -> str:
    """The text of a signed note.

    Raises:
        BadInput: it is not one, or not by this key.
    """
    text, _, foot = signed.rpartition("\n\n")
    text += "\n"
    prefix = f"{_DASH} {key.name} "
    if not foot.startswith(prefix) or not foot.endswith("\n") or foot.count("\n") != 1:
        raise BadInput("signed note", signed, f"one line signed by {key.name} ends it")
    raw = _bytes("signature", foot[len(prefix) : -1], _ID_BYTES + _SIGNATURE_BYTES)
    if raw[:_ID_BYTES] != key.id:
        raise BadInput("signature", foot, f"it is by another key than {key}")
    try:
        Ed25519PublicKey.from_public_bytes(key.key).verify(raw[_ID_BYTES:], text.encode())
    except (InvalidSignature, ValueError) as fault:
        raise BadInput("signature", foot, "it does not fit the text") from fault
    return text


def open_checkpoint(signed: str, key: VerifierKey) -> Checkpoint:
    """The tree head of a signed checkpoint.

    Raises:
        BadInput: it is not one, not of this log, or not by this key.
    """
    lines = open_note(signed, key).split("\n")
    if len(lines) != 4 or lines[0] != key.name or not _SIZE.fullmatch(lines[1]):
        raise BadInput("checkpoint", signed, "give three lines: origin, size, head in base64")
    return Checkpoint(lines[0], int(lines[1]), _bytes("head", lines[2], _HASH_BYTES))


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadInput("name", name, "give 1 to 100 characters without spaces or +")
    return name


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(what: str, text: str, n: int) -> bytes:
    """The bytes of a base64 text that is the only one for them."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise BadInput(what, text, "give base64") from fault
    if len(raw) != n or _base64(raw) != text:
        raise BadInput(what, text, f"give {n} bytes in base64")
    return raw
