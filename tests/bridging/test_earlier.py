"""What stays of the run before when only some notes are scored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.bridging.merge_world import NOW_MS, empty_history, note_table

from stoa.bridging.earlier import Earlier, Partial, passed_through
from stoa.errors import BadTable
from stoa.note_records import NO_TIME, OutputTable


def test_rows_that_are_not_scored_again_pass_through():
    new = OutputTable(
        {
            "noteId": np.array([3, 1]),
            "rescoringActiveRules": np.array(["A", "B"], dtype=object),
            "notHelpfulIncorrect_interval": np.array([1, 2]),
            "abovePcrhThresholdTime": np.array([np.nan, 5.0]),
        }
    )
    before = OutputTable(
        {
            "noteId": np.array([1, 2, 3, 4]),
            "rescoringActiveRules": np.array(["X"] * 4, dtype=object),
            "notHelpfulIncorrect_interval": np.array([8.0, np.nan, 8.0, 7.0]),
            "abovePcrhThresholdTime": np.array([0.0, NOW_MS - 1.0, 0.0, 9.0]),
        }
    )
    both = passed_through(new, before, np.array([1, 3]), NOW_MS).columns
    assert both["noteId"].tolist() == [1, 2, 3, 4]
    assert both["rescoringActiveRules"].tolist() == ["B", "", "A", ""]
    assert both["notHelpfulIncorrect_interval"].tolist() == [2, NO_TIME, 1, 7]
    assert both["abovePcrhThresholdTime"].tolist()[:2] == [5.0, NOW_MS - 1.0]
    assert both["abovePcrhThresholdTime"].tolist()[3] == -9.0


def table(**columns):
    return OutputTable({name: np.array(column) for name, column in columns.items()})


def test_a_column_that_was_empty_throughout_is_missing_whatever_its_kind():
    new = table(noteId=[1], a=[0.5], b=[7])
    before = table(noteId=[2], a=np.array([""], dtype=object), b=np.array([""], dtype=object))
    both = passed_through(new, before, np.array([1]), NOW_MS).columns
    assert np.isnan(both["a"]).tolist() == [False, True]
    assert both["b"].tolist() == [7, NO_TIME]


def test_text_where_a_number_belongs_is_refused_by_name():
    new = table(noteId=[1], coreNoteIntercept=[0.5])
    before = table(noteId=[2], coreNoteIntercept=np.array(["much"], dtype=object))
    with pytest.raises(BadTable, match="column coreNoteIntercept is 'much'"):
        passed_through(new, before, np.array([1]), NOW_MS)


def test_the_history_of_a_note_that_is_not_scored_stays_but_for_its_foreseen_time():
    rng = np.random.default_rng(1)
    notes = note_table(rng, 4, 3)
    scored = table(
        noteId=notes.id[[2, 0, 1]],
        coreNoteIntercept=[0.2, 0.3, np.nan],
        abovePcrhThresholdTime=[NOW_MS - 1.0, 9.0, np.nan],
    )
    earlier = Earlier(scored, table(noteId=notes.id[[0, 1, 2]]))
    assert earlier.knows(notes).tolist() == [True, True, True, False]
    partial = Partial(np.array([False, False, False, True]), earlier)
    before = replace(empty_history(4), current_ms=np.array([1, 2, 3, 4]))
    after = replace(before, current_ms=np.full(4, NOW_MS), above_pcrh_ms=np.full(4, 5))
    found = partial.history(notes, before, after, NOW_MS)
    assert found.current_ms.tolist() == [1, 2, 3, NOW_MS]
    assert found.above_pcrh_ms.tolist() == [-9, NO_TIME, NOW_MS - 1, 5]
    core = partial.core_intercept(notes, np.full(4, 0.9, dtype=np.float32))
    np.testing.assert_allclose(core, [0.3, np.nan, 0.2, 0.9], rtol=1e-6)
