"""Sequences and attributes are read as written, and refused with the line and the value."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.errors import BadTable, StoaError
from stoa.tables.sequence_files import read_attributes, read_sequences

TWO = "7 30 10 20\n9 10 10 30 40\n"


@pytest.fixture
def write(tmp_path):
    def write(text, name="some.txt"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def chosen(sequences):
    return [
        sequences.item_id[sequences.item[a:b]].tolist()
        for a, b in zip(sequences.start, sequences.end, strict=True)
    ]


def test_items_stand_in_their_order_and_repeats_stay(write):
    read = read_sequences(write(TWO))
    assert chosen(read) == [[30, 10, 20], [10, 10, 30, 40]]
    assert read.user_id.tolist() == [7, 9]
    assert read.item_id.tolist() == [10, 20, 30, 40]


@pytest.mark.parametrize(
    "text",
    [
        gzip.compress(TWO.encode(), mtime=0),
        TWO.replace("\n", "\r\n"),
        TWO.strip(),
        "\n" + TWO + " \n",
    ],
)
def test_packing_and_line_ends_change_nothing(write, text):
    assert chosen(read_sequences(write(text))) == [[30, 10, 20], [10, 10, 30, 40]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\n\n", "is 0: this many users"),
        ("1 2 3 4\n", "is 1: this many users"),
        (TWO + "8 1 2\n", "line 3 is '8 1 2'"),
        (TWO + "8\n", "line 3 is '8'"),
        (TWO + "8 1 2 x3\n", "line 3 is 'x3'"),
        (TWO + "8 1 2 -3\n", "line 3 is '-3'"),
        (TWO + "8 1 2 3.5\n", "line 3 is '3.5'"),
        (TWO + "8 1 2 ٣\n", "line 3 is '٣'"),
        (TWO + "8 1 2 " + "9" * 40 + "\n", "line 3 is '999"),
        (TWO + "7 1 2 3\n", "line 3, column user is 7: line 1 has"),
        (gzip.compress(TWO.encode(), mtime=0)[:-9], "unpack"),
        (TWO.encode() + b"8 1 2 \xff\n", "line 3"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(write, text, says):
    with pytest.raises(BadTable) as raised:
        read_sequences(write(text))
    assert says in str(raised.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(BadTable, match="no such file"):
        read_sequences(tmp_path / "none.txt")
    with pytest.raises(BadTable, match="no such file"):
        read_attributes(tmp_path / "none.json", np.asarray([1]))


@given(text=st.text(alphabet='0123 \n\r\tx"-', max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
def test_any_text_is_read_whole_or_refused_in_words(write, text):
    try:
        read = read_sequences(write(text))
    except StoaError:
        return
    lines = [line.split() for line in text.replace("\r", " ").split("\n") if line.strip()]
    assert chosen(read) == [[int(word) for word in words[1:]] for words in lines]


def test_attributes_stand_by_item_and_words_are_counted_once(write):
    table = {"20": ["soap", 5], "10": [5]}
    path = write(gzip.compress(json.dumps(table).encode()), "a.json.gz")
    assert read_attributes(path, np.asarray([10, 20, 30])).tolist() == [[2, 0], [1, 2], [0, 0]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"11": [1]}', "column item is '11': no user has this item"),
        ('{"x": [1]}', "column item is 'x'"),
        ('{"10": 1}', "column 10 is 1: give a list"),
        ('{"10": [[1]]}', "column 10 is [1]"),
        ("[1]", "is [1]: give one JSON object"),
        ("{", "does not read as JSON"),
        ("[" * 100_000, "does not read as JSON"),
        (b"\x1f\x8b\x00", "does not read as JSON"),
    ],
)
def test_attributes_of_other_things_are_refused(write, text, says):
    with pytest.raises(BadTable) as raised:
        read_attributes(write(text, "a.json"), np.asarray([10, 20]))
    assert says in str(raised.value)
