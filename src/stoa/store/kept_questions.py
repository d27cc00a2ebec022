"""Questions that readers let the square keep: in the square's SQLite file, and in memory."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from stoa.ask_records import KeptQuestion
from stoa.store import sql_rows as sql
from stoa.store.database import Database


class SqliteQuestions:
    """`QuestionLog` in one table of a database; what is erased is overwritten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, kept: KeptQuestion) -> None:
        """Keeps a question; see `QuestionLog.keep`."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO kept_questions (id, viewer, at_us, question, answer) "
                "VALUES (?, ?, ?, ?, ?)",
                (kept.id, kept.viewer, kept.at_us, kept.question, kept.answer),
            )

    def of(self, viewer: int, limit: int) -> list[KeptQuestion]:
        """A reader's newest questions, newest first."""
        with self._database.reading() as connection:
            lines = sql.fetch(
                connection,
                "SELECT id, viewer, at_us, question, answer FROM kept_questions "
                "WHERE viewer = ? ORDER BY at_us DESC, id LIMIT ?",
                (viewer, limit),
            )
        return [KeptQuestion(*line) for line in lines]

    def erase(self, viewer: int, question: str = "") -> int:
        """Erases one of a reader's questions, or all; returns how many."""
        with self._database.writing() as connection:
            return connection.execute(
                "DELETE FROM kept_questions WHERE viewer = ? AND (? = '' OR id = ?)",
                (viewer, question, question),
            ).rowcount

    def expire(self, older_than_us: int) -> int:
        """Erases everybody's from before then; returns how many."""
        with self._database.writing() as connection:
            return connection.execute(
                "DELETE FROM kept_questions WHERE at_us < ?", (older_than_us,)
            ).rowcount


class MemoryQuestions:
    """A complete `QuestionLog` in a dictionary."""

    def __init__(self) -> None:
        self._kept: dict[str, KeptQuestion] = {}
        self._lock = Lock()

    def keep(self, kept: KeptQuestion) -> None:
        """Keeps a question; see `QuestionLog.keep`."""
        with self._lock:
            self._kept[kept.id] = kept

    def of(self, viewer: int, limit: int) -> list[KeptQuestion]:
        """A reader's newest questions, newest first."""
        with self._lock:
            theirs = [one for one in self._kept.values() if one.viewer == viewer]
        return sorted(theirs, key=lambda one: (-one.at_us, one.id))[:limit]

    def erase(self, viewer: int, question: str = "") -> int:
        """Erases one of a reader's questions, or all; returns how many."""
        return self._drop(lambda one: one.viewer == viewer and question in ("", one.id))

    def expire(self, older_than_us: int) -> int:
        """Erases everybody's from before then; returns how many."""
        return self._drop(lambda one: one.at_us < older_than_us)

    def _drop(self, goes: Callable[[KeptQuestion], bool]) -> int:
        with self._lock:
            gone = [id_ for id_, one in self._kept.items() if goes(one)]
            for id_ in gone:
                del self._kept[id_]
        return len(gone)
