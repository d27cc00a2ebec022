"""What authors ask about their threads, remembered by the posts it falls on."""

from __future__ import annotations

from stoa.feed.labels import Mark
from stoa.records import GatePut

WISHED = Mark.HIDDEN_REPLY | Mark.DETACHED_QUOTE


class ThreadWishes:
    """Marks that authors' gates put on replies and quotes, known here or not yet.

    >>> wishes = ThreadWishes()
    >>> wishes.put(GatePut(1, hidden_replies=(2,))) == {2: Mark.HIDDEN_REPLY}
    True
    >>> wishes.put(GatePut(1))
    {2: 0}
    """

    def __init__(self) -> None:
        self._gates: dict[int, GatePut] = {}
        self._marks: dict[int, int] = {}

    def on(self, post: int) -> int:
        """Marks on a post."""
        return self._marks.get(post, 0)

    def put(self, gate: GatePut) -> dict[int, int]:
        """Replaces what a thread's author asks; returns the posts it changes, with their marks."""
        changed: dict[int, int] = {}
        old = self._gates.get(gate.post)
        if old is not None:
            for post, mark in _marks(old):
                changed[post] = changed.get(post, self.on(post)) & ~int(mark)
        for post, mark in _marks(gate):
            changed[post] = changed.get(post, self.on(post)) | int(mark)
        self._gates[gate.post] = gate
        self._marks.update(changed)
        return changed

    def drop_older(self, than: int) -> None:
        """Forgets threads and posts with id < `than`."""
        self._gates = {post: gate for post, gate in self._gates.items() if post >= than}
        self._marks = {post: mark for post, mark in self._marks.items() if post >= than}


def _marks(gate: GatePut) -> list[tuple[int, Mark]]:
    hidden = [(int(post), Mark.HIDDEN_REPLY) for post in gate.hidden_replies]
    return hidden + [(int(post), Mark.DETACHED_QUOTE) for post in gate.detached_quotes]
