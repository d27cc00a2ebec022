"""A file of events, from end to end: a real process reads it and serves what may be served."""

import json
import random

import pytest
from tests.system.square_process import running, status, walk

pytestmark = pytest.mark.slow

READERS = ("did:plc:ai5kunf5nnljqkxmc7cagvgi", "did:plc:cw4sta24bahoebpsz3w5t7rj")
"""People of the file whose own likes lead into a conversation."""


@pytest.fixture(scope="module")
def events_file(shared_data):
    return shared_data / "jetstream" / "jetstream-synthetic.jsonl"


def removed_by(events_file) -> tuple[set[str], set[str], dict[str, str]]:
    """Posts deleted, accounts gone, and reply URI -> parent URI, read from the file itself."""
    deleted, gone, parents = set(), set(), {}
    for line in events_file.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["kind"] == "account":
            (gone.discard if event["account"]["active"] else gone.add)(event["did"])
        commit = event.get("commit", {})
        if commit.get("collection") == "app.bsky.feed.post":
            uri = f"at://{event['did']}/app.bsky.feed.post/{commit['rkey']}"
            if commit["operation"] == "delete":
                deleted.add(uri)
            elif "reply" in commit["record"]:
                parents[uri] = commit["record"]["reply"]["parent"]["uri"]
    return deleted, gone, parents


def test_a_file_is_served_without_what_was_removed(events_file, tmp_path):
    deleted, gone, parents = removed_by(events_file)
    assert all((deleted, gone, parents))  # the file has every case
    with running("--from", str(events_file), "--data", str(tmp_path)) as square:
        square.wait_for("ended")
        served: set[str] = set()
        for viewer in (*READERS, "nobody-ever", "did:web:x.example"):
            items = walk(square, viewer)
            uris = [item["uri"] for item in items]
            assert len(uris) == len(set(uris)) > 0
            served.update(uris)
            assert not deleted & set(uris)
            assert not gone & {item["author"] for item in items}
            for item in items:
                assert item["reply_to"] == parents.get(item["uri"])
                assert set(item) == {
                    "uri", "author", "text", "created_at", "reply_to", "seconds", "why", "note",
                    "ask", "promoted",
                }  # fmt: skip
                assert [line for line in item["why"] if isinstance(line, str)] == item["why"] != []
        assert served & set(parents)  # replies are candidates
        page = square.get("/").text
        assert "<article" in page
        assert square.stop() == 0


@pytest.mark.long
def test_running_again_over_any_cut_in_any_order_changes_nothing(events_file, tmp_path):
    def read(path) -> dict:
        with running("--from", str(path), "--data", str(tmp_path / "data")) as square:
            square.wait_for("ended")
            assert square.get("/healthz").json()["state"] == "ended"
            while_running = status(tmp_path / "data")
            assert square.stop() == 0
        assert status(tmp_path / "data") == while_running
        return while_running

    first = read(events_file)
    assert min(first["posts"], first["replies"], first["vectors"]) > 0
    lines = events_file.read_text(encoding="utf-8").splitlines()
    chance = random.Random(1)
    for cut in (lines, lines[:17], lines[20:], chance.sample(lines, 25), lines[::-1] * 2):
        path = tmp_path / "cut.jsonl"
        path.write_text("\n".join(cut) + "\n", encoding="utf-8")
        assert read(path) == first
