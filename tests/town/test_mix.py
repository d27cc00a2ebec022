"""The stream for speed measurements has a live network's proportions and hangs together."""

from collections import Counter
from itertools import pairwise

import pytest

from stoa.records import EdgeKind, PutEdge, PutPost
from stoa.town import real_mix

N = 20_000


@pytest.fixture(scope="module")
def batches():
    return list(real_mix(N, seed=1, accounts=2_000))


def test_it_gives_as_many_changes_as_asked_in_batches(batches):
    assert sum(len(batch.changes) for batch in batches) == N
    assert [len(batch.changes) for batch in batches] == [1_000] * 20
    assert all(a.cursor < b.cursor for a, b in pairwise(batches))


def test_shares_are_those_of_the_network(batches):
    kinds = Counter()
    for batch in batches:
        for change in batch.changes:
            if isinstance(change, PutEdge):
                kinds[change.kind] += 1
            elif isinstance(change, PutPost):
                kinds["reply" if change.content.parent_uri else "post"] += 1
            else:
                kinds["other"] += 1
    assert kinds[EdgeKind.LIKE] / N == pytest.approx(0.69, abs=0.015)
    assert (kinds["post"] + kinds["reply"]) / N == pytest.approx(0.11, abs=0.01)
    assert kinds["reply"] / (kinds["post"] + kinds["reply"]) == pytest.approx(0.5, abs=0.05)
    assert kinds[EdgeKind.REPOST] / N == pytest.approx(0.10, abs=0.01)
    assert kinds[EdgeKind.FOLLOW] / N == pytest.approx(0.06, abs=0.01)
    assert (kinds["other"] + kinds[EdgeKind.BLOCK]) / N == pytest.approx(0.04, abs=0.01)


def test_likes_and_replies_concern_posts_already_written(batches):
    written = set()
    popularity = Counter()
    for batch in batches:
        for change in batch.changes:
            if isinstance(change, PutPost):
                assert change.content.parent_uri is None or change.content.parent_uri in written
                written.add(change.uri)
            elif isinstance(change, PutEdge) and change.kind is EdgeKind.LIKE:
                assert change.subject in written
                popularity[change.subject] += 1
    counts = sorted(popularity.values(), reverse=True)
    assert sum(counts[: len(counts) // 10]) > 0.25 * sum(counts)  # a heavy tail


def test_it_is_the_same_for_a_seed(batches):
    assert next(real_mix(N, seed=1, accounts=2_000)) == batches[0]
    assert next(real_mix(N, seed=2, accounts=2_000)) != batches[0]
