"""The live network from end to end: a real stream arrives on a real page, through every outage."""

import signal
import time
from collections.abc import Callable

import httpx2
import pytest
from tests.system.fake_jetstream import FakeJetstream
from tests.system.frames import SECOND_US, chatter, did, like, now_us, post, post_uri, removal
from tests.system.square_process import RunningSquare, running, status, stoa, walk

from stoa.settings import Settings

pytestmark = pytest.mark.slow

NOWHERE = "ws://127.0.0.1:9/subscribe"
SMALL_TOWN = {"STOA_TOWN_PEOPLE": "60", "STOA_TOWN_DAYS": "0.3"}
ALONE = {  # nothing outside this machine is asked
    "STOA_APPVIEW_URL": "http://127.0.0.1:9",
    "STOA_PLC_URL": "http://127.0.0.1:9",
}


def until(holds: Callable[[], object], within_s: float) -> float:
    """Waits for it; returns how long it took."""
    began_s = time.monotonic()
    while not holds():
        took_s = time.monotonic() - began_s
        assert took_s < within_s, f"not within {within_s} s"
        time.sleep(0.05)
    return time.monotonic() - began_s


def served(square: RunningSquare) -> set[str]:
    return {item["uri"] for item in walk(square, f"reader-{time.monotonic_ns()}", limit=100)}


def test_what_happens_is_on_the_page_within_two_seconds(tmp_path):
    with FakeJetstream() as network:
        settings = {"STOA_JETSTREAM_URLS": network.url, **ALONE}
        with running("--data", str(tmp_path), **settings) as square:
            assert square.get("/healthz").status_code == 503  # nothing to serve yet
            until(lambda: network.cursors, 20)
            network.happen(chatter(30, now_us() - 60 * SECOND_US))
            health = square.wait_for("live")
            assert health["source"] == "live"
            assert health["lag_s"] < 120
            at = now_us()
            network.happen([post("zoe", at, "this very moment")])
            took_s = until(lambda: post_uri("zoe", at) in served(square), 10)
            assert took_s <= 2
            assert "this very moment" in square.get("/").text
            network.happen([removal("zoe", now_us(), post_uri("zoe", at))])
            took_s = until(lambda: post_uri("zoe", at) not in served(square), 10)
            assert took_s <= 2
            network.happen([{"did": "x", "time_us": 5, "kind": "?"}, {"nonsense": True}])
            until(lambda: "implausible_time" in square.get("/metrics").text, 10)
            assert square.stop() == 0


def test_ten_seconds_is_what_the_network_is_given():
    assert Settings.model_fields["unreachable_after_s"].default == 10


def test_without_a_network_the_town_opens_and_the_square_goes_home_by_itself(tmp_path):
    with FakeJetstream(open_now=False) as network:
        settings = {
            "STOA_JETSTREAM_URLS": network.url,
            "STOA_UNREACHABLE_AFTER_S": "1",
            **SMALL_TOWN,
            **ALONE,
        }
        with running("--data", str(tmp_path), **settings) as square:
            health = square.wait_for("town", 60)
            assert health["ok"] is True
            said = [line for line in square.lines if "cannot be reached" in line]
            assert len(said) == 1
            page = square.get("/").text
            assert "simulated town" in page
            assert "<article" in page
            assert square.get("/town").status_code == 200
            assert walk(square, "visitor", limit=100)
            author = did("zoe")
            asked = stoa("bluesky", "opt-out", author, "--data", str(tmp_path))
            assert asked.returncode == 0, asked.stderr
            mine = {"uri": "https://app.example/1", "author": "app-user", "text": "of an app"}
            taken = httpx2.put(square.url + "/api/v1/posts", json={"posts": [mine]}, timeout=20)
            assert taken.json() == {"accepted": 1, "rejected": []}
            assert mine["uri"] in served(square)
            network.open()
            until(lambda: network.cursors, 90)
            at = now_us()
            network.happen([*chatter(20, at - 60 * SECOND_US), post("zoe", at, "left out")])
            health = square.wait_for("live", 60)
            assert health["source"] == "live"
            assert "simulated town" not in square.get("/").text
            uris = served(square)
            assert uris
            assert mine["uri"] in uris  # what an app brought meanwhile is not lost
            home = {event["did"] for event in chatter(20, at)}
            assert {uri.split("/")[2] for uri in uris - {mine["uri"]}} <= home
            # The wish spoken while the town stood in holds in the network's world.
            assert author not in {item["author"] for item in walk(square, "back", limit=100)}
            assert square.get("/town").status_code == 404
            assert square.stop() == 0
    assert status(tmp_path)["posts"] == 22  # nothing of the town's


def test_a_killed_square_resumes_where_it_was_and_doubles_nothing(tmp_path):
    start = now_us() - 600 * SECOND_US
    with FakeJetstream() as network:
        settings = {"STOA_JETSTREAM_URLS": network.url, **ALONE}
        with running("--data", str(tmp_path), **settings) as square:
            until(lambda: network.cursors, 20)
            first = chatter(300, start)
            likes = [
                like("zoe", start + (300 + n) * SECOND_US, post_uri_of(first[n])) for n in range(20)
            ]
            network.happen(first + likes)
            square.wait_for("live")
            until(lambda: status(tmp_path)["events"] == 320, 20)
            square.process.send_signal(signal.SIGKILL)
            square.process.wait()
        before = status(tmp_path)
        missed = chatter(100, start + 400 * SECOND_US)
        network.happen(missed)
        with running("--data", str(tmp_path), **settings) as square:
            square.wait_for("live")
            until(lambda: status(tmp_path)["events"] == 420, 20)
            assert network.cursors[-1] == before["cursor"] - 5 * SECOND_US
            assert len(served(square)) == 400
            assert square.stop() == 0
        after = status(tmp_path)
    assert before["cursor"] == start + 319 * SECOND_US
    assert (after["posts"], after["vectors"]) == (400, 400)
    assert after["accounts"] == before["accounts"] + 1  # the one who read


def test_a_stream_that_breaks_off_goes_on_without_loss(tmp_path):
    start = now_us() - 600 * SECOND_US
    with FakeJetstream() as network:
        settings = {"STOA_JETSTREAM_URLS": network.url, **ALONE}
        with running("--data", str(tmp_path), **settings) as square:
            until(lambda: network.cursors, 20)
            network.happen(chatter(100, start))
            until(lambda: status_or_none(tmp_path) == 100, 20)
            network.close()
            network.happen(chatter(100, start + 200 * SECOND_US))
            assert len(served(square)) == 100  # pages go on
            network.open()
            until(lambda: status_or_none(tmp_path) == 200, 60)
            assert len(served(square)) == 200
            assert square.stop() == 0


def post_uri_of(event: dict) -> str:
    return f"at://{event['did']}/app.bsky.feed.post/{event['commit']['rkey']}"


def status_or_none(folder) -> int | None:
    return status(folder)["posts"]


def test_a_town_lives_on_where_it_was_left(tmp_path):
    def live() -> tuple[dict, set[str]]:
        with running("--from", "town", "--data", str(tmp_path), **SMALL_TOWN) as square:
            assert square.wait_for("town")["source"] == "town"
            until(lambda: "stoa_posts" in square.get("/metrics").text, 20)
            uris = {item["uri"] for item in walk(square, "somebody-new", limit=100)}
            assert square.stop() == 0
        return status(tmp_path), uris

    first, first_uris = live()
    again, again_uris = live()
    assert first["posts"] > 0
    assert again["posts"] >= first["posts"]
    assert again["events"] - first["events"] < 0.2 * first["events"]  # its past is not doubled
    assert first_uris & again_uris or len(again_uris) > 0
