"""The wire format that other programs call, pinned."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.small_square import did, uri

from stoa.records import EventKind
from stoa.web.api.openapi import document
from stoa.web.application import INTERFACE, PAGES

POST = uri("ana", "root")
AT = "2026-09-21T14:00:00Z"


def send(client, *events):
    answer = client.post("/api/v1/events", json={"events": list(events)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def event(**changes):
    fields = {"viewer": "ben", "kind": "like", "post": POST, "at": AT} | changes
    return {name: value for name, value in fields.items() if value is not ...}


# ------------------------------------------------------------------------------------ the feed


def test_a_feed_answers_with_exactly_these_fields(client):
    answer = client.get("/api/v1/feed", params={"viewer": "ben", "limit": 30})
    body = answer.json()
    assert set(body) == {"items", "cursor"}
    assert len(body["items"]) == 30
    for item in body["items"]:
        assert set(item) == {
            "uri",
            "author",
            "text",
            "created_at",
            "reply_to",
            "seconds",
            "why",
            "note",
            "ask",
            "promoted",
        }
        assert item["author"].startswith("did:plc:")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", item["created_at"])
        assert item["reply_to"] is None or item["reply_to"].startswith("at://")
        assert item["seconds"] is None or item["seconds"] >= 0
        assert item["why"]
        assert all(isinstance(sentence, str) for sentence in item["why"])


def test_walking_to_the_end_never_repeats_a_post(client):
    seen, cursor = [], None
    for _ in range(40):
        query = {"viewer": "walker", "limit": 25} | ({"cursor": cursor} if cursor else {})
        body = client.get("/api/v1/feed", params=query).json()
        seen += [item["uri"] for item in body["items"]]
        assert body["cursor"] != cursor
        cursor = body["cursor"]
        if cursor is None:
            break
    assert cursor is None
    assert len(seen) == len(set(seen)) > 80


def test_thirty_is_the_default(client):
    assert len(client.get("/api/v1/feed?viewer=x").json()["items"]) == 30


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "viewer"),
        ("viewer=", "viewer"),
        ("viewer=" + "a" * 300, "viewer"),
        ("viewer=x%00", "viewer"),
        ("viewer=x&limit=0", "limit"),
        ("viewer=x&limit=101", "limit"),
        ("viewer=x&limit=ten", "limit"),
        ("viewer=x&limit=-1", "limit"),
        ("viewer=x&cursor=nonsense", "cursor"),
    ],
)
def test_bad_questions_name_the_field_and_the_mend(client, query, field):
    answer = client.get("/api/v1/feed?" + query)
    body = answer.json()
    assert answer.status_code == 400
    assert set(body) == {"ok", "status", "code", "message", "context"}
    assert (body["ok"], body["status"], body["code"]) == (False, 400, "bad_input")
    assert body["context"]["field"] == field
    assert body["context"]["mend"]


# ---------------------------------------------------------------------------------- the events


@pytest.mark.parametrize(
    "kind",
    [
        "impression",
        "dwell",
        "like",
        "repost",
        "reply",
        "quote",
        "follow",
        "click",
        "show_more",
        "show_less",
        "not_interested",
        "mute",
        "block",
        "report",
        "hide",
        "glad",
        "regret",
        "no_opinion",
    ],
)
def test_every_kind_is_taken(client, square, kind):
    extra = {"seconds": 3.5} if kind == "dwell" else {}
    assert send(client, event(kind=kind, **extra)) == {"accepted": 1, "rejected": []}
    kept = square.store.events(square.store.account_id("ben"))
    assert [(e.kind, e.seconds) for e in kept] == [(EventKind[kind.upper()], extra.get("seconds"))]


def test_undo_names_what_it_takes_back(client, square):
    send(client, event(), event(kind="undo", undoes="like", at="2026-09-21T14:00:01Z"))
    assert square.store.history(square.store.account_id("ben")) == []
    assert send(client, event(kind="undo"))["rejected"][0]["field"] == "undoes"


@pytest.mark.parametrize(
    ("answer", "kind"), [("glad", "GLAD"), ("neither", "NO_OPINION"), ("wish_i_hadnt", "REGRET")]
)
def test_a_regret_answer_is_read_through_its_answer(client, square, answer, kind):
    assert send(client, event(kind="regret_answer", answer=answer))["accepted"] == 1
    assert square.store.events(square.store.account_id("ben"))[0].kind is EventKind[kind]


def test_times_are_iso_or_epoch_milliseconds_or_now(client, square):
    send(
        client,
        event(at="2026-09-21T14:00:00+00:00"),
        event(at=1_789_999_200_000, kind="glad"),
        event(at=..., kind="click"),
    )
    times = {e.kind: e.at_us for e in square.store.events(square.store.account_id("ben"))}
    assert times[EventKind.LIKE] == times[EventKind.GLAD] == 1_789_999_200_000_000
    assert times[EventKind.CLICK] >= square.clock.now_us()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"viewer": ...}, "viewer"),
        ({"viewer": 7}, "viewer"),
        ({"kind": "adore"}, "kind"),
        ({"kind": "served"}, "kind"),
        ({"kind": None}, "kind"),
        ({"post": "at://nobody/x/y"}, "post"),
        ({"post": ...}, "post"),
        ({"post": ["a"]}, "post"),
        ({"at": "yesterday"}, "at"),
        ({"at": "1970-01-01T00:00:00Z"}, "at"),
        ({"at": "2099-01-01T00:00:00Z"}, "at"),
        ({"at": True}, "at"),
        ({"kind": "dwell"}, "seconds"),
        ({"kind": "dwell", "seconds": -1}, "seconds"),
        ({"kind": "dwell", "seconds": 1e9}, "seconds"),
        ({"kind": "dwell", "seconds": "long"}, "seconds"),
        ({"kind": "regret_answer", "answer": "perhaps"}, "answer"),
    ],
)
def test_good_events_are_kept_when_others_are_rejected(client, changes, field):
    body = send(client, event(), event(**changes), event(kind="glad"), "nonsense")
    assert body["accepted"] == 2
    assert [entry["index"] for entry in body["rejected"]] == [1, 3]
    assert set(body["rejected"][0]) == {"index", "field", "value", "mend"}
    assert body["rejected"][0]["field"] == field
    assert body["rejected"][0]["mend"]
    # As it was given, so that a program can compare it; what it left out is null.
    given = (event() | changes).get(field)
    assert body["rejected"][0]["value"] == (None if given is ... else json_of(given))
    assert body["rejected"][1]["value"] == "nonsense"


def json_of(value):
    return value if value is None or isinstance(value, str | int | float) else json.dumps(value)


def test_a_hostile_value_comes_back_short(client):
    body = send(client, event(post="at://" + "x" * 9_000), event(at=10**400), event(at="\x00" * 9))
    assert [len(str(entry["value"])) <= 120 for entry in body["rejected"]] == [True] * 3


def test_sending_twice_counts_once(client, square):
    for _ in range(3):
        assert send(client, event())["accepted"] == 1
    assert len(square.store.events(square.store.account_id("ben"))) == 1


def test_events_change_the_next_page(client):
    before = client.get("/api/v1/feed?viewer=ben&limit=5").json()["items"]
    assert not any("you liked" in " ".join(i["why"]).lower() for i in before)
    send(client, event(post=uri("fay", 104)), event(kind="glad", post=uri("fay", 104)))
    after = client.get("/api/v1/feed?viewer=ben&limit=100").json()["items"]
    assert any("you" in " ".join(i["why"]).lower() for i in after)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"events": 7}', b'{"events": [', b"\xff\xfe", b"null", b"[" * 9000],
)
def test_bodies_that_are_not_events_are_refused(client, body):
    answer = client.post("/api/v1/events", content=body)
    assert answer.status_code == 400
    assert answer.json()["context"]["mend"]


def test_a_body_over_a_mebibyte_is_refused(client):
    answer = client.post("/api/v1/events", content=b" " * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.fixed_dictionaries(
        {}, optional={n: json_values for n in ("viewer", "kind", "post", "at", "seconds", "undoes")}
    )
)
def test_no_event_breaks_the_door(client, entry):
    answer = client.post("/api/v1/events", content=json.dumps({"events": [entry]}))
    assert answer.status_code == 200
    body = answer.json()
    assert body["accepted"] + len(body["rejected"]) == 1


# ------------------------------------------------------------------------------- posts of apps


def put(client, *posts):
    answer = client.put("/api/v1/posts", json={"posts": list(posts)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_app_brings_posts_of_its_own(client):
    post = {
        "uri": "https://app.example/p/1",
        "author": "ana-of-the-app",
        "text": "Hello from the app: https://app.example/about.",
        "created_at": "2026-09-21T14:00:00Z",
        "langs": ["en"],
    }
    reply = {
        "uri": "https://app.example/p/2",
        "author": "bo",
        "text": "Hi!",
        "reply_to": post["uri"],
    }
    assert put(client, post, reply) == {"accepted": 2, "rejected": []}
    items = {}
    cursor = ""
    while cursor is not None:
        body = client.get(f"/api/v1/feed?viewer=ben&limit=100&cursor={cursor}").json()
        items |= {item["uri"]: item for item in body["items"]}
        cursor = body["cursor"]
    assert {post["uri"], reply["uri"]} & set(items)
    page = client.get("/post/https%3A%2F%2Fapp.example%2Fp%2F1").text
    assert '<a href="https://app.example/about"' in page
    assert "Hi!" in page
    body = client.request("DELETE", "/api/v1/posts", json={"posts": [post]}).json()
    assert body["accepted"] == 1
    assert client.get("/post/https%3A%2F%2Fapp.example%2Fp%2F1").status_code == 404


def test_the_same_uri_again_replaces_a_post(client):
    first = {"uri": "app:1", "author": "ana", "text": "one"}
    put(client, first)
    put(client, first | {"text": "two"})
    assert client.get("/api/v1/post/app%3A1").json()["text"] == "two"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uri": ...}, "uri"),
        ({"uri": "no scheme"}, "uri"),
        ({"uri": "at://did:plc:other/app.bsky.feed.post/1"}, "uri"),
        ({"author": ""}, "author"),
        ({"text": 7}, "text"),
        ({"text": "a" * 100_001}, "text"),
        ({"created_at": "1969-01-01T00:00:00Z"}, "created_at"),
        ({"langs": "en"}, "langs"),
        ({"langs": ["en"] * 17}, "langs"),
        ({"images": [{"url": "javascript:1"}]}, "images"),
        ({"card": {"url": "ftp://x"}}, "card"),
        ({"reply_to": "x y"}, "reply_to"),
    ],
)
def test_posts_that_do_not_hold_are_rejected_by_field(client, changes, field):
    post = {"uri": "app:9", "author": "ana", "text": "x"} | changes
    body = put(client, {k: v for k, v in post.items() if v is not ...})
    assert body["accepted"] == 0
    assert body["rejected"][0]["field"] == field


# ------------------------------------------------------------------------ what describes it all


def test_the_openapi_document_names_every_route_of_the_interface():
    described = {re.sub(r"\{(\w+)\}", r"{\1}", path) for path in document()["paths"]}
    served = {re.sub(r":path\}", "}", route.path) for route in INTERFACE}
    assert described == served


def test_every_reference_in_the_openapi_document_is_defined(client):
    text = client.get("/api/v1/openapi.json").text
    schemas = json.loads(text)["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) <= set(schemas)
    assert {"FeedAnswer", "EventIn", "PostIn", "ErrorBody"} <= set(schemas)


def test_every_route_has_a_heading_in_the_reference():
    page = Path(__file__).parents[2] / "docs" / "reference" / "http.md"
    headings = set(re.findall(r"^#+ `([^`]+)`", page.read_text("utf-8"), flags=re.MULTILINE))
    wanted = set()
    for route in (*PAGES, *INTERFACE):
        path = re.sub(r":path\}", "}", route.path)
        wanted |= {f"{method} {path}" for method in route.methods - {"HEAD"}}
    assert wanted - headings == set()
    assert {
        h
        for h in headings
        if not h.startswith(("GET /xrpc", "POST /xrpc", "WS /xrpc", "GET /.well", "/mcp"))
    } == wanted


def test_metrics_speak_prometheus(client):
    client.get("/")
    text = client.get("/metrics").text
    assert re.search(r'^stoa_pages_total\{surface="page"\} 1\.0$', text, re.MULTILINE)
    assert re.search(r"^stoa_posts \d", text, re.MULTILINE)


def test_twins_of_a_reader_follow_the_viewer_named(client):
    send(client, event())
    body = client.get("/api/v1/you?viewer=ben").json()
    assert [vector["post"] for vector in body["vectors"]] == [POST]
    assert client.get("/api/v1/you?viewer=somebody").json()["vectors"] == []
    why = client.get("/api/v1/why", params={"viewer": "ben", "post": uri("bo", "re1")}).json()
    assert [match["post"] for match in why["matches"]] == [POST]


def test_the_twin_of_a_post_holds_its_conversation(client):
    body = client.get("/api/v1/post/" + uri("bo", "re1")).json()
    assert body["reply_to"] == POST
    assert len(body["conversation"]) == 5
    assert body["author"] == did("bo")
