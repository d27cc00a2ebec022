from __future__ import annotations

import json

import pytest

from stoa.artifacts.verifier import SHIPPED_VERIFIER, read_verifier, verifier_bytes
from stoa.ask_records import VerifierWeights
from stoa.errors import BadModel


def test_what_ships_reads_and_writes_the_same_bytes():
    assert verifier_bytes(read_verifier()) == SHIPPED_VERIFIER.read_bytes()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda body: body | {"format": 7}, "of format 7"),
        (lambda body: body | {"arrays": {}}, "not what its hash says"),
        (lambda body: [body], "no JSON object"),
        (lambda body: {key: body[key] for key in body if key != "sha256"}, "its hash"),
    ],
)
def test_a_changed_file_is_refused(tmp_path, change, told):
    path = tmp_path / "verifier.json"
    path.write_text(json.dumps(change(json.loads(SHIPPED_VERIFIER.read_bytes()))))
    with pytest.raises(BadModel, match=told):
        read_verifier(path)


def test_a_cut_or_missing_file_is_refused(tmp_path):
    path = tmp_path / "verifier.json"
    with pytest.raises(BadModel, match="install Stoa again"):
        read_verifier(path)
    path.write_bytes(SHIPPED_VERIFIER.read_bytes()[:-200])
    with pytest.raises(BadModel, match="install Stoa again"):
        read_verifier(path)


def test_a_number_that_is_none_is_not_written():
    with pytest.raises(BadModel, match="NaN or infinity in slope"):
        verifier_bytes(VerifierWeights({}, {"slope": (float("nan"),)}))
