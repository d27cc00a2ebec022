"""A town's residents read from a real square that hears the town on its standard input."""

import numpy as np
import pytest
from benchmarks.live_town import LiveSquare, LiveTown

from stoa.app.learning_log import read_log
from stoa.encoders.hashed import HashedEncoder
from stoa.records import DAY_US
from stoa.space.learning_log import Answer
from stoa.store import SqliteStore
from stoa.town.society import Society, SocietyConfig

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
SLOTS = 30


def logged(folder):
    store = SqliteStore(folder / "square.db", read_only=True)
    try:
        return read_log(store, HashedEncoder(), 1 << 60, since_us=0, most_posts=10_000)
    finally:
        store.close()


def test_the_square_knows_what_its_readers_did_and_nothing_else(tmp_path):
    config = SocietyConfig(
        seed=3, residents=12, background=40, posts_a_day=120, survey_share=1.0, newcomers=0.0
    )
    folder = tmp_path / "square"
    square = LiveSquare.open(folder, learn=False, every_s=60, share=0.5)
    try:
        town = LiveTown(Society(config), square)
        town.live_a_day(SLOTS)
        truth = town.society.log()
        assert square.json("/healthz")["state"] == "live"
        assert square.json("/api/v1/square")["last_us"] == config.start_us + DAY_US
    finally:
        square.stop()
    own = logged(folder)
    shown, told = truth.impressions, own.log.impressions
    assert len(told) == len(shown) > 50
    assert len(own.log.posts) == len(truth.posts)
    # The same looks on the same moments: nothing was lost, doubled or made up on the way.
    np.testing.assert_allclose(np.sort(told.seconds), np.sort(shown.seconds), atol=0.01)
    np.testing.assert_allclose(told.at_us, shown.at_us, atol=2_000)
    assert np.isfinite(told.propensity).all()
    assert set(told.position.tolist()) <= set(range(SLOTS))
    assert not (told.answer[~told.asked] != Answer.NONE).any()
    assert 0 < told.asked.sum() < len(told) / 10
