"""Where post vectors live and are found: sealed segments on disk, and twins in memory."""

from stoa.index.content_rows import ContentRows
from stoa.index.memory import MemoryIndex
from stoa.index.rows import MemoryRows, RowFile
from stoa.index.segments import SegmentIndex

__all__ = ["ContentRows", "MemoryIndex", "MemoryRows", "RowFile", "SegmentIndex"]
