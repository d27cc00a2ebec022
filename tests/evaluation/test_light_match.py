"""The cheap guess of seconds: finds what is looked at for long, and what is regretted."""

from dataclasses import replace

import numpy as np
import pytest
from tests.train.made_log import made_log

from stoa.evaluation.light_match import (
    LightMatch,
    Tastes,
    fit_light_match,
    guesses,
    signs_of_regret,
)
from stoa.evaluation.shortlists import meeting_weights
from stoa.ranking.ranker_model import RankerConfig
from stoa.records import EventKind
from stoa.space.learning_log import LearningLog
from stoa.train.ranker_batches import RankerData, ranker_data
from stoa.train.sittings import SittingConfig

MODEL = RankerConfig(width=16, depth=1, history=16, vector=16, author_rows=64)
SITTINGS = SittingConfig(history=16, candidates=12, history_shapes=(16,))


def with_seconds(log: LearningLog, vectors: np.ndarray) -> LearningLog:
    """The log with looks as long as a post's first channel says."""
    shown = log.impressions
    seconds = 5.0 + 4.0 * vectors[shown.post, 0] / np.abs(vectors[:, 0]).max()
    posts = replace(log.posts, text=vectors)
    return replace(log, posts=posts, impressions=replace(shown, seconds=seconds.astype(np.float32)))


@pytest.fixture(scope="module")
def data() -> RankerData:
    log, vectors, _ = made_log(3, n_viewers=30, n_posts=300, n_sittings=6)
    log = with_seconds(log, vectors)
    return ranker_data(log, vectors, MODEL, SITTINGS)


@pytest.fixture(scope="module")
def light(data) -> LightMatch:
    return fit_light_match(data, meeting_weights)


def test_seconds_that_the_text_tells_are_learned(data, light):
    rows, guess = guesses(light, data, np.arange(len(data.sittings)), meeting_weights)
    assert len(np.unique(rows)) == len(rows) == len(data.log.impressions)
    assert np.corrcoef(guess, data.log.impressions.seconds[rows])[0, 1] > 0.8


def test_a_viewer_without_meetings_gets_what_all_get(data, light):
    posts, rows = data.log.posts, np.arange(20)
    nobody = Tastes(post=np.full((2, 4), -1, dtype=np.int32), weight=np.zeros((2, 4)))
    scored = light.score(posts, nobody, rows)
    np.testing.assert_allclose(scored[0], scored[1])
    np.testing.assert_allclose(scored[0], light.appeal(posts, rows) * light.pair[0])


def test_signs_are_told_only_where_a_post_was_read_and_time_has_passed(data):
    shown = data.log.impressions
    n = len(shown)
    told = replace(
        shown,
        seconds=np.where(np.arange(n) < 3, 9.0, 0.2).astype(np.float32),
        delayed=np.where(np.arange(n) == 1, -1, 0).astype(np.int8),
        acts=np.where(np.arange(n) == 2, 1 << EventKind.SHOW_LESS, 0).astype(np.uint32),
    )
    sign, known = signs_of_regret(told)
    assert known[:4].tolist() == [True, False, True, False]
    assert sign[:3].tolist() == [0.0, 0.0, 1.0]
