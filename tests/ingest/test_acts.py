"""What a reader does is kept once, obeyed at once, and can be taken back."""

import pytest
from tests.ingest.square_in_memory import SmallSquare

from stoa.records import EventKind


@pytest.fixture
def square() -> SmallSquare:
    return SmallSquare()


def test_a_mute_hides_the_author_and_an_undo_brings_them_back(square):
    acted_on = square.post("ana", "tide pools at dawn")
    post = square.post("ana", "tide pools at dusk")
    assert post in square.served("me")
    square.act("me", EventKind.MUTE, acted_on)
    assert post not in square.served("me")
    assert post in square.served("somebody else")
    square.act("me", EventKind.UNDO, acted_on, undoes=EventKind.MUTE)
    assert post in square.served("me")


def test_a_block_holds_both_ways(square):
    acted_on, theirs = square.post("ana", "tide pools"), square.post("ana", "tide pools again")
    mine = square.post("me", "bread ovens")
    square.act("me", EventKind.BLOCK, acted_on)
    assert theirs not in square.served("me")
    assert mine not in square.served("ana")
    square.act("me", EventKind.UNDO, acted_on, undoes=EventKind.BLOCK)
    assert theirs in square.served("me")
    assert mine in square.served("ana")


def test_a_follow_made_here_counts_like_one_read_from_a_network(square):
    acted_on, post = square.post("ana", "tide pools"), square.post("ana", "tide pools again")
    square.act("me", EventKind.FOLLOW, acted_on)
    page = square.rooms.feed.page("me", limit=10, tab="following", peek=True)
    assert [item.post for item in page.items] == [square.id(post)]


def test_the_same_event_twice_counts_once(square):
    post = square.post("ana", "tide pools")
    store = square.rooms.store
    viewer = store.intern_account("me")
    from stoa.records import ViewerEvent

    event = ViewerEvent(viewer, EventKind.LIKE, square.id(post), square.clock.us)
    assert square.rooms.acts.record([event]) == 1
    assert square.rooms.acts.record([event]) == 0
    assert [e.kind for e in store.history(viewer)] == [EventKind.LIKE]


def test_nobody_can_follow_block_or_mute_themselves(square):
    mine = square.post("me", "bread ovens")
    for kind in (EventKind.FOLLOW, EventKind.BLOCK, EventKind.MUTE):
        square.act("me", kind, mine)
    settings = square.rooms.store.settings(square.rooms.store.intern_account("me"))
    assert settings.muted_accounts == frozenset()


def test_acts_on_posts_that_are_gone_are_kept_but_change_nothing(square):
    post = square.post("ana", "tide pools")
    post_id = square.id(post)
    square.remove(post, "ana")
    from stoa.records import ViewerEvent

    viewer = square.rooms.store.intern_account("me")
    event = ViewerEvent(viewer, EventKind.MUTE, post_id, square.clock.us)
    assert square.rooms.acts.record([event]) == 1
    assert square.rooms.store.settings(viewer).muted_accounts == frozenset()


def test_no_events_are_no_work(square):
    assert square.rooms.acts.record([]) == 0
