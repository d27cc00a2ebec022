"""A square keeps within its time and its disk, and goes on when it cannot write."""

import pytest

from stoa.app import open_rooms
from stoa.app.housekeeping import Housekeeping
from stoa.records import SECOND_US, Batch, LinkCard, PostContent, PutPost, as_ids
from stoa.settings import Settings, parse_size

START_US = 1_790_000_000 * SECOND_US


class StillClock:
    def __init__(self, us: int) -> None:
        self.us = us

    def now_us(self) -> int:
        return self.us


def put(n: int, text: str = "words", link: str = "") -> PutPost:
    at_us = START_US + n * SECOND_US
    card = LinkCard(f"https://example.org/{link}") if link else None
    content = PostContent(text=f"{text} {n}", created_us=at_us, card=card)
    return PutPost(f"https://app.example/{n}", f"author-{n % 7}", at_us << 10, at_us, content)


@pytest.fixture
def clock():
    return StillClock(START_US + 3_000 * SECOND_US)


@pytest.fixture
def rooms(tmp_path, clock):
    rooms = open_rooms(tmp_path, clock)
    rooms.intake.take(Batch(tuple(put(n) for n in range(3_000)), "file", 1))
    yield rooms
    rooms.close()


def test_a_small_disk_keeps_the_newest_posts_everywhere(rooms):
    said = []
    # Long addresses make the store large beside the vectors, and cost no encoding.
    long = tuple(put(n, link="x" * 3_900) for n in range(3_000, 7_000))
    rooms.intake.take(Batch(long, "file", 2))
    rooms.flush()
    before = rooms.disk_bytes()
    budget = before - rooms.store_bytes() // 6  # vectors are most of it: their files are reserved
    n_gone = Housekeeping(Settings(max_disk=budget), said.append).tidy(rooms)
    assert 0 < n_gone < 7_000
    assert rooms.disk_bytes() <= budget
    assert len(said) == 1
    assert f"{n_gone:,} of the oldest posts" in said[0]
    store = rooms.store
    assert store.counts().posts == 7_000 - n_gone == len(rooms.index)
    assert store.post_id(put(0).uri) is None
    newest = store.post_id(put(6_999).uri)
    assert rooms.has_vector(newest)
    assert not rooms.rows.get(as_ids([1])).any()
    items = rooms.feed.page("someone", limit=100).items
    assert len(items) == 100
    assert set(store.posts([i.post for i in items])) == {i.post for i in items}
    assert rooms.intake.take(Batch((put(0),), "file", 9)).applied == 0  # it does not come back


def test_a_budget_that_cannot_be_met_leaves_a_share_to_posts(rooms):
    said = []
    vectors = rooms.disk_bytes() - rooms.store_bytes()
    Housekeeping(Settings(max_disk=min(vectors, 2_000_000)), said.append).tidy(rooms)
    assert rooms.store.counts().posts > 0


def test_enough_disk_lets_nothing_go(rooms):
    keeping = Housekeeping(Settings(max_disk=parse_size("20GB")), pytest.fail)
    assert keeping.tidy(rooms) == 0
    assert rooms.store.counts().posts == 3_000


def test_what_is_older_than_the_retention_goes(rooms, clock):
    clock.us = START_US + 1_000 * SECOND_US + 72 * 3600 * SECOND_US
    assert Housekeeping(Settings(), pytest.fail).tidy(rooms) == 1_000
    assert rooms.store.counts().posts == 2_000
    assert len(rooms.index) == 2_000


def test_bytes_tell_what_is_kept_wherever_it_stands(tmp_path, clock):
    rooms = open_rooms(tmp_path, clock)
    rooms.intake.take(Batch(tuple(put(n) for n in range(500)), "file", 1))
    while_open = rooms.store.counts().bytes
    rooms.close()
    rooms = open_rooms(tmp_path, clock)
    assert rooms.store.counts().bytes == while_open
    rooms.close()
