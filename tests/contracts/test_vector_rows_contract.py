"""What every VectorRows owes its callers, on the memory twin and on the files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.index import MemoryRows, RowFile

DIM = 24
FAR = 70_000  # in another block than the first ids


@pytest.fixture(params=["memory", "file"])
def rows(request, tmp_path):
    return MemoryRows(DIM) if request.param == "memory" else RowFile(tmp_path / "c.rows", DIM)


def unit(n, seed=0):
    vectors = np.random.default_rng(seed).standard_normal((n, DIM)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_rows_come_back_to_int8_precision_in_the_order_asked(rows):
    vectors = unit(3)
    rows.put(np.array([5, FAR, 6]), vectors)
    got = rows.get(np.array([FAR, 7, 5, 6, 5]))
    assert np.abs(got - np.stack([vectors[1], vectors[1] * 0, *vectors[[0, 2, 0]]])).max() < 0.01
    assert got.dtype == np.float32


def test_the_last_write_of_a_post_holds(rows):
    one, other, third = unit(3)
    rows.put(np.array([4, 4, FAR, 4]), np.stack([one, one, one, other]))
    assert rows.get(np.array([4]))[0] @ other > 0.99
    rows.put(np.array([4]), third[None])
    assert rows.get(np.array([4]))[0] @ third > 0.99


def test_a_zero_row_stays_zero(rows):
    rows.put(np.array([1]), np.zeros((1, DIM), dtype=np.float32))
    assert not rows.get(np.array([1])).any()


def test_removed_rows_are_erased(rows):
    rows.put(np.array([1, 2]), unit(2))
    rows.remove(np.array([1, 99, 1_000_000]))
    assert np.any(rows.get(np.array([1, 2])), axis=1).tolist() == [False, True]


def test_old_rows_are_dropped(rows):
    rows.put(np.array([1, FAR, FAR + 1]), unit(3))
    rows.drop_older(FAR + 1)
    assert np.any(rows.get(np.array([1, FAR, FAR + 1])), axis=1).tolist() == [False, False, True]


def test_asking_nothing_gets_nothing(rows):
    none = np.zeros(0, dtype=np.int64)
    rows.put(none, np.zeros((0, DIM), dtype=np.float32))
    rows.remove(none)
    assert rows.get(none).shape == (0, DIM)
    assert not rows.get(np.array([0, -3])).any()


def test_another_width_is_refused(rows):
    with pytest.raises(BadInput, match=f"{DIM}-d"):
        rows.put(np.array([1]), np.ones((1, 3), dtype=np.float32))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["put", "remove", "drop"]), st.integers(1, 200_000)), max_size=20
    )
)
def test_the_file_holds_what_the_twin_holds_and_reopens_with_it(tmp_path_factory, acts):
    folder = tmp_path_factory.mktemp("rows")
    file, memory = RowFile(folder, 8), MemoryRows(8)
    for turn, (act, post) in enumerate(acts):
        vector = np.random.default_rng(turn).standard_normal((1, 8)).astype(np.float32)
        for rows in (file, memory):
            if act == "put":
                rows.put(np.array([post]), vector)
            elif act == "remove":
                rows.remove(np.array([post]))
            else:
                rows.drop_older(post)
    posts = np.array([post for _, post in acts], dtype=np.int64)
    assert (file.get(posts) == memory.get(posts)).all()
    assert (RowFile(folder, 8).get(posts) == memory.get(posts)).all()  # as after a kill
