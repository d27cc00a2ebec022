"""Regret is found through noisy windows, level and all, and missing labels do no harm."""

from dataclasses import replace

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ranking.noisy_windows import cross_entropy, fitted, unanswered, world

from stoa.errors import BadInput
from stoa.measure import auroc
from stoa.ranking.regret_windows import (
    WindowConfig,
    asked_rates,
    delayed_rates,
    explicit_rates,
    init_windows,
    window_config,
    window_figures,
    window_loss,
)
from stoa.ranking.window_labels import WindowLabels


def fit_windows(made, config):
    return fitted(made, lambda w, r, g: window_loss(w, r, g, made.labels, config)[0])


def error(prob, made):
    return float(np.abs(prob - made.regret).mean())


@pytest.fixture(scope="module")
def noisy():
    """A world where three answers in ten are flipped."""
    return world(0, flip=0.3)


@pytest.fixture(scope="module")
def found(noisy):
    config = window_config(noisy.labels, WindowConfig(flip=0.3, flip_scale=0.1))
    return fit_windows(noisy, config)


def test_ranking_and_level_of_regret_are_recovered_at_three_flips_in_ten(noisy, found):
    regret, glad, _ = found
    assert auroc(regret, noisy.is_regret) > auroc(noisy.regret, noisy.is_regret) - 0.03
    assert regret.mean() == pytest.approx(noisy.is_regret.mean(), rel=0.2)
    assert glad.mean() == pytest.approx(noisy.glad.mean(), rel=0.2)
    assert np.corrcoef(glad, noisy.glad)[0, 1] > 0.8


def test_the_windows_beat_the_union_of_positives_and_the_survey_taken_as_truth(noisy, found):
    labels = noisy.labels
    union = (labels.answer == 2) | labels.explicit | (labels.delayed == 1)
    by_union, *_ = fitted(noisy, lambda w, r, g: cross_entropy(r, union, 1.0))
    told = labels.answer >= 0
    by_survey, *_ = fitted(noisy, lambda w, r, g: cross_entropy(r, labels.answer == 2, told))
    ours = found[0]
    assert error(ours, noisy) < 0.5 * error(by_union, noisy)
    assert error(ours, noisy) < 0.6 * error(by_survey, noisy)
    for other in (by_union, by_survey):
        assert auroc(ours, noisy.is_regret) > auroc(other, noisy.is_regret) + 0.01


@pytest.mark.slow
def test_the_windows_beat_the_others_at_one_flip_in_ten_too():
    made = world(3, flip=0.1)
    ours, *_ = fit_windows(made, window_config(made.labels))
    labels = made.labels
    union = (labels.answer == 2) | labels.explicit | (labels.delayed == 1)
    by_union, *_ = fitted(made, lambda w, r, g: cross_entropy(r, union, 1.0))
    assert ours.mean() == pytest.approx(made.is_regret.mean(), rel=0.2)
    assert error(ours, made) < 0.5 * error(by_union, made)


def test_without_any_answer_the_class_prior_gives_the_level_and_complaints_the_ranking(noisy):
    made = replace(noisy, labels=unanswered(noisy.labels))
    config = window_config(made.labels, class_prior=0.2)
    assert config.class_prior == 0.2
    regret, *_ = fit_windows(made, config)
    assert regret.mean() == pytest.approx(0.2, abs=0.02)
    assert auroc(regret, made.is_regret) > 0.75


N = 8
BELIEFS = WindowConfig(n_rows=N)


def labels(**changed):
    """Eight impressions of which nothing is known but what is said; one shape, compiled once."""
    quiet = WindowLabels(
        asked=np.zeros(N, bool),
        ask_rate=np.full(N, 0.02, np.float32),
        answer=np.full(N, -1, np.int8),
        explicit=np.zeros(N, bool),
        delayed=np.full(N, -1, np.int8),
        viewer=np.zeros(N, np.int32),
        liked=np.zeros(N, bool),
        delayed_share=np.full(N, np.nan, np.float32),
        weight=np.ones(N, np.float32),
    )
    return quiet._replace(**changed)


compiled = jax.jit(
    jax.value_and_grad(window_loss, argnums=(0, 1, 2), has_aux=True), static_argnums=4
)


def slopes_of(regret, glad, seen, config=BELIEFS):
    """Loss, and its slopes by the windows' parameters, the logits of regret and of gladness."""
    f32 = np.float32
    (loss, _), slopes = compiled(
        init_windows(), np.asarray(regret, f32), np.asarray(glad, f32), seen, config
    )
    return float(loss), *(jax.tree_util.tree_map(np.asarray, part) for part in slopes)


def all_finite(tree):
    return all(np.isfinite(leaf).all() for leaf in jax.tree_util.tree_leaves(tree))


@pytest.mark.parametrize("regretted", [True, False])
@pytest.mark.parametrize("config", [BELIEFS, WindowConfig(class_prior=0.1)])
def test_logs_of_nothing_but_regret_or_none_at_all_stay_finite(regretted, config):
    said = labels(
        asked=np.ones(N, bool),
        answer=np.full(N, 2 if regretted else 0, np.int8),
        explicit=np.full(N, regretted),
        delayed=np.full(N, int(regretted), np.int8),
    )
    sure = np.array([-800.0, -30.0, 0.0, 1.0, 30.0, 800.0, 3.0, -3.0])
    assert all_finite(slopes_of(sure, -sure, said, config))


def test_a_log_of_regret_alone_is_learned_up_to_the_flips():
    said = labels(asked=np.ones(N, bool), answer=np.full(N, 2, np.int8))
    logit = np.zeros(N)
    for _ in range(60):
        logit = logit - 20 * slopes_of(logit, logit, said)[2]
    assert logit.min() > 3


def test_rows_without_a_finite_logit_or_weight_count_nothing():
    rng = np.random.default_rng(0)
    said = labels(explicit=rng.random(N) < 0.5, delayed=rng.integers(-1, 2, N).astype(np.int8))
    regret, glad = rng.normal(size=(2, N))
    keep = np.arange(N) < 5
    gaps = said._replace(weight=np.where(keep, 1, np.nan).astype(np.float32))
    expected = slopes_of(regret, glad, gaps)
    turned = gaps._replace(explicit=gaps.explicit ^ ~keep)
    assert slopes_of(regret, glad, turned)[0] == expected[0]
    found = slopes_of(np.where(keep, regret, np.nan), glad, said)
    assert found[0] == pytest.approx(expected[0], rel=1e-6)
    assert all_finite(found)
    assert found[2][5:].tolist() == [0, 0, 0]


def test_a_batch_of_padding_is_worth_nothing():
    z, padding = np.zeros(N), labels(weight=np.zeros(N, np.float32))
    found = slopes_of(z, z, padding, WindowConfig(class_prior=0.1))
    assert found[0] == 0
    assert all_finite(found)


def test_an_unanswered_row_says_nothing_in_the_asked_window():
    said = labels(asked=np.ones(N, bool), answer=np.array([2, 0] + [-1] * 6, np.int8))
    z = np.array([1.0, -1.0, 0.5, 2.0, 0, 0, 0, 0])
    _, _, regret, glad = slopes_of(z, z, said)
    _, _, quiet, quiet_glad = slopes_of(z, z, labels())
    assert regret[0] < 0 < regret[1]
    assert glad[1] < 0 < glad[0]
    np.testing.assert_array_equal(regret[2:], quiet[2:])
    np.testing.assert_array_equal(glad[2:], quiet_glad[2:])


def test_answers_that_are_asked_for_rarely_weigh_more_and_equal_rates_weigh_one():
    z = np.zeros(N)
    said = labels(asked=np.ones(N, bool), answer=np.full(N, 2, np.int8))
    silent = slopes_of(z, z, labels())[3]
    equal = slopes_of(z, z, said)[3] - silent
    np.testing.assert_allclose(equal, equal[0], rtol=1e-5)
    unequal = said._replace(ask_rate=np.array([0.2, 0.05, np.nan] + [0.2] * 5, np.float32))
    weighed = slopes_of(z, z, unequal)[3] - silent
    assert weighed[1] / weighed[0] == pytest.approx(4, rel=1e-3)
    assert weighed[2] == pytest.approx(equal[0], rel=1e-5)


def test_not_yet_says_more_the_longer_it_was_waited():
    z = np.zeros(N)
    waited = labels(delayed_share=np.array([0.1, 0.9] + [np.nan] * 6, np.float32))
    more = slopes_of(z, z, waited)[2] - slopes_of(z, z, labels())[2]
    assert more[1] > more[0] > 0
    np.testing.assert_allclose(more[2:], 0, atol=1e-7)


def test_a_like_is_a_window_on_gladness_only():
    z = np.zeros(N)
    _, _, regret, glad = slopes_of(z, z, labels(liked=np.arange(N) < 1))
    _, _, quiet, _ = slopes_of(z, z, labels())
    np.testing.assert_array_equal(regret, quiet)
    assert glad[0] < 0 < glad[1]


offsets = st.floats(-6, 6)


@settings(max_examples=30)
@given(offsets, offsets, offsets, st.floats(0.01, 0.49))
def test_a_label_is_always_likelier_after_regret(one, two, three, flip):
    params = init_windows(2)
    params = {**params, "flip": np.float32(one), "delayed": np.float32(two), "slip": three}
    config = WindowConfig(flip=flip)
    for rates in (asked_rates(params, config), explicit_rates(params, config),
                  delayed_rates(params, config)):  # fmt: skip
        assert 0 < float(rates.slip) < float(rates.hit) < 1


def test_a_rate_of_scale_nothing_is_held():
    params = {**init_windows(), "flip": np.float32(9.0)}
    figures = window_figures(params, WindowConfig(flip=0.2, flip_scale=0))
    assert float(figures["flip"]) == pytest.approx(0.2)


def test_a_class_prior_that_is_no_share_is_refused():
    with pytest.raises(BadInput, match="class_prior is 1"):
        window_config(labels(), class_prior=1)
