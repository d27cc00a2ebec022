"""`stoa notes recompute`, `explain` and `diff`, as a user calls them."""

import json
import re
import shutil
import xml.etree.ElementTree as ET

import pytest
from tests.cli.called import stoa
from tests.notes.conftest import score
from tests.notes.two_sides import ALL, LEFT, NOW_MS, write_files

OUTPUTS = ("scored_notes", "note_status_history", "aux_note_info", "helpfulness_scores")


def test_recompute_prints_every_step_and_agrees_with_the_run(run):
    done = stoa("notes", "recompute", run.a_note(ALL), "--work", run.work)
    assert done.returncode == 0, done.stderr
    assert "MFCoreScorer (columns core*)" in done.stdout
    assert re.search(r"sums +n \d+ +Σf -?\d", done.stdout)
    assert "equal to 1e-06" in done.stdout
    assert "check        without high-volume raters: intercept" in done.stdout
    assert re.search(r"GeneralCRH +acts -> CURRENTLY_RATED_HELPFUL: ratings \d+ >= 5", done.stdout)
    assert "GroupModel14 (v1.1)" in done.stdout
    assert "MFTopicScorer_Scams" not in done.stdout  # that model had nothing to hear in the run
    assert "decided by CoreModel (v1.1): as the run kept it" in done.stdout


def test_recompute_gives_the_same_as_data(run):
    note = run.a_note(LEFT)
    told = json.loads(stoa("notes", "recompute", note, "--work", run.work, "--json").stdout)
    assert told["note_id"] == note
    assert told["agrees"] is True
    core = next(m for m in told["models"] if m["scorer"] == "MFCoreScorer")
    system = core["systems"]["all"]
    a, b = system["n"] + system["ridge_intercept"], system["f"]
    c = system["ff"] + system["ridge_factor"]
    left = a * system["intercept"] + b * system["factor"]
    right = b * system["intercept"] + c * system["factor"]
    assert left == pytest.approx(system["r"])
    assert right == pytest.approx(system["rf"])
    assert system["intercept"] == pytest.approx(core["kept"]["intercept"], abs=1e-6)
    heard = core["ratings"]
    assert heard["n_counted"] + sum(heard["left_out"].values()) == heard["n_given"]
    for rule in core["rules"]:
        assert rule["acted"] == all(c["holds"] for c in rule["conditions"]), rule


def test_explain_says_who_agreed_and_draws_it(run, tmp_path):
    note, picture = run.a_note(LEFT), tmp_path / "note.svg"
    done = stoa("notes", "explain", note, "--work", run.work, "--svg", picture)
    assert done.returncode == 0, done.stderr
    assert f"note {note}: " in done.stdout
    assert "it divides: the" in done.stdout
    assert "▲ the note's factor" in done.stdout
    tree = ET.parse(picture)
    counted = re.search(r"helpful +(\d+) │", done.stdout)
    assert counted is not None
    circles = [e for e in tree.iter() if e.tag.endswith("circle") and e.get("class") == "helpful"]
    assert len(circles) == int(counted[1])
    assert "prefers-color-scheme: dark" in picture.read_text(encoding="utf-8")


def test_explain_counts_every_rating_once(run):
    note = run.a_note(ALL)
    told = json.loads(stoa("notes", "explain", note, "--work", run.work, "--json").stdout)
    assert told["status"] == "CURRENTLY_RATED_HELPFUL"
    axis = told["axis"]
    placed = sum(sum(side.values()) for side in axis["counts"].values())
    row = run.world.data.notes.id.tolist().index(note)
    assert placed + axis["without_a_place"] == int((run.world.data.ratings.note == row).sum())
    assert len(axis["ratings"]) == placed
    assert told["history"][0]["what"] == "written"


def test_diff_of_a_run_with_itself_says_so(run):
    done = stoa("notes", "diff", run.out, run.out)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "nothing differs: 240 notes, every cell of every file the same\n"


def test_diff_names_the_first_model_and_rule(run, tmp_path):
    shutil.copytree(run.out, tmp_path / "other", ignore=shutil.ignore_patterns("work"))
    path = tmp_path / "other" / "scored_notes.tsv"
    lines = path.read_text(encoding="utf-8").split("\n")
    names, note = lines[0].split("\t"), str(run.a_note(ALL))
    at = next(i for i, line in enumerate(lines) if line.startswith(note))
    cells = lines[at].split("\t")
    rules = cells[names.index("coreActiveRules")]
    changed = {
        "coreNoteIntercept": "0.3912",
        "coreRatingStatus": "NEEDS_MORE_RATINGS",
        "coreActiveRules": rules.replace(",GeneralCRH (v1.0)", ""),
        "finalRatingStatus": "NEEDS_MORE_RATINGS",
    }
    for name, value in changed.items():
        cells[names.index(name)] = value
    lines[at] = "\t".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")
    told = json.loads(stoa("notes", "diff", run.out, tmp_path / "other", "--json").stdout)
    (found,) = told["statuses"]
    assert found["note_id"] == int(note)
    assert (found["model"], found["rule"]) == ("core", "GeneralCRH")
    assert "v 0.3912 at the threshold 0.4" in found["cause"]
    groups = {g["group"]: g for g in told["column_groups"]}
    assert groups["core"]["n_rows"] == 1
    assert told["same"] is False


def test_the_cut_into_files_and_the_order_of_rows_change_no_byte(run, tmp_path):
    write_files(run.world, tmp_path / "files", n_shards=3, seed=5)
    done = score(tmp_path / "files", tmp_path / "out", "--threads", 2)
    assert done.returncode == 0, done.stderr
    for name in OUTPUTS:
        first, second = (folder / f"{name}.tsv" for folder in (run.out, tmp_path / "out"))
        assert first.read_bytes() == second.read_bytes(), name


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("recompute", 5, "--work", "{work}"), ("NOTE_ID is 5", "240 note ids")),
        (("explain", 5, "--work", "{work}"), ("NOTE_ID is 5", "240 note ids")),
        (("recompute", 5, "--work", "/nowhere"), ("--work is '/nowhere'", "stoa notes score")),
        (("diff", "{out}", "/nowhere"), ("nowhere is '/nowhere'", "no scored_notes.tsv")),
        (("explain", "{note}", "--work", "{work}", "--svg", "/nowhere/a.svg"), ("--svg is",)),
    ],
)
def test_bad_input_names_the_value_and_the_mend(run, arguments, named):
    places = {"work": run.work, "out": run.out, "note": run.a_note(ALL)}
    done = stoa("notes", *(str(a).format(**places) for a in arguments))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("stoa: ")
    assert done.stderr.count("\n") == 1
    for text in named:
        assert text in done.stderr


@pytest.mark.parametrize(
    ("name", "old", "new", "named"),
    [
        ("ratings-0.tsv", "\tHELPFUL\t", "\tMARVELLOUS\t", ("helpfulnessLevel", "MARVELLOUS")),
        ("notes-0.tsv", f"\t{NOW_MS // 10**10}", "\tsoon", ("createdAtMillis", "soon")),
        ("enrollment-0.tsv", "earnedIn", "asleep", ("enrollmentState", "asleep")),
        ("history-0.tsv", "NEEDS_MORE_RATINGS", "FINE", ("currentStatus", "FINE")),
    ],
)
def test_a_bad_cell_is_named_by_file_line_column_and_value(run, tmp_path, name, old, new, named):
    shutil.copytree(run.files, tmp_path / "files")
    path = tmp_path / "files" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = score(tmp_path / "files", tmp_path / "out")
    assert done.returncode == 1
    assert re.search(rf"stoa: {name}, line \d+, column {named[0]} is ", done.stderr)
    assert named[1] in done.stderr
    assert not (tmp_path / "out" / "scored_notes.tsv").exists()
