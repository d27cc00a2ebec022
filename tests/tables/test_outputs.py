"""Output files: written as the published scorer writes them, and read back."""

import gzip
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from stoa.errors import BadTable
from stoa.note_records import NO_TIME, OutputTable
from stoa.tables import published
from stoa.tables.outputs import read_output, write_output

PUBLISHED = {
    "scored_notes": published.SCORED_NOTES,
    "note_status_history": published.NOTE_STATUS_HISTORY,
    "helpfulness_scores": published.HELPFULNESS_SCORES,
    "aux_note_info": published.AUX_NOTE_INFO,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_an_output_of_the_published_scorer_is_written_as_it_was_read(oracle, tmp_path, name):
    packed = oracle / "output" / f"{name}.tsv.gz"
    write_output(tmp_path / "again.tsv", read_output(packed), PUBLISHED[name])
    # Upstream has text "nan" in one column where a quotient has no value; ours is empty.
    expected = gzip.decompress(packed.read_bytes()).replace(b"\tnan\t", b"\t\t")
    assert (tmp_path / "again.tsv").read_bytes() == expected


def test_cells_are_written_by_type(tmp_path):
    table = OutputTable(
        {
            "noteId": np.array([2**62 + 1, 5]),
            "time": np.array([1784073600000, NO_TIME]),
            "timeAsFloat": np.array([1784073600000.0, np.nan]),
            "narrow": np.array([0.1, 1e-7], dtype=np.float32),
            "wide": np.array([0.1, 1e-7]),
            "truth": np.array([True, False]),
            "maybe": np.array([True, None], dtype=object),
            "number": np.array([0.5, float("nan")], dtype=object),
            "text": np.array(["CoreModel (v1.1),X (v1.0)", ""], dtype=object),
            "odd": np.array(['a\tb "c"', "d\ne"], dtype=object),
        }
    )
    path = tmp_path / "out.tsv"
    write_output(path, table)
    first = "4611686018427387905\t1784073600000\t1784073600000.0\t0.1\t0.1\tTrue\tTrue\t0.5\t"
    assert path.read_text() == (
        "noteId\ttime\ttimeAsFloat\tnarrow\twide\ttruth\tmaybe\tnumber\ttext\todd\n"
        f'{first}CoreModel (v1.1),X (v1.0)\t"a\tb ""c"""\n'
        '5\t\t\t1e-07\t1e-07\tFalse\t\t\t\t"d\ne"\n'
    )
    again = read_output(path).columns
    assert again["noteId"].tolist() == [2**62 + 1, 5]
    assert again["time"].tolist() == [1784073600000, NO_TIME]
    assert again["truth"].dtype == np.bool_
    assert again["maybe"].tolist() == ["True", ""]
    assert again["odd"].tolist() == ['a\tb "c"', "d\ne"]
    assert list(tmp_path.iterdir()) == [path]


def test_columns_must_be_the_published_ones(tmp_path):
    columns = {name: np.array([1]) for name in published.NOTE_STATUS_HISTORY}
    write_output(tmp_path / "out.tsv", OutputTable(columns), published.NOTE_STATUS_HISTORY)
    del columns["abovePcrhThresholdTime"]
    with pytest.raises(BadTable, match="column abovePcrhThresholdTime"):
        write_output(tmp_path / "out.tsv", OutputTable(columns), published.NOTE_STATUS_HISTORY)
    assert [len(c) for c in PUBLISHED.values()] == [99, 24, 47, 72]


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "out.tsv"
    good = OutputTable({"a": np.array([1, 2])})
    write_output(path, good)
    bad = replace(good, columns={"a": np.array([1, 2]), "b": np.array([1])})
    with pytest.raises(ValueError, match="shorter"):
        write_output(path, bad)
    assert path.read_text() == "a\n1\n2\n"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(BadTable, match="no such file"):
        read_output(tmp_path / "none.tsv")
    (tmp_path / "bad.tsv").write_text("a\tb\n1\n")
    with pytest.raises(BadTable, match="no table"):
        read_output(tmp_path / "bad.tsv")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(
    arrays.arrays(np.float32, 5, elements=st.floats(width=32, allow_infinity=False)),
    arrays.arrays(np.float64, 5, elements=st.floats(allow_infinity=False)),
    arrays.arrays(np.int64, 5),
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=5, max_size=5),
)
def test_what_is_written_reads_back_equal(tmp_path, narrow, wide, whole, texts):
    text = np.array([f"t{t}" for t in texts], dtype=object)
    path = tmp_path / "out.tsv"
    write_output(path, OutputTable({"i": whole, "f": narrow, "d": wide, "t": text}))
    again = read_output(path).columns
    read = again["f"]
    if read.dtype == np.float64:
        np.testing.assert_array_equal(read.astype(np.float32), narrow)
    np.testing.assert_array_equal(again["d"], wide) if again["d"].dtype == np.float64 else None
    np.testing.assert_array_equal(again["i"], whole) if again["i"].dtype == np.int64 else None
    assert again["t"].tolist() == text.tolist()
