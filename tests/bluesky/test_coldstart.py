"""A newcomer's public past, read from a server of records and an AppView that run here."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from stoa.bluesky.appview import AppView
from stoa.bluesky.coldstart import ColdStart, ColdStartLimits
from stoa.bluesky.guarded_http import GuardedHttp
from stoa.bluesky.repository import Repositories
from stoa.errors import BadInput, Unreachable
from stoa.records import Change, EdgeKind, Identity, PutEdge, PutPost, PutProfile

NOW_US = 1_800_000_000_000_000
ANA = "did:plc:fmobbubzmmsq7yzs2domn5vd"
BEN = "did:plc:ai5kunf5nnljqkxmc7cagvgi"
COLLECTIONS = {
    "app.bsky.feed.like": 650,
    "app.bsky.feed.repost": 30,
    "app.bsky.graph.follow": 230,
    "app.bsky.graph.block": 2,
    "app.bsky.feed.post": 5,
}


def liked(number: int) -> str:
    return f"at://{BEN}/app.bsky.feed.post/{number:013d}"


def record(collection: str, number: int) -> dict[str, Any]:
    value: dict[str, Any] = {"$type": collection, "createdAt": "2026-09-21T14:13:20Z"}
    if collection == "app.bsky.feed.post":
        value["text"] = f"post {number}"
    elif collection.startswith("app.bsky.feed"):
        value["subject"] = {"uri": liked(number), "cid": "bafy"}
    else:
        value["subject"] = f"did:plc:{number:024d}".replace("0", "a")
    return {"uri": f"at://{ANA}/{collection}/{number:013d}", "cid": "bafy", "value": value}


class Peer(BaseHTTPRequestHandler):
    """A PDS and an AppView at one address."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, dict[str, list[str]]]]
    forged: list[Any]
    broken: dict[str, int]
    endless: bool

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        method = parts.path.removeprefix("/xrpc/")
        self.asked.append((method, query))
        status = self.broken.get(method, 200)
        body = json.dumps(getattr(self, method.rpartition(".")[2])(query)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def listRecords(self, query: dict[str, list[str]]) -> Any:
        assert query["repo"] == [ANA]
        collection, limit = query["collection"][0], int(query["limit"][0])
        newest = int(query["cursor"][0]) if "cursor" in query else COLLECTIONS[collection]
        oldest = max(0, newest - limit)
        records = [record(collection, n) for n in range(newest - 1, oldest - 1, -1)]
        if self.endless:
            return {"records": [], "cursor": str(newest)}
        page: dict[str, Any] = {"records": [*self.forged, *records][:limit]}
        if oldest:
            page["cursor"] = str(oldest)
        return page

    def getProfiles(self, query: dict[str, list[str]]) -> Any:
        return {"profiles": [{"did": did, "handle": "ana.example"} for did in query["actors"]]}

    def getPosts(self, query: dict[str, list[str]]) -> Any:
        posts = [
            {"uri": uri, "author": {"did": BEN, "handle": "ben.example"}, "record": {"text": "hi"}}
            for uri in query["uris"]
            if not uri.endswith("7")
        ]
        return {"posts": posts}

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Directory:
    """Knows one account."""

    def __init__(self, pds: str) -> None:
        self.pds = pds

    async def resolve_handle(self, handle: str) -> str:
        if "." not in handle:
            raise BadInput("handle", handle, "give a handle such as ana.example.social")
        if handle != "ana.example":
            raise Unreachable(f"nobody could be found under the handle {handle!r}")
        return ANA

    async def pds_of(self, did: str) -> str:
        return self.pds


@pytest.fixture
def peer():
    class ThisPeer(Peer):
        asked: list[tuple[str, dict[str, list[str]]]] = []  # noqa: RUF012
        forged: list[Any] = []  # noqa: RUF012
        broken: dict[str, int] = {}  # noqa: RUF012
        endless = False

    server = ThreadingHTTPServer(("127.0.0.1", 0), ThisPeer)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    ThisPeer.port = server.server_address[1]
    yield ThisPeer
    server.shutdown()
    thread.join()
    server.server_close()


async def no_sleep(seconds: float) -> None:
    pass


@pytest.fixture
async def cold_start(peer, clock) -> AsyncIterator[ColdStart]:
    clock.at_us = NOW_US
    guarded = GuardedHttp(allow_localhost=True)
    client = httpx2.AsyncClient(trust_env=False)
    url = f"http://localhost:{peer.port}"
    yield ColdStart(
        Directory(url),
        Repositories(guarded, clock=clock, sleep=no_sleep),
        AppView(client, clock=clock, base_url=url.replace("localhost", "127.0.0.1")),
        ColdStartLimits(),
    )
    await guarded.aclose()
    await client.aclose()


async def read(cold_start: ColdStart, who: str = "@ana.example", **more: Any) -> list[Change]:
    return [c async for batch in cold_start.read_account(who, **more) for c in batch.changes]


def edges(changes: list[Change], kind: EdgeKind) -> list[PutEdge]:
    return [c for c in changes if isinstance(c, PutEdge) and c.kind == kind]


async def test_the_whole_past(cold_start, peer):
    changes = await read(cold_start)
    assert Identity(ANA, NOW_US, "ana.example") in changes
    assert len(edges(changes, EdgeKind.LIKE)) == 500
    assert len(edges(changes, EdgeKind.REPOST)) == 30
    assert len(edges(changes, EdgeKind.FOLLOW)) == 230
    assert len(edges(changes, EdgeKind.BLOCK)) == 2
    posts = [c for c in changes if isinstance(c, PutPost)]
    own = [p for p in posts if p.author == ANA]
    assert sorted(p.content.text for p in own) == [f"post {n}" for n in range(5)]
    newest_like = edges(changes, EdgeKind.LIKE)[0]
    assert newest_like.subject == liked(649)
    assert newest_like.at_us == 1_790_000_000_000_000
    # 500 liked and 30 reposted, of which those that end in 7 are gone; none twice
    others = [p.uri for p in posts if p.author == BEN]
    assert len(others) == len(set(others)) == 450 + 27
    asked = [method for method, _ in peer.asked]
    assert asked.count("app.bsky.feed.getPosts") == 22
    assert asked.count("com.atproto.repo.listRecords") == 5 + 1 + 3 + 1 + 1


async def test_a_did_needs_no_directory(cold_start):
    assert any(isinstance(c, PutProfile) for c in await read(cold_start, ANA))


async def test_known_posts_are_not_fetched(cold_start, peer):
    changes = await read(cold_start, is_known=lambda uri: True)
    assert not [c for c in changes if isinstance(c, PutPost) and c.author == BEN]
    assert "app.bsky.feed.getPosts" not in [method for method, _ in peer.asked]


async def test_a_server_speaks_only_for_its_accounts(cold_start, peer):
    foreign = record("app.bsky.feed.like", 3)
    peer.forged = [
        {**foreign, "uri": f"at://{BEN}/app.bsky.feed.like/3kforged"},
        {**foreign, "uri": f"at://{ANA}/app.bsky.feed.repost/3kforged"},
        {**foreign, "uri": "nonsense"},
        {**foreign, "value": {"subject": 5}},
        {**foreign, "value": None},
        5,
        None,
    ]
    changes = await read(cold_start)
    likes = edges(changes, EdgeKind.LIKE)
    assert {edge.actor for edge in likes} == {ANA}
    assert not [edge for edge in likes if edge.uri.endswith("forged")]
    assert len(likes) > 400


async def test_a_server_that_never_ends(cold_start, peer):
    peer.endless = True
    changes = await read(cold_start)
    assert not [c for c in changes if isinstance(c, PutEdge)]
    assert len(peer.asked) == 1 + 5


async def test_an_unknown_handle(cold_start):
    with pytest.raises(Unreachable, match="nobody"):
        await read(cold_start, "nobody.example")
    with pytest.raises(BadInput, match="handle"):
        await read(cold_start, "nonsense")


@pytest.mark.parametrize("status", [400, 404, 500])
@pytest.mark.parametrize("method", ["com.atproto.repo.listRecords", "app.bsky.feed.getPosts"])
async def test_a_peer_that_fails(cold_start, peer, status, method, monkeypatch):
    monkeypatch.setattr(cold_start.appview._asker, "_sleep", no_sleep)
    peer.broken = {method: status}
    seen: list[Change] = []

    async def read_all() -> None:
        async for batch in cold_start.read_account(ANA):
            seen.extend(batch.changes)

    with pytest.raises(Unreachable, match=f"HTTP {status}"):
        await read_all()
    assert Identity(ANA, NOW_US, "ana.example") in seen, "what came before stays"


async def test_a_server_inside_our_network_is_not_asked(cold_start, peer):
    cold_start.directory.pds = f"http://127.0.0.1:{peer.port}"
    with pytest.raises(Unreachable, match="public host name"):
        await read(cold_start, ANA)
    assert [method for method, _ in peer.asked] == ["app.bsky.actor.getProfiles"]
