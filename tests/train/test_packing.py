"""Packing keeps every pair of neighbours once, in order, and mixes no two users."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.space.item_sequences import ItemSequences
from stoa.train.packing import EMPTY, pack, stretches

ROW = 12


def sequences_of(lengths):
    # Every interaction is an item of its own, so that a pair tells where it came from.
    end = np.cumsum(lengths).astype(np.int64)
    n = int(sum(lengths))
    return ItemSequences(
        item=np.arange(n, dtype=np.int32), start=end - np.asarray(lengths, np.int64), end=end,
        item_id=np.arange(n), user_id=np.arange(len(lengths)),
    )  # fmt: skip


def neighbours(packed):
    same = (packed.segment[:, 1:] == packed.segment[:, :-1]) & (packed.segment[:, 1:] != EMPTY)
    return sorted(zip(packed.item[:, :-1][same], packed.item[:, 1:][same], strict=True))


@given(lengths=st.lists(st.integers(0, 40), min_size=1, max_size=20), longest=st.integers(2, ROW))
def test_every_pair_of_a_user_s_neighbours_stands_once(lengths, longest):
    sequences = sequences_of(lengths)
    packed = pack(sequences.item, stretches(sequences, longest), ROW)
    expected = [
        (i, i + 1)
        for a, b in zip(sequences.start, sequences.end, strict=True)
        for i in range(a, b - 1)
    ]
    assert neighbours(packed) == expected
    assert ((packed.item == EMPTY) == (packed.segment == EMPTY)).all()
    first = (packed.segment != EMPTY) & (packed.place == 0)
    following = ~first & (packed.segment != EMPTY)
    rows, columns = np.nonzero(following)
    assert (packed.place[rows, columns] == packed.place[rows, columns - 1] + 1).all()


def test_a_long_sequence_is_cut_from_its_newest_end():
    parts = stretches(sequences_of([7]), 3)
    assert parts.tolist() == [[4, 7], [2, 5], [0, 3]]


def test_short_users_share_a_row():
    sequences = sequences_of([4, 4, 4, 1, 3])
    packed = pack(sequences.item, stretches(sequences, ROW), ROW)
    assert len(packed) == 2
    assert packed.segment[0].tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert packed.take(np.asarray([1])).item[0, :4].tolist() == [13, 14, 15, EMPTY]


def test_nobody_gives_no_rows():
    sequences = sequences_of([1, 0])
    assert len(pack(sequences.item, stretches(sequences, ROW), ROW)) == 0
