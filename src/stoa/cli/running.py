"""Finds the square that runs on a data folder, so that other commands can ask it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

_FILE = "running.json"


@contextlib.contextmanager
def announce(folder: Path, url: str) -> Iterator[None]:
    """Leaves a file with the square's address while it runs."""
    path = folder / _FILE
    path.write_text(json.dumps({"pid": os.getpid(), "url": url}), encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def running_url(folder: Path) -> str | None:
    """Address of the square that runs on this folder, or None."""
    try:
        found = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        os.kill(int(found["pid"]), 0)
        return str(found["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
