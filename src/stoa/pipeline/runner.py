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
        finite sink to the end. Rules in `rules_off` are skipped where they are switchable.
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
        candidates = _cut(candidates, trace, self.pool)
        lap.end("filter")
        scores = self.ranker.score(query, candidates)
        candidates, scores = _ordered(candidates, scores, trace)
        lap.end("rank")
        for rule in self.group_filters:
            if rule.switchable and rule.name in off:
                continue
            keep = rule.keep(query, candidates)
            trace.drop(candidates.post[~keep], rule.name)
            candidates, scores = candidates.take(keep), _take(scores, keep)
        lap.end("group")
        trace.seconds = lap.seconds
        return Ranked(candidates=candidates, scores=scores, trace=trace)

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


def _cut(candidates: Candidates, trace: Trace, pool: int) -> Candidates:
    """Keeps `pool` candidates: those that stand best in any source, so that each gets its share."""
    if len(candidates) <= pool:
        return candidates
    order = np.argsort(candidates.place, kind="stable")
    trace.drop(np.sort(candidates.post[order[pool:]]), POOL)
    return candidates.take(np.sort(order[:pool]))


def _ordered(candidates: Candidates, scores: Scores, trace: Trace) -> tuple[Candidates, Scores]:
    """Best first; of equal scores the newer post; what is not finite last."""
    finite = np.isfinite(scores.score)
    trace.n_not_finite = int((~finite).sum())
    order = np.lexsort((-candidates.post, -np.where(finite, scores.score, 0.0), ~finite))
    scores = _take(scores, order)
    if trace.n_not_finite:
        floor = scores.score[: len(finite) - trace.n_not_finite].min(initial=0.0)
        scores.score[len(finite) - trace.n_not_finite :] = floor
        np.nan_to_num(scores.terms, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    return candidates.take(order), scores


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
