"""Bluesky from end to end: its directory, its AppView and its app, against a square that runs."""

import json
import time
from urllib.parse import quote

import httpx2
import pytest
from tests.system.fake_appview import FakeApp, FakeAppView
from tests.system.fake_network import FakeAccount, FakePlc, FakeServer, Reply, Request, serving
from tests.system.frames import SECOND_US, chatter, did, like, post_uri, write
from tests.system.square_process import RunningSquare, running, stoa
from tests.system.test_live_square import until

from stoa.bluesky.doctor import DoctorConfig, diagnose
from stoa.bluesky.syntax import BLOCK, FOLLOW, LIKE, POST, REPOST

pytestmark = pytest.mark.slow

START_US = 1_790_000_000 * SECOND_US
PUBLISHER = did("publisher")
FEED = f"at://{PUBLISHER}/app.bsky.feed.generator/for-you"
AUD = "did:web:localhost"
READER = FakeAccount(did("reader"), seed=0x1234567 * 0x0101010101, handle="reader.example.social")
OTHER = FakeAccount(did("other"), seed=0x7654321 * 0x0101010101, algorithm="ES256")
FORGER = FakeAccount(READER.did, seed=0x9999999 * 0x0101010101)
N_POSTS = 700


class World:
    """The directory, the AppView and the server of records, all at one address."""

    def __init__(self) -> None:
        self.plc = FakePlc()
        self.liked = [post_uri("ana", START_US), "at://" + did("far") + f"/{POST}/3kfar"]

    def answer(self, request: Request) -> Reply:
        method = request.path.rpartition("/xrpc/")[2]
        names = {
            "com.atproto.identity.resolveHandle": self.resolve,
            "com.atproto.repo.listRecords": self.records,
            "app.bsky.feed.getPosts": self.posts,
            "app.bsky.actor.getProfiles": lambda request: Reply.of({"profiles": []}),
        }
        return names.get(method, self.plc.answer)(request)

    def resolve(self, request: Request) -> Reply:
        known = {a.handle: a.did for a in self.plc.accounts.values()}
        found = known.get(request.query["handle"])
        return Reply.of({"did": found}) if found else Reply.of({"error": "NotFound"}, 400)

    def records(self, request: Request) -> Reply:
        collection = request.query["collection"]
        values = {
            LIKE: [{"subject": {"uri": uri, "cid": "bafy"}} for uri in self.liked],
            FOLLOW: [{"subject": did("ben")}],
        }.get(collection, [])
        assert collection in (LIKE, FOLLOW, REPOST, BLOCK, POST)
        repo = request.query["repo"]
        return Reply.of(
            {
                "records": [
                    {
                        "uri": f"at://{repo}/{collection}/3kpast{n}",
                        "cid": "bafy",
                        "value": {
                            "$type": collection,
                            "createdAt": "2026-09-21T14:13:30.000Z",
                            **value,
                        },
                    }
                    for n, value in enumerate(values)
                ]
            }
        )

    def posts(self, request: Request) -> Reply:
        # The last of the query's many `uris` is all that the fake server keeps.
        uri = request.query["uris"]
        author = uri.split("/")[2]
        record = {"$type": POST, "text": "hydrated from afar", "createdAt": "2026-09-21T14:13:00Z"}
        view = {"uri": uri, "cid": "bafy", "author": {"did": author, "handle": "far.example"}}
        return Reply.of({"posts": [view | {"record": record, "indexedAt": record["createdAt"]}]})


@pytest.fixture(scope="module")
def network():
    world = World()
    with serving(world.answer) as server:
        for account in (READER, OTHER):
            world.plc.add(
                FakeAccount(
                    account.did,
                    account.seed,
                    account.algorithm,
                    account.handle,
                    pds=f"http://localhost:{server.port}",
                )
            )
        yield server


def settings(network: FakeServer) -> dict[str, str]:
    return {
        "STOA_PUBLISHER": PUBLISHER,
        "STOA_PLC_URL": network.url,
        "STOA_APPVIEW_URL": network.url,
    }


@pytest.fixture(scope="module")
def square(network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bluesky")
    events = chatter(N_POSTS, START_US)
    events += [like("zoe", START_US + 800 * SECOND_US, post_uri("ana", START_US))]
    path = write(folder / "events.jsonl.zst", events)
    with running("--from", str(path), "--data", str(folder / "data"), **settings(network)) as found:
        found.wait_for("ended")
        found.folder = folder / "data"  # type: ignore[attr-defined]
        yield found
        assert found.stop() == 0


def token_of(account: FakeAccount, aud: str = AUD):
    return lambda lxm: account.token(aud=aud, lxm=lxm, now_s=int(time.time()))


def client(square: RunningSquare) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=square.url)


@pytest.mark.parametrize("reader", [None, READER, OTHER])
async def test_the_appview_reads_twenty_pages_without_a_repeat(square, reader):
    token = token_of(reader) if reader else None
    async with client(square) as http:
        appview = FakeAppView(http, FEED, token)
        first = await appview.peek()
        views = await appview.read(pages=20, limit=30, retry_every=4)
        assert len(views) == 20
        assert all(len(view.items) == 30 for view in views)
        assert first in {uri for view in views for uri in view.uris}


async def test_a_reading_goes_to_its_end(square):
    async with client(square) as http:
        views = await FakeAppView(http, FEED, token_of(OTHER, AUD + "#bsky_fg")).read(40, 100)
    assert views[-1].cursor is None
    assert sum(len(view.items) for view in views) <= N_POSTS


async def test_answers_validate_in_the_official_models(square):
    models = pytest.importorskip("atproto", reason="the atproto SDK is not installed").models
    async with client(square) as http:
        appview = FakeAppView(http, FEED, token_of(READER))
        for skeleton in [view.skeleton for view in await appview.read(3)]:
            read = models.get_or_create(
                skeleton, models.AppBskyFeedGetFeedSkeleton.Response, strict_string_format=True
            )
            assert len(read.feed) == 30
        described = (await http.get("/xrpc/app.bsky.feed.describeFeedGenerator")).json()
        read = models.get_or_create(
            described, models.AppBskyFeedDescribeFeedGenerator.Response, strict_string_format=True
        )
        assert (read.did, [feed.uri for feed in read.feeds]) == (AUD, [FEED])


async def test_what_the_app_reports_is_kept_and_told(square):
    async with client(square) as http:
        appview = FakeAppView(http, FEED, token_of(READER))
        view = await appview.get_feed()
        app = FakeApp(appview)
        app.see(view.items[0])
        app.see(view.items[1], "app.bsky.feed.defs#interactionLike")
        app.see(view.items[2], "app.bsky.feed.defs#requestLess")
        answer = await app.send()
        assert answer.status_code == 200, answer.text
        after = await appview.get_feed(limit=100)
    assert view.items[2].uri not in after.uris
    told = json.loads(
        stoa("inspect", "viewer", READER.did, "--data", str(square.folder), "--json").stdout
    )
    acts = {(act["kind"], act["post"]) for act in told["history"]}
    assert ("like", view.items[1].uri) in acts
    assert ("show_less", view.items[2].uri) in acts


async def test_forged_and_foreign_tokens_read_as_nobody(square):
    now_s = int(time.time())
    lxm = "app.bsky.feed.getFeedSkeleton"
    tokens = {
        "forged": FORGER.token(aud=AUD, lxm=lxm, now_s=now_s),
        "for another service": READER.token(aud="did:web:evil.example", lxm=lxm, now_s=now_s),
        "for another method": READER.token(aud=AUD, lxm="com.atproto.x", now_s=now_s),
        "expired": READER.token(aud=AUD, lxm=lxm, now_s=now_s - 3_600),
        "of nobody": FakeAccount(did("nobody")).token(aud=AUD, lxm=lxm, now_s=now_s),
        "no token": "a.b.c",
        "long": "x" * 9_000,
    }
    async with client(square) as http:
        ask = {"feed": FEED, "limit": "30"}
        nobody = (await http.get(f"/xrpc/{lxm}", params=ask)).json()["feed"]
        for name, token in tokens.items():
            headers = {"Authorization": f"Bearer {token}"}
            answer = await http.get(f"/xrpc/{lxm}", params=ask, headers=headers)
            assert answer.status_code == 200, name
            feed = answer.json()["feed"]
            assert [item["post"] for item in feed] == [item["post"] for item in nobody], name
            sent = await http.post(
                "/xrpc/app.bsky.feed.sendInteractions",
                json={"interactions": [{"item": feed[0]["post"], "event": "x"}]},
                headers=headers,
            )
            assert sent.status_code == 401, name


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"feed": f"at://{PUBLISHER}/app.bsky.feed.generator/other"}, "UnknownFeed"),
        ({"feed": FEED, "limit": "0"}, "InvalidRequest"),
        ({"feed": FEED, "limit": "x"}, "InvalidRequest"),
        ({"feed": FEED, "cursor": "forged"}, "InvalidRequest"),
        ({}, "InvalidRequest"),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_the_protocols_words(square, query, error):
    async with client(square) as http:
        answer = await http.get("/xrpc/app.bsky.feed.getFeedSkeleton", params=query)
    assert answer.status_code == 400
    assert answer.json()["error"] == error


async def test_the_doctor_finds_a_local_square_healthy_but_for_its_record(square, network):
    port = int(square.url.rpartition(":")[2])
    config = DoctorConfig(
        scheme="http",
        port=port,
        feed_uri=FEED,
        plc_url=network.url,
        appview_url=network.url,
    )
    findings = {finding.step: finding for finding in await diagnose("localhost", config)}
    bad = {step for step, finding in findings.items() if not finding.ok}
    assert bad <= {"record", "appview"}  # nothing was published in this small world
    assert {"did", "service", "skeleton", "cursor", "token", "interactions"} <= findings.keys()
    assert all(findings[step].mend for step in bad)


def test_a_handle_gives_the_local_reader_a_past(network, tmp_path):
    path = write(tmp_path / "events.jsonl", chatter(60, START_US))
    flags = ("--from", str(path), "--data", str(tmp_path / "data"), "--handle", READER.handle)
    with running(*flags, **settings(network)) as square:
        square.wait_for("ended")
        until(lambda: any("public acts" in line for line in square.lines), 20)
        you = square.json("/api/v1/you")
        assert READER.did in json.dumps(you)
        told = json.loads(
            stoa("inspect", "viewer", READER.did, "--data", str(tmp_path / "data")).stdout
        )
        assert ("like", post_uri("ana", START_US)) in {
            (act["kind"], act["post"]) for act in told["history"]
        }
        far = square.get("/post/" + quote("at://" + did("far") + f"/{POST}/3kfar", safe=""))
        assert "hydrated from afar" in far.text
        assert square.stop() == 0


@pytest.mark.parametrize("reachable", [True, False])
def test_a_handle_that_cannot_be_read_is_said_and_the_square_opens_without(
    network, tmp_path, reachable
):
    path = write(tmp_path / "events.jsonl", chatter(20, START_US))
    where = settings(network) if reachable else {"STOA_APPVIEW_URL": "http://127.0.0.1:9"}
    flags = ("--from", str(path), "--data", str(tmp_path / "data"))
    with running(*flags, "--handle", "nobody.invalid", **where) as square:
        square.wait_for("ended")
        until(lambda: any("nobody.invalid" in line for line in square.lines), 30)
        said = [line for line in square.lines if "opens without" in line]
        assert len(said) == 1
        assert "<article" in square.get("/").text
        assert square.stop() == 0
