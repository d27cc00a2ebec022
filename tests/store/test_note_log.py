"""What only the log on disk promises: it outlives the process, and SQL cannot edit it."""

import sqlite3

import pytest

from stoa.errors import StoreError
from stoa.own_notes import SignedCheckpoint
from stoa.store import SqliteStore
from stoa.store.schema import MIGRATIONS


@pytest.fixture
def path(tmp_path):
    return tmp_path / "square.db"


def filled(path):
    store = SqliteStore(path)
    store.notes.append(0, [b"one", b"two"])
    store.notes.put_checkpoint(SignedCheckpoint(2, "signed"))
    store.notes.link(7, "a" * 64, b"the salt of seven")
    store.notes.put_findings("found")
    return store


def test_everything_is_there_after_opening_again(path):
    filled(path).close()
    store = SqliteStore(path)
    assert list(store.notes.leaves()) == [b"one", b"two"]
    assert store.notes.checkpoints() == [SignedCheckpoint(2, "signed")]
    assert store.notes.pseudonym(7) == "a" * 64
    assert store.notes.findings() == "found"
    store.close()


@pytest.mark.parametrize(
    "statement", ["UPDATE note_log SET leaf = 'x'", "DELETE FROM note_log WHERE entry = 1"]
)
def test_no_statement_edits_or_cuts_the_log(path, statement):
    filled(path).close()
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        connection.execute(statement)
    connection.close()


def test_the_salt_leaves_the_disk(path):
    store = filled(path)
    assert store.forget(7)["note_links"] == 1
    store.close()
    assert b"the salt of seven" not in path.read_bytes()


def test_a_square_of_the_first_version_gets_a_log_and_keeps_what_it_had(path):
    old = sqlite3.connect(path)
    for statement in MIGRATIONS[0]:
        old.execute(statement)
    old.execute("PRAGMA application_id = 1398034241")
    old.execute("PRAGMA user_version = 1")
    old.execute("INSERT INTO accounts (name) VALUES ('did:plc:ana')")
    old.commit()
    old.close()
    store = SqliteStore(path)
    assert store.account_id("did:plc:ana") == 1
    assert store.notes.size() == 0
    store.notes.append(0, [b"one"])
    store.close()


def test_a_backup_holds_the_log(path, tmp_path):
    store = filled(path)
    store.backup(tmp_path / "copy.db")
    store.close()
    copy = SqliteStore(tmp_path / "copy.db", read_only=True)
    assert list(copy.notes.leaves()) == [b"one", b"two"]
    with pytest.raises(StoreError, match="read only"):
        copy.notes.append(2, [b"three"])
    copy.close()
