from __future__ import annotations

import numpy as np
import pytest

from stoa.evaluation.binary_scores import (
    auroc,
    balanced_accuracy,
    expected_calibration_error,
    passed,
    precision_at,
    with_interval,
)

TRUTH = np.array([True, True, False, False, False])
SCORE = np.array([0.9, 0.4, 0.4, 0.2, 0.1])
ONES = np.ones(5)


def test_figures_by_hand():
    assert balanced_accuracy(0.5)(SCORE, TRUTH, ONES) == 0.75
    assert passed(0.3, of=True)(SCORE, TRUTH, ONES) == 1.0
    assert passed(0.3, of=False)(SCORE, TRUTH, ONES) == pytest.approx(1 / 3)
    assert auroc(SCORE, TRUTH, ONES) == pytest.approx((3 + 2.5) / 6)
    assert precision_at(0.2)(SCORE, TRUTH, ONES) == 1.0


def test_a_row_of_weight_two_is_a_row_twice():
    weight = np.array([1.0, 2.0, 1.0, 0.0, 3.0])
    times = weight.astype(int)
    score, truth = np.repeat(SCORE, times), np.repeat(TRUTH, times)
    for figure in (balanced_accuracy(0.3), auroc, expected_calibration_error):
        told = figure(SCORE, TRUTH, weight)
        assert told == pytest.approx(figure(score, truth, np.ones(len(score))))


def test_calibration_error_is_zero_where_chance_is_told_right():
    score, truth = np.full(10, 0.3), np.arange(10) < 3
    assert expected_calibration_error(score, truth, np.ones(10)) == pytest.approx(0.0)
    assert expected_calibration_error(score + 0.5, truth, np.ones(10)) == pytest.approx(0.5)


def test_intervals_resample_groups():
    rng = np.random.default_rng(0)
    truth = rng.random(200) < 0.5
    score = truth + rng.normal(0, 1, 200)
    alone = with_interval(auroc, score, truth, np.arange(200).astype(str), 200)
    together = with_interval(auroc, score, truth, (np.arange(200) // 40).astype(str), 200)
    assert alone["low"] <= alone["mean"] <= alone["high"]
    assert alone["mean"] == together["mean"]
    assert alone == with_interval(auroc, score, truth, np.arange(200).astype(str), 200)
