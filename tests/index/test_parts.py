"""The parts of the segment index: codes, checksum, quantiser, slots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.index.blocks import SlotTable
from stoa.index.checksum import rows_checksum
from stoa.index.codes import CodeSpace, PackedRows, query_codes
from stoa.index.quantiser import n_lists_for, train


def unit(n, dim, seed=0):
    rows = np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("dim", [2, 12, 128, 384])
def test_codes_keep_vectors_and_products(dim):
    space, rows, queries = CodeSpace(dim), unit(50, dim), unit(9, dim, 1)
    codes = space.encode(rows)
    assert np.abs(space.decode(codes) - rows).max() < 0.02
    rotated = space.rotate(queries)
    coded, step = query_codes(rotated)
    products = PackedRows.of(coded, step).products(codes) * step * space.step
    assert products == pytest.approx(rows @ queries.T, abs=0.02)


def test_one_step_serves_vectors_that_lie_on_an_axis():
    space = CodeSpace(128)
    rows = np.eye(128, dtype=np.float32)
    assert (space.decode(space.encode(rows)) * rows).sum(axis=1).min() > 0.99


rows_to_zero = st.sets(st.integers(0, 199), max_size=50)


@settings(max_examples=50, deadline=None)
@given(rows_to_zero)
def test_a_checksum_follows_rows_that_become_zero(rows):
    codes = np.random.default_rng(0).integers(-127, 128, (200, 16), dtype=np.int8)
    gone = np.array(sorted(rows), dtype=np.int64)
    expected = (rows_checksum(codes) - rows_checksum(codes, gone)) % (1 << 64)
    codes[gone] = 0
    assert rows_checksum(codes) == expected


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 199), st.integers(0, 15), st.integers(1, 255))
def test_a_checksum_sees_every_changed_byte_and_swapped_rows(row, column, change):
    codes = np.random.default_rng(0).integers(-127, 128, (200, 16), dtype=np.int8)
    changed = codes.copy()
    changed[row, column] ^= np.uint8(change).view(np.int8)
    assert rows_checksum(changed) != rows_checksum(codes)
    assert rows_checksum(codes[::-1].copy()) != rows_checksum(codes)


def test_lists_are_learned_the_same_each_time_and_vectors_find_their_nearest():
    sample = unit(3_000, 16)
    one, other = train(sample, 64, 1, 3_000), train(sample, 64, 1, 3_000)
    assert (one.lists == other.lists).all()
    assert abs(one.n_lists - 64) <= 3
    nearest = (sample @ one.lists.T).argmax(axis=1)
    assert (one.assign(sample) == nearest).mean() > 0.9
    assert np.isfinite(one.reach).all()


def test_few_or_equal_vectors_make_few_lists():
    assert train(unit(3, 16), 64, 1, 3).n_lists == 3
    equal = train(np.tile(unit(1, 16), (500, 1)), 16, 1, 500)
    assert equal.assign(unit(5, 16)).max() < equal.n_lists


def test_lists_grow_with_the_square_root():
    assert n_lists_for(0) == 16
    assert n_lists_for(1_000_000) == 8000
    assert n_lists_for(10**9) == 32_767


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 300_000), st.integers(0, 99)), max_size=30))
def test_slots_are_a_dictionary(pairs):
    table, twin = SlotTable(), {}
    for post, value in pairs:
        table.set(np.array([post]), np.array([value]))
        twin[post] = value
    posts = np.array([post for post, _ in pairs] + [5], dtype=np.int64)
    assert table.get(posts).tolist() == [twin.get(post, 0) for post in posts.tolist()]
    table.drop_below(1 << 17)
    kept = [twin.get(p, 0) if p >= 1 << 17 else 0 for p in posts.tolist()]
    assert table.get(posts[posts >= 1 << 17]).tolist() == [
        k for p, k in zip(posts.tolist(), kept, strict=True) if p >= 1 << 17
    ]
