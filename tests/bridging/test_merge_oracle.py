"""Given the published scorer's models, the merge writes what the published scorer wrote."""

from __future__ import annotations

import numpy as np
import pytest
from tests.bridging.merge_oracle import MergeOracle, aligned

from stoa.bridging.outputs import Outputs, outputs
from stoa.note_records import NO_TIME, OutputTable

BARE_NAN = {"tf_idf_incorrect_interval"}
"""The published file writes "nan" for 0 / 0 here, and leaves other missing numbers empty."""


@pytest.fixture(scope="module")
def merge_oracle(shared_data) -> MergeOracle:
    folder = shared_data / "notes-oracle-1500-s1"
    if not folder.is_dir():
        pytest.skip(f"no {folder.name} in the shared data")
    return MergeOracle(folder)


@pytest.fixture(scope="module")
def written(merge_oracle) -> Outputs:
    return outputs(merge_oracle.data, merge_oracle.run())


def cell(value: object) -> str:
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else str(value)
    return "" if value == NO_TIME else str(value)


def different(ours: OutputTable, theirs: dict[str, np.ndarray]) -> dict[str, int]:
    """Columns that differ, and in how many cells."""
    counts = {
        name: sum(
            cell(a) != ("" if name in BARE_NAN and b == "nan" else b)
            for a, b in zip(ours.columns[name], column, strict=True)
        )
        for name, column in theirs.items()
    }
    return {name: n for name, n in counts.items() if n}


@pytest.mark.parametrize("name", ["scored_notes", "note_status_history", "aux_note_info"])
def test_every_cell_of_the_note_files_is_the_published_one(merge_oracle, written, name):
    ours, theirs = getattr(written, name), merge_oracle.output[name]
    assert list(ours.columns) == list(theirs)
    assert different(ours, theirs) == {}


def test_every_cell_of_the_contributor_file_is_the_published_one(merge_oracle, written):
    ours, theirs = written.helpfulness_scores, merge_oracle.output["helpfulness_scores"]
    assert list(ours.columns) == list(theirs)
    assert len(ours) == len(theirs["raterParticipantId"])  # theirs sorts ranks as text
    by_name = aligned(theirs, "raterParticipantId", list(ours.columns["raterParticipantId"]))
    assert different(ours, by_name) == {}


def test_the_oracle_exercises_many_rules(merge_oracle):
    result = merge_oracle.run()
    seen = int(np.bitwise_or.reduce(result.meta.active_rules))
    assert bin(seen).count("1") >= 12
