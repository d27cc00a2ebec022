"""Keeps what happened and what readers chose: one set of rules, in memory or in SQLite."""

from stoa.store.memory import MemoryStore
from stoa.store.sqlite import SqliteStore

__all__ = ["MemoryStore", "SqliteStore"]
