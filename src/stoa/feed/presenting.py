"""What can be said of posts about to be shown: who is behind them, and why they are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.compose import Placed
from stoa.feed.explain import Grounds, Nearness, nearness
from stoa.feed.query import FeedQuery
from stoa.feed.readings import Reading
from stoa.pipeline import Candidates
from stoa.records import Account, AccountId
from stoa.space.columns import among


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Some candidates with everything that explanations draw on; columns of equal length."""

    query: FeedQuery
    source_names: tuple[str, ...]
    candidates: Candidates
    near: list[Nearness | None]
    by_followed: NDArray[np.bool_]
    reposted_by_followed: NDArray[np.bool_]
    accounts: Mapping[AccountId, Account]

    def grounds(self, i: int, place: Placed | None, terms: Mapping[str, float]) -> Grounds:
        """What may be said of candidate `i`; `place` is where composing put it."""
        rows = self.candidates
        bits = int(rows.sources[i])
        return Grounds(
            terms=terms,
            sources=tuple(n for bit, n in enumerate(self.source_names) if bits >> bit & 1),
            nearness=self.near[i],
            explored=place is not None and place.explored,
            untouched=not rows.likes[i] and not rows.replies[i],
            alike=int(rows.alike[i]),
            followed_author=self._handle(rows.author[i]) if self.by_followed[i] else None,
            followed_reposter=(
                self._handle(rows.reposter[i]) if self.reposted_by_followed[i] else None
            ),
            now_us=self.query.now_us,
        )

    def _handle(self, account: np.int64) -> str:
        found = self.accounts.get(AccountId(int(account)))
        return (found.handle or "") if found is not None else ""


def sheet(
    reading: Reading,
    query: FeedQuery,
    candidates: Candidates,
    accounts: Mapping[AccountId, Account],
) -> Sheet:
    """Gathers what is to be said of candidates in a few vectorised steps."""
    near: list[Nearness | None] = [None] * len(candidates)
    if len(query.vectors):
        near = nearness(query.space.vectors(candidates.post), query.vectors)
    return Sheet(
        query=query,
        source_names=reading.source_names,
        candidates=candidates,
        near=near,
        by_followed=among(candidates.author, query.follows),
        reposted_by_followed=among(candidates.reposter, query.follows),
        accounts=accounts,
    )


def terms_of(reading: Reading, row: int) -> dict[str, float]:
    """The named parts of the score of a ranked row."""
    scores = reading.ranked.scores
    return dict(zip(scores.names, scores.terms[row].tolist(), strict=True))
