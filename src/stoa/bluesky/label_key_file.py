"""Keeps the key that labels are signed with: one file, for its owner's eyes alone."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from stoa.errors import StoreError

KEY_FILE = "labeler.key"
_MAX_BYTES = 10_000


def open_label_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in a file, made on first use.

    Raises:
        StoreError: the file is no such key, cannot be used, or others may read it.
    """
    try:
        if not path.exists():
            _make(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise StoreError(f"{path} may be read by others: chmod 600 it, or make a new key")
        with path.open("rb") as file:
            key = load_pem_private_key(file.read(_MAX_BYTES), password=None)
    except OSError as fault:
        raise StoreError(f"cannot use {path}: {fault.strerror or fault}") from fault
    except (ValueError, TypeError) as fault:
        raise StoreError(f"{path} holds no key: restore it from a copy") from fault
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256k1":
        raise StoreError(f"{path} holds another kind of key: labels want secp256k1")
    return key


def _make(path: Path) -> None:
    """Writes a new key, whole or not at all; one that appeared meanwhile stays."""
    key = ec.generate_private_key(ec.SECP256K1())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
