"""Group 14: both sides weigh the same."""

import numpy as np
import pytest

from stoa.bridging.factorisation import Start, solve_notes
from stoa.bridging.layout import Layout
from stoa.bridging.normalised import fit_normalised, refit_normalised, side_weights
from stoa.bridging.scorers import NormalisedLoss, Penalties

PUBLISHED = NormalisedLoss()
GROUP_14 = Penalties(
    note_intercept=0.9, note_factor=0.01, rater_factor=0.0075, mu=0.15, diamond=0.75
)


@pytest.fixture
def layout(camps):
    return Layout.of(*camps)


def weights(layout, factor, config):
    note, rater = side_weights(layout, factor, config)
    by_note = layout.by_note
    return np.repeat(note, np.diff(by_note.start)) * rater[by_note.other]


def test_the_sides_weigh_the_same_and_all_as_before(layout):
    factor = np.linspace(-0.3, 1, 80)
    made = weights(layout, factor, NormalisedLoss(rater_exponent=0))
    positive = factor[layout.by_note.other] > 0
    assert made[positive].sum() == pytest.approx(made[~positive].sum())
    assert made.sum() == pytest.approx(layout.n_ratings)


def test_the_published_steps_one_after_the_other(layout):
    factor = np.linspace(-0.3, 1, 80)
    config = NormalisedLoss(note_exponent=-0.5)
    rater = layout.by_note.other
    note = np.repeat(np.arange(60), np.diff(layout.by_note.start))
    positive = factor[rater] > 0
    w = np.ones(layout.n_ratings)
    w[positive] *= (~positive).sum() / positive.sum()
    w *= layout.n_ratings / w.sum()
    w *= np.bincount(note, w)[note] ** -0.5
    w *= np.bincount(rater, w)[rater] ** -0.25
    assert np.allclose(weights(layout, factor, config), w)


def test_one_side_alone_is_not_weighed_against_nobody(layout):
    made = weights(layout, np.ones(80), NormalisedLoss(rater_exponent=0))
    assert np.array_equal(made, np.ones(layout.n_ratings))


def test_the_second_fit_forgets_notes_and_mu_and_freezes_nothing(layout):
    start = Start(
        rater_factor=np.linspace(-1, 1, 80),
        note_factor=np.full(60, np.nan),
        note_intercept=np.full(60, np.nan),
        mu=5.0,
    )
    bare = Start(rater_factor=start.rater_factor)
    one, other = (
        refit_normalised(layout, GROUP_14, PUBLISHED, start.rater_factor, s, ratio=20.0)
        for s in (start, bare)
    )
    assert np.array_equal(one.note_factor, other.note_factor)
    assert not np.array_equal(one.rater_factor, start.rater_factor)
    frozen = solve_notes(layout, GROUP_14, 5.0, np.zeros(80), start.rater_factor)
    assert not np.allclose(one.note_intercept, frozen[0])


def test_group_14_agrees_with_the_published_scorer(oracle):
    theirs = oracle.model("MFGroupScorer_14")
    train = oracle.of_groups({14}).filtered()
    layout = Layout.of(train.note, train.rater, train.helpful, seed=train.seeds)
    first = fit_normalised(layout, GROUP_14, PUBLISHED)
    final = train.take(theirs.above_threshold[train.rater])
    final_layout = Layout.of(final.note, final.rater, final.helpful)
    rows = np.searchsorted(layout.rater, final_layout.rater)
    start = Start(
        rater_intercept=first.rater_intercept[rows], rater_factor=first.rater_factor[rows]
    )
    made = fit_normalised(final_layout, GROUP_14, PUBLISHED, start)
    off = np.abs(made.note_intercept - theirs.note_intercept[final_layout.note])
    assert np.median(off) < 0.004
    assert off.max() < 0.03
    assert abs(made.mu - theirs.mu) < 0.002
    pair = made.rater_factor, theirs.rater_factor[final_layout.rater]
    assert np.corrcoef(*pair)[0, 1] > 0.999
