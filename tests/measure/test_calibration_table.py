"""Calibration by head and by group: right forecasts pass, wrong ones are found out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.measure import CalibrationConfig, calibration_table

QUICK = CalibrationConfig(resamples=200)


def forecasts(seed=0, n=6_000, bend=1.0):
    """Probabilities, what came true of them (to the power of `bend`), and four rows a viewer."""
    chance = np.random.default_rng(seed)
    prob = chance.beta(1.5, 4, n)
    came = (chance.random(n) < prob**bend).astype(float)
    return prob, came, np.arange(n) // 4


def only(*given_, **more):
    (row,) = calibration_table(*given_, **more)
    return row


def test_right_forecasts_are_found_right():
    prob, came, viewer = forecasts()
    row = only({"like": prob}, {"like": came}, {}, viewer, QUICK)
    assert row.slope.low < 1 < row.slope.high
    assert row.intercept.low < 0 < row.intercept.high
    assert row.ece_adaptive.low == row.ece_width.low == 0
    assert row.ece_adaptive.mean < row.plain_ece < 0.03
    assert len(row.bins) == 10
    assert sum(one.n for one in row.bins) == row.n == 6_000
    assert sum(one.observed.low <= one.predicted <= one.observed.high for one in row.bins) >= 8


def test_wrong_forecasts_are_found_wrong():
    prob, came, viewer = forecasts(bend=2.0)
    row = only({"like": prob}, {"like": came}, {}, viewer, QUICK)
    assert row.ece_adaptive.low > 0.05
    assert row.ece_width.low > 0.05
    true = float(np.abs(prob - prob**2).mean())
    assert row.ece_adaptive.low < true < row.ece_adaptive.high
    assert row.intercept.high < 0


def test_seconds_have_slope_and_intercept_in_seconds():
    chance = np.random.default_rng(1)
    predicted = chance.gamma(2, 10, 8_000)
    observed = 5 + 0.5 * predicted + chance.exponential(10, 8_000) - 10
    row = only({"seconds": predicted}, {"seconds": observed}, {}, None, QUICK)
    assert row.slope.low < 0.5 < row.slope.high < 0.6
    assert row.intercept.low < 5 < row.intercept.high
    assert row.n_viewers == 8_000
    slope, intercept = np.polyfit(predicted, observed, 1)
    assert (row.slope.mean, row.intercept.mean) == pytest.approx((slope, intercept))


def test_a_group_that_is_off_is_found_and_the_others_left_alone():
    prob, came, viewer = forecasts(n=8_000)
    new = viewer % 4 == 0
    came = np.where(new, 0.0, came)
    rows = calibration_table(
        {"like": prob}, {"like": came}, {"new viewers": new, "others": ~new}, viewer, QUICK
    )
    assert [(row.head, row.group) for row in rows] == [
        ("like", "all"), ("like", "new viewers"), ("like", "others"),
    ]  # fmt: skip
    of = {row.group: row for row in rows}
    assert of["new viewers"].ece_adaptive.low > 0.2 > 0.03 > of["others"].ece_adaptive.mean
    assert of["new viewers"].n + of["others"].n == of["all"].n
    assert of["new viewers"].bins[0].observed.high == pytest.approx(3 / 200, rel=0.2)


def test_viewers_who_resemble_themselves_widen_the_interval():
    chance = np.random.default_rng(0)
    viewer = np.arange(4_000) // 40
    lift = chance.normal(size=100)[viewer] * 10
    predicted = chance.gamma(2, 10, 100)[viewer] + chance.normal(size=4_000)
    observed = predicted + lift + chance.normal(size=4_000)
    width = {}
    for name, who in (("rows", None), ("viewers", viewer)):
        slope = only({"seconds": predicted}, {"seconds": observed}, {}, who, QUICK).slope
        width[name] = slope.high - slope.low
    assert width["viewers"] > 3 * width["rows"]


def test_unknown_outcomes_are_left_out_head_by_head():
    prob, came, viewer = forecasts(n=400)
    asked = np.where(np.arange(400) % 10 == 0, came, np.nan)
    rows = calibration_table(
        {"like": prob, "regret": prob}, {"like": came, "regret": asked}, {}, viewer, QUICK
    )
    assert [row.n for row in rows] == [400, 40]
    none = only({"like": prob}, np.full(400, np.nan), {}, viewer, QUICK)
    assert (none.n, none.bins) == (0, ())
    assert np.isnan(none.slope.mean)
    empty = calibration_table({"like": prob}, came, {"no one": np.zeros(400, bool)}, viewer, QUICK)
    assert empty[1].n == 0


def test_one_forecast_for_all_has_no_slope_but_a_level():
    _, came, viewer = forecasts(n=2_000)
    row = only({"like": np.full(2_000, 0.9)}, came, {}, viewer, QUICK)
    assert np.isnan(row.slope.mean)
    assert len(row.bins) == 1
    assert row.ece_adaptive.mean == pytest.approx(0.9 - came.mean(), abs=0.01)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_small_and_odd_columns_give_figures(drawn):
    prob = np.array([p for p, _ in drawn])
    came = np.array([float(c) for _, c in drawn])
    row = only({"like": prob}, came, {}, None, CalibrationConfig(resamples=10))
    assert 0 <= row.ece_adaptive.low <= row.ece_adaptive.mean + 1e-12
    assert row.plain_ece <= 1
    assert sum(one.n for one in row.bins) == len(drawn)
    assert row.plain_ece == pytest.approx(
        sum(one.n * abs(one.predicted - one.observed.mean) for one in row.bins) / len(drawn)
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"predicted": {"like": np.array([0.1, np.nan])}}, "predicted like, row 1 is nan"),
        ({"observed": {"like": np.array([0.0, np.inf])}}, "observed like, row 1 is inf"),
        ({"observed": {"reply": np.zeros(2)}}, "give outcomes of 'like' too"),
        ({"observed": {"like": np.zeros(3)}}, "observed like"),
        ({"groups": {"new": np.ones(3, bool)}}, "group new"),
        ({"groups": {"all": np.ones(2, bool)}}, "leave it out"),
        ({"viewer": np.arange(3)}, "viewer"),
    ],
)
def test_columns_that_do_not_fit_are_refused(change, told):
    right = {
        "predicted": {"like": np.array([0.1, 0.2])},
        "observed": {"like": np.array([0.0, 1.0])},
        "groups": {},
        "viewer": np.arange(2),
    }
    with pytest.raises(BadInput, match=told):
        calibration_table(**(right | change))


@pytest.mark.slow
def test_intervals_of_the_slope_cover_it():
    """Of 150 samples with 100 viewers; fewer than .88 would happen once in three thousand."""
    hit = 0
    for seed in range(150):
        chance = np.random.default_rng(seed)
        viewer = np.arange(500) // 5
        predicted = chance.gamma(2, 10, 100)[viewer] + chance.gamma(2, 2, 500)
        observed = predicted + chance.normal(scale=5, size=100)[viewer] + chance.normal(size=500)
        slope = only({"seconds": predicted}, observed, {}, viewer, QUICK).slope
        hit += slope.low <= 1 <= slope.high
    assert hit >= 0.88 * 150


@pytest.mark.slow
def test_right_forecasts_are_rarely_called_wrong():
    wrong = 0
    for seed in range(100):
        prob, came, viewer = forecasts(seed, n=1_000)
        row = only({"like": prob}, came, {}, viewer, QUICK)
        wrong += row.ece_adaptive.low > 0
    assert wrong <= 10
