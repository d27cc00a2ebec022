"""Checks an export of own notes against itself, and names the first thing that does not fit.

In this order: the key and the signed head; the log against the head; earlier heads; the rules of
the log; every file made again from the log; the runs made again by the scorer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from stoa.errors import BadInput, LogDamaged, StoaError
from stoa.note_records import NotesData, RunTimes
from stoa.notes import export, merkle
from stoa.notes.book import Book
from stoa.notes.checkpoint import VerifierKey, open_checkpoint
from stoa.notes.entries import decode, encode
from stoa.notes.export import Sealed, write_export
from stoa.notes.note_data import notes_data
from stoa.notes.public_tables import ENROLLMENT, HISTORY, NOTES, RATINGS
from stoa.notes.run_entries import decisions
from stoa.notes.scorer import SMALL_SQUARE, Scorer, score_small_square
from stoa.own_notes import Checkpoint, RunMade, SignedCheckpoint, StateDecided, StatusDecided
from stoa.ports import ExportFolder

FILES = (
    export.KEY,
    export.CHECKPOINT,
    export.LOG,
    export.LEAF_HASHES,
    export.CHECKPOINTS,
    NOTES,
    RATINGS,
    HISTORY,
    ENROLLMENT,
    export.PROOFS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the verifier holds that is not of the folder, and how much is to be done."""

    key: str | None = None  # vkey; None takes the one in the folder
    earlier: Sequence[str] = ()  # texts of signed checkpoints
    every_run: bool = False  # make all runs again, not the last one alone
    scorer: Scorer = score_small_square
    scorer_name: str = SMALL_SQUARE


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing that does not fit."""

    file: str
    line: int | None  # from 1; of the log: its entry + 1
    what: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, up to the first difference."""

    difference: Difference | None
    checked: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything fits."""
        return self.difference is None


class _Differs(Exception):
    """Carries the first difference out of whatever found it."""

    def __init__(self, file: str, line: int | None, what: str) -> None:
        super().__init__(what)
        self.difference = Difference(file, line, what)


def verify(folder: ExportFolder, scratch: ExportFolder, trust: Trust | None = None) -> Report:
    """Checks an export.

    Args:
        folder: the export.
        scratch: an empty folder; the export is made again in it.
        trust: what is held besides; by default nothing.
    """
    checking = _Checking(folder, scratch, trust or Trust())
    try:
        checking.run()
    except _Differs as found:
        return Report(found.difference, tuple(checking.checked))
    return Report(None, tuple(checking.checked))


class _Checking:
    """One pass over one export."""

    def __init__(self, folder: ExportFolder, scratch: ExportFolder, trust: Trust) -> None:
        self._folder = folder
        self._scratch = scratch
        self._trust = trust
        self.checked: list[str] = []

    def run(self) -> None:
        """All checks in order."""
        texts = self._read_all()
        key = self._key(texts[export.KEY])
        head = self._head(texts[export.CHECKPOINT], key)
        leaves, tree = self._log(texts, head)
        checkpoints = self._heads(texts, key, tree)
        book = self._book(leaves)
        self._made_again(texts, Sealed(leaves, checkpoints, key), book)
        self._proofs(checkpoints, key, tree, book)
        self._runs(leaves, book)

    def _read_all(self) -> dict[str, bytes]:
        there = set(self._folder.names())
        for name in FILES:
            if name not in there:
                raise _Differs(name, None, "the file is missing")
        for name in sorted(there - set(FILES)):
            raise _Differs(name, None, "the file is no part of an export; take it out")
        texts: dict[str, bytes] = {}
        for name in FILES:
            try:
                texts[name] = self._folder.read(name)
            except StoaError as fault:
                raise _Differs(name, None, str(fault)) from fault
        return texts

    def _key(self, text: bytes) -> VerifierKey:
        try:
            key = VerifierKey.parse(_one_line(text))
            held = key if self._trust.key is None else VerifierKey.parse(self._trust.key)
        except BadInput as fault:
            raise _Differs(export.KEY, 1, str(fault)) from fault
        if key != held:
            raise _Differs(export.KEY, 1, f"it is {key}, not the one held, {held}")
        trusted = "the key in the folder, which is trusted" if self._trust.key is None else "held"
        self.checked.append(f"key {key} ({trusted})")
        return held

    def _head(self, text: bytes, key: VerifierKey) -> Checkpoint:
        try:
            head = open_checkpoint(_decoded(text), key)
        except BadInput as fault:
            raise _Differs(export.CHECKPOINT, None, str(fault)) from fault
        self.checked.append(f"the head of {head.size:,} entries is signed")
        return head

    def _log(self, texts: dict[str, bytes], head: Checkpoint) -> tuple[list[bytes], merkle.Heights]:
        """The log against the signed head; a list of hashes beside it tells which entry is off."""
        leaves = _lines(texts[export.LOG], export.LOG)
        tree = merkle.Heights([merkle.leaf_hash(leaf) for leaf in leaves])
        if len(leaves) == head.size and tree.root() == head.root:
            self.checked.append("the log is the one that was signed")
            return leaves, tree
        signed = texts[export.LEAF_HASHES].decode(errors="replace").split("\n")[:-1]
        for line, (hash_, listed) in enumerate(zip(tree.leaves, signed, strict=False), 1):
            if export.told(hash_) != listed:
                raise _Differs(export.LOG, line, "it is not the entry that was signed")
        if len(leaves) != head.size:
            what = f"the log has {len(leaves)} entries, {head.size} were signed"
            raise _Differs(export.LOG, min(len(leaves), head.size) + 1, what)
        raise _Differs(export.CHECKPOINT, None, "its head is not that of the log")

    def _heads(
        self, texts: dict[str, bytes], key: VerifierKey, tree: merkle.Heights
    ) -> list[SignedCheckpoint]:
        """Earlier heads, those in the folder and those held, are heads of this log."""
        found: list[SignedCheckpoint] = []
        for line, text in enumerate(_lines(texts[export.CHECKPOINTS], export.CHECKPOINTS), 1):
            try:
                signed = json.loads(text)["signed"]
                head = _kept(signed, key, tree)
            except (BadInput, ValueError, KeyError, TypeError, AttributeError) as fault:
                raise _Differs(export.CHECKPOINTS, line, str(fault)) from fault
            if found and head.size <= found[-1].size:
                raise _Differs(export.CHECKPOINTS, line, "it is no larger than the one before")
            found.append(SignedCheckpoint(head.size, signed))
        if not found or found[-1].text.encode() != texts[export.CHECKPOINT]:
            raise _Differs(export.CHECKPOINTS, len(found), "the last is not that of checkpoint.txt")
        for number, signed in enumerate(self._trust.earlier, 1):
            try:
                _kept(signed, key, tree)
            except BadInput as fault:
                what = f"checkpoint {number} of those held was not kept: {fault}"
                raise _Differs(export.LOG, None, what) from fault
        n = len(found) + len(self._trust.earlier)
        self.checked.append(f"{n} earlier heads are of this log")
        return found

    def _book(self, leaves: list[bytes]) -> Book:
        try:
            book = Book().read(leaves)
        except LogDamaged as fault:
            raise _Differs(export.LOG, fault.entry + 1, fault.what) from fault
        self.checked.append(f"{book.size:,} entries keep the rules of the log")
        return book

    def _made_again(self, texts: dict[str, bytes], sealed: Sealed, book: Book) -> None:
        """Every file, made again from the log, is the one in the folder."""
        write_export(sealed, book, self._scratch)
        for name in FILES:
            expected = self._scratch.read(name)
            if texts[name] != expected:
                raise _first_difference(name, texts[name], expected)
        self.checked.append(f"{len(FILES)} files are what the log says")

    def _proofs(
        self,
        checkpoints: Sequence[SignedCheckpoint],
        key: VerifierKey,
        tree: merkle.Heights,
        book: Book,
    ) -> None:
        """The proofs hold by the verifier's side of the mathematics too."""
        before = Checkpoint(key.name, 0, merkle.EMPTY)
        for line, signed in enumerate(checkpoints, 1):
            head = open_checkpoint(signed.text, key)
            proof = tree.consistency(before.size, head.size)
            if not merkle.is_consistent(before.size, before.root, head.size, head.root, proof):
                raise _Differs(export.CHECKPOINTS, line, "the head before was not kept in it")
            before = head
        for line, entry in enumerate(book.status_entries, 1):
            proof = tree.inclusion(entry)
            leaf = tree.leaves[entry]
            if not merkle.is_included(leaf, entry, before.size, proof, before.root):
                raise _Differs(export.PROOFS, line, "the status is not in the signed log")
        n = len(book.status_entries)
        self.checked.append(f"{n:,} decided statuses are in the log, each earlier head was kept")

    def _runs(self, leaves: list[bytes], book: Book) -> None:
        """The scorer, run again on what a run saw, decides what the log says it decided."""
        runs = book.runs if self._trust.every_run else book.runs[-1:]
        again = Book()
        for entry, run in runs:
            again.read(leaves[again.size : run.seen])
            data = notes_data(again)
            self._run_again(leaves, entry, run, data)
        self.checked.append(f"{len(runs)} of {len(book.runs)} runs decide the same again")

    def _run_again(self, leaves: list[bytes], entry: int, run: RunMade, data: NotesData) -> None:
        if run.scorer != self._trust.scorer_name:
            what = f"the run was made by {run.scorer!r}, this is {self._trust.scorer_name!r}"
            raise _Differs(export.LOG, entry + 1, what)
        times = RunTimes(run.at_ms, run.previous_cutoff_ms, run.wall_ms)
        try:
            expected = [encode(d) for d in decisions(data, self._trust.scorer(data, times))]
        except StoaError as fault:
            raise _Differs(export.LOG, entry + 1, f"the run cannot be made: {fault}") from fault
        logged = _decided(leaves, entry + 1)
        for place in range(max(len(expected), len(logged))):
            wanted = expected[place] if place < len(expected) else b"nothing more"
            found = logged[place] if place < len(logged) else b"nothing more"
            if wanted != found:
                what = f"the run decides {_shown(wanted)}, the log says {_shown(found)}"
                raise _Differs(export.LOG, entry + 2 + place, what)


def _kept(signed: str, key: VerifierKey, tree: merkle.Heights) -> Checkpoint:
    """A signed head that is one of the tree.

    Raises:
        BadInput: it is not.
    """
    head = open_checkpoint(signed, key)
    if head.size > tree.size or tree.root(head.size) != head.root:
        raise BadInput("head", head.size, "the log does not have this head at that size")
    return head


def _decided(leaves: list[bytes], start: int) -> list[bytes]:
    """The decisions that stand from an entry on."""
    stop = start
    while stop < len(leaves) and isinstance(decode(leaves[stop]), StatusDecided | StateDecided):
        stop += 1
    return leaves[start:stop]


def _lines(text: bytes, name: str) -> list[bytes]:
    """Lines that each end in a newline."""
    lines = text.split(b"\n")
    if lines.pop():
        raise _Differs(name, len(lines) + 1, "the last line does not end")
    return lines


def _one_line(text: bytes) -> str:
    line = _decoded(text)
    if not line.endswith("\n"):
        raise BadInput("key", line, "the line does not end")
    return line[:-1]


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as fault:
        raise BadInput("text", text[:60], "this is not UTF-8") from fault


def _first_difference(name: str, found: bytes, expected: bytes) -> _Differs:
    """Where two texts of one file first differ; the column too, in a table."""
    there, wanted = found.split(b"\n"), expected.split(b"\n")
    pairs = zip(there, wanted, strict=False)
    line = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(there), len(wanted)))
    a = there[line] if line < len(there) else b""
    b = wanted[line] if line < len(wanted) else b""
    column = ""
    if name.endswith(".tsv"):
        cells, cells_wanted = a.split(b"\t"), b.split(b"\t")
        same = [x == y for x, y in zip(cells, cells_wanted, strict=False)]
        place = same.index(False) if False in same else len(same)
        header = wanted[0].split(b"\t")
        if place < min(len(header), len(cells), len(cells_wanted)):
            column = f"column {header[place].decode()}: "
            a, b = cells[place], cells_wanted[place]
    return _Differs(name, line + 1, f"{column}it has {_shown(a)}, the log says {_shown(b)}")


def _shown(text: bytes) -> str:
    shown = repr(text.decode(errors="replace"))
    return shown if len(shown) <= 120 else shown[:117] + "..."
