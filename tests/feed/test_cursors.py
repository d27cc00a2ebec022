"""Cursors: ours only, for one viewer only, and nothing a client sends breaks them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import BadCursor
from stoa.feed.cursors import Cursors, Place

CURSORS = Cursors(b"k" * 32)
viewers = st.one_of(st.none(), st.text(max_size=40).filter(lambda t: t.isprintable()))


@given(viewers, st.integers(0, 1500))
def test_a_cursor_is_read_back_by_its_viewer(viewer, offset):
    place = Place(CURSORS.name_reading(viewer, 1, 2), offset)
    cursor = CURSORS.make(place, viewer)
    assert CURSORS.read(cursor, viewer) == place
    assert "|" not in cursor
    assert len(cursor) < 64


@given(viewers, viewers, st.integers(0, 1500))
def test_nobody_else_can_use_it(viewer, other, offset):
    cursor = CURSORS.make(Place("abcd", offset), viewer)
    if other != viewer:
        with pytest.raises(BadCursor):
            CURSORS.read(cursor, other)
    with pytest.raises(BadCursor):
        Cursors(b"another secret").read(cursor, viewer)


@given(st.text(max_size=300))
def test_whatever_a_client_sends_is_refused_not_fatal(text):
    with pytest.raises(BadCursor, match="start a new reading"):
        CURSORS.read(text, "did:plc:me")


@pytest.mark.parametrize("change", ["0", "..", " ", "\x00", "é", "٣"])
def test_no_part_can_be_changed(change):
    cursor = CURSORS.make(Place("abcd", 30), "me")
    for at in range(len(cursor) + 1):
        with pytest.raises(BadCursor):
            CURSORS.read(cursor[:at] + change + cursor[at:], "me")


def test_readings_have_different_names():
    names = {CURSORS.name_reading(v, t, n) for v in (None, "", "a") for t in (1, 2) for n in (1, 2)}
    assert len(names) == 8  # logged out and the empty name may share: neither can be a viewer
