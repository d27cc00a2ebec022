"""Pseudo-rater bounds: what refits by hand give, and what the published scorer wrote."""

import numpy as np
import pytest

from stoa.bridging.bounds import pseudo_rater_bounds
from stoa.bridging.factorisation import fit, solve_notes
from stoa.bridging.layout import Layout
from stoa.bridging.scorers import CORE_GROUPS, Penalties

PLAIN = Penalties()


def test_bounds_are_those_of_four_refits(camps):
    note, rater, value = camps
    layout = Layout.of(note, rater, value)
    made = fit(layout, PLAIN)
    i_u, f_u = made.rater_intercept, made.rater_factor
    refits = [solve_notes(layout, PLAIN, made.mu, i_u, f_u)]
    for factor in (f_u.min(), 0.0, f_u.max()):
        more = Layout.of(
            np.append(note, np.arange(60)),
            np.append(rater, np.full(60, 80)),
            np.append(value, np.ones(60)),
        )
        raters = np.append(i_u, i_u.min()), np.append(f_u, np.float32(factor))
        refits.append(solve_notes(more, PLAIN, made.mu, *raters))
    bounds = pseudo_rater_bounds(layout, PLAIN, made.mu, i_u, f_u)
    for name, rows in zip(("intercept", "factor"), zip(*refits, strict=True), strict=True):
        for word, of in (("min", np.min), ("median", np.median), ("max", np.max)):
            got = getattr(bounds, f"{name}_{word}")
            assert np.allclose(got, of(np.stack(rows), axis=0), atol=1e-5)


def test_ratings_are_counted_by_side(camps):
    note, rater, value = camps
    layout = Layout.of(note, rater, value)
    factor = np.linspace(-1, 1, 80)
    factor[40] = 0
    bounds = pseudo_rater_bounds(layout, PLAIN, 0.1, np.zeros(80), factor)
    assert bounds.n_ratings.tolist() == np.bincount(note).tolist()
    assert bounds.n_negative.tolist() == np.bincount(note, factor[rater] < 0).tolist()
    assert bounds.n_positive.tolist() == np.bincount(note, factor[rater] > 0).tolist()


@pytest.mark.parametrize("prefix", ["core", "coreWithTopics"])
def test_final_scores_and_bounds_agree_with_the_published_scorer(oracle, prefix):
    ratings = oracle.of_groups(set(CORE_GROUPS), unassigned=True, final=True)
    if prefix == "core":
        ratings = ratings.take(oracle.topic[ratings.note] == "")
    theirs = oracle.model("MFCoreScorer" if prefix == "core" else "MFCoreWithTopicsScorer")
    ratings = ratings.take(np.bincount(ratings.note)[ratings.note] >= 5)
    known = theirs.above_threshold & ~np.isnan(theirs.rater_factor)
    ratings = ratings.take(known[ratings.rater])
    layout = Layout.of(ratings.note, ratings.rater, ratings.helpful)
    frozen = theirs.rater_intercept[layout.rater], theirs.rater_factor[layout.rater]
    intercept, factor = solve_notes(
        layout, PLAIN, theirs.mu, *frozen, ratio=theirs.n_ratings / theirs.n_notes
    )
    bounds = pseudo_rater_bounds(layout, PLAIN, theirs.mu, *frozen)
    for column, ours in (
        ("NoteIntercept", intercept),
        ("NoteFactor1", factor),
        ("NoteInterceptMin", bounds.intercept_min),
        ("NoteInterceptMax", bounds.intercept_max),
    ):
        expected = oracle.scores(prefix + column)[layout.note]
        both = ~np.isnan(expected)
        assert both.sum() > 800
        off = np.abs(ours - expected)[both]
        assert np.median(off) < 0.002
        assert off.max() < 0.006
