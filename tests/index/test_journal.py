"""The journal: what it names comes back, cut tails are no damage, anything else is said."""

from __future__ import annotations

import os

import numpy as np
import pytest

from stoa.errors import IndexDamaged
from stoa.index.journal import Journal, read_journal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal"


def written(path, *parts: list[int]) -> bytes:
    journal = Journal(path)
    for part in parts:
        journal.write(np.array(part, dtype=np.int64))
    journal.close()
    return path.read_bytes()


def test_entries_come_back_in_order(path):
    assert read_journal_of(path, written(path)) == []
    assert read_journal_of(path, written(path, [5, 6], [-5], [1 << 40])) == [5, 6, -5, 1 << 40]


def read_journal_of(path, raw: bytes) -> list[int]:
    path.write_bytes(raw)
    return read_journal(path).tolist()


def test_a_journal_cut_anywhere_gives_its_whole_records(path):
    raw = written(path, [5, 6], [-5, 9, 10])
    first = len(written(path, [5, 6]))
    for length in range(len(raw)):
        expected = [5, 6] if length >= first else []
        assert read_journal_of(path, raw[:length]) == expected


def test_any_flipped_byte_is_said_or_cuts_nothing_but_what_follows(path):
    raw = written(path, [5, 6], [-5, 9, 10])
    for at in range(len(raw)):
        for change in (1, 0x80, 0xFF):
            flipped = bytearray(raw)
            flipped[at] ^= change
            with pytest.raises(IndexDamaged):
                read_journal_of(path, bytes(flipped))


def test_a_journal_that_is_gone_is_said(path):
    with pytest.raises(IndexDamaged, match="does not read"):
        read_journal(path)


def test_bare_entries_of_version_1_are_read(path):
    bare = np.array([7, -3, 12], dtype="<i8").tobytes()
    assert read_journal_of(path, bare) == [7, -3, 12]
    assert read_journal_of(path, bare + b"\x01\x02") == [7, -3, 12]
    for wrong in (0, (1 << 40) + 1, -(1 << 63)):
        with pytest.raises(IndexDamaged):
            read_journal_of(path, bare + np.array([wrong], dtype="<i8").tobytes())


@pytest.mark.parametrize("n_written", [None, 0, 5, 12, 19])
def test_what_a_full_disk_refused_is_written_with_what_follows(path, monkeypatch, n_written):
    """The kernel may refuse all of a record, or write a part of it."""
    journal = Journal(path)
    journal.write(np.array([5]))
    real = os.write

    def full(handle: int, raw: bytes) -> int:
        if n_written is None:
            raise OSError(28, "No space left on device")
        return real(handle, raw[:n_written])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        journal.write(np.array([6]))
        journal.write(np.array([-5, 7]))
    assert read_journal(path).tolist() == [5]
    journal.write(np.array([8]))
    assert read_journal(path).tolist() == [5, 6, -5, 7, 8]


def test_a_disk_that_was_full_from_the_first_byte_on(path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, raw: 0)
        journal = Journal(path)
        journal.write(np.array([5]))
    assert read_journal(path).tolist() == []
    journal.write(np.array([6]))
    assert read_journal(path).tolist() == [5, 6]
