"""Training the ranker: it repeats itself, stops where numbers end, and learns what is true."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.train.made_log import made_log

from stoa.errors import BadInput
from stoa.measure import auroc
from stoa.ranking.ranker_model import RankerConfig, init_ranker
from stoa.ranking.readout import read_out
from stoa.ranking.regret_windows import WindowConfig
from stoa.space.learning_log import NOBODY
from stoa.train.optimiser import OptimiserConfig
from stoa.train.ranker import RankerTraining, predict_impressions, train_ranker
from stoa.train.ranker_batches import WeightConfig, ranker_data, row_weights, targets_of
from stoa.train.ranker_quality import AnswerNoise, fit_calibration, measure_ranker
from stoa.train.sittings import SittingConfig

TINY = RankerConfig(width=16, depth=1, history=16, vector=16, author_rows=64)
SITTINGS = SittingConfig(history=16, candidates=12, history_shapes=(16,))
QUICK = RankerTraining(
    epochs=2, tokens=1_400, optimiser=OptimiserConfig(peak=1e-2, warm_up=5), windows=None
)


def part(data, low, high):
    n = len(data.sittings)
    rows = np.arange(round(low * n), round(high * n))
    return replace(data, sittings=data.sittings.only(rows))


@pytest.fixture(scope="module")
def data():
    log, vectors, _ = made_log(2, n_viewers=60, n_posts=600, n_sittings=8)
    return ranker_data(log, vectors, TINY, SITTINGS)


@pytest.fixture(scope="module")
def trained(data):
    return train_ranker(part(data, 0, 0.8), TINY, QUICK, seed=0)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_loss_falls(trained):
    assert trained.stopped == ""
    assert np.mean(trained.losses[-5:]) < np.mean(trained.losses[:5])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_same_seed_gives_the_same_parameters(data, trained):
    again = train_ranker(part(data, 0, 0.8), TINY, QUICK, seed=0)
    assert again.losses == trained.losses
    np.testing.assert_array_equal(again.params["out"], trained.params["out"])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_step_that_is_not_finite_is_not_taken(data):
    hole = data.posts._replace(vector=data.posts.vector.at[300].set(jnp.nan))
    stopped = train_ranker(part(replace(data, posts=hole), 0, 0.8), TINY, QUICK, seed=0)
    assert "not finite" in stopped.stopped
    for leaf in (stopped.params["out"], stopped.params["post"], stopped.params["prior"]):
        assert np.isfinite(np.asarray(leaf)).all()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_only_the_sittings_asked_for_are_predicted(data, trained):
    last = part(data, 0.8, 1.0)
    outputs = predict_impressions(trained.params, last, TINY, QUICK.tokens)
    rows = last.sittings.impression[last.sittings.impression != NOBODY]
    assert np.isfinite(outputs[rows]).all()
    assert np.isnan(outputs[:, 0]).sum() == len(outputs) - len(rows)


def test_what_was_shown_by_a_small_chance_weighs_more():
    weight = row_weights(np.float32([0.9, 0.9, 0.9, 0.9, 0.09, 1e-9, np.nan]), WeightConfig())
    assert weight.mean() == pytest.approx(1.0)
    assert weight[4] == pytest.approx(10**0.25 * weight[0])
    assert weight[5] == pytest.approx(4.0 * weight[0])
    assert weight[6] == weight[0]
    assert len(row_weights(np.float32([]), WeightConfig())) == 0


def test_vectors_must_fit_the_posts_and_the_model(data):
    with pytest.raises(BadInput, match="vectors"):
        ranker_data(data.log, np.zeros((3, 16), dtype=np.float32), TINY)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_is_true_of_a_made_log_is_learned():
    log, vectors, truth = made_log(1, n_viewers=200)
    model = RankerConfig(width=32, depth=1, history=48, vector=16, author_rows=256)
    data = ranker_data(
        log, vectors, model, SittingConfig(history=48, candidates=12, history_shapes=(48,))
    )
    config = RankerTraining(
        epochs=4, tokens=3_000, optimiser=OptimiserConfig(peak=5e-3, weight_decay=0.05),
        windows=WindowConfig(flip=1e-3, flip_scale=0.0, sensitivity=0.1),
    )  # fmt: skip
    trained = train_ranker(part(data, 0, 0.65), model, config, seed=0)
    held, test = part(data, 0.65, 0.8), part(data, 0.8, 1.0)
    outputs = predict_impressions(trained.params, part(data, 0.65, 1.0), model)

    def seen(of):
        rows = of.sittings.impression[of.sittings.impression != NOBODY]
        return rows, targets_of(log, rows, np.ones(len(rows)))

    noise = AnswerNoise.of(trained)
    rows, targets = seen(held)
    calibration = fit_calibration(outputs[rows], targets, noise)
    rows, targets = seen(test)
    found = measure_ranker(outputs[rows], targets, calibration, noise)
    liked = log.impressions.has(3)[rows]
    best = auroc(truth.like[rows].astype(float), liked)
    assert found.heads["like"].auroc > 0.5 + 0.6 * (best - 0.5)
    assert found.heads["like"].ece < 0.02
    assert found.heads["regret"].ece < 0.05
    assert 0.9 < found.seconds_slope < 1.1
    readout = read_out(outputs[rows], calibration)
    assert np.corrcoef(readout.regret, truth.regret[rows])[0, 1] > 0.9
    assert readout.regret.mean() == pytest.approx(truth.regret[rows].mean(), abs=0.03)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_is_to_stay_still_does_not_move(data):
    config = replace(QUICK, epochs=1, zeroed=("post", "parent"), frozen=("authors",))
    moved = train_ranker(part(data, 0, 0.4), TINY, config, seed=0).params
    fresh = init_ranker(jax.random.key(0), TINY)
    assert not np.asarray(moved["post"]).any()
    assert not np.asarray(moved["parent"]).any()
    np.testing.assert_array_equal(moved["authors"], fresh["authors"])
    assert np.abs(np.asarray(moved["similarity"]) - np.asarray(fresh["similarity"])).max() > 0
