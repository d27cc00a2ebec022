"""The desk beside a running square, and what the operator chose about Bluesky."""

import sqlite3

import pytest

from stoa.app.clocks import SourceClock
from stoa.app.opening import feed_config
from stoa.app.promoted import open_desk, square_now_us
from stoa.app.rooms import STORE_FILE, open_rooms
from stoa.errors import StoreError
from stoa.promoted.desk import Wish
from stoa.promoted_records import BudgetUnit
from stoa.records import SECOND_US, Batch, PostContent, PutPost, Remove
from stoa.settings import Settings

NOW_US = 1_790_000_000 * SECOND_US
URI = "shop:1"


def put(at_us=NOW_US):
    return PutPost(URI, "shop", at_us << 10, at_us, PostContent(text="tea"))


@pytest.fixture
def rooms(tmp_path):
    opened = open_rooms(tmp_path, SourceClock(lambda: NOW_US))
    opened.intake.take(Batch((put(),), source="a file", cursor=NOW_US))
    yield opened
    opened.close()


def test_only_the_operator_brings_promoted_posts_to_bluesky():
    assert feed_config(Settings()).promoted.surfaces == {"page", "api"}
    chosen = feed_config(Settings(promoted_on_bluesky=True))
    assert chosen.promoted.surfaces == {"page", "api", "bluesky"}


def test_a_desk_works_beside_a_square_that_runs(rooms, tmp_path):
    with open_desk(tmp_path) as desk:
        assert square_now_us(desk, NOW_US + 99) == NOW_US
        wish = Wish(post=URI, advertiser="Tea", unit=BudgetUnit.IMPRESSIONS, budget=5)
        made = desk.add(wish, NOW_US)
    assert rooms.store.promoted.running(NOW_US) == [made]
    rooms.intake.take(Batch((Remove(URI, "shop", (NOW_US + 1) << 10, NOW_US + 1),)))
    with open_desk(tmp_path) as desk:
        (state,) = desk.campaigns.campaigns(NOW_US)
    assert state.stopped_because == "its post is gone"


def test_a_campaign_whose_post_went_untold_ends_when_the_square_opens(rooms, tmp_path):
    with open_desk(tmp_path) as desk:
        wish = Wish(post=URI, advertiser="Tea", unit=BudgetUnit.IMPRESSIONS, budget=5)
        desk.add(wish, NOW_US)
    rooms.store.commit(Batch((Remove(URI, "shop", (NOW_US + 1) << 10, NOW_US + 1),)))
    rooms.close()
    again = open_rooms(tmp_path, SourceClock(lambda: NOW_US))
    (state,) = again.store.promoted.campaigns(NOW_US)
    assert state.stopped_because == "its post is gone"
    again.close()


def test_without_a_square_or_with_an_older_one_it_says_what_to_do(rooms, tmp_path):
    with pytest.raises(StoreError, match="run `stoa up`"), open_desk(tmp_path / "elsewhere"):
        pass
    rooms.close()
    older = sqlite3.connect(tmp_path / STORE_FILE)
    older.execute("PRAGMA user_version = 4")
    older.close()
    with pytest.raises(StoreError, match="open the square once"), open_desk(tmp_path):
        pass
