"""Opens the notes of a world: their log in its store, and the key that signs them."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from stoa.errors import StoreError
from stoa.notes.service import Notes, NotesPorts
from stoa.notes.verify import Report, Trust, verify
from stoa.ports import Clock
from stoa.records import AccountErased, Effect
from stoa.store import MemoryStore, SqliteStore
from stoa.tables.export_folder import DiskFolder

_KEY = "notes_key"
"""Key under which the store keeps the seed of the signing key."""

_SEED_BYTES = 32


class SeedSigner:
    """Signs with the Ed25519 key of a seed."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of a signature."""
        return self._key.sign(message)


class ForgetErased:
    """Forgets who wrote the notes of accounts that were deleted from their network."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def apply(self, effects: Sequence[Effect], now_us: int) -> None:
        """Destroys the links of erased accounts."""
        del now_us
        for effect in effects:
            if isinstance(effect, AccountErased):
                self._notes.forget(effect.id)


def open_notes(store: SqliteStore | MemoryStore, clock: Clock, *, read_only: bool = False) -> Notes:
    """The notes in a store; a square that is read only never signs.

    Raises:
        LogDamaged: the log breaks its rules, or is not the one that was signed last.
    """
    signer = SeedSigner(_seed(store, read_only=read_only))
    ports = NotesPorts(
        log=store.notes,
        clock=clock,
        signer=signer,
        origin=origin_of(signer.public_key),
        random_bytes=secrets.token_bytes,
        has_post=lambda uri: store.post_id(uri) is not None,
        folders=DiskFolder,
        read_only=read_only,
    )
    try:
        return Notes(ports)
    except StoreError:
        store.close()
        raise


def verify_folder(path: Path, trust: Trust | None = None) -> Report:
    """Checks an export in a folder; see `notes.verify`.

    Raises:
        BadTable: there is no folder.
    """
    with tempfile.TemporaryDirectory(prefix="stoa-verify-") as scratch:
        return verify(DiskFolder(path), DiskFolder(Path(scratch)), trust)


def origin_of(public_key: bytes) -> str:
    """The name of a square's log in its checkpoints: one for each key."""
    return f"stoa.notes/{hashlib.sha256(public_key).hexdigest()[:16]}"


def _seed(store: SqliteStore | MemoryStore, *, read_only: bool) -> bytes:
    held = store.meta(_KEY)
    if held is None:
        held = secrets.token_hex(_SEED_BYTES)
        if not read_only:
            store.set_meta(_KEY, held)
    return bytes.fromhex(held)
