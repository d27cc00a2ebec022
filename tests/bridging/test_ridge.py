"""Half steps: the fast path for one factor is the general one."""

import numpy as np

from stoa.bridging.layout import Layout
from stoa.bridging.ridge import Point, Ridge, Totals, moments, solve_any, solve_pairs, squares


def test_one_factor_is_solved_as_any_number_is(camps):
    layout = Layout.of(*camps)
    rng = np.random.default_rng(0)
    raters = Point(rng.normal(size=80), rng.normal(size=(1, 80)))
    of_notes, of_raters = Totals.of(layout.by_note), Totals.of(layout.by_rater)
    m = moments(layout.by_note, of_notes, of_raters, raters, squares(layout.by_note))
    ridge = Ridge(3.0, 0.7)
    fast, general = (solver(m, ridge, m.r, m.rx) for solver in (solve_pairs, solve_any))
    assert np.allclose(fast.intercept, general.intercept, rtol=1e-12)
    assert np.allclose(fast.factor, general.factor, rtol=1e-12)


def test_mu_can_be_taken_off_before_or_after(camps):
    note, rater, value = camps
    mu = 0.3
    raters = Point(np.linspace(-1, 1, 80), np.linspace(1, -1, 80)[None])

    def of(values):
        layout = Layout.of(note, rater, values)
        of_notes, of_raters = Totals.of(layout.by_note), Totals.of(layout.by_rater)
        return moments(layout.by_note, of_notes, of_raters, raters, squares(layout.by_note))

    after, before = of(value).at(mu), of(value - mu)
    assert np.allclose(after.r, before.r, atol=1e-5)
    assert np.allclose(after.rx, before.rx, atol=1e-5)
    assert np.isclose(after.rr, before.rr, rtol=1e-6)
