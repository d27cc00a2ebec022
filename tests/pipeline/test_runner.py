"""Laws of the runner: nothing is lost, nothing invented, and everything dropped has a name."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import Unreachable
from stoa.pipeline import Candidates, Found, Merged, Pipeline, Scores, merge
from stoa.pipeline.runner import _MOST_ROUNDS
from stoa.pipeline.trace import DUPLICATE, POOL, SAME_REPOST
from stoa.records import as_ids


@dataclass(frozen=True)
class Fixed:
    posts: tuple[int, ...]
    name: str = "fixed"
    reposter: int = 0
    is_fill: bool = False

    def find(self, query: object) -> Found:
        return Found(
            post=as_ids(self.posts),
            reposter=as_ids([self.reposter] * len(self.posts)) if self.reposter else None,
            is_fill=self.is_fill,
        )


@dataclass(frozen=True)
class Broken:
    error: Exception
    name: str = "broken"

    def find(self, query: object) -> Found:
        raise self.error


class Plain:
    def hydrate(self, query: object, merged: Merged) -> Candidates:
        return plain(merged)


def plain(merged: Merged) -> Candidates:
    n = len(merged.post)
    given = {f.name: getattr(merged, f.name, None) for f in fields(Candidates)}
    nothing = np.zeros(n, dtype=np.int64)
    columns = {k: nothing if v is None else v for k, v in given.items()}
    return Candidates(**{**columns, "author": merged.post % 3})


@dataclass(frozen=True)
class NotDivisible:
    by: int
    switchable: bool = True
    reason: str = "It divides."

    @property
    def name(self) -> str:
        return f"by_{self.by}"

    def keep(self, query: object, candidates: Candidates) -> np.ndarray:
        return candidates.post % self.by != 0


@dataclass(frozen=True)
class FirstOfAuthor:
    name: str = "author_once"
    reason: str = "One post an author."
    switchable: bool = False

    def keep(self, query: object, candidates: Candidates) -> np.ndarray:
        keep = np.zeros(len(candidates), dtype=bool)
        keep[np.unique(candidates.author, return_index=True)[1]] = True
        return keep


@dataclass(frozen=True)
class Odd:
    name: str = "odd/1"

    def score(self, query: object, candidates: Candidates) -> Scores:
        score = (candidates.post * 37 % 11).astype(np.float64)
        score[candidates.post % 13 == 0] = np.nan
        return Scores(score=score, terms=score[:, None].astype(np.float32), names=("odd",))


def feed(*sources, filters=(), groups=(), pool=1500) -> Pipeline:
    return Pipeline(
        sources=sources,
        hydrator=Plain(),
        filters=filters,
        ranker=Odd(),
        group_filters=groups,
        pool=pool,
    )


ids = st.lists(st.integers(1, 60), max_size=40).map(tuple)


@given(st.lists(ids, max_size=4), st.integers(1, 30), st.booleans())
def test_every_row_found_is_kept_or_dropped_by_name(lists, pool, fill):
    sources = [
        Fixed(posts, f"s{i}", 9 * (i == 1), fill and i == 2) for i, posts in enumerate(lists)
    ]
    ranked = feed(
        *sources, filters=(NotDivisible(2), NotDivisible(3)), groups=(FirstOfAuthor(),), pool=pool
    ).run(None)
    trace = ranked.trace
    everything = {post for posts in lists for post in posts}
    assert trace.n_found == sum(map(len, lists)) == trace.n_kept + sum(trace.counts().values())
    assert set(trace.posts.tolist()) == everything
    kept = ranked.candidates.post.tolist()
    assert len(kept) == len(set(kept)) == trace.n_kept
    for post in everything:
        assert (trace.dropped_by(post) is None) == (post in kept)
    assert all(trace.dropped_by(p) == "by_2" for p in everything if p % 2 == 0)
    assert all(trace.dropped_by(p) == "by_3" for p in everything if p % 2 and p % 3 == 0)
    for rule in trace.counts():
        assert all(trace.dropped_by(p) == rule for p in trace.examples(rule, 5).tolist())


@given(ids)
def test_the_list_stands_best_first_with_broken_scores_last(posts):
    ranked = feed(Fixed(posts)).run(None)
    score = ranked.scores.score
    assert np.isfinite(score).all()
    assert np.isfinite(ranked.scores.terms).all()
    assert (np.diff(score) <= 0).all()
    broken = ranked.candidates.post % 13 == 0
    assert ranked.trace.n_not_finite == broken.sum()
    assert broken[len(broken) - broken.sum() :].all()
    order = [(-s, -p) for s, p in zip(score[~broken], ranked.candidates.post[~broken], strict=True)]
    assert order == sorted(order)


def test_a_failing_source_is_skipped_and_named():
    ranked = feed(Broken(Unreachable("the index sleeps")), Fixed((1, 2))).run(None)
    assert sorted(ranked.candidates.post.tolist()) == [1, 2]
    assert ranked.trace.failed == {"broken": "the index sleeps"}
    assert ranked.trace.found == {"broken": 0, "fixed": 2}


def test_a_mistake_in_a_source_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        feed(Broken(ZeroDivisionError())).run(None)


def test_a_switchable_rule_can_be_off_and_another_cannot():
    rules = (NotDivisible(2), NotDivisible(3, switchable=False))
    ranked = feed(Fixed((1, 2, 3)), filters=rules).run(None, rules_off=("by_2", "by_3"))
    assert sorted(ranked.candidates.post.tolist()) == [1, 2]


def test_the_pool_takes_the_best_of_every_source_and_fill_last():
    good, also, fill = Fixed((1, 2, 3), "a"), Fixed((4, 5, 6), "b"), Fixed((7, 8), "c", 0, True)
    ranked = feed(good, also, fill, pool=4).run(None)
    assert sorted(ranked.candidates.post.tolist()) == [1, 2, 4, 5]
    assert ranked.trace.counts()[POOL] == 4
    assert sorted(feed(good, fill, pool=4).run(None).candidates.post.tolist()) == [1, 2, 3, 7]


@given(ids, st.integers(1, 12))
def test_what_rules_of_groups_leave_out_is_made_good_from_the_rest(posts, pool):
    """With room for k, k posts are kept wherever the rule lets so many through."""
    ranked = feed(Fixed(posts), groups=(FirstOfAuthor(),), pool=pool).run(None)
    authors = {post % 3 for post in posts}
    assert len(ranked.candidates) == min(pool, len(authors))
    assert (np.diff(ranked.scores.score) <= 0).all()
    trace = ranked.trace
    assert trace.n_found == trace.n_kept + sum(trace.counts().values())


def test_every_candidate_is_scored_once():
    seen: list[int] = []

    class Noting(Odd):
        def score(self, query: object, candidates: Candidates) -> Scores:
            seen.extend(candidates.post.tolist())
            return super().score(query, candidates)

    pipeline = feed(Fixed(tuple(range(1, 60))), groups=(FirstOfAuthor(),), pool=5)
    replace(pipeline, ranker=Noting()).run(None)
    assert len(seen) == len(set(seen)) <= 5 * _MOST_ROUNDS


def test_an_own_post_wins_over_its_reposts_and_a_repost_over_silence():
    knows = Found(post=as_ids([5, 6, 5]), reposter=as_ids([8, 8, 0]))
    silent = Found(post=as_ids([5, 6, 7]))
    merged = merge([silent, knows])
    assert merged.post.tolist() == [5, 6, 7]
    assert merged.reposter.tolist() == [0, 8, 0]
    assert merged.sources.tolist() == [3, 3, 1]
    twice = feed(Fixed((5, 5), "x", 8), Fixed((5,), "y")).run(None).trace
    assert twice.counts() == {DUPLICATE: 1, SAME_REPOST: 1}
    assert feed(Fixed((5, 5))).run(None).trace.counts() == {DUPLICATE: 1}


def test_stage_seconds_come_from_the_stopwatch_handed_in():
    ticks = iter(range(100))
    seconds = feed(Fixed((1,))).run(None, stopwatch=lambda: float(next(ticks))).trace.seconds
    assert seconds == dict.fromkeys(("sources", "hydrate", "filter", "rank", "group"), 1.0)


def test_a_drop_after_the_run_keeps_the_account_whole():
    trace = feed(Fixed((1, 2, 3)), filters=(NotDivisible(2),)).run(None).trace
    assert trace.drop(as_ids([1, 2, 99]), "later") == 1
    assert trace.dropped_by(1) == "later"
    assert trace.dropped_by(2) == "by_2"
    assert trace.dropped_by(99) is None
    assert trace.n_found == trace.n_kept + sum(trace.counts().values())
    assert trace.examples("never", 3).tolist() == []
