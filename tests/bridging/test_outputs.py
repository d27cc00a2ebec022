"""The shape of the four files, with and without models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from tests.bridging.merge_world import CRH, TIMES, empty_history, model, world
from tests.bridging.test_meta import few, seeds

from stoa.bridging import output_columns as cells
from stoa.bridging.model_outputs import RaterOutput
from stoa.bridging.outputs import outputs
from stoa.bridging.run_result import Merge, RaterVoice
from stoa.bridging.verdicts import gather
from stoa.note_records import TAGS

COLUMNS = {
    "scored_notes": (cells.SCORED_NOTES, 99),
    "note_status_history": (cells.NOTE_STATUS_HISTORY, 24),
    "aux_note_info": (cells.AUX_NOTE_INFO, 72),
    "helpfulness_scores": (cells.HELPFULNESS_SCORES, 47),
}


@few
@given(seeds)
def test_all_columns_are_there_in_order_and_equally_long(seed):
    made = world(seed)
    written = outputs(made.data, made.run())
    for name, (columns, n) in COLUMNS.items():
        table = getattr(written, name)
        assert tuple(table.columns) == columns
        assert len(columns) == n
        assert {len(column) for column in table.columns.values()} == {len(table)}


def test_a_run_without_models_still_writes_every_note():
    made = world(2)
    n = len(made.data.notes)
    made = replace(made, verdicts=gather([], n, np.zeros(n, dtype=np.int8)))
    written = outputs(made.data, made.run())
    assert len(written.scored_notes) == n
    assert set(written.scored_notes.columns["coreRatingStatus"]) == {""}
    assert np.isnan(written.aux_note_info.columns["ratingWeight"].astype(float)).all()
    assert not written.aux_note_info.columns["coreNegFactor_populationSampledRatingCount"].any()


def test_a_history_of_23_columns_is_enough():
    made = world(4)
    n = len(made.data.notes)
    short = replace(
        made.data.history,
        above_pcrh_ms=empty_history(n).above_pcrh_ms,
        final_output_minute=empty_history(n).final_output_minute,
    )
    made = replace(made, data=replace(made.data, history=short))
    table = outputs(made.data, made.run()).note_status_history
    assert np.isnan(table.columns["timestampMinuteOfFinalScoringOutput"].astype(float)).all()


def test_a_note_without_ratings_counts_nothing():
    made = world(5, n_ratings=0)
    aux = outputs(made.data, made.run()).aux_note_info.columns
    assert not any(aux[tag].any() for tag in TAGS)
    assert not outputs(made.data, made.run()).scored_notes.columns["numRatings"].any()


def raters_of(ids, factor):
    n = len(ids)
    blank = {name: np.full(n, np.nan, dtype=np.float32) for name in RaterOutput.__slots__}
    blank |= {
        "id": np.array(ids, dtype=np.int32),
        "factor": np.full(n, factor, dtype=np.float32),
        "above_threshold": np.ones(n, dtype=np.int8),
    }
    return RaterOutput(**blank)


def test_group_models_are_written_for_their_own_raters_and_anybody_known_has_a_row():
    made = world(6, n_raters=4, n_notes=0, n_ratings=0)
    group = np.array([1, 4, 1, -1], dtype=np.int16)
    made = replace(
        made,
        data=replace(made.data, contributors=replace(made.data.contributors, group=group)),
    )
    spoken = replace(
        made.spoken,
        raters=(
            RaterVoice("core", raters_of([1], 0.5)),
            RaterVoice("group", raters_of([0, 1], 0.25), 1, (1,)),
            RaterVoice("multiGroup", raters_of([1, 2], 0.75), None, (1, 4)),
        ),
        clustered=np.array([False, False, False, True]),
    )
    table = outputs(made.data, Merge().run(made.data, spoken, TIMES)).helpfulness_scores.columns
    assert len(table["raterParticipantId"]) == 4
    np.testing.assert_array_equal(table["groupRaterFactor1"], [0.25, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(table["modelingGroup"], [1, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(table["multiGroupRaterFactor1"], [np.nan, 0.75, 0.75, np.nan])
    np.testing.assert_array_equal(table["coreRaterFactor1"], [np.nan, 0.5, np.nan, np.nan])
    assert table["aboveHelpfulnessThreshold"].tolist() == ["", "True", "", ""]
    assert table["authorTopNotHelpfulTagValues"].tolist() == [""] * 4


def test_rules_and_filter_tags_are_written_by_name():
    made = world(7, n_notes=2)
    core = model(
        2,
        status=np.array([CRH, 0], dtype=np.int8),
        active_rules=np.array([3, 0], dtype=np.uint32),
        filter_tags=np.array([3, 0], dtype=np.uint16),
    )
    made = replace(made, verdicts=replace(made.verdicts, models={"core": core}))
    table = outputs(made.data, made.run()).scored_notes.columns
    assert table["coreActiveRules"].tolist() == ["A (v1.0),B (v1.0)", ""]
    assert table["activeFilterTags"].tolist() == ["notHelpfulOther,notHelpfulIncorrect", ""]
