"""Ratings by note and by rater: sums are right whatever the order, the blocks, the threads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bridging.conftest import two_camps

from stoa.bridging import layout as layout_module
from stoa.bridging.layout import Layout


def equal(a: Layout, b: Layout) -> bool:
    return all(
        np.array_equal(getattr(x, name), getattr(y, name))
        for x, y in ((a.by_note, b.by_note), (a.by_rater, b.by_rater))
        for name in ("start", "other", "value")
    ) and np.array_equal(a.rater_seed, b.rater_seed)


@given(st.integers(0, 2**32))
def test_the_order_of_rows_changes_nothing(seed):
    note, rater, value = two_camps(12, 9, 60, seed)
    order = np.random.default_rng(seed).permutation(len(note))
    assert equal(Layout.of(note, rater, value), Layout.of(note[order], rater[order], value[order]))


def test_rows_in_order_share_the_callers_arrays(camps):
    note, rater, value = camps
    order = np.lexsort((rater, note))
    given_rater, given_value = rater[order].astype(np.int32), value[order].astype(np.float32)
    made = Layout.of(note[order], given_rater, given_value)
    assert np.shares_memory(made.by_note.other, given_rater)
    assert np.shares_memory(made.by_note.value, given_value)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_threads", [1, 3])
def test_sums_are_those_of_a_dense_table(camps, weighted, n_threads, monkeypatch):
    monkeypatch.setattr(layout_module, "BLOCK_RATINGS", 100)
    note, rater, value = camps
    rng = np.random.default_rng(0)
    weight = rng.random(len(note)).astype(np.float32) if weighted else None
    made = Layout.of(note * 3, rater * 2, value, weight=weight)
    assert made.note.tolist() == [3 * n for n in range(60)]
    table, values = np.zeros((60, 80)), np.zeros((60, 80))
    table[note, rater] = 1 if weight is None else weight
    values[note, rater] = table[note, rater] * value
    x, z = rng.random(80), rng.random(60)
    plain, valued = made.by_note.sums([x, x * x], [x], n_threads=n_threads)
    assert np.allclose(plain, [table @ x, table @ (x * x)])
    assert np.allclose(valued, [values @ x])
    plain, valued = made.by_rater.sums([z], [z], n_threads=n_threads)
    assert np.allclose(plain, [table.T @ z])
    assert np.allclose(valued, [values.T @ z])
    assert np.allclose(made.by_note.totals(), [table.sum(1), values.sum(1)])


def test_blocks_change_no_bit(camps, monkeypatch):
    made = Layout.of(*camps)
    x = np.random.default_rng(0).random(80)
    whole = made.by_note.sums([x], [x])
    monkeypatch.setattr(layout_module, "BLOCK_RATINGS", 7)
    cut = made.by_note.sums([x], [x])
    assert np.array_equal(whole[0], cut[0])
    assert np.array_equal(whole[1], cut[1])


def test_weights_by_note_and_rater_multiply(camps):
    note, rater, value = camps
    rng = np.random.default_rng(0)
    a, b = rng.random(60), rng.random(80)
    at_once = Layout.of(note, rater, value, weight=a[note] * b[rater])
    after = Layout.of(note, rater, value).weighted(a, b)
    for one, other in ((at_once.by_note, after.by_note), (at_once.by_rater, after.by_rater)):
        assert np.allclose(one.weight, other.weight)


def test_no_ratings_are_an_empty_layout():
    none = np.zeros(0, dtype=np.int32)
    made = Layout.of(none, none, np.zeros(0))
    assert (made.n_notes, made.n_raters, made.n_ratings) == (0, 0, 0)
