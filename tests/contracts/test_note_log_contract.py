"""One suite for every adapter of `NoteLog`."""

import pytest

from stoa.errors import StoreError
from stoa.own_notes import SignedCheckpoint
from stoa.store import MemoryStore, SqliteStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "square.db")
    yield opened
    opened.close()


@pytest.fixture
def log(store):
    return store.notes


def test_an_empty_log(log):
    assert log.size() == 0
    assert list(log.leaves()) == []
    assert log.checkpoints() == []
    assert log.findings() == ""
    assert log.pseudonym(1) is None
    assert not log.unlink(1)


def test_entries_come_back_in_order(log):
    log.append(0, [b"one", "zwölf".encode()])
    log.append(2, [])
    log.append(2, [b'{"three":3}'])
    assert log.size() == 3
    assert list(log.leaves()) == [b"one", "zwölf".encode(), b'{"three":3}']
    assert list(log.leaves(2)) == [b'{"three":3}']
    assert list(log.leaves(3)) == []


def test_more_entries_than_one_reading_takes(log):
    leaves = [str(n).encode() for n in range(10_001)]
    log.append(0, leaves)
    assert list(log.leaves()) == leaves
    assert list(log.leaves(10_000)) == [b"10000"]


@pytest.mark.parametrize("at", [-1, 0, 3])
def test_an_append_at_another_place_is_refused_whole(log, at):
    log.append(0, [b"one", b"two"])
    with pytest.raises(StoreError, match="has 2 entries"):
        log.append(at, [b"three", b"four"])
    assert list(log.leaves()) == [b"one", b"two"]


def test_of_two_checkpoints_of_one_size_the_first_holds(log):
    later, first, other = (SignedCheckpoint(*pair) for pair in ((9, "c"), (2, "a"), (2, "b")))
    for checkpoint in (later, first, other):
        log.put_checkpoint(checkpoint)
    assert log.checkpoints() == [first, later]


def test_an_account_has_one_pseudonym_until_it_is_untied(log):
    assert log.link(7, "a" * 64, b"salt") == "a" * 64
    assert log.link(7, "b" * 64, b"other") == "a" * 64
    assert log.pseudonym(7) == "a" * 64
    assert log.pseudonym(8) is None
    assert log.unlink(7)
    assert log.pseudonym(7) is None
    assert log.link(7, "b" * 64, b"other") == "b" * 64


def test_the_last_findings_are_kept(log):
    log.put_findings("one")
    log.put_findings("two")
    assert log.findings() == "two"


def test_letting_posts_go_lets_no_note_go(store, log):
    log.append(0, [b"one"])
    log.link(7, "a" * 64, b"salt")
    log.put_checkpoint(SignedCheckpoint(1, "a"))
    store.expire(2**62, 2**62)
    store.trim_to(0)
    assert list(log.leaves()) == [b"one"]
    assert log.pseudonym(7) == "a" * 64
    assert log.checkpoints() == [SignedCheckpoint(1, "a")]
