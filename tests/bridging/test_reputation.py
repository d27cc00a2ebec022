from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.bridging.small_ratings import Square, join, make_ratings, squares

from stoa.bridging.draws import seeds_of_ratings
from stoa.bridging.reputation import (
    COVERAGE,
    DILIGENCE,
    Reputation,
    ReputationStart,
    diligence_target,
    prescore_reputation,
    read_back,
    score_reputation,
)
from stoa.bridging.reputation_descent import Schedule
from stoa.note_records import tag_bit

SHORT = Schedule(tolerance=1e-5, every=5, epochs=40)
QUICK_DILIGENCE = replace(DILIGENCE, schedule=SHORT)
QUICK_COVERAGE = replace(COVERAGE, schedule=SHORT)
BOTH = pytest.mark.parametrize("rules", [QUICK_DILIGENCE, QUICK_COVERAGE])


def start_of(square: Square, sign: int = 1) -> ReputationStart:
    ratings = square.ratings
    return ReputationStart(
        rater_factor=sign * square.rater_factor,
        note_seed=seeds_of_ratings(
            ratings.note, ratings.at_ms, ratings.level, len(square.note_factor)
        ),
        rater_seed=seeds_of_ratings(
            ratings.rater, ratings.at_ms, ratings.level, len(square.rater_factor)
        ),
    )


def same(a, b, atol=0.0) -> bool:
    return all(
        np.allclose(getattr(a, f.name), getattr(b, f.name), rtol=0, atol=atol, equal_nan=True)
        for f in fields(a)
    )


def test_sourcing_tags_are_what_diligence_looks_for():
    ratings = join(
        make_ratings([(0, 0, 0)], tags=tag_bit("notHelpfulIrrelevantSources")),
        make_ratings([(0, 1, 0)], tags=tag_bit("notHelpfulOutdated")),
    )
    assert diligence_target(ratings).tolist() == [1.0, 0.0]


def test_starts_are_read_back_by_the_few_ids_that_float64_holds():
    ids = np.array([1 << 60, (1 << 60) + 1, (1 << 60) + 256, (1 << 60) + 512, 7])
    column = np.array([1.0, 1.0, 1.0, np.nan, 1.0])
    assert read_back(column, ids).tolist() == [1.0, 0.0, 1.0, 0.0, 1.0]


@BOTH
@settings(max_examples=20, deadline=None)
@given(square=squares(), seed=st.integers(0, 99))
def test_row_order_changes_nothing_and_a_mirrored_axis_ends_mirrored(rules, square, seed):
    assume(np.isfinite(square.rater_factor[square.ratings.rater]).any())  # else no axis to mirror
    start = start_of(square)
    here = prescore_reputation(square.ratings, start, rules)
    assert same(here, prescore_reputation(square.shuffled(seed), start, rules))
    there = prescore_reputation(square.ratings, start_of(square, -1), rules)
    mirrored = replace(there, note_factor=-there.note_factor, rater_factor=-there.rater_factor)
    assert same(here, mirrored)
    ids = square.notes.id
    final = score_reputation(square.ratings, here, ids, rules, 3.0)
    mirror = score_reputation(square.shuffled(seed), there, ids, rules, 3.0)
    assert np.array_equal(final.intercept, mirror.intercept, equal_nan=True)
    assert np.array_equal(final.factor, -mirror.factor, equal_nan=True)


@settings(max_examples=20, deadline=None)
@given(square=squares())
def test_names_of_notes_and_raters_change_nothing(square):
    """Other rows, other ids: the same notes get the same numbers up to float sums."""
    assume(len(square.ratings) > 0)
    n_notes, n_raters = len(square.note_factor), len(square.rater_factor)
    ratings = square.ratings
    renamed = replace(
        square,
        ratings=replace(
            ratings, note=n_notes - 1 - ratings.note, rater=n_raters - 1 - ratings.rater
        ),
        rater_factor=square.rater_factor[::-1],
    )
    rules = replace(DILIGENCE, schedule=replace(SHORT, epochs=5))
    here = prescore_reputation(ratings, start_of(square), rules)
    there = prescore_reputation(renamed.ratings, start_of(renamed), rules)
    assert np.allclose(
        here.note_intercept, there.note_intercept[::-1], rtol=0, atol=1e-3, equal_nan=True
    )


def learned_of(square: Square, rules=QUICK_DILIGENCE) -> Reputation:
    return prescore_reputation(square.ratings, start_of(square), rules)


def test_one_rater_of_one_note_is_enough():
    ratings = make_ratings([(1, 1, 2)], tags=tag_bit("notHelpfulIncorrect"))
    seeds = np.arange(2, dtype=np.uint64)
    start = ReputationStart(np.array([np.nan, np.nan]), seeds, seeds)
    learned = prescore_reputation(ratings, start, QUICK_DILIGENCE)
    assert np.isnan(learned.note_intercept[0])
    assert np.isfinite(learned.note_intercept[1])
    result = score_reputation(ratings, learned, np.arange(2), QUICK_DILIGENCE, 5.0)
    assert np.isnan(result.intercept[0])
    assert np.isfinite(result.intercept[1])


def test_no_ratings_no_word():
    nothing = np.full(2, np.nan, dtype=np.float32)
    learned = Reputation(*[nothing] * 7, globals=(0.0, 0.0, 0.0))
    result = score_reputation(make_ratings([]), learned, np.arange(2), DILIGENCE, 5.0)
    assert np.isnan(result.intercept).all()
    assert np.isnan(result.factor).all()


def test_a_rater_unknown_to_prescoring_moves_no_intercept_by_standing():
    """Reputation 0 and factor 0: their ratings have no gradient, only weight totals."""
    rows = [(0, rater, 2) for rater in range(4)]
    ratings = make_ratings(rows, tags=tag_bit("notHelpfulIncorrect"))
    seeds = np.arange(5, dtype=np.uint64)
    start = ReputationStart(np.array([0.5, -0.5, 0.2, 0.1, np.nan]), seeds, seeds)
    learned = prescore_reputation(ratings, start, QUICK_DILIGENCE)
    alone = make_ratings([(0, 4, 2)], tags=tag_bit("notHelpfulIncorrect"))
    result = score_reputation(alone, learned, np.array([(1 << 60) + 1]), QUICK_DILIGENCE, 5.0)
    assert result.intercept.tolist() == [0.0]
    assert result.factor.tolist() == [0.0]


def test_coverage_may_start_from_note_factors():
    ratings = make_ratings([(0, 0, 2), (0, 1, 0), (1, 0, 0), (1, 1, 2)])
    seeds = np.arange(2, dtype=np.uint64)
    start = ReputationStart(np.array([0.5, -0.5]), seeds, seeds, note_factor=np.array([0.4, -0.4]))
    learned = prescore_reputation(ratings, start, QUICK_COVERAGE)
    assert learned.note_factor[0] > 0 > learned.note_factor[1]
