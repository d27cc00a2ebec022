"""Builds a square once, from its settings, and keeps it running."""

from stoa.app.rooms import Rooms, open_rooms
from stoa.app.square import SourceState, Square

__all__ = ["Rooms", "SourceState", "Square", "open_rooms"]
