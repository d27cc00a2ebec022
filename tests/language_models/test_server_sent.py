from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import Unreachable
from stoa.language_models.server_sent import EventReader

LINE_ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
LINES = st.lists(
    st.text(st.characters(exclude_characters="\r\n\ufeff", codec="utf-8"), max_size=12)
)


def read(chunks):
    reader = EventReader()
    found = [data for chunk in chunks for data in reader.feed(chunk)]
    return found + reader.end()


@given(st.lists(LINES.filter(bool), max_size=4), LINE_ENDS, st.data())
def test_events_read_the_same_however_the_bytes_are_cut(events, line_end, data):
    whole = b""
    for lines in events:
        whole += b": a comment" + line_end + b"event: x" + line_end
        whole += b"".join(b"data: " + line.encode() + line_end for line in lines) + line_end
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=12)))
    edges = [0, *cuts, len(whole)]
    chunks = [whole[a:b] for a, b in pairwise(edges)]
    assert read(chunks) == ["\n".join(lines) for lines in events]


def test_one_byte_at_a_time():
    text = "\ufeffdata: sö\r\ndata:ß\r\n\r\ndata: next\n\n".encode()
    assert read(bytes([byte]) for byte in text) == ["sö\nß", "next"]


def test_an_event_without_its_last_empty_line_counts_at_the_end():
    assert read([b"data: last"]) == ["last"]


@pytest.mark.parametrize("chunk", [b"x" * 1000, b"data: abc\n" * 100])
def test_an_event_without_end_is_given_up(chunk):
    reader = EventReader(max_event_bytes=10_000)
    for _ in range(10):
        reader.feed(chunk)
    with pytest.raises(Unreachable, match="more than 10000 bytes"):
        reader.feed(chunk * 2)


def test_comments_without_end_keep_nothing():
    reader = EventReader(max_event_bytes=1_000)
    assert [data for _ in range(5_000) for data in reader.feed(b": keep-alive\n\n")] == []


def test_bytes_that_are_no_utf8_are_no_event():
    with pytest.raises(Unreachable, match="UTF-8"):
        read([b"data: \xff\xfe\n\n"])
