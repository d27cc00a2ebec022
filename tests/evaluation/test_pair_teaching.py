import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.evaluation.pair_teaching import (
    HeadConfig,
    Rows,
    balanced_weights,
    fit_head,
    fit_trees,
    scale_of,
    widened,
)
from stoa.grounding.forest import ForestConfig
from stoa.grounding.logistic import Linear

N_PLAIN, N_POOLED = 2, 30
CONFIG = HeadConfig(penalty=1.0)


def drawn(seed, n=400):
    """Rows whose truth hangs on one plain number and on one direction of the pooled ones."""
    chance = np.random.default_rng(seed)
    values = chance.standard_normal((n, N_PLAIN + N_POOLED))
    values[:, N_PLAIN:] += 3.0 * chance.standard_normal((n, 1))  # the direction they share
    truth = values[:, 0] + values[:, N_PLAIN:].mean(axis=1) > 0.1 * chance.standard_normal(n)
    pooled = np.arange(N_PLAIN + N_POOLED) >= N_PLAIN
    return Rows(values, pooled), truth


def taught(rows, truth, weight=None, axes=4):
    weight = np.ones(len(truth)) if weight is None else weight
    return fit_head(scale_of(rows, axes, 0), rows, truth, weight, CONFIG)


def test_a_head_finds_what_the_truth_hangs_on():
    rows, truth = drawn(0)
    head = taught(rows, truth)
    other, other_truth = drawn(1)
    assert ((head(other.values) > 0) == other_truth).mean() > 0.9
    assert abs(head.weights[0]) > 5 * abs(head.weights[1])


def test_pooled_numbers_count_only_along_their_main_axes():
    rows, truth = drawn(0)
    head = taught(rows, truth, axes=1)
    pooled = head.weights[N_PLAIN:]
    np.testing.assert_allclose(pooled / pooled.mean(), 1.0, atol=0.2)


def test_without_pooled_numbers_it_is_a_logistic_regression():
    rows, truth = drawn(0)
    plain = Rows(rows.values[:, :N_PLAIN], np.zeros(N_PLAIN, dtype=bool))
    head = taught(plain, truth)
    prob = 1 / (1 + np.exp(-head(plain.values)))
    slope = ((plain.values - head.means) / head.scales).T @ (prob - truth)
    np.testing.assert_allclose(slope, -head.weights * CONFIG.penalty, atol=0.05)
    np.testing.assert_allclose(prob.mean(), truth.mean(), atol=1e-3)


def test_a_number_that_never_changes_has_no_say():
    rows, truth = drawn(0)
    rows.values[:, 1] = 7.0
    assert taught(rows, truth).weights[1] == 0 or abs(taught(rows, truth).weights[1]) < 1e-6


def test_the_same_rows_give_the_same_head():
    rows, truth = drawn(3)
    one, other = taught(rows, truth), taught(rows, truth)
    np.testing.assert_array_equal(one.weights, other.weights)


def test_trees_see_two_numbers_together_and_no_pooled_ones():
    rows, _ = drawn(4)
    truth = (rows.values[:, 0] > 0) ^ (rows.values[:, 1] > 0)
    config = ForestConfig(trees=30, rate=0.3, features=1.0)
    trees = fit_trees(rows, truth, np.ones(len(truth)), config)
    other, _ = drawn(5)
    expected = (other.values[:, 0] > 0) ^ (other.values[:, 1] > 0)
    assert ((trees(other.values) > 0) == expected).mean() > 0.9
    turned = other.values.copy()
    turned[:, N_PLAIN:] *= -1.0
    np.testing.assert_array_equal(trees(turned), trees(other.values))


def test_a_head_of_the_last_columns_says_the_same_over_all():
    rows, _ = drawn(6)
    chance = np.random.default_rng(6)
    line = Linear(chance.normal(size=5), np.full(5, 2.0), chance.normal(size=5), 0.5)
    head = widened(line, rows)
    np.testing.assert_allclose(head(rows.values), line(rows.values[:, -5:]))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=60))
def test_both_classes_count_the_same_within_a_set(pairs):
    collection = np.array([name for name, _ in pairs])
    truth = np.array([outcome for _, outcome in pairs])
    weight = balanced_weights(collection, truth)
    assert (weight > 0).all()
    for name in set(collection):
        here = collection == name
        if truth[here].any() and not truth[here].all():
            np.testing.assert_allclose(weight[here & truth].sum(), weight[here & ~truth].sum())
            np.testing.assert_allclose(weight[here].sum(), 2 * here.sum() ** 0.5)
