"""Policies are compared seed by seed."""

import pytest

from stoa.errors import BadInput
from stoa.evaluation import compare
from stoa.evaluation.closed_loop import PolicyDays
from stoa.town import TrueReading


def days(policy, unregretted_s, n=10):
    truth = TrueReading(
        shown=100, read=20, regretted=2, seconds=n * (unregretted_s + 5),
        unregretted_seconds=n * unregretted_s,
    )  # fmt: skip
    return PolicyDays(policy, n, truth, replies_shown=40, unliked_shown=25)


def test_figures_are_per_viewer_day_and_shares_of_what_was_shown():
    one = days("ours", 100.0)
    assert one.unregretted_s == pytest.approx(100)
    assert one.seconds == pytest.approx(105)
    assert (one.regret_rate, one.reply_share, one.unliked_share) == (0.1, 0.4, 0.25)


def test_differences_are_paired_so_that_towns_cancel_out():
    """Seeds differ by hundreds of seconds; within each, ours gains ten."""
    levels = [100.0, 400.0, 900.0]
    figures = compare(
        {
            "ours": [days("ours", level + 10) for level in levels],
            "theirs": [days("theirs", level) for level in levels],
        },
        "ours",
    )
    gain = figures["ours_minus_theirs"]
    assert (gain["mean"], gain["low"], gain["high"]) == pytest.approx((10, 10, 10))
    assert figures["ours"]["low"] < figures["theirs"]["mean"] < figures["ours"]["high"]
    assert set(figures) == {"ours", "theirs", "ours_minus_theirs"}


def test_uneven_runs_are_refused():
    with pytest.raises(BadInput, match="same seeds"):
        compare({"a": [days("a", 1)], "b": [days("b", 1), days("b", 2)]}, "a")
