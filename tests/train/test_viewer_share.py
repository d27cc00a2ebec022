"""Nobody's likes are more than a small share of what is learned from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.train.test_ranker_reliability import log_of

from stoa.records import EventKind
from stoa.train.viewer_share import ShareConfig, share_weights

LIKE = 1 << EventKind.LIKE


def shown_of(likes, showings=None):
    """Viewers with so many likes each, among at least as many showings."""
    showings = showings or likes
    viewer = np.repeat(np.arange(len(likes)), showings)
    liked = np.concatenate([np.arange(n) < k for n, k in zip(showings, likes, strict=True)])
    log = log_of([(0.0, 0, -1)], [(1.0, v, 0) for v in viewer])
    object.__setattr__(log.impressions, "acts", (liked * LIKE).astype(np.uint32))
    return log.impressions, viewer, liked


def share_of_first(likes, showings=None):
    shown, viewer, liked = shown_of(likes, showings)
    counted = share_weights(shown) * liked
    return counted[viewer == 0].sum() / counted.sum()


def test_an_account_with_a_tenth_of_all_likes_counts_as_the_share_allows():
    likes = [300] + [30] * 90
    assert share_of_first(likes) == pytest.approx(4 / 91, rel=1e-3)


def test_in_a_large_square_the_share_is_small():
    assert share_of_first([400] + [12] * 300) == pytest.approx(0.02, rel=1e-3)


def test_usual_viewers_count_in_full():
    shown, viewer, _ = shown_of([300] + [30] * 90)
    assert set(share_weights(shown)[viewer > 0].tolist()) == {1.0}


def test_all_showings_of_a_viewer_weigh_alike():
    shown, viewer, _ = shown_of([300] + [30] * 90, [450] + [40] * 90)
    assert len(set(share_weights(shown)[viewer == 0].tolist())) == 1


@pytest.mark.parametrize("likes", [[50], [50, 1], [0, 0, 0], [9, 0, 0, 0]])
def test_where_viewers_are_few_or_nobody_likes_all_count(likes):
    shown, *_ = shown_of(likes, [max(n, 2) for n in likes])
    assert set(share_weights(shown).tolist()) == {1.0}


def test_the_only_one_who_likes_is_heard_too():
    shown, viewer, _ = shown_of([900] + [0] * 60, [900] + [5] * 60)
    assert share_weights(shown)[viewer == 0] == pytest.approx(0.1)


def test_a_few_likes_count_in_full_whoever_else_likes():
    shown, *_ = shown_of([19] + [0] * 60, [19] + [5] * 60)
    assert set(share_weights(shown).tolist()) == {1.0}


@given(st.lists(st.integers(0, 90), min_size=5, max_size=40))
def test_nobody_has_more_than_the_share_or_is_silenced(likes):
    config = ShareConfig()
    shown, viewer, liked = shown_of(likes, [max(n, 1) for n in likes])
    weight = share_weights(shown, config)
    assert ((weight >= config.least - 1e-6) & (weight <= 1)).all()
    share = max(config.most, config.times_even / len(likes))
    total = (liked * 1.0).sum()
    for one in range(len(likes)):
        mine = (weight * liked)[viewer == one].sum()
        heard = max(config.least * likes[one], config.few)
        assert mine <= max(share * (total - likes[one] + mine), heard) + 1e-3
