"""Reports of what a reader did are believed once, for what was shown, and within bounds."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_appview import SEEN, FakeApp, FakeAppView
from xrpc_small_world import ANA, AUD, BO, FEED, HOST, Bench, post_uri

from stoa.bluesky.attention import GAP_CAP_S, ReadingPace, reading_time_s, share_gap
from stoa.errors import StoreBusy
from stoa.records import AccountId, EventKind, Media, Post, PostContent, PostId
from stoa.web.xrpc import INTERACTIONS, SKELETON
from stoa.web.xrpc_world import XrpcConfig

URL = f"/xrpc/{INTERACTIONS}"
DEFS = "app.bsky.feed.defs#"


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
async def client(bench):
    async with bench.client() as client:
        yield client


async def shown(bench, client, limit=5):
    """Ana's first page, and an app that will report on it."""
    appview = FakeAppView(client, FEED, bench.token(ANA))
    view = await appview.get_feed(limit=limit)
    return FakeApp(appview), view.items


async def send(bench, client, interactions, account=ANA, **headers):
    token = bench.token(account)(INTERACTIONS)
    return await client.post(
        URL,
        content=json.dumps({"interactions": interactions}),
        headers={"Authorization": f"Bearer {token}"} | headers,
    )


def kinds(bench, post=None):
    events = bench.world.store.kept.values()
    return sorted(event.kind.name for event in events if post in (None, event.post))


def dwells(bench):
    events = bench.world.store.kept.values()
    return {event.post: event.seconds for event in events if event.kind is EventKind.DWELL}


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("requestLess", "SHOW_LESS"),
        ("requestMore", "SHOW_MORE"),
        ("interactionLike", "LIKE"),
        ("interactionRepost", "REPOST"),
        ("interactionReply", "REPLY"),
        ("interactionQuote", "QUOTE"),
        ("clickthroughItem", "CLICK"),
        ("clickthroughAuthor", "CLICK"),
        ("clickthroughReposter", "CLICK"),
        ("clickthroughEmbed", "CLICK"),
    ],
)
async def test_each_event_becomes_the_readers_act(bench, client, event, kind):
    app, items = await shown(bench, client)
    app.see(items[2], DEFS + event)
    response = await app.send()
    assert (response.status_code, response.json()) == (200, {})
    (kept,) = bench.world.store.kept.values()
    assert (kept.kind.name, kept.post, kept.position) == (kind, 3, 2)
    assert (kept.propensity, kept.surface) == (0.5, "bluesky")
    assert bench.world.store.accounts[kept.viewer - 1] == ANA.did
    assert bench.metric("stoa_interactions", outcome="kept") == 1


async def test_seen_posts_are_impressions_with_estimated_seconds(bench, client):
    app, items = await shown(bench, client)
    for item in items[:3]:
        app.see(item)
    bench.wall.move_s(12)
    await app.send()
    assert kinds(bench) == ["DWELL"] * 3 + ["IMPRESSION"] * 3
    seconds = dwells(bench)
    assert sum(seconds.values()) == pytest.approx(12, abs=0.01)
    assert seconds[1] < seconds[2] < seconds[3]  # longer texts take longer
    surfaces = {e.surface for e in bench.world.store.kept.values() if e.kind is EventKind.DWELL}
    assert surfaces == {"bluesky-estimate"}


async def test_each_batch_shares_the_time_since_the_one_before(bench, client):
    app, items = await shown(bench, client)
    for item, gap_s in zip(items, (10, 20, 1000), strict=False):
        bench.wall.move_s(gap_s)
        app.see(item)
        await app.send()
    assert list(dwells(bench).values()) == [10, 20, GAP_CAP_S]


async def test_the_same_report_counts_once_and_after_a_restart_too(bench, client):
    app, items = await shown(bench, client)

    def report():
        for item in items:
            app.see(item)
        app.see(items[0], DEFS + "interactionLike")
        app.see(items[0], DEFS + "interactionLike")

    report()
    bench.wall.move_s(10)
    await app.send()
    before = dict(bench.world.store.kept)
    assert len(before) == 11
    assert bench.metric("stoa_interactions", outcome="repeated") == 1
    report()
    bench.wall.move_s(10)
    await app.send()
    assert bench.world.store.kept == before
    bench.restarted()
    async with bench.client() as restarted:
        app.appview.client = restarted
        report()
        await app.send()
    assert bench.world.store.kept == before


async def test_a_page_asked_for_twice_counts_once(bench, client):
    app, items = await shown(bench, client)
    bench.world.clock.move_s(3)
    _, again = await shown(bench, client)
    assert again == items
    app.see(items[0], DEFS + "interactionLike")
    app.see(again[0], DEFS + "interactionLike")
    await app.send()
    assert kinds(bench) == ["LIKE"]


async def test_kinds_of_one_post_keep_an_order_in_time(bench, client):
    app, items = await shown(bench, client)
    bench.wall.move_s(5)
    app.see(items[0])
    app.see(items[0], DEFS + "interactionLike")
    await app.send()
    moments = [e.at_us for e in sorted(bench.world.store.kept.values(), key=lambda e: e.kind)]
    assert moments == sorted(set(moments))


@pytest.mark.parametrize(
    "authorization",
    [None, "Bearer x", f"Bearer {ANA.token(aud=AUD, lxm=SKELETON, now_s=1_790_000_030)}"],
)
async def test_without_a_good_token_nothing_is_stored(bench, client, authorization):
    _, items = await shown(bench, client)
    entry = {"item": items[0].uri, "event": SEEN, "feedContext": items[0].feed_context}
    response = await client.post(
        URL,
        json={"interactions": [entry]},
        headers={"Authorization": authorization} if authorization else {},
    )
    assert response.status_code == 401
    assert response.json()["error"] == "AuthenticationRequired"
    assert bench.world.store.kept == {}


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"item": None}, "no_item"),
        ({"item": ""}, "no_item"),
        ({"item": 5}, "no_item"),
        ({"item": "x" * 2000}, "no_item"),
        ({"event": None}, "unknown_event"),
        ({"event": "interactionSeen"}, "unknown_event"),
        ({"event": DEFS + "interactionShare"}, "unknown_event"),
        ({"event": DEFS + "requestLess "}, "unknown_event"),
        ({"event": ["x"]}, "unknown_event"),
        ({"feedContext": None}, "not_served"),
        ({"feedContext": ""}, "not_served"),
        ({"feedContext": "v1.k7Q2.3.a9"}, "not_served"),
        ({"feedContext": {"a": 1}}, "not_served"),
        ({"item": post_uri(2)}, "not_served"),
    ],
)
async def test_entries_that_cannot_be_believed_are_ignored(bench, client, change, outcome):
    _, items = await shown(bench, client)
    entry = {"item": items[0].uri, "event": SEEN, "feedContext": items[0].feed_context} | change
    entry = {name: value for name, value in entry.items() if value is not None}
    response = await send(bench, client, [entry])
    assert (response.status_code, response.json()) == (200, {})
    assert bench.world.store.kept == {}
    assert bench.metric("stoa_interactions", outcome=outcome) == 1


@pytest.mark.parametrize("entry", ["x", 5, None, [], {}, True])
async def test_entries_of_any_shape_do_no_harm(bench, client, entry):
    assert (await send(bench, client, [entry])).status_code == 200
    assert bench.world.store.kept == {}


async def test_what_was_shown_to_another_account_is_not_believed(bench, client):
    _, items = await shown(bench, client)
    entry = {"item": items[0].uri, "event": SEEN, "feedContext": items[0].feed_context}
    assert (await send(bench, client, [entry], account=BO)).status_code == 200
    assert bench.world.store.kept == {}
    assert bench.world.store.accounts == []


async def test_deleted_posts_are_left_out(bench, client):
    app, items = await shown(bench, client)
    bench.world.store.gone = {1}
    bench.wall.move_s(5)
    app.see(items[0])
    app.see(items[1])
    await app.send()
    assert {event.post for event in bench.world.store.kept.values()} == {2}
    assert bench.metric("stoa_interactions", outcome="gone") == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"[]", b"{}", b'{"interactions":5}', b"[" * 9000, b"\xff", b'{"interactions":[}'],
)
async def test_a_malformed_body_is_refused(bench, client, body):
    token = bench.token(ANA)(INTERACTIONS)
    response = await client.post(URL, content=body, headers={"Authorization": f"Bearer {token}"})
    assert (response.status_code, response.json()["error"]) == (400, "InvalidRequest")


async def test_another_feed_is_refused(bench, client):
    token = bench.token(ANA)(INTERACTIONS)
    response = await client.post(
        URL,
        json={"feed": FEED + "x", "interactions": []},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (response.status_code, response.json()["error"]) == (400, "UnknownFeed")


async def test_an_oversized_body_is_refused(bench, client):
    response = await send(bench, client, ["x" * 300_000])
    assert (response.status_code, response.json()["error"]) == (413, "PayloadTooLarge")
    assert bench.world.store.kept == {}


async def test_at_most_five_hundred_entries_are_looked_at(bench, client):
    await send(bench, client, [{}] * 600)
    assert bench.metric("stoa_interactions", outcome="no_item") == 500


async def test_an_account_counts_only_so_much_a_day():
    bench = Bench(config=XrpcConfig(hostname=HOST, feed_uri=FEED, max_events_a_day=3))
    async with bench.client() as client:
        app, items = await shown(bench, client)

        async def like_all():
            for item in items:
                app.see(item, DEFS + "interactionLike")
            await app.send()

        await like_all()
        assert len(bench.world.store.kept) == 3
        assert bench.metric("stoa_interactions", outcome="over_cap") == 2
        await like_all()
        assert len(bench.world.store.kept) == 3
        bench.wall.move_s(86_400)
        for item in items[3:]:
            app.see(item, DEFS + "interactionLike")
        await app.send()
        assert len(bench.world.store.kept) == 5


async def test_what_a_failing_store_did_not_keep_counts_when_sent_again(bench, client):
    app, items = await shown(bench, client)
    bench.world.store.failing = StoreBusy("locked")
    app.see(items[0], DEFS + "interactionLike")
    assert (await app.send()).status_code == 503
    bench.world.store.failing = None
    app.see(items[0], DEFS + "interactionLike")
    assert (await app.send()).status_code == 200
    assert kinds(bench) == ["LIKE"]


def post(text: str, media: Media = Media.NONE) -> Post:
    return Post(PostId(1), "u", AccountId(1), "a", 0, 0, PostContent(text=text, media=media))


def test_longer_and_richer_posts_take_longer():
    assert reading_time_s(post("")) > 0
    assert reading_time_s(post("x" * 200)) > reading_time_s(post("x" * 20))
    assert reading_time_s(post("x", Media.VIDEO)) > reading_time_s(post("x", Media.IMAGE))
    assert reading_time_s(post("x", Media.VIDEO | Media.LINK)) > reading_time_s(
        post("x", Media.VIDEO)
    )


@given(st.floats(0, 60), st.lists(st.floats(0.1, 100), max_size=50))
def test_shares_add_up_to_the_gap(gap_s, times_s):
    shares_s = share_gap(gap_s, times_s)
    assert len(shares_s) == len(times_s)
    assert all(share_s >= 0 for share_s in shares_s)
    if times_s:
        assert sum(shares_s) == pytest.approx(gap_s)


def test_the_pace_caps_silence_and_survives_clocks_that_go_back():
    pace = ReadingPace()
    assert pace.gap_s("a", 0) == 10.0  # heard of for the first time: one batch interval
    assert pace.gap_s("a", 5_000_000) == 5.0
    assert pace.gap_s("a", 500_000_000) == GAP_CAP_S
    assert pace.gap_s("a", 400_000_000) == 0.0
    pace.started("a", 410_000_000)  # a refresh while reading does not restart the gap
    assert pace.gap_s("a", 420_000_000) == 20.0
    pace.started("a", 500_000_000)  # coming back after a pause does
    assert pace.gap_s("a", 503_000_000) == 3.0
