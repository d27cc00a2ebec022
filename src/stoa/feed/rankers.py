"""The rankers that policies choose from: each turns candidates into scores for one query."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stoa.feed.query import FeedQuery
from stoa.pipeline import Candidates, Scores
from stoa.ranking.dwell import kind_of
from stoa.ranking.first_version import TERMS, Features, FirstVersionConfig, score, similarities
from stoa.ranking.popularity import popularity
from stoa.records import SECOND_US
from stoa.space.columns import among


@dataclass(frozen=True, slots=True)
class FirstVersion:
    """Ranks by vector match, co-engagement, recency and ties, times the seconds of its kind."""

    config: FirstVersionConfig
    enough_vectors: int = 8
    name: str = "first_version/1"

    def score(self, query: FeedQuery, candidates: Candidates) -> Scores:
        """Scores and their eight terms."""
        mine = query.vectors
        vectors = query.space.vectors(candidates.post)
        near = similarities(vectors, mine.queries)
        far = similarities(vectors, mine.against * mine.against_weights[:, None])
        popular = np.zeros(len(candidates))
        if len(mine) < self.enough_vectors:
            popular = popularity(
                candidates.likes, candidates.replies, candidates.at_us, query.now_us
            )
        total, terms = score(
            Features(
                top=near.top,
                second=near.second,
                against=far.top,
                co_engagement=candidates.co_engagement,
                age_s=np.maximum(query.now_us - candidates.at_us, 0) / SECOND_US,
                followed=_is_followed(query, candidates),
                popularity=popular,
                attention=query.dwell.relative(kind_of(candidates.length, candidates.media)),
            ),
            self.config,
        )
        return Scores(score=total, terms=terms, names=TERMS)


@dataclass(frozen=True, slots=True)
class Chronological:
    """Newest first, nothing else: what a feed without ranking would show."""

    name: str = "chronological/1"

    def score(self, query: FeedQuery, candidates: Candidates) -> Scores:
        """Hours before now, negated."""
        hours = -(query.now_us - candidates.at_us) / (3600.0 * SECOND_US)
        return Scores(score=hours, terms=hours[:, None].astype(np.float32), names=("recency",))


@dataclass(frozen=True, slots=True)
class MostPopular:
    """By engagements for their age, the same for everybody; fresh posts after them."""

    name: str = "popular/1"

    def score(self, query: FeedQuery, candidates: Candidates) -> Scores:
        """Popularity, and a millionth of recency so that untouched posts stand newest first."""
        popular = popularity(candidates.likes, candidates.replies, candidates.at_us, query.now_us)
        hours = np.maximum(query.now_us - candidates.at_us, 0) / (3600.0 * SECOND_US)
        recency = 1e-6 / (1.0 + hours)
        terms = np.stack([popular, recency], axis=1).astype(np.float32)
        return Scores(score=popular + recency, terms=terms, names=("popularity", "recency"))


def _is_followed(query: FeedQuery, candidates: Candidates) -> np.ndarray:
    return among(candidates.author, query.follows) | among(candidates.reposter, query.follows)
