"""The tables, and the way from each version of them to the next.

Plain SQL but for `AUTOINCREMENT`, `WITHOUT ROWID` and triggers; every id and time is a 64-bit
integer, texts that are never searched are JSON. A migration, once released, is never edited: add
another.
"""

from __future__ import annotations

import sqlite3

from stoa.errors import StoreError, StoreTooNew

APPLICATION_ID = 0x53544F41  # "STOA", so that `file` and we know the database for ours

_FIRST = (
    """CREATE TABLE accounts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        handle TEXT,
        handle_us BIGINT,
        display_name TEXT NOT NULL DEFAULT '',
        display_key TEXT NOT NULL DEFAULT '',
        description TEXT NOT NULL DEFAULT '',
        own_labels TEXT NOT NULL DEFAULT '',
        profile_revision BIGINT,
        profile_us BIGINT,
        profile_live SMALLINT NOT NULL DEFAULT 0,
        given_labels TEXT NOT NULL DEFAULT '',
        status SMALLINT NOT NULL DEFAULT 0,
        status_us BIGINT,
        erased_at_us BIGINT,
        hidden SMALLINT NOT NULL DEFAULT 0,
        opted_out SMALLINT NOT NULL DEFAULT 0)""",
    "CREATE INDEX accounts_by_handle ON accounts (handle) WHERE handle IS NOT NULL",
    "CREATE INDEX accounts_by_display ON accounts (display_key) WHERE display_key <> ''",
    """CREATE INDEX accounts_marked ON accounts (id)
        WHERE hidden = 1 OR opted_out = 1 OR erased_at_us IS NOT NULL""",
    """CREATE TABLE posts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uri_hash BIGINT NOT NULL UNIQUE,
        author BIGINT NOT NULL,
        record_key TEXT NOT NULL,
        state SMALLINT NOT NULL,
        revision BIGINT NOT NULL,
        at_us BIGINT NOT NULL,
        version_us BIGINT NOT NULL,
        parent BIGINT NOT NULL,
        root BIGINT NOT NULL,
        quote BIGINT NOT NULL,
        media SMALLINT NOT NULL,
        langs TEXT NOT NULL,
        own_labels TEXT NOT NULL,
        given_labels TEXT NOT NULL,
        length INTEGER NOT NULL)""",
    "CREATE INDEX posts_by_author ON posts (author) WHERE author > 0",
    "CREATE INDEX posts_by_parent ON posts (parent) WHERE parent > 0",
    "CREATE INDEX posts_by_root ON posts (root) WHERE root > 0",
    "CREATE INDEX posts_by_quote ON posts (quote) WHERE quote > 0",
    "CREATE INDEX posts_by_time ON posts (at_us)",
    """CREATE TABLE contents (
        post INTEGER PRIMARY KEY,
        text TEXT NOT NULL,
        created_us BIGINT NOT NULL,
        langs TEXT NOT NULL,
        more TEXT)""",
    """CREATE TABLE edges (
        kind SMALLINT NOT NULL,
        actor BIGINT NOT NULL,
        record_key TEXT NOT NULL,
        subject BIGINT NOT NULL,
        at_us BIGINT NOT NULL,
        revision BIGINT NOT NULL,
        PRIMARY KEY (kind, actor, record_key)) WITHOUT ROWID""",
    "CREATE INDEX edges_by_subject ON edges (kind, subject, actor)",
    """CREATE TABLE gates (
        uri_hash BIGINT NOT NULL PRIMARY KEY,
        author BIGINT NOT NULL,
        post BIGINT NOT NULL,
        revision BIGINT NOT NULL,
        at_us BIGINT NOT NULL,
        hidden_replies TEXT NOT NULL,
        detached_quotes TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX gates_by_post ON gates (post) WHERE post > 0",
    "CREATE INDEX gates_by_author ON gates (author)",
    """CREATE TABLE labels (
        kind SMALLINT NOT NULL,
        subject BIGINT NOT NULL,
        source BIGINT NOT NULL,
        value TEXT NOT NULL,
        at_us BIGINT NOT NULL,
        negated SMALLINT NOT NULL,
        PRIMARY KEY (kind, subject, source, value)) WITHOUT ROWID""",
    """CREATE TABLE viewer_events (
        viewer BIGINT NOT NULL,
        kind SMALLINT NOT NULL,
        at_us BIGINT NOT NULL,
        post BIGINT NOT NULL,
        seconds DOUBLE PRECISION,
        undoes SMALLINT,
        position INTEGER,
        propensity DOUBLE PRECISION,
        policy TEXT NOT NULL,
        surface TEXT NOT NULL,
        PRIMARY KEY (viewer, kind, at_us, post)) WITHOUT ROWID""",
    "CREATE INDEX viewer_events_by_post ON viewer_events (post)",
    "CREATE TABLE viewer_settings (viewer BIGINT NOT NULL PRIMARY KEY, settings TEXT NOT NULL)",
    "CREATE TABLE cursors (source TEXT NOT NULL PRIMARY KEY, position BIGINT NOT NULL)",
    "CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)",
    "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
)

_SECOND = (
    # A square that opens reads these: few among the millions that only liked something.
    """CREATE INDEX accounts_to_know ON accounts (id)
        WHERE hidden = 1 OR opted_out = 1 OR own_labels <> '' OR given_labels <> ''""",
)

_NOTES = (
    "CREATE TABLE note_log (entry INTEGER PRIMARY KEY, leaf BLOB NOT NULL)",
    """CREATE TRIGGER note_log_is_not_edited BEFORE UPDATE ON note_log
        BEGIN SELECT RAISE(ABORT, 'the notes log only grows'); END""",
    """CREATE TRIGGER note_log_is_not_cut BEFORE DELETE ON note_log
        BEGIN SELECT RAISE(ABORT, 'the notes log only grows'); END""",
    "CREATE TABLE note_checkpoints (size INTEGER PRIMARY KEY, signed TEXT NOT NULL)",
    """CREATE TABLE note_links (
        account INTEGER PRIMARY KEY,
        pseudonym TEXT NOT NULL UNIQUE,
        salt BLOB NOT NULL)""",
    "CREATE TABLE note_findings (run INTEGER PRIMARY KEY, findings TEXT NOT NULL)",
)

_OWN_LABELS = (
    """CREATE TABLE own_labels (
        seq INTEGER PRIMARY KEY,
        src TEXT NOT NULL,
        uri TEXT NOT NULL,
        val TEXT NOT NULL,
        cid TEXT NOT NULL,
        neg SMALLINT NOT NULL,
        cts TEXT NOT NULL,
        sig BLOB NOT NULL)""",
    "CREATE INDEX own_labels_by_post ON own_labels (uri, val, src, seq)",
    "CREATE INDEX own_labels_by_time ON own_labels (cts)",
    """CREATE TRIGGER own_labels_are_not_edited BEFORE UPDATE ON own_labels
        BEGIN SELECT RAISE(ABORT, 'the sequence of labels only grows'); END""",
    """CREATE TRIGGER own_labels_are_not_cut BEFORE DELETE ON own_labels
        BEGIN SELECT RAISE(ABORT, 'the sequence of labels only grows'); END""",
)

_PROMOTED = (
    """CREATE TABLE campaigns (
        id TEXT NOT NULL PRIMARY KEY,
        post BIGINT NOT NULL,
        uri TEXT NOT NULL,
        advertiser TEXT NOT NULL,
        unit SMALLINT NOT NULL,
        budget BIGINT NOT NULL,
        starts_us BIGINT NOT NULL,
        ends_us BIGINT NOT NULL,
        gap INTEGER NOT NULL,
        per_day INTEGER NOT NULL,
        spent BIGINT NOT NULL DEFAULT 0,
        stopped_us BIGINT,
        stopped_because TEXT NOT NULL DEFAULT '',
        n_shown BIGINT NOT NULL DEFAULT 0,
        value_s DOUBLE PRECISION NOT NULL DEFAULT 0,
        displaced_s DOUBLE PRECISION NOT NULL DEFAULT 0,
        looked_ms BIGINT NOT NULL DEFAULT 0,
        n_glad BIGINT NOT NULL DEFAULT 0,
        n_no_opinion BIGINT NOT NULL DEFAULT 0,
        n_regret BIGINT NOT NULL DEFAULT 0)""",
    # One row a showing; it goes when its reader is forgotten, the sums above stay.
    """CREATE TABLE placements (
        viewer BIGINT NOT NULL,
        campaign TEXT NOT NULL,
        reading TEXT NOT NULL,
        post BIGINT NOT NULL,
        position INTEGER NOT NULL,
        at_us BIGINT NOT NULL,
        until_us BIGINT NOT NULL,
        held BIGINT NOT NULL,
        value_s DOUBLE PRECISION NOT NULL,
        displaced BIGINT NOT NULL,
        displaced_s DOUBLE PRECISION NOT NULL,
        agreed_s DOUBLE PRECISION NOT NULL,
        seen_us BIGINT,
        charged BIGINT NOT NULL DEFAULT 0,
        looked_ms BIGINT NOT NULL DEFAULT 0,
        PRIMARY KEY (viewer, campaign, reading)) WITHOUT ROWID""",
    # Every page asks what is held: the index alone answers, and holds only what still counts.
    """CREATE INDEX placements_held ON placements (campaign, until_us, held, charged)
        WHERE charged < held""",
)

_QUESTIONS = (
    """CREATE TABLE kept_questions (
        id TEXT NOT NULL PRIMARY KEY,
        viewer BIGINT NOT NULL,
        at_us BIGINT NOT NULL,
        question TEXT NOT NULL,
        answer TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX kept_questions_by_viewer ON kept_questions (viewer, at_us)",
    "CREATE INDEX kept_questions_by_time ON kept_questions (at_us)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    _FIRST, _SECOND, _NOTES, _OWN_LABELS, _PROMOTED, _QUESTIONS
)  # fmt: skip
VERSION = len(MIGRATIONS)


def check_version(connection: sqlite3.Connection) -> int:
    """The version of the tables found; 0 for an empty database.

    Raises:
        StoreTooNew: a newer Stoa wrote it.
        StoreError: it is somebody else's database.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    if version > VERSION and owner == APPLICATION_ID:
        raise StoreTooNew(
            f"the data has version {version}, this Stoa reads up to {VERSION}: "
            "install a newer Stoa, or give another data folder; nothing was changed"
        )
    n_tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION_ID and (n_tables or version):
        raise StoreError("the database was not made by Stoa: give another data folder")
    return version


def migrate(connection: sqlite3.Connection) -> None:
    """Brings the tables to the newest version, one transaction a step."""
    version = check_version(connection)
    while version < VERSION:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in MIGRATIONS[version]:
                connection.execute(statement)
            version += 1
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:  # where the disk is full, SQLite rolls back by itself
                connection.execute("ROLLBACK")
            raise
