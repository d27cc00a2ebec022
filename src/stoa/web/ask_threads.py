"""Talks under way: the turns before a question, so that "no, I mean ..." has something to mean."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock

from stoa.ask_records import Answer, Correction, Turn

_THREADS = 512
_TURNS = 20
_SAID = 1_024


@dataclass(slots=True)
class AskThreads:
    """The last talks, in memory only; a talk is found by its id, which nobody can guess."""

    _turns: OrderedDict[str, tuple[Turn, ...]] = field(
        default_factory=OrderedDict[str, tuple[Turn, ...]]
    )
    _said: OrderedDict[bytes, Turn] = field(default_factory=OrderedDict[bytes, Turn])
    _lock: Lock = field(default_factory=Lock)

    def turns(self, thread: str | None) -> tuple[Turn, ...]:
        """The turns of a talk so far; none where it is unknown or was let go."""
        with self._lock:
            return self._turns.get(thread or "", ())

    def add(self, thread: str | None, turn: Turn) -> str:
        """Adds a turn to a talk, or begins one; returns the talk's id."""
        with self._lock:
            known = thread if thread in self._turns else None
            id_ = known or secrets.token_urlsafe(12)
            self._turns[id_] = (*self._turns.get(id_, ()), turn)[-_TURNS:]
            self._turns.move_to_end(id_)
            while len(self._turns) > _THREADS:
                self._turns.popitem(last=False)
            return id_

    def remember(self, words: str, turn: Turn) -> None:
        """Keeps a turn under the words its answer was told in, for chats that send words back."""
        with self._lock:
            self._said[_key(words)] = turn
            while len(self._said) > _SAID:
                self._said.popitem(last=False)

    def said(self, words: str) -> Turn | None:
        """The turn that was told in these words."""
        with self._lock:
            return self._said.get(_key(words))


def correction_of(turns: tuple[Turn, ...]) -> Correction:
    """The sense that a talk has settled on."""
    return turns[-1].answer.correction if turns else Correction()


def turn_of(answer: Answer) -> Turn:
    """The turn that an answer ends."""
    return Turn(answer.question, answer)


def _key(words: str) -> bytes:
    return sha256(" ".join(words.split()).encode("utf-8", "replace")).digest()
