"""A promoted post from the command line to a reader and back, through a kill and a restart."""

import json
from dataclasses import replace

import httpx2
import jax
import pytest
from tests.system.frames import chatter, write
from tests.system.square_process import running, stoa

from stoa.artifacts.model_shelf import ModelShelf
from stoa.model_records import Decision, Fate, Model, ModelCard
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_model import RankerConfig, init_ranker
from stoa.ranking.value import ValueConfig
from stoa.records import SECOND_US
from stoa.store import SqliteStore

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
START_US = 1_790_000_000 * SECOND_US
CONFIG = RankerConfig(width=32, depth=1, history=16, author_rows=64)
READERS = ("ben", "cyd", "eve")


def promote(*arguments, data, expect=0):
    done = stoa("promote", *map(str, arguments), "--data", str(data))
    assert done.returncode == expect, done.stderr
    return done


def listed(data):
    return json.loads(promote("list", "--json", data=data).stdout)["campaigns"]


def prepare(data):
    """A model that serves from the start, and readers who agree to anything."""
    params = init_ranker(jax.random.key(1), CONFIG)
    out = jax.random.normal(jax.random.key(10), params["out"].shape)
    one = LearnedRanker("v1", CONFIG, {**params, "out": out}, ValueConfig())
    shelf = ModelShelf(data / "models")
    shelf.save(Model(ModelCard(version="v1", made_us=1, config=one.card_config()), one.arrays()))
    shelf.decide(Decision(2, "v1", Fate.PROMOTED, "for a test", "test"))
    store = SqliteStore(data / "square.db")
    for name in READERS:
        account = store.intern_account(name)
        wish = replace(store.settings(account), promoted_agreed_s=1e4, exploration=0.0)
        store.save_settings(account, wish)
    store.set_meta("world", "network")
    store.close()


def feed(square, viewer, limit=20):
    params = {"viewer": viewer, "limit": limit}
    return square.json("/api/v1/feed", params=params)["items"]


def see(square, viewer, uri, at_ms):
    event = {"viewer": viewer, "kind": "impression", "post": uri, "at": at_ms}
    answer = httpx2.post(square.url + "/api/v1/events", json={"events": [event]}, timeout=20)
    assert answer.json() == {"accepted": 1, "rejected": []}


def promoted(items):
    return [item for item in items if item["promoted"]]


def test_a_promoted_post_lives_and_ends(tmp_path):
    events = write(tmp_path / "events.jsonl.zst", chatter(60, START_US))
    data = tmp_path / "data"
    prepare(data)
    flags = ("--from", str(events), "--data", str(data))
    seen_ms = START_US // 1000 + 900_000
    with running(*flags) as square:
        square.wait_for("ended")
        post = feed(square, "abe", 60)[-1]["uri"]
        unknown = promote(
            "add", "at://x/y/z", "--by", "Tea", "--impressions", 2, data=data, expect=1
        )
        assert "post is 'at://x/y/z': give the URI of a post that is here" in unknown.stderr
        promote("add", post, "--by", "Tea", "--impressions", -2, data=data, expect=1)
        promote("add", post, "--by", "Tea & Co", "--impressions", 2, "--id", "tea", "--gap", 3,
                data=data)  # fmt: skip
        promote("add", post, "--by", "Tea & Co", "--seconds", 2, data=data, expect=1)
        items = {name: feed(square, name) for name in READERS}
        shown = {name: promoted(found) for name, found in items.items()}
        assert [len(shown[name]) for name in READERS] == [1, 1, 0]
        assert shown["ben"][0]["uri"] == post
        assert shown["ben"][0]["promoted"]["by"] == "Tea & Co"
        assert items["ben"].index(shown["ben"][0]) == 3
        see(square, "ben", post, seen_ms)
        (state,) = listed(data)
        assert (state["spent"], state["held"], state["n_shown"]) == (1, 1, 1)
        square.process.kill()
        square.process.wait()
    with running(*flags) as again:
        again.wait_for("ended")
        see(again, "ben", post, seen_ms)
        (state,) = listed(data)
        assert (state["spent"], state["held"], state["n_shown"]) == (1, 1, 1)
        see(again, "cyd", post, seen_ms)
        see(again, "cyd", post, seen_ms + 1)
        (state,) = listed(data)
        assert (state["state"], state["spent"], state["held"]) == ("spent", 2, 0)
        figures = again.json("/api/v1/square")["promoted"]
        assert (figures["n_shown"], figures["net_s"]) == (2, pytest.approx(state["net_s"]))
        assert again.stop() == 0


def test_a_campaign_ends_with_its_post_and_by_the_operator(tmp_path):
    events = write(tmp_path / "events.jsonl.zst", chatter(60, START_US))
    data = tmp_path / "data"
    prepare(data)
    with running("--from", str(events), "--data", str(data)) as square:
        square.wait_for("ended")
        own = {"uri": "shop:1", "author": "shop", "text": "tea for sale, and cups"}
        address = square.url + "/api/v1/posts"
        assert httpx2.put(address, json={"posts": [own]}, timeout=20).json()["accepted"] == 1
        other = next(item["uri"] for item in feed(square, "abe", 60) if item["uri"] != "shop:1")
        for uri, name in (("shop:1", "own"), (other, "other")):
            promote("add", uri, "--by", "Tea", "--seconds", 60, "--id", name, "--gap", 2, data=data)
        assert promoted(feed(square, "ben"))
        promote("stop", "other", data=data)
        promote("stop", "other", data=data, expect=1)
        gone = {"posts": [{"uri": "shop:1", "author": "shop"}]}
        httpx2.request("DELETE", address, json=gone, timeout=20).raise_for_status()
        states = {state["id"]: (state["state"], state["because"]) for state in listed(data)}
        assert states == {
            "own": ("stopped", "its post is gone"),
            "other": ("stopped", "stopped by the operator"),
        }
        assert promoted(feed(square, "cyd")) == []
        refused = promote("add", "shop:1", "--by", "Tea", "--seconds", 1, data=data, expect=1)
        assert "its author deleted it" in refused.stderr
        assert square.stop() == 0
