"""The whole chain behind one post for one viewer, recomputed from the reading that ranked it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from stoa.feed.compose import Placed
from stoa.feed.explain import promoted_sentences, sentences
from stoa.feed.hydrator import BoardHydrator
from stoa.feed.outcome import VectorMatch, Why
from stoa.feed.policies import FOLLOWING, Policy
from stoa.feed.presenting import sheet
from stoa.feed.readings import Reading
from stoa.pipeline import Candidates, Found, Pipeline, Scores, merge
from stoa.ports import PostStore
from stoa.ranking.dwell import DwellMeans, kind_of
from stoa.records import NO_ID, PostId

_MOST_MATCHES = 12


@dataclass(frozen=True, slots=True)
class Given:
    """A source of one post that is asked about."""

    post: int
    name: str = "asked"

    def find(self, query: object) -> Found:
        """The post."""
        return Found(post=np.array([self.post], dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Explainer:
    """Answers why a post is in a reading, or which rule keeps it out."""

    posts: PostStore
    hydrator: BoardHydrator
    policies: Mapping[str, Policy]
    has_model: Callable[[], bool]

    def why(self, reading: Reading, post: PostId, dwell: DwellMeans) -> Why:
        """The chain for a post. One that the reading did not find is judged as if it had."""
        row = _row_of(reading.ranked.candidates, post)
        if row is not None:
            candidates, scores = reading.ranked.candidates, reading.ranked.scores
        else:
            candidates, scores = self._judge(reading, post)
        dropped_by = self._dropped_by(reading, post, row is not None)
        at = 0 if row is None else row
        place = _place(reading, row)
        only = candidates.take(np.array([at]))
        involved = {int(only.author[0]), int(only.reposter[0])} - {NO_ID}
        accounts = self.posts.accounts(sorted(involved))
        shown = sheet(reading, reading.query, only, accounts)
        terms = tuple(zip(scores.names, scores.terms[at].tolist(), strict=True))
        grounds = shown.grounds(0, place, dict(terms))
        promoted = reading.promotions.of(post)
        said = promoted_sentences(promoted.advertiser, grounds) if promoted else sentences(grounds)
        found = grounds.sources if row is not None else ()
        return Why(
            post=post,
            sentences=said,
            sources=("promoted", *found) if promoted else found,
            matches=self._matches(reading, reading.query.space.vectors(only.post)),
            engaged_alike=int(candidates.alike[at]),
            terms=terms,
            score=float(scores.score[at]),
            seconds=_seconds(dwell, candidates, scores, slice(at, at + 1)),
            mean_seconds=_seconds(
                dwell, reading.ranked.candidates, reading.ranked.scores, slice(None)
            ),
            rank=row,
            position=reading.position_of.get(post),
            preset_ranks=self._preset_ranks(reading, row),
            composing=() if promoted else _composing(place, row, reading),
            dropped_by=None if promoted else dropped_by,
            promoted=promoted,
        )

    def _judge(self, reading: Reading, post: PostId) -> tuple[Candidates, Scores]:
        """Candidates and scores of one post outside of the reading."""
        merged = merge([Found(post=np.array([post], dtype=np.int64))])
        candidates = self.hydrator.hydrate(reading.query, merged)
        candidates = replace(candidates, sources=np.zeros(1, dtype=np.uint16))
        ranker = self.policies[reading.policy].pipeline.ranker
        return candidates, ranker.score(reading.query, candidates)

    def _dropped_by(self, reading: Reading, post: PostId, is_ranked: bool) -> str | None:
        known = reading.ranked.trace.dropped_by(post)
        if known is not None or is_ranked:
            return known
        asked = self.policies[reading.policy].pipeline
        alone = Pipeline(
            sources=(Given(post),),
            hydrator=self.hydrator,
            filters=asked.filters,
            ranker=asked.ranker,
            pool=1,
        )
        run = alone.run(reading.query, rules_off=reading.query.settings.rules_off)
        return run.trace.dropped_by(post)

    def _matches(self, reading: Reading, vectors: np.ndarray) -> tuple[VectorMatch, ...]:
        mine = reading.query.vectors
        if len(mine) == 0 or not vectors.any():
            return ()
        similarity = (mine.vectors @ vectors[0]).astype(np.float64)
        best = np.argsort(-similarity * mine.weights, kind="stable")[:_MOST_MATCHES]
        return tuple(
            VectorMatch(
                PostId(int(mine.posts[i])),
                mine.kinds[i],
                int(mine.at_us[i]),
                round(float(similarity[i]), 4),
                float(mine.sliders[i]),
            )
            for i in best.tolist()
            if similarity[i] > 0
        )

    def _preset_ranks(self, reading: Reading, row: int | None) -> tuple[tuple[str, int], ...]:
        if row is None:
            return ()
        candidates = reading.ranked.candidates
        ranks: list[tuple[str, int]] = []
        for name, policy in self.policies.items():
            if name == FOLLOWING or (policy.learned and not self.has_model()):
                continue
            score = policy.pipeline.ranker.score(reading.query, candidates).score
            ranks.append((name, int((score > score[row]).sum())))
        return tuple(ranks)


def _row_of(candidates: Candidates, post: PostId) -> int | None:
    rows = np.flatnonzero(candidates.post == post)
    return int(rows[0]) if len(rows) else None


def _place(reading: Reading, row: int | None) -> Placed | None:
    if row is None:
        return None
    return next((place for place in reading.slate.placed if place.row == row), None)


def _seconds(
    dwell: DwellMeans, candidates: Candidates, scores: Scores, rows: slice
) -> float | None:
    """Mean seconds expected of rows: the learned ranker's, else the mean look of their kinds."""
    if "expected_s" in scores.names:
        seconds = scores.terms[rows, scores.names.index("expected_s")]
    else:
        seconds = dwell.predict(kind_of(candidates.length[rows], candidates.media[rows]))
    return None if seconds is None or len(seconds) == 0 else round(float(seconds.mean()), 1)


def _composing(place: Placed | None, row: int | None, reading: Reading) -> tuple[str, ...]:
    if place is None or row is None:
        return ()
    if place.explored:
        return ("put here by chance, with known odds, so that new posts get a start",)
    moved = reading.slate.placed.index(place) - row
    if moved == 0:
        return ("kept its place",)
    places = f"{abs(moved)} place{'s' if abs(moved) > 1 else ''}"
    if moved > 0:
        return (f"moved down {places}, so that no author or conversation fills the page",)
    return (f"moved up {places}, past authors and conversations shown before",)
