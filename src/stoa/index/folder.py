"""An index's folder: what is on disk, what a crash took, and how both are brought together."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import IndexDamaged
from stoa.index.checksum import rows_checksum
from stoa.index.codes import CodeSpace
from stoa.index.journal import Journal, read_journal
from stoa.index.manifest import (
    FileMark,
    Lost,
    Manifest,
    as_column,
    named_files,
    read_manifest,
    read_marked,
    write_manifest,
    write_marked,
)
from stoa.index.quantiser import Quantiser
from stoa.index.segment import (
    FlatSegment,
    SealedMark,
    SealedSegment,
    Segment,
    open_sealed,
    posts_of_damaged,
)

SEGMENT = "segment"
"""Kind of the files that upkeep writes outside the lock."""

_NO_POSTS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a folder held; the last segment is flat and takes writes."""

    segments: list[Segment]
    quantiser: Quantiser | None
    quantisers: dict[int, Quantiser]


class Folder:
    """Reads and writes an index's files. Its caller holds the index's lock.

    Between two manifests a journal names the posts that came (those not yet on disk) and went.
    It is not forced to disk: it survives a killed process, not a cut of power.
    """

    def __init__(self, path: Path, space: CodeSpace) -> None:
        self.damage: tuple[str, ...] = ()
        self._path = path
        self._space = space
        path.mkdir(parents=True, exist_ok=True)
        try:
            self._manifest = read_manifest(path, space.dim)
        except IndexDamaged as error:
            self.damage = (str(error),)
            self._manifest = Manifest(space.dim)
        if self._manifest.generation == 0 and not self.damage and _had_manifest(path):
            self.damage = (f"{path} has lost its manifest",)
        self._next_slot = self._manifest.next_slot
        self._files_made = 0
        self._making: set[str] = set()  # segments that upkeep is writing; never swept
        self._newest = self._manifest.newest  # greatest id ever put, on disk or not
        self._floor = self._manifest.floor
        self._missing = _NO_POSTS  # sorted
        self._unsaved = _NO_POSTS  # put since the last save, never on disk before
        self._journal: Journal | None = None

    # ------------------------------------------------------------------------------- opening

    def load(self, flat_rows: int) -> Loaded:
        """Opens every segment that is whole, and settles what the journal says happened since.

        Raises:
            OSError: the folder cannot be read or written.
        """
        manifest = self._manifest
        quantisers = self._load_quantisers()
        lost = list(manifest.lost)
        missing = [self._load_missing()]
        sealed: list[Segment] = []
        for mark in manifest.sealed:
            try:
                sealed.append(open_sealed(self._path, mark))
            except IndexDamaged as error:
                self._note_damage(error)
                posts = posts_of_damaged(self._path, mark)
                if posts is None:
                    lost.append(Lost(mark.least, mark.greatest))
                else:
                    missing.append(posts)
        fresh = self._load_fresh(flat_rows, lost)
        segments = [*sealed, fresh]
        came, went, gone = self._read_journal()
        for segment in segments:
            segment.bury(np.flatnonzero(np.isin(segment.post[: segment.n], went)))
        held = np.concatenate([s.post[: s.n][~s.dead[: s.n]] for s in segments])
        missing.append(came)
        self._missing = np.setdiff1d(np.concatenate(missing), np.concatenate([held, gone]))
        self._missing = self._missing[self._missing >= self._floor]
        self._manifest = replace(manifest, lost=tuple(lost))
        current = quantisers[max(quantisers)] if quantisers else None
        if current:
            fresh.sort_into(current, self._space)
        self.save(segments, quantisers)
        return Loaded(segments, current, quantisers)

    def _load_quantisers(self) -> dict[int, Quantiser]:
        loaded: dict[int, Quantiser] = {}
        for number, mark in self._manifest.quantisers.items():
            try:
                with np.load(io.BytesIO(read_marked(self._path, mark))) as arrays:
                    trained_on = int(arrays["trained_on"])
                    parts = [arrays[name] for name in ("cells", "first", "lists", "reach")]
                loaded[number] = Quantiser(number, trained_on, *parts)
            except (IndexDamaged, ValueError, KeyError) as error:
                self._note_damage(error)  # its segments are scanned whole until rewritten
        return loaded

    def _load_missing(self) -> NDArray[np.int64]:
        mark = self._manifest.missing
        if mark is None:
            return _NO_POSTS
        try:
            return as_column(read_marked(self._path, mark))
        except IndexDamaged as error:
            self._note_damage(error)
            self._manifest = replace(
                self._manifest, lost=(*self._manifest.lost, Lost(mark.least, mark.greatest))
            )
            return _NO_POSTS

    def _load_fresh(self, flat_rows: int, lost: list[Lost]) -> FlatSegment:
        mark, width = self._manifest.fresh, self._space.width
        n = mark.n if mark else 0
        capacity = max(flat_rows, n + flat_rows // 2)
        fresh = FlatSegment(self.take_slots(capacity), capacity, width)
        if mark is None or n == 0:
            return fresh
        try:
            raw = read_marked(self._path, mark)
            post = np.frombuffer(raw, dtype="<i8", count=n).astype(np.int64)
            code = np.frombuffer(raw, dtype=np.int8, offset=8 * n).reshape(n, width)
        except (IndexDamaged, ValueError) as error:
            self._note_damage(error)
            lost.append(Lost(mark.least, mark.greatest))
            return fresh
        fresh.append(post, code, None)
        return fresh

    def _read_journal(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Posts that came and stayed, that went at any time, and that went for good."""
        if not self._manifest.journal:
            return _NO_POSTS, _NO_POSTS, _NO_POSTS
        try:
            entries = read_journal(self._path / self._manifest.journal)
        except IndexDamaged as error:
            self._note_damage(error)  # what came and went is known to the store alone
            return _NO_POSTS, _NO_POSTS, _NO_POSTS
        _, last = np.unique(np.abs(entries)[::-1], return_index=True)
        final = entries[::-1][last]
        came = final[final > 0]
        self._newest = max(self._newest, int(came.max(initial=0)))
        self._floor = min(self._floor, int(came.min(initial=self._floor)))
        return came, np.unique(-entries[entries < 0]), -final[final < 0]

    def _note_damage(self, error: Exception) -> None:
        self.damage = (*self.damage, str(error))

    # ------------------------------------------------------------------------------ noticing

    def take_slots(self, n: int) -> int:
        """A run of n slots that nobody has, by its first."""
        first = self._next_slot
        self._next_slot += max(n, 1)
        return first

    def new_file(self, kind: str) -> Path:
        """A name in the folder that no file has had since it was opened."""
        self._files_made += 1
        name = f"{kind}-{self._manifest.generation:06d}-{self._files_made:06d}"
        if kind == SEGMENT:
            self._making.add(name)
        return self._path / name

    def note_put(self, posts: NDArray[np.int64], held: NDArray[np.bool_]) -> None:
        """Hears of posts about to be put; `held` says which the index has already."""
        new = posts[~held]
        if new.size:
            self._write_journal(new)
            self._unsaved = np.union1d(self._unsaved, new)
            self._missing = np.setdiff1d(self._missing, new)
        self._floor = min(self._floor, int(posts.min()))
        greatest = int(posts.max())
        self._newest = max(self._newest, greatest)
        kept = tuple(lost for lost in self._manifest.lost if lost.greatest > greatest)
        if kept != self._manifest.lost:
            self._manifest = replace(self._manifest, lost=kept)

    def note_removed(self, posts: NDArray[np.int64]) -> None:
        """Hears of posts that must not come back."""
        if posts.size:
            self._write_journal(-posts)
            self._unsaved = np.setdiff1d(self._unsaved, posts)
            self._missing = np.setdiff1d(self._missing, posts)

    def note_dropped(self, below: int) -> None:
        """Hears that older posts were forgotten."""
        self._floor = max(self._floor, below)
        self._missing = self._missing[self._missing >= below]
        self._unsaved = self._unsaved[self._unsaved >= below]

    def newest(self) -> int:
        """Greatest post id on disk without a gap below it."""
        gaps = [int(column[0]) for column in (self._missing, self._unsaved) if column.size]
        gaps += [lost.least for lost in self._manifest.lost]
        return max(min([self._newest + 1, *gaps]) - 1, self._floor - 1, 0)

    def missing(self) -> NDArray[np.int64]:
        """Posts known to be lost."""
        return self._missing.copy()

    def _write_journal(self, entries: NDArray[np.int64]) -> None:
        if self._journal:
            self._journal.write(entries)

    # -------------------------------------------------------------------------------- saving

    def save(self, segments: Sequence[Segment], quantisers: Mapping[int, Quantiser]) -> None:
        """Makes the folder hold exactly these segments, whatever moment a crash chooses.

        Files come first, then the manifest that names them, then what it no longer names goes.

        Raises:
            OSError: the disk refuses; the folder holds what it held.
        """
        old = self._manifest
        sealed = [segment for segment in segments if isinstance(segment, SealedSegment)]
        marks = tuple(self._sealed_mark(segment) for segment in sealed)
        journal = self.new_file("journal")
        manifest = Manifest(
            dim=self._space.dim,
            generation=old.generation + 1,
            newest=self._newest,
            floor=self._floor,
            next_slot=self._next_slot,
            sealed=marks,
            fresh=self._save_flat(segments),
            quantisers={n: self._quantiser_mark(q) for n, q in quantisers.items()},
            missing=self._save_missing(),
            lost=tuple(lost for lost in old.lost if lost.greatest >= self._floor),
            journal=journal.name,
        )
        opened = Journal(journal)
        try:
            write_manifest(self._path, manifest)
        except OSError:
            opened.close()
            raise
        self._manifest = manifest
        self._making -= {mark.file for mark in marks}
        if self._journal:
            self._journal.close()
        self._journal = opened
        self._unsaved = _NO_POSTS
        for segment, mark in zip(sealed, marks, strict=True):
            segment.mark = mark
            for rows in segment.buried:
                segment.code[rows] = 0  # a crash before the last one is mended by open_sealed
            segment.buried = []
        self._sweep()

    def _sealed_mark(self, segment: SealedSegment) -> SealedMark:
        """The mark as it will be when the rows buried since the last save are zero."""
        if not segment.buried:
            return segment.mark
        taken = rows_checksum(segment.code, np.concatenate(segment.buried))
        raw = np.packbits(segment.dead).tobytes()
        dead = write_marked(self.new_file("dead"), len(raw), raw)
        return replace(
            segment.mark,
            codes_sum=(segment.mark.codes_sum - taken) % (1 << 64),
            dead_file=dead.file,
            dead_crc=dead.crc,
        )

    def _save_flat(self, segments: Sequence[Segment]) -> FileMark | None:
        flat = [segment for segment in segments if isinstance(segment, FlatSegment)]
        kept = [np.flatnonzero(~segment.dead[: segment.n]) for segment in flat]
        post = np.concatenate([s.post[rows] for s, rows in zip(flat, kept, strict=True)])
        if post.size == 0:
            return None
        code = np.concatenate([s.code[rows] for s, rows in zip(flat, kept, strict=True)])
        raw = post.astype("<i8").tobytes() + code.tobytes()
        mark = write_marked(self.new_file("flat"), len(post), raw)
        return replace(mark, least=int(post.min()), greatest=int(post.max()))

    def _save_missing(self) -> FileMark | None:
        if self._missing.size == 0:
            return None
        raw = self._missing.astype("<i8").tobytes()
        mark = write_marked(self.new_file("missing"), len(self._missing), raw)
        return replace(mark, least=int(self._missing[0]), greatest=int(self._missing[-1]))

    def _quantiser_mark(self, quantiser: Quantiser) -> FileMark:
        known = self._manifest.quantisers.get(quantiser.number)
        if known and (self._path / known.file).is_file():
            return known
        packed = io.BytesIO()
        np.savez(
            packed,
            trained_on=quantiser.trained_on,
            cells=quantiser.cells,
            first=quantiser.first,
            lists=quantiser.lists,
            reach=quantiser.reach,
        )
        return write_marked(self.new_file("lists"), quantiser.n_lists, packed.getvalue())

    def _sweep(self) -> None:
        """Deletes what the manifest does not name, but not a segment that is being made."""
        named = named_files(self._manifest)
        for name in self._path.iterdir():
            making = name.name.removesuffix(".new") in self._making
            if name.name not in named and not making and name.is_file():
                name.unlink(missing_ok=True)


def _had_manifest(path: Path) -> bool:
    """Whether a file was made after the first manifest; a killed first opening leaves none."""
    generations = (name.name.split("-")[1:2] for name in path.iterdir())
    return any(part[0].isdigit() and int(part[0]) > 0 for part in generations if part)
