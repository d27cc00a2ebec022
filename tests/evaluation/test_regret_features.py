"""A row is described by itself and by its viewer's history, never by its own label."""

from dataclasses import replace

import numpy as np
import pytest
from tests.evaluation.small_feedback import feedback
from tests.tables.feedback_rows import write_rows

from stoa.errors import BadInput
from stoa.evaluation.regret_features import Pairs, describe, viewer_rows
from stoa.evaluation.regret_pairs import (
    PairConfig,
    held_back_examples,
    split_rows,
    training_examples,
)
from stoa.tables.feedback_files import read_feedback


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return read_feedback(write_rows(tmp_path_factory.mktemp("rows"), feedback(told_by_play=1)))


@pytest.fixture
def viewer(rows):
    return viewer_rows(rows, rows.of_viewer()[1])


def pairs_of(viewer, like, hate):
    history = np.ones((1, len(viewer.is_hate)), bool)
    history[0, [like, hate]] = False
    return Pairs(np.array([like]), np.array([hate]), history)


def some_pair(viewer):
    return int(np.flatnonzero(~viewer.is_hate)[1]), int(np.flatnonzero(viewer.is_hate)[1])


def same(one, two):
    np.testing.assert_array_equal(one.before, two.before)
    np.testing.assert_array_equal(one.after, two.after)


def test_the_labels_of_a_pair_are_nowhere_in_its_features(viewer):
    like, hate = some_pair(viewer)
    turned = viewer.is_hate.copy()
    turned[[like, hate]] = ~turned[[like, hate]]
    pairs = pairs_of(viewer, like, hate)
    same(describe(viewer, pairs), describe(replace(viewer, is_hate=turned), pairs))


def test_the_labels_of_the_history_are_in_them(viewer):
    like, hate = some_pair(viewer)
    turned = ~viewer.is_hate
    pairs = pairs_of(viewer, like, hate)
    one, two = describe(viewer, pairs), describe(replace(viewer, is_hate=turned), pairs)
    assert not np.allclose(one.before, two.before, equal_nan=True)


def test_the_order_of_rows_does_not_matter(viewer):
    like, hate = some_pair(viewer)
    order = np.random.default_rng(0).permutation(len(viewer.is_hate))
    place = np.argsort(order)
    mixed = replace(
        viewer, at_h=viewer.at_h[order], hour=viewer.hour[order], is_hate=viewer.is_hate[order],
        signal={name: column[order] for name, column in viewer.signal.items()},
    )  # fmt: skip
    one = describe(viewer, pairs_of(viewer, like, hate))
    two = describe(mixed, pairs_of(mixed, int(place[like]), int(place[hate])))
    np.testing.assert_allclose(one.before, two.before, rtol=1e-9)
    np.testing.assert_allclose(one.after, two.after, rtol=1e-9)


def test_what_is_known_before_exposure_holds_nothing_of_how_a_row_was_watched(viewer):
    like, hate = some_pair(viewer)
    signal = {name: column.copy() for name, column in viewer.signal.items()}
    for name in signal:
        if name not in ("length", "has_length"):
            signal[name][[like, hate]] += 5
    pairs = pairs_of(viewer, like, hate)
    one, two = describe(viewer, pairs), describe(replace(viewer, signal=signal), pairs)
    np.testing.assert_array_equal(one.before, two.before)
    assert not np.allclose(one.after, two.after, equal_nan=True)


def test_past_only_knows_nothing_of_what_came_at_once_or_later(viewer):
    like, hate = some_pair(viewer)
    for row in (like, hate):
        later = viewer.at_h >= viewer.at_h[row]
        later[row] = False
        signal = {
            name: np.where(later, column + 3, column) for name, column in viewer.signal.items()
        }
        changed = replace(viewer, is_hate=viewer.is_hate ^ later, signal=signal)
        pairs = pairs_of(viewer, like, hate)
        one = describe(viewer, pairs, past_only=True)
        two = describe(changed, pairs, past_only=True)
        at = 0 if row == like else 1
        np.testing.assert_array_equal(one.before[at], two.before[at])
        np.testing.assert_array_equal(one.after[at], two.after[at])


def test_a_test_pair_is_never_learned_from(rows):
    split = split_rows(rows, 3)
    held = np.zeros(len(rows), bool)
    held[split.like] = held[split.hate] = True
    # Whatever the test rows are like, training rows come out the same.
    strange = replace(
        rows,
        play_s=np.where(held, 9e4, rows.play_s),
        comment_s=np.where(held, 9e4, rows.comment_s),
        flags=np.where(held[:, None], True, rows.flags),
    )
    one, two = (training_examples(x, split, PairConfig(), 0) for x in (rows, strange))
    for name in ("before", "after", "is_hate", "viewer"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


@pytest.mark.parametrize("thinned", [0.0, 1.0])
def test_viewers_weigh_the_same_and_counts_tell_no_label(rows, thinned):
    split = split_rows(rows, 0)
    made = training_examples(rows, split, PairConfig(thinned=thinned), 0)
    for viewer in np.unique(made.viewer):
        here = made.viewer == viewer
        assert made.weight[here & made.is_hate].sum() == pytest.approx(0.5)
        assert made.weight[here & ~made.is_hate].sum() == pytest.approx(0.5)
        known = made.history_hates
        assert sorted(known[here & made.is_hate]) == sorted(known[here & ~made.is_hate])
    # Three hates: one is tested and one of the pair, which leaves one; thinning may take it.
    assert set(made.history_hates.tolist()) == ({1} if thinned == 0 else {0, 1})


def test_those_who_hated_once_are_tested_and_teach_nothing(rows):
    split = split_rows(rows, 0)
    test = held_back_examples(rows, split, PairConfig())
    assert len(test.viewer) == 2 * len(rows.viewer_id)
    once = np.unique(test.viewer[test.history_hates == 0])
    assert len(once) == 10
    assert not set(once) & set(training_examples(rows, split, PairConfig(), 0).viewer)


def test_splits_differ_by_seed_and_viewers_without_a_hate_are_left_out(rows):
    assert (split_rows(rows, 0).like != split_rows(rows, 1).like).any()
    calm = replace(rows, is_hate=rows.is_hate & (rows.viewer != 0))
    split = split_rows(calm, 0)
    assert (split.like[0], split.hate[0]) == (-1, -1)
    assert 0 not in held_back_examples(calm, split, PairConfig()).viewer
    with pytest.raises(BadInput, match="both a like and a hate"):
        split_rows(replace(rows, is_hate=np.zeros(len(rows), bool)), 0)


def test_too_few_hates_to_learn_from_are_told(rows):
    first = np.r_[True, rows.viewer[1:] != rows.viewer[:-1]]
    once = replace(rows, is_hate=first)
    with pytest.raises(BadInput, match="two likes and two hates"):
        training_examples(once, split_rows(once, 0), PairConfig(), 0)
