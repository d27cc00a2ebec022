"""One suite for every adapter of `EventLog`, `PostStore` and `ViewerStore`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoa.ask_records import KeptQuestion
from stoa.errors import BadInput, UnknownAccount
from stoa.records import (
    NO_ID,
    AccountChanged,
    AccountErased,
    AccountState,
    AccountStatus,
    Batch,
    EdgeGone,
    EdgeKind,
    EdgePut,
    EventKind,
    Facet,
    GatePut,
    Identity,
    Image,
    Label,
    LinkCard,
    Media,
    PostContent,
    PostGone,
    PostLabelled,
    PostPut,
    PutEdge,
    PutGate,
    PutPost,
    PutProfile,
    Remove,
    ViewerEvent,
    ViewerSettings,
)
from stoa.store import MemoryStore, SqliteStore

ANA, BO, CY = "did:plc:ana", "did:plc:bo", "did:plc:cy"
MODERATION = "did:plc:moderation"


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "square.db")
    yield opened
    opened.close()


def post_uri(author: str, key: str) -> str:
    return f"at://{author}/app.bsky.feed.post/{key}"


def post(author: str, key: str, at_us: int = 10, **content) -> PutPost:
    content.setdefault("text", f"{key} by {author}")
    return PutPost(post_uri(author, key), author, at_us, at_us, PostContent(**content))


def edge(kind: EdgeKind, actor: str, key: str, subject: str, at_us: int = 20) -> PutEdge:
    return PutEdge(kind, edge_uri(kind, actor, key), actor, subject, at_us, at_us)


def edge_uri(kind: EdgeKind, actor: str, key: str) -> str:
    name = {
        EdgeKind.LIKE: "feed.like",
        EdgeKind.REPOST: "feed.repost",
        EdgeKind.FOLLOW: "graph.follow",
        EdgeKind.BLOCK: "graph.block",
    }[kind]
    return f"at://{actor}/app.bsky.{name}/{key}"


def like(actor: str, key: str, subject: str, at_us: int = 20) -> PutEdge:
    return edge(EdgeKind.LIKE, actor, key, subject, at_us)


def remove(uri: str, author: str, at_us: int) -> Remove:
    return Remove(uri, author, at_us, at_us)


def commit(store, *changes, source="stream", cursor=None):
    return store.commit(Batch(changes, source=source, cursor=cursor))


def live_uris(store) -> set[str]:
    ids = [i for columns in store.scan_posts() for i in columns.id.tolist()]
    return set(store.uris(ids).values())


def edges(store, kind: EdgeKind) -> list[tuple[int, int]]:
    return [
        pair
        for columns in store.scan_edges(kind)
        for pair in zip(columns.actor.tolist(), columns.subject.tolist(), strict=True)
    ]


# ----------------------------------------------------------------------------- posts


def test_a_post_comes_back_whole(store):
    content = PostContent(
        text="Ça marche ! ☕ #marées",
        created_us=9,
        langs=("fr", "pt-BR"),
        parent_uri=post_uri(BO, "1"),
        root_uri=post_uri(CY, "1"),
        quote_uri=post_uri(CY, "2"),
        media=Media.IMAGE | Media.LINK | Media.QUOTE,
        facets=(Facet(0, 3, "tag", "marées"),),
        images=(Image("https://example.org/1.jpg", "une mer", 3, 4),),
        card=LinkCard("https://example.org", "Tides", "Daily"),
        labels=("nudity",),
        tags=("sea",),
    )
    applied = commit(store, PutPost(post_uri(ANA, "1"), ANA, 7, 10, content), cursor=3)
    found_id = store.post_id(post_uri(ANA, "1"))
    found = store.posts([found_id])[found_id]
    assert found.content == content
    assert (found.uri, found.author_name, found.revision) == (post_uri(ANA, "1"), ANA, 7)
    assert store.uris([found.parent, found.root, found.quote]) == {
        found.parent: post_uri(BO, "1"),
        found.root: post_uri(CY, "1"),
        found.quote: post_uri(CY, "2"),
    }
    assert applied.effects == (PostPut(found, fresh=True),)
    [columns] = store.scan_posts()
    assert columns.langs == ["fr,pt"]
    assert columns.labels == ["nudity"]
    assert columns.length.tolist() == [len(content.text)]
    assert columns.media.tolist() == [int(content.media)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nul\x00inside",
        "👩‍👩‍👧‍👦 emoji",
        "مرحبا بالعالم ‏",
        "<script>alert(1)</script> & \"quotes\" 'n' ; DROP TABLE posts; --",
        "x" * 100_000,
        "\r\n\t\u2028",
    ],
)
def test_texts_come_back_as_they_were(store, text):
    put = post(ANA, "1", text=text, card=LinkCard("https://e.org", text[:500]), tags=(text[:60],))
    commit(store, put)
    [found] = store.posts([store.post_id(put.uri)]).values()
    assert found.content == put.content
    [(_, texts)] = store.scan_texts(0)
    assert texts == [text]


def test_lone_surrogates_are_replaced_at_the_border(store):
    applied = commit(
        store,
        post(ANA, "1", text="a\ud800b", images=(Image("u", alt="\udfff"),), tags=("\ud83d\ude00",)),
        PutProfile(ANA, 1, 1, "name \ud800", "about \udfff"),
    )
    assert applied.applied == 2
    [found] = store.posts([store.post_id(post_uri(ANA, "1"))]).values()
    assert found.content.text == "a\ufffdb"
    assert found.content.images[0].alt == "\ufffd"
    assert found.content.tags == ("😀",)  # a pair of them is the character they stand for
    assert store.accounts([found.author])[found.author].display_name == "name \ufffd"


def test_bad_ids_are_ignored_and_cost_nothing_else(store):
    long = post_uri(ANA, "k" * 3_000)
    good = post(ANA, "good")
    applied = commit(
        store,
        PutPost(long, ANA, 1, 1, PostContent()),
        post(ANA, "1", parent_uri=long),
        like(BO, "1", long),
        like(BO, "2" * 5_000, good.uri),
        PutPost("", ANA, 1, 1, PostContent()),
        PutPost(post_uri(BO, "1"), ANA, 1, 1, PostContent()),  # another's repository
        PutPost(edge_uri(EdgeKind.LIKE, ANA, "1"), ANA, 1, 1, PostContent()),  # not a post
        Remove(good.uri, BO, 99, 99),
        PutEdge(EdgeKind.LIKE, edge_uri(EdgeKind.REPOST, BO, "1"), BO, good.uri, 1, 1),
        PutPost(post_uri(ANA, "\ud800"), ANA, 1, 1, PostContent()),
        AccountState("d" * 4_000, AccountStatus.DELETED, 5),
        Label(MODERATION, good.uri, "a,b", 5),
        PutPost(post_uri(ANA, "huge"), ANA, 1 << 70, 1, PostContent()),
        "no change at all",
        good,
    )
    assert (applied.applied, applied.ignored) == (1, 14)
    assert live_uris(store) == {good.uri}
    with pytest.raises(BadInput, match="at most 2048 bytes"):
        store.intern_account("d" * 4_000)


@pytest.mark.parametrize("at_us", [0, -1, 4_070_908_800_000_000, (1 << 63) - 1])
def test_absurd_times_do_no_harm(store, at_us):
    put = PutPost(post_uri(ANA, "1"), ANA, at_us, at_us, PostContent(created_us=at_us))
    commit(
        store,
        put,
        like(BO, "1", put.uri, at_us),
        remove(edge_uri(EdgeKind.LIKE, BO, "2"), BO, at_us),
    )
    assert live_uris(store) == {put.uri}
    assert len(edges(store, EdgeKind.LIKE)) == 1


def test_ids_grow_with_arrival_and_are_never_used_again(store):
    commit(store, post(ANA, "1"), post(ANA, "2", at_us=11))
    first, second = store.post_id(post_uri(ANA, "1")), store.post_id(post_uri(ANA, "2"))
    assert NO_ID < first < second
    commit(store, remove(post_uri(ANA, "2"), ANA, 12))
    store.expire(1_000, 0)
    assert store.reference_id(post_uri(ANA, "2")) is None
    commit(store, post(ANA, "3", at_us=2_000))
    assert store.post_id(post_uri(ANA, "3")) > second


def test_a_like_before_its_post_joins_it(store):
    first = commit(store, like(BO, "1", post_uri(ANA, "1")))
    [heard] = first.effects
    assert store.post_id(post_uri(ANA, "1")) is None
    assert store.reference_id(post_uri(ANA, "1")) == heard.subject
    assert store.uris([heard.subject]) == {heard.subject: post_uri(ANA, "1")}
    assert live_uris(store) == set()
    commit(store, post(ANA, "1"))
    assert store.post_id(post_uri(ANA, "1")) == heard.subject


def test_a_rewrite_replaces_the_text_and_makes_nothing_new(store):
    commit(store, post(ANA, "1", 10, text="before"))
    applied = commit(store, post(ANA, "1", 30, text="after"))
    [effect] = applied.effects
    assert isinstance(effect, PostPut)
    assert (effect.fresh, effect.post.content.text, effect.post.at_us) == (False, "after", 10)
    assert commit(store, post(ANA, "1", 20, text="between")).effects == ()
    [found] = store.posts([effect.post.id]).values()
    assert (found.content.text, found.revision, found.at_us) == ("after", 30, 10)
    assert store.counts().posts == 1


def test_a_removed_post_is_gone_and_leaves_no_text(store):
    commit(store, post(ANA, "1"), post(BO, "2", parent_uri=post_uri(ANA, "1")))
    id_ = store.post_id(post_uri(ANA, "1"))
    applied = commit(store, remove(post_uri(ANA, "1"), ANA, 20))
    assert applied.effects == (PostGone(id_),)
    assert store.posts([id_]) == {}
    assert store.uris([id_]) == {}
    assert live_uris(store) == {post_uri(BO, "2")}
    [reply] = store.posts([store.post_id(post_uri(BO, "2"))]).values()
    assert (reply.parent, reply.content.parent_uri) == (id_, None)
    assert store.counts().posts == 1


def test_a_removal_before_its_post_holds(store):
    early = commit(store, remove(post_uri(ANA, "1"), ANA, 20))
    assert (early.applied, early.effects) == (1, ())
    late = commit(store, post(ANA, "1", 10), post(ANA, "1", 20))
    assert (late.applied, late.effects) == (0, ())
    again = commit(store, post(ANA, "1", 21))
    assert again.applied == 1
    assert live_uris(store) == {post_uri(ANA, "1")}


def test_what_comes_and_goes_within_a_batch_has_no_effect(store):
    applied = commit(
        store,
        post(ANA, "1"),
        like(BO, "1", post_uri(ANA, "1")),
        remove(edge_uri(EdgeKind.LIKE, BO, "1"), BO, 21),
        remove(post_uri(ANA, "1"), ANA, 22),
    )
    assert (applied.applied, applied.effects) == (4, ())


def test_a_replay_of_anything_changes_nothing(store):
    changes = (
        post(ANA, "1"),
        like(BO, "1", post_uri(ANA, "1")),
        edge(EdgeKind.FOLLOW, BO, "1", ANA),
        remove(post_uri(ANA, "1"), ANA, 30),
        PutProfile(ANA, 5, 5, "Ana"),
        Identity(ANA, 6, "ana.example"),
        AccountState(CY, AccountStatus.DELETED, 7),
        Label(MODERATION, BO, "!hide", 8),
        PutGate(
            f"at://{ANA}/app.bsky.feed.threadgate/1",
            ANA,
            post_uri(ANA, "1"),
            9,
            9,
            (post_uri(BO, "1"),),
        ),
    )
    assert commit(store, *changes, cursor=9).applied == len(changes)
    before = store.counts()
    for replay in (changes, changes[::-1], changes[:3], changes[4:]):
        again = commit(store, *replay, cursor=9)
        assert (again.applied, again.ignored, again.effects) == (0, len(replay), ())
    assert replace(store.counts(), bytes=before.bytes) == before
    assert before.events == len(changes)


# ----------------------------------------------------------------------------- edges


@pytest.mark.parametrize("kind", list(EdgeKind))
def test_an_edge_is_known_by_its_record(store, kind):
    subject = post_uri(ANA, "1") if kind in (EdgeKind.LIKE, EdgeKind.REPOST) else ANA
    put = edge(kind, BO, "1", subject)
    [effect] = commit(store, put).effects
    assert isinstance(effect, EdgePut)
    assert effect.uri == (put.uri if kind is EdgeKind.REPOST else "")
    assert edges(store, kind) == [(effect.actor, effect.subject)]
    gone = commit(store, remove(put.uri, BO, 30))
    assert gone.effects == (EdgeGone(kind, effect.actor, effect.subject),)
    assert edges(store, kind) == []
    assert commit(store, put).effects == ()


def test_an_edge_made_twice_holds_until_both_are_removed(store):
    commit(store, edge(EdgeKind.FOLLOW, BO, "1", ANA), edge(EdgeKind.FOLLOW, BO, "2", ANA))
    assert commit(store, remove(edge_uri(EdgeKind.FOLLOW, BO, "1"), BO, 30)).effects == ()
    [gone] = commit(store, remove(edge_uri(EdgeKind.FOLLOW, BO, "2"), BO, 31)).effects
    assert isinstance(gone, EdgeGone)


def test_an_edge_of_this_square_can_be_taken_back_by_its_uri(store):
    uri = "local://reader/follow/ana"
    put = PutEdge(EdgeKind.FOLLOW, uri, "reader", ANA, 5, 5)
    [effect] = commit(store, put, source="").effects
    [gone] = commit(store, Remove(uri, "reader", 6, 6), source="").effects
    assert gone == EdgeGone(EdgeKind.FOLLOW, effect.actor, effect.subject)
    assert commit(store, put, source="").applied == 0


def test_edges_on_a_post_newest_first(store):
    commit(
        store,
        post(ANA, "1"),
        like(BO, "1", post_uri(ANA, "1"), 20),
        like(CY, "1", post_uri(ANA, "1"), 30),
        like(ANA, "1", post_uri(ANA, "1"), 25),
        edge(EdgeKind.REPOST, BO, "9", post_uri(ANA, "1")),
    )
    id_ = store.post_id(post_uri(ANA, "1"))
    who = [store.accounts([e.actor])[e.actor].name for e in store.edges_on(id_, EdgeKind.LIKE)]
    assert who == [CY, ANA, BO]
    assert len(store.edges_on(id_, EdgeKind.LIKE, limit=2)) == 2
    [repost] = store.edges_on(id_, EdgeKind.REPOST)
    assert repost.uri == edge_uri(EdgeKind.REPOST, BO, "9")


# -------------------------------------------------------------------------- accounts


def test_a_hidden_account_is_out_of_sight_and_comes_back(store):
    commit(store, post(ANA, "1"), like(ANA, "1", post_uri(BO, "1")), post(BO, "1"))
    ana, id_ = store.account_id(ANA), store.post_id(post_uri(ANA, "1"))
    [changed] = commit(store, AccountState(ANA, AccountStatus.HIDDEN, 30)).effects
    assert isinstance(changed, AccountChanged)
    assert changed.account.status is AccountStatus.HIDDEN
    assert store.posts([id_]) == {}
    assert live_uris(store) == {post_uri(BO, "1")}
    assert edges(store, EdgeKind.LIKE) == []
    assert store.hidden_accounts().tolist() == [ana]
    assert store.counts().posts == 2
    later = commit(store, post(ANA, "2", 31), like(ANA, "2", post_uri(BO, "1"), 32))
    assert (later.applied, later.effects) == (2, ())
    back = commit(store, AccountState(ANA, AccountStatus.ACTIVE, 40)).effects
    assert [e.post.uri for e in back if isinstance(e, PostPut) and e.fresh] == [
        post_uri(ANA, "1"),
        post_uri(ANA, "2"),
    ]
    assert len([e for e in back if isinstance(e, EdgePut)]) == 2
    assert store.hidden_accounts().tolist() == []
    assert len(live_uris(store)) == 3


def test_a_deleted_account_takes_everything_with_it(store):
    commit(
        store,
        post(ANA, "1"),
        post(BO, "1", parent_uri=post_uri(ANA, "1")),
        like(ANA, "1", post_uri(BO, "1")),
        edge(EdgeKind.FOLLOW, ANA, "1", BO),
        edge(EdgeKind.FOLLOW, BO, "1", ANA),
        PutProfile(ANA, 5, 5, "Ana", labels=("!no-unauthenticated",)),
        Identity(ANA, 6, "ana.example"),
    )
    ana, id_ = store.account_id(ANA), store.post_id(post_uri(ANA, "1"))
    store.save_settings(ana, ViewerSettings(theme="dark"))
    store.record([ViewerEvent(ana, EventKind.IMPRESSION, id_, 25)])
    applied = commit(store, AccountState(ANA, AccountStatus.DELETED, 30))
    assert applied.effects[0] == AccountErased(ana, (id_,))
    assert live_uris(store) == {post_uri(BO, "1")}
    assert edges(store, EdgeKind.LIKE) == []
    assert len(edges(store, EdgeKind.FOLLOW)) == 1  # the other's act stays the other's
    account = store.accounts([ana])[ana]
    assert (account.handle, account.display_name, account.labels) == (None, "", ())
    assert store.settings(ana) == ViewerSettings()
    assert store.events(ana) == []
    assert store.uris([id_]) == {}
    assert store.record([ViewerEvent(ana, EventKind.CLICK, id_, 29)]) == 0
    old = commit(store, post(ANA, "1"), post(ANA, "9", 30), like(ANA, "2", post_uri(BO, "1"), 5))
    assert (old.applied, old.effects) == (0, ())


@pytest.mark.parametrize("deleted_first", [True, False])
def test_a_deletion_takes_what_happened_at_its_very_instant(store, deleted_first):
    acts = (
        post(ANA, "1", 30),
        like(ANA, "1", post_uri(BO, "1"), 30),
        PutProfile(ANA, 30, 30, "Ana"),
        Identity(ANA, 30, "ana.example"),
        PutGate(f"at://{ANA}/app.bsky.feed.threadgate/1", ANA, post_uri(ANA, "1"), 30, 30),
    )
    deletion = AccountState(ANA, AccountStatus.DELETED, 30)
    commit(store, *((deletion, *acts) if deleted_first else (*acts, deletion)))
    commit(store, AccountState(ANA, AccountStatus.ACTIVE, 40))
    assert live_uris(store) == set()
    assert edges(store, EdgeKind.LIKE) == []
    assert list(store.scan_gates()) == []
    ana = store.account_id(ANA)
    account = store.accounts([ana])[ana]
    assert (account.handle, account.display_name) == (None, "")


def test_a_deleted_account_may_come_back_with_new_things_only(store):
    commit(store, post(ANA, "1"), AccountState(ANA, AccountStatus.DELETED, 30))
    commit(store, AccountState(ANA, AccountStatus.ACTIVE, 40), post(ANA, "2", 41))
    assert live_uris(store) == {post_uri(ANA, "2")}
    assert commit(store, post(ANA, "1"), AccountState(ANA, AccountStatus.DELETED, 30)).applied == 0
    assert live_uris(store) == {post_uri(ANA, "2")}


def test_an_old_deletion_heard_late_still_erases_what_was_before(store):
    commit(
        store, post(ANA, "1", 10), post(ANA, "2", 50), AccountState(ANA, AccountStatus.ACTIVE, 40)
    )
    applied = commit(store, AccountState(ANA, AccountStatus.DELETED, 30))
    assert applied.applied == 1
    assert live_uris(store) == {post_uri(ANA, "2")}
    ana = store.account_id(ANA)
    assert store.accounts([ana])[ana].status is AccountStatus.ACTIVE


def test_names_are_kept_by_newest_word(store):
    commit(store, Identity(ANA, 5, "new.example"), PutProfile(ANA, 7, 7, "Ana", "about"))
    assert commit(store, Identity(ANA, 4, "old.example"), PutProfile(ANA, 6, 6, "x")).applied == 0
    assert commit(store, Identity(ANA, 9)).applied == 0  # tells that keys changed; nothing to keep
    ana = store.account_id(ANA)
    account = store.accounts([ana])[ana]
    assert (account.handle, account.display_name) == ("new.example", "Ana")
    [changed] = commit(store, remove(f"at://{ANA}/app.bsky.actor.profile/self", ANA, 8)).effects
    assert changed.account.display_name == ""


def test_accounts_are_found_by_how_they_are_called(store):
    commit(
        store,
        Identity(ANA, 5, "ana.example"),
        Identity(BO, 5, "anatol.example"),
        PutProfile(CY, 5, 5, "Anastasia"),
    )
    found = [account.name for account in store.search_accounts("@AN")]
    assert found == [ANA, BO, CY]
    assert [a.name for a in store.search_accounts("did:plc:b")] == [BO]
    assert store.search_accounts("%") == []
    assert store.search_accounts("") == []
    assert len(store.search_accounts("an", limit=2)) == 2


def test_an_opted_out_author_is_listed_and_still_readable(store):
    commit(store, post(ANA, "1"))
    ana = store.opt_out(ANA, True)
    assert store.hidden_accounts().tolist() == [ana]
    assert store.accounts([ana])[ana].opted_out
    assert live_uris(store) == {post_uri(ANA, "1")}
    commit(store, PutProfile(ANA, 5, 5, "Ana"))
    assert store.accounts([ana])[ana].opted_out
    assert store.opt_out(ANA, False) == ana
    assert store.hidden_accounts().tolist() == []
    assert store.opt_out("did:plc:never-seen", True) > 0


# ---------------------------------------------------------------- labels and gates


def test_labels_of_an_account_are_its_own_and_those_given_to_it(store):
    own = PutProfile(ANA, 5, 5, "Ana", labels=("!no-unauthenticated", "porn"))
    [changed] = commit(store, own).effects
    assert changed.account.labels == ("!no-unauthenticated", "porn")
    [changed] = commit(store, Label(MODERATION, ANA, "!warn", 6)).effects
    assert changed.account.labels == ("!no-unauthenticated", "porn", "!warn")
    # An older profile says nothing; a newer one takes its own labels back and no others.
    assert commit(store, PutProfile(ANA, 4, 4, "Ana", labels=("nudity",))).applied == 0
    [changed] = commit(store, PutProfile(ANA, 7, 7, "Ana")).effects
    assert changed.account.labels == ("!warn",)
    commit(store, own)
    ana = store.account_id(ANA)
    assert store.accounts([ana])[ana].labels == ("!warn",)


def test_a_profile_taken_back_takes_its_labels_with_it(store):
    commit(store, PutProfile(ANA, 5, 5, "Ana", labels=("!no-unauthenticated",)))
    gone = commit(store, remove(f"at://{ANA}/app.bsky.actor.profile/self", ANA, 6))
    assert gone.effects[0].account.labels == ()
    assert list(store.marked_accounts()) == []


def test_marked_accounts_are_all_that_a_feed_must_know_of(store):
    people = [f"did:plc:{name}" for name in "abcdef"]
    a, b, c, d, e, f = people
    commit(
        store,
        *(post(who, "1") for who in people),
        PutProfile(a, 5, 5, "A", labels=("!no-unauthenticated",)),
        Label(MODERATION, b, "graphic-media", 5),
        Label(MODERATION, b, "porn", 6),
        Label(MODERATION, b, "porn", 7, negated=True),
        AccountState(c, AccountStatus.HIDDEN, 30),
        AccountState(d, AccountStatus.DELETED, 30),
        PutProfile(f, 5, 5, "F", "an account with nothing to hide"),
    )
    store.opt_out(e, True)
    marked = list(store.marked_accounts())
    assert [account.name for account in marked] == [a, b, c, d, e]
    assert [account.id for account in marked] == sorted(account.id for account in marked)
    assert [account.labels for account in marked[:2]] == [
        ("!no-unauthenticated",),
        ("graphic-media",),
    ]
    assert [account.status for account in marked[2:4]] == [
        AccountStatus.HIDDEN,
        AccountStatus.DELETED,
    ]
    assert marked[4].opted_out
    assert marked == list(store.accounts([account.id for account in marked]).values())


def test_labels_of_a_post_by_newest_word(store):
    commit(store, post(ANA, "1", labels=("nudity",)))
    id_ = store.post_id(post_uri(ANA, "1"))
    assert commit(store, Label(MODERATION, post_uri(ANA, "1"), "!hide", 20)).effects == (
        PostLabelled(id_, ("nudity", "!hide")),
    )
    assert commit(store, Label(MODERATION, post_uri(ANA, "1"), "!hide", 15, True)).applied == 0
    [columns] = store.scan_posts()
    assert columns.labels == ["nudity,!hide"]
    off = commit(store, Label(MODERATION, post_uri(ANA, "1"), "!hide", 25, negated=True))
    assert off.effects == (PostLabelled(id_, ("nudity",)),)


def test_a_label_before_its_post_is_told_with_it(store):
    commit(store, Label(MODERATION, post_uri(ANA, "1"), "porn", 5))
    put, labelled = commit(store, post(ANA, "1")).effects
    assert isinstance(put, PostPut)
    assert labelled == PostLabelled(put.post.id, ("porn",))
    put, labelled = commit(store, post(ANA, "1", 30, text="rewritten")).effects
    assert labelled == PostLabelled(put.post.id, ("porn",))


@pytest.mark.parametrize("subject", [ANA, f"at://{ANA}/app.bsky.actor.profile/self"])
def test_a_hiding_label_hides_an_account(store, subject):
    commit(store, post(ANA, "1"))
    [changed] = commit(store, Label(MODERATION, subject, "!takedown", 20)).effects
    assert changed.account.labels == ("!takedown",)
    assert store.hidden_accounts().tolist() == [store.account_id(ANA)]
    assert live_uris(store) == set()
    commit(store, Label(MODERATION, subject, "!takedown", 21, negated=True))
    assert live_uris(store) == {post_uri(ANA, "1")}


def test_gates_of_a_thread_are_told_together(store):
    thread, reply, quote = post_uri(ANA, "1"), post_uri(BO, "1"), post_uri(CY, "1")
    commit(store, post(ANA, "1"))
    gate = PutGate(f"at://{ANA}/app.bsky.feed.threadgate/1", ANA, thread, 5, 5, (reply,))
    other = PutGate(f"at://{ANA}/app.bsky.feed.postgate/1", ANA, thread, 5, 5, (), (quote,))
    commit(store, gate)
    [wishes] = commit(store, other).effects
    ids = [store.reference_id(uri) for uri in (thread, reply, quote)]
    assert wishes == GatePut(ids[0], (ids[1],), (ids[2],))
    assert list(store.scan_gates()) == [wishes]
    [left] = commit(store, remove(gate.uri, ANA, 9)).effects
    assert left == GatePut(ids[0], (), (ids[2],))
    of_another = PutGate(f"at://{BO}/app.bsky.feed.threadgate/1", BO, thread, 5, 5, (quote,))
    assert commit(store, of_another).applied == 0


# ------------------------------------------------------------------------- look-up


def test_conversations_and_authors(store):
    root, answer = post_uri(ANA, "1"), post_uri(BO, "1")
    commit(
        store,
        post(ANA, "1", 1),
        post(BO, "1", 2, parent_uri=root, root_uri=root),
        post(CY, "1", 3, parent_uri=answer, root_uri=root),
        post(ANA, "2", 4, parent_uri=root, root_uri=root),
    )
    ids = {uri: store.post_id(uri) for uri in live_uris(store)}
    thread = [ids[root], ids[answer], ids[post_uri(CY, "1")], ids[post_uri(ANA, "2")]]
    assert store.thread(ids[root]) == thread
    assert store.thread(ids[root], limit=2) == thread[:2]
    assert store.replies_of(ids[root]) == [ids[answer], ids[post_uri(ANA, "2")]]
    assert store.replies_of(ids[root], limit=1) == [ids[answer]]
    ana = store.account_id(ANA)
    assert store.account_posts(ana) == [ids[post_uri(ANA, "2")], ids[root]]
    commit(store, remove(answer, BO, 9))
    assert store.replies_of(ids[root]) == [ids[post_uri(ANA, "2")]]
    assert store.counts().replies == 2


def test_what_was_never_seen_is_none(store):
    assert store.post_id("at://nobody/app.bsky.feed.post/1") is None
    assert store.post_id("\ud800") is None
    assert store.account_id("nobody") is None
    assert store.posts([1, 2, 3]) == {}
    assert store.accounts([0, 99]) == {}
    assert store.uris([5]) == {}
    assert store.cursor("stream") is None
    assert store.meta("secret") is None
    assert store.counts().cursor is None
    assert list(store.scan_posts()) == []


def test_many_posts_are_looked_up_at_once_and_scanned_in_chunks(store):
    commit(store, *(post(ANA, str(i), 100 + i) for i in range(1_203)))
    commit(store, *(like(BO, str(i), post_uri(ANA, str(i)), 5_000 - i) for i in range(1_203)))
    ids = [i for columns in store.scan_posts(chunk=500) for i in columns.id.tolist()]
    assert ids == sorted(ids)
    assert len(ids) == 1_203
    assert list(store.posts(ids[::-1])) == ids[::-1]
    chunks = list(store.scan_edges(EdgeKind.LIKE, chunk=500))
    assert sum(len(columns.actor) for columns in chunks) == 1_203
    assert all(columns.at_us.tolist() == sorted(columns.at_us.tolist()) for columns in chunks)
    assert [len(found) for found, _ in store.scan_texts(ids[0], chunk=1_000)] == [1_000, 202]


def test_cursors_and_meta(store):
    commit(store, cursor=5)
    commit(store, source="other", cursor=9)
    commit(store, source="", cursor=100)
    assert (store.cursor("stream"), store.cursor("other"), store.cursor("")) == (5, 9, None)
    assert store.counts().cursor == 9
    store.set_meta("secret", "a")
    store.set_meta("secret", "b")
    assert store.meta("secret") == "b"


# ------------------------------------------------------------------------- viewers


@pytest.fixture
def reader(store):
    commit(store, *(post(ANA, str(i), i) for i in range(1, 9)))
    return store.intern_account("reader")


def ids_of(store, *keys: int) -> list[int]:
    return [store.post_id(post_uri(ANA, str(key))) for key in keys]


def test_viewer_events_count_once(store, reader):
    [one] = ids_of(store, 1)
    event = ViewerEvent(
        reader, EventKind.DWELL, one, 50, 4.5, None, 3, 0.25, "first_version", "page"
    )
    undo = ViewerEvent(reader, EventKind.UNDO, one, 51, undoes=EventKind.LIKE)
    assert store.record([event, event, undo]) == 2
    assert store.record([event]) == 0
    assert store.record([]) == 0
    assert store.events(reader) == [undo, event]
    assert store.events(reader, (EventKind.DWELL,)) == [event]
    assert store.events(reader, limit=1) == [undo]
    assert store.record([replace(event, viewer=999)]) == 0


def test_seen_and_served_are_told_apart(store, reader):
    one, two, three = ids_of(store, 1, 2, 3)
    store.record(
        [
            ViewerEvent(reader, EventKind.SERVED, one, 10),
            ViewerEvent(reader, EventKind.SERVED, two, 20),
            ViewerEvent(reader, EventKind.IMPRESSION, two, 21),
            ViewerEvent(reader, EventKind.IMPRESSION, two, 25),
            ViewerEvent(reader, EventKind.LIKE, three, 26),
        ]
    )
    assert store.served(reader, 0).tolist() == [one, two]
    assert store.served(reader, 20).tolist() == [two]
    assert store.seen(reader, 0).tolist() == [two, three]
    assert store.seen(reader, 26).tolist() == [three]


def test_history_joins_public_acts_with_those_made_here(store, reader):
    one, two, three, four, five, six = ids_of(store, 1, 2, 3, 4, 5, 6)
    uri = [post_uri(ANA, str(i)) for i in range(9)]
    commit(
        store,
        PutEdge(EdgeKind.LIKE, "local://l", "reader", uri[1], 30, 30),
        PutEdge(EdgeKind.REPOST, "local://r", "reader", uri[2], 31, 31),
        PutEdge(EdgeKind.FOLLOW, "local://f", "reader", ANA, 32, 32),
        PutPost("app://1", "reader", 40, 40, PostContent(parent_uri=uri[3], quote_uri=uri[4])),
    )
    store.record(
        [
            ViewerEvent(reader, EventKind.LIKE, one, 29),  # the network's echo came later
            ViewerEvent(reader, EventKind.IMPRESSION, one, 33),
            ViewerEvent(reader, EventKind.SERVED, one, 33),
            ViewerEvent(reader, EventKind.NO_OPINION, one, 33),
            ViewerEvent(reader, EventKind.DWELL, one, 34, 2.9),
            ViewerEvent(reader, EventKind.DWELL, two, 35, 3.0),
            ViewerEvent(reader, EventKind.LIKE, five, 36),
            ViewerEvent(reader, EventKind.UNDO, five, 37, undoes=EventKind.LIKE),
            ViewerEvent(reader, EventKind.LIKE, six, 38),
            ViewerEvent(reader, EventKind.UNDO, six, 37, undoes=EventKind.LIKE),
            ViewerEvent(reader, EventKind.MUTE, six, 41),
            ViewerEvent(reader, EventKind.REGRET, six, 42),
        ]
    )
    history = store.history(reader)
    assert [(act.kind, act.post, act.at_us) for act in history] == [
        (EventKind.REGRET, six, 42),
        (EventKind.MUTE, six, 41),
        (EventKind.REPLY, three, 40),
        (EventKind.QUOTE, four, 40),
        (EventKind.LIKE, six, 38),
        (EventKind.DWELL, two, 35),
        (EventKind.REPOST, two, 31),
        (EventKind.LIKE, one, 30),
    ]
    assert history[5].seconds == 3.0
    assert store.history(reader, limit=3) == history[:3]
    commit(store, Remove("local://l", "reader", 50, 50))
    assert [(act.kind, act.at_us) for act in store.history(reader)][-1] == (EventKind.LIKE, 29)


def test_settings_are_kept_whole(store, reader):
    assert store.settings(reader) == ViewerSettings()
    chosen = ViewerSettings(
        languages=("en", "pt"),
        muted_words=("spoiler", "ネタバレ"),
        muted_accounts=frozenset({3, 5}),
        muted_conversations=frozenset({7}),
        sensitive="show",
        exploration=0.1,
        preset="chronological",
        rules_off=frozenset({"own"}),
        survey_share=0.0,
        images=True,
        theme="dark",
        vector_weights={12: 0.5},
    )
    store.save_settings(reader, chosen)
    assert store.settings(reader) == chosen
    store.save_settings(reader, ViewerSettings(theme="light"))
    assert store.settings(reader) == ViewerSettings(theme="light")
    with pytest.raises(UnknownAccount):
        store.save_settings(999, chosen)


def test_forget_deletes_and_gives_a_receipt(store, reader):
    [one] = ids_of(store, 1)
    store.save_settings(reader, ViewerSettings(theme="dark"))
    store.record([ViewerEvent(reader, EventKind.LIKE, one, t) for t in range(5)])
    commit(
        store,
        PutEdge(EdgeKind.FOLLOW, "local://reader/follow/ana", "reader", ANA, 1, 1),
        like(BO, "1", post_uri(ANA, "1")),
    )
    store.notes.link(reader, "f" * 64, b"salt")
    store.questions.keep(KeptQuestion("k", reader, 1, "Who?", "{}"))
    assert store.forget(reader) == {
        "viewer_events": 5,
        "viewer_settings": 1,
        "edges": 1,
        "note_links": 1,
        "placements": 0,
        "kept_questions": 1,
    }
    assert store.notes.pseudonym(reader) is None
    assert store.history(reader) == []
    assert store.settings(reader) == ViewerSettings()
    assert edges(store, EdgeKind.FOLLOW) == []
    assert set(store.forget(reader).values()) == {0}
    bo = store.account_id(BO)
    store.record([ViewerEvent(bo, EventKind.LIKE, one, 3)])
    assert {what for what, n in store.forget(bo).items() if n} == {"viewer_events"}
    assert len(edges(store, EdgeKind.LIKE)) == 1  # public, and not ours to delete


# ------------------------------------------------------------------------ retention


def test_old_posts_go_and_stay_gone(store):
    old, new = post(ANA, "1", 100), post(ANA, "2", 200)
    liked, late = like(BO, "1", old.uri, 110), like(BO, "2", old.uri, 190)
    answer = post(BO, "9", 195, parent_uri=old.uri, root_uri=old.uri)
    commit(store, old, new, liked, late, answer, like(BO, "3", new.uri, 200))
    id_ = store.post_id(old.uri)
    before = store.counts()
    assert store.expire(150, 0) == [id_]
    assert live_uris(store) == {new.uri, answer.uri}
    assert len(edges(store, EdgeKind.LIKE)) == 2  # the one as old as the post went with it
    assert store.reference_id(old.uri) == id_  # something newer points at it
    counts = store.counts()
    assert (counts.posts, counts.replies) == (before.posts - 1, before.replies)
    replay = commit(store, old, new, liked, late, answer)
    assert (replay.applied, replay.effects) == (0, ())
    assert store.expire(150, 0) == []
    assert len(store.expire(1_000, 0)) == 2
    assert store.reference_id(old.uri) is None
    assert (store.counts().posts, store.counts().replies) == (0, 0)
    assert edges(store, EdgeKind.LIKE) == []
    assert commit(store, old, new, liked, late, answer).applied == 0


def test_what_is_handed_in_on_purpose_may_be_old(store):
    store.expire(150, 0)
    assert commit(store, post(ANA, "1", 100)).applied == 0
    assert commit(store, post(ANA, "1", 100), source="").applied == 1


def test_posts_that_a_reader_is_made_of_stay(store, reader):
    one, two, three = ids_of(store, 1, 2, 3)
    store.record([ViewerEvent(reader, EventKind.LIKE, one, 90)])
    commit(store, PutEdge(EdgeKind.LIKE, "local://l", "reader", post_uri(ANA, "2"), 91, 91))
    assert three in store.expire(100, 0)
    assert store.posts([one, two, three]).keys() == {one, two}
    assert len(store.history(reader)) == 2
    assert sorted(store.expire(100, 0, keep_history=0)) == [one, two]
    assert [act.post for act in store.history(reader)] == [one]  # acts stay, as ids


def test_old_viewer_events_go(store, reader):
    [one] = ids_of(store, 1)
    store.record([ViewerEvent(reader, EventKind.IMPRESSION, one, t) for t in (10, 20, 30)])
    store.expire(0, 20)
    assert [event.at_us for event in store.events(reader)] == [30, 20]


def test_accounts_hidden_for_long_are_erased(store):
    commit(
        store,
        post(ANA, "1", 500),
        PutProfile(ANA, 5, 5, "Ana"),
        edge(EdgeKind.FOLLOW, ANA, "1", BO),
    )
    commit(store, post(BO, "1", 500))
    id_ = store.post_id(post_uri(ANA, "1"))
    commit(store, AccountState(ANA, AccountStatus.HIDDEN, 600))
    assert store.expire(0, 600) == []
    assert store.expire(0, 601) == [id_]
    ana = store.account_id(ANA)
    assert store.accounts([ana])[ana].display_name == ""
    assert store.counts().posts == 1
    assert commit(store, post(ANA, "1", 500)).applied == 0
    commit(store, AccountState(ANA, AccountStatus.ACTIVE, 700), post(ANA, "2", 701))
    assert live_uris(store) == {post_uri(BO, "1"), post_uri(ANA, "2")}
    assert edges(store, EdgeKind.FOLLOW) == []


def test_viewer_events_are_scanned_in_chunks(store):
    ana, bo = store.intern_account(ANA), store.intern_account(BO)
    commit(store, post(CY, "a"))
    seen = store.post_id(post_uri(CY, "a"))
    events = [
        ViewerEvent(viewer, kind, seen, at_us, seconds=seconds, position=3, propensity=0.5,
                    policy="first_version/1", surface="page")
        for viewer in (bo, ana)
        for kind, seconds in ((EventKind.DWELL, 2.5), (EventKind.IMPRESSION, None))
        for at_us in (30, 10, 20)
    ]  # fmt: skip
    undo = ViewerEvent(ana, EventKind.UNDO, seen, 40, undoes=EventKind.LIKE)
    store.record([*events, undo])
    chunks = list(store.scan_viewer_events(20, chunk=3))
    assert sum(map(len, chunks)) == 9
    assert max(map(len, chunks)) == 3
    keys = [
        key
        for c in chunks
        for key in zip(c.viewer.tolist(), c.kind.tolist(), c.at_us.tolist(), strict=True)
    ]
    assert keys == sorted(keys)
    assert keys[-1][0] == bo
    first = chunks[0]
    assert (first.position[0], first.propensity[0], first.policy[0]) == (3, 0.5, "first_version/1")
    undone = [c.undoes.tolist() for c in chunks]
    assert sum(int(EventKind.LIKE) in each for each in undone) == 1
    assert not any(np.isnan(c.seconds[c.kind == EventKind.DWELL]).any() for c in chunks)
    assert list(store.scan_viewer_events(41)) == []
