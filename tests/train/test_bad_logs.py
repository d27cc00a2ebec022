"""Rounds on logs that no one wishes for: each ends in something that a reader can live with."""

from dataclasses import replace

import numpy as np
import pytest
from tests.train.made_log import made_log

from stoa.errors import BadInput
from stoa.ranking.ranker_model import RankerConfig
from stoa.ranking.readout import read_out
from stoa.records import DAY_US, EventKind
from stoa.space.learning_log import Answer
from stoa.train.optimiser import OptimiserConfig
from stoa.train.ranker import RankerTraining, predict_impressions
from stoa.train.ranker_batches import ranker_data
from stoa.train.ranker_round import RoundConfig, learn_round

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROUND = RoundConfig(
    model=RankerConfig(width=16, depth=1, history=16, vector=16, author_rows=64),
    training=RankerTraining(
        epochs=2, tokens=1_000, optimiser=OptimiserConfig(peak=1e-2, warm_up=5)
    ),
)
LIKE = np.uint32(1 << EventKind.LIKE)


@pytest.fixture(scope="module")
def made():
    log, vectors, _ = made_log(3, n_viewers=30, n_posts=300, n_sittings=5, n_shown=8)
    return log, vectors


def shown_with(log, **columns):
    return replace(log, impressions=replace(log.impressions, **columns))


def round_of(log, vectors, config=ROUND):
    return learn_round(log.checked(), vectors, None, config, version="v1")


def believed(found, log, vectors):
    data = ranker_data(log, vectors, ROUND.model)
    outputs = predict_impressions(found.ranker.params, data, ROUND.model)
    return read_out(outputs, found.ranker.calibration)


def is_sane(found, log, vectors):
    """Finite throughout, shares are shares, and a version a square could serve."""
    read = believed(found, log, vectors)
    columns = (read.actions, read.skip, read.seconds, read.glad, read.regret)
    assert all(np.isfinite(column).all() for column in columns)
    assert ((read.regret >= 0) & (read.regret <= 1)).all()
    assert (read.seconds >= 0).all()
    assert all(np.isfinite(leaf).all() for leaf in found.ranker.arrays().values())
    assert found.ranker.value.worth_s["like"] > 0
    return read


def test_one_viewer_is_learned_from_and_told_too_few_to_judge_by(made):
    log, vectors = made
    alone = shown_with(log, viewer=np.zeros(len(log.impressions), np.int32))
    found = round_of(alone, vectors)
    is_sane(found, alone, vectors)
    assert found.counts["viewers"] == 1
    again = learn_round(alone, vectors, found.ranker, ROUND, version="v2")
    assert again.verdict.passes
    assert "1 viewers are too few" in again.verdict.reason


def test_without_a_single_like_no_like_is_foretold_and_nothing_breaks(made):
    log, vectors = made
    none = shown_with(log, acts=np.zeros(len(log.impressions), np.uint32))
    read = is_sane(round_of(none, vectors), none, vectors)
    assert read.actions.mean() < 0.02


def test_where_all_is_regretted_all_is_foretold_to_be_and_order_stays(made):
    log, vectors = made
    n = len(log.impressions)
    sorry = shown_with(
        log, answer=np.full(n, Answer.REGRET, np.int8), asked=np.ones(n, np.bool_),
        ask_rate=np.ones(n, np.float32),
    )  # fmt: skip
    found = round_of(sorry, vectors)
    read = is_sane(found, sorry, vectors)
    assert read.regret.mean() > 0.7
    assert np.isfinite(found.verdict.figures["log_loss"]["mean"])


def test_chances_that_nobody_kept_count_alike(made):
    log, vectors = made
    lost = shown_with(log, propensity=np.full(len(log.impressions), np.nan, np.float32))
    is_sane(round_of(lost, vectors), lost, vectors)
    data = ranker_data(lost, vectors, ROUND.model)
    assert set(data.weight.tolist()) == {1.0}


def test_a_chance_of_nothing_is_refused_by_name(made):
    log, vectors = made
    chance = log.impressions.propensity.copy()
    chance[7] = 0.0
    with pytest.raises(BadInput, match=r"impressions\.propensity is 0\.0"):
        round_of(shown_with(log, propensity=chance), vectors)


def test_posts_shown_before_they_were_written_have_no_age(made):
    log, vectors = made
    late = replace(log, posts=replace(log.posts, at_us=log.posts.at_us + 400 * DAY_US))
    is_sane(round_of(late, vectors), late, vectors)


def test_a_clock_that_was_a_hundred_years_ahead_for_a_while(made):
    log, vectors = made
    at_us = log.impressions.at_us.copy()
    at_us[-40:] += 36_500 * DAY_US
    ahead = shown_with(log, at_us=at_us)
    is_sane(round_of(ahead, vectors), ahead, vectors)


def test_a_loss_that_is_no_number_is_a_round_refused_with_the_last_good_parameters(made):
    log, vectors = made
    hole = vectors.copy()
    hole[int(log.impressions.post[900])] = np.nan
    found = round_of(log, hole)
    assert not found.verdict.passes
    assert "training stopped" in found.verdict.reason
    assert "not finite" in found.stopped
    assert all(np.isfinite(leaf).all() for leaf in found.ranker.arrays().values())
