"""A table of feedback is read whole without what names a video, or refused with the place."""

import numpy as np
import pytest
from tests.tables.feedback_rows import TEXT, write_text

from stoa.errors import BadTable
from stoa.tables.feedback_files import read_feedback


@pytest.mark.parametrize("name", ["feedback.tsv", "other.tsv.gz"])
def test_rows_stand_by_viewer_and_time(tmp_path, name):
    read = read_feedback(write_text(tmp_path, name=name))
    assert read.viewer_id.tolist() == [4, 9]
    assert read.viewer.tolist() == [0, 1, 1]
    assert read.at_h.tolist() == [1, 1, 2]
    assert read.is_hate.tolist() == [False, True, False]
    assert read.play_s.tolist() == [0.9, 1.5, 12]
    assert read.comment_s.tolist() == [0, 0, 0.5]
    assert read.flags.astype(int).tolist() == [
        [0, 0, 0, 1, 0, 0], [0, 1, 1, 0, 0, 0], [1, 0, 0, 0, 1, 1]
    ]  # fmt: skip
    assert np.isnan(read.duration_s[0])
    np.testing.assert_allclose(read.duration_s[1:], [20, 10], rtol=0.07)
    assert [len(read.is_hate[rows]) for rows in read.of_viewer()] == [1, 2]


def test_neither_names_of_videos_nor_milliseconds_of_their_length_come_in(tmp_path):
    here = read_feedback(write_text(tmp_path / "a"))
    renamed = TEXT.replace("\t70\t", "\tfirst\t").replace("\t72\t", "\t\t")
    longer = renamed.replace("\t10000\t", "\t10001\t").replace("\t20000\t", "\t20017\t")
    there = read_feedback(write_text(tmp_path / "b", longer))
    for name in here.__slots__:
        np.testing.assert_array_equal(getattr(here, name), getattr(there, name))


def test_the_order_of_lines_does_not_matter(tmp_path):
    names, *lines = TEXT.splitlines()
    turned = "\n".join([names, *lines[::-1]])
    here, there = (
        read_feedback(write_text(tmp_path / x, t)) for x, t in (("a", TEXT), ("b", turned))
    )
    for name in here.__slots__:
        np.testing.assert_array_equal(getattr(here, name), getattr(there, name))


REFUSED = [
    (("\t12000\t", "\tlong\t"), "line 2, column play_time_ms is 'long': give a whole number"),
    (("\t12000\t", "\t-1\t"), "line 2, column play_time_ms is '-1'"),
    (("1\t1\n4", "1\t2\n4"), "line 2, column label is '2': give one of '0', '1'"),
    (("4\t71\t3600000\t0", "4\t71\t3600000\tno"), "line 3, column is_click is 'no'"),
    (("4\t71", "\t71"), "line 3, column user_id is ''"),
    (("4\t71\t", "4\t"), "line 3 is '12 cells': give 13 cells"),
    (("duration_ms", "length"), "line 1, column duration_ms is 'missing'"),
    (("video_id", "label"), "line 1 is 'label': name each column once"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_what_does_not_read_is_refused_with_its_place(tmp_path, change, message):
    assert change[0] in TEXT
    with pytest.raises(BadTable) as refused:
        read_feedback(write_text(tmp_path, TEXT.replace(*change, 1)))
    assert str(refused.value).startswith("feedback.tsv, line")
    assert message in str(refused.value)


def test_empty_files_missing_folders_and_two_tables_are_told(tmp_path):
    with pytest.raises(BadTable, match="the file is empty"):
        read_feedback(write_text(tmp_path / "empty", ""))
    with pytest.raises(BadTable, match="first line must name"):
        read_feedback(write_text(tmp_path / "blank", "\n\n"))
    with pytest.raises(BadTable, match="at least one row"):
        read_feedback(write_text(tmp_path / "names", TEXT.split("\n")[0] + "\n"))
    with pytest.raises(BadTable, match="no such folder"):
        read_feedback(tmp_path / "nowhere")
    with pytest.raises(BadTable, match=r"a\.tsv, b\.tsv\.gz"):
        read_feedback(write_text(write_text(tmp_path / "two", name="a.tsv"), name="b.tsv.gz"))
    with pytest.raises(BadTable, match="no table"):
        read_feedback(write_text(tmp_path / "none", name="notes.txt"))
