"""One suite for every adapter of `PostFates`: what is left of a post tells what became of it."""

import pytest

from stoa.own_labels import UNKNOWN_POST, Fate, PostFate
from stoa.records import AccountState, AccountStatus, Batch, Label, PostContent, PutPost, Remove
from stoa.store import MemoryStore, SqliteStore

URI = "at://did:plc:ana/app.bsky.feed.post/1"
GONE = PostFate(Fate.GONE)


def put(at_us: int) -> PutPost:
    return PutPost(URI, "did:plc:ana", at_us << 10, at_us, PostContent(text=f"at {at_us}"))


def removal(at_us: int) -> Remove:
    return Remove(URI, "did:plc:ana", at_us << 10, at_us)


def state(status: AccountStatus, at_us: int) -> AccountState:
    return AccountState("did:plc:ana", status, at_us)


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "square.db")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("changes", "fate"),
    [
        ([], UNKNOWN_POST),
        ([put(10)], PostFate(Fate.LIVE, 10)),
        ([put(10), put(20)], PostFate(Fate.LIVE, 20)),
        ([put(20), put(10)], PostFate(Fate.LIVE, 20)),
        ([put(10), removal(20)], GONE),
        ([removal(20)], GONE),
        ([put(10), state(AccountStatus.HIDDEN, 20)], PostFate(Fate.UNKNOWN, 10)),
        ([put(10), state(AccountStatus.DELETED, 20)], GONE),
        ([put(10), state(AccountStatus.DELETED, 20), state(AccountStatus.ACTIVE, 30)], GONE),
        (
            [
                put(10),
                state(AccountStatus.DELETED, 20),
                state(AccountStatus.ACTIVE, 30),
                put(40),
            ],
            PostFate(Fate.LIVE, 40),
        ),
    ],
)
def test_what_became_of_a_post(store, changes, fate):
    for change in changes:
        store.commit(Batch((change,)))
    assert store.fates([URI]) == {URI: fate}


def test_a_post_that_left_the_window_is_unknown_until_its_author_deletes_it(store):
    store.commit(Batch((put(10),)))
    store.expire(100, 100)
    assert store.fates([URI]) == {URI: UNKNOWN_POST}
    store.commit(Batch((removal(200),)))
    assert store.fates([URI]) == {URI: GONE}


def test_many_posts_at_once(store):
    store.commit(Batch((put(10),)))
    uris = [f"at://did:plc:p{n}/app.bsky.feed.post/1" for n in range(1_200)]
    fates = store.fates([*uris, URI])
    assert fates[URI] == PostFate(Fate.LIVE, 10)
    assert {fates[uri] for uri in uris} == {UNKNOWN_POST}
    assert store.fates([]) == {}


def test_labels_on_a_post_are_its_authors_and_those_given_to_it(store):
    assert store.labels_on(URI) == ()
    own = PutPost(URI, "did:plc:ana", 10 << 10, 10, PostContent(labels=("nudity",)))
    store.commit(Batch((own, Label("did:plc:mod", URI, "!hide", 11))))
    assert store.labels_on(URI) == ("nudity", "!hide")
    store.commit(Batch((Label("did:plc:mod", URI, "!hide", 12, negated=True),)))
    assert store.labels_on(URI) == ("nudity",)
    store.commit(Batch((removal(20),)))
    assert store.labels_on(URI) == ()
