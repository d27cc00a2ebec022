"""Builds a square once, from its settings, and keeps it running; runs the notes scorer over files.

Names are loaded when they are asked for: a command about notes needs no square.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stoa.app.rooms import Rooms, open_rooms
    from stoa.app.square import SourceState, Square

__all__ = ["Rooms", "SourceState", "Square", "open_rooms"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from stoa.app import rooms, square

    return getattr(rooms if hasattr(rooms, name) else square, name)
