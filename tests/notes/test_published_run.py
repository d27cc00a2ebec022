"""The published scorer's run beside ours: how far they agree, and every note of it made again."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from benchmarks import notes_agreement
from tests.cli.called import stoa

from stoa.app.notes_case import open_run, read_case
from stoa.notes.recompute import recompute

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def oracle_folder(shared_data):
    folder = shared_data / "notes-oracle-1500-s1"
    if not folder.is_dir():
        pytest.skip(f"no oracle run at {folder}; see STOA_SHARED")
    return folder


@pytest.fixture(scope="module")
def ours(oracle_folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("oracle") / "out"
    files = oracle_folder / "input"
    done = stoa(
        *("notes", "score", "--out", out, "--json"),
        *("--notes", files / "notes-00000.tsv.gz", "--ratings", files / "ratings-00000.tsv.gz"),
        *("--status-history", files / "noteStatusHistory-00000.tsv.gz"),
        *("--enrollment", files / "userEnrollment-00000.tsv.gz"),
        *("--as-of", "1784073600000", "--previous-cutoff", "1784066400000"),
        *("--wall-clock", "2026-11-23T17:40:00Z"),
    )
    assert done.returncode == 0, done.stderr
    return out


def test_statuses_agree_with_the_published_run(oracle_folder, ours):
    figures, differences = notes_agreement.agreement(oracle_folder / "output", ours)
    assert figures["final_status"] >= 0.995
    assert figures["final_status_not_nmr"] >= 0.98
    assert figures["contributor_states"] >= 0.99
    assert figures["models"]["MFCoreScorer"]["status"] >= 0.99
    assert all(found["cause"] for found in differences["final"])
    assert all(found["cause"] for listed in differences["models"].values() for found in listed)


def test_notes_come_out_as_the_run_kept_them(ours):
    store = open_run(ours / "work")
    heard = set()
    for note in store["notes"]["id"].whole()[::12].tolist():
        found = recompute(read_case(store, note))
        assert found.agrees, note
        heard |= {step.record.config.name for step in found.models}
        for step in found.models:
            for rule in step.rules:
                assert rule.acted == all(c.holds for c in rule.conditions), (note, rule)
            kept, again = step.kept.signals, step.record.signals
            for name in ("intercept_max", "no_correlated", "low_diligence", "tag_adjusted"):
                if getattr(kept, name) is not None:
                    pair = getattr(kept, name), getattr(again, name)
                    np.testing.assert_allclose(*pair, atol=1e-5, err_msg=f"{note} {name}")
        for name in ("locked", "window_ms", "first_status_ms", "above_pcrh_ms", "decided_by"):
            assert getattr(found.history, name)[0] == getattr(found.case.kept.history, name)[0]
    assert {"MFGroupScorer_14", "GaussianScorer", "MFTopicScorer_GazaConflict"} <= heard


def test_one_note_takes_little_time(ours):
    """A second on a machine of its own; CPU time is counted here, for test machines are busy."""
    note = int(open_run(ours / "work")["notes"]["id"].whole()[700])
    command = [sys.executable, "-m", "stoa.cli", "notes", "recompute", str(note), "--json"]
    child = subprocess.Popen(
        [*command, "--work", str(ours / "work")], stdout=subprocess.PIPE, text=True
    )
    told = json.loads(child.stdout.read())
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    child.stdout.close()
    assert told["agrees"] is True
    assert usage.ru_utime + usage.ru_stime < 3
