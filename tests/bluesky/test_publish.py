"""The feed's record is written to a real server, and the password is kept nowhere."""

import logging
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_network import FakeAccount, FakePlc, HandClock, Reply, Request, serving

from stoa.bluesky.graphemes import count_graphemes
from stoa.bluesky.guarded_http import GuardedHttp
from stoa.bluesky.identity import DidResolver, IdentityConfig, network_client
from stoa.bluesky.publish import Credentials, Listing, picture_type, publish, unpublish
from stoa.errors import BadInput, NotAllowed, Unreachable

PASSWORD = "abcd-efgh-ijkl-mnop"
DID = "did:plc:" + "a" * 24
URI = f"at://{DID}/app.bsky.feed.generator/for-you"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
NOW = "2026-11-23T00:00:00.000Z"
LISTING = Listing(service_did="did:web:feed.example.com", description="Time you will not regret.")
CREDENTIALS = Credentials(handle="ana.example.social", password=PASSWORD)


@dataclass
class FakeNetwork:
    """One server that plays directory, AppView and the account's own server."""

    records: dict[str, dict] = field(default_factory=dict)
    open_sessions: set[str] = field(default_factory=set)
    instead: dict[str, Reply] = field(default_factory=dict)
    n_sessions: int = 0
    plc: FakePlc = field(default_factory=FakePlc)

    def answer(self, request: Request) -> Reply:
        method = request.path.rpartition("/")[2]
        if method in self.instead:
            return self.instead[method]
        if request.path.startswith("/did:"):
            return self.plc.answer(request)
        return getattr(self, "_" + method.rpartition(".")[2])(request)

    def _resolveHandle(self, request: Request) -> Reply:
        return Reply.of({"did": DID})

    def _createSession(self, request: Request) -> Reply:
        if request.json() != {"identifier": DID, "password": PASSWORD}:
            return Reply.of({"error": "AuthenticationRequired", "message": "Invalid password"}, 401)
        self.n_sessions += 1
        self.open_sessions.add(f"r{self.n_sessions}")
        return Reply.of(
            {"did": DID, "accessJwt": f"a{self.n_sessions}", "refreshJwt": f"r{self.n_sessions}"}
        )

    def _deleteSession(self, request: Request) -> Reply:
        self.open_sessions.discard(request.headers["authorization"].removeprefix("Bearer "))
        return Reply(body=b"")

    def _getRecord(self, request: Request) -> Reply:
        record = self.records.get(request.query["rkey"])
        if record is None:
            return Reply.of({"error": "RecordNotFound", "message": "no"}, 400)
        return Reply.of({"uri": URI, "cid": "bafy1", "value": record})

    def _uploadBlob(self, request: Request) -> Reply:
        assert request.body == PNG
        mime = request.headers["content-type"]
        return Reply.of({"blob": {"$type": "blob", "mimeType": mime, "size": len(request.body)}})

    def _putRecord(self, request: Request) -> Reply:
        assert request.headers["authorization"] == f"Bearer a{self.n_sessions}"
        body = request.json()
        assert (body["repo"], body["collection"]) == (DID, "app.bsky.feed.generator")
        self.records[body["rkey"]] = body["record"]
        return Reply.of({"uri": f"at://{DID}/{body['collection']}/{body['rkey']}", "cid": "bafy1"})

    def _deleteRecord(self, request: Request) -> Reply:
        self.records.pop(request.json()["rkey"], None)
        return Reply.of({})

    def _getFeedGenerator(self, request: Request) -> Reply:
        assert request.query == {"feed": URI}
        return Reply.of({"view": {}, "isOnline": True, "isValid": False})


@pytest.fixture
def network():
    return FakeNetwork()


@asynccontextmanager
async def resolving(server):
    guarded = GuardedHttp()
    async with network_client() as http:
        config = IdentityConfig(plc_url=server.url, appview_url=server.url)
        yield DidResolver(config, http, guarded, HandClock())
    await guarded.aclose()


async def run(network, listing=LISTING, credentials=CREDENTIALS):
    with serving(network.answer) as server:
        network.plc.add(FakeAccount(DID, pds=server.url))
        network.server = server
        async with resolving(server) as resolver:
            return await publish(
                listing,
                credentials,
                resolver=resolver,
                appview_url=server.url,
                created_at=NOW,
            )


async def test_it_writes_the_record_and_closes_the_session(network):
    published = await run(network)
    assert published.uri == URI
    assert (published.is_online, published.is_valid) == (True, False)
    assert published.page == f"https://bsky.app/profile/{DID}/feed/for-you"
    assert network.records["for-you"] == {
        "$type": "app.bsky.feed.generator",
        "did": "did:web:feed.example.com",
        "displayName": "For You (open)",
        "description": "Time you will not regret.",
        "acceptsInteractions": True,
        "contentMode": "app.bsky.feed.defs#contentModeUnspecified",
        "createdAt": NOW,
    }
    assert network.open_sessions == set()


async def test_the_record_is_valid_in_the_official_models(network):
    atproto = pytest.importorskip("atproto", reason="the peers group is not installed")
    await run(network)
    record = atproto.models.get_or_create(
        network.records["for-you"],
        atproto.models.AppBskyFeedGenerator.Record,
        strict_string_format=True,
    )
    assert record.accepts_interactions is True
    assert record.did == "did:web:feed.example.com"


async def test_a_did_may_stand_for_the_handle(network):
    await run(network, credentials=replace(CREDENTIALS, handle=DID))
    assert "/xrpc/com.atproto.identity.resolveHandle" not in network.server.paths()
    assert "for-you" in network.records


async def test_an_avatar_is_uploaded(network):
    await run(network, replace(LISTING, avatar=PNG))
    assert network.records["for-you"]["avatar"]["mimeType"] == "image/png"


async def test_publishing_again_keeps_age_avatar_and_labels(network):
    old = {"createdAt": "2025-01-01T00:00:00Z", "avatar": {"old": 1}, "labels": {"x": 1}}
    network.records["for-you"] = old | {
        "descriptionFacets": [1],
        "description": "other",
        "did": "x",
    }
    await run(network)
    record = network.records["for-you"]
    assert {name: record[name] for name in old} == old
    assert "descriptionFacets" not in record
    assert record["did"] == "did:web:feed.example.com"


async def test_unpublishing_takes_the_record_out(network):
    await run(network)
    with serving(network.answer) as server:
        network.plc.add(FakeAccount(DID, pds=server.url))
        async with resolving(server) as resolver:
            assert await unpublish(CREDENTIALS, resolver=resolver) == URI
    assert network.records == {}
    assert network.open_sessions == set()


@pytest.mark.parametrize("password", ["wrong", "", "  "])
async def test_a_refused_password_says_what_to_make_and_never_itself(network, password, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises((NotAllowed, BadInput), match="app password") as refused:
        await run(network, credentials=replace(CREDENTIALS, password=password))
    assert "wrong" not in str(refused.value)
    assert "wrong" not in caplog.text
    assert network.records == {}


async def test_the_password_is_in_no_log_and_no_repr(network, caplog):
    caplog.set_level(logging.DEBUG)
    await run(network)
    assert PASSWORD not in caplog.text
    assert PASSWORD not in repr(CREDENTIALS)
    sent = [r for r in network.server.requests if PASSWORD.encode() in r.body]
    assert [r.path for r in sent] == ["/xrpc/com.atproto.server.createSession"]


async def test_the_session_is_closed_when_writing_fails(network):
    network.instead["com.atproto.repo.putRecord"] = Reply.of({"error": "X", "message": "Y"}, 400)
    with pytest.raises(BadInput, match="Y"):
        await run(network)
    assert network.open_sessions == set()


@pytest.mark.parametrize(
    ("method", "reply", "error"),
    [
        ("com.atproto.server.createSession", Reply(500), Unreachable),
        ("com.atproto.server.createSession", Reply(429), Unreachable),
        ("com.atproto.server.createSession", Reply(302, b"", {"Location": "/"}), Unreachable),
        ("com.atproto.server.createSession", Reply(body=b"<html>"), Unreachable),
        ("com.atproto.server.createSession", Reply.of({"did": "x", "accessJwt": "a"}), Unreachable),
        ("com.atproto.server.createSession", Reply.of({"error": "AuthFactorTokenRequired"}, 401),
         NotAllowed),
        ("com.atproto.repo.putRecord", Reply.of({}), Unreachable),
        ("com.atproto.repo.putRecord", Reply.of({"uri": "at://other", "cid": "b"}), Unreachable),
        ("com.atproto.repo.putRecord", Reply(403), NotAllowed),
        (DID, Reply(404), Unreachable),
    ],
)  # fmt: skip
async def test_a_server_that_misbehaves_is_reported(network, method, reply, error):
    network.instead[method] = reply
    with pytest.raises(error):
        await run(network)


@pytest.mark.parametrize("reply", [Reply(404), Reply(body=b"?"), Reply.of({"error": "x"}, 400)])
async def test_an_appview_that_does_not_know_it_yet_does_not_undo_it(network, reply):
    network.instead["app.bsky.feed.getFeedGenerator"] = reply
    published = await run(network)
    assert (published.is_online, published.is_valid) == (None, None)
    assert "for-you" in network.records


async def test_a_server_without_tls_is_refused():
    network = FakeNetwork()
    with serving(network.answer) as server:
        network.plc.add(FakeAccount(DID, pds="http://pds.example.com"))
        async with resolving(server) as resolver:
            with pytest.raises(BadInput, match="personal data server"):
                await unpublish(CREDENTIALS, resolver=resolver)


@pytest.mark.parametrize(
    "change",
    [
        {"service_did": "did:web:localhost"},
        {"service_did": "feed.example.com"},
        {"service_did": "did:web:feed.example.com:8443"},
        {"record_key": ""},
        {"record_key": "a/b"},
        {"record_key": ".."},
        {"display_name": ""},
        {"display_name": "  "},
        {"display_name": "x" * 25},
        {"description": "x" * 301},
        {"description": "👩‍👩‍👧‍👦" * 250},
        {"avatar": b""},
        {"avatar": b"GIF89a"},
        {"avatar": b"\x89PNG\r\n\x1a\n" + b"x" * 1_000_000},
    ],
)
def test_what_the_network_would_refuse_is_refused_here(change):
    with pytest.raises(BadInput) as refused:
        replace(LISTING, **change)
    assert refused.value.field in (*change, "avatar")


def test_limits_count_what_people_see():
    assert replace(LISTING, display_name="🇫🇷" * 24)
    assert replace(LISTING, display_name="👍🏽" * 24)
    assert replace(LISTING, display_name="é" * 24)
    assert replace(LISTING, description="x" * 300)
    assert picture_type(b"\xff\xd8\xff\xe0") == "image/jpeg"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0), ("a", 1), ("e\u0301", 1), ("\u0301", 1), ("🇫🇷", 1), ("🇫🇷🇩🇪", 2), ("🇫🇷🇩", 2),
        ("👩‍👩‍👧‍👦", 1), ("👍🏽", 1), ("❤️", 1), ("1️⃣", 1), ("🏴󠁧󠁢󠁷󠁬󠁳󠁿", 1), ("\r\n", 1), ("\n\n", 2),
        ("\n\u0301", 2), ("각", 1), ("\u1100\u1161\u11a8", 1), ("한국어", 3), ("नमस्ते", 4),
        ("👍👍", 2),
        ("a\u200db", 2),
    ],
)  # fmt: skip
def test_graphemes(text, count):
    assert count_graphemes(text) == count


@given(st.text(max_size=60), st.text(max_size=60))
def test_joining_texts_never_adds_graphemes(left, right):
    both = count_graphemes(left + right)
    assert both <= count_graphemes(left) + count_graphemes(right)
    assert both >= count_graphemes(left)
