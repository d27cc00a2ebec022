from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.bridging.small_ratings import make_ratings, squares

import stoa.bridging.gaussian as gaussian
from stoa.bridging.gaussian import gaussian_notes
from stoa.bridging.gaussian_scorers import (
    COARSE_GRID,
    CRH_PASS,
    CRNH_PASS,
    FINE_GRID,
    GAUSSIAN,
    GAUSSIAN_SCORERS,
)

NOBODY = 0
"""An author without a factor: rater 0 of `FACTOR`."""

FACTOR = np.array([np.nan, -0.6, -0.4, -0.2, 0.2, 0.4, 0.6], dtype=np.float32)


def notes_of(rows, author=(NOBODY,), **rules):
    author = np.array(author, dtype=np.int32)
    return gaussian_notes(make_ratings(rows), author, FACTOR, **rules)


def by_the_book(factor, level, rules) -> float:
    """One note of one pass, each step as spec 13 writes it."""
    f, y = np.array(factor), np.array(level) / 2
    v = np.where(y == 0.5, rules.somewhat_value, y)
    if rules.is_flipped:
        v, y = 1 - v, 1 - y
    n, q = len(f), np.array(rules.grid)
    w = np.exp(-(((f[:, None] - q) / rules.bandwidth) ** 2) / 2)
    w /= rules.bandwidth * np.sqrt(2 * np.pi)
    if rules.is_normalised:
        w /= w.sum(axis=1, keepdims=True)
    if (w.sum(axis=0) < rules.least_weight).any():
        return 0.0
    against = v == 0
    spread = 1.0
    if against.any():
        e = (1 / (1 + np.exp(-200 * (np.abs(f - f[against].mean()) - 0.14))))[against].sum()
        spread = min(1 + rules.spread_gain * e / n, rules.spread_limit)
    w[against] *= spread * rules.against_weight
    lean = np.mean(2 * (y - 0.5) * f)
    prior = np.maximum(rules.prior_least, np.minimum(rules.prior, lean * q / 2 + rules.prior))
    if min((f < 0).sum(), (f > 0).sum()) < 3:
        prior = np.full(len(q), 0.1)
    s = rules.prior_weight * np.log(max(n, 9)) / np.log(9)
    value = (w.T @ v + s * prior) / (w.sum(axis=0) + s)
    return float(np.exp(np.mean(np.log(np.clip(value, *rules.clip)))))


def test_the_grids_are_the_published_ones():
    assert (len(FINE_GRID), len(COARSE_GRID)) == (50, 26)
    assert tuple(sorted(FINE_GRID)) == FINE_GRID
    assert (FINE_GRID[0], FINE_GRID[24], FINE_GRID[25], FINE_GRID[49]) == (-0.92, -0.01, 0.01, 0.92)
    assert COARSE_GRID[:3] == (-0.92, -0.61, -0.55)
    assert COARSE_GRID[12:16] == (-0.01, 0.01, 0.07, 0.12)


def test_the_models_borrow_what_they_need():
    assert [scorer.name for scorer in GAUSSIAN_SCORERS if not scorer.uses_reputation] == [
        "GaussianTopicScorer_InDimensionTwo"
    ]
    assert GAUSSIAN.thresholds.crh == 0.51
    assert GAUSSIAN.thresholds.crnh_ucb is None


@pytest.mark.parametrize("level", [(2, 2, 2, 2, 2, 2), (0, 0, 2, 1, 2, 2), (0, 0, 0, 1, 0, 0)])
def test_a_note_gets_what_the_book_says(level):
    rows = [(0, rater, level[rater - 1]) for rater in range(1, 7)]
    wide = replace(CRH_PASS, bandwidth=0.2, least_weight=1e-9)
    up, down = by_the_book(FACTOR[1:], level, wide), by_the_book(FACTOR[1:], level, CRNH_PASS)
    result = notes_of(rows, crh=wide)
    assert np.isclose(result.intercept[0], -down if up < down else up, atol=1e-6)
    assert up != down


def test_a_place_that_nobody_is_near_leaves_no_curve():
    rows = [(0, rater, 2) for rater in range(1, 7)]
    nowhere = replace(CRH_PASS, bandwidth=0.01)
    unheard = replace(CRNH_PASS, bandwidth=0.01)
    assert notes_of(rows, crh=nowhere, crnh=unheard).intercept.tolist() == [0.0]


def test_the_author_speaks_once_if_known_and_silent():
    rows = [(0, rater, 2) for rater in range(2, 7)]
    wide = replace(CRH_PASS, bandwidth=0.3)
    without = notes_of(rows, crh=wide)
    known = notes_of(rows, author=(1,), crh=wide)
    assert known.intercept[0] > without.intercept[0]
    as_rating = notes_of([*rows, (0, 1, 2)], author=(1,), crh=wide)
    assert np.isclose(known.intercept[0], as_rating.intercept[0])


def test_notes_without_ratings_have_no_intercept():
    result = notes_of([(1, 1, 2)], author=(NOBODY, NOBODY))
    assert np.isnan(result.intercept[0])
    assert not np.isnan(result.intercept[1])
    assert np.isnan(notes_of([]).intercept).all()


def test_a_rater_far_beyond_the_axis_weighs_nothing():
    far = FACTOR.copy()
    far[1] = 9.0
    alone = gaussian_notes(make_ratings([(0, 1, 2)]), np.array([NOBODY]), far)
    assert alone.intercept.tolist() == [0.0]


def test_the_lean_stands_in_for_a_factor():
    result = notes_of([(0, 4, 2), (0, 1, 0)])
    assert np.isclose(result.lean[0], (0.2 + 0.6) / 2)


@given(squares(), st.integers(0, 99))
def test_row_order_signs_and_blocks_change_nothing(square, seed):
    fitted = square.ratings.take(~np.isnan(square.rater_factor[square.ratings.rater]))
    square = replace(square, ratings=fitted)
    author, factor = square.notes.author, square.rater_factor
    here = gaussian_notes(square.ratings, author, factor)
    shuffled = gaussian_notes(square.shuffled(seed), author, factor)
    assert np.array_equal(here.intercept, shuffled.intercept, equal_nan=True)
    mirrored = gaussian_notes(square.ratings, author, -factor)
    assert np.allclose(here.intercept, mirrored.intercept, atol=1e-6, equal_nan=True)
    assert np.allclose(here.lean, -mirrored.lean, atol=1e-6, equal_nan=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gaussian, "RATINGS_AT_ONCE", 3)
        blocks = gaussian_notes(square.ratings, author, factor)
    assert np.allclose(here.intercept, blocks.intercept, atol=1e-6, equal_nan=True)
