"""The published formulas on inputs worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.ranking.predictions import PostFacts, Predictions
from stoa.ranking.presets import (
    PREDICTED_PRESETS,
    T2023_WEIGHTS,
    X2026_WEIGHTS,
    X2026Config,
    diversity,
    dwell_regret,
    preset_score,
    t2023_heavy,
    x2026_dwell_regret,
    x2026_weighted,
)

EXACT = {"rel": 0, "abs": 1e-9}


def predictions(n: int, **heads: list[float]) -> Predictions:
    return replace(Predictions.zeros(n), **{h: np.array(v, float) for h, v in heads.items()})


def facts(n: int, **columns: list) -> PostFacts:
    plain = PostFacts.plain(n)
    return replace(plain, **{c: np.array(v, getattr(plain, c).dtype) for c, v in columns.items()})


def test_all_published_weights_of_2026_stand():
    assert len(X2026_WEIGHTS) == 26
    heads = Predictions.zeros(1)
    for head, weight in X2026_WEIGHTS.items():
        one = replace(heads, **{head: np.array([1.0])})
        total = weight + 0.001 if weight >= 0 else (weight + 367.22) / 410.564 * 0.001
        assert x2026_weighted(one, PostFacts.plain(1))[0] == pytest.approx(total, **EXACT), head


def test_the_weighted_sum_of_a_usual_post():
    # 0.5*0.1 + 5*0.02 + 1*0.01 + 0.4*0.2 + 0.004*25 - 43.2*0.001 = 0.2968, offset 0.2978
    p = predictions(
        1,
        favourite=[0.1],
        reply=[0.02],
        repost=[0.01],
        post_click=[0.2],
        dwell_s=[25],
        not_interested=[0.001],
    )
    assert x2026_weighted(p, PostFacts.plain(1))[0] == pytest.approx(0.2978, **EXACT)


def test_a_negative_sum_is_squeezed_just_above_zero():
    # S = -234*0.01 = -2.34; sum of negative weights 367.22, of all 410.564
    p = predictions(1, report=[0.01])
    expected = (-2.34 + 367.22) / 410.564 * 0.001
    assert x2026_weighted(p, PostFacts.plain(1))[0] == pytest.approx(expected, **EXACT)


def test_a_mutual_follows_original_gains_fifteen_per_reply():
    p = predictions(3, reply=[0.1, 0.1, 0.1])
    f = facts(3, mutual=[1, 0, 1], is_reply=[0, 0, 1])
    # 0.1*20 + 0.001; 0.1*5 + 0.001; the same, as a reply discounted by 0.75
    assert x2026_weighted(p, f).tolist() == pytest.approx([2.001, 0.501, 0.37575], **EXACT)


def test_unexplored_counts_inside_the_network_only():
    p = predictions(2, unexplored=[1, 1])
    f = facts(2, followed=[1, 0])
    assert x2026_weighted(p, f).tolist() == pytest.approx([0.021, 0.00075], **EXACT)


def test_one_author_counts_less_each_time():
    p = predictions(4, favourite=[0.8, 0.6, 0.4, 0.2])
    f = facts(4, author=[7, 7, 8, 7])
    expected = [0.401, 0.301 * 0.625, 0.201, 0.101 * 0.4375]
    assert x2026_weighted(p, f).tolist() == pytest.approx(expected, **EXACT)


def test_the_discounts_outside_the_network():
    p = predictions(4, favourite=[0.8] * 4)
    f = facts(4, followed=[1, 0, 1, 0], is_reply=[0, 0, 1, 0], is_repost=[0, 0, 0, 1])
    expected = [0.401, 0.30075, 0.30075, 0.30075]
    assert x2026_weighted(p, f).tolist() == pytest.approx(expected, **EXACT)
    topic = X2026Config(elsewhere=0.5)
    assert x2026_weighted(p, f, topic)[1] == pytest.approx(0.2005, **EXACT)


def test_one_small_author_is_lifted_to_the_sixteenth_score():
    score = np.linspace(1.0, 0.62, 20)  # favourite 2*score, so S = score
    p = predictions(20, favourite=(2 * score).tolist())
    small = [False] * 20
    small[16] = small[15] = False
    small[16] = True  # rank 17, within the top 85 % (17 of 20)
    small[18] = True  # rank 19: outside
    got = x2026_weighted(p, facts(20, small_author=small))
    assert got[16] == pytest.approx(score[15] + 0.001, **EXACT)
    assert got[18] == pytest.approx(score[18] + 0.001, **EXACT)
    unlifted = x2026_weighted(p, facts(20, small_author=small), X2026Config(cold_start=False))
    assert unlifted[16] == pytest.approx(score[16] + 0.001, **EXACT)


def test_a_small_authors_reply_is_not_lifted():
    p = predictions(20, favourite=np.linspace(1.0, 0.62, 20).tolist())
    row = [i == 16 for i in range(20)]
    got = x2026_weighted(p, facts(20, small_author=row, is_reply=row))
    plain = x2026_weighted(p, facts(20, is_reply=row))
    assert got.tolist() == plain.tolist()


def test_dwell_and_regret_on_the_worked_examples():
    # feed-anchors 1.7: 20 s and neutral; p(not interested) 0.1 %; p(report) 0.01 %
    p = predictions(3, dwell_s=[20, 20, 20], not_interested=[0, 0.001, 0], report=[0, 0, 0.0001])
    got = dwell_regret(p)
    assert got.tolist() == pytest.approx([20.0, 20 * exp(-1.0), 20 * exp(-0.6)], **EXACT)


def test_dwell_and_regret_of_glad_actions_above_their_mean():
    # favourite 0.3, 0.1: mean 0.2, so +0.5 and -0.5; seconds 0.2 counts as 1
    p = predictions(2, dwell_s=[10, 0.2], favourite=[0.3, 0.1])
    got = dwell_regret(p)
    expected = [10 * 2 / (1 + exp(-0.05)), 1 * 2 / (1 + exp(0.05))]
    assert got.tolist() == pytest.approx(expected, **EXACT)


def test_dwell_and_regret_ends_in_the_same_discounts():
    p = predictions(2, dwell_s=[20, 10])
    f = facts(2, author=[7, 7], followed=[1, 0])
    expected = [20.001, 10.001 * 0.625 * 0.75]
    assert x2026_dwell_regret(p, f).tolist() == pytest.approx(expected, **EXACT)


def test_the_heavy_ranker_of_2023():
    assert len(T2023_WEIGHTS) == 9
    p = predictions(
        4,
        favourite=[0.2, 0.2, 0.2, 0],
        reply=[0.1, 0.1, 0, 0],
        reply_engaged_by_author=[0.02, 0, 0, 0],
        negative_feedback=[0, 0, 0, 0.01],
    )
    f = facts(4, author=[7, 7, 8, 9], is_reply=[0, 0, 1, 1], followed=[0, 0, 0, 0])
    # 0.1 + 2.7 + 1.5 = 4.3; (0.1 + 2.7) * 0.625; 0.1 * 0.75; -0.74 undiscounted
    assert t2023_heavy(p, f).tolist() == pytest.approx([4.3, 1.75, 0.075, -0.74], **EXACT)


def test_a_formula_without_predictions_is_refused():
    for name in PREDICTED_PRESETS:
        with pytest.raises(BadInput, match="trained ranker"):
            preset_score(name, None, PostFacts.plain(1))
    with pytest.raises(BadInput, match="use one of"):
        preset_score("best", Predictions.zeros(1), PostFacts.plain(1))


def test_no_candidates_give_no_scores():
    for name in PREDICTED_PRESETS:
        assert len(preset_score(name, Predictions.zeros(0), PostFacts.plain(0))) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 3)), max_size=20))
def test_diversity_is_published_steps_per_author(rows):
    score = np.array([s for s, _ in rows])
    author = np.array([a for _, a in rows], dtype=np.int64)
    factor = diversity(score, author, decay=0.5, floor=0.25)
    for a in set(author.tolist()):
        mine = np.sort(factor[author == a])[::-1]
        assert mine.tolist() == pytest.approx([0.75 * 0.5**k + 0.25 for k in range(len(mine))])


@given(st.sampled_from(sorted(PREDICTED_PRESETS)), st.floats(0, 0.5), st.floats(0, 0.5))
def test_more_of_a_report_never_helps(name, less, more):
    less, more = sorted((less, more))
    p = predictions(2, favourite=[0.5, 0.5], dwell_s=[9, 9], report=[less, more])
    low, high = preset_score(name, p, PostFacts.plain(2))[::-1]
    assert low <= high + 1e-12
