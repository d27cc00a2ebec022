"""Figures kept in step with the data, in the same transactions, so that nothing is ever counted."""

from __future__ import annotations

import sqlite3

from stoa.store import sql_rows as sql
from stoa.store.rows import NEVER_US

_FLOOR = "floor_us"


def add_to_counter(connection: sqlite3.Connection, name: str, amount: int) -> None:
    """Adds to a counter that may not exist yet."""
    if amount:
        connection.execute(
            "INSERT INTO counters (name, value) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value",
            (name, amount),
        )


def read_counters(connection: sqlite3.Connection) -> dict[str, int]:
    """All counters."""
    return dict(sql.fetch(connection, "SELECT name, value FROM counters"))


def read_floor(connection: sqlite3.Connection) -> int:
    """Age limit up to which posts were let go; `NEVER_US` before the first time."""
    line = sql.fetch_one(connection, "SELECT value FROM counters WHERE name = ?", (_FLOOR,))
    return NEVER_US if line is None else line[0]


def raise_floor(connection: sqlite3.Connection, floor_us: int) -> None:
    """Moves the age limit up; it never moves down."""
    connection.execute(
        "INSERT INTO counters (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = max(counters.value, excluded.value)",
        (_FLOOR, floor_us),
    )
