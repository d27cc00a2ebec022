"""The log to learn from says what the store holds, and nothing that was taken back or hidden."""

import numpy as np
import pytest

from stoa.app.learning_log import read_log
from stoa.app.versions import newest_us
from stoa.encoders.hashed import HashedEncoder
from stoa.records import (
    DAY_US,
    SECOND_US,
    AccountState,
    AccountStatus,
    Batch,
    EdgeKind,
    EventKind,
    LinkCard,
    PostContent,
    PutEdge,
    PutPost,
    ViewerEvent,
)
from stoa.space.learning_log import NOBODY, Answer
from stoa.store import MemoryStore, SqliteStore

ANA, BO, CY = "did:plc:ana", "did:plc:bo", "did:plc:cy"
NOW_US = 10 * DAY_US


def uri(author, key):
    return f"at://{author}/app.bsky.feed.post/{key}"


def post(author, key, at_us, **content):
    content.setdefault("text", f"about {key}")
    return PutPost(uri(author, key), author, at_us, at_us, PostContent(**content))


def like(actor, key, subject, at_us):
    there = f"at://{actor}/app.bsky.feed.like/{key}"
    return PutEdge(EdgeKind.LIKE, there, actor, subject, at_us, at_us)


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "square.db")
    card = LinkCard("https://news.example/x", "news")
    opened.commit(
        Batch(
            changes=(
                post(ANA, "root", NOW_US - 40 * SECOND_US, card=card, langs=("en",)),
                post(BO, "answer", NOW_US - 30 * SECOND_US, parent_uri=uri(ANA, "root"),
                     root_uri=uri(ANA, "root")),
                post(CY, "older", NOW_US - 3 * DAY_US),
                like(CY, "l", uri(ANA, "root"), NOW_US - 20 * SECOND_US),
            )
        )
    )  # fmt: skip
    yield opened
    opened.close()


def read(store, **more):
    more = {"since_us": 0, "most_posts": 100} | more
    return read_log(store, HashedEncoder(), NOW_US, **more)


def events_of(store, viewer, *acts):
    who = store.intern_account(viewer)
    store.record(
        [
            ViewerEvent(
                who, kind, store.post_id(uri(author, key)), NOW_US - before_s * SECOND_US, **more
            )
            for kind, author, key, before_s, more in acts
        ]
    )
    return who


def test_posts_stand_in_the_order_of_time_with_their_thread(store):
    own = read(store)
    posts = own.log.posts
    assert own.posts.tolist() == [
        store.post_id(uri(a, k)) for a, k in ((CY, "older"), (ANA, "root"), (BO, "answer"))
    ]
    assert posts.parent.tolist() == [NOBODY, NOBODY, 1]
    assert posts.root.tolist() == [0, 1, 1]
    assert (posts.domain > 0).tolist() == [False, True, False]
    assert (posts.language > 0).tolist() == [False, True, False]
    np.testing.assert_allclose(np.linalg.norm(posts.text, axis=1), 1, atol=1e-3)


def test_public_acts_are_acts(store):
    own = read(store)
    acts = own.log.acts
    named = [
        (int(own.accounts[a]), int(p), EventKind(int(k)))
        for a, p, k in zip(acts.account, acts.post, acts.kind, strict=True)
    ]
    bo, cy = store.account_id(BO), store.account_id(CY)
    assert named == [(bo, 1, EventKind.REPLY), (cy, 1, EventKind.LIKE)]


def test_an_impression_gathers_what_followed(store):
    shown = {"position": 4, "propensity": 0.01, "policy": "unregretted/1", "surface": "page"}
    who = events_of(
        store, "did:plc:reader",
        (EventKind.SERVED, ANA, "root", 20, shown),
        (EventKind.ASKED, ANA, "root", 20, shown | {"propensity": 0.02}),
        (EventKind.IMPRESSION, ANA, "root", 19, {"surface": "page"}),
        (EventKind.DWELL, ANA, "root", 15, {"seconds": 4.0}),
        (EventKind.DWELL, ANA, "root", 12, {"seconds": 2.5}),
        (EventKind.LIKE, ANA, "root", 14, {}),
        (EventKind.SHOW_LESS, ANA, "root", 13, {}),
        (EventKind.UNDO, ANA, "root", 11, {"undoes": EventKind.LIKE}),
        (EventKind.REGRET, ANA, "root", 10, {}),
        (EventKind.IMPRESSION, BO, "answer", 9, {"surface": "api"}),
    )  # fmt: skip
    own = read(store)
    seen = own.log.impressions
    assert len(seen) == 2
    assert own.accounts[seen.viewer[0]] == who
    assert seen.post.tolist() == [1, 2]
    assert seen.session.tolist() == [0, 0]
    assert (seen.position[0], seen.explored.tolist()) == (4, [True, False])
    np.testing.assert_allclose(seen.propensity, [0.01, np.nan])
    np.testing.assert_allclose(seen.seconds, [6.5, np.nan])
    assert own.log.policies[seen.policy[0]] == "unregretted/1"
    assert seen.asked.tolist() == [True, False]
    assert seen.answer.tolist() == [Answer.REGRET, Answer.NONE]
    assert seen.has(EventKind.SHOW_LESS).tolist() == [True, False]
    assert seen.has(EventKind.LIKE).tolist() == [False, False]
    assert seen.delayed.tolist() == [1, -1]
    assert EventKind.LIKE not in own.log.acts.kind[own.log.acts.account == seen.viewer[0]]


def test_answers_nobody_asked_for_are_acts_and_no_answers(store):
    events_of(
        store, "did:plc:reader",
        (EventKind.IMPRESSION, CY, "older", 2 * 86_400, {}), (EventKind.GLAD, CY, "older", 9, {}),
    )  # fmt: skip
    seen = read(store).log.impressions
    assert seen.answer.tolist() == [Answer.NONE]
    assert seen.has(EventKind.GLAD).tolist() == [True]
    assert seen.delayed.tolist() == [0]


def test_propensities_that_cannot_be_are_unknown(store):
    events_of(
        store, "did:plc:reader",
        (EventKind.SERVED, ANA, "root", 20, {"propensity": 0.0}),
        (EventKind.IMPRESSION, ANA, "root", 19, {}),
    )  # fmt: skip
    assert np.isnan(read(store).log.impressions.propensity).all()


def test_only_the_newest_posts_and_what_is_said_about_them(store):
    events_of(store, "did:plc:reader", (EventKind.IMPRESSION, ANA, "root", 9, {}))
    own = read(store, most_posts=2)  # by the order in which they came
    assert len(own.log.posts) == 2
    assert len(own.log.impressions) == 0


def test_hidden_accounts_and_old_acts_are_not_learned_from(store):
    assert len(read(store, since_us=NOW_US - 25 * SECOND_US).log.acts) == 1
    state = AccountState(ANA, AccountStatus.DELETED, NOW_US)
    store.commit(Batch(changes=(state,)))
    own = read(store)
    assert (
        store.account_id(ANA) not in own.accounts.tolist()
        or not (own.log.posts.author == list(own.accounts).index(store.account_id(ANA))).any()
    )
    assert len(own.log.acts) == 0


def test_an_empty_store_gives_an_empty_log(tmp_path):
    own = read(MemoryStore())
    assert len(own.log.posts) == len(own.log.acts) == len(own.log.impressions) == 0


def test_what_a_clock_that_jumped_stamped_is_left_out(store):
    ahead_us = NOW_US + 36_500 * DAY_US
    store.commit(Batch(changes=(
        post(BO, "ahead", ahead_us), like(BO, "far", uri(ANA, "root"), ahead_us),
    )))  # fmt: skip
    who = events_of(store, CY, (EventKind.IMPRESSION, ANA, "root", 5, {}))
    store.record([ViewerEvent(who, EventKind.LIKE, store.post_id(uri(CY, "older")), ahead_us)])
    own = read(store)
    assert len(own.log.posts) == 3
    assert own.log.posts.at_us.max() <= NOW_US
    assert own.log.acts.at_us.max() <= NOW_US
    assert len(own.log.impressions) == 1


def test_now_is_not_what_a_clock_that_jumped_said(store):
    store.commit(Batch(changes=(post(BO, "ahead", NOW_US + 36_500 * DAY_US),)))
    like_us = NOW_US - 20 * SECOND_US
    assert newest_us(store, NOW_US) == like_us
    events_of(store, CY, (EventKind.IMPRESSION, ANA, "root", 5, {}))
    assert newest_us(store, NOW_US) == NOW_US - 5 * SECOND_US


def test_a_town_whose_time_is_ahead_of_ours_has_its_own_now(store):
    assert newest_us(store, NOW_US - 900 * DAY_US) == NOW_US - 20 * SECOND_US
