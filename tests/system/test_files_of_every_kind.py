"""Files as people have them: compressed, cut short, full of garbage, empty, hostile."""

import html
import json
import re
from urllib.parse import quote

import pytest
from tests.system.frames import (
    SECOND_US,
    account,
    as_lines,
    chatter,
    did,
    like,
    post,
    post_uri,
    profile,
    removal,
    write,
)
from tests.system.square_process import running, status, walk

pytestmark = pytest.mark.slow

START_US = 1_790_000_000 * SECOND_US
DAY_US = 86_400 * SECOND_US


@pytest.mark.parametrize("name", ["events.jsonl", "events.jsonl.gz", "events.jsonl.zst"])
def test_every_compression_gives_the_same_square(tmp_path, name):
    path = write(tmp_path / name, chatter(50, START_US))
    with running("--from", str(path), "--data", str(tmp_path / "data")) as square:
        health = square.wait_for("ended")
        assert health["source"] == name
        assert len(walk(square, "someone")) == 50
        assert square.stop() == 0
    figures = status(tmp_path / "data")
    assert (figures["posts"], figures["vectors"], figures["events"]) == (50, 50, 50)
    assert figures["cursor"] == START_US + 49 * SECOND_US


def test_a_cut_file_and_garbage_between_give_what_is_whole(tmp_path):
    events = chatter(30, START_US)
    far = [post("zoe", moment, "from nowhere") for moment in (SECOND_US, 4_070_908_800 * SECOND_US)]
    garbage = [
        b"not json", b"{}", b"[]", b"null", b'{"did":7}', b"\xff\xfe\x00", b'"text"',
        b'{"did":"did:plc:a","time_us":"soon","kind":"commit"}', b"", b"   ", b"{" * 5_000,
        json.dumps(events[0] | {"kind": "poetry"}).encode(),
        json.dumps(events[1] | {"did": "nobody"}).encode(),
    ]  # fmt: skip
    lines = as_lines(events[:20]) + b"\n".join(garbage) + b"\n" + as_lines(far)
    lines += as_lines(events[20:])[:-40]  # the last event is cut
    path = write(tmp_path / "cut.jsonl", lines)
    with running("--from", str(path), "--data", str(tmp_path / "data")) as square:
        square.wait_for("ended")
        items = walk(square, "someone")
        counted = dict(
            re.findall(
                r'stoa_source_dropped\w*\{reason="(\w+)"\} (\d+)', square.get("/metrics").text
            )
        )
        assert square.stop() == 0
    assert len(items) == 29
    assert counted["implausible_time"] == "2"
    assert int(counted["malformed"]) >= 8
    assert counted["bad_did"] == "1"
    assert status(tmp_path / "data")["posts"] == 29


@pytest.mark.parametrize("content", [b"", b"\n\n", b"garbage\n"])
def test_a_file_without_events_serves_an_empty_square(tmp_path, content):
    path = write(tmp_path / "empty.jsonl", content)
    with running("--from", str(path), "--data", str(tmp_path / "data")) as square:
        square.wait_for("ended")
        assert walk(square, "someone") == []
        page = square.get("/")
        assert page.status_code == 200
        assert "<article" not in page.text
        assert square.stop() == 0
    assert status(tmp_path / "data")["posts"] == 0


HOSTILE = {
    "nul": "before\x00after",
    "rtl": "\u202egnp.exe \u2067שלום\u2069 مرحبا",
    "long": "long " * 20_480,  # 100 KB
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><!--",
    "emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿 e\u0301" + "\u0301" * 300,
    "template": "{{ 7*7 }} {% raw %} ${7*7} %s \\u003cscript\\u003e",
}


def test_hostile_texts_arrive_inert_and_bounded(tmp_path):
    events = [
        post("mallory", START_US + n * SECOND_US, text, tags=[text[:600]])
        for n, text in enumerate(HOSTILE.values())
    ]
    events.append(profile("mallory", START_US + 9 * SECOND_US, "<script>alert(2)</script>\x00"))
    events.append(
        {
            "did": did("mallory"),
            "time_us": START_US + 10 * SECOND_US,
            "kind": "identity",
            "identity": {"did": did("mallory"), "handle": '<b>.evil" onload=alert(3)'},
        }
    )
    path = write(tmp_path / "hostile.jsonl", events)
    with running("--from", str(path), "--data", str(tmp_path / "data")) as square:
        square.wait_for("ended")
        items = walk(square, "someone")
        by_name = {
            name: item["text"]
            for n, name in enumerate(HOSTILE)
            for item in items
            if item["uri"] == post_uri("mallory", START_US + n * SECOND_US)
        }
        assert set(by_name) == set(HOSTILE)
        pages = [square.get("/"), square.get("/account/" + quote(did("mallory"), safe=""))]
        for item in items:
            pages.append(square.get("/post/" + quote(item["uri"], safe="")))
            twin = square.get("/api/v1/post/" + quote(item["uri"], safe=""))
            assert twin.status_code == 200
        assert square.stop() == 0
    assert by_name["script"] == HOSTILE["script"]
    assert by_name["template"] == HOSTILE["template"]
    assert "\x00" not in by_name["nul"]
    assert len(by_name["long"].encode()) <= 110_000
    for page in pages:
        assert page.status_code == 200
        text = page.text
        assert "<script>alert" not in text
        assert "onerror=alert(1)>" not in text.replace(html.escape(HOSTILE["script"]), "")
        assert "\x00" not in text
        assert "49" not in re.findall(r"template.{0,40}", text)
        assert len(text) < 400_000
        assert "script-src 'self'" in page.headers["content-security-policy"]


def test_deletes_before_creates_and_accounts_gone_stay_gone(tmp_path):
    at = START_US
    doomed, kept = post_uri("ana", at), post_uri("ben", at + SECOND_US)
    absent = post_uri("gus", at - SECOND_US)
    events = [
        removal("ana", at + 5 * SECOND_US, doomed),
        account("cleo", at + 6 * SECOND_US, "deleted"),
        account("dev", at + 6 * SECOND_US, "takendown"),
        post("ana", at, "this was taken back before it arrived"),
        post("cleo", at + 2 * SECOND_US, "of an account that is gone"),
        post("dev", at + 3 * SECOND_US, "of an account that is hidden"),
        post("ben", at + SECOND_US, "this one stays"),
        like("ana", at + 4 * SECOND_US, doomed),
        post("ana", at + 7 * SECOND_US, "an answer to what is gone", reply_to=doomed),
        post("eva", at + 8 * SECOND_US, "an answer to what never came", reply_to=absent),
    ]
    path = write(tmp_path / "order.jsonl", events)
    with running("--from", str(path), "--data", str(tmp_path / "data")) as square:
        square.wait_for("ended")
        items = walk(square, "someone")
        page = square.get("/").text
        gone = square.get("/post/" + quote(doomed, safe=""))
        assert square.stop() == 0
    assert {item["uri"]: item["reply_to"] for item in items} == {
        kept: None,
        post_uri("ana", at + 7 * SECOND_US): None,  # of what was deleted not even the name is kept
        post_uri("eva", at + 8 * SECOND_US): absent,
    }
    assert page.count("not here") >= 2
    assert "taken back" not in page
    assert gone.status_code == 404
    assert "taken back" not in gone.text


def test_an_old_file_is_served_whole_and_one_event_of_2099_does_not_age_it(tmp_path):
    start = 1_660_000_000 * SECOND_US  # 2022
    late = post("eva", 4_070_908_800 * SECOND_US, "from 2099")
    path = write(tmp_path / "old.jsonl", [late, *chatter(20, start), late])
    with running("--from", str(path), "--data", str(tmp_path / "data")) as square:
        square.wait_for("ended")
        assert len(walk(square, "someone")) == 20
        assert square.stop() == 0
    assert status(tmp_path / "data")["cursor"] == start + 19 * SECOND_US
