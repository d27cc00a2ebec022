"""Pages as the rest of the square asks for them: exact, repeatable, and never a post twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoa.errors import BadCursor, BadInput, StoreFull
from stoa.feed.service import FeedConfig
from stoa.records import AccountStatus, EventKind, PostId, as_ids

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US


def served(world, who: str) -> list:
    return world.store.events(world.account(who), (EventKind.SERVED,))


def test_a_walk_to_the_end_never_repeats_a_post(busy):
    posts = busy.walk("me", 30)
    assert len(posts) == len(set(posts)) > 300
    assert busy.page("me", 10).reading != busy.page("me", 10).reading


def test_pages_are_exact_until_the_last(busy):
    page, sizes, cursors = busy.page("me", 37), [], set()
    while True:
        sizes.append(len(page.items))
        if page.cursor is None:
            break
        assert page.cursor not in cursors
        cursors.add(page.cursor)
        page = busy.page("me", 37, cursor=page.cursor)
    assert set(sizes[:-1]) == {37}
    assert 0 < sizes[-1] <= 37


def test_a_reading_ends_where_the_pool_ends(new_world):
    world = new_world(FeedConfig(reading=50))
    for i in range(80):
        world.post(f"a{i}", str(i), i % 7)
    posts = world.walk("me", 20)
    assert len(posts) == 50
    assert len(world.walk(None, 20)) == 50


def test_a_reading_is_as_long_as_promised_where_threads_are_cut_short(new_world):
    """Answers beyond the third leave room, which others take: 50 means 50 while there are 50."""
    world = new_world(FeedConfig(reading=50))
    roots = [world.post(f"a{i}", str(i), i % 7) for i in range(60)]
    for i in range(60):
        world.post(f"b{i}", f"answer {i}", 0, parent=roots[0], root=roots[0])
    assert len(world.walk("me", 20)) == 50


def test_the_same_cursor_gives_the_same_page(busy):
    cursor = busy.page("me", 20).cursor
    second = busy.page("me", 20, cursor=cursor)
    busy.page("me", 20, cursor=second.cursor)
    assert busy.page("me", 20, cursor=cursor) == second


def test_a_cursor_belongs_to_its_viewer(busy):
    cursor = busy.page("me", 20).cursor
    for other in ("a1", None):
        with pytest.raises(BadCursor):
            busy.page(other, 20, cursor=cursor)
    with pytest.raises(BadCursor):
        busy.page("me", 20, cursor="gibberish")


def test_a_let_go_reading_goes_on_without_what_was_served(busy):
    page = busy.page("me", 40)
    first = [item.post for item in page.items]
    busy.feed = busy.new_feed()  # a restart: every reading is gone
    page = busy.page("me", 40, cursor=page.cursor)
    assert [item.position for item in page.items] == list(range(40, 80))
    assert page == busy.page("me", 40, cursor=busy.feed._cursors.make(_place(page, 40), _me()))
    rest = [item.post for item in page.items]
    while page.cursor is not None:
        page = busy.page("me", 40, cursor=page.cursor)
        rest += [item.post for item in page.items]
    assert len(set(first + rest)) == len(first + rest) > 300


def _place(page, offset):
    from stoa.feed.cursors import Place

    return Place(page.reading, offset)


def _me() -> str:
    return "did:plc:me"


def test_an_old_reading_is_made_anew(busy):
    page = busy.page("me", 40)
    busy.clock.us += HOUR_US
    later = busy.page("me", 40, cursor=page.cursor)
    assert not {i.post for i in later.items} & {i.post for i in page.items}


def test_deleted_posts_vanish_from_readings_at_once(busy):
    page = busy.page("me", 10)
    coming = busy.page("me", 10, cursor=page.cursor).items
    for item in coming[:4]:
        busy.delete(item.post)
    again = busy.page("me", 10, cursor=page.cursor).items
    assert len(again) == 10
    assert [i.post for i in again[:6]] == [i.post for i in coming[4:]]
    counts = {rule.name: rule.count for rule in busy.feed.left_out(_me())}
    assert counts["gone"] == 4


def test_an_account_hidden_or_blocked_in_between_is_not_served(busy):
    page = busy.page("me", 10)
    coming = busy.page("me", 30, cursor=page.cursor).items
    authors = [busy.store.posts([i.post])[i.post].author_name.split(":")[-1] for i in coming]
    busy.state(authors[0], AccountStatus.HIDDEN)
    busy.block(authors[1], "me")
    busy.wish("me", muted_accounts=frozenset({int(busy.account(authors[2]))}))
    left = {int(busy.account(a)) for a in authors[:3]}
    for item in busy.page("me", 30, cursor=page.cursor).items:
        assert busy.store.posts([item.post])[item.post].author not in left


def test_no_page_with_a_cursor_is_empty(new_world):
    world = new_world()
    posts = [world.post(f"a{i}", str(i), i % 7) for i in range(10)]
    page = world.page("me", 5)
    shown = {item.post for item in page.items}
    for post in set(posts) - shown:
        world.delete(post)
    last = world.page("me", 5, cursor=page.cursor)
    assert last.items == ()
    assert last.cursor is None


def test_an_empty_square_has_an_empty_page(new_world):
    world = new_world()
    for who in (None, "me"):
        page = world.page(who)
        assert page.items == ()
        assert page.cursor is None


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_limit_that_cannot_be_is_refused(world, limit):
    with pytest.raises(BadInput, match="whole number from 1 to 200"):
        world.page("me", limit)


def test_what_is_served_is_logged_once_with_its_propensity(busy):
    page = busy.page("me", 20, surface="api")
    busy.page("me", 20, cursor=page.cursor, surface="api")
    busy.page("me", 20, cursor=page.cursor, surface="api")
    log = {event.position: event for event in served(busy, "me")}
    assert sorted(log) == list(range(40))
    for item in page.items:
        event = log[item.position]
        assert (event.post, event.propensity) == (item.post, item.propensity)
        assert event.policy == "first_version/1"
        assert event.surface == "api"
    assert len(served(busy, "me")) == 40


@pytest.mark.parametrize(
    ("asked", "policy"),
    [
        ({}, "first_version/1"),
        ({"tab": "following"}, "following/1"),
        ({"policy": "popular"}, "popular/1"),
        ({"policy": "chronological"}, "chronological/1"),
    ],
)
def test_the_log_tells_of_every_post_what_its_page_tells(busy, asked, policy):
    """Policy, position and propensity of SERVED events are the page's own, page after page."""
    busy.wish("me", exploration=0.3)
    shown = {}
    page = None
    for _ in range(3):
        cursor = page.cursor if page else None
        page = busy.page("me", 7, cursor=cursor, **asked)
        assert page.policy == policy
        shown |= {item.post: (item.position, item.propensity) for item in page.items}
        if page.cursor is None:
            break
    logged = served(busy, "me")
    assert {e.post: (e.position, e.propensity) for e in logged} == shown
    assert {(e.policy, e.surface) for e in logged} == {(policy, "page")}
    assert sorted(place for place, _ in shown.values()) == list(range(len(shown)))


def test_a_preset_chosen_by_the_reader_is_named_in_the_log(busy):
    busy.wish("me", preset="chronological")
    assert busy.page("me", 5).policy == "chronological/1"
    assert {event.policy for event in served(busy, "me")} == {"chronological/1"}


def test_a_surface_is_filled_with_what_it_can_show_and_the_rest_is_not_served(busy):
    def even(posts):
        return [post for post in posts if post % 2 == 0]

    page = busy.page("me", 20, fits=even)
    assert len(page.items) == 20
    assert all(item.post % 2 == 0 for item in page.items)
    again = busy.page("me", 20, cursor=page.cursor, fits=even)
    assert not {i.post for i in again.items} & {i.post for i in page.items}
    assert {event.post for event in served(busy, "me")} == {
        item.post for item in page.items + again.items
    }
    rules = {rule.name: rule for rule in busy.feed.left_out(_me())}
    assert rules["elsewhere"].count > 0
    assert not rules["elsewhere"].switchable


def test_a_peek_leaves_no_trace(busy):
    first = busy.page("me", 20)
    before = len(served(busy, "me"))
    peek = busy.page("me", 1, peek=True)
    assert [i.post for i in peek.items] == [first.items[0].post]
    assert busy.page("me", 1, peek=True).items == peek.items
    assert len(served(busy, "me")) == before
    assert busy.page("stranger", 1, peek=True).items
    assert busy.store.account_id("did:plc:stranger") is None


def test_the_logged_out_page_is_popular_and_unlogged(busy):
    events = sum(len(served(busy, f"a{i}")) for i in range(40))
    page = busy.page(None, 10)
    assert all(item.why == ("Popular here right now",) for item in page.items)
    assert all(item.propensity == 1.0 for item in page.items)
    assert sum(len(served(busy, f"a{i}")) for i in range(40)) == events


def test_where_nothing_was_liked_the_newest_posts_are_popular_enough(new_world):
    world = new_world()
    posts = [world.post(f"a{i}", str(i), i % 7) for i in range(20)]
    assert world.posts(None, 5) == posts[::-1][:5]
    assert set(world.posts("new", 30)) == set(posts)


def test_a_page_without_posts_is_looked_at_anew_when_some_arrive(new_world):
    """However many posts are too old: an empty page must not be handed out for half a minute."""
    world = new_world(FeedConfig(reading=20))
    for i in range(60):
        world.post(f"a{i}", str(i), i % 7)
    world.clock.us += 72 * HOUR_US
    assert world.posts(None) == []
    news = world.post("z", "news")
    assert world.posts(None) == [news]


def test_an_unknown_viewer_starts_cold_and_is_interned_when_served(busy):
    items = busy.page("newcomer", 30).items
    assert len(items) == 30
    known = [i for i in items if not i.explored]
    assert all("Popular here right now" in item.why for item in known[:10])
    assert busy.store.account_id("did:plc:newcomer") is not None
    assert not set(busy.posts("newcomer", 30)) & {i.post for i in items}


def test_a_viewer_may_be_named_by_id(busy):
    me = busy.account("me")
    page = busy.feed.page(me, limit=10)
    assert busy.page("me", 10, cursor=page.cursor).items[0].position == 10


def test_liked_topics_come_first(busy):
    items = [i for i in busy.page("me", 20).items if not i.explored]
    topics = [busy.store.posts([i.post])[i.post].content.text[-1] for i in items]
    assert topics.count("3") >= 0.9 * len(topics)
    assert items[0].why[0].startswith("Because you liked 11 posts like this, the last one ")


def test_a_regret_pushes_its_like_away(busy):
    before = busy.posts("me", 20, peek=True)
    busy.clock.us += SECOND_US
    for post in before[:3]:
        busy.act("me", EventKind.REGRET, post)
    busy.feed = busy.new_feed()
    after = [i for i in busy.page("me", 20, peek=True).items if not i.explored]
    assert not set(before[:3]) & {i.post for i in after}
    topics = [busy.store.posts([i.post])[i.post].content.text[-1] for i in after]
    assert topics.count("3") < 10
    assert busy.feed.why(_me(), before[0]).dropped_by == "dismissed"


def test_replies_are_candidates_and_name_their_parent(busy):
    items = [item for item in busy.page("me", 100).items if item.parent is not None]
    assert items
    for item in items:
        assert busy.store.posts([item.post])[item.post].parent == item.parent


def test_a_reply_to_a_post_never_seen_is_served(new_world):
    world = new_world()
    reply = world.post("a", "hello", parent_uri="at://did:plc:z/app.bsky.feed.post/3mvzvhcunseen")
    item = world.page("me").items[0]
    assert item.post == reply
    assert world.store.posts([item.parent]) == {}


def test_seen_posts_do_not_come_back(busy):
    items = busy.page("me", 20).items
    busy.clock.us += 3 * HOUR_US  # served posts may come again, seen ones may not
    for item in items[:10]:
        busy.act("me", EventKind.IMPRESSION, item.post)
    again = busy.walk("me", 100)
    assert not {i.post for i in items[:10]} & set(again)
    assert {i.post for i in items[10:]} & set(again)


def test_a_small_square_serves_again_rather_than_nothing(new_world):
    world = new_world()
    for i in range(12):
        world.post(f"a{i}", str(i), i % 7)
    assert len(world.walk("me", 5)) == len(world.walk("me", 5)) == 12


def test_old_posts_are_left_out_by_the_squares_clock(new_world):
    world = new_world()
    old = world.post("a", "old")
    world.clock.us += 49 * HOUR_US
    new = world.post("b", "new")
    assert world.posts("me") == [new]
    assert world.posts(None) == [new]
    world.feed = world.new_feed(FeedConfig(max_age_h=1000))
    assert set(world.posts("other")) == {old, new}


def test_languages_are_the_readers(new_world):
    world = new_world()
    tongues = [("en",), ("de-AT",), (), ("fr", "en"), ("ja",)]
    posts = [world.post(f"a{i}", str(i), i, langs=langs) for i, langs in enumerate(tongues)]
    world.wish("me", languages=("en", "DE"))
    assert set(world.posts("me")) == set(posts[:4])
    world.wish("me", languages=("en",), rules_off=frozenset({"other_language"}))
    world.feed = world.new_feed()
    assert set(world.posts("me")) == set(posts)


def test_muted_words_are_kept_off_the_page_and_counted(new_world):
    world = new_world()
    posts = [world.post(f"a{i}", "fine rain" if i % 2 else "sun", i % 7) for i in range(40)]
    world.wish("me", muted_words=("Rain",))
    assert len(world.posts("me", 20)) == 20
    counts = {rule.name: rule for rule in world.feed.left_out(_me())}
    assert 0 < counts["muted_word"].count <= 20
    assert set(counts["muted_word"].examples) <= set(posts[1::2])
    assert counts["muted_word"].switchable


def test_adult_posts_are_covered_left_out_or_shown(new_world):
    world = new_world()
    adult = world.post("a", "x", labels=("porn",))
    plain = world.post("b", "y")
    covers = {item.post: item.cover for item in world.page("me", peek=True).items}
    assert covers == {adult: "porn", plain: None}
    assert world.posts(None) == [plain]
    world.wish("me", sensitive="leave_out")
    assert world.posts("me", peek=True) == [plain]
    world.wish("me", sensitive="show")
    world.feed = world.new_feed()
    assert [i.cover for i in world.page("me").items] == [None, None]


def test_members_only_authors_are_not_on_the_logged_out_page(new_world):
    world = new_world()
    shy = world.post("shy", "x")
    world.label("did:plc:shy", "!no-unauthenticated")
    open_ = world.post("b", "y")
    assert world.posts(None) == [open_]
    assert set(world.posts("me")) == {shy, open_}


def test_followed_accounts_are_named_and_their_reposts_carry_the_record(new_world):
    world = new_world()
    other = world.post("other", "x", 1)
    own = world.post("friend", "y", 2)
    uri = world.repost("friend", other)
    world.follow("me", "friend")
    items = {item.post: item for item in world.page("me").items}
    assert items[own].why[0] == "Someone you follow posted it"
    assert items[other].why[0] == "Someone you follow reposted it"
    assert items[other].reposted_by == world.account("friend")
    assert items[other].repost_uri == uri
    assert set(world.posts("me", tab="following", peek=True)) == {own, other}


def test_a_repost_taken_back_is_not_named(new_world):
    world = new_world()
    other = world.post("other", "x")
    uri = world.repost("friend", other)
    world.follow("me", "friend")
    world.page("me", 1, peek=True)
    world.remove(uri)
    item = world.page("me", 1, peek=True).items[0]
    assert (item.reposted_by, item.repost_uri) == (None, None)


def test_the_following_tab_is_followed_newest_first(busy):
    busy.follow("me", "a5")
    posts = busy.walk("me", 10, tab="following")
    theirs = {busy.account("a3"), busy.account("a5")}
    assert {busy.store.posts([p])[PostId(p)].author for p in posts} == theirs
    assert posts == sorted(posts, reverse=True)
    with pytest.raises(BadInput, match="for_you or following"):
        busy.page("me", 10, tab="elsewhere")


def test_policies_are_chosen_by_name(busy):
    busy.follow("me", "a5")
    liked = {event.post for event in busy.store.history(busy.account("me"))}
    everyone = [post for post in busy.posts(None, 20) if post not in liked]
    assert busy.posts("me", 10, policy="popular", peek=True) == everyone[:10]
    newest = busy.posts("me", 10, policy="chronological")
    assert newest == sorted(newest, reverse=True)
    assert served(busy, "me")[0].policy == "chronological/1"
    busy.wish("me", preset="chronological")
    assert busy.posts("me", 10) == sorted(busy.posts("me", 10, peek=True), reverse=True)
    assert busy.feed.presets() == ("first_version", "chronological", "popular")


@pytest.mark.parametrize("name", ["x2026_weighted", "x2026_dwell_regret", "t2023_heavy"])
def test_formulas_without_predictions_are_refused(busy, name):
    with pytest.raises(BadInput, match="trained ranker"):
        busy.page("me", policy=name)
    busy.wish("me", preset=name)
    assert busy.page("me").items  # a stored wish that cannot be met does not take the page away


@pytest.mark.parametrize("name", ["", "following", "best"])
def test_unknown_policies_are_refused(busy, name):
    with pytest.raises(BadInput, match="use one of first_version"):
        busy.page("me", policy=name)


def test_exploration_is_the_readers_choice(busy):
    busy.wish("me", exploration=0.0)
    assert not any(item.explored for item in busy.page("me", 100).items)
    busy.wish("me", exploration=1.0)
    items = busy.page("me", 50).items
    assert all(item.explored or item.why for item in items)
    assert sum(item.explored for item in items) > 40


def test_seconds_are_absent_until_observed(busy):
    items = busy.page("me", 10).items
    assert {item.seconds for item in items} == {None}
    busy.clock.us += SECOND_US
    for item in items:
        busy.act("me", EventKind.DWELL, item.post, seconds=12.0)
    assert {item.seconds for item in busy.page("me", 10).items} == {12.0}
    assert busy.feed.why(_me(), items[0].post).mean_seconds == 12.0
    busy.feed = busy.new_feed()
    busy.act("me", EventKind.DWELL, items[0].post, seconds=12.0)  # the old looks are read again
    assert busy.page("me", 1).items[0].seconds == 12.0


def test_of_posts_of_equal_interest_those_are_first_that_hold_readers_longer(new_world):
    world = new_world()
    for i in range(40):
        world.post(f"a{i}", "hm " * (40 if i % 2 else 2), topic=1)
    liked = world.post("z", "a post to like", topic=1)
    world.like("me", liked)
    short = {p for p in world.posts("me", 41) if world.board.posts.length[p] < 40}
    for who in ("ann", "bea", "cis"):
        for post in world.posts(who, 41):
            world.act(who, EventKind.DWELL, post, seconds=1.0 if post in short else 15.0)
    world.wish("me", exploration=0.0)
    world.clock.us += 3 * HOUR_US  # what was handed out may come again
    assert not short & set(world.posts("me", 15))


def test_a_full_disk_does_not_take_the_page_away(busy, monkeypatch):
    def full(events):
        raise StoreFull("the disk is full")

    monkeypatch.setattr(busy.store, "record", full)
    assert len(busy.page("me", 10).items) == 10
    assert busy.feed.stats()["not_recorded"] == 10
    assert not set(busy.posts("me", 10)) & set()


def test_forgetting_lets_go_of_readings_and_state(busy):
    cursor = busy.page("me", 10).cursor
    assert busy.feed.forget(_me()) == 1
    assert busy.feed.forget(_me()) == 0
    assert busy.page("me", 10, cursor=cursor).items[0].position == 10


def test_every_post_of_a_reading_is_accounted_for(busy):
    busy.wish("me", muted_words=("number 7",), languages=("en",))
    busy.block("me", "a9")
    root = busy.post("a1", "a long talk about topic 3", 3)
    for n in range(6):
        busy.post(f"a{n + 10}", f"answer {n} about topic 3", 3, parent=root)
    busy.walk("me", 30)
    reading = busy.feed._readings.of_viewer(_me())[-1]
    trace = reading.ranked.trace
    assert trace.n_found == trace.n_kept + sum(trace.counts().values())
    rules = busy.feed.left_out(_me())
    assert sum(rule.count for rule in rules) == sum(trace.counts().values())
    assert {rule.name for rule in rules if rule.count} >= {"blocked", "same_conversation"}


def test_why_tells_the_chain(busy):
    items = busy.page("me", 20).items
    item = next(i for i in items if not i.explored)
    why = busy.feed.why(_me(), item.post)
    assert why.sentences == item.why
    assert "vectors" in why.sources
    assert why.position == item.position
    assert why.matches[0].kind is EventKind.LIKE
    assert why.matches[0].similarity > 0.8
    assert [m.similarity for m in why.matches] == sorted(
        (m.similarity for m in why.matches), reverse=True
    )
    assert why.score == pytest.approx(sum(value for _, value in why.terms), abs=1e-5)
    assert dict(why.preset_ranks)["first_version"] == why.rank
    assert why.dropped_by is None
    assert len(why.composing) == 1


def test_why_tells_what_keeps_a_post_out(busy):
    liked = busy.store.history(busy.account("me"))[0].post
    busy.page("me", 10)
    assert busy.feed.why(_me(), liked).dropped_by == "seen"
    own = busy.post("me", "mine", 3)
    assert busy.feed.why(_me(), own).dropped_by == "own"
    assert busy.feed.why("did:plc:nobody", own).dropped_by is None


def test_sliders_weigh_and_remove_vectors(busy):
    points = busy.feed.vectors(_me())
    assert len(points) == 11
    assert {point.weight for point in points} == {1.0}
    assert all(-1 <= p.x <= 1 and -1 <= p.y <= 1 and p.cluster_name for p in points)
    busy.wish("me", vector_weights={int(p.event_post): 0.0 for p in points})
    assert {p.weight for p in busy.feed.vectors(_me())} == {0.0}
    items = [i for i in busy.page("me", 30).items if not i.explored]
    assert not any("posts like this" in sentence for item in items for sentence in item.why)
    assert busy.feed.vectors("did:plc:nobody") == ()


def test_neighbours_are_alike_and_alive(busy):
    post = busy.posts("me", 1)[0]
    near = busy.feed.neighbours(PostId(post), 5)
    assert len(near) == 5
    text = busy.store.posts([post])[PostId(post)].content.text
    busy.delete(near[0][0])
    again = [other for other, _ in busy.feed.neighbours(PostId(post), 5)]
    assert near[0][0] not in again
    for other in again:
        assert busy.store.posts([other])[other].content.text[-1] == text[-1]
    bare = busy.post("a1", "no vector", topic=None)
    assert busy.feed.neighbours(bare, 5) == []


def test_stats_count_what_happened(busy):
    busy.walk("me", 100)
    stats = busy.feed.stats()
    assert stats["readings"] == 1
    assert stats["pages"] >= 4
    assert stats["served"] > 300
    assert stats["drops"]["duplicate"] > 0
    assert set(stats["seconds"]) >= {"sources", "rank", "serve"}


def test_a_reading_is_the_same_for_the_same_seed(new_world):
    def build():
        world = new_world()
        for i in range(60):
            world.post(f"a{i % 9}", str(i), i % 7)
        return world.walk("me", 7)

    assert build() == build()


def test_a_post_without_any_vector_is_still_served(new_world):
    world = new_world()
    post = world.post("a", "new", topic=None)
    world.like("me", world.post("b", "liked", 1))
    assert post in world.posts("me")
    assert not world.index.vectors(as_ids([post]))[1].any()
    assert np.isfinite(world.feed.why(_me(), post).score)


def test_a_config_can_be_varied():
    assert replace(FeedConfig(), reading=10).reading == 10


def test_questions_are_asked_on_pages_and_logged_with_their_chance(busy):
    busy.wish("me", survey_share=0.2)
    shown = []
    page = busy.page("me", 25)
    while len(shown) < 200:
        shown += [item.post for item in page.items if item.ask]
        if page.cursor is None:
            break
        page = busy.page("me", 25, cursor=page.cursor)
    logged = busy.store.events(busy.account("me"), (EventKind.ASKED,))
    assert {event.post for event in logged} == set(shown)
    assert {event.propensity for event in logged} == {0.2}
    assert shown


def test_nobody_is_asked_where_no_answer_can_be_given(busy):
    busy.wish("me", survey_share=1.0)
    assert any(item.ask for item in busy.page("me", 5).items)
    assert not any(item.ask for item in busy.page("me", 5, surface="bluesky").items)
    assert not any(item.ask for item in busy.page("me", 5, peek=True).items)
    assert not any(item.ask for item in busy.page(None, 5).items)
    busy.wish("me", survey_share=0.0)
    assert not any(item.ask for item in busy.page("me", 25).items)
