"""An export says whether it is whole, and names the first thing in it that is not."""

import random
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.notes.camps import GOOD, WRITER, Camps
from tests.notes.signing import SeedSigner

from stoa.errors import BadTable
from stoa.note_records import Status
from stoa.notes import export, merkle
from stoa.notes.book import Book
from stoa.notes.checkpoint import sign
from stoa.notes.entries import decode, encode
from stoa.notes.note_data import notes_data
from stoa.notes.public_tables import ENROLLMENT, HISTORY, NOTES, RATINGS
from stoa.notes.verify import FILES, Trust, verify
from stoa.own_notes import Checkpoint, NoteRated, RunMade, StatusDecided, StatusRow
from stoa.tables.export_folder import DiskFolder
from stoa.tables.kept import fingerprint
from stoa.tables.layouts import ENROLLMENT as ENROLLMENT_LAYOUT
from stoa.tables.layouts import HISTORY as HISTORY_LAYOUT
from stoa.tables.layouts import NOTES as NOTES_LAYOUT
from stoa.tables.layouts import RATINGS as RATINGS_LAYOUT
from stoa.tables.public import read_public

LAYOUTS = {
    NOTES: NOTES_LAYOUT,
    RATINGS: RATINGS_LAYOUT,
    HISTORY: HISTORY_LAYOUT,
    ENROLLMENT: ENROLLMENT_LAYOUT,
}


def stored_run(data, times):
    """Only the first call of each run computes it; the tamper tests verify hundreds of times."""
    key = (fingerprint(data), times)
    if key not in _RUNS:
        _RUNS[key] = Trust().scorer(data, times)
    return _RUNS[key]


_RUNS = {}


def lived() -> Camps:
    """A square with two runs, and with every kind of entry after them."""
    camps = Camps(per_camp=7).live(per_kind=4)
    camps.score(3)
    camps.notes.delete(WRITER, camps.of_kind["left"][0])
    camps.notes.rate(camps.left[0], camps.of_kind["both"][0], "SOMEWHAT_HELPFUL", GOOD)
    camps.notes.request(camps.left[0], "at://nowhere/1")
    camps.score(1)
    camps.write("right", 77, camps.right[0])
    tricky = 'A "quoted" word,\na second line, ünïcode'
    camps.notes.write(camps.left[0], "at://x/2", "NOT_MISLEADING", [], tricky, [])
    early = camps.write("nobody", 78, camps.right[1])
    camps.notes.delete(camps.right[1], early)
    return camps


@pytest.fixture(scope="module")
def camps():
    return lived()


@pytest.fixture(scope="module")
def whole(camps, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "export"
    camps.notes.export(folder)
    return folder


@pytest.fixture
def copy(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "export")


def check(folder, **trust):
    return verify(
        DiskFolder(folder),
        DiskFolder(folder.parent / "scratch"),
        Trust(scorer=stored_run, **trust),
    )


def difference(folder, **trust):
    found = check(folder, **trust).difference
    assert found is not None
    return found


# Whole exports.


def test_an_export_is_whole(whole, camps):
    report = check(whole, every_run=True, key=str(camps.notes.key))
    assert report.is_whole, report
    assert report.checked[-1] == "4 of 4 runs decide the same again"
    assert "(held)" in report.checked[0]
    assert "trusted" in check(whole).checked[0]


def test_it_has_the_public_columns(whole):
    for name, layout in LAYOUTS.items():
        header = (whole / name).read_text().partition("\n")[0]
        assert tuple(header.split("\t")) == layout.columns


def test_the_public_reader_reads_what_the_scorer_is_given(whole, camps):
    data, report = read_public(
        [whole / NOTES], [whole / RATINGS], [whole / HISTORY], [whole / ENROLLMENT]
    )
    assert fingerprint(data) == fingerprint(notes_data(camps.notes._book))
    assert (report.n_deleted_notes, report.n_new_notes) == (1, 2)
    assert report.n_ratings_unknown_note == 0


def test_a_packed_export_is_whole_too(camps, tmp_path):
    folder = DiskFolder(tmp_path / "packed", packed=True)
    leaves = list(camps.log.leaves())
    sealed = export.Sealed(leaves, camps.log.checkpoints(), camps.notes.key)
    export.write_export(sealed, Book().read(leaves), folder)
    assert (tmp_path / "packed" / (RATINGS + ".gz")).is_file()
    assert check(tmp_path / "packed").is_whole


def test_an_empty_square_exports_and_verifies(tmp_path):
    Camps().notes.export(tmp_path / "export")
    assert check(tmp_path / "export").is_whole


def test_exporting_over_an_older_export_leaves_no_trace_of_it(tmp_path):
    camps = Camps(per_camp=7).live(per_kind=2)
    camps.notes.export(tmp_path / "export")
    camps.score(1)
    camps.notes.export(tmp_path / "export")
    assert check(tmp_path / "export").is_whole


# Tampering.


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_byte_of_any_file_is_free(copy, name, data):
    path = copy / name
    held = path.read_bytes()
    at = data.draw(st.integers(0, len(held) - 1))
    other = data.draw(st.integers(1, 255))
    path.write_bytes(held[:at] + bytes([held[at] ^ other]) + held[at + 1 :])
    try:
        assert not check(copy).is_whole
    finally:
        path.write_bytes(held)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_no_byte_of_any_file_is_free_at_a_hundred_places(copy, name):
    path, chance = copy / name, random.Random(name)
    held = path.read_bytes()
    for _ in range(100):
        at = chance.randrange(len(held))
        changed = bytes([held[at] ^ chance.randrange(1, 256)])
        path.write_bytes(held[:at] + changed + held[at + 1 :])
        assert not check(copy).is_whole, (at, changed)


@pytest.mark.parametrize("name", FILES)
def test_what_is_cut_missing_doubled_or_added_is_named(copy, name):
    path = copy / name
    held = path.read_bytes()
    for changed in (held[:-1], held[: len(held) // 2], held + b"\n", held + held):
        path.write_bytes(changed)
        found = difference(copy)
        assert found.file in (name, export.LOG, export.CHECKPOINTS)
    path.unlink()
    assert difference(copy).what == "the file is missing"
    path.write_bytes(held)
    (copy / "more.txt").write_text("")
    assert str(difference(copy)) == "more.txt: the file is no part of an export; take it out"


def replaced(path, old, new):
    text = path.read_text()
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1))
    return line


def test_a_changed_cell_is_named_by_file_line_and_column(copy):
    line = replaced(copy / HISTORY, "CURRENTLY_RATED_NOT_HELPFUL", "CURRENTLY_RATED_HELPFUL")
    found = difference(copy)
    assert (found.file, found.line) == (HISTORY, line)
    assert found.what == (
        "column firstNonNMRStatus: it has 'CURRENTLY_RATED_HELPFUL', "
        "the log says 'CURRENTLY_RATED_NOT_HELPFUL'"
    )


def test_a_changed_entry_is_named(copy):
    line = replaced(copy / export.LOG, '"level":"HELPFUL"', '"level":"NOT_HELPFUL"')
    found = difference(copy)
    assert (found.file, found.line) == (export.LOG, line)
    assert found.what == "it is not the entry that was signed"


def test_a_dropped_entry_is_named(copy):
    lines = (copy / export.LOG).read_bytes().splitlines(keepends=True)
    (copy / export.LOG).write_bytes(b"".join(lines[:20] + lines[21:]))
    assert (difference(copy).file, difference(copy).line) == (export.LOG, 21)


# An operator who holds the key.


def forge(leaves, folder, checkpoints=None):
    """An export of any leaves, signed by the square's own key."""
    key = SeedSigner()
    origin = "square.example/notes"
    tree = merkle.Heights([merkle.leaf_hash(leaf) for leaf in leaves])
    heads = [sign(Checkpoint(origin, len(leaves), tree.root()), key)]
    sealed = export.Sealed(leaves, heads, Camps().notes.key)
    export.write_export(sealed, Book().read(leaves), DiskFolder(folder))
    return folder


def test_a_status_that_the_scorer_does_not_decide_is_named(camps, tmp_path):
    leaves = list(camps.log.leaves())
    note, at_ms = camps.of_kind["right"][1], camps.clock.ms + 60_000
    run = RunMade(at_ms, len(leaves), at_ms - 1, at_ms, "stoa small square 2")
    row = StatusRow(current=Status.CURRENTLY_RATED_HELPFUL, decided_by="CoreModel (v1.1)")
    made = [*leaves, encode(run), encode(StatusDecided(at_ms, note, row))]
    found = difference(forge(made, tmp_path / "export"))
    assert (found.file, found.line) == (export.LOG, len(leaves) + 2)
    assert found.what.startswith("the run decides ")


def test_a_status_left_out_is_named(camps, tmp_path):
    leaves = list(camps.log.leaves())
    entry = next(n for n, leaf in enumerate(leaves) if isinstance(decode(leaf), RunMade))
    cut = leaves[: entry + 1]
    found = difference(forge(cut, tmp_path / "export"))
    assert (found.line, "'nothing more'" in found.what) == (entry + 2, True)


def test_a_run_by_another_scorer_is_named(camps, tmp_path):
    at_ms = camps.clock.ms + 60_000
    leaves = list(camps.log.leaves())
    leaves.append(encode(RunMade(at_ms, len(leaves), 0, at_ms, "by hand")))
    assert "was made by 'by hand'" in difference(forge(leaves, tmp_path / "export")).what


def test_a_log_against_its_own_rules_is_named(whole, copy):
    rating = next(
        leaf for leaf in (whole / export.LOG).read_bytes().splitlines() if b'"rating"' in leaf
    )
    leaves = [rating]
    (copy / export.LOG).write_bytes(rating + b"\n")
    tree = merkle.Heights([merkle.leaf_hash(leaf) for leaf in leaves])
    head = sign(Checkpoint("square.example/notes", 1, tree.root()), SeedSigner())
    (copy / export.CHECKPOINT).write_text(head.text)
    (copy / export.CHECKPOINTS).write_bytes(export.checkpoint_lines([head], tree))
    assert difference(copy).what == "enrolled twice, or not at all"


def test_a_history_written_anew_does_not_fit_a_head_that_was_held(camps, tmp_path):
    held = [checkpoint.text for checkpoint in camps.log.checkpoints()]
    leaves = list(camps.log.leaves())
    at = next(n for n, leaf in enumerate(leaves) if isinstance(decode(leaf), RunMade))
    dropped = next(n for n, leaf in enumerate(leaves) if isinstance(decode(leaf), NoteRated))
    anew = leaves[:dropped] + leaves[dropped + 1 : at]
    folder = forge(anew, tmp_path / "export")
    assert check(folder).is_whole  # by itself it is a consistent history
    found = difference(folder, earlier=held[:1])
    assert found.what.startswith("checkpoint 1 of those held was not kept")
    assert check(forge(leaves, tmp_path / "true"), earlier=held).is_whole


def test_another_key_than_the_one_held_is_named(whole):
    other = str(Camps().notes.key).replace("square", "squire")
    assert difference(whole, key=other).file == export.KEY


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(BadTable, match="no such folder"):
        check(tmp_path / "nowhere")
