"""The content rows on disk: sizes, space given back, a full disk."""

from __future__ import annotations

import os

import numpy as np
import pytest

from stoa.errors import StoreError, StoreFull
from stoa.index import RowFile
from stoa.index.rows import row_type

ONE = np.full((1, 8), 8**-0.5, dtype=np.float32)


def test_space_is_reserved_by_the_block_and_given_back_whole(tmp_path):
    rows = RowFile(tmp_path, 8)
    rows.put(np.array([1]), ONE)
    rows.put(np.array([200_000]), ONE)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.rows", "3.rows"]
    assert (tmp_path / "0.rows").stat().st_size == 65_536 * row_type(8).itemsize
    rows.drop_older(65_536)
    assert [p.name for p in tmp_path.iterdir()] == ["3.rows"]


def test_a_block_of_another_size_is_dropped_and_strangers_are_left(tmp_path):
    (tmp_path / "0.rows").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("mine")
    rows = RowFile(tmp_path, 8)
    assert not rows.get(np.array([1])).any()
    assert (tmp_path / "notes.txt").exists()


def test_a_full_disk_is_an_error_before_anything_is_written(tmp_path, monkeypatch):
    rows = RowFile(tmp_path, 8)

    def full(handle, start, length):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(StoreFull, match="No space left"):
        rows.put(np.array([1]), ONE)
    assert list(tmp_path.iterdir()) == []
    assert not rows.get(np.array([1])).any()


def test_flush_reaches_the_disk_and_a_folder_in_the_way_is_named(tmp_path):
    rows = RowFile(tmp_path / "r", 8)
    rows.put(np.array([1]), ONE)
    rows.flush()
    assert np.abs(RowFile(tmp_path / "r", 8).get(np.array([1])) - ONE).max() < 0.01
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be opened"):
        RowFile(tmp_path / "file", 8)
