"""Everything one world needs, opened together: store, index, vectors, board, feed."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from stoa.app.generations import Generations
from stoa.app.own_notes import ForgetErased, open_notes
from stoa.app.post_words import PostWords
from stoa.app.served_log import ServedLog
from stoa.encoders.hashed import HashedEncoder
from stoa.errors import StoreError
from stoa.feed.board import Board
from stoa.feed.model_seat import ModelSeat
from stoa.feed.service import Feed, FeedConfig
from stoa.index import ContentRows, MemoryIndex, MemoryRows, RowFile
from stoa.ingest import Acts, Intake
from stoa.ingest.vectors import ConversationVectors, Space, VectorPorts
from stoa.notes.service import Notes
from stoa.ports import Clock, TextEncoder, VectorIndex, VectorRows
from stoa.promoted.desk import StopGone
from stoa.records import PostId, as_ids
from stoa.store import MemoryStore, SqliteStore

Store = SqliteStore | MemoryStore
STORE_FILE = "square.db"
VECTOR_COUNT = "vectors"
"""Key under which the store remembers how many vectors the index held when it was written."""

_READ_POSTS = 100_000
"""Newest posts that get a vector when a folder is only looked into: some five seconds' worth."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """One world, open: a live network's, a file's, or the town's. Never mixed."""

    world: str
    store: Store
    encoder: TextEncoder
    vectors: ConversationVectors
    rows: VectorRows
    board: Board
    feed: Feed
    intake: Intake
    acts: Acts
    clock: Clock
    notes: Notes
    seat: ModelSeat
    words: PostWords
    folder: Path | None = None  # None keeps everything in memory
    served: ServedLog | None = None  # None writes what pages served at once
    generations: Generations | None = None  # where vectors lie on disk

    @property
    def index(self) -> VectorIndex:
        """The index of the generation of vectors that serves."""
        return self.vectors.seat.generation.index

    def settle(self) -> None:
        """Writes what pages served and the store does not hold yet."""
        if self.served is not None:
            self.served.flush()

    def disk_bytes(self) -> int:
        """What the whole folder takes: store, log, vectors."""
        if self.folder is None:
            return self.store.counts().bytes
        return sum(_size(path) for path in self.folder.rglob("*"))

    def store_bytes(self) -> int:
        """What the store's file and its log take."""
        if self.folder is None:
            return self.store.counts().bytes
        return sum(_size(path) for path in self.folder.glob(STORE_FILE + "*"))

    def flush(self) -> None:
        """Writes vectors to disk; events are durable already."""
        self.index.flush()
        self.rows.flush()
        self.store.set_meta(VECTOR_COUNT, str(len(self.index)))

    def close(self) -> None:
        """Finishes the batch under way, flushes, and lets the data folder go.

        A disk without room costs no event: vectors are made again from the store.
        """
        self.intake.close()
        self.words.close()
        if self.served is not None:
            self.served.close()
        with contextlib.suppress(StoreError):
            self.flush()
        self.store.close()

    def has_vector(self, post: PostId) -> bool:
        """Whether vectors find the post."""
        return bool(self.index.holds(as_ids([post]))[0])


def open_rooms(
    folder: Path | None,
    clock: Clock,
    *,
    world: str = "network",
    encoder: TextEncoder | None = None,
    config: FeedConfig | None = None,
) -> Rooms:
    """Opens a world's data folder, or one in memory when `folder` is None.

    Vectors that a crash or a damaged segment lost are made again from the store.

    Raises:
        StoreError: the folder is in use, too new, damaged, or holds another world.
    """
    encoder = encoder or HashedEncoder()
    if folder is None:
        store = MemoryStore()
        _claim(store, world)
        vectors = _vectors_in_memory(encoder)
        return _furnish(store, vectors, PostWords(store, None), clock, world, config)
    kept = SqliteStore(folder / STORE_FILE)
    _claim(kept, world)
    generations = Generations(folder / "vectors" / encoder.name)
    opened = generations.open(encoder)
    vectors = _with_rows(encoder, opened.index, generations.folder, opened.space)
    words = PostWords(kept, folder / "words")
    rooms = _furnish(kept, vectors, words, clock, world, config)
    words.start()
    return replace(rooms, folder=folder, generations=generations)


def open_to_read(folder: Path, clock: Clock) -> Rooms:
    """Opens a network's data folder to look into it, also while a square runs on it.

    Vectors are made afresh in memory, those of the newest posts only.

    Raises:
        StoreError: there is no square in the folder.
    """
    encoder = HashedEncoder()
    store = SqliteStore(folder / STORE_FILE, read_only=True)
    vectors = _vectors_in_memory(encoder)
    words = PostWords(store, folder / "words", read_only=True)
    world = store.meta("world") or "network"
    return _furnish(store, vectors, words, clock, world, None, read_only=True)


def _size(path: Path) -> int:
    try:
        return path.stat().st_blocks * 512 if path.is_file() else 0
    except FileNotFoundError:  # swept meanwhile
        return 0


@dataclass(frozen=True, slots=True)
class Vectors:
    """What the vectors of one world are made with and kept in."""

    encoder: TextEncoder
    index: VectorIndex
    rows: VectorRows
    space: Space | None = None  # None: the first version's

    @property
    def texts(self) -> VectorRows | None:
        """Rows of more channels, where they are kept."""
        return self.rows.texts if isinstance(self.rows, ContentRows) else None

    @property
    def writes(self) -> TextEncoder:
        """What encodes posts for `rows`."""
        if isinstance(self.encoder, HashedEncoder) and isinstance(self.rows, ContentRows):
            return self.encoder.wide
        return self.encoder


def _vectors_in_memory(encoder: TextEncoder) -> Vectors:
    index, short = MemoryIndex(encoder.dim), MemoryRows(encoder.dim)
    if not isinstance(encoder, HashedEncoder):
        return Vectors(encoder, index, short)
    return Vectors(encoder, index, ContentRows(short, MemoryRows(encoder.wide.dim)))


def _with_rows(
    encoder: TextEncoder, index: VectorIndex, folder: Path, space: Space | None
) -> Vectors:
    """Vectors whose content lies in a folder.

    A folder from before long rows were kept gives up its short ones: a square makes content that
    it lacks again from its posts when it opens.
    """
    short, long = folder / "content.rows", folder / "texts.rows"
    if not isinstance(encoder, HashedEncoder):
        return Vectors(encoder, index, RowFile(short, encoder.dim), space)
    if short.exists() and not long.exists():
        shutil.rmtree(short)
    texts = RowFile(long, encoder.wide.dim)
    return Vectors(encoder, index, ContentRows(RowFile(short, encoder.dim), texts), space)


def _furnish(
    store: Store,
    vectors: Vectors,
    words: PostWords,
    clock: Clock,
    world: str,
    config: FeedConfig | None,
    *,
    read_only: bool = False,
) -> Rooms:
    board = Board()
    board.load(store)
    encoder, index, rows = vectors.encoder, vectors.index, vectors.rows
    ports = VectorPorts(vectors.writes, index, rows, board.engagements, store)
    conversation = ConversationVectors(ports, vectors.space)
    known = conversation.load(store)
    after = _newest_to_read(store) if read_only else min(index.newest(), known.whole_until)
    conversation.rebuild(store, PostId(after))
    if not read_only:
        conversation.mend(store, known)
    served = None if read_only or isinstance(store, MemoryStore) else ServedLog(store)
    seat = ModelSeat()
    feed = Feed(
        config or FeedConfig(),
        posts=store,
        viewers=store,
        log=served or store,
        index=index,
        rows=rows,
        board=board,
        clock=clock,
        secret=secrets.token_bytes(32) if read_only else _secret(store),
        texts=vectors.texts,
        seat=seat,
        space=conversation.seat,
        campaigns=store.promoted,
    )
    notes = open_notes(store, clock, read_only=read_only)
    stop_gone = StopGone(store.promoted)
    if not read_only:
        stop_gone.at_start(store, clock.now_us())
    intake = Intake(store, [board, conversation, ForgetErased(notes), stop_gone, words], clock)
    acts = Acts(store, store, store, intake, feed.heard)
    return Rooms(
        world,
        store,
        encoder,
        conversation,
        rows,
        board,
        feed,
        intake,
        acts,
        clock,
        notes,
        seat,
        words,
        served=served,
    )


def _newest_to_read(store: Store) -> int:
    newest = 0
    for columns in store.scan_posts():
        newest = max(newest, int(columns.id.max(initial=0)))
    return max(0, newest - _READ_POSTS)


def _claim(store: Store, world: str) -> None:
    """Marks a folder with its world on first use, so that a town never mixes with a network."""
    held = store.meta("world")
    if held is None:
        store.set_meta("world", world)
    elif held != world:
        store.close()
        raise StoreError(
            f"the data folder holds events of {held!r}, not of {world!r}: give another --data"
        )


def _secret(store: Store) -> bytes:
    held = store.meta("secret")
    if held is None:
        held = secrets.token_hex(32)
        store.set_meta("secret", held)
    return bytes.fromhex(held)
