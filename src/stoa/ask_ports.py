"""What Ask needs from outside, as protocols: word search, a language model, a pair scorer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from stoa.ask_records import KeptQuestion, Source


@runtime_checkable
class LexicalIndex(Protocol):
    """BM25 over short texts. Keys are the caller's integers (post ids, row numbers)."""

    def put(self, keys: NDArray[np.int64], texts: Sequence[str], at_us: NDArray[np.int64]) -> None:
        """Adds or replaces texts; searchable after `commit`."""
        ...

    def remove(self, keys: NDArray[np.int64]) -> None:
        """Forgets texts; unknown keys are no error. Gone from searches after `commit`."""
        ...

    def commit(self) -> None:
        """Makes what was put and removed visible and durable."""
        ...

    def search(
        self, query: str, k: int, since_us: int | None = None, until_us: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The k best keys by BM25 (any word may match) and their scores, best first, ties by key.

        The query is plain words: no character in it has a meaning for the search engine.
        """
        ...

    def __len__(self) -> int: ...


@runtime_checkable
class PairScorer(Protocol):
    """Judges claims against evidence: an NLI model, a pair encoder, an endpoint."""

    @property
    def name(self) -> str:
        """Shown beside its verdicts."""
        ...

    def score(
        self, claims: Sequence[str], evidence: Sequence[Sequence[str]]
    ) -> NDArray[np.float64]:
        """Per pair (support, contradiction), each in 0..1: shape (n, 2)."""
        ...


@runtime_checkable
class LanguageModel(Protocol):
    """A chat model behind any endpoint; every failure is `stoa.errors.Unreachable`."""

    @property
    def name(self) -> str:
        """As the endpoint calls it."""
        ...

    def stream(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any] | None = None
    ) -> AsyncIterator[str]:
        """Pieces of the reply as they arrive; `schema` asks for JSON of that shape."""
        ...


@runtime_checkable
class QuestionLog(Protocol):
    """Questions that readers let the square keep. Safe for many threads."""

    def keep(self, kept: KeptQuestion) -> None:
        """Keeps a question; one with an id already there is replaced."""
        ...

    def of(self, viewer: int, limit: int) -> list[KeptQuestion]:
        """A reader's newest questions, newest first."""
        ...

    def erase(self, viewer: int, question: str = "") -> int:
        """Erases one of a reader's questions, or all; returns how many."""
        ...

    def expire(self, older_than_us: int) -> int:
        """Erases everybody's from before then; returns how many."""
        ...


@runtime_checkable
class EvidenceFinder(Protocol):
    """Finds what a question may rest on; the square's posts and notes, or a folder's documents."""

    def candidates(
        self, query: str, k: int, since_us: int | None = None, until_us: int | None = None
    ) -> list[tuple[Source, float]]:
        """Sources with fused scores, best first; none deleted, hidden, or opted out."""
        ...

    def by_id(self, ids: Sequence[str]) -> list[Source]:
        """Sources as they stand now; missing where they are gone."""
        ...

    def notes_on(self, ids: Sequence[str]) -> list[Source]:
        """Notes that are shown on these posts."""
        ...


@runtime_checkable
class KnowsViewpoints(Protocol):
    """A finder that also knows on which side of the notes' axis authors stand."""

    def viewpoints(self, sources: Sequence[Source]) -> NDArray[np.float64]:
        """(n,) rater factors of the authors; NaN where the notes know nothing of one."""
        ...
