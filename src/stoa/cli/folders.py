"""Folders that a person names, looked at before hours are spent on them."""

from __future__ import annotations

from pathlib import Path

from stoa.errors import BadInput


def held_in(data: Path, *names: str) -> Path:
    """The folder that was given with `--data`, when it holds one of these folders.

    Raises:
        BadInput: it is no folder, or holds none of them.
    """
    if not any((data / name).is_dir() for name in names):
        wanted = " or ".join(f"`{name}`" for name in names)
        raise BadInput("--data", str(data), f"give a folder that holds {wanted}")
    return data
