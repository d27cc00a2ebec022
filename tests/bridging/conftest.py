"""Small tables of ratings, and the oracle."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest
from tests.bridging.oracle import read_oracle

from stoa.tables.public import read_public


@pytest.fixture(scope="session")
def oracle_folder(shared_data):
    """A run of the published scorer on 80,000 synthetic ratings: inputs, outputs, prescoring."""
    folder = shared_data / "notes-oracle-1500-s1"
    if not folder.is_dir():
        pytest.skip(f"no oracle run at {folder}; see STOA_SHARED")
    return folder


@pytest.fixture(scope="session")
def oracle(oracle_folder):
    """The same run, read for the factorisation."""
    return read_oracle(oracle_folder)


@pytest.fixture(scope="session")
def camps():
    """2,000 ratings of 60 notes by 80 raters in two camps, in 0, 0.5, 1."""
    return two_camps(n_notes=60, n_raters=80, n_ratings=2000, seed=3)


def two_camps(n_notes: int, n_raters: int, n_ratings: int, seed: int):
    """Note, rater and value of distinct pairs; most notes please one camp, some both."""
    rng = np.random.default_rng(seed)
    pair = rng.choice(n_notes * n_raters, size=n_ratings, replace=False)
    note, rater = pair // n_raters, pair % n_raters
    side = np.where(rng.random(n_raters) < 0.45, 1.0, -1.0)
    slant, quality = rng.choice([-1.0, 0.0, 1.0], n_notes), rng.normal(0, 0.4, n_notes)
    liking = quality[note] + 0.8 * side[rater] * slant[note] + rng.normal(0, 0.4, n_ratings)
    value = np.clip(np.round(liking + 0.5) / 2 + 0.25, 0, 1)
    return note, rater, np.round(value * 2) / 2


@pytest.fixture(scope="session")
def oracle_data(oracle_folder):
    kinds = ("notes", "ratings", "noteStatusHistory", "userEnrollment")
    return read_public(*([oracle_folder / "input" / f"{kind}-00000.tsv.gz"] for kind in kinds))[0]


@pytest.fixture(scope="session")
def oracle_groups(oracle_folder, oracle_data):
    """Upstream's postSelectionValue and quasiCliqueValue of each rater; 0 for none."""
    row = {name: i for i, name in enumerate(oracle_data.contributors.name)}
    found = np.zeros((2, len(row)), dtype=np.int32)
    path = oracle_folder / "prescoring" / "prescoring_rater_model_output.tsv.gz"
    with gzip.open(path, "rt") as lines:
        for cells in csv.DictReader(lines, delimiter="\t"):
            for column, name in enumerate(("postSelectionValue", "quasiCliqueValue")):
                if cells[name]:
                    found[column, row[cells["raterParticipantId"]]] = float(cells[name])
    return found
