"""Runs in which only some of the scorers take part."""

import json

import numpy as np
import pytest
from tests.cli.called import stoa
from tests.notes.conftest import score
from tests.notes.two_sides import TIMES, two_sides

from stoa.bridging.choice import Choice
from stoa.bridging.run import prescore_all, score_all


@pytest.fixture(scope="module")
def world():
    return two_sides()


def test_a_scorer_says_alone_what_it_says_among_all(world):
    choice = Choice.of("MFCoreScorer,GaussianCoreWithTopicsScorer")
    made = prescore_all(world.data, choice=choice)
    alone = score_all(world.data, made, TIMES, choice=choice)
    among = score_all(world.data, prescore_all(world.data), TIMES)
    said, all_said = alone.spoken.verdicts.models, among.spoken.verdicts.models
    assert set(said) == {"core", "gaussianCoreWithTopics"}
    for prefix, model in said.items():
        for name in ("intercept", "factor", "status", "active_rules"):
            expected = getattr(all_said[prefix], name)
            np.testing.assert_array_equal(getattr(model, name), expected, prefix)
    assert [rule for rule in alone.meta.rules if "Model" in rule] == [
        "CoreModel (v1.1)",
        "GaussianCoreWithTopicsModel (v1.0)",
    ]
    assert {voice.prefix for voice in alone.spoken.raters} == {"core"}


def test_the_command_hears_some_and_the_run_it_keeps_answers(run, tmp_path):
    done = score(run.files, tmp_path / "out", "--scorers", "MFExpansionScorer,MFCoreScorer")
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "out" / "scored_notes.tsv").read_text(encoding="utf-8").split("\n")
    names, rows = lines[0].split("\t"), [line.split("\t") for line in lines[1:-1]]
    filled = {name for i, name in enumerate(names) if any(row[i] for row in rows)}
    assert {"coreNoteIntercept", "expansionNoteIntercept"} <= filled
    assert not {"groupNoteIntercept", "gaussianNoteIntercept", "coverageNoteIntercept"} & filled
    note = run.world.data.notes.id[3]
    again = stoa("notes", "recompute", note, "--work", tmp_path / "out" / "work", "--json")
    told = json.loads(again.stdout)
    assert told["agrees"] is True
    assert {model["scorer"] for model in told["models"]} <= {"MFCoreScorer", "MFExpansionScorer"}


def test_an_unknown_scorer_stops_the_command_before_it_reads(run, tmp_path):
    done = score(run.files, tmp_path / "out", "--scorers", "CoreModel")
    assert done.returncode == 1
    assert "stoa: --scorers is 'CoreModel': give some of MFCoreScorer, " in done.stderr
