"""Calibration mends what is off, knows of flipped answers, and leaves alone what it cannot see."""

import numpy as np
import pytest

from stoa.ranking.heads import GLAD, LOG_MEAN, LOG_SD, N_OUTPUTS, REGRET, SKIP, SKIP_S, Targets
from stoa.ranking.readout import Calibration, read_out
from stoa.records import EventKind
from stoa.space.learning_log import Answer
from stoa.train.ranker_quality import (
    AnswerNoise,
    CalibrationPrior,
    fit_calibration,
    measure_ranker,
    slope,
)

LIKE = 0


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def showings(n=30_000, seed=0, flip=0.0):
    """Outputs that are exactly right, and what then followed."""
    random = np.random.default_rng(seed)
    outputs = np.full((n, N_OUTPUTS), -9.0, dtype=np.float32)
    outputs[:, LIKE] = random.normal(-2.5, 1.0, n)
    outputs[:, SKIP] = random.normal(0.5, 1.0, n)
    outputs[:, REGRET] = random.normal(-2.0, 1.0, n)
    outputs[:, GLAD] = random.normal(-1.0, 0.5, n)
    outputs[:, LOG_MEAN] = random.normal(2.0, 0.4, n)
    outputs[:, LOG_SD] = np.log(0.5)
    liked = random.random(n) < sigmoid(outputs[:, LIKE])
    read = np.exp(outputs[:, LOG_MEAN] + 0.5 * random.standard_normal(n))
    skipped = random.random(n) < sigmoid(outputs[:, SKIP])
    sorry = (random.random(n) < sigmoid(outputs[:, REGRET])) ^ (random.random(n) < flip)
    targets = Targets(
        acts=np.where(liked, 1 << EventKind.LIKE, 0).astype(np.uint32),
        seconds=np.where(skipped, 0.5, np.maximum(read, SKIP_S)).astype(np.float32),
        asked=np.ones(n, dtype=bool),
        ask_rate=np.ones(n, dtype=np.float32),
        answer=np.where(sorry, Answer.REGRET, Answer.NEITHER).astype(np.int8),
        delayed=np.full(n, -1, dtype=np.int8),
        viewer=(np.arange(n) % 300).astype(np.int32),
        weight=np.ones(n, dtype=np.float32),
    )
    return outputs, targets


def test_heads_that_are_too_sure_and_too_high_are_mended():
    outputs, targets = showings()
    wrong = outputs.copy()
    wrong[:, LIKE] = 1.5 * (outputs[:, LIKE] + 0.8)
    wrong[:, LOG_MEAN] += 0.4
    before = measure_ranker(wrong, targets, Calibration(
        scale=np.ones(GLAD + 2), offset=np.zeros(GLAD + 2), seconds=1.0, skip_s=0.5,
    ))  # fmt: skip
    calibration = fit_calibration(wrong, targets)
    after = measure_ranker(wrong, targets, calibration)
    assert before.heads["like"].ece > 0.03
    assert after.heads["like"].ece < 0.006
    assert after.heads["like"].log_loss < before.heads["like"].log_loss
    assert calibration.scale[LIKE] == pytest.approx(1 / 1.5, rel=0.1)
    assert abs(before.seconds_slope - 1) > 0.2
    assert after.seconds_slope == pytest.approx(1.0, abs=0.05)


def test_what_is_right_stays_and_what_was_not_seen_stays_exactly():
    outputs, targets = showings()
    calibration = fit_calibration(outputs, targets)
    assert calibration.scale[LIKE] == pytest.approx(1.0, abs=0.06)
    assert calibration.seconds == pytest.approx(1.0, abs=0.03)
    unasked = targets._replace(answer=np.full(len(outputs), int(Answer.NONE), dtype=np.int8))
    none = fit_calibration(outputs, unasked)
    assert none.scale[REGRET] == 1.0
    assert none.offset[REGRET] == 0.0


def test_flipped_answers_do_not_raise_the_level_of_regret():
    outputs, targets = showings(flip=0.1)
    noise = AnswerNoise(regret=(0.9, 0.1))
    told = fit_calibration(outputs, targets, noise)
    blind = fit_calibration(outputs, targets)
    truth = sigmoid(outputs[:, REGRET]).mean()
    assert read_out(outputs, told).regret.mean() == pytest.approx(truth, abs=0.006)
    assert read_out(outputs, blind).regret.mean() > truth + 0.04
    measured = measure_ranker(outputs, targets, told, noise).heads["regret"]
    assert measured.ece < 0.01
    assert measured.predicted == pytest.approx(measured.rate, abs=0.006)


def test_quality_tells_the_base_rate_from_what_was_learned():
    outputs, targets = showings()
    found = measure_ranker(outputs, targets, Calibration.none()).heads["like"]
    assert found.log_loss < found.base_log_loss
    assert found.auroc > 0.7
    assert found.n == len(outputs)
    flat = outputs.copy()
    flat[:, LIKE] = -2.5
    assert measure_ranker(flat, targets, Calibration.none()).heads["like"].auroc == 0.5


def test_a_slope_needs_predictions_that_differ():
    assert np.isnan(slope(np.ones(5), np.arange(5.0)))
    assert np.isnan(slope(np.ones(1), np.ones(1)))


def mixed_up(seed=5):
    """Showings of which every third is a reply, whose seconds are foretold too far apart."""
    outputs, targets = showings()
    is_reply = np.arange(len(outputs)) % 3 == 0
    wild = outputs.copy()
    wild[:, LOG_MEAN] += is_reply * np.random.default_rng(seed).normal(0.0, 0.9, len(wild))
    return wild, targets, is_reply


def slopes(wild, targets, is_reply, calibration):
    seconds = read_out(wild, calibration, is_reply).seconds
    told = np.minimum(targets.seconds, 300.0).astype(float)
    return [slope(seconds[rows], told[rows]) for rows in (is_reply, ~is_reply)]


def test_replies_have_a_line_of_their_own():
    wild, targets, is_reply = mixed_up()
    one = fit_calibration(wild, targets)
    own = fit_calibration(wild, targets, is_reply=is_reply)
    assert one.reply_slope is None
    assert own.reply_slope < own.slope
    before, after = (slopes(wild, targets, is_reply, made)[0] for made in (one, own))
    assert abs(after - 1.0) < 0.5 * abs(before - 1.0)


def test_a_line_is_kept_with_the_parameters_and_is_the_same_without_replies():
    wild, targets, is_reply = mixed_up()
    is_new = np.arange(len(wild)) % 7 == 0
    own = fit_calibration(wild, targets, is_reply=is_reply, is_new=is_new)
    kept = Calibration.of(own.in_params({}))
    np.testing.assert_allclose(
        read_out(wild, kept, is_reply, is_new).seconds,
        read_out(wild, own, is_reply, is_new).seconds, rtol=1e-4,
    )  # fmt: skip
    none = Calibration.of(fit_calibration(wild, targets).in_params({}))
    np.testing.assert_allclose(
        read_out(wild, none, is_reply).seconds, read_out(wild, none).seconds, rtol=1e-6
    )


def test_of_new_authors_a_share_of_the_spread_is_believed_as_far_as_a_day_tells():
    wild, targets, is_new = mixed_up()  # here those foretold too far apart are new authors
    own = fit_calibration(wild, targets, is_new=is_new)
    assert fit_calibration(wild, targets).new_share == 1.0
    assert own.new_share < CalibrationPrior().new_share
    plain, new = (read_out(wild, own, None, which).seconds for which in (None, is_new))
    np.testing.assert_array_equal(new[~is_new], plain[~is_new])
    assert new[is_new].std() < 0.75 * plain[is_new].std()
    nobody = fit_calibration(wild, targets, is_new=np.zeros(len(wild), dtype=bool))
    assert nobody.new_share == CalibrationPrior().new_share
    few = is_new & (np.arange(len(wild)) < 30)
    assert abs(fit_calibration(wild, targets, is_new=few).new_share - nobody.new_share) < 0.1


def test_a_few_viewers_do_not_tilt_the_seconds():
    wild, targets, _ = mixed_up()
    few = Targets(*(column[:4] for column in targets))
    assert fit_calibration(wild[:4], few).slope == 1.0
    two = targets._replace(viewer=(targets.viewer % 2).astype(np.int32))
    assert fit_calibration(wild, two).slope == 1.0


def test_seconds_that_differ_too_much_are_drawn_together():
    outputs, targets = showings()
    wild = outputs.copy()
    wild[:, LOG_MEAN] += np.random.default_rng(5).normal(0.0, 0.7, len(wild))
    calibration = fit_calibration(wild[:15_000], Targets(*(c[:15_000] for c in targets)))
    test = Targets(*(column[15_000:] for column in targets))
    plain = Calibration(
        scale=calibration.scale, offset=calibration.offset, seconds=calibration.seconds,
        skip_s=calibration.skip_s,
    )  # fmt: skip
    assert measure_ranker(wild[15_000:], test, plain).seconds_slope < 0.7
    found = measure_ranker(wild[15_000:], test, calibration)
    assert found.seconds_slope == pytest.approx(1.0, abs=0.08)
    assert found.seconds_predicted == pytest.approx(found.seconds_observed, rel=0.03)
