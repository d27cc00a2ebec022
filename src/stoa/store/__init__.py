"""Keeps what happened and what readers chose: one set of rules, in memory or in SQLite."""

from stoa.store.memory import MemoryStore

__all__ = ["MemoryStore"]
