"""The index that a square lives on: flat rows for writes, sealed segments on disk, one view."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import StoreError
from stoa.index.blocks import SlotTable
from stoa.index.codes import CodeSpace
from stoa.index.folder import SEGMENT, Folder, Loaded
from stoa.index.places import Places
from stoa.index.quantiser import Quantiser
from stoa.index.scan import ScanEffort, Wanted, search
from stoa.index.segment import FlatSegment, SealedSegment, Segment
from stoa.index.shapes import as_posts, as_vectors
from stoa.index.upkeep import Job, made, next_job
from stoa.records import Matches

_MOST_WAITING = 8
"""Full flat segments that may wait for upkeep before a writer does it itself."""

_LOOKS = 64
"""Times a reader looks again for rows that moved before it asks the writer to pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentConfig:
    """How an index grows."""

    flat_rows: int = 32_768  # rows of the segment that takes writes
    most_rows: int = 4_000_000  # rows of a sealed segment: what one merge rewrites at most
    background: bool = True  # seal and merge in a thread of its own
    effort: ScanEffort = field(default_factory=ScanEffort)


@dataclass(frozen=True, slots=True)
class _View:
    """What a search sees: replaced whole, so that no search waits for a writer."""

    segments: tuple[Segment, ...]  # oldest first; the last one takes writes
    quantisers: Mapping[int, Quantiser]
    places: Places


class SegmentIndex:
    """A `VectorIndex` in a folder.

    Readers never wait. Writes go to a flat segment under a lock; a full one is sealed (its rows
    sorted by the lists of a quantiser that all segments share), and neighbours are merged so
    that few remain. After a crash the folder reopens as it was at the last `flush`, without the
    posts removed since; `newest` and `missing` say what has to be put again.
    """

    def __init__(
        self, directory: Path, dim: int = 128, config: SegmentConfig | None = None
    ) -> None:
        """Opens the folder, or makes it; what is damaged is left out and named in `damage`.

        Raises:
            StoreError: the folder cannot be made, read or written.
        """
        self.dim = dim
        self._config = config or SegmentConfig()
        self._space = CodeSpace(dim)
        self._lock = threading.RLock()
        self._upkeep = threading.Lock()
        self._worker: threading.Thread | None = None
        self._trouble: OSError | None = None
        self._slots = SlotTable()  # slot + 1 of each post
        try:
            self._folder = Folder(directory, self._space)
            self._start(self._folder.load(self._config.flat_rows))
        except OSError as error:
            raise StoreError(f"index folder {directory} cannot be opened: {error}") from error

    # ------------------------------------------------------------------------------ writing

    def put(self, posts: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Adds unit vectors, or replaces those of posts already here; the last of twins holds.

        Raises:
            BadInput: the vectors are not of the index's width, or an id is not positive.
            StoreError: upkeep fell behind and the disk refuses; the posts are here all the same.
        """
        posts, vectors = as_posts(posts), as_vectors(vectors, self.dim)
        if len(posts) == 0:
            return
        _, last = np.unique(posts[::-1], return_index=True)
        rows = np.sort(len(posts) - 1 - last)
        posts, code = posts[rows], self._space.encode(vectors[rows])
        with self._lock:
            quantiser = self._quantiser
        near = quantiser.assign(vectors[rows]) if quantiser else None
        with self._lock:
            if quantiser is not self._quantiser and self._quantiser:
                near = self._quantiser.assign(vectors[rows])
            self._folder.note_put(posts, self._slots.get(posts) > 0)
            for first in range(0, len(posts), self._config.flat_rows):
                part = slice(first, first + self._config.flat_rows)
                self._append(posts[part], code[part], None if near is None else near[part])
        self._keep_up()

    def remove(self, posts: NDArray[np.int64]) -> None:
        """Makes posts unfindable at once; ids that are not here are ignored.

        Their vectors are zero on disk after the next `flush`.
        """
        posts = np.unique(as_posts(posts))
        with self._lock:
            slots = self._slots.get(posts)
            self._folder.note_removed(posts)
            self._slots.set(posts[slots > 0], np.zeros(int((slots > 0).sum()), dtype=np.int64))
            self._bury(slots[slots > 0] - 1)

    def drop_older(self, than: int) -> int:
        """Forgets posts with id < `than`, whole segments at a time where it can, durably.

        Raises:
            StoreError: the disk refuses; the posts are gone from searches all the same.
        """
        dropped = 0
        with self._lock:
            for segment in self._view.segments:
                dead = segment.dead[: segment.n]
                old = np.flatnonzero((segment.post[: segment.n] < than) & ~dead)
                if old.size:
                    self._slots.set(segment.post[old], np.zeros(len(old), dtype=np.int64))
                    self._bury(old + segment.base)
                    dropped += len(old)
            self._let_the_dead_go()
            self._slots.drop_below(than)
            self._folder.note_dropped(than)
        if dropped:
            self.flush()  # gives the disk its room back
        return dropped

    # ------------------------------------------------------------------------------ reading

    def match(
        self,
        queries: NDArray[np.float32],
        k: int,
        *,
        newer_than: int = 0,
        exclude: NDArray[np.int64] | None = None,
    ) -> Matches:
        """The k posts with the greatest max over queries of <query, post>, nearly all of them.

        What is returned is scored exactly (on int8 codes); which posts are looked at is bounded
        by the effort configured.
        """
        queries = as_vectors(queries, self.dim)
        without = np.zeros(0, dtype=np.int64) if exclude is None else np.unique(exclude)
        view = self._view
        wanted = Wanted(queries, k, newer_than, without)
        return search(view.segments, view.quantisers, self._space, wanted, self._config.effort)

    def vectors(self, posts: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Vectors of posts, shape (n, dim), and which were found; rows not found are zero."""
        code, found = self._codes(np.asarray(posts, dtype=np.int64))
        return self._space.decode(code), found

    def holds(self, posts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these posts are here."""
        return self._slots.get(np.asarray(posts, dtype=np.int64)) > 0

    def held(self) -> NDArray[np.int64]:
        """All posts that are here, in order of id."""
        with self._lock:
            return self._slots.keys()

    def newest(self) -> int:
        """Greatest post id held on disk without a gap: what a rebuild starts after."""
        with self._lock:
            return self._folder.newest()

    @property
    def missing(self) -> NDArray[np.int64]:
        """Posts known to be lost by damage or a crash, in order; put or remove them again."""
        with self._lock:
            return self._folder.missing()

    @property
    def damage(self) -> tuple[str, ...]:
        """What was found damaged when the folder was opened, in words."""
        return self._folder.damage

    def __len__(self) -> int:
        return sum(segment.n - segment.n_dead for segment in self._view.segments)

    # --------------------------------------------------------------------------- persistence

    def flush(self) -> None:
        """Writes to disk what reopening needs; a crash before it costs only a rebuild.

        Raises:
            StoreError: the disk refuses, now or in the background since the last flush.
        """
        try:
            with self._lock:
                trouble, self._trouble = self._trouble, None
                self._folder.save(self._view.segments, self._view.quantisers)
        except OSError as error:
            trouble = error
        if trouble:
            raise StoreError(f"the index cannot be written: {trouble}") from trouble

    def close(self) -> None:
        """Waits for upkeep under way, then flushes."""
        if self._worker:
            self._worker.join()
        self.flush()

    def seal(self) -> None:
        """Does all upkeep now: seals, merges and compacts until nothing is left to do.

        Raises:
            StoreError: the disk refuses; the segments stay as they were.
        """
        try:
            while self._maintain():
                pass
        except OSError as error:
            raise StoreError(f"a segment cannot be written: {error}") from error

    # ------------------------------------------------------------------------------- inside

    def _codes(self, posts: NDArray[np.int64]) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
        """Codes of posts, and which were found, without waiting for a writer.

        A slot belongs to one row for ever, and writers take it out of the table before they touch
        its row. So a row read between two equal looks at the table was whole; one that moved
        meanwhile is read again where it went.
        """
        code = np.zeros((len(posts), self._space.width), dtype=np.int8)
        found = np.zeros(len(posts), dtype=np.bool_)
        unsettled = np.arange(len(posts))
        for _ in range(_LOOKS):
            slots = self._slots.get(posts[unsettled]) - 1
            read = slots < 0
            for segment, at in self._view.places.of(slots):
                code[unsettled[at]] = segment.code[slots[at] - segment.base]
                read[at] = True
            read &= self._slots.get(posts[unsettled]) - 1 == slots
            found[unsettled[read]] = slots[read] >= 0
            unsettled = unsettled[~read]
            if len(unsettled) == 0:
                break
        else:
            with self._lock:  # moved again and again: let the writer pause
                slots = self._slots.get(posts[unsettled]) - 1
                for segment, at in self._view.places.of(slots):
                    code[unsettled[at]] = segment.code[slots[at] - segment.base]
                found[unsettled] = slots >= 0
        code[~found] = 0
        return code, found

    def _start(self, loaded: Loaded) -> None:
        self._quantiser = loaded.quantiser
        quantisers = {loaded.quantiser.number: loaded.quantiser} if loaded.quantiser else {}
        segments = tuple(loaded.segments)
        self._view = _View(segments, {**loaded.quantisers, **quantisers}, Places.over(segments))
        for segment in loaded.segments:
            live = np.flatnonzero(~segment.dead[: segment.n])
            self._slots.set(segment.post[: segment.n][live], live + segment.base + 1)

    def _append(
        self, posts: NDArray[np.int64], code: NDArray[np.int8], near: NDArray[np.int32] | None
    ) -> None:
        fresh = self._fresh
        room = fresh.capacity - fresh.n
        if room < len(posts):
            head, tail = slice(0, room), slice(room, None)
            if room:
                self._append(posts[head], code[head], None if near is None else near[head])
            self._open_fresh()
            posts, code = posts[tail], code[tail]
            near, fresh = (None if near is None else near[tail]), self._fresh
        before = self._slots.get(posts)
        slots = fresh.append(posts, code, near)
        self._slots.set(posts, slots + 1)
        self._bury(before[before > 0] - 1)

    @property
    def _fresh(self) -> FlatSegment:
        fresh = self._view.segments[-1]
        assert isinstance(fresh, FlatSegment)
        return fresh

    def _open_fresh(self) -> None:
        base = self._folder.take_slots(self._config.flat_rows)
        fresh = FlatSegment(base, self._config.flat_rows, self._space.width)
        if self._quantiser:
            fresh.sort_into(self._quantiser, self._space)
        self._show([*self._view.segments, fresh])

    def _show(self, segments: list[Segment]) -> None:
        used = {segment.quantiser for segment in segments}
        if self._quantiser:
            used.add(self._quantiser.number)
        known = {**self._view.quantisers}
        if self._quantiser:
            known[self._quantiser.number] = self._quantiser
        kept = {number: quantiser for number, quantiser in known.items() if number in used}
        self._view = _View(tuple(segments), kept, Places.over(segments))

    def _bury(self, slots: NDArray[np.int64]) -> None:
        for segment, at in self._view.places.of(slots):
            segment.bury(slots[at] - segment.base)

    # ------------------------------------------------------------------------------- upkeep

    def _keep_up(self) -> None:
        """Starts upkeep when there is any; a writer far ahead of it does it itself."""
        waiting = sum(isinstance(s, FlatSegment) for s in self._view.segments) - 1
        if not self._config.background:
            if waiting:
                self.seal()
        elif waiting >= _MOST_WAITING:
            self.seal()
        elif waiting and not (self._worker and self._worker.is_alive()):
            self._worker = threading.Thread(target=self._work, name="index-upkeep", daemon=True)
            self._worker.start()

    def _work(self) -> None:
        try:
            while self._maintain():
                pass
        except OSError as error:
            self._trouble = error  # the next flush says so; the rows stay where they are

    def _maintain(self) -> bool:
        """Does one step of upkeep; whether there was one."""
        with self._upkeep:
            with self._lock:
                self._let_the_dead_go()
                job = next_job(self._view.segments, self._quantiser, self._config.most_rows)
                if job is None:
                    return False
                base = self._folder.take_slots(sum(s.n for s in job.segments))
                path = self._folder.new_file(SEGMENT)
            segment, quantiser, slots = made(job, path, base, self._space)
            with self._lock:
                self._swap(job, segment, quantiser, slots)
                self._folder.save(self._view.segments, self._view.quantisers)
            return True

    def _let_the_dead_go(self) -> None:
        *still, fresh = self._view.segments
        kept = [segment for segment in still if segment.n_dead < segment.n]
        if len(kept) < len(still):
            self._show([*kept, fresh])

    def _swap(
        self,
        job: Job,
        segment: SealedSegment,
        quantiser: Quantiser,
        slots: NDArray[np.int64],
    ) -> None:
        """Puts a new segment in the place of those it was made from."""
        if quantiser is not self._quantiser:
            self._quantiser = quantiser
            self._fresh.sort_into(quantiser, self._space)
        view = self._view  # readers find the new rows before the table leads them there
        self._view = replace(view, places=Places.over([*view.segments, segment]))
        now = self._slots.get(segment.post)
        stale = np.flatnonzero(now != slots + 1)  # replaced or removed while it was made
        live = np.flatnonzero(now == slots + 1)
        self._slots.set(segment.post[live], live + segment.base + 1)
        gone = {id(old) for old in job.segments}
        first = next((i for i, s in enumerate(self._view.segments) if id(s) in gone), 0)
        rest = [s for s in self._view.segments if id(s) not in gone]
        self._show([*rest[:first], segment, *rest[first:]])
        segment.bury(stale)
