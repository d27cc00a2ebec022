"""Compares two folders of outputs, ours or the published scorer's, packed or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stoa.bridging.output_columns import (
    AUX_NOTE_INFO,
    HELPFULNESS_SCORES,
    NOTE_STATUS_HISTORY,
    SCORED_NOTES,
)
from stoa.errors import BadTable
from stoa.note_records import OutputTable
from stoa.notes.column_differences import GroupDifference, column_differences
from stoa.notes.differences import Aligned, StatusDifference, status_differences
from stoa.tables.blocks import SUFFIXES
from stoa.tables.outputs import read_output

FILES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "scored_notes": ("noteId", SCORED_NOTES),
    "note_status_history": ("noteId", NOTE_STATUS_HISTORY),
    "aux_note_info": ("noteId", AUX_NOTE_INFO),
    "helpfulness_scores": ("raterParticipantId", HELPFULNESS_SCORES),
}
TOLERANCE = 0.01
"""Numbers further apart count as far; the published scorer stops within this of its optimum."""


@dataclass(frozen=True, slots=True)
class FoldersDifference:
    """What differs between two folders of outputs."""

    n_notes: int  # in both
    n_only_first: int
    n_only_second: int
    statuses: list[StatusDifference]
    groups: list[GroupDifference]  # without those of no difference
    missing: list[str]  # files that one of the folders lacks

    @property
    def is_nothing(self) -> bool:
        """Whether the two are the same in every cell."""
        return not (
            self.statuses or self.groups or self.missing or self.n_only_first or self.n_only_second
        )


def compare_folders(first: Path, second: Path) -> FoldersDifference:
    """Compares two folders.

    Raises:
        BadTable: a folder has no scored notes, or a file is no output.
    """
    scored = aligned(first, second, "scored_notes")
    groups: list[GroupDifference] = []
    missing: list[str] = []
    for file, (_, columns) in FILES.items():
        if file != "scored_notes" and not (find(first, file) and find(second, file)):
            missing += [file] if find(first, file) or find(second, file) else []
            continue
        pair = scored if file == "scored_notes" else aligned(first, second, file)
        groups += column_differences(file, pair, columns, TOLERANCE)
    return FoldersDifference(
        n_notes=len(scored.rows),
        n_only_first=scored.n_only_first,
        n_only_second=scored.n_only_second,
        statuses=status_differences(scored),
        groups=[group for group in groups if group.n_rows],
        missing=missing,
    )


def aligned(first: Path, second: Path, file: str) -> Aligned:
    """One output file of both folders, row beside row."""
    key, columns = FILES[file]
    return Aligned.of(_read(first, file, columns), _read(second, file, columns), key)


def find(folder: Path, file: str) -> Path | None:
    """An output file in a folder, under any of the names it may have."""
    return next((p for s in SUFFIXES if (p := folder / f"{file}{s}").is_file()), None)


def _read(folder: Path, file: str, columns: tuple[str, ...]) -> OutputTable:
    path = find(folder, file)
    if path is None:
        mend = f"no {file}.tsv is in this folder; give the --out of a run"
        raise BadTable(folder.name or str(folder), str(folder), mend)
    table = read_output(path)
    lacking = [name for name in columns if name not in table.columns]
    if lacking:
        mend = "the column is missing; give an output of this scorer or of the published one"
        raise BadTable(path.name, list(table.columns)[:3], mend, column=lacking[0])
    return table
