"""What only the sequence on disk promises: it outlives the process, and SQL cannot edit it."""

import sqlite3

import pytest
from tests.contracts.test_label_log_contract import SRC, label

from stoa.errors import StoreError
from stoa.store import SqliteStore
from stoa.store.schema import MIGRATIONS


@pytest.fixture
def path(tmp_path):
    return tmp_path / "square.db"


def filled(path):
    store = SqliteStore(path)
    store.labels.append(0, [label(1), label(2, neg=True)])
    return store


def test_the_sequence_goes_on_after_opening_again(path):
    filled(path).close()
    store = SqliteStore(path)
    assert store.labels.last().label == label(2, neg=True)
    assert store.labels.append(2, [label(3)]) == 3
    store.close()


@pytest.mark.parametrize(
    "statement", ["UPDATE own_labels SET neg = 0", "DELETE FROM own_labels WHERE seq = 2"]
)
def test_no_statement_edits_or_cuts_the_sequence(path, statement):
    filled(path).close()
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        connection.execute(statement)
    connection.close()


def test_a_square_with_notes_and_no_labels_gets_their_table_and_keeps_the_notes(path):
    old = sqlite3.connect(path)
    for statement in (*MIGRATIONS[0], *MIGRATIONS[1], *MIGRATIONS[2]):
        old.execute(statement)
    old.execute("PRAGMA application_id = 1398034241")
    old.execute("PRAGMA user_version = 3")
    old.execute("INSERT INTO note_log (entry, leaf) VALUES (0, x'6f6e65')")
    old.commit()
    old.close()
    store = SqliteStore(path)
    assert list(store.notes.leaves()) == [b"one"]
    assert store.labels.last() is None
    store.labels.append(0, [label(1)])
    store.close()


def test_a_backup_holds_the_sequence_and_may_not_go_on_with_it(path, tmp_path):
    store = filled(path)
    store.backup(tmp_path / "copy.db")
    store.close()
    copy = SqliteStore(tmp_path / "copy.db", read_only=True)
    assert [kept.seq for kept in copy.labels.after(SRC, 0)] == [2]
    with pytest.raises(StoreError, match="read only"):
        copy.labels.append(2, [label(3)])
    copy.close()
