"""Laws of the factorisation and its optimum."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bridging.conftest import two_camps
from tests.bridging.published_loss import published_loss

from stoa.bridging.descent import Effort, Problem, descend
from stoa.bridging.factorisation import (
    Start,
    fit,
    fit_stable,
    opening,
    solve_notes,
    too_positive,
)
from stoa.bridging.layout import Layout
from stoa.bridging.scorers import Penalties
from stoa.errors import BadInput

PLAIN = Penalties()
GROUP_14 = Penalties(
    note_intercept=0.9, note_factor=0.01, rater_factor=0.0075, mu=0.15, diamond=0.75
)
NO_MU = Penalties(rater_intercept=5, has_mu=False)
FINE = Effort(tolerance=1e-15)


def loss_of(table, penalties, made, **more):
    parameters = (made.rater_intercept, made.rater_factor, made.note_intercept, made.note_factor)
    return published_loss(
        table, penalties, made.mu, *(p.astype(np.float64) for p in parameters), **more
    )


@pytest.mark.parametrize("penalties", [PLAIN, GROUP_14, NO_MU])
@pytest.mark.parametrize("ratio", [None, 10.0])
def test_the_reported_loss_is_the_published_one(camps, penalties, ratio):
    made = fit(Layout.of(*camps), penalties, ratio=ratio)
    assert made.loss == pytest.approx(loss_of(camps, penalties, made, ratio=ratio), abs=1e-7)
    note, rater, value = camps
    predicted = made.mu + made.rater_intercept[rater] + made.note_intercept[note]
    predicted = predicted + made.rater_factor[rater] * made.note_factor[note]
    assert made.squared_error == pytest.approx(((value - predicted) ** 2).mean(), abs=1e-6)


@pytest.mark.parametrize("penalties", [PLAIN, GROUP_14, NO_MU])
def test_no_small_step_from_the_optimum_lowers_the_loss(camps, penalties):
    made = fit(Layout.of(*camps), penalties, effort=FINE)
    at = [
        np.array(p, dtype=np.float64)
        for p in (made.mu, made.rater_intercept, made.rater_factor, made.note_intercept)
    ] + [made.note_factor.astype(np.float64)]
    best = published_loss(camps, penalties, *at)
    rng = np.random.default_rng(0)
    for size in (1e-2, 1e-3):
        for _ in range(40):
            step = [size * rng.normal(size=p.shape) for p in at]
            if not penalties.has_mu:
                step[0] = np.zeros(())
            moved = [p + s for p, s in zip(at, step, strict=True)]
            assert published_loss(camps, penalties, *moved) > best


@pytest.mark.parametrize("penalties", [PLAIN, NO_MU])
def test_the_gradient_vanishes_at_the_optimum(camps, penalties):
    note, rater, value = camps
    made = fit(Layout.of(*camps), penalties, effort=FINE)
    i_u, f_u, i_n, f_n = (
        p.astype(np.float64)
        for p in (made.rater_intercept, made.rater_factor, made.note_intercept, made.note_factor)
    )
    error = value - (made.mu + i_u[rater] + i_n[note] + f_u[rater] * f_n[note])
    n = len(value)
    gradient = [
        np.bincount(rater, error) / n - penalties.rater_intercept * i_u / len(i_u),
        np.bincount(rater, error * f_n[note]) / n - penalties.rater_factor * f_u / len(f_u),
        np.bincount(note, error) / n - penalties.note_intercept * i_n / len(i_n),
        np.bincount(note, error * f_u[rater]) / n - penalties.note_factor * f_n / len(f_n),
    ]
    if penalties.has_mu:
        gradient.append(np.array([error.mean() - penalties.mu * made.mu]))
    assert max(np.abs(g).max() for g in gradient) < 1e-7


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.sampled_from([PLAIN, GROUP_14, NO_MU]), st.sampled_from([0, 6]))
def test_the_loss_never_rises(seed, penalties, memory):
    layout = Layout.of(*two_camps(20, 15, 150, seed))
    problem = Problem.of(layout, penalties)
    raters, mu = opening(problem, Start(), 1)
    _, losses = descend(problem, raters, mu, Effort(tolerance=1e-14, memory=memory))
    assert all(b <= a for a, b in pairwise(losses))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.sampled_from([PLAIN, GROUP_14]))
def test_turning_the_axis_changes_only_signs(seed, penalties):
    layout = Layout.of(*two_camps(20, 15, 150, seed))
    factor = np.random.default_rng(seed).normal(size=15).astype(np.float32)[: layout.n_raters]
    one = fit(layout, penalties, Start(rater_factor=factor), settle_sign=False)
    other = fit(layout, penalties, Start(rater_factor=-factor), settle_sign=False)
    assert (one.mu, one.loss, one.n_iterations) == (other.mu, other.loss, other.n_iterations)
    assert np.array_equal(one.rater_intercept, other.rater_intercept)
    assert np.array_equal(one.note_intercept, other.note_intercept)
    assert np.array_equal(one.rater_factor, -other.rater_factor)
    assert np.array_equal(one.note_factor, -other.note_factor)


def same_bits(one, other):
    return (one.mu, one.loss) == (other.mu, other.loss) and all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("rater_intercept", "rater_factor", "note_intercept", "note_factor")
    )


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32), st.sampled_from([PLAIN, GROUP_14]))
def test_the_order_of_rows_changes_no_bit(seed, penalties):
    note, rater, value = two_camps(20, 15, 150, seed)
    order = np.random.default_rng(seed).permutation(150)
    one = fit(Layout.of(note, rater, value), penalties)
    other = fit(Layout.of(note[order], rater[order], value[order]), penalties)
    assert same_bits(one, other)


def test_new_names_change_nothing_but_rounding(camps):
    note, rater, value = camps
    rng = np.random.default_rng(1)
    new_note, new_rater = rng.permutation(60), rng.permutation(80)
    one = fit(Layout.of(note, rater, value), PLAIN)
    other = fit(Layout.of(new_note[note], new_rater[rater], value), PLAIN)
    assert np.allclose(one.note_intercept, other.note_intercept[new_note], atol=1e-5)
    assert np.allclose(one.rater_factor, other.rater_factor[new_rater], atol=1e-5)


def test_threads_change_no_bit(camps):
    layout = Layout.of(*camps)
    assert same_bits(fit(layout, PLAIN), fit(layout, PLAIN, effort=Effort(n_threads=2)))


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32))
def test_one_more_helpful_rating_from_the_other_side_never_lowers_the_intercept(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 12))
    intercept, factor = rng.normal(0, 0.3, n + 1), rng.normal(0, 0.6, n + 1)
    value = np.append(rng.choice([0, 0.5, 1], n), 1.0)
    rater = np.arange(n + 1)
    factor[n] = -np.sign(factor[:n].sum()) * abs(factor[n])
    mu = 0.17

    def solved(k):
        layout = Layout.of(np.zeros(k, dtype=int), rater[:k], value[:k])
        return solve_notes(layout, PLAIN, mu, intercept[:k], factor[:k], ratio=20.0)

    (before,), (side,) = solved(n)
    if mu + intercept[n] + before + factor[n] * side < 1:
        assert solved(n + 1)[0][0] >= before - 1e-6


@pytest.mark.parametrize("penalties", [PLAIN, GROUP_14])
def test_frozen_raters_leave_one_small_problem_a_note(camps, penalties):
    layout = Layout.of(*camps)
    made = fit(layout, penalties, effort=FINE)
    intercept, factor = solve_notes(
        layout, penalties, made.mu, made.rater_intercept, made.rater_factor
    )
    assert np.allclose(intercept, made.note_intercept, atol=1e-4)
    assert np.allclose(factor, made.note_factor, atol=1e-4)


def test_the_diamond_term_is_solved_exactly():
    rng = np.random.default_rng(5)
    grid = np.linspace(-1, 1, 401)
    i, f = np.meshgrid(grid, grid)
    for _ in range(30):
        n = int(rng.integers(2, 8))
        layout = Layout.of(np.zeros(n, dtype=int), np.arange(n), rng.choice([0.0, 0.5, 1.0], n))
        i_u, f_u = rng.normal(0, 0.2, n), rng.normal(0, 0.8, n)
        got = solve_notes(layout, GROUP_14, 0.2, i_u, f_u, ratio=8.0)

        def cost(i, f, layout=layout, i_u=i_u, f_u=f_u):
            residuals = layout.by_note.value - 0.2 - i_u
            total = sum((r - i - f * x) ** 2 for r, x in zip(residuals, f_u, strict=True))
            return total + 8 * (0.9 * i**2 + 0.01 * f**2 + 0.75 * abs(i * f))

        assert cost(got[0][0], got[1][0]) <= cost(i, f).min() + 1e-6


def test_the_larger_side_is_negative(camps):
    made = fit(Layout.of(*camps), PLAIN)
    assert (made.rater_factor < 0).sum() >= (made.rater_factor > 0).sum()
    assert too_positive(np.array([1.0, -1.0, 1.0, 0.0]))
    assert not too_positive(np.array([1.0, -1.0, 0.0]))


def test_notes_alone_can_be_a_start(camps):
    layout = Layout.of(*camps)
    made = fit(layout, PLAIN, effort=FINE)
    again = fit(
        layout, PLAIN, Start(note_intercept=made.note_intercept, note_factor=made.note_factor)
    )
    assert again.loss == pytest.approx(made.loss, abs=1e-9)
    assert again.n_iterations <= 4


def test_a_group_without_notes_of_its_own_cannot_start_a_fit(camps):
    layout = Layout.of(*camps)
    nobody = np.zeros(layout.n_raters, dtype=bool)
    with pytest.raises(BadInput, match="of_group"):
        fit_stable(layout, PLAIN, of_group=nobody, enrolled=~nobody)


def test_two_factors_explain_more_than_one(camps):
    layout = Layout.of(*camps)
    one = fit(layout, PLAIN)
    two = fit(layout, PLAIN, n_factors=2)
    assert two.loss <= one.loss + 1e-9
    assert two.rater_factor.shape == (layout.n_raters, 2)


def test_weights_of_one_change_nothing(camps):
    layout = Layout.of(*camps)
    weighed = layout.weighted(np.ones(60), np.ones(80))
    assert same_bits(fit(layout, PLAIN), fit(weighed, PLAIN))


def test_a_model_without_mu_has_none(camps):
    assert fit(Layout.of(*camps), NO_MU).mu == 0.0
