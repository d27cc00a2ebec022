"""The newest signed head of the notes' log, kept until another run is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from stoa.app import Square
from stoa.own_notes import SignedCheckpoint


@dataclass(slots=True)
class Heads:
    """Remembers the newest head, since the log hands out all of them at once."""

    _of: tuple[int, int] = (0, -1)  # which notes, and how many runs they had
    _head: SignedCheckpoint | None = None
    _lock: Lock = field(default_factory=Lock)

    def newest(self, square: Square) -> SignedCheckpoint | None:
        """The head of the last run; None before the first."""
        rooms = square.rooms
        now = (id(rooms.notes), rooms.notes.reading.n_runs())
        with self._lock:
            if now != self._of:
                heads = rooms.store.notes.checkpoints()
                self._of, self._head = now, heads[-1] if heads else None
            return self._head
