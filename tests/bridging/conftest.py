import csv
import gzip

import numpy as np
import pytest

from stoa.tables.public import read_public


@pytest.fixture(scope="session")
def oracle(shared_data):
    """What the published scorer made of a small synthetic snapshot."""
    found = shared_data / "notes-oracle-1500-s1"
    if not found.is_dir():
        pytest.skip(f"no oracle run at {found}; see STOA_SHARED")
    return found


@pytest.fixture(scope="session")
def oracle_data(oracle):
    kinds = ("notes", "ratings", "noteStatusHistory", "userEnrollment")
    return read_public(*([oracle / "input" / f"{kind}-00000.tsv.gz"] for kind in kinds))[0]


@pytest.fixture(scope="session")
def oracle_groups(oracle, oracle_data):
    """Upstream's postSelectionValue and quasiCliqueValue of each rater; 0 for none."""
    row = {name: i for i, name in enumerate(oracle_data.contributors.name)}
    found = np.zeros((2, len(row)), dtype=np.int32)
    path = oracle / "prescoring" / "prescoring_rater_model_output.tsv.gz"
    with gzip.open(path, "rt") as lines:
        for cells in csv.DictReader(lines, delimiter="\t"):
            for column, name in enumerate(("postSelectionValue", "quasiCliqueValue")):
                if cells[name]:
                    found[column, row[cells["raterParticipantId"]]] = float(cells[name])
    return found
