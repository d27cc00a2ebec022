"""Stands in until the segments are written: the exact index, with a folder."""

from __future__ import annotations

from pathlib import Path

from stoa.index.memory import MemoryIndex


class SegmentIndex(MemoryIndex):
    """The memory twin, which forgets at exit."""

    def __init__(self, directory: Path, dim: int = 128) -> None:
        super().__init__(dim)
        directory.mkdir(parents=True, exist_ok=True)

    def newest(self) -> int:
        """Nothing is on disk."""
        return 0
