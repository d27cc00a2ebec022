"""Lets go of what is too old, or too much, in small transactions beside the intake."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from stoa.records import AccountStatus, PostId
from stoa.store import sql_rows as sql
from stoa.store.counters import add_to_counter, raise_floor
from stoa.store.database import Database
from stoa.store.ledger import Ledger
from stoa.store.lookup import marks
from stoa.store.merge import Merge
from stoa.store.rows import removal_hour
from stoa.store.sqlite_shelf import Interned, SqliteShelf

_CHUNK = 500  # posts a transaction: the intake waits some ten milliseconds at most
_OLDEST = -(1 << 62)

_NOTHING_POINTS_AT = """
    NOT EXISTS (SELECT 1 FROM edges e WHERE e.kind IN (1, 2) AND e.subject = posts.id)
    AND NOT EXISTS (SELECT 1 FROM viewer_events v WHERE v.post = posts.id)
    AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.parent = posts.id AND p.parent > 0)
    AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.root = posts.id AND p.root > 0)
    AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.quote = posts.id AND p.quote > 0)"""


@dataclass(slots=True)
class Retention:
    """Expires posts of one database."""

    database: Database
    interned: Interned

    def expire_posts(self, floor_us: int, kept: frozenset[int]) -> list[PostId]:
        """Erases posts from before `floor_us`, save `kept`, and edges on them as old.

        A row that something newer still points at stays as a bare reference.
        """
        with self.database.writing() as connection:
            raise_floor(connection, floor_us)
        gone: list[PostId] = []
        place = (_OLDEST, 0)
        while True:
            with self.database.writing() as connection:
                lines = sql.fetch(
                    connection,
                    "SELECT at_us, id, state, uri_hash, parent FROM posts WHERE at_us < ? "
                    "AND (at_us, id) > (?, ?) ORDER BY at_us, id LIMIT ?",
                    (floor_us, *place, _CHUNK),
                )
                if not lines:
                    break
                place = lines[-1][0], lines[-1][1]
                gone += self._expire(
                    connection, [ln for ln in lines if ln[1] not in kept], floor_us
                )
        with self.database.writing() as connection:
            self._expire_the_rest(connection, floor_us)
        return gone

    def _expire(
        self, connection: sqlite3.Connection, lines: list[sql.Line], floor_us: int
    ) -> list[PostId]:
        ids = [line[1] for line in lines]
        listed = marks(ids)
        live = [line for line in lines if line[2] == 1]
        connection.execute(f"DELETE FROM contents WHERE post IN ({listed})", ids)
        connection.execute(
            "UPDATE posts SET state = 0, revision = 0, parent = 0, root = 0, quote = 0, media = 0, "
            f"langs = '', own_labels = '', length = 0 WHERE state = 1 AND id IN ({listed})",
            ids,
        )
        connection.execute(
            f"DELETE FROM edges WHERE kind IN (1, 2) AND subject IN ({listed}) AND at_us < ?",
            (*ids, floor_us),
        )
        # What is still pointed at is looked at again when the newest of that is too old.
        connection.execute(
            "UPDATE posts SET at_us = max(at_us, coalesce((SELECT max(e.at_us) FROM edges e "
            f"WHERE e.kind IN (1, 2) AND e.subject = posts.id), at_us)) WHERE id IN ({listed})",
            ids,
        )
        dropped = sql.fetch(
            connection,
            f"DELETE FROM posts WHERE id IN ({listed}) AND {_NOTHING_POINTS_AT} "
            "RETURNING id, uri_hash",
            ids,
        )
        for post, uri_hash in dropped:
            self.interned.posts.drop(uri_hash)
            connection.execute("DELETE FROM labels WHERE kind = 1 AND subject = ?", (post,))
            connection.execute("DELETE FROM gates WHERE post = ? AND post > 0", (post,))
        add_to_counter(connection, "posts", -len(live))
        add_to_counter(connection, "replies", -sum(line[4] > 0 for line in live))
        return [PostId(line[1]) for line in live]

    def _expire_the_rest(self, connection: sqlite3.Connection, floor_us: int) -> None:
        connection.execute("DELETE FROM gates WHERE at_us < ?", (floor_us,))
        connection.execute(
            "DELETE FROM edges WHERE kind IN (1, 2) AND subject < 0 AND subject >= ? AND at_us < ?",
            (removal_hour(floor_us), floor_us),
        )

    def erase_hidden(self, older_than_us: int) -> list[PostId]:
        """Erases what accounts hidden since before then did; returns the posts that went."""
        with self.database.reading() as connection:
            lines = sql.fetch(
                connection,
                "SELECT id FROM accounts WHERE hidden = 1 AND status = ? AND status_us < ? "
                "AND (erased_at_us IS NULL OR erased_at_us < status_us)",
                (int(AccountStatus.HIDDEN), older_than_us),
            )
        gone: list[PostId] = []
        for (account,) in lines:
            with self.database.writing() as connection:
                shelf, ledger = SqliteShelf(connection, self.interned), Ledger()
                row = shelf.account(account)
                # It may have come back since it was listed.
                if row.status is AccountStatus.HIDDEN and row.status_us < older_than_us:
                    gone += [PostId(post.id) for post in shelf.posts_of(account) if post.live]
                    Merge(shelf, ledger).erase(account, row.status_us)
                    shelf.flush()
                    posts, replies = ledger.posts_gained()
                    add_to_counter(connection, "posts", posts)
                    add_to_counter(connection, "replies", replies)
                    connection.execute("COMMIT")
                    shelf.publish()
        return gone

    def expire_events(self, older_than_us: int) -> int:
        """Deletes viewer events, and showings of promoted posts, from before then.

        Returns how many events.
        """
        n_gone = 0
        with self.database.reading() as connection:
            viewers = sql.fetch(connection, "SELECT DISTINCT viewer FROM viewer_events")
        for (viewer,) in viewers:
            with self.database.writing() as connection:
                n_gone += connection.execute(
                    "DELETE FROM viewer_events WHERE viewer = ? AND kind BETWEEN 1 AND 255 "
                    "AND at_us < ?",
                    (viewer, older_than_us),
                ).rowcount
        with self.database.writing() as connection:
            connection.execute("DELETE FROM placements WHERE at_us < ?", (older_than_us,))
        return n_gone

    def shrink(self) -> None:
        """Gives free pages back to the disk and empties the log."""
        with self.database.maintaining() as connection:
            # A step frees one page, and of a pragma without columns `execute` takes one step.
            connection.executescript("PRAGMA incremental_vacuum")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def oldest(self, share: float) -> int | None:
        """A time that the oldest share of live posts lie before; None without any post."""
        with self.database.reading() as connection:
            n_posts = sql.fetch(connection, "SELECT count(*) FROM posts WHERE state = 1")[0][0]
            if not n_posts:
                return None
            line = sql.fetch_one(
                connection,
                "SELECT at_us FROM posts WHERE state = 1 ORDER BY at_us LIMIT 1 OFFSET ?",
                (min(int(n_posts * share), n_posts - 1),),
            )
        return None if line is None else line[0] + 1


def viewers_of(connection: sqlite3.Connection) -> Iterable[int]:
    """Accounts that read here."""
    lines = sql.fetch(
        connection, "SELECT viewer FROM viewer_settings UNION SELECT viewer FROM viewer_events"
    )
    return [line[0] for line in lines]
