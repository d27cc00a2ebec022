"""Rounds on logs that no one wishes for: each ends in something that a reader can live with."""

from dataclasses import replace

import numpy as np
import pytest
from tests.train.made_log import made_log

from stoa.errors import BadInput
from stoa.measure import auroc
from stoa.ranking.ranker_model import RankerConfig
from stoa.ranking.readout import Calibration, read_out
from stoa.ranking.value import ValueConfig
from stoa.records import DAY_US, EventKind
from stoa.space.learning_log import Answer
from stoa.train.optimiser import OptimiserConfig
from stoa.train.ranker import RankerTraining, predict_impressions, train_ranker
from stoa.train.ranker_batches import ranker_data
from stoa.train.ranker_round import RoundConfig, learn_round
from stoa.train.sittings import SittingConfig

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROUND = RoundConfig(
    model=RankerConfig(width=16, depth=1, history=16, vector=16, author_rows=64),
    training=RankerTraining(
        epochs=2, tokens=1_000, optimiser=OptimiserConfig(peak=1e-2, warm_up=5)
    ),
)
LIKE = np.uint32(1 << EventKind.LIKE)
PLAIN_MODEL = RankerConfig(width=16, depth=1, history=16, vector=16, author_rows=64)
PLAIN_SITTINGS = SittingConfig(history=16, candidates=12, history_shapes=(16,))
PLAIN = RankerTraining(
    epochs=2, tokens=1_400, optimiser=OptimiserConfig(peak=1e-2, warm_up=5), windows=None
)


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
    milder = replace(found.ranker, value=ValueConfig(kappa=1.0))
    again = learn_round(alone, vectors, milder, ROUND, version="v2")
    assert again.ranker.value.kappa == 1.0  # the operator's; worths are learned
    assert again.worth is not None
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


def with_likers(log, accounts, author, n):
    """The log, and `n` showings of an author's posts that these accounts, and only they, like.

    Returns also which impressions are the readers' own.
    """
    chance = np.random.default_rng(0)
    post = chance.choice(np.flatnonzero(log.posts.author == author), n).astype(np.int32)
    who = accounts[np.arange(n) % len(accounts)].astype(np.int32)
    began, ended = log.impressions.at_us[[0, -1]]
    at_us = np.maximum(log.posts.at_us[post] + 1, chance.integers(began, ended, n))
    shown = {name: np.zeros(n, getattr(log.impressions, name).dtype)
             for name in log.impressions.__slots__}  # fmt: skip
    shown |= {"at_us": at_us, "viewer": who, "post": post, "seconds": np.full(n, 5, np.float32),
              "session": 1_000_000 + np.arange(n, dtype=np.int32), "acts": np.full(n, LIKE),
              "propensity": np.full(n, 0.5, np.float32), "answer": np.full(n, -1, np.int8),
              "delayed": np.full(n, -1, np.int8)}  # fmt: skip
    acts = {"at_us": at_us, "account": who, "post": post, "surface": np.zeros(n, np.int8),
            "kind": np.full(n, int(EventKind.LIKE), np.int8),
            "seconds": np.full(n, np.nan, np.float32)}  # fmt: skip
    impressions, order = joined(log.impressions, shown)
    poisoned = replace(
        log, impressions=impressions, acts=joined(log.acts, acts)[0],
        n_accounts=max(log.n_accounts, int(who.max()) + 1),
    )  # fmt: skip
    return poisoned.checked(), order < len(log.impressions)


def joined(columns, more):
    order = np.argsort(np.concatenate([columns.at_us, more["at_us"]]), kind="stable")
    whole = {name: np.concatenate([getattr(columns, name), more[name]])[order]
             for name in columns.__slots__}  # fmt: skip
    return type(columns)(**whole), order


def likes_foretold(log, readers, vectors, author):
    """Mean chance of a like of an author's posts, and AUROC of likes, over readers' showings."""
    data = ranker_data(log, vectors, PLAIN_MODEL, PLAIN_SITTINGS)
    trained = train_ranker(data, PLAIN_MODEL, PLAIN, seed=0)
    outputs = predict_impressions(trained.params, data, PLAIN_MODEL, PLAIN.tokens)
    like = read_out(outputs, Calibration.none()).action(EventKind.LIKE)
    theirs = readers & (log.posts.author[log.impressions.post] == author)
    liked = log.impressions.has(EventKind.LIKE)
    return float(like[theirs].mean()), auroc(like[readers], liked[readers])


def test_a_tenth_of_the_likes_from_one_account_or_from_puppets_moves_little():
    log, vectors, _ = made_log(1, n_viewers=80, n_posts=1_000, n_sittings=10)
    log = replace(log, n_accounts=log.n_accounts + 100)
    author, n = int(log.posts.author[500]), round(log.impressions.has(EventKind.LIKE).sum() / 9)
    new = np.arange(log.n_accounts - 100, log.n_accounts)
    everyone = np.ones(len(log.impressions), np.bool_)
    clean, sharp = likes_foretold(log, everyone, vectors, author)
    one, sharp_one = likes_foretold(*with_likers(log, new[:1], author, n), vectors, author)
    many, sharp_many = likes_foretold(*with_likers(log, new, author, n), vectors, author)
    # What is foretold of that author for people moves by less than what they did would say:
    # a tenth of all likes, on one author of sixty, would be six times as many.
    assert one < 1.2 * clean
    assert many < 1.8 * clean
    assert min(sharp_one, sharp_many) > sharp - 0.03


def test_a_loss_that_is_no_number_is_a_round_refused_with_the_last_good_parameters(made):
    log, vectors = made
    hole = vectors.copy()
    hole[int(log.impressions.post[900])] = np.nan
    found = round_of(log, hole)
    assert not found.verdict.passes
    assert "training stopped" in found.verdict.reason
    assert "not finite" in found.stopped
    assert all(np.isfinite(leaf).all() for leaf in found.ranker.arrays().values())
