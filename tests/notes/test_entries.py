"""Log lines: one entry has one line, and a line with one byte changed is another or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.note_records import NO_TIME, TAGS, Classification, Enrollment, Status
from stoa.notes.entries import decode, encode
from stoa.own_notes import (
    REASONS,
    ContributorState,
    Enrolled,
    Level,
    NoteDeleted,
    NoteId,
    NoteRated,
    NoteRequested,
    NoteWritten,
    Pseudonym,
    RunMade,
    StateDecided,
    StatusDecided,
    StatusRow,
    in_order,
)

whole = st.integers(-(2**63) + 1, 2**63 - 1)
words = st.text(st.characters(codec="utf-8"), max_size=30)
who = words.map(Pseudonym)
note = whole.map(NoteId)
status = st.sampled_from(Status)


def some_of(names):
    return st.lists(st.sampled_from(names)).map(lambda found: in_order(found, names))


rows = st.builds(
    StatusRow,
    **{
        name: status if isinstance(empty, Status) else words if empty == "" else whole
        for name, empty in ((f, getattr(StatusRow(), f)) for f in StatusRow.__dataclass_fields__)
    },
)
states = st.builds(
    ContributorState, st.sampled_from(Enrollment), whole, st.just(NO_TIME) | whole, whole, whole
)
classes = st.sampled_from([Classification.MISLEADING, Classification.NOT_MISLEADING])
entries = st.one_of(
    st.builds(Enrolled, whole, who, st.sampled_from(Enrollment)),
    st.builds(
        NoteWritten,
        *(whole, who, note, words, classes, some_of(REASONS), words),
        st.lists(words).map(tuple),
    ),
    st.builds(NoteRated, whole, who, note, st.sampled_from(Level), some_of(TAGS)),
    st.builds(NoteDeleted, whole, who, note),
    st.builds(NoteRequested, whole, who, words),
    st.builds(RunMade, whole, whole, whole, whole, words),
    st.builds(StatusDecided, whole, note, rows),
    st.builds(StateDecided, whole, who, states),
)


@given(entries)
def test_every_entry_comes_back(entry):
    leaf = encode(entry)
    assert b"\n" not in leaf
    assert decode(leaf) == entry


@given(entries, st.data())
def test_a_changed_line_is_another_entry_or_none(entry, data):
    leaf = encode(entry)
    at = data.draw(st.integers(0, len(leaf) - 1))
    changed = leaf[:at] + bytes([data.draw(st.integers(0, 255))]) + leaf[at + 1 :]
    try:
        other = decode(changed)
    except BadInput:
        return
    assert (other == entry) == (changed == leaf)


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"[]",
        b"[" * 10_000,
        b'{"kind":"edict"}',
        b'{"kind":["note"]}',
        b'{"at":5,"kind":"request","post":"at://x"}',
        b'{"at":5,"kind":"request","post":"at://x","who":"a","why":"b"}',
        b'{"at":5,"at":5,"kind":"request","post":"at://x","who":"a"}',
        b'{"at":5, "kind":"request","post":"at://x","who":"a"}',
        b'{"at":5.0,"kind":"request","post":"at://x","who":"a"}',
        b'{"at":true,"kind":"request","post":"at://x","who":"a"}',
        b'{"at":5,"kind":"request","post":"at://x","who":7}',
        b'{"at":5,"kind":"request","post":"\\ud800","who":"a"}',
        b'{"at":5,"kind":"deletion","note":"07","who":"a"}',
        b'{"at":5,"kind":"status","note":"7","row":{"current":"NONE"}}',
        b'{"at":5,"kind":"status","note":"7","row":{"edited":1}}',
        b'{"at":5,"kind":"rating","level":"HELPFUL","note":"7","tags":["good"],"who":"a"}',
        b'{"at":5,"kind":"request","post":"' + b"x" * 300_000 + b'","who":"a"}',
    ],
)
def test_what_is_no_entry_is_refused(leaf):
    with pytest.raises(BadInput):
        decode(leaf)
