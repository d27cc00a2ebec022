"""Foreseeing lost status: the published predictions, every feature, and thin data."""

from dataclasses import replace

import numpy as np
import pytest
from tests.bridging.oracle_text import NOW_MS, oracle
from tests.bridging.small_history import (
    CRH,
    CRNH,
    DAY,
    MINUTE,
    NMR,
    POST,
    POST_MS,
    drawn,
    history_of,
    notes_of,
    ratings_of,
)

from stoa.bridging import flip_model, flip_words
from stoa.bridging.flip_bins import MOST_BINS, Products, ProductSpace, cut, learn_bins
from stoa.bridging.flip_features import N_TAGS, FlipSources, flip_features
from stoa.bridging.flip_model import (
    FlipModel,
    NoFlipModel,
    core_first,
    fit_flips,
    predict_flips,
)
from stoa.bridging.flip_rows import FlipRows, asking_notes, training_rows
from stoa.bridging.flip_words import WordSpace, entries_of
from stoa.note_records import NO_TIME, RatingTable


def oracle_sources(run, ratings):
    factor = core_first(
        run.factor("MFCoreScorer"),
        run.factor("MFExpansionScorer"),
        run.factor("MFExpansionPlusScorer"),
    )
    return FlipSources(run.notes, run.history, ratings, factor)


def test_probabilities_are_the_published_ones(shared_data):
    run = oracle(shared_data)
    model = fit_flips(oracle_sources(run, run.unlinked(both=False)), seed=1)
    assert isinstance(model, FlipModel)
    # So few notes ask that the published scorer leaves linked raters in (spec 4.3).
    found = predict_flips(model, oracle_sources(run, run.ratings), NOW_MS)
    published = np.array(
        [np.nan if p is None else p for p in run.output("scored_notes", "pflipProba")]
    )
    asked = np.isfinite(published)
    assert found.asked.tolist() == asked.tolist()
    assert np.corrcoef(published[asked], found.probability[asked])[0, 1] > 0.999
    assert np.abs(published - found.probability)[asked].max() < 0.05
    at = 1 / (1 + np.exp(-model.threshold))
    assert ((published[asked] <= at) == found.stays_crh[asked]).all()


def test_order_of_ratings_changes_nothing():
    sources, _ = drawn()
    order = np.random.default_rng(0).permutation(len(sources.ratings))
    mixed = replace(sources, ratings=sources.ratings.take(order))
    one = predict_flips(fit_flips(sources, 1), sources, POST_MS + 2 * DAY)
    other = predict_flips(fit_flips(mixed, 1), mixed, POST_MS + 2 * DAY)
    np.testing.assert_allclose(one.probability, other.probability)
    assert one.stays_crh.tolist() == other.stays_crh.tolist()


def test_it_learns_who_flips():
    sources, flips = drawn(n_notes=400)
    model = fit_flips(sources, 1)
    found = predict_flips(model, sources, POST_MS + 2 * DAY)
    assert found.asked.all()
    assert found.probability[flips].mean() > found.probability[~flips].mean() + 0.3
    assert not found.stays_crh[found.probability > 0.9].any()
    plain = {type(getattr(model.words, f)) for f in model.words.__slots__}
    assert plain == {np.ndarray}


def test_the_optimum_is_that_of_all_features_at_once():
    sources, _ = drawn(n_notes=200)
    rows, flips = training_rows(sources.notes, sources.history, sources.ratings)
    features = flip_features(sources, rows)
    model = flip_model._solve(features, flips, 1)
    binned = cut(model.bins, features)
    residual = flips - 1 / (1 + np.exp(-flip_model.decide(model, features)))
    products = ProductSpace(model.bins, binned, flips, 25).steepest(residual, 0, 10**6)
    slopes = np.abs(products.hold(binned) @ residual)
    assert len(products) > 200
    assert slopes.max() <= 25 * 1.05
    words = WordSpace(features, flips, 0).steepest(residual, 0, 10**6)
    assert np.abs(words.hold(features) @ residual).max() <= 25 * 1.05


@pytest.mark.parametrize("change", ["no notes", "no ratings", "all stay", "few rows"])
def test_nothing_to_learn_from_is_said(change):
    sources, _ = drawn(20)
    if change == "no notes":
        sources = FlipSources(
            notes_of(created_ms=[]), history_of(0), ratings_of([]), sources.factor
        )
    elif change == "no ratings":
        sources = replace(sources, ratings=sources.ratings.take(slice(0, 0)))
    elif change == "few rows":
        sources, _ = drawn(5)
        sources = replace(sources, history=replace(sources.history, current=np.zeros(5)))
    else:
        sources = replace(sources, history=replace(sources.history, locked=np.full(20, CRH)))
    model = fit_flips(sources, 1)
    assert isinstance(model, NoFlipModel)
    assert model.reason
    found = predict_flips(model, sources, POST_MS + 2 * DAY)
    assert not found.asked.any()
    assert not found.stays_crh.any()
    assert np.isnan(found.probability).all()


def test_few_rows_give_a_model_that_knows_only_the_middle():
    sources, _ = drawn(8)
    model = fit_flips(sources, 1)
    assert isinstance(model, FlipModel)
    assert len(model.product_weight) == len(model.word_weight) == 0
    found = predict_flips(model, sources, POST_MS + 2 * DAY)
    assert found.probability.tolist() == [0.5] * 8


def test_nobody_asks():
    sources, _ = drawn()
    found = predict_flips(fit_flips(sources, 1), sources, POST_MS + 9 * DAY)
    assert not found.asked.any()


def test_notes_without_ratings_get_a_prediction_too():
    sources, _ = drawn(200)
    model = fit_flips(sources, 1)
    silent = replace(sources, ratings=sources.ratings.take(slice(0, 0)))
    found = predict_flips(model, silent, POST_MS + 2 * DAY)
    assert np.isfinite(found.probability).all()


def test_a_search_that_is_cut_short_still_gives_a_model(monkeypatch):
    monkeypatch.setattr(flip_model, "MOST_ROUNDS", 1)
    sources, _ = drawn(200)
    assert len(fit_flips(sources, 1).product_weight)


def test_labels_and_moments():
    t = POST_MS + DAY
    cases = [  # first status, its time, window, locked, decided by
        (CRH, t + 60 * MINUTE, t + 30 * MINUTE, CRH, ""),
        (CRH, t + 60 * MINUTE, NO_TIME, NMR, ""),
        (0, NO_TIME, t + 40 * MINUTE, CRNH, ""),
        (CRNH, t + 60 * MINUTE, t + 40 * MINUTE, CRNH, ""),
        (CRH, t + 60 * MINUTE, NO_TIME, CRH, "ScoringDriftGuard (v1.0)"),
        (0, NO_TIME, NO_TIME, NMR, ""),
        (CRH, t + 60 * MINUTE, NO_TIME, 0, ""),
    ]
    n = len(cases)
    first, first_ms, window, locked, by = zip(*cases, strict=True)
    history = history_of(
        n,
        first_status=first,
        first_status_ms=first_ms,
        first_window_ms=window,
        locked=locked,
        decided_by=by,
    )
    ratings = ratings_of([(note, r, t + r * MINUTE, 2, 0) for note in range(n) for r in range(50)])
    rows, flips = training_rows(notes_of(created_ms=[t] * n), history, ratings)
    assert rows.note.tolist() == [0, 0, 1, 1, 2, 2]
    assert flips.tolist() == [False, False, True, True, True, True]
    minutes = (rows.cutoff_ms - t) / MINUTE
    assert minutes.tolist() == [15, 45, 45, 45, 25, 25]


def test_a_moment_is_never_before_the_fifth_rating():
    t = POST_MS + DAY
    history = history_of(
        2, first_status=[CRH] * 2, first_status_ms=[t + 20 * MINUTE] * 2, locked=[CRH] * 2
    )
    late = [(0, r, t + (30 + r) * MINUTE, 2, 0) for r in range(9)]
    few = [(1, r, t + (30 + r) * MINUTE, 2, 0) for r in range(3)]
    rows, _ = training_rows(notes_of(created_ms=[t] * 2), history, ratings_of(late + few))
    assert ((rows.cutoff_ms - t) / MINUTE).tolist() == [34, 34, 32, 32]


def test_who_asks():
    day = 30 * DAY
    history = history_of(
        6,
        current=[CRH, CRH, CRH, NMR, NMR, NMR],
        first_status_ms=[day - DAY, day - DAY - 1, 1, NO_TIME, NO_TIME, NO_TIME],
        latest_status_ms=[NO_TIME, NO_TIME, day, NO_TIME, NO_TIME, NO_TIME],
        window_ms=[NO_TIME, NO_TIME, NO_TIME, 5, -1, NO_TIME],
    )
    post = [POST, POST + 1, POST + 2, -1, POST + 4, POST + 2]
    asked = asking_notes(notes_of(created_ms=[0] * 6, post=post), history, day)
    assert asked.tolist() == [True, False, True, False, False, True]


def hand_made():
    """Note 0 with peers 1 (misleading) and 2 (not), and note 3 on another post."""
    t = POST_MS + DAY
    sources = FlipSources(
        notes=notes_of(
            created_ms=[t, t, t, t],
            post=[POST, POST, POST, POST + (1 << 30)],
            classification=[1, 1, 2, 1],
        ),
        history=history_of(
            4,
            first_status=[0, CRH, 0, 0],
            first_status_ms=[NO_TIME, t + 9 * MINUTE, NO_TIME, NO_TIME],
            first_window_ms=[NO_TIME, t + 3 * MINUTE, NO_TIME, NO_TIME],
        ),
        ratings=ratings_of(
            [
                (0, 0, t, 2, 0b1),
                (0, 1, t + 2 * MINUTE, 2, 0b11),
                (0, 2, t + 3 * MINUTE, 0, 1 << 9),
                (0, 3, t + 40 * MINUTE, 1, 0),
                (1, 0, t + MINUTE, 1, 0),
                (1, 1, t + 50 * MINUTE, 2, 0),
                (2, 2, t + MINUTE, 0, 1 << 21),
                (3, 0, t, 2, 0),
            ]
        ),
        factor=np.array([-0.5, 0.2, 0.9, np.nan], dtype=np.float32),
    )
    return sources, t


def test_features_of_a_hand_made_note():
    sources, t = hand_made()
    rows = FlipRows(np.array([0]), np.array([t + 5 * MINUTE]))
    f = flip_features(sources, rows)
    assert f.shares[0, [0, 1, 9]] == pytest.approx([2 / 3, 1 / 3, 1 / 3])
    assert f.shares[0, 44 + 21] == 1
    assert f.cells[0, :9].tolist() == [0, 0, 1, 0, 0, 1, 1, 0, 0]
    assert f.cells[0, 9:18].tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert f.stats[0, :7] == pytest.approx([0.2, 0.5, 0.2, 0.5, 0.7 / np.sqrt(2), 0.7, 0.7])
    assert np.isnan(f.stats[0, 7:]).all()
    assert f.bursts[0, :4].tolist() == [1, 3, 3, 3]
    assert f.bursts[0, 8:12].tolist() == [1, 3, 3, 3]
    assert f.bursts[0, 16:20].tolist() == [0, 2, 3, 3]
    assert f.bursts[0, 4:8] == pytest.approx([1 / 3, 1, 1, 1])
    assert f.delay_ms.tolist() == [DAY]
    assert f.peers[0].tolist() == [2, 1, 1, 0, 1]
    assert f.levels[0].code.tolist() == [2, 5, 6]
    assert (f.tags[0].code % N_TAGS).tolist() == [0, 0, 1, 9]


def test_without_a_moment_all_is_seen_and_the_present_is_the_latest_rating():
    sources, _ = hand_made()
    f = flip_features(sources, FlipRows(np.array([0, 3]), None))
    assert f.peers[0].tolist() == [2, 1, 1, 1, 1]
    assert f.peers[1].tolist() == [0] * 5
    assert f.bursts[0, 16:20].tolist() == [1, 1, 1, 4]
    assert f.bursts[1, 16:20].tolist() == [0, 0, 0, 1]
    assert f.cells[0, 9:18].sum() == 2
    assert np.isnan(f.shares[1, 22:]).all()


def test_bins_of_equal_and_of_missing_values():
    sources, _ = hand_made()
    f = flip_features(sources, FlipRows(np.repeat([0, 3], 6), None))
    bins = learn_bins(f)
    binned = cut(bins, f)
    assert binned.shape == (149, 12)
    assert binned.max() < MOST_BINS
    assert not bins.used[92]  # nobody found a not-misleading peer helpful: no statistics


def test_products_hold_where_all_their_bins_do():
    binned = np.array([[0, 1, 1], [2, 2, 0]])
    products = Products(
        np.array([[0, 1, -1, -1], [1, -1, -1, -1]], dtype=np.int16),
        np.array([[1, 2, -1, -1], [2, -1, -1, -1]], dtype=np.int8),
    )
    assert products.hold(binned).tolist() == [[False, True, False], [True, True, False]]


def test_tags_tied_at_the_limit_are_kept_by_name():
    t = POST_MS
    rows = [(note, rater, t, 2, 1) for note in range(8) for rater in range(20)]
    sources = FlipSources(
        notes_of(created_ms=[t] * 8, post=POST + np.arange(8)),
        history_of(8),
        ratings_of(rows),
        np.full(20, np.nan, dtype=np.float32),
    )
    features = flip_features(sources, FlipRows(np.arange(8), None))
    positive = np.arange(8) < 3
    code = np.unique(entries_of(features)[2].code)
    kept = flip_words._telling(code, np.full(20, 8), np.full(20, 3), positive, 10)
    assert (code[kept] // N_TAGS).tolist() == [0, 10]


def test_factor_of_core_comes_first():
    nan = np.nan
    columns = [
        np.array(c, dtype=np.float32)
        for c in ([1, nan, nan, nan], [2, 2, nan, nan], [3, 3, 3, nan])
    ]
    np.testing.assert_array_equal(core_first(*columns), [1, 2, 3, nan])


def test_threshold_is_a_corner_near_the_wanted_rate():
    decision = np.array([3.0, 2.0, 2.0, 1.0, 0.0, -1.0])
    flips = np.array([True, False, True, False, False, False])
    assert flip_model._threshold(decision, flips) == 2.0
    assert flip_model._threshold(np.zeros(2), np.array([True, False])) == 0.0


def test_ratings_table_is_not_changed():
    sources, _ = drawn(20)
    before = RatingTable(*(getattr(sources.ratings, f).copy() for f in RatingTable.__slots__))
    fit_flips(sources, 1)
    for name in RatingTable.__slots__:
        np.testing.assert_array_equal(getattr(before, name), getattr(sources.ratings, name))
