"""The desk of promoted posts over a data folder, also beside a square that runs on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stoa.app.rooms import STORE_FILE
from stoa.errors import StoreError
from stoa.promoted.desk import Desk
from stoa.records import SECOND_US
from stoa.store import SqliteStore
from stoa.store.campaigns import SqliteCampaigns

_A_TIME_US = 1_500_000_000 * SECOND_US
"""Smaller cursors are places in a sequence."""


@contextmanager
def open_desk(folder: Path) -> Iterator[Desk]:
    """The desk of a square's data folder; a running square follows from its next page on.

    Raises:
        StoreError: no square was ever opened there, or by an older version.
    """
    path = folder / STORE_FILE
    if not path.is_file():
        raise StoreError(f"no square in {folder}: run `stoa up`, or give its folder with --data")
    store = SqliteStore(path, read_only=True)
    try:
        campaigns = SqliteCampaigns.beside(path)
        try:
            yield Desk(campaigns, store, store)
        finally:
            campaigns.close()
    finally:
        store.close()


def square_now_us(desk: Desk, wall_us: int) -> int:
    """What time it is in a square that is looked into: its newest event's, where that is behind.

    A live square is at most seconds behind the wall's clock; a file or a town lives in its own.
    """
    assert isinstance(desk.posts, SqliteStore)
    newest_us = desk.posts.counts().cursor
    if newest_us is None or newest_us < _A_TIME_US:
        return wall_us
    return min(wall_us, newest_us)
