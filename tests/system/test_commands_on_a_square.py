"""Commands and the HTTP interface on a square that runs: what a person or an app asks of it."""

import json
import re
import subprocess
import sys

import httpx2
import pytest
from tests.system.frames import SECOND_US, chatter, did, like, post_uri, write
from tests.system.square_process import (
    RunningSquare,
    clean_environment,
    running,
    status,
    stoa,
    walk,
)

pytestmark = pytest.mark.slow

START_US = 1_790_000_000 * SECOND_US
N_POSTS = 60
KEY = "a-long-bearer-key"
HOST = "feed.example.org"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A square over a small file, shared by the tests of this module, and its data folder."""
    folder = tmp_path_factory.mktemp("square")
    events = chatter(N_POSTS, START_US)
    events += [like("zoe", START_US + 70 * SECOND_US, post_uri("ana", START_US))]
    path = write(folder / "events.jsonl", events)
    settings = {"STOA_HOSTNAME": HOST, "STOA_API_KEYS": KEY}
    with running("--from", str(path), "--data", str(folder / "data"), **settings) as square:
        square.wait_for("ended")
        yield square, folder / "data"
        assert square.stop() == 0


def ask(square: RunningSquare, method: str, path: str, body: object) -> httpx2.Response:
    return httpx2.request(method, square.url + path, json=body, timeout=20)


def test_posts_of_an_app_are_served_and_taken_back(world):
    square, _ = world
    mine = [
        {"uri": f"https://app.example/{n}", "author": "app-user", "text": f"from an app {n}"}
        for n in range(3)
    ]
    broken = [{"uri": "no uri", "author": "x", "text": "t"}, {"author": "x"}, 7]
    taken = ask(square, "PUT", "/api/v1/posts", {"posts": mine + broken}).json()
    assert taken["accepted"] == 3
    assert [(r["index"], r["field"]) for r in taken["rejected"]] == [
        (3, "uri"), (4, "uri"), (5, "post"),
    ]  # fmt: skip
    assert all(r["mend"] for r in taken["rejected"])
    served = {item["uri"]: item for item in walk(square, "app-reader", limit=30)}
    assert {post["uri"] for post in mine} <= set(served)
    assert served["https://app.example/1"]["author"] == "app-user"
    gone = ask(square, "DELETE", "/api/v1/posts", {"posts": [
        {"uri": post["uri"], "author": "app-user"} for post in mine]}).json()  # fmt: skip
    assert gone == {"accepted": 3, "rejected": []}
    left = {item["uri"] for item in walk(square, "other-reader", limit=30)}
    assert not left & {post["uri"] for post in mine}
    assert len(left) == N_POSTS


def test_events_of_an_app_change_the_next_page(world):
    square, folder = world
    first = square.json("/api/v1/feed", params={"viewer": "eager", "limit": 10})["items"]
    muted = first[0]["author"]
    events = [
        {"viewer": "eager", "kind": "mute", "post": first[0]["uri"]},
        {"viewer": "eager", "kind": "hide", "post": first[1]["uri"]},
        {"viewer": "eager", "kind": "dwell", "post": first[2]["uri"], "seconds": 12.5},
        {"viewer": "eager", "kind": "like", "post": first[3]["uri"], "at": "2026-09-21T14:13:20Z"},
        {"viewer": "eager", "kind": "applaud", "post": first[3]["uri"]},
        {"viewer": "eager", "kind": "like", "post": "https://nowhere.example/1"},
        {"viewer": "eager", "kind": "dwell", "post": first[3]["uri"], "seconds": -1},
        {"viewer": "eager", "kind": "like", "post": first[3]["uri"], "at": "1970-01-01T00:00:00Z"},
        {"viewer": "eager", "kind": "like", "post": first[3]["uri"], "at": "2099-01-01T00:00:00Z"},
        {"viewer": "", "kind": "like", "post": first[3]["uri"]},
        {"viewer": "a\x00b", "kind": "like", "post": first[3]["uri"]},
    ]
    answer = ask(square, "POST", "/api/v1/events", {"events": events}).json()
    assert answer["accepted"] == 4
    assert [(r["index"], r["field"]) for r in answer["rejected"]] == [
        (4, "kind"), (5, "post"), (6, "seconds"), (7, "at"), (8, "at"),
        (9, "viewer"), (10, "viewer"),
    ]  # fmt: skip
    after = walk(square, "eager", limit=30)
    assert muted not in {item["author"] for item in after}
    assert first[1]["uri"] not in {item["uri"] for item in after}
    told = json.loads(stoa("inspect", "viewer", "eager", "--data", str(folder)).stdout)
    assert first[3]["uri"] in {act["post"] for act in told["history"]}
    assert told["page"]
    assert any(rule["rule"] == "muted_account" and rule["count"] for rule in told["left_out"])


@pytest.mark.parametrize(
    ("body", "status_code", "code"),
    [
        (b"", 400, "bad_input"),
        (b"not json", 400, "bad_input"),
        (b'{"events":7}', 400, "bad_input"),
        (b"[" * 200_000, 400, "bad_input"),
        (b'{"events":[' + b"1," * 10_001 + b"1]}", 400, "bad_input"),
        (b'{"events":["' + b"x" * 2_000_000 + b'"]}', 413, "too_large"),
        (b'{"events":["\xff\xfe"]}', 400, "bad_input"),
    ],
)
def test_hostile_bodies_get_one_clear_error(world, body, status_code, code):
    square, _ = world
    answer = httpx2.post(square.url + "/api/v1/events", content=body, timeout=20)
    told = answer.json()
    assert (answer.status_code, told["code"], told["ok"]) == (status_code, code, False)
    assert {"field", "value", "mend"} <= told["context"].keys()
    assert len(answer.content) < 2_000


@pytest.mark.parametrize(
    "query",
    [
        {"viewer": "v", "limit": "0"},
        {"viewer": "v", "limit": "101"},
        {"viewer": "v", "limit": "many"},
        {"viewer": "v", "limit": "-3"},
        {"viewer": "v", "cursor": "forged"},
        {"viewer": "v", "cursor": "A" * 60_000},
        {"viewer": "v", "cursor": "\x00\u202e"},
        {"viewer": ""},
        {"viewer": "x" * 5_000},
        {},
    ],
)
def test_hostile_queries_get_one_clear_error(world, query):
    square, _ = world
    answer = square.get("/api/v1/feed", params=query)
    # The server itself refuses a request line of 60 KB.
    assert answer.status_code in (400, 414, 431)
    if answer.status_code == 400 and answer.content:
        assert answer.json()["context"]["field"] in ("limit", "cursor", "viewer")


def test_a_cursor_of_one_viewer_is_of_no_use_to_another(world):
    square, _ = world
    cursor = square.json("/api/v1/feed", params={"viewer": "mine", "limit": 5})["cursor"]
    stolen = square.get("/api/v1/feed", params={"viewer": "thief", "limit": 5, "cursor": cursor})
    assert stolen.status_code == 400
    assert stolen.json()["context"]["field"] == "cursor"


def test_an_opt_out_by_command_is_honoured_at_once(world):
    square, folder = world
    author = did("kim")
    reading = square.json("/api/v1/feed", params={"viewer": "steady", "limit": 3})
    assert author in {item["author"] for item in walk(square, "before")}
    done = stoa("bluesky", "opt-out", author, "--data", str(folder), STOA_API_KEYS=KEY)
    assert done.returncode == 0, done.stderr
    assert author not in {item["author"] for item in walk(square, "after")}
    rest = square.json(  # a reading begun before does not bring them either
        "/api/v1/feed", params={"viewer": "steady", "limit": 90, "cursor": reading["cursor"]}
    )
    assert author not in {item["author"] for item in rest["items"]}
    lifted = stoa("bluesky", "opt-out", author, "--lift", "--data", str(folder), STOA_API_KEYS=KEY)
    assert lifted.returncode == 0, lifted.stderr
    assert author in {item["author"] for item in walk(square, "much-later")}
    wrong = stoa("bluesky", "opt-out", "kim", "--data", str(folder))
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("stoa: DID is 'kim'")


def test_a_backup_made_while_it_runs_serves_the_same_posts(world, tmp_path):
    square, folder = world
    done = stoa("backup", str(tmp_path / "copy.db"), "--data", str(folder))
    assert done.returncode == 0, done.stderr
    again = stoa("backup", str(tmp_path / "copy.db"), "--data", str(folder))
    assert again.returncode == 1
    assert "does not exist yet" in again.stderr
    restored = tmp_path / "restored"
    restored.mkdir()
    (tmp_path / "copy.db").rename(restored / "square.db")
    empty = write(tmp_path / "empty.jsonl", b"")
    with running("--from", str(empty), "--data", str(restored)) as other:
        other.wait_for("ended")
        here = {item["uri"] for item in walk(square, "reader-of-both", limit=50)}
        assert {item["uri"] for item in walk(other, "reader-of-both", limit=50)} == here
        assert other.stop() == 0
    assert status(restored)["posts"] == status(folder)["posts"]
    assert status(restored)["vectors"] == status(folder)["vectors"]


def test_a_post_can_be_inspected_while_it_runs(world):
    _, folder = world
    uri = post_uri("ana", START_US)
    told = json.loads(stoa("inspect", "post", uri, "--data", str(folder), "--json").stdout)
    assert told["post"]["uri"] == uri
    assert told["author"]["name"] == did("ana")
    assert told["has_vector"] is True
    assert told["likes_shown"] == 1
    assert len(told["neighbours"]) == 5
    assert told["trace"]["rank"] is not None or told["trace"]["dropped_by"]
    assert told["trace"]["why"]
    by_number = stoa("inspect", "post", str(told["post"]["id"]), "--data", str(folder), "--json")
    assert json.loads(by_number.stdout)["post"]["uri"] == uri
    for what, name in (("post", "at://nobody/app.bsky.feed.post/1"), ("viewer", "never-heard-of")):
        absent = stoa("inspect", what, name, "--data", str(folder))
        assert absent.returncode == 1
        assert absent.stderr.count("\n") == 1
        assert name in absent.stderr


def test_a_viewer_is_inspected_with_the_trace_of_their_reading(world):
    square, folder = world
    events = [{"viewer": "ines", "kind": "like", "post": post_uri("ana", START_US)}]
    assert httpx2.post(square.url + "/api/v1/events", json={"events": events}).status_code == 200
    told = json.loads(stoa("inspect", "viewer", "ines", "--data", str(folder), "--json").stdout)
    assert told["settings"]["muted_accounts"] == []
    assert [act["kind"] for act in told["history"]] == ["like"]
    trace = told["trace"]
    assert trace["n_found"] == sum(trace["found"].values())
    assert trace["n_found"] == trace["n_kept"] + sum(trace["dropped"].values())
    assert (trace["policy"], trace["failed"]) == ("first_version/1", {})
    assert 0 < len(told["page"]) <= trace["n_kept"]
    assert [item["position"] for item in told["page"]] == list(range(len(told["page"])))


def test_the_outer_wall_knows_its_own_names(world):
    square, _ = world
    refused = square.get("/", headers={"Host": "evil.example"})
    assert refused.status_code == 421
    near = square.get("/api/v1/feed", params={"viewer": "v"})
    assert near.status_code == 200
    for path in ("/api/v1/feed?viewer=v", "/metrics", "/api/v1/you"):
        far = square.get(path, headers={"Host": HOST})
        assert far.status_code == 401, path
        assert far.json()["code"] == "key_wanted"
        assert far.headers["www-authenticate"] == "Bearer"
    proxied = square.get("/api/v1/feed?viewer=v", headers={"X-Forwarded-For": "203.0.113.9"})
    assert proxied.status_code == 401
    for key, expected in ((KEY, 200), ("wrong", 401), ("ключ", 401)):
        headers = {"Host": HOST, "Authorization": f"Bearer {key}".encode()}
        answer = square.get("/api/v1/feed?viewer=v", headers=headers)
        assert answer.status_code == expected, key
    assert square.get("/healthz", headers={"Host": HOST}).status_code == 200
    foreign = httpx2.put(
        square.url + "/api/v1/posts",
        json={"posts": []},
        headers={"Origin": "https://evil.example"},
        timeout=20,
    )
    assert foreign.status_code == 403


def test_figures_are_told_to_collectors(world):
    square, _ = world
    text = square.get("/metrics").text
    assert re.search(r"^stoa_posts\S* [1-9]", text, re.MULTILINE), text[:500]
    health = square.json("/healthz")
    assert health["ok"] is True
    assert health["state"] == "ended"
    assert health["lag_s"] == 0
    document = square.json("/api/v1/openapi.json")
    assert {"/api/v1/feed", "/api/v1/events", "/api/v1/posts", "/api/v1/opt-out"} <= set(
        document["paths"]
    )


def test_every_unknown_address_is_told_calmly(world):
    square, _ = world
    for path in ("/nowhere", "/post/", "/post/%00", "/post/at%3A%2F%2Fx", "/account/%FF", "/why"):
        answer = square.get(path)
        assert answer.status_code in (400, 404), path
        assert "Traceback" not in answer.text
    answer = square.get("/api/v1/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_reader_of_our_output_may_stop_early(world):
    _, folder = world
    command = (
        f'"{sys.executable}" -m stoa.cli inspect viewer nobody-2 --data "{folder}" | head -c 1'
    )
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, env=clean_environment()
    )
    assert "Traceback" not in done.stderr
