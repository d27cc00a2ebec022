"""Finds passages of documents: an `EvidenceFinder` over a list, by words and by vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.ask_ports import EvidenceFinder, KnowsViewpoints, LexicalIndex
from stoa.ask_records import Source
from stoa.grounding.fusion import RRF_K, reciprocal_rank_fusion
from stoa.ports import TextEncoder

_DEPTH = 100  # passages taken from each ranking before they are fused


@dataclass
class DocumentEvidence:
    """The passages of a folder. Build it once; it does not follow later changes of the files.

    A passage is searched with its title, which often names what the passage calls "it".
    """

    sources: Sequence[Source]
    lexical: LexicalIndex
    encoder: TextEncoder | None = None  # None searches by words alone
    _vectors: NDArray[np.float32] = field(init=False, repr=False)
    _row: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        texts = [f"{source.title}\n{source.text}" for source in self.sources]
        keys = np.arange(len(texts), dtype=np.int64)
        if texts:
            self.lexical.put(keys, texts, np.zeros(len(texts), dtype=np.int64))
        self.lexical.commit()
        rows = self.encoder.encode(texts) if self.encoder is not None and texts else None
        self._vectors = np.zeros((0, 1), dtype=np.float32) if rows is None else rows
        self._row = {source.id: number for number, source in enumerate(self.sources)}

    def candidates(
        self, query: str, k: int, since_us: int | None = None, until_us: int | None = None
    ) -> list[tuple[Source, float]]:
        """Passages by reciprocal rank fusion of both searches; those without a date always fit."""
        depth = max(_DEPTH, k)
        by_words, _ = self.lexical.search(query, depth)
        best, scores = reciprocal_rank_fusion((by_words, self._by_vector(query, depth)))
        rows: list[int] = best.tolist()
        worth: list[float] = scores.tolist()
        fitting = (
            (self.sources[row], score)
            for row, score in zip(rows, worth, strict=True)
            if _fits(self.sources[row], since_us, until_us)
        )
        return [pair for pair, _ in zip(fitting, range(k), strict=False)]

    def by_id(self, ids: Sequence[str]) -> list[Source]:
        """The passages with these ids."""
        return [self.sources[self._row[each]] for each in ids if each in self._row]

    def notes_on(self, ids: Sequence[str]) -> list[Source]:
        """None: nobody notes documents."""
        del ids
        return []

    def _by_vector(self, query: str, depth: int) -> NDArray[np.int64]:
        if self.encoder is None or not len(self._vectors):
            return np.zeros(0, dtype=np.int64)
        cosine = self._vectors @ self.encoder.encode([query])[0]
        best = np.argsort(-cosine, kind="stable")[:depth]
        return best[cosine[best] > 0].astype(np.int64)


@dataclass(frozen=True)
class JoinedEvidence:
    """Several finders as one, such as the square's and the documents'."""

    finders: tuple[EvidenceFinder, ...]

    def candidates(
        self, query: str, k: int, since_us: int | None = None, until_us: int | None = None
    ) -> list[tuple[Source, float]]:
        """The best of all by their places: scores of different finders are not comparable.

        Of equal places the first finder's goes first.
        """
        found = [
            (source, 1.0 / (RRF_K + rank))
            for finder in self.finders
            for rank, (source, _) in enumerate(finder.candidates(query, k, since_us, until_us), 1)
        ]
        return sorted(found, key=lambda pair: -pair[1])[:k]

    def viewpoints(self, sources: Sequence[Source]) -> NDArray[np.float64]:
        """Where each source's author stands, from whichever finder knows; NaN where none does."""
        told = np.full(len(sources), np.nan)
        for finder in self.finders:
            if isinstance(finder, KnowsViewpoints):
                known = finder.viewpoints(sources)
                told = np.where(np.isnan(told), known, told)
        return told

    def by_id(self, ids: Sequence[str]) -> list[Source]:
        """Sources that any finder knows, in the order asked for."""
        known = {source.id: source for finder in self.finders for source in finder.by_id(ids)}
        return [known[each] for each in ids if each in known]

    def notes_on(self, ids: Sequence[str]) -> list[Source]:
        """The notes of every finder."""
        return [note for finder in self.finders for note in finder.notes_on(ids)]


def _fits(source: Source, since_us: int | None, until_us: int | None) -> bool:
    if not source.at_us:
        return True
    after = since_us is None or source.at_us >= since_us
    return after and (until_us is None or source.at_us <= until_us)
