"""The town's story: ordered, deterministic, consistent with itself, and resumable."""

from collections import Counter
from itertools import pairwise

import pytest

from stoa.records import (
    DAY_US,
    SECOND_US,
    AccountState,
    EdgeKind,
    Identity,
    PutEdge,
    PutPost,
    PutProfile,
    Remove,
    tid_revision,
)
from stoa.town import Town, TownConfig

CONFIG = TownConfig(people=150, seed=7)


def changes_of(batches):
    return [change for batch in batches for change in batch.changes]


@pytest.fixture(scope="module")
def story():
    return changes_of(Town(CONFIG).history(1.5))


def test_everyone_has_a_handle_and_a_profile_before_the_first_post(story):
    first_post = next(i for i, c in enumerate(story) if isinstance(c, PutPost))
    before = story[:first_post]
    assert len({c.account for c in before if isinstance(c, Identity)}) == 150
    assert len({c.account for c in before if isinstance(c, PutProfile)}) == 150
    assert sum(isinstance(c, PutEdge) and c.kind is EdgeKind.FOLLOW for c in before) > 1_000


def test_time_runs_forward_and_ends_where_asked(story):
    assert all(a.at_us <= b.at_us for a, b in pairwise(story))
    assert story[-1].at_us <= CONFIG.start_us + 1.5 * DAY_US
    assert story[-1].at_us > CONFIG.start_us + 1.5 * DAY_US - 3_600 * SECOND_US


def test_the_same_seed_tells_the_same_story_and_another_seed_another(story):
    assert changes_of(Town(CONFIG).history(1.5)) == story
    assert changes_of(Town(TownConfig(people=150, seed=8)).history(0.1)) != story[:1]


def test_a_shorter_history_is_the_beginning_of_a_longer_one(story):
    shorter = changes_of(Town(CONFIG).history(0.6))
    assert story[: len(shorter)] == shorter


def test_telling_the_history_twice_starts_anew(story):
    town = Town(CONFIG)
    changes_of(town.history(0.3))
    assert changes_of(town.history(1.5)) == story


@pytest.mark.parametrize("step_s", [1_800, 7_777])
def test_steps_go_on_exactly_where_history_ended(story, step_s):
    town = Town(CONFIG)
    told = changes_of(town.history(1.0))
    now_us, end_us = CONFIG.start_us + DAY_US, CONFIG.start_us + round(1.5 * DAY_US)
    while now_us < end_us:
        until_us = min(now_us + step_s * SECOND_US, end_us)
        batch = town.step(now_us, until_us)
        assert batch.cursor == until_us
        assert all(now_us < c.at_us <= until_us for c in batch.changes)
        told += batch.changes
        now_us = until_us
    assert told == story


def test_a_reader_that_kept_a_cursor_hears_only_what_came_later(story):
    batches = list(Town(CONFIG).history(0.5))
    assert all(a.cursor < b.cursor for a, b in pairwise(batches))
    kept = batches[len(batches) // 2]
    later = changes_of(Town(CONFIG).history(0.5, since_us=kept.cursor))
    assert later == [c for c in changes_of(batches) if c.at_us > kept.cursor]


def test_nothing_answers_or_likes_a_post_before_it_was_written(story):
    written = {}
    for change in story:
        if isinstance(change, PutPost):
            for target in (change.content.parent_uri, change.content.root_uri,
                           change.content.quote_uri):  # fmt: skip
                assert target is None or written[target] <= change.at_us
            written[change.uri] = change.at_us
        elif isinstance(change, PutEdge) and change.kind in (EdgeKind.LIKE, EdgeKind.REPOST):
            assert written[change.subject] <= change.at_us


def test_replies_name_the_root_of_their_thread(story):
    posts = {c.uri: c for c in story if isinstance(c, PutPost)}
    replies = [c for c in posts.values() if c.content.parent_uri]
    deep = 0
    for reply in replies:
        parent = posts[reply.content.parent_uri]
        assert reply.content.root_uri == (parent.content.root_uri or parent.uri)
        deep += parent.content.parent_uri is not None
    assert deep > 0


def test_records_have_distinct_uris_keys_of_their_time_and_no_double_likes(story):
    records = [c for c in story if isinstance(c, PutPost | PutEdge)]
    assert len({c.uri for c in records}) == len(records)
    for change in records:
        key = change.uri.rsplit("/", 1)[1]
        assert tid_revision(key, 0) == change.revision
        assert change.revision >> 10 == change.at_us
    likes = Counter(
        (c.actor, c.subject) for c in records if isinstance(c, PutEdge) and c.kind is EdgeKind.LIKE
    )
    assert max(likes.values()) == 1


def test_what_is_taken_back_was_there_and_belonged_to_who_takes_it(story):
    known = {}
    removed = 0
    for change in story:
        if isinstance(change, PutPost):
            known[change.uri] = (change.author, change.revision)
        elif isinstance(change, PutEdge):
            known[change.uri] = (change.actor, change.revision)
        elif isinstance(change, Remove):
            author, revision = known[change.uri]
            assert author == change.author
            assert revision < change.revision
            removed += 1
    assert removed > 5


def test_public_life_has_a_networks_proportions():
    # Small towns have little to read, and so little to like: this takes a larger one.
    town = Town(TownConfig(people=800))
    lived = [c for c in changes_of(town.history(1.5)) if c.at_us > CONFIG.start_us]
    kinds = Counter(c.kind.name if isinstance(c, PutEdge) else type(c).__name__ for c in lived)
    likes, posts = kinds["LIKE"], kinds["PutPost"]
    assert 2 < likes / posts < 9
    replies = sum(isinstance(c, PutPost) and c.content.parent_uri is not None for c in lived)
    assert 0.25 < replies / posts < 0.65
    assert 0.02 < kinds["REPOST"] / likes < 0.5


def test_who_left_neither_writes_nor_is_written_of():
    town = Town(TownConfig(people=2_000, seed=1, posts_per_day=0.3, sessions_per_day=0.2))
    gone = {}
    n_acts = 0
    for change in changes_of(town.history(6)):
        if isinstance(change, AccountState) and change.status.name == "DELETED":
            gone[change.account] = change.at_us
        elif isinstance(change, PutPost | PutEdge) and change.at_us > CONFIG.start_us:
            who = change.author if isinstance(change, PutPost) else change.actor
            # Somebody in the middle of a sitting may still finish it.
            assert change.at_us < gone.get(who, change.at_us) + 1_800 * SECOND_US
            n_acts += who in gone
    assert gone
