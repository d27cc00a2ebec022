"""Files that are damaged, cut off or of another kind: each error names the place and the mend."""

import gzip
import io
import zipfile

import pyarrow as pa
import pytest
from tests.tables.public_files import line, table

from stoa.errors import BadTable
from stoa.tables import blocks
from stoa.tables.layouts import ENROLLMENT, HISTORY, NOTES, RATINGS

CELLS = [
    ("notes", NOTES, "noteId", "12x"),
    ("notes", NOTES, "noteId", ""),
    ("notes", NOTES, "noteId", "9223372036854775808"),
    ("notes", NOTES, "noteId", "123456789012345678901"),
    ("notes", NOTES, "noteId", "1.0"),
    ("notes", NOTES, "noteId", "-"),
    ("notes", NOTES, "createdAtMillis", "soon"),
    ("notes", NOTES, "classification", "TRUE"),
    ("notes", NOTES, "noteAuthorParticipantId", ""),
    ("notes", NOTES, "noteAuthorParticipantId", "x" * 300),
    ("ratings", RATINGS, "helpfulnessLevel", "VERY"),
    ("ratings", RATINGS, "helpfulClear", "2"),
    ("ratings", RATINGS, "notHelpfulOther", "yes"),
    ("ratings", RATINGS, "createdAtMillis", ""),
    ("history", HISTORY, "createdAtMillis", ""),
    ("history", HISTORY, "currentStatus", "GOOD"),
    ("history", HISTORY, "currentModelingGroup", "99999"),
    ("history", HISTORY, "timestampMillisOfStatusLock", "1.5"),
    ("history", HISTORY, "timestampMillisOfStatusLock", "1e300"),
    ("history", HISTORY, "timestampMillisOfStatusLock", "."),
    ("enrollment", ENROLLMENT, "enrollmentState", ""),
    ("enrollment", ENROLLMENT, "numberOfTimesEarnedOut", "many"),
]


@pytest.mark.parametrize(("kind", "layout", "column", "value"), CELLS)
def test_a_malformed_cell_names_file_line_column_and_value(folder, kind, layout, column, value):
    first = {layout.columns[0]: "1"} if layout is not ENROLLMENT else {}
    rows = [line(layout, **first), line(layout, **{**first, column: value})]
    folder.put(kind, table(layout, rows))
    with pytest.raises(BadTable) as caught:
        folder.read()
    fault = caught.value
    assert (fault.file, fault.line, fault.column) == (f"{kind}-0.tsv", 3, column)
    assert value[:100] in fault.value
    assert fault.mend.startswith("give ")


@pytest.mark.parametrize("change", [b"\textra", b""])
def test_a_line_with_another_number_of_cells_is_named(folder, change):
    rows = table(RATINGS, [line(RATINGS, noteId=1)] * 3).splitlines()
    rows[2] = rows[2] + change if change else rows[2].rpartition(b"\t")[0]
    folder.put("ratings", b"\n".join(rows))
    with pytest.raises(BadTable, match=r"ratings-0.tsv, line 3 is '3[46] cells'.*has 35 cells"):
        folder.read()


def test_a_cell_too_few_is_not_made_good_by_one_too_many_later(folder):
    rows = table(RATINGS, [line(RATINGS, noteId=1)] * 3).splitlines()
    rows[1], rows[3] = rows[1].rpartition(b"\t")[0], rows[3] + b"\t"
    folder.put("ratings", b"\n".join([*rows, b""]))
    with pytest.raises(BadTable, match="line 2 is '34 cells'"):
        folder.read()


def test_the_line_is_right_behind_quoted_newlines(folder):
    rows = [line(NOTES, noteId=1, summary='"a\nb\nc"'), line(NOTES, noteId="x")]
    folder.put("notes", table(NOTES, rows))
    with pytest.raises(BadTable, match="line 5, column noteId"):
        folder.read()


def _zip(name: str, text: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(name, text)
    return archive.getvalue()


PLAIN = table(RATINGS, [line(RATINGS, noteId=n) for n in range(400)])
FILES = {
    "empty": (b"", "the file is empty"),
    "only a name": (b"\n", "1 columns"),
    "another table": (b"a\tb\n1\t2\n", "ratings have 35 columns"),
    "no header": (PLAIN.partition(b"\n")[2], "put the names of the columns there"),
    "swapped": (PLAIN.replace(b"agree\tdisagree", b"disagree\tagree", 1), "another order"),
    "nul": (PLAIN.replace(b"DEFAULT", b"DEF\0ULT", 1), "line 2 .*no control bytes"),
    "not utf-8": (PLAIN.replace(b"DEFAULT", b"DEF\xffULT", 1), "line 2 .*not UTF-8"),
    "utf-16": (PLAIN.decode().encode("utf-16"), "not UTF-8"),
    "blank line": (PLAIN.replace(b"\n", b"\n\n", 1), "line 2 is '1 cells'"),
    "open quote": (PLAIN.replace(b"DEFAULT", b'"DEFAULT', 1), "never closes"),
    "gzip cut off": (gzip.compress(PLAIN)[:-20], "does not unpack"),
    "gzip damaged": (gzip.compress(PLAIN)[:100] + b"?" * 50, "does not unpack"),
    "zstd cut off": (pa.compress(PLAIN, "zstd", asbytes=True)[:-20], "does not unpack"),
    "zip cut off": (_zip("ratings.tsv", PLAIN)[:-30], "does not unpack"),
    "zip damaged": (_zip("ratings.tsv", PLAIN).replace(b"\x8b", b"\x8c"), "does not unpack"),
    "zip without a table": (_zip("ratings.csv", PLAIN), "put one .tsv file into the zip"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_refused_with_the_mend(folder, name):
    content, message = FILES[name]
    folder.put("ratings", content)
    with pytest.raises(BadTable, match=message):
        folder.read()


def test_missing_files_and_folders_without_tables_are_named(folder):
    folder.files["notes"] = [folder.path / "nowhere.tsv"]
    with pytest.raises(
        BadTable, match=r"nowhere\.tsv is .* no such file; give the path of the notes"
    ):
        folder.read()
    empty = folder.path / "empty"
    empty.mkdir()
    folder.files["notes"] = [empty]
    with pytest.raises(BadTable, match="put the notes there"):
        folder.read()


def test_a_line_without_end_is_no_table(folder, monkeypatch):
    monkeypatch.setattr(blocks, "LONGEST_LINE", 1000)
    folder.put("ratings", b"x" * 5000)
    with pytest.raises(BadTable, match=r"line 1 .*16 MiB"):
        folder.read()


@pytest.mark.parametrize(
    ("column", "value"), [("createdAtMillis", "5"), ("noteAuthorParticipantId", "Z")]
)
def test_notes_and_history_must_agree(folder, column, value):
    folder.put("history", table(HISTORY, [line(HISTORY, noteId=1, **{column: value})]))
    with pytest.raises(BadTable, match=f"noteId is 1: {column} of it differs between notes"):
        folder.read()


@pytest.mark.parametrize(
    ("kind", "layout", "column", "value"),
    [
        ("notes", NOTES, "summary", "other"),
        ("history", HISTORY, "currentStatus", "NEEDS_MORE_RATINGS"),
        ("enrollment", ENROLLMENT, "modelingGroup", "2"),
    ],
)
def test_rows_of_one_key_that_differ_are_refused(folder, kind, layout, column, value):
    first = {} if layout is ENROLLMENT else {"noteId": 1}
    rows = [line(layout, **first), line(layout, **first, **{column: value})]
    folder.put(kind, table(layout, rows))
    with pytest.raises(BadTable, match="differs between two rows"):
        folder.read()
