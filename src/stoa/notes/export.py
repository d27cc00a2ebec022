"""The export of a square's notes: everything that anybody needs to check them.

Every file follows from the log, the signed checkpoints and the public key, byte for byte: so
`verify` makes the export again and compares.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass

from stoa.notes import merkle
from stoa.notes.book import Book
from stoa.notes.checkpoint import VerifierKey
from stoa.notes.entries import decode
from stoa.notes.public_tables import public_tables
from stoa.own_notes import SignedCheckpoint, StatusDecided
from stoa.ports import ExportFolder

LOG = "log.jsonl"
LEAF_HASHES = "leaf-hashes.txt"
CHECKPOINT = "checkpoint.txt"
CHECKPOINTS = "checkpoints.jsonl"
PROOFS = "status-proofs.jsonl"
KEY = "key.txt"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What an export is made of."""

    leaves: Sequence[bytes]
    checkpoints: Sequence[SignedCheckpoint]  # by size; the last is of all leaves
    key: VerifierKey


def write_export(sealed: Sealed, book: Book, folder: ExportFolder) -> None:
    """Writes all files.

    Args:
        sealed: what is exported.
        book: the reading of its leaves.
        folder: where to; files of the same names are replaced.
    """
    tree = merkle.Heights([merkle.leaf_hash(leaf) for leaf in sealed.leaves])
    for name, table in public_tables(book).items():
        folder.write_table(name, table)
    folder.write(LOG, b"".join(leaf + b"\n" for leaf in sealed.leaves))
    folder.write(LEAF_HASHES, hash_lines(tree))
    folder.write(CHECKPOINTS, checkpoint_lines(sealed.checkpoints, tree))
    folder.write(PROOFS, proof_lines(sealed.leaves, book, tree))
    folder.write(KEY, f"{sealed.key}\n".encode())
    folder.write(CHECKPOINT, sealed.checkpoints[-1].text.encode())


def hash_lines(tree: merkle.Heights) -> bytes:
    """The hash of each leaf on a line."""
    return "".join(f"{told(hash_)}\n" for hash_ in tree.leaves).encode()


def checkpoint_lines(checkpoints: Sequence[SignedCheckpoint], tree: merkle.Heights) -> bytes:
    """Each checkpoint on a line, with the proof that the one before was kept in it."""
    lines: list[bytes] = []
    before = 0
    for checkpoint in checkpoints:
        proof = tree.consistency(before, checkpoint.size)
        lines.append(_line(size=checkpoint.size, signed=checkpoint.text, consistency=proof))
        before = checkpoint.size
    return b"".join(lines)


def proof_lines(leaves: Sequence[bytes], book: Book, tree: merkle.Heights) -> bytes:
    """Each status that was ever decided on a line, with the proof that the log has it."""
    lines: list[bytes] = []
    for entry in book.status_entries:
        decided = decode(leaves[entry])
        assert isinstance(decided, StatusDecided)
        lines.append(
            _line(
                entry=entry,
                note=str(decided.note),
                status=decided.row.current.name,
                inclusion=tree.inclusion(entry),
            )
        )
    return b"".join(lines)


def told(raw: bytes) -> str:
    """Bytes as base64."""
    return base64.b64encode(raw).decode()


def _line(**members: object) -> bytes:
    plain = {k: list(map(told, v)) if isinstance(v, list) else v for k, v in members.items()}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + (
        b"\n"
    )
