"""The stages a feed is assembled from: each a small value with one verb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from stoa.pipeline.candidates import Candidates
from stoa.pipeline.found import Found, Merged

QueryT_contra = TypeVar("QueryT_contra", contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """One score a candidate, and the parts it was made of.

    `terms` has shape (n, len(names)); `score` need not be their sum. Greater is better.
    """

    score: NDArray[np.float64]
    terms: NDArray[np.float32]
    names: tuple[str, ...]


class Source(Protocol[QueryT_contra]):
    """Brings posts that may be worth ranking. May raise `StoaError`; it is then skipped."""

    @property
    def name(self) -> str:
        """A stable word for traces and metrics."""
        ...

    def find(self, query: QueryT_contra) -> Found:
        """Posts, best first."""
        ...


class Hydrator(Protocol[QueryT_contra]):
    """Gives found posts the columns that filters and rankers read."""

    def hydrate(self, query: QueryT_contra, merged: Merged) -> Candidates:
        """Candidates in the order of `merged.post`."""
        ...


class Filter(Protocol[QueryT_contra]):
    """Leaves posts out by one rule. A filter of single posts judges every row on its own."""

    @property
    def name(self) -> str:
        """A stable word for traces, metrics and the reader's switches."""
        ...

    @property
    def reason(self) -> str:
        """The sentence a reader sees for each post left out."""
        ...

    @property
    def switchable(self) -> bool:
        """Whether a reader may switch the rule off."""
        ...

    def keep(self, query: QueryT_contra, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts that stay."""
        ...


class Ranker(Protocol[QueryT_contra]):
    """Scores posts. A score never depends on the other candidates."""

    @property
    def name(self) -> str:
        """Name and version, logged with every post served."""
        ...

    def score(self, query: QueryT_contra, candidates: Candidates) -> Scores:
        """Scores and their parts."""
        ...
