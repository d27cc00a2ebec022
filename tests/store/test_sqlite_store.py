"""What only a store on disk has to stand: full disks, locks, crashes, old and new versions."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from stoa.errors import StoreBusy, StoreError, StoreFull, StoreTooNew
from stoa.records import (
    AccountState,
    AccountStatus,
    Batch,
    EdgeKind,
    EventKind,
    PostContent,
    PutEdge,
    PutPost,
    Remove,
    ViewerEvent,
    ViewerSettings,
)
from stoa.store import SqliteStore
from stoa.store import database as database_module
from stoa.store.schema import MIGRATIONS, VERSION, migrate
from stoa.store.viewers import read_history

ANA = "did:plc:ana"
FIXTURES = Path(__file__).parents[1] / "fixtures"


def uri_of(key: object) -> str:
    return f"at://{ANA}/app.bsky.feed.post/{key}"


def batch_of(start: int, n: int, text: str = "words") -> Batch:
    changes = tuple(
        PutPost(uri_of(i), ANA, i + 1, i + 1, PostContent(text=f"{text} {i}"))
        for i in range(start, start + n)
    )
    return Batch(changes, source="stream", cursor=start + n)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "square.db"


@pytest.fixture
def store(path: Path):
    opened = SqliteStore(path)
    yield opened
    opened.close()


def asked(path: Path, sql: str) -> list:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


# ------------------------------------------------------------------------ durability


def test_everything_is_there_after_reopening(path):
    first = SqliteStore(path)
    first.commit(batch_of(0, 5))
    first.commit(
        Batch((AccountState("did:plc:bo", AccountStatus.DELETED, 50),), source="other", cursor=7)
    )
    first.expire(3, 0)
    counts, columns = first.counts(), [c.id.tolist() for c in first.scan_posts()]
    first.close()
    again = SqliteStore(path)
    assert [c.id.tolist() for c in again.scan_posts()] == columns
    assert again.cursor("stream") == 5
    reopened = again.counts()
    assert (reopened.posts, reopened.events, reopened.accounts) == (3, counts.events, 2)
    assert again.commit(batch_of(0, 5)).applied == 0  # the age limit is remembered
    bo = PutPost("at://did:plc:bo/app.bsky.feed.post/1", "did:plc:bo", 9, 9, PostContent())
    assert again.commit(Batch((bo,), source="stream")).applied == 0  # and so is the erasure
    again.commit(batch_of(10, 1))
    assert again.post_id(uri_of(10)) > columns[-1][-1]
    again.close()


def test_commits_are_durable_and_checked(store, path):
    pragmas = {
        name: store._database.writer().execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete", "auto_vacuum")
    }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "auto_vacuum": 2,
    }
    assert os.stat(path).st_mode & 0o077 == 0  # it holds a secret and what readers did


_WRITER = """
import sys
from pathlib import Path
from stoa.records import *
from stoa.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
start = store.cursor("stream") or 0
while True:
    changes = tuple(
        PutPost(f"at://did:plc:ana/app.bsky.feed.post/{i}", "did:plc:ana", i + 1, i + 1,
                PostContent(text=str(i)))
        for i in range(start, start + 20)
    )
    start += 20
    store.commit(Batch(changes, source="stream", cursor=start))
    print(start, flush=True)
"""


def test_a_killed_process_loses_nothing_acknowledged(path):
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(5)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout.read().split()]
        writer.stdout.close()
        writer.wait()
        store = SqliteStore(path)
        counts = store.counts()
        n_live = sum(len(columns.id) for columns in store.scan_posts())
        store.close()
        assert counts.cursor is not None
        assert counts.cursor >= acknowledged[-1]
        assert counts.posts == counts.events == n_live == counts.cursor
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]


# --------------------------------------------------------------------- full and locked


def test_a_full_disk_keeps_what_was_accepted_and_nothing_of_the_batch(store):
    store.commit(batch_of(0, 50))
    before = store.counts()
    writer = store._database.writer()
    n_pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {n_pages + 2}")
    big = batch_of(50, 500, "x" * 4_000)
    with pytest.raises(StoreFull, match="is full: free space"):
        store.commit(big)
    after = store.counts()
    assert (after.posts, after.events, after.cursor) == (50, before.events, 50)
    assert store.post_id(uri_of(60)) is None
    assert len(store.posts(range(1, 1_000))) == 50
    writer.execute("PRAGMA max_page_count = 1000000")
    applied = store.commit(big)  # room was made: the same batch goes in whole, with fresh ids
    assert (applied.applied, store.counts().posts) == (500, 550)
    assert store.post_id(uri_of(50)) == 51
    store.close()
    assert asked(store._database.path, "PRAGMA integrity_check") == [("ok",)]


def test_a_full_disk_while_recording_or_expiring(store):
    store.commit(batch_of(0, 200))
    reader = store.intern_account("reader")
    writer = store._database.writer()
    writer.execute(f"PRAGMA max_page_count = {writer.execute('PRAGMA page_count').fetchone()[0]}")
    events = [ViewerEvent(reader, EventKind.SERVED, i, i, policy="p" * 500) for i in range(2_000)]
    with pytest.raises(StoreFull):
        store.record(events)
    assert store.events(reader) == []
    assert len(store.expire(100, 0)) == 99  # letting go needs no new pages


def test_a_second_process_is_told_who_holds_the_folder(store, path):
    with pytest.raises(StoreBusy, match=f"in use by process {os.getpid()}: stop that one"):
        SqliteStore(path)
    code = "import sys; from pathlib import Path; from stoa.store import SqliteStore; " + (
        "SqliteStore(Path(sys.argv[1]))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert "StoreBusy" in other.stderr
    store.close()
    SqliteStore(path).close()  # the folder is free again


def test_a_database_locked_from_outside_is_busy_and_keeps_all(path, monkeypatch):
    monkeypatch.setattr(database_module, "_BUSY_MS", 5)
    monkeypatch.setattr(database_module, "_HELD_S", 0)
    store = SqliteStore(path)
    store.commit(batch_of(0, 3))
    outside = sqlite3.connect(path, isolation_level=None)
    outside.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="locked by another program"):
        store.commit(batch_of(3, 3))
    assert store.counts().posts == 3  # readers are not held up
    outside.execute("ROLLBACK")
    outside.close()
    assert store.commit(batch_of(3, 3)).applied == 3
    store.close()


def test_a_writer_does_not_queue_behind_another_program_that_was_just_seen(path, monkeypatch):
    monkeypatch.setattr(database_module, "_BUSY_MS", 5)
    store = SqliteStore(path)
    outside = sqlite3.connect(path, isolation_level=None)
    outside.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy):
        store.commit(batch_of(0, 3))
    outside.execute("ROLLBACK")
    outside.close()
    with pytest.raises(StoreBusy):  # at once, without a look at the file
        store.set_meta("key", "value")
    monkeypatch.setattr(store._database, "_held_until_s", 0.0)
    assert store.commit(batch_of(0, 3)).applied == 3
    store.close()


# ---------------------------------------------------------------------------- versions


def test_data_of_a_newer_version_is_left_untouched(path):
    store = SqliteStore(path)
    store.commit(batch_of(0, 3))
    store.close()
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match=f"version {VERSION + 1}.*nothing was changed"):
        SqliteStore(path)
    with pytest.raises(StoreTooNew):
        SqliteStore(path, read_only=True)
    assert path.read_bytes() == before


def test_every_older_version_is_brought_up_to_date(path):
    for version in range(VERSION):
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        old = sqlite3.connect(path)
        for script in MIGRATIONS[:version]:
            for statement in script:
                old.execute(statement)
        if version:
            old.execute("PRAGMA application_id = 1398034241")
        old.execute(f"PRAGMA user_version = {version}")
        old.close()
        store = SqliteStore(path)
        assert store.commit(batch_of(0, 3)).applied == 3
        store.close()
        assert asked(path, "PRAGMA user_version") == [(VERSION,)]


def test_a_folder_of_the_first_version_is_opened_with_all_it_holds(path):
    """The dump was written by the code of version 1."""
    path.parent.mkdir()
    old = sqlite3.connect(path)
    old.executescript((FIXTURES / "version_1" / "square.sql").read_text())
    old.close()
    with pytest.raises(StoreError, match="older version"):
        SqliteStore(path, read_only=True)
    store = SqliteStore(path)
    counts = store.counts()
    assert (counts.posts, counts.replies, counts.events) == (7, 1, 15)
    marked = {account.name.rpartition(":")[2]: account for account in store.marked_accounts()}
    assert {name: account.labels for name, account in marked.items()} == {
        "shy": ("!no-unauthenticated",),
        "bold": ("porn",),
        "given": ("graphic-media",),
        "gone": (),
        "out": (),
    }
    assert marked["out"].opted_out
    assert marked["gone"].status is AccountStatus.HIDDEN
    store.close()
    assert asked(path, "PRAGMA user_version") == [(VERSION,)]
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]


def test_a_disk_that_fills_during_a_migration_leaves_the_former_version(path):
    path.parent.mkdir()
    old = sqlite3.connect(path, isolation_level=None)
    old.executescript((FIXTURES / "version_1" / "square.sql").read_text())
    old.execute("BEGIN")
    old.executemany(
        "INSERT INTO accounts (name, own_labels) VALUES (?, 'porn')",
        [(f"did:plc:{n}",) for n in range(5_000)],
    )
    old.execute("COMMIT")
    pages = old.execute("PRAGMA page_count").fetchone()[0]
    old.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        migrate(old)
    assert old.execute("PRAGMA user_version").fetchone() == (1,)
    old.close()
    store = SqliteStore(path)
    assert len(list(store.marked_accounts())) == 5_005
    store.close()


def test_a_database_that_another_program_holds_is_not_opened_and_not_touched(path, monkeypatch):
    store = SqliteStore(path)
    store.commit(batch_of(0, 3))
    store.close()
    monkeypatch.setattr(database_module, "_BUSY_MS", 50)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("UPDATE meta SET value = value")
    with pytest.raises(StoreBusy, match="locked by another program"):
        SqliteStore(path)
    other.execute("ROLLBACK")
    other.close()
    again = SqliteStore(path)  # and the folder's own lock was let go
    assert again.counts().posts == 3
    again.close()


def test_files_that_are_not_ours_are_refused(path):
    path.parent.mkdir()
    path.write_bytes(b"no database, " * 100)
    with pytest.raises(StoreError, match="damaged"):
        SqliteStore(path)
    path.unlink()
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE notes (text)")
    foreign.close()
    with pytest.raises(StoreError, match="not made by Stoa"):
        SqliteStore(path)
    assert asked(path, "SELECT name FROM sqlite_master") == [("notes",)]


def test_a_folder_that_cannot_be_written_is_an_error_of_ours(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot use"):
        SqliteStore(tmp_path / "file" / "square.db")


# --------------------------------------------------------------------- read-only, backup


def test_status_and_backup_read_beside_the_writer(store, path, tmp_path):
    store.commit(batch_of(0, 30))
    beside = SqliteStore(path, read_only=True)
    assert beside.counts().posts == 30
    store.commit(batch_of(30, 5))
    assert beside.counts().posts == 35
    with pytest.raises(StoreError, match="read only"):
        beside.commit(batch_of(90, 1))
    beside.backup(tmp_path / "copy.db")
    beside.close()
    with pytest.raises(StoreError, match="no data at"):
        SqliteStore(tmp_path / "nowhere.db", read_only=True)


def test_a_backup_is_one_moment_of_a_store_that_goes_on(store, tmp_path, monkeypatch):
    monkeypatch.setattr("stoa.store.backup._STEP_PAGES", 8)
    store.commit(batch_of(0, 2_000, "long " * 40))
    steps: list[float] = []

    def go_on(done: float) -> None:
        if len(steps) < 5:
            store.commit(batch_of(10_000 + 10 * len(steps), 10))
        steps.append(done)

    target = tmp_path / "copy.db"
    store.backup(target, go_on)
    assert len(steps) > 10  # it went in steps, and commits between them did not start it over
    assert steps == sorted(steps)
    assert store.counts().posts == 2_050
    assert asked(target, "PRAGMA integrity_check") == [("ok",)]
    copy = SqliteStore(target)
    assert copy.counts().posts == 2_000
    assert copy.commit(batch_of(0, 10)).applied == 0
    copy.close()
    with pytest.raises(StoreError, match="exists: give a name that is free"):
        store.backup(target)
    with pytest.raises(StoreError):
        store.backup(tmp_path / "nowhere" / "copy.db")
    assert [p.name for p in tmp_path.iterdir() if "partial" in p.name] == []


# ------------------------------------------------------------------------- disk budget


def test_trimming_shortens_the_window_until_it_fits(store):
    store.commit(batch_of(0, 3_000, "long " * 60))
    store.trim_to(1 << 40)
    full = store.counts()
    budget = full.bytes // 2
    gone = store.trim_to(budget)
    counts = store.counts()
    assert counts.bytes <= budget
    assert 0 < counts.posts == 3_000 - len(gone)
    assert store.post_id(uri_of(2_999)) is not None  # the newest stay
    assert store.post_id(uri_of(0)) is None
    assert store.commit(batch_of(0, 100)).applied == 0
    store.trim_to(1)  # cannot be met: it ends, empty
    assert store.counts().posts == 0


def test_erased_text_is_not_left_on_disk(store, path):
    secret = "a sentence that nobody else writes"
    store.commit(batch_of(0, 20))
    store.commit(Batch((PutPost(uri_of("s"), ANA, 99, 99, PostContent(text=secret)),)))
    reader = store.intern_account("reader")
    store.save_settings(reader, ViewerSettings(muted_words=("a word to be forgotten",)))
    store.commit(Batch((Remove(uri_of("s"), ANA, 100, 100),)))
    store.forget(reader)  # empties the log as well
    on_disk = b"".join(p.read_bytes() for p in path.parent.iterdir())
    assert secret.encode() not in on_disk
    assert b"to be forgotten" not in on_disk
    assert f"post/{'s'}".encode() not in on_disk


# ----------------------------------------------------------------------------- threads


def test_threads_read_while_one_writes(store):
    store.commit(batch_of(0, 50))
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            found = store.posts([1, 25, 50])
            n_posts = sum(len(columns.id) for columns in store.scan_posts(chunk=40))
            if len(found) != 3 or n_posts % 50:
                wrong.append((len(found), n_posts))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for thread in readers:
        thread.start()
    for start in range(50, 1_000, 50):
        store.commit(batch_of(start, 50))
    done.set()
    for thread in readers:
        thread.join()
    assert wrong == []
    assert store.counts().posts == 1_000


def test_a_closed_store_says_so(path):
    store = SqliteStore(path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.commit(batch_of(0, 1))


# ----------------------------------------------------------------------------- compact


def test_long_ids_are_kept_once(store, path):
    """Edges name accounts and posts by number: no DID or URI stands in their table."""
    store.commit(batch_of(0, 10))
    likes = tuple(
        PutEdge(
            EdgeKind.LIKE,
            f"at://did:plc:bo/app.bsky.feed.like/{i:013d}",
            "did:plc:bo",
            uri_of(i % 10),
            i + 1,
            i + 1,
        )
        for i in range(100)
    )
    store.commit(Batch(likes))
    store.close()
    assert asked(path, "SELECT max(length(record_key)) FROM edges") == [(13,)]
    assert asked(path, "SELECT max(length(record_key)) FROM posts") == [(1,)]
    assert asked(path, "SELECT count(*) FROM accounts") == [(2,)]


def test_a_history_is_read_without_reading_other_peoples_likes(store):
    """The work must not grow with the number of likes there are: a page waits for it."""
    post = "at://did:plc:a/app.bsky.feed.post/1"

    def like(actor: str, n: int) -> PutEdge:
        uri = f"at://{actor}/app.bsky.feed.like/{n}"
        return PutEdge(EdgeKind.LIKE, uri, actor, post, n << 10, n)

    def work() -> int:
        steps = [0]

        def count() -> int:
            steps[0] += 1
            return 0

        viewer = store.account_id("did:plc:me")
        with store._database.reading() as connection:
            connection.set_progress_handler(count, 20)
            assert len(read_history(connection, viewer, 10)) == 1
            connection.set_progress_handler(None, 0)
        return steps[0]

    store.commit(Batch((like("did:plc:me", 1),)))
    alone = work()
    store.commit(Batch(tuple(like(f"did:plc:{n}", n) for n in range(2, 3000))))
    assert work() <= alone + 5
