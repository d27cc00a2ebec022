"""The ring of reposts: newest by account, taken back, overwritten, with its record's URI."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.feed.reposts import RepostLog
from stoa.records import as_ids


def newest(log: RepostLog, actors: list[int], depth: int = 99) -> list[int]:
    return sorted(log.posts_at(log.newest_of(as_ids(actors), depth)).tolist())


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 99)), max_size=60), st.data())
def test_it_holds_the_newest_that_were_not_taken_back(rows, data):
    rows = list(dict.fromkeys(rows))
    log = RepostLog(capacity=16)
    for at_us, (actor, post) in enumerate(rows):
        log.put(actor, post, at_us)
    held = rows[-15:]  # one place is given up: a full ring must not meet its own tail
    gone = set(data.draw(st.lists(st.sampled_from(rows), max_size=5))) if rows else set()
    for actor, post in gone:
        log.remove(actor, post)
    for actors in ([1], [2, 3], [4, 77]):
        expected = sorted(p for a, p in held if a in actors and (a, p) not in gone)
        assert newest(log, actors) == expected


def test_an_erased_account_reposted_nothing():
    log = RepostLog(capacity=8)
    log.put(1, 5, 0)
    log.put(2, 5, 0)
    log.erase(1)
    assert newest(log, [1, 2]) == [5]
    assert log.actors_at(log.newest_of(as_ids([1, 2]), 9)).tolist() == [2]


def test_depth_bounds_what_is_looked_at():
    log = RepostLog()
    for post in range(1, 11):
        log.put(1, post, post)
    assert newest(log, [1], depth=3) == [8, 9, 10]


@pytest.mark.parametrize(
    "uri",
    [
        "at://did:plc:a/app.bsky.feed.repost/3mvzvhcf4sv5u",
        "at://did:plc:a/app.bsky.feed.repost/self",
        "https://example.org/boosts/7",
        "at://someone.else/app.bsky.feed.repost/3mvzvhcf4sv5u",
    ],
)
def test_the_uri_comes_back(uri):
    log = RepostLog(capacity=8)
    log.put(1, 5, 0, uri)
    row = int(log.newest_of(as_ids([1]), 1)[0])
    assert log.uri(row, "did:plc:a") == uri
    assert log.holds(row, 1, 5)
    log.remove(1, 5)
    assert not log.holds(row, 1, 5)


def test_an_unknown_uri_is_none():
    log = RepostLog()
    log.put(1, 5, 0)
    assert log.uri(1, "did:plc:a") is None
    assert not log.holds(99, 1, 5)
