"""The doors over the real feed and the real store: what Bluesky would see of this square."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_appview import FakeApp, FakeAppView
from fake_network import HandClock
from xrpc_small_world import ANA, FEED, Bench

from stoa.app.rooms import Rooms, open_rooms
from stoa.records import Batch, EdgeKind, EventKind, PostContent, PutEdge, PutPost, Remove
from stoa.web.xrpc_world import World

N_POSTS, N_AUTHORS = 1200, 300
NOW_US = 1_790_000_030_000_000


def did(number: int) -> str:
    digits = "abcdefghijklmnopqrstuvwxyz234567"
    return "did:plc:" + "a" * 20 + "".join(digits[number // 32**k % 32] for k in range(4))


def uri(number: int) -> str:
    return f"at://{did(1 + number % N_AUTHORS)}/app.bsky.feed.post/3k{number:011d}"


def write(number: int, **content) -> PutPost:
    at_us = NOW_US - (N_POSTS - number) * 60_000_000
    words = PostContent(text=f"post number {number} about topic {number % 17}", **content)
    return PutPost(uri(number), did(1 + number % N_AUTHORS), at_us << 10, at_us, words)


def like(actor: int, number: int) -> PutEdge:
    at_us = NOW_US - 1000 + number
    made = f"at://{did(actor)}/app.bsky.feed.like/3k{actor:06d}{number:05d}"
    return PutEdge(EdgeKind.LIKE, made, did(actor), uri(number), at_us << 10, at_us)


@pytest.fixture
def rooms():
    rooms = open_rooms(None, HandClock(NOW_US))
    rooms.intake.take(Batch(tuple(write(n) for n in range(N_POSTS))))
    rooms.intake.take(Batch(tuple(like(1 + n % 40, n) for n in range(0, N_POSTS, 3))))
    yield rooms
    rooms.close()


@dataclass
class RealBench(Bench):
    world: World = None  # type: ignore[assignment]


@pytest.fixture
def bench(rooms: Rooms):
    return RealBench(world=rooms)


@pytest.mark.parametrize("account", [None, ANA])
async def test_twenty_pages_repeat_nothing(bench, account):
    async with bench.client() as client:
        token = bench.token(account) if account else None
        appview = FakeAppView(client, FEED, token)
        views = await appview.read(pages=20, limit=30, retry_every=4)
    assert len(views) == 20
    assert all(len(view.items) == 30 for view in views)


async def test_a_reading_comes_to_its_end(bench):
    async with bench.client() as client:
        appview = FakeAppView(client, FEED, bench.token(ANA))
        views = await appview.read(pages=60, limit=100)
    assert views[-1].cursor is None
    assert sum(len(view.items) for view in views) > 1000


async def test_posts_of_apps_leave_no_holes_and_are_not_logged_as_served(bench, rooms):
    at_us = NOW_US - 1
    shop = tuple(
        PutPost(f"https://shop.example/{n}", "shop", at_us << 10, at_us, PostContent(f"offer {n}"))
        for n in range(300)
    )
    rooms.intake.take(Batch(shop))
    offers = {rooms.store.post_id(post.uri) for post in shop}
    async with bench.client() as client:
        views = await FakeAppView(client, FEED, bench.token(ANA)).read(pages=10, limit=30)
    assert [len(view.items) for view in views] == [30] * 10
    viewer = rooms.store.account_id(ANA.did)
    logged = rooms.store.events(viewer, (EventKind.SERVED,), 1_000)
    assert len(logged) == 300
    assert not offers & {event.post for event in logged}


async def test_a_peek_leaves_nothing_in_the_log(bench, rooms):
    async with bench.client() as client:
        appview = FakeAppView(client, FEED, bench.token(ANA))
        for _ in range(3):
            assert await appview.peek()
    assert rooms.store.account_id(ANA.did) is None
    assert rooms.store.counts().events == N_POSTS + N_POSTS // 3


async def test_a_post_deleted_between_two_askings_is_gone(bench, rooms):
    async with bench.client() as client:
        appview = FakeAppView(client, FEED)
        first = (await appview.get_feed(limit=10)).uris
        author = first[0].split("/")[2]
        later = NOW_US + 1
        rooms.intake.take(Batch((Remove(first[0], author, later << 10, later),)))
        assert first[0] not in (await appview.get_feed(limit=10)).uris


async def test_posts_for_members_only_are_not_shown_to_people_logged_out(bench, rooms):
    hidden = N_POSTS
    rooms.intake.take(Batch((write(hidden, labels=("!no-unauthenticated",)),)))
    async with bench.client() as client:
        for view in await FakeAppView(client, FEED).read(pages=60, limit=100):
            assert uri(hidden) not in view.uris


async def test_what_the_app_reports_is_in_the_readers_log(bench, rooms):
    async with bench.client() as client:
        appview = FakeAppView(client, FEED, bench.token(ANA))
        view = await appview.get_feed(limit=5)
        app = FakeApp(appview)
        for item in view.items:
            app.see(item)
        app.see(view.items[1], "app.bsky.feed.defs#interactionLike")
        app.see(view.items[2], "app.bsky.feed.defs#requestLess")
        bench.wall.move_s(20)
        assert (await app.send()).status_code == 200
    viewer = rooms.store.account_id(ANA.did)
    assert viewer is not None
    kept = rooms.store.events(viewer)
    counted = {kind: sum(event.kind is kind for event in kept) for kind in EventKind}
    assert counted[EventKind.SERVED] == 5
    assert counted[EventKind.IMPRESSION] == 5
    assert counted[EventKind.LIKE] == counted[EventKind.SHOW_LESS] == 1
    served = {event.post: event for event in kept if event.kind is EventKind.SERVED}
    assert [served[post].position for post in sorted(served, key=lambda p: served[p].position)] == [
        *range(5)
    ]
    assert all(0 < event.propensity <= 1 for event in served.values())
    for event in kept:  # what the app sent back signed is what was logged when it was served
        assert event.policy == "first_version/1"
        assert event.position == served[event.post].position
        assert event.propensity == served[event.post].propensity
    dwells = [event for event in kept if event.kind is EventKind.DWELL]
    assert sum(event.seconds or 0 for event in dwells) == pytest.approx(20, abs=0.01)
    assert {event.surface for event in dwells} == {"bluesky-estimate"}
    liked = next(event for event in kept if event.kind is EventKind.LIKE)
    assert rooms.store.uris([liked.post])[liked.post] == view.uris[1]
