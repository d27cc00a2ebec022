"""Scales that are round, and drawings that stay inside."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.evaluation.report_parts import (
    Figure,
    IntervalPlot,
    Mark,
    Panel,
    Point,
    as_figure,
    as_number,
)
from stoa.evaluation.report_plots import Scale, interval_plot, reliability_panel

VALUE = st.floats(-1e12, 1e12).map(as_number)


@given(st.lists(VALUE, min_size=1, max_size=8), st.booleans())
def test_a_scale_holds_all_values_in_order(values, from_zero):
    scale = Scale(values, from_zero=from_zero)
    places = [scale(value) for value in sorted(values)]
    assert places == sorted(places)
    assert 0 <= places[0] <= places[-1] <= 1
    assert scale.low <= min(values) + 1e-6 * abs(min(values))
    assert 2 <= len(scale.ticks) <= 12


def test_scales_begin_at_nought_unless_that_hides_everything():
    assert Scale([0.1, 0.5]).low == 0
    assert Scale([380, 390]).low == 380
    assert Scale([380, 390], from_zero=True).low == 0
    assert Scale([-3, 5]).low == -4
    assert Scale([]).ticks[0] == 0


@given(VALUE, st.floats(0, 1e6), st.floats(0, 1e6))
def test_marks_stay_on_their_track(mean, below, above):
    figure = Figure(mean, mean - below, mean + above)
    drawn = interval_plot(IntervalPlot(title="t", marks=(Mark("a", figure), Mark("b", Figure(0)))))
    numbers = [float(n) for n in re.findall(r'd="M([-.\d]+) ', drawn)]
    assert numbers
    assert all(0 <= n <= 1000 for n in numbers)


def test_values_too_close_for_a_step_are_one_value():
    for values in ([0.0, 5e-324], [0.0, 2.3e-311], [1e12, 1e12 + 0.001], [-5e-324, 5e-324]):
        scale = Scale(values)
        assert all(0 <= scale(value) <= 1 for value in values)
        assert len(scale.ticks) >= 2


def test_a_reliability_panel_marks_each_bin():
    points = (Point(5, 0.1, Figure(0.2, 0.1, 0.3)), Point(5, 0.5, Figure(0.5)))
    panel = Panel(head="<like>", group="all", n=10, note="error 0", points=points)
    drawn = reliability_panel(panel, "<like>")
    assert drawn.count('class="dot"') == 2
    assert drawn.count('class="range"') == 1
    assert "<like>" not in drawn
    nothing = reliability_panel(Panel(head="a", group="b", n=0, note="", points=()), "a")
    assert 'class="curve"' not in nothing


@pytest.mark.parametrize(
    ("given_", "made"),
    [
        ({"mean": 1, "low": 0, "high": 2}, Figure(1, 0, 2)),
        ({"mean": 1, "low": 2, "high": 3}, Figure(1)),
        ({"mean": 1, "low": None, "high": 3}, Figure(1)),
        ({"low": 0, "high": 2}, None),
        (3, Figure(3)),
        (True, None),
        (float("nan"), None),
        (1e200, None),
        (1e-200, Figure(0)),
        ("3", None),
    ],
)
def test_an_interval_that_does_not_hold_its_mean_is_none(given_, made):
    assert as_figure(given_) == made
