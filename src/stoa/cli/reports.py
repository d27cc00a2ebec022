"""What `stoa status`, `stoa backup` and `stoa bluesky opt-out` do with a data folder."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx2

from stoa.app.rooms import STORE_FILE, VECTOR_COUNT
from stoa.cli.running import running_url
from stoa.errors import BadInput, StoreError, Unreachable
from stoa.settings import Settings
from stoa.store import SqliteStore

_ANSWER_WITHIN_S = 10.0


def open_to_read(folder: Path) -> SqliteStore:
    """The store of a data folder, also while a square runs on it.

    Raises:
        StoreError: there is no square in the folder.
    """
    return SqliteStore(_store_file(folder), read_only=True)


def _store_file(folder: Path) -> Path:
    path = folder / STORE_FILE
    if not path.is_file():
        raise StoreError(f"no square in {folder}: run `stoa up`, or give its folder with --data")
    return path


def status(folder: Path) -> dict[str, Any]:
    """Figures of the store, and how many vectors the index held when it was last written."""
    store = open_to_read(folder)
    try:
        figures = asdict(store.counts())
        return figures | {"vectors": int(store.meta(VECTOR_COUNT) or 0)}
    finally:
        store.close()


def backup(folder: Path, target: Path) -> int:
    """Copies the store; returns the bytes written."""
    if target.exists():
        raise BadInput("FILE", str(target), "name a file that does not exist yet")
    store = open_to_read(folder)
    try:
        store.backup(target)
    finally:
        store.close()
    return target.stat().st_size


def export_notes(folder: Path, target: Path) -> None:
    """Writes the notes of a data folder as an export that anybody can verify.

    Raises:
        BadInput: the target exists.
    """
    from stoa.app.clocks import WallClock
    from stoa.app.own_notes import open_notes

    if target.exists():
        raise BadInput("FOLDER", str(target), "name a folder that does not exist yet")
    store = open_to_read(folder)
    try:
        open_notes(store, WallClock(), read_only=True).export(target)
    finally:
        store.close()


def opt_out(settings: Settings, account: str, *, opted_out: bool) -> None:
    """Honours an author's wish: through the running square where there is one, so at once."""
    if not account.startswith("did:"):
        raise BadInput("DID", account, "give the author's DID, such as did:plc:...")
    url = running_url(settings.data)
    if url is None:
        store = SqliteStore(_store_file(settings.data))
        try:
            store.opt_out(account, opted_out)
        finally:
            store.close()
        return
    key = next(iter(settings.api_keys), None)
    try:
        answer = httpx2.post(
            f"{url}/api/v1/opt-out",
            json={"account": account, "opted_out": opted_out},
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=_ANSWER_WITHIN_S,
        )
        answer.raise_for_status()
    except httpx2.HTTPError as problem:
        raise Unreachable(f"the square at {url} did not take it: {problem}") from problem
