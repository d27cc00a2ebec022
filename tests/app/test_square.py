"""What is accepted while a town stands in for the network is kept in the network's world."""

from types import SimpleNamespace

import pytest

from stoa.app import Square, open_rooms
from stoa.records import SECOND_US, Batch, PostContent, PutPost, Remove
from stoa.settings import Settings

HOME_US = 1_795_000_000 * SECOND_US
TOWN_US = 1_789_950_000 * SECOND_US
URI = "https://app.example/1"


def clock(us: int):
    return SimpleNamespace(now_us=lambda: us)


@pytest.fixture
def square():
    home = open_rooms(None, clock(HOME_US))
    square = Square(Settings(), home, origin=None)  # type: ignore[arg-type]
    square.move_to(open_rooms(None, clock(TOWN_US), world="town 0"), None)
    return square


def put(at_us: int) -> PutPost:
    return PutPost(URI, "app", at_us << 10, at_us, PostContent("of an app", at_us))


def test_posts_of_an_app_are_in_both_worlds_at_their_own_time(square):
    town = square.rooms
    square.commit(Batch((put(TOWN_US - 60 * SECOND_US),)))
    home = square._home
    for rooms, now_us in ((town, TOWN_US), (home, HOME_US)):
        id_ = rooms.store.post_id(URI)
        post = rooms.store.posts([id_])[id_]
        assert post.at_us == post.content.created_us == now_us - 60 * SECOND_US
    square.commit(Batch((Remove(URI, "app", (TOWN_US + 1) << 10, TOWN_US),)))
    assert town.store.post_id(URI) is None
    assert home.store.post_id(URI) is None


def test_a_wish_holds_in_both_worlds(square):
    square.opt_out("did:plc:x", True)
    for rooms in (square.rooms, square._home):
        id_ = rooms.store.account_id("did:plc:x")
        assert rooms.store.accounts([id_])[id_].opted_out
        assert id_ in rooms.store.hidden_accounts()


def test_at_home_everything_is_taken_in_once(square):
    square.move_to(square._home, None)
    assert square.commit(Batch((put(HOME_US),))).applied == 1
    assert square.store.counts().posts == 1
