"""A square in memory for a study: the real store, index, board and feed, and no chance of its own.

`app.rooms` opens squares for readers, each with a secret drawn anew, from which the feed's
exploration follows; a study needs the same exploration every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from stoa.feed.board import Board
from stoa.feed.config import FeedConfig
from stoa.feed.service import Feed
from stoa.index import MemoryIndex, MemoryRows
from stoa.ingest import Acts, Intake
from stoa.ingest.vectors import ConversationVectors, VectorPorts
from stoa.ports import Clock, TextEncoder
from stoa.store import MemoryStore


@dataclass(frozen=True, slots=True)
class StudySquare:
    """Everything one study touches."""

    store: MemoryStore
    board: Board
    feed: Feed
    intake: Intake
    acts: Acts


def open_study(seed: int, clock: Clock, encoder: TextEncoder, config: FeedConfig) -> StudySquare:
    """An empty square whose every draw follows from the seed."""
    store = MemoryStore()
    index, rows = MemoryIndex(encoder.dim), MemoryRows(encoder.dim)
    board = Board()
    vectors = ConversationVectors(VectorPorts(encoder, index, rows, board.engagements))
    feed = Feed(
        config,
        posts=store,
        viewers=store,
        log=store,
        index=index,
        rows=rows,
        board=board,
        clock=clock,
        secret=sha256(f"study {seed}".encode()).digest(),
    )
    intake = Intake(store, [board, vectors], clock)
    return StudySquare(store, board, feed, intake, Acts(store, store, store, intake, feed.heard))
