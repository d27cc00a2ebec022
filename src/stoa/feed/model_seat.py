"""Which learned ranker serves now: one reference, replaced whole."""

from __future__ import annotations

from stoa.ranking.learned_ranker import LearnedRanker


class ModelSeat:
    """Empty until a model was promoted. Any thread may read while one replaces.

    A reading keeps the ranker that ranked it: what a page says stays true while it is read.
    """

    def __init__(self, ranker: LearnedRanker | None = None) -> None:
        self._ranker = ranker

    @property
    def ranker(self) -> LearnedRanker | None:
        """The one that serves, or None."""
        return self._ranker

    def take(self, ranker: LearnedRanker | None) -> None:
        """Puts another in its place; it must be warm."""
        self._ranker = ranker
