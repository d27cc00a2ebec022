"""The log of own notes in memory: the twin of the one on disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from stoa.errors import StoreError
from stoa.own_notes import Pseudonym, SignedCheckpoint
from stoa.records import AccountId


class MemoryNoteLog:
    """A complete `NoteLog` in a list and two dictionaries.

    >>> log = MemoryNoteLog()
    >>> log.append(0, [b"first"])
    >>> log.size(), list(log.leaves())
    (1, [b'first'])
    """

    def __init__(self) -> None:
        self._leaves: list[bytes] = []
        self._checkpoints: dict[int, SignedCheckpoint] = {}
        self._links: dict[int, tuple[Pseudonym, bytes]] = {}
        self._findings = ""
        self._lock = threading.Lock()

    def size(self) -> int:
        """Number of entries."""
        return len(self._leaves)

    def append(self, at: int, leaves: Sequence[bytes]) -> None:
        """Adds entries; see `NoteLog.append`."""
        with self._lock:
            if at != len(self._leaves):
                raise StoreError(out_of_turn(at, len(self._leaves)))
            self._leaves.extend(leaves)

    def leaves(self, start: int = 0) -> Iterator[bytes]:
        """Entries from `start` on, in order."""
        yield from self._leaves[start:]

    def put_checkpoint(self, checkpoint: SignedCheckpoint) -> None:
        """Keeps a signed tree head; of two of one size the first holds."""
        self._checkpoints.setdefault(checkpoint.size, checkpoint)

    def checkpoints(self) -> list[SignedCheckpoint]:
        """All signed tree heads, smallest first."""
        return [self._checkpoints[size] for size in sorted(self._checkpoints)]

    def pseudonym(self, account: AccountId) -> Pseudonym | None:
        """Who the account is in the log, or None."""
        found = self._links.get(account)
        return None if found is None else found[0]

    def link(self, account: AccountId, pseudonym: Pseudonym, salt: bytes) -> Pseudonym:
        """Ties an account to a pseudonym; an earlier tie holds."""
        with self._lock:
            return self._links.setdefault(account, (pseudonym, salt))[0]

    def unlink(self, account: AccountId) -> bool:
        """Destroys the tie and its salt; whether there was one."""
        with self._lock:
            return self._links.pop(account, None) is not None

    def put_findings(self, text: str) -> None:
        """Keeps what the last run found out."""
        self._findings = text

    def findings(self) -> str:
        """What was kept last, or ""."""
        return self._findings


def out_of_turn(at: int, size: int) -> str:
    """What an append at the wrong place is told."""
    return f"the notes log has {size} entries, not {at}: somebody else wrote to it; open it again"
