"""Columns on disk: what was looked at was checked, and no more."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.errors import BadKept
from stoa.tables.mapped import BLOCK_BYTES, FEW_BLOCKS, MappedColumn, block_sums

A_BLOCK = BLOCK_BYTES // 8  # rows of int64


@pytest.fixture(scope="module")
def numbers() -> np.ndarray:
    return np.arange((FEW_BLOCKS + 3) * A_BLOCK + 5) // 3


def mapped(array: np.ndarray, written: np.ndarray | None = None) -> MappedColumn:
    sums = block_sums(array if written is None else written)
    return MappedColumn(array, sums, "a/x.npy", "write it again")


def test_a_few_rows_cost_the_blocks_they_lie_in(numbers):
    column = mapped(numbers)
    assert (
        column.rows(slice(A_BLOCK - 1, A_BLOCK + 1)).tolist()
        == numbers[[-1 + A_BLOCK] * 2].tolist()
    )
    assert column.n_checked == 2
    column.take(np.array([0, 4 * A_BLOCK]))
    assert column.n_checked == 3
    assert np.array_equal(column.whole(), numbers)
    assert column.n_checked == FEW_BLOCKS + 4


@settings(max_examples=30)
@given(
    st.lists(st.integers(-2, (FEW_BLOCKS + 3) * A_BLOCK // 3 + 5), max_size=6),
    st.sampled_from(["left", "right"]),
)
def test_a_search_finds_what_numpy_finds(numbers, wanted, side):
    wanted = np.array(wanted, dtype=np.int64)
    column = mapped(numbers)
    assert column.search(wanted, side).tolist() == np.searchsorted(numbers, wanted, side).tolist()


def test_a_search_looks_at_part_of_a_long_column(numbers):
    column = mapped(numbers)
    column.search(np.array([7]))
    assert column.n_checked < FEW_BLOCKS + 3


def test_a_changed_byte_is_found_when_its_block_is_looked_at(numbers):
    changed = numbers.copy()
    changed[2 * A_BLOCK + 17] ^= 1
    column = mapped(changed, numbers)
    column.rows(slice(0, 2 * A_BLOCK))
    for look in (
        lambda: column.rows(slice(2 * A_BLOCK + 100, 2 * A_BLOCK + 101)),
        lambda: column.take(np.array([0, 2 * A_BLOCK + 9])),
        column.whole,
    ):
        with pytest.raises(BadKept, match=r"sum of a/x\.npy is \d+: its bytes were changed"):
            look()


def test_rows_of_several_numbers_may_lie_in_two_blocks():
    wide = np.arange(3 * (A_BLOCK + 2)).reshape(-1, 3)
    changed = wide.copy()
    row = A_BLOCK // 3  # its third number begins the second block
    assert row * 3 < A_BLOCK <= row * 3 + 2
    changed[row, 2] += 1
    with pytest.raises(BadKept):
        mapped(changed, wide).take(np.array([row]))
    assert mapped(wide).take(np.array([row, 0])).tolist() == wide[[row, 0]].tolist()


def test_an_empty_column_has_nothing_to_check():
    column = mapped(np.zeros((0, 4)))
    assert column.whole().shape == (0, 4)
    assert column.take(np.zeros(0, dtype=int)).shape == (0, 4)
    assert mapped(np.zeros(0)).search(np.array([1.0])).tolist() == [0]
