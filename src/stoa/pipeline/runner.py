"""The one runner: sources, merge, hydration, filters, pool, ranker, filters of groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from stoa.errors import StoaError
from stoa.pipeline.candidates import Candidates
from stoa.pipeline.found import Found, merge
from stoa.pipeline.stages import Filter, Hydrator, Ranker, Scores, Source
from stoa.pipeline.trace import DUPLICATE, POOL, SAME_REPOST, Trace

QueryT = TypeVar("QueryT")

_MOST_ROUNDS = 8
"""How often the pool is filled up: a square of nothing but copies must not be ranked whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The outcome of a run: candidates and scores, best first, and what became of the rest."""

    candidates: Candidates
    scores: Scores
    trace: Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline(Generic[QueryT]):
    """A feed as one readable list of stages."""

    sources: tuple[Source[QueryT], ...]
    hydrator: Hydrator[QueryT]
    filters: tuple[Filter[QueryT], ...]  # of single posts, in order
    ranker: Ranker[QueryT]
    group_filters: tuple[Filter[QueryT], ...] = ()  # see the ranked list, best first
    pool: int = 1500

    def run(
        self,
        query: QueryT,
        *,
        rules_off: Iterable[str] = (),
        stopwatch: Callable[[], float] = lambda: 0.0,
    ) -> Ranked:
        """Ranks what the sources bring.

        A source that raises `StoaError` is skipped and named in the trace. Scores that are not
        finite sink to the end. Rules in `rules_off` are skipped where they are switchable. What
        rules of groups leave out is made good from the posts that had no room, so that `pool`
        posts are kept wherever so many are to be had.
        """
        off = frozenset(rules_off)
        lap = _Laps(stopwatch)
        found, failed = self._find(query)
        lap.end("sources")
        merged = merge(found)
        trace = Trace.of(merged.post, merged.n_found)
        trace.found = {s.name: len(f.post) for s, f in zip(self.sources, found, strict=True)}
        n_merged = merged.n_found - len(merged.post)
        trace.merged = {DUPLICATE: n_merged - merged.n_reposts, SAME_REPOST: merged.n_reposts}
        trace.failed = failed
        candidates = self.hydrator.hydrate(query, merged)
        lap.end("hydrate")
        candidates = self._filter(query, candidates, trace, off)
        lap.end("filter")
        rules = [rule for rule in self.group_filters if not (rule.switchable and rule.name in off)]
        ranked = self._rank(query, candidates, rules, trace, lap)
        trace.seconds = lap.seconds
        return ranked

    def _rank(
        self,
        query: QueryT,
        candidates: Candidates,
        rules: list[Filter[QueryT]],
        trace: Trace,
        lap: _Laps,
    ) -> Ranked:
        """Ranks those that stand best in any source, then others while there is room.

        No score depends on the other candidates, so each candidate is scored once. Each round
        looks at twice as many for a place as the one before, so that a few rounds are enough.
        """
        turn = _turns(candidates, self.pool)
        kept, scores, entered = candidates.take(turn[:0]), None, 0
        for round_ in range(_MOST_ROUNDS):
            wanted = min((self.pool - len(kept)) << max(round_ - 1, 0), self.pool)
            more = candidates.take(np.sort(turn[entered : entered + wanted]))
            entered += len(more)
            found = self.ranker.score(query, more)
            kept, scores = kept.joined(more), found if scores is None else _join(scores, found)
            trace.n_not_finite += int((~np.isfinite(found.score)).sum())
            order = _best_first(kept, scores)
            kept, scores = kept.take(order), _take(scores, order)
            lap.end("rank")
            for rule in rules:
                keep = rule.keep(query, kept)
                trace.drop(kept.post[~keep], rule.name)
                kept, scores = kept.take(keep), _take(scores, keep)
            lap.end("group")
            if len(kept) >= self.pool or entered >= len(turn):
                break
        assert scores is not None, "the first round always runs"
        trace.drop(candidates.post[turn[entered:]], POOL)
        trace.drop(kept.post[self.pool :], POOL)
        within = np.arange(min(len(kept), self.pool))
        kept, scores = kept.take(within), _take(scores, within)
        return Ranked(candidates=kept, scores=_finite(scores), trace=trace)

    def _find(self, query: QueryT) -> tuple[list[Found], dict[str, str]]:
        found: list[Found] = []
        failed: dict[str, str] = {}
        for source in self.sources:
            try:
                found.append(source.find(query))
            except StoaError as error:
                found.append(Found.nothing())
                failed[source.name] = str(error)
        return found, failed

    def _filter(
        self, query: QueryT, candidates: Candidates, trace: Trace, off: frozenset[str]
    ) -> Candidates:
        staying = np.ones(len(candidates), dtype=bool)
        for rule in self.filters:
            if rule.switchable and rule.name in off:
                continue
            keep = rule.keep(query, candidates)
            trace.drop(candidates.post[staying & ~keep], rule.name)
            staying &= keep
        return candidates if staying.all() else candidates.take(staying)


def _turns(candidates: Candidates, pool: int) -> NDArray[np.int64]:
    """Rows in the order in which they enter the pool: those first that stand best in any source."""
    if len(candidates) <= pool:
        return np.arange(len(candidates), dtype=np.int64)
    return np.argsort(candidates.place, kind="stable")


def _best_first(candidates: Candidates, scores: Scores) -> NDArray[np.int64]:
    """Rows, best first; of equal scores the newer post; what is not finite last."""
    finite = np.isfinite(scores.score)
    return np.lexsort((-candidates.post, -np.where(finite, scores.score, 0.0), ~finite))


def _finite(scores: Scores) -> Scores:
    """Ordered scores with the least finite one in place of those that are not finite."""
    n_finite = int(np.isfinite(scores.score).sum())
    if n_finite < len(scores.score):
        scores.score[n_finite:] = scores.score[:n_finite].min(initial=0.0)
        np.nan_to_num(scores.terms, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    return scores


def _join(first: Scores, second: Scores) -> Scores:
    return Scores(
        score=np.concatenate([first.score, second.score]),
        terms=np.concatenate([first.terms, second.terms]),
        names=first.names,
    )


def _take(scores: Scores, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Scores:
    return Scores(score=scores.score[rows], terms=scores.terms[rows], names=scores.names)


class _Laps:
    """Seconds between ends of stages, by a stopwatch handed in."""

    def __init__(self, stopwatch: Callable[[], float]) -> None:
        self._stopwatch = stopwatch
        self._last = stopwatch()
        self.seconds: dict[str, float] = {}

    def end(self, stage: str) -> None:
        now = self._stopwatch()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now
