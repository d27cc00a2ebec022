"""Exact search: the best of several queries, ties, blocks, top k."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.space.maxsim import max_over_queries, search_exact, top_k


def random(n, d=8, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)


def test_blocks_agree_with_one_product():
    vectors, queries = random(9_000), random(7, seed=1)
    score, query = max_over_queries(vectors, queries)
    products = vectors @ queries.T
    assert np.allclose(score, products.max(axis=1), atol=1e-5)
    assert (query == products.argmax(axis=1)).mean() > 0.999


def test_without_queries_nothing_is_near():
    score, query = max_over_queries(random(3), random(0))
    assert (score == -np.inf).all()
    assert (query == -1).all()
    assert len(search_exact(random(3), random(0), 2)[0]) == 0


def test_without_vectors_nothing_is_found():
    assert [len(column) for column in search_exact(random(0), random(2), 5)] == [0, 0, 0]


few = st.lists(st.integers(-3, 3), max_size=30)


@settings(deadline=None)
@given(few, st.integers(0, 35))
def test_top_k_is_the_front_of_a_full_sort(values, k):
    score = np.array(values, dtype=np.float32)
    tie = np.arange(len(values))
    expected = sorted(range(len(values)), key=lambda row: (-values[row], -row))[:k]
    assert top_k(score, tie, k).tolist() == expected


@settings(deadline=None)
@given(st.integers(0, 1_000), st.integers(1, 20))
def test_the_best_do_not_depend_on_the_order_of_queries(seed, k):
    vectors, queries = random(60, seed=seed), random(5, seed=seed + 1)
    one, _, _ = search_exact(vectors, queries, k)
    other, _, _ = search_exact(vectors, queries[::-1].copy(), k)
    assert set(one.tolist()) == set(other.tolist())
