"""Hostile input: script is inert, strangers see nothing, forged writes do nothing."""

import re
import sys
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from tests.web.conftest import KEY, act, csrf
from tests.web.small_square import did, small_square, uri

from stoa.web.application import build_application
from stoa.web.sessions import Seals

POST = uri("ana", "root")
PERSONAL = ["/you", "/left-out", "/settings", "/you/export.json"]


def test_script_in_a_post_and_in_a_name_is_inert(client):
    for path in ("/post/" + quote(uri("evil", "evil"), safe=""), "/account/" + did("evil")):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
        assert not re.search(r"<[^>]*\son\w+=", page)
        assert not re.search(r'(href|src|action)="javascript:', page)
        assert "onmouseover" not in re.sub(r"&#34;|&quot;", "", re.sub(r">[^<]*<", "", page))


def test_no_page_carries_inline_script_or_style(client):
    for path in ("/", "/you", "/why?post=" + quote(POST, safe=""), "/square"):
        page = client.get(path).text
        assert " style=" not in page
        assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
        policy = client.get(path).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy


def test_every_answer_has_the_security_headers(client):
    for path in ("/", "/nope", "/healthz", "/static/stoa.css", "/api/v1/feed"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert "content-security-policy" in headers, path


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "a@127.0.0.1"])
def test_unknown_hosts_are_refused(client, host):
    answer = client.get("/", headers={"host": host})
    assert answer.status_code in (400, 421)
    assert "<html" not in answer.text


def test_a_form_without_its_token_does_nothing(client, square):
    client.get("/")
    for token in (
        "",
        "x.y",
        csrf(
            TestClient(
                build_application(square), base_url="http://localhost", client=("127.0.0.1", 1)
            )
        ),
    ):
        answer = client.post("/acts", data={"csrf": token, "post": POST, "kind": "like"})
        assert answer.status_code == 403
    assert square.store.history(square.store.intern_account("local:me")) == []


def test_writes_from_other_sites_are_refused(client, square):
    token = csrf(client)
    form = {"csrf": token, "post": POST, "kind": "like"}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/acts", data=form, headers=headers).status_code == 403
        assert (
            client.post("/api/v1/events", json={"events": []}, headers=headers).status_code == 403
        )
    same = {"origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"}
    assert client.post("/acts", data=form, headers=same).status_code == 303


def test_a_token_of_another_reader_does_nothing(client, square):
    theirs = csrf(client)
    client.cookies.clear()
    client.get("/")
    answer = client.post("/acts", data={"csrf": theirs, "post": POST, "kind": "like"})
    assert answer.status_code == 403


def test_a_forged_cookie_is_nobody(far):
    forged = Seals(b"another secret").key_of("local:me")
    far.cookies.set("stoa_viewer", forged)
    assert far.get("/you").status_code == 303


def test_a_redirect_never_leaves_the_square(client):
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"):
        assert act(client, POST, "like", back=back).headers["location"] == "/"


@pytest.mark.parametrize("path", PERSONAL)
def test_personal_pages_want_a_session_elsewhere(far, path):
    answer = far.get(path, headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/who")


def test_the_logged_out_read_but_do_not_act(far):
    page = far.get("/")
    assert page.status_code == 200
    assert "<article" in page.text
    assert 'action="/acts"' not in page.text
    answer = far.post("/acts", data={"csrf": csrf(far, "/"), "post": POST, "kind": "like"})
    assert answer.status_code == 401


def test_the_logged_out_page_has_no_adult_posts(far):
    path, pages = "/", ""
    while path:
        page = far.get(path).text
        pages += page
        found = re.search(r'href="(/\?cursor=[^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert "A life drawing from class" not in pages


def test_an_account_elsewhere_is_its_readers_own(far, square):
    far.post("/who", data={"csrf": csrf(far, "/who"), "name": "ana"})
    act(far, POST, "like")
    assert "1 vector" in far.get("/you").text
    key = re.search(r"<code>([^<]+)</code>", far.get("/who").text)[1]
    cookie = far.get("/").request.headers["cookie"]
    far.cookies.clear()
    assert far.get("/you").status_code == 303
    for name in ("local:me", "local:ana"):  # nobody chooses an id that is somebody's
        answer = far.post("/who", data={"csrf": csrf(far, "/who"), "viewer": name})
        assert answer.status_code == 403
    assert far.post("/who", data={"csrf": csrf(far, "/who"), "key": key + "x"}).status_code == 400
    far.post("/who", data={"csrf": csrf(far, "/who"), "key": key})
    assert "1 vector" in far.get("/you").text
    assert "stoa_viewer" in cookie


def test_cookies_elsewhere_are_secure_and_out_of_reach_of_script(far):
    cookie = far.get("/").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" in cookie


def test_nobody_sees_anothers_reasons(far):
    far.post("/who", data={"csrf": csrf(far, "/who"), "name": "ana"})
    for path in (
        "/api/v1/why?post=" + quote(POST, safe="") + "&",
        "/api/v1/you?",
        "/api/v1/left-out?",
    ):
        assert far.get(path + "viewer=local:me").status_code == 403
        assert far.get(path.rstrip("&?")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/api/v1/feed?viewer=x", "/api/v1/you?viewer=x", "/api/v1/square", "/metrics"]
)
def test_the_interface_wants_a_key_elsewhere(far, path):
    assert far.get(path).status_code == 401
    assert far.get(path, headers={"authorization": "Bearer wrong"}).status_code == 401
    assert far.get(path, headers={"authorization": f"Bearer {KEY}"}).status_code == 200


def test_a_proxy_on_this_machine_does_not_make_strangers_local(square):
    for headers in ({"x-forwarded-for": "203.0.113.9"}, {"forwarded": "for=203.0.113.9"}):
        stranger = TestClient(
            build_application(square),
            base_url="http://127.0.0.1:8080",
            client=("127.0.0.1", 9),
            headers=headers,
        )
        assert stranger.get("/api/v1/feed?viewer=x").status_code == 401
    outside = TestClient(
        build_application(square), base_url="http://127.0.0.1:8080", client=("203.0.113.9", 9)
    )
    assert outside.get("/api/v1/feed?viewer=x").status_code == 401


def test_an_author_proves_a_wish_to_be_left_out(far, square):
    from stoa.records import Batch, PostContent, PutPost

    page = far.get("/opt-out?account=" + did("chi")).text
    code = re.search(r"<code>(stoa-opt-out-[^<]+)</code>", page)[1]
    form = {"csrf": csrf(far, "/opt-out"), "account": did("chi")}
    far.post("/opt-out", data=form)
    assert not square.store.accounts([square.store.account_id(did("chi"))]).popitem()[1].opted_out
    at_us = square.clock.now_us()
    said = PutPost(uri("chi", "wish"), did("chi"), at_us << 10, at_us, PostContent(f"I am: {code}"))
    square.commit(Batch((said,)))
    far.post("/opt-out", data=form)
    assert square.store.accounts([square.store.account_id(did("chi"))]).popitem()[1].opted_out
    lifted = far.post("/opt-out", data={**form, "csrf": csrf(far, "/opt-out"), "lift": "1"})
    assert lifted.status_code == 403


def test_oversized_forms_are_refused(client):
    body = "csrf=x&post=" + "a" * 70_000
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/acts", content=body, headers=headers).status_code == 413


@pytest.mark.parametrize("cursor", ["x", "a" * 5000, "../../etc/passwd", "%00", "é"])
def test_hostile_cursors_are_refused(client, cursor):
    assert client.get("/?cursor=" + quote(cursor)).status_code == 400
    assert client.get("/api/v1/feed?viewer=a&cursor=" + quote(cursor)).status_code == 400


def test_a_cursor_of_another_reader_is_refused(client):
    mine = client.get("/api/v1/feed?viewer=a&limit=5").json()["cursor"]
    assert client.get(f"/api/v1/feed?viewer=b&limit=5&cursor={mine}").status_code == 400


@pytest.mark.parametrize("path", ["/?read=-1", "/?read=1e9", "/?rested=x", "/why", "/why?post="])
def test_nonsense_in_an_address_is_a_400(client, path):
    assert client.get(path, headers={"accept": "text/html"}).status_code == 400


def test_what_breaks_inside_is_told_without_its_cause(square, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(type(square.feed), "page", broken)
    client = TestClient(
        build_application(square), base_url="http://127.0.0.1", client=("127.0.0.1", 1)
    )
    page = client.get("/")
    assert page.status_code == 500
    assert "secret detail" not in page.text
    assert page.headers["x-trace-id"] in page.text
    assert "content-security-policy" in page.headers
    body = client.get("/api/v1/feed?viewer=a").json()
    assert (body["ok"], body["status"], body["code"]) == (False, 500, "internal")
    assert "secret detail" not in str(body)


def test_what_is_not_installed_is_told_with_its_mend_and_is_no_breakage(client, monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    answer = client.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert (answer.status_code, answer.json()["code"]) == (501, "not_installed")
    assert "pip install 'stoa[mcp]'" in answer.json()["message"]


def test_an_empty_square_is_not_ready_until_it_is():
    square = small_square(empty=True)
    square.ready = False
    client = TestClient(
        build_application(square), base_url="http://127.0.0.1", client=("127.0.0.1", 1)
    )
    assert client.get("/healthz").status_code == 503
    square.ready = True
    assert client.get("/healthz").json() == {
        "ok": True, "source": "invented.jsonl", "state": "ended", "lag_s": None,
    }  # fmt: skip
