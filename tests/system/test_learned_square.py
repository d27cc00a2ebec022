"""A running square takes up what is promoted, goes back when told to, and survives damage."""

import subprocess
import sys
import time

import httpx2
import jax
import pytest
from tests.system.frames import chatter, write
from tests.system.square_process import clean_environment, running

from stoa.artifacts.model_shelf import ModelShelf
from stoa.artifacts.shipped import read_shipped
from stoa.encoders.hashed import HashedEncoder
from stoa.model_records import Model, ModelCard
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_model import RankerConfig, init_ranker
from stoa.ranking.value import ValueConfig
from stoa.records import SECOND_US
from stoa.space.post_tower import PostTowerConfig
from stoa.space.space_model import SpaceConfig, init_space
from stoa.space.viewer_tower import ViewerTowerConfig

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
START_US = 1_790_000_000 * SECOND_US
SHIPPED = read_shipped().card.version
CONFIG = RankerConfig(width=32, depth=1, history=16, author_rows=64)


def stoa(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "stoa.cli", "models", *map(str, arguments)],
        env=clean_environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def shelved(folder, version, seed):
    params = init_ranker(jax.random.key(seed), CONFIG)
    out = jax.random.normal(jax.random.key(seed + 9), params["out"].shape)
    one = LearnedRanker(version, CONFIG, {**params, "out": out}, ValueConfig())
    card = ModelCard(version=version, made_us=seed, config=one.card_config())
    ModelShelf(folder / "models").save(Model(card, one.arrays()))


def shelved_space(folder, version, seed):
    shape = SpaceConfig(post=PostTowerConfig(hidden=16), viewer=ViewerTowerConfig(width=32))
    space = init_space(seed, shape)
    card = ModelCard(
        version=version, made_us=seed, config=space.card_config(), encoder=HashedEncoder().name
    )
    ModelShelf(folder / "spaces").save(Model(card, space.arrays()))


def wait_for_ranking(square, words, timeout_s=120):
    deadline = time.monotonic() + timeout_s
    while words not in square.get("/square").text:
        assert time.monotonic() < deadline, square.lines
        time.sleep(0.5)


def test_what_is_promoted_serves_within_seconds_and_goes_back(tmp_path):
    events = write(tmp_path / "events.jsonl.zst", chatter(60, START_US))
    data = tmp_path / "data"
    with running("--from", str(events), "--data", str(data)) as square:
        square.wait_for("ended")
        wait_for_ranking(square, "first version")
        shelved(data, "v1", 1)
        shelved(data, "v2", 2)
        stoa("promote", "v1", "--data", data)
        wait_for_ranking(square, "learned, v1")
        feed = square.json("/api/v1/feed", params={"viewer": "ben"})
        assert all(item["seconds"] > 0 for item in feed["items"])
        stoa("promote", "v2", "--data", data, "--reason", "to compare")
        wait_for_ranking(square, "learned, v2")
        assert "to compare" in square.get("/square").text
        (data / "models" / "v2" / "weights.safetensors").write_bytes(b"half of it")
        stoa("rollback", "--data", data)
        wait_for_ranking(square, "learned, v1")
        told = square.json("/api/v1/square")
        assert (told["ranking"], told["vectors_by"]) == ("learned, v1", "first version")
        newest = told["decisions"][0]
        assert (newest["version"], newest["fate"]) == ("v1", "rolled_back")
        assert abs(newest["at_us"] - START_US) < 3_600 * SECOND_US  # by the square's time
        assert len(square.json("/api/v1/feed", params={"viewer": "ben"})["items"]) > 0
        assert square.stop() == 0
    with running("--from", str(events), "--data", str(data)) as again:
        again.wait_for("ended")
        wait_for_ranking(again, "learned, v1")
        assert again.stop() == 0


def first_page(folder, shipped):
    """What ranks, and whether seconds stand on the first page of somebody new."""
    folder.mkdir(exist_ok=True)
    events = write(folder / "events.jsonl.zst", chatter(60, START_US))
    flags = ("--from", str(events), "--data", str(folder / "data"))
    with running(*flags, STOA_SHIPPED_WEIGHTS=shipped) as square:
        square.wait_for("ended")
        # It may have to wait for the compiler, on a machine that has never run Stoa.
        page = httpx2.get(f"{square.url}/api/v1/feed?viewer=newcomer", timeout=150)
        items = page.json()["items"]
        ranking = square.json("/api/v1/square")["ranking"]
        assert ranking in square.get("/square").text
    assert items
    return ranking, {item["seconds"] is not None for item in items}


def test_the_first_page_of_a_fresh_square_is_ranked_by_what_ships(tmp_path):
    assert first_page(tmp_path, "true") == (f"learned elsewhere, {SHIPPED}", {True})


@pytest.mark.long
def test_a_square_that_read_posts_without_them_goes_on_without_them(tmp_path):
    assert first_page(tmp_path, "false") == ("first version", {False})
    assert first_page(tmp_path, "true") == ("first version", {False})
    fresh = tmp_path / "fresh"
    assert first_page(fresh, "true")[0] == f"learned elsewhere, {SHIPPED}"
    assert first_page(fresh, "false") == ("first version", {False})


def test_a_space_that_is_promoted_makes_the_vectors_and_survives_a_kill(tmp_path):
    events = write(tmp_path / "events.jsonl.zst", chatter(60, START_US))
    data = tmp_path / "data"
    with running("--from", str(events), "--data", str(data)) as square:
        square.wait_for("ended")
        n_vectors = square.json("/api/v1/square")["vectors"]
        shelved_space(data, "s1", 1)
        shelved_space(data, "s2", 2)
        stoa("promote", "s1", "--space", "--data", data)
        wait_for_ranking(square, "learned, s1")
        assert square.json("/api/v1/square")["vectors"] == n_vectors
        assert square.json("/api/v1/feed", params={"viewer": "ben"})["items"]
        stoa("promote", "s2", "--space", "--data", data, "--reason", "to compare")
        wait_for_ranking(square, "learned, s2")
        square.process.kill()
    with running("--from", str(events), "--data", str(data)) as again:
        again.wait_for("ended")
        wait_for_ranking(again, "learned, s2", timeout_s=1)
        assert again.json("/api/v1/square")["vectors"] == n_vectors
        stoa("rollback", "--space", "--data", data)
        wait_for_ranking(again, "learned, s1")
        stoa("promote", "first_version", "--space", "--data", data)
        deadline = time.monotonic() + 60
        while "learned, s1" in again.get("/square").text:
            assert time.monotonic() < deadline, again.lines
            time.sleep(0.5)
        assert again.json("/api/v1/square")["vectors"] == n_vectors
        assert again.stop() == 0
