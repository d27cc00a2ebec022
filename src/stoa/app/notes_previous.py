"""Reads the outputs of the run before, for a run that scores only some notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stoa.bridging.earlier import Earlier
from stoa.bridging.output_columns import AUX_NOTE_INFO, SCORED_NOTES
from stoa.errors import BadTable
from stoa.note_records import NO_TIME, OutputTable
from stoa.tables.outputs import read_output


@dataclass(frozen=True, slots=True)
class PreviousOutputs:
    """Two outputs of the run before, ours or the published scorer's, packed or not."""

    scored_notes: Path
    aux_note_info: Path

    def read(self, tell: Callable[[str, float | None], None]) -> Earlier:
        """Both tables.

        Raises:
            BadTable: a file is missing, damaged or no such output.
        """
        tell("reading the run before", None)
        return Earlier(
            _read(self.scored_notes, SCORED_NOTES), _read(self.aux_note_info, AUX_NOTE_INFO)
        )


def _read(path: Path, columns: Sequence[str]) -> OutputTable:
    table = read_output(path)
    lacking = [name for name in columns if name not in table.columns]
    if lacking:
        mend = "the column is missing; give this output as a whole run wrote it"
        raise BadTable(path.name, list(table.columns)[:3], mend, column=lacking[0])
    ids = table.columns["noteId"]
    if len(ids) and ids.dtype.kind != "i":
        raise BadTable(path.name, ids[0], "a whole number is needed", column="noteId")
    once, counts = np.unique(ids, return_counts=True)
    wrong = once[(counts > 1) | (once == NO_TIME)]
    if len(wrong):
        value = "" if wrong[0] == NO_TIME else int(wrong[0])
        raise BadTable(path.name, value, "each note needs one row", column="noteId")
    return table
