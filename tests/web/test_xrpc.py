"""The doors Bluesky knocks on keep every rule of the feed generator contract."""

import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_appview import FakeApp, FakeAppView, FeedError
from xrpc_small_world import ANA, AUD, BO, FEED, HOST, Bench, SmallStore, SmallWorld, post_uri

from stoa.errors import StoreBusy
from stoa.web.xrpc import SKELETON
from stoa.web.xrpc_world import NewViewers, XrpcConfig

URL = f"/xrpc/{SKELETON}"


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
async def client(bench):
    async with bench.client() as client:
        yield client


async def ask(client, token: str | None = None, **params):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await client.get(URL, params={"feed": FEED} | params, headers=headers)


async def test_the_did_document_names_the_service_exactly(client):
    response = await client.get("/.well-known/did.json")
    assert response.headers["content-type"].startswith("application/json")
    assert response.json() == {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": AUD,
        "service": [
            {
                "id": "#bsky_fg",
                "type": "BskyFeedGenerator",
                "serviceEndpoint": "https://feed.example.com",
            }
        ],
    }


async def test_describe_is_not_wrapped(client):
    response = await client.get("/xrpc/app.bsky.feed.describeFeedGenerator")
    assert response.json() == {"did": AUD, "feeds": [{"uri": FEED}]}


async def test_describe_links_what_is_configured():
    bench = Bench(
        config=XrpcConfig(hostname=HOST, feed_uri=FEED, privacy_url="https://feed.example.com/p")
    )
    async with bench.client() as client:
        response = await client.get("/xrpc/app.bsky.feed.describeFeedGenerator")
    assert response.json()["links"] == {"privacyPolicy": "https://feed.example.com/p"}


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(None, 50), ("1", 1), ("30", 30), ("100", 100), ("101", 100), ("9999", 100)],
)
async def test_pages_are_exact(bench, client, limit, expected):
    response = await ask(client, **({"limit": limit} if limit else {}))
    body = response.json()
    assert len(body["feed"]) == expected
    assert body["cursor"].endswith(f".{expected}")


@pytest.mark.parametrize(
    "limit", ["0", "-1", "x", "", "1.5", "1e2", "٣", "1_0", " 5", "9" * 40, "NaN", "+5"]
)
async def test_a_bad_limit_is_refused(client, bench, limit):
    response = await ask(client, limit=limit)
    assert response.status_code == 400
    assert response.json()["error"] == "InvalidRequest"
    assert "limit" in response.json()["message"]
    assert bench.world.feed.calls == []


@pytest.mark.parametrize(
    "feed", ["at://did:plc:x/app.bsky.feed.generator/other", FEED + "/", "for-you", "x" * 5000, "é"]
)
async def test_an_unknown_feed_is_refused_by_name(client, feed):
    response = await ask(client, feed=feed)
    assert response.status_code == 400
    assert response.json()["error"] == "UnknownFeed"


async def test_no_feed_is_refused(client):
    for params in ({}, {"feed": ""}):
        response = await client.get(URL, params=params)
        assert (response.status_code, response.json()["error"]) == (400, "InvalidRequest")


@pytest.mark.parametrize(
    "cursor", ["x", "r-all.", "r-all.-1", "r-all.٣", "a|b", "\x00", "é" * 900, "'--"]
)
async def test_a_hostile_cursor_is_refused(client, cursor):
    response = await ask(client, cursor=cursor)
    assert response.status_code == 400
    assert set(response.json()) == {"error", "message"}


@given(st.text(max_size=40), st.text(max_size=10))
async def test_no_query_crashes_it(cursor, limit):
    bench = Bench()
    async with bench.client() as client:
        response = await ask(client, cursor=cursor, limit=limit)
    assert response.status_code in (200, 400)


async def test_a_logged_out_page_carries_no_contexts_and_asks_for_nobody(client, bench):
    body = (await ask(client, limit=3)).json()
    assert all("feedContext" not in entry for entry in body["feed"])
    assert bench.world.feed.calls == [(None, 3, None, "bluesky", False)]
    assert bench.metric("stoa_skeletons", kind="logged_out") == 1


@pytest.mark.parametrize("account", [ANA, BO])
async def test_a_token_of_either_curve_gives_a_personal_page(client, bench, account):
    body = (await ask(client, bench.token(account)(SKELETON), limit=3)).json()
    assert bench.world.feed.calls == [(account.did, 3, None, "bluesky", False)]
    context = bench.contexts.read(
        body["feed"][1]["feedContext"], viewer=account.did, post=post_uri(2)
    )
    assert context is not None
    assert (context.position, context.propensity) == (1, 0.5)
    assert context.served_us == bench.world.clock.us
    assert body["reqId"] == context.reading
    assert bench.metric("stoa_skeletons", kind="personal") == 1


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("garbage", "malformed"),
        (ANA.token(aud="did:web:api.bsky.app", lxm=SKELETON, now_s=1_790_000_030), "audience"),
        (ANA.token(aud=AUD, lxm="other", now_s=1_790_000_030), "method"),
        (ANA.token(aud=AUD, lxm=SKELETON, now_s=1_780_000_000), "expired"),
    ],
)
async def test_a_bad_token_gives_an_impersonal_page_and_is_counted(client, bench, token, reason):
    body = (await ask(client, token, limit=3)).json()
    assert len(body["feed"]) == 3
    assert bench.world.feed.calls[0][0] is None
    assert bench.metric("stoa_tokens_refused", method="getFeedSkeleton", reason=reason) == 1


async def test_a_key_that_takes_too_long_gives_an_impersonal_page():
    import asyncio

    class Slow:
        async def verify(self, authorization, lxm):
            await asyncio.Event().wait()

    bench = Bench(config=XrpcConfig(hostname=HOST, feed_uri=FEED, token_deadline_s=0.01))
    bench.service.auth = Slow()  # type: ignore[assignment]
    async with bench.client() as client:
        assert (await ask(client, "x")).status_code == 200
    assert bench.metric("stoa_tokens_refused", method="getFeedSkeleton", reason="slow") == 1


async def test_a_peek_is_marked_and_leaves_no_trace(client, bench):
    body = (await ask(client, bench.token(ANA)(SKELETON), limit=1)).json()
    assert bench.world.feed.calls == [(ANA.did, 1, None, "bluesky", True)]
    assert len(body["feed"]) == 1
    assert "feedContext" not in body["feed"][0]
    assert bench.newcomers == []
    assert bench.world.store.accounts == []
    await ask(client, bench.token(ANA)(SKELETON), limit=1, cursor=body["cursor"])
    assert bench.world.feed.calls[1][4] is False


async def test_reposts_are_the_only_reason(client):
    feed = (await ask(client, limit=5)).json()["feed"]
    assert feed[3]["reason"]["$type"] == "app.bsky.feed.defs#skeletonReasonRepost"
    assert all("reason" not in entry for entry in feed[:3])


async def test_the_end_of_a_reading_has_no_cursor():
    bench = Bench(world=SmallWorld(SmallStore(n_posts=5)))
    async with bench.client() as client:
        body = (await ask(client, limit=5)).json()
        assert len(body["feed"]) == 5
        assert "cursor" not in body


async def test_an_empty_square_answers_an_empty_page():
    bench = Bench(world=SmallWorld(SmallStore(n_posts=0)))
    async with bench.client() as client:
        body = (await ask(client)).json()
        assert body["feed"] == []
        assert "cursor" not in body


async def test_posts_that_are_not_on_bluesky_are_left_out(client, bench):
    bench.world.store.odd_uris = {
        1: "app://shop/7",
        2: "",
        3: "at://did:plc:c/app.bsky.feed.like/3k",
    }
    body = (await ask(client, limit=5)).json()
    assert [entry["post"] for entry in body["feed"]] == [post_uri(n) for n in range(4, 9)]


async def test_a_page_of_nothing_but_unshowable_posts_does_not_end_the_feed(client, bench):
    bench.world.store.odd_uris = {n: f"app://{n}" for n in range(1, 7)}
    body = (await ask(client, limit=5)).json()
    assert [entry["post"] for entry in body["feed"]] == [post_uri(n) for n in range(7, 12)]
    assert body["cursor"].endswith(".11")


async def test_a_feed_that_gives_too_much_is_cut(client, bench):
    page = bench.world.feed.page
    bench.world.feed.page = lambda viewer, *, limit, **rest: page(viewer, limit=limit + 9, **rest)
    assert len((await ask(client, limit=5)).json()["feed"]) == 5


@pytest.mark.parametrize("reading", ["a|b|c", "x" * 300])
async def test_request_ids_are_short_and_have_no_bar(client, bench, reading):
    bench.world.feed.reading = reading
    body = (await ask(client)).json()
    assert "|" not in body["reqId"]
    assert 0 < len(body["reqId"]) <= 100


async def test_a_failing_personal_ranking_falls_back_to_the_page_for_everybody(client, bench):
    def fail(viewer):
        if viewer:
            raise StoreBusy("locked")

    bench.world.feed.before = fail
    response = await ask(client, bench.token(ANA)(SKELETON), limit=3)
    assert response.status_code == 200
    assert "feedContext" not in response.json()["feed"][0]
    assert bench.metric("stoa_skeletons", kind="fallback") == 1
    response = await ask(client, bench.token(ANA)(SKELETON), limit=3, cursor="r-x.3")
    assert (response.status_code, response.json()["error"]) == (503, "NotAvailable")


async def test_a_slow_personal_ranking_falls_back_in_time():
    bench = Bench(config=XrpcConfig(hostname=HOST, feed_uri=FEED, page_deadline_s=0.05))
    release = threading.Event()
    bench.world.feed.before = lambda viewer: release.wait(5) if viewer else None
    try:
        async with bench.client() as client:
            response = await ask(client, bench.token(ANA)(SKELETON), limit=3)
        assert len(response.json()["feed"]) == 3
        assert bench.metric("stoa_skeletons", kind="fallback") == 1
    finally:
        release.set()


async def test_the_unforeseen_is_answered_in_xrpc_shape_and_tells_nothing(client, bench):
    def fail(viewer):
        raise ZeroDivisionError("secret path")

    bench.world.feed.before = fail
    response = await ask(client)
    assert response.status_code == 500
    assert response.json()["error"] == "InternalServerError"
    assert "secret" not in response.text


async def test_other_methods_are_not_implemented(client):
    for path in ("/xrpc/app.bsky.feed.getTimeline", "/xrpc/", "/xrpc/a/b"):
        response = await client.get(path)
        assert (response.status_code, response.json()["error"]) == (501, "MethodNotImplemented")
    for verb in ("PUT", "PATCH", "DELETE", "OPTIONS"):
        response = await client.request(verb, f"/xrpc/{SKELETON}")
        assert (response.status_code, set(response.json())) == (501, {"error", "message"})


async def test_a_new_did_is_read_up_on_once_a_day(client, bench):
    for _ in range(3):
        await ask(client, bench.token(ANA)(SKELETON))
    await ask(client, bench.token(BO)(SKELETON))
    await ask(client, "garbage")
    assert bench.newcomers == [ANA.did, BO.did]
    bench.wall.move_s(86_401)
    await ask(client, bench.token(ANA)(SKELETON))
    assert bench.newcomers == [ANA.did, BO.did, ANA.did]


def test_newcomers_are_limited_by_the_minute():
    new = NewViewers(a_minute=3)
    assert [new.is_new(f"did:{n}", 0) for n in range(5)] == [True] * 3 + [False] * 2
    assert new.is_new("did:4", 61_000_000)
    assert not new.is_new("did:0", 61_000_000)


@pytest.mark.parametrize("account", [None, ANA])
async def test_an_appview_reads_twenty_pages_without_repeats(client, bench, account):
    token = bench.token(account) if account else None
    appview = FakeAppView(client, FEED, token)
    views = await appview.read(pages=20, limit=30, retry_every=3)
    assert len(views) == 20
    assert sum(len(view.items) for view in views) == 600


async def test_an_appview_that_drops_posts_still_comes_to_the_end(client):
    appview = FakeAppView(client, FEED, hydrates=lambda uri: int(uri[-3:]) % 3 == 0)
    views = await appview.read(pages=50, limit=100)
    assert len(views) == 10
    assert sum(len(view.items) for view in views) == 334
    assert views[-1].cursor is None


async def test_an_appview_passes_errors_on(client):
    with pytest.raises(FeedError) as refused:
        await FakeAppView(client, FEED.replace("for-you", "other")).get_feed()
    assert (refused.value.status, refused.value.name) == (400, "UnknownFeed")


async def test_an_app_peeks_reads_and_reports(client, bench):
    appview = FakeAppView(client, FEED, bench.token(ANA))
    assert await appview.peek() == post_uri(1)
    view = await appview.get_feed(limit=3)
    app = FakeApp(appview)
    for item in view.items:
        app.see(item)
    app.see(view.items[2], "app.bsky.feed.defs#requestLess")
    bench.wall.move_s(10)
    response = await app.send()
    assert (response.status_code, response.json()) == (200, {})
    assert len(bench.world.store.kept) == 7  # three seen, three dwells, one regret


async def test_answers_are_valid_in_the_official_models(client, bench):
    atproto = pytest.importorskip("atproto", reason="the peers group is not installed")
    models = atproto.models
    response = await ask(client, bench.token(ANA)(SKELETON), limit=30)
    skeleton = models.get_or_create(
        response.json(), models.AppBskyFeedGetFeedSkeleton.Response, strict_string_format=True
    )
    assert len(skeleton.feed) == 30
    assert skeleton.feed[3].reason.repost.endswith("/app.bsky.feed.repost/3k")
    response = await client.get("/xrpc/app.bsky.feed.describeFeedGenerator")
    described = models.get_or_create(
        response.json(),
        models.AppBskyFeedDescribeFeedGenerator.Response,
        strict_string_format=True,
    )
    assert described.did == AUD
