"""Harassment: labels, the gradient, and whom the published scorer penalised."""

import numpy as np
import pytest

from stoa.bridging.factorisation import fit_stable
from stoa.bridging.harassment import (
    TAGS_CHANGED_MS,
    harassment_labels,
    harassment_model,
    logistic_loss,
)
from stoa.bridging.layout import Layout
from stoa.bridging.scorers import CORE_GROUPS, Penalties
from stoa.note_records import RatingTable, tag_bit

ABUSE, OTHER = tag_bit("notHelpfulSpamHarassmentOrAbuse"), tag_bit("notHelpfulOther")


def test_labels():
    said = [
        (2, 0, TAGS_CHANGED_MS, 0),
        (1, 0, TAGS_CHANGED_MS, -1),
        (0, OTHER, TAGS_CHANGED_MS, 0),
        (0, OTHER | ABUSE, TAGS_CHANGED_MS, 1),
        (2, ABUSE, TAGS_CHANGED_MS, 1),
        (0, tag_bit("notHelpfulIncorrect"), TAGS_CHANGED_MS, -1),
        (0, ABUSE, TAGS_CHANGED_MS - 1, -1),
    ]
    level, tags, at_ms, label = (np.array(column) for column in zip(*said, strict=True))
    none = np.zeros(len(said), dtype=np.int32)
    table = RatingTable(none, none, at_ms, level, tags.astype(np.uint32), none == 1)
    assert harassment_labels(table).tolist() == label.tolist()


def test_the_gradient_is_the_slope_of_the_loss(camps):
    note, rater, value = camps
    layout = Layout.of(note, rater, (value == 0).astype(float))
    loss = logistic_loss(layout, 0.3, Penalties())
    rng = np.random.default_rng(0)
    at, step = rng.normal(size=1 + 2 * 140), rng.normal(size=1 + 2 * 140)
    ahead, behind = loss(at + 1e-5 * step)[0], loss(at - 1e-5 * step)[0]
    assert (ahead - behind) / 2e-5 == pytest.approx((loss(at)[1] * step).sum(), rel=1e-6)


def test_notes_that_both_sides_report_stand_out(camps):
    note, rater, _ = camps
    rng = np.random.default_rng(0)
    tagged = (rng.random(len(note)) < np.where(note < 3, 0.8, 0.03)).astype(float)
    layout = Layout.of(note, rater, tagged)
    made = harassment_model(layout, np.zeros(60), np.linspace(-1, 1, 80))
    assert made.note_intercept[:3].min() > 0.5
    assert np.median(made.note_intercept) < 0


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_nothing_is_said_where_all_labels_are_the_same(camps, label):
    note, rater, value = camps
    layout = Layout.of(note, rater, np.full(len(value), label))
    made = harassment_model(layout, np.zeros(60), np.zeros(80))
    assert np.isnan(made.note_intercept).all()
    assert made.n_epochs == 0


def test_the_published_core_model_calls_the_same_notes_harassment(oracle):
    theirs = oracle.model("MFCoreScorer")
    ratings = oracle.of_groups(set(CORE_GROUPS), unassigned=True)
    train = ratings.take(oracle.topic[ratings.note] == "").filtered()
    layout = Layout.of(train.note, train.rater, train.helpful, seed=train.seeds)
    group = oracle.group[layout.rater]
    first = fit_stable(layout, Penalties(), of_group=group == 13, enrolled=group >= 0)
    labelled = train.take(
        theirs.helpful_at_first[train.rater]
        & (train.at_ms >= TAGS_CHANGED_MS)
        & (((train.helpful == 1) & train.new_form) | train.other | train.harassed)
    ).filtered()
    tags = Layout.of(labelled.note, labelled.rater, labelled.harassed.astype(float))
    made = harassment_model(
        tags,
        first.note_factor[np.searchsorted(layout.note, tags.note)],
        first.rater_factor[np.searchsorted(layout.rater, tags.rater)],
    )
    expected = theirs.harassment_intercept[tags.note]
    assert not np.isnan(expected).any()
    assert np.array_equal(made.note_intercept >= 2.0, expected >= 2.0)
    assert np.median(np.abs(made.note_intercept - expected)) < 0.01
