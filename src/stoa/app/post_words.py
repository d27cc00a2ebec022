"""Keeps the word index of a square's posts in step with its store, off the path of the intake."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stoa.errors import StoreError
from stoa.ingest.vectors import searchable_text
from stoa.lexical import TantivyIndex
from stoa.ports import PostStore
from stoa.records import AccountErased, Effect, Post, PostGone, PostId, PostPut, as_ids

_GATHER_S = 1.0
"""How long new posts wait for company: a commit costs tens of milliseconds whatever it holds."""

_RETRY_S = 5.0
_MOST_WAITING = 50_000
"""Posts that may wait; then the intake indexes them itself, so that memory stays bounded."""

_READ_AGAIN = 2_000  # posts in one read of the store
_READ_ONLY_POSTS = 100_000


@dataclass(frozen=True, slots=True)
class Mended:
    """What opening found out of step."""

    removed: int
    added: int


class PostWords:
    """An effect sink over a `TantivyIndex`. Any thread may call any method.

    It hears of changes and answers at once; a thread of its own indexes them in batches, so that
    a post is found about a second after it arrived. What is gone from the store is not found even
    before that, because whoever searches reads posts from the store. A square in memory pays for
    nothing of this before the first question.
    """

    def __init__(self, posts: PostStore, folder: Path | None, *, read_only: bool = False) -> None:
        """Words of the posts of a store, kept in a folder; None keeps them in memory."""
        self._posts = posts
        self._folder = folder
        self._read_only = read_only
        self._index: TantivyIndex | None = None
        self._waiting: dict[int, Post | None] = {}
        self._wake = threading.Condition()
        self._writing = threading.RLock()
        self._closed = False
        self._mended = False
        self._worker: threading.Thread | None = None

    def start(self) -> None:
        """Opens the index and lets a thread bring it up to date."""
        with self._wake:
            if self._index is None and not self._closed:
                self._index = self._open()
                if not self._read_only:
                    self._worker = threading.Thread(target=self._work, name="words", daemon=True)
                    self._worker.start()

    def apply(self, effects: Sequence[Effect], now_us: int) -> None:
        """Notes what a batch changed; see `EffectSink`."""
        del now_us
        if self._index is None:  # nobody asked yet: opening reads everything from the store
            return
        heard = dict(_changes(effects))
        if not heard:
            return
        with self._wake:
            self._waiting |= heard
            n_waiting = len(self._waiting)
            self._wake.notify()
        if n_waiting > _MOST_WAITING:
            self._take()

    def index(self) -> TantivyIndex:
        """The index, opened and mended if it was not yet.

        Raises:
            StoreError: it cannot be written.
        """
        if not self._mended:
            self.settle()
        assert self._index is not None
        return self._index

    def settle(self) -> None:
        """Waits until everything heard so far can be found.

        Raises:
            StoreError: the index cannot be written.
        """
        self.start()
        with self._writing:
            if not self._mended:
                self.mend()
            self._take()

    def mend(self) -> Mended:
        """Makes the index hold the posts that the store holds, whatever happened before.

        Posts rewritten in the last second before a kill are found by their old words until they
        are rewritten again; what is quoted of them comes from the store.
        """
        with self._writing:
            if self._read_only and self._folder is not None:
                self._mended = True
                return Mended(0, 0)
            assert self._index is not None, "start it first"
            live = [as_ids([])]
            for columns in self._posts.scan_posts():
                live.append(columns.id)
            ids = np.concatenate(live)
            if self._read_only:
                ids = ids[-_READ_ONLY_POSTS:]
            held = self._index.held()
            gone = np.setdiff1d(held, ids, assume_unique=True)
            lacking = np.setdiff1d(ids, held, assume_unique=True)
            self._index.remove(gone)
            for start in range(0, len(lacking), _READ_AGAIN):
                if self._closed:
                    break
                found = self._posts.posts(lacking[start : start + _READ_AGAIN].tolist())
                self._put(list(found.values()))
            self._commit()
            self._mended = True
            return Mended(len(gone), len(lacking))

    def close(self) -> None:
        """Indexes what waits, and lets the folder go."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        if self._worker is not None:
            self._worker.join()
        if self._index is None:
            return
        with self._writing:
            if not self._read_only and self._mended:
                with contextlib.suppress(StoreError):  # made again from the store at opening
                    self._take()
            self._index.close()

    def _open(self) -> TantivyIndex:
        """The index on disk; where it cannot be used one in memory, so that a square opens."""
        if self._folder is not None:
            try:
                return TantivyIndex(self._folder, read_only=self._read_only)
            except StoreError:
                self._folder = None
        return TantivyIndex()

    def _work(self) -> None:
        while True:
            try:
                if not self._mended:
                    self.mend()
                with self._wake:
                    if not self._waiting and not self._closed:
                        self._wake.wait()
                    if not self._closed:  # more will come, as a rule
                        self._wake.wait_for(lambda: self._closed, _GATHER_S)
                    if self._closed:
                        return
                self._take()
            except StoreError:  # no room on the disk: what waits is kept, and tried again
                with self._wake:
                    if self._wake.wait_for(lambda: self._closed, _RETRY_S):
                        return

    def _take(self) -> None:
        with self._writing:
            with self._wake:
                taken, self._waiting = self._waiting, {}
            assert self._index is not None
            try:
                self._index.remove(as_ids([post for post, put in taken.items() if put is None]))
                self._put([put for put in taken.values() if put is not None])
                self._commit()
            except StoreError:
                with self._wake:
                    self._waiting = taken | self._waiting
                raise

    def _put(self, posts: list[Post]) -> None:
        assert self._index is not None
        keys, at_us = as_ids([p.id for p in posts]), as_ids([p.at_us for p in posts])
        self._index.put(keys, [searchable_text(post) for post in posts], at_us)

    def _commit(self) -> None:
        assert self._index is not None
        if not self._closed or self._mended:
            self._index.commit()


def _changes(effects: Sequence[Effect]) -> Iterator[tuple[PostId, Post | None]]:
    """Posts that have other words now; None for those that are gone."""
    for effect in effects:
        match effect:
            case PostPut():
                yield effect.post.id, effect.post
            case PostGone():
                yield effect.id, None
            case AccountErased():
                for post in effect.posts:
                    yield post, None
            case _:
                pass
