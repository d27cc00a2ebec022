"""Predicted against observed by head and group: answers are met through their noise."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.train.test_ranker_quality import showings

from stoa.model_records import ModelCard, reliability_rows
from stoa.ranking.readout import Calibration
from stoa.records import DAY_US
from stoa.space.learning_log import ImpressionColumns, LearningLog, PostColumns, empty_log
from stoa.train.ranker_quality import AnswerNoise
from stoa.train.ranker_reliability import HEADS, groups_of, reliability, reliability_figures

FLIPPED = AnswerNoise(regret=(0.9, 0.1))


@pytest.fixture(scope="module")
def flipped():
    outputs, targets = showings(20_000, flip=0.1)
    viewer = (np.arange(20_000) // 40).astype(np.int32)
    return outputs, targets._replace(viewer=viewer)


def rows_of(flipped, noise, groups=None):
    made = reliability(*flipped, Calibration.none(), noise, groups)
    return {(row.head, row.group): row for row in made}


def test_a_right_regret_is_right_when_its_answers_are_noisy(flipped):
    row = rows_of(flipped, FLIPPED)["regret", "all"]
    assert row.ece_adaptive.mean < 0.01
    assert row.slope.low < 1 < row.slope.high


def test_answers_taken_at_their_word_call_a_right_regret_wrong(flipped):
    row = rows_of(flipped, AnswerNoise())["regret", "all"]
    assert row.ece_adaptive.low > 0.05
    assert row.slope.high < 0.95


def test_every_head_is_told_in_every_group(flipped):
    half = np.arange(20_000) % 2 == 0
    made = rows_of(flipped, FLIPPED, {"even": half})
    assert list(made) == [(head, group) for head in HEADS for group in ("all", "even")]
    assert made["like", "even"].n == 10_000


def test_rows_without_answers_or_seconds_are_left_out(flipped):
    outputs, targets = flipped
    silent = targets._replace(
        answer=np.full(20_000, -1, np.int8),
        seconds=np.where(np.arange(20_000) < 15_000, np.nan, targets.seconds),
    )
    made = rows_of((outputs, silent), FLIPPED)
    assert made["regret", "all"].n == made["glad", "all"].n == 0
    assert made["seconds", "all"].n == 5_000


def log_of(posts, shown):
    """Posts (day, author, parent) and showings (day, viewer, post)."""
    log = empty_log(1)
    day, author, parent = (np.array(column) for column in zip(*posts, strict=True))
    at, viewer, post = (np.array(column) for column in zip(*shown, strict=True))
    n = len(posts)
    blank = {
        name: np.zeros(n, getattr(log.posts, name).dtype)
        for name in ("language", "media", "domain", "length")
    }
    columns = PostColumns(
        at_us=(day * DAY_US).astype(np.int64), author=author.astype(np.int32),
        parent=parent.astype(np.int32), root=np.arange(n, dtype=np.int32),
        text=np.zeros((n, 1), np.float32), **blank,
    )  # fmt: skip
    rest = {
        name: np.zeros(len(shown), getattr(log.impressions, name).dtype)
        for name in log.impressions.__slots__
        if name not in ("at_us", "viewer", "post")
    }
    impressions = ImpressionColumns(
        at_us=(at * DAY_US).astype(np.int64), viewer=viewer.astype(np.int32),
        post=post.astype(np.int32), **rest,
    )  # fmt: skip
    return replace(log, posts=columns, impressions=impressions, n_accounts=10)


@pytest.fixture(scope="module")
def log() -> LearningLog:
    posts = [(0.0, 0, -1), (5.0, 1, -1), (5.5, 1, 0), (9.0, 1, -1)]
    shown = [(1.0, 0, 0), (5.1, 0, 1), (5.6, 5, 2), (9.1, 5, 3), (9.2, 0, 2)]
    return log_of(posts, shown)


def test_groups_go_by_what_stood_in_the_log_then(log):
    groups = groups_of(log, np.arange(5))
    assert groups["replies"].tolist() == [False, False, True, False, True]
    assert groups["first_posts"].tolist() == [False, True, False, False, False]
    assert groups["new_authors"].tolist() == [False, True, True, False, False]
    assert groups["new_viewers"].tolist() == [False, False, True, False, False]


def test_groups_are_of_the_rows_asked_for(log):
    whole = groups_of(log, np.arange(5))
    some = groups_of(log, np.array([4, 1]))
    for name, flags in some.items():
        assert flags.tolist() == [whole[name][4], whole[name][1]]


def test_an_empty_log_has_no_groups_to_fall_over():
    groups = groups_of(empty_log(1), np.zeros(0, dtype=np.int64))
    assert {len(flags) for flags in groups.values()} == {0}


def test_a_card_keeps_heads_with_deciles_and_groups_as_plain_json(flipped):
    outputs, targets = flipped
    silent = targets._replace(answer=np.full(20_000, -1, np.int8))
    groups = {"even": np.arange(20_000) % 2 == 0, "none": np.zeros(20_000, dtype=bool)}
    made = reliability_figures(reliability(outputs, silent, Calibration.none(), FLIPPED, groups))
    assert list(made) == ["like", "seconds"]
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    card = ModelCard(version="v", made_us=1, reliability=made)
    like, seconds = reliability_rows(card)
    assert (like.head, like.n, len(like.deciles)) == ("like", 20_000, 10)
    assert list(made["like"]["groups"]) == ["even"]
    assert seconds.slope == pytest.approx(1.0, abs=0.1)
    assert like.predicted == pytest.approx(like.observed, abs=0.01)


def test_a_scribbled_card_tells_what_it_can():
    good = {"n": 5, "predicted": 0.1, "observed": 0.2, "ece": {"mean": 0.1},
            "slope": {"mean": None}, "bins": [{"predicted": 0.1, "mean": 0.2}]}  # fmt: skip
    card = ModelCard(version="v", made_us=1, reliability={
        "like": good, "seconds": {}, "glad": {**good, "n": "many"}, "regret": {**good, "bins": 3},
    })  # fmt: skip
    rows = reliability_rows(card)
    assert [row.head for row in rows] == ["like"]
    assert rows[0].slope_words == "not known"
