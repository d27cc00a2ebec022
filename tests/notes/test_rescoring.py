"""A run of some notes: what it scores is what a whole run says, and the rest stays as it was."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.cli.called import stoa
from tests.notes.conftest import score
from tests.notes.two_sides import NOW_MS, TIMES, two_sides

from stoa.app.notes_files import PublicFiles
from stoa.app.notes_previous import PreviousOutputs
from stoa.bridging.earlier import Earlier
from stoa.bridging.outputs import outputs
from stoa.bridging.run import prescore_all, score_all
from stoa.cli.notes_scoring import outputs_before
from stoa.errors import BadInput, BadTable, TooManyFlips
from stoa.note_records import HOUR_MS, OutputTable, RunTimes, Status

TABLES = ("scored_notes", "note_status_history", "aux_note_info", "helpfulness_scores")
MAY_DIFFER = {
    "scored_notes": {"rescoringActiveRules"},
    "note_status_history": {"timestampMillisOfCurrentStatus"},
    "aux_note_info": {"lowDiligenceIntercept"},
    "helpfulness_scores": set(),
}
"""The subsets have other names; a note that passes through was last scored by the run before; the
descent of the diligence model ends by the loss of the notes in it."""


@pytest.fixture(scope="module")
def an_hour_later():
    """A snapshot an hour after a run, its prescoring, its times, and a whole run of it."""
    data = two_sides().data
    made = prescore_all(data)
    data = replace(data, history=score_all(data, made, TIMES).history)
    cutoff_ms = int(np.quantile(data.ratings.at_ms, 0.97))
    times = RunTimes(NOW_MS + HOUR_MS, cutoff_ms, NOW_MS + HOUR_MS)
    return data, made, times, score_all(data, made, times)


def earlier(data, result, rows=None):
    tables = outputs(data, result)
    cut = slice(None) if rows is None else rows
    return Earlier(
        *(
            OutputTable({name: column[cut] for name, column in table.columns.items()})
            for table in (tables.scored_notes, tables.aux_note_info)
        )
    )


def test_some_notes_beside_a_whole_run_of_the_same_data_give_that_run(an_hour_later):
    data, made, times, full = an_hour_later
    part = score_all(data, made, times, earlier=earlier(data, full))
    assert 20 < part.partial.scored.sum() < 200
    assert (part.rescoring != "").tolist() == part.partial.scored.tolist()
    expected, found = outputs(data, full), outputs(data, part)
    for name in TABLES:
        first, second = (getattr(side, name).columns for side in (expected, found))
        assert list(first) == list(second)
        for column in first:
            assert first[column].dtype == second[column].dtype, column
            if column not in MAY_DIFFER[name]:
                np.testing.assert_array_equal(first[column], second[column], column)
    scored = part.partial.scored
    times_of = found.note_status_history.columns["timestampMillisOfCurrentStatus"]
    assert set(times_of[scored]) == {NOW_MS + HOUR_MS}
    assert set(times_of[~scored]) == {NOW_MS}
    low = [t.aux_note_info.columns["lowDiligenceIntercept"] for t in (expected, found)]
    np.testing.assert_array_equal(low[0][~scored], low[1][~scored])
    np.testing.assert_allclose(low[0][scored], low[1][scored], atol=0.03)


def test_nothing_of_the_notes_that_pass_through_is_scored(an_hour_later):
    data, made, times, full = an_hour_later
    before = earlier(data, full)
    marked = before.scored_notes.columns | {"coreNoteIntercept": np.full(len(data.notes), 9.0)}
    before = replace(before, scored_notes=OutputTable(marked))
    part = score_all(data, made, times, earlier=before)
    core = outputs(data, part).scored_notes.columns["coreNoteIntercept"]
    scored = part.partial.scored
    assert set(core[~scored]) == {9.0}
    assert (core[scored] < 1).all()
    for model in part.spoken.verdicts.models.values():
        if model.scorer != "ReputationScorer":
            assert (model.status[~scored] == Status.NONE).all()


def test_a_note_that_no_run_has_scored_is_scored(an_hour_later):
    data, made, times, full = an_hour_later
    all_pass = replace(times, previous_cutoff_ms=NOW_MS)
    quiet = np.flatnonzero(
        ~score_all(data, made, all_pass, earlier=earlier(data, full)).partial.scored
    )
    lacking, unknown = quiet[:2]
    known = data.history.known.copy()
    known[unknown] = False
    data = replace(data, history=replace(data.history, known=known))
    before = earlier(data, full, np.arange(len(data.notes)) != lacking)
    part = score_all(data, made, all_pass, earlier=before)
    assert part.partial.scored[[lacking, unknown]].all()
    assert not part.partial.scored[quiet[2:]].any()
    found = outputs(data, part).scored_notes.columns
    assert found["noteId"].tolist() == data.notes.id.tolist()
    assert found["finalRatingStatus"][lacking] != ""


def test_the_notes_that_are_scored_are_checked_for_flips(an_hour_later):
    data, made, times, full = an_hour_later
    wrong = np.where(data.history.current == 2, 1, 2).astype(np.int8)
    few = np.arange(len(data.notes)) % 3 == 0
    upset = replace(data.history, current=np.where(few, data.history.current, wrong))
    upset = replace(data, history=upset)
    before = earlier(data, full)
    score_all(upset, made, replace(times, previous_cutoff_ms=NOW_MS), earlier=before)
    with pytest.raises(TooManyFlips, match="NOTES_WITH_NEW_RATINGS"):
        score_all(
            upset,
            made,
            replace(times, previous_cutoff_ms=0),
            flips_are_checked=True,
            earlier=before,
        )


def test_the_command_scores_what_must_be_and_passes_the_rest_through(run, tmp_path):
    history = run.out / "note_status_history.tsv"
    (tmp_path / "files").mkdir()
    for path in run.files.iterdir():
        source = history if path.name.startswith("history") else path
        (tmp_path / "files" / path.name).write_bytes(source.read_bytes())
    ratings = run.world.data.ratings
    cutoff = int(np.quantile(ratings.at_ms, 0.97))
    asked = ("--previous-cutoff", cutoff, "--work", tmp_path / "work", "--json")
    full = score(tmp_path / "files", tmp_path / "full", *asked)
    assert full.returncode == 0, full.stderr
    before = tmp_path / "full"
    part = score(
        *(tmp_path / "files", tmp_path / "part", *asked),
        *("--previous-scored-notes", before / "scored_notes.tsv"),
        *("--previous-aux-note-info", before / "aux_note_info.tsv"),
    )
    assert part.returncode == 0, part.stderr
    told = [json.loads(done.stdout) for done in (full, part)]
    assert told[0]["scored"] == 240
    assert 20 < told[1]["scored"] < 200
    for figure in ("notes", "helpful", "not_helpful", "needs_more_ratings"):
        assert told[0][figure] == told[1][figure]
    assert told[1]["resumed"]
    people = [folder / "helpfulness_scores.tsv" for folder in (before, tmp_path / "part")]
    assert people[0].read_bytes() == people[1].read_bytes()
    lines = [
        (folder / "scored_notes.tsv").read_text(encoding="utf-8").split("\n")
        for folder in (before, tmp_path / "part")
    ]
    at = lines[0][0].split("\t").index("rescoringActiveRules")
    cells = [[line.split("\t") for line in side if line] for side in lines]
    for first, second in zip(*cells, strict=True):
        assert first[:at] + first[at + 1 :] == second[:at] + second[at + 1 :]
    # The kept run is still that of all notes, and answers.
    note = run.world.data.notes.id[0]
    again = stoa("notes", "recompute", note, "--work", tmp_path / "work", "--json")
    assert json.loads(again.stdout)["agrees"] is True


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((Path("a"), None, "5"), "--previous-aux-note-info is None"),
        ((None, Path("a"), "5"), "--previous-scored-notes is None"),
        ((Path("a"), Path("a"), None), "--previous-cutoff is None: say when"),
    ],
)
def test_half_of_the_run_before_is_refused(given, named):
    with pytest.raises(BadInput, match=named):
        outputs_before(*given)


def test_without_the_run_before_every_note_is_scored():
    assert outputs_before(None, None, None) is None


def read(run, tmp_path, changed: str = "", scored: str = "scored_notes.tsv"):
    path = run.out / scored
    if changed:
        path = tmp_path / scored
        path.write_text(changed, encoding="utf-8")
    return PreviousOutputs(path, run.out / "aux_note_info.tsv").read(lambda step, share: None)


def test_other_files_than_those_of_a_run_before_are_refused(run, tmp_path):
    lines = (run.out / "scored_notes.tsv").read_text(encoding="utf-8").split("\n")
    assert len(read(run, tmp_path).scored_notes) == len(lines) - 2
    with pytest.raises(BadTable, match=r"aux_note_info.tsv, column coreNoteIntercept is"):
        read(run, tmp_path, scored="aux_note_info.tsv")
    with pytest.raises(BadTable, match=r"nothing.tsv is .* no such file"):
        read(run, tmp_path, scored="nothing.tsv")
    with pytest.raises(BadTable, match=r"column noteId is .* each note needs one row"):
        read(run, tmp_path, "\n".join([*lines[:3], *lines[1:]]))
    with pytest.raises(BadTable, match="column noteId is 'x': a whole number is needed"):
        read(run, tmp_path, "\n".join([lines[0], "x" + lines[1]]).replace("x" + lines[1][:19], "x"))


@pytest.mark.slow
def test_on_the_oracles_input_some_notes_come_out_as_in_a_whole_run(shared_data):
    def file(name: str) -> list[Path]:
        return [shared_data / "notes-oracle-1500-s1" / "input" / f"{name}-00000.tsv.gz"]

    kinds = ("notes", "ratings", "noteStatusHistory", "userEnrollment")
    data, _ = PublicFiles(*map(file, kinds)).read(lambda step, share: None)
    made = prescore_all(data)
    first = score_all(data, made, RunTimes(NOW_MS - HOUR_MS, NOW_MS - 2 * HOUR_MS, NOW_MS))
    before = earlier(data, first)
    data = replace(data, history=first.history)
    times = RunTimes(NOW_MS, NOW_MS - 24 * HOUR_MS, NOW_MS)
    full, part = (score_all(data, made, times, earlier=e) for e in (None, before))
    assert 50 < part.partial.scored.sum() < 500
    np.testing.assert_array_equal(full.status, part.status)
    rows = part.partial.scored
    for prefix, model in full.spoken.verdicts.models.items():
        other = part.spoken.verdicts.models[prefix]
        np.testing.assert_array_equal(model.status[rows], other.status[rows], prefix)
        for name in ("intercept", "factor", "intercept_max", "no_correlated"):
            pair = (getattr(each, name)[rows] for each in (model, other))
            np.testing.assert_allclose(*pair, atol=1e-6)
