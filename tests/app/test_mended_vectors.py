"""A process killed between a durable batch and its vectors: reopening makes the two agree.

The batch goes to the store alone, which is all that such a process did.
"""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from stoa.app.rooms import Rooms, open_rooms
from stoa.encoders.hashed import HashedEncoder
from stoa.records import (
    AccountState,
    AccountStatus,
    Batch,
    Image,
    LinkCard,
    Media,
    PostContent,
    PutEdge,
    PutPost,
    Remove,
    as_ids,
)
from stoa.records import EdgeKind as Kind
from stoa.space.text_axes import folded

START_US = 1_790_000_000_000_000
PEOPLE = ("ana", "ben", "cleo")


class StandingClock:
    def now_us(self) -> int:
        return START_US + 10**9


def did(who: str) -> str:
    return f"did:plc:{who}"


def uri(who: str, n: int) -> str:
    return f"at://{did(who)}/app.bsky.feed.post/{n}"


def post(who: str, n: int, text: str = "", **more) -> PutPost:
    at_us = START_US + n * 1_000_000
    words = PostContent(text=text or f"moss on wall {n}", created_us=at_us, **more)
    return PutPost(uri(who, n), did(who), at_us << 10, at_us, words)


def remove(who: str, n: int) -> Remove:
    at_us = START_US + 500_000_000
    return Remove(uri(who, n), did(who), at_us << 10, at_us)


@pytest.fixture
def folder(tmp_path):
    """Thirty posts by three people, all told; the id of one more is known from a like."""
    rooms = open_rooms(tmp_path / "data", StandingClock())
    early = PutEdge(
        Kind.LIKE,
        f"at://{did('ben')}/app.bsky.feed.like/1",
        did("ben"),
        uri("ana", 90),
        1,
        START_US,
    )
    rooms.intake.take(Batch((post(PEOPLE[0], 0), early)))
    rooms.intake.take(Batch(tuple(post(PEOPLE[n % 3], n) for n in range(1, 30))))
    rooms.close()
    return tmp_path / "data"


def reopened_after(folder, *changes) -> Rooms:
    """Opens, commits to the store without telling anybody, and opens again as after a kill."""
    rooms = open_rooms(folder, StandingClock())
    rooms.store.commit(Batch(changes))
    rooms.store.close()
    return open_rooms(folder, StandingClock())


def live(rooms: Rooms) -> list[int]:
    return [i for columns in rooms.store.scan_posts() for i in columns.id.tolist()]


def assert_agree(rooms: Rooms) -> None:
    ids = live(rooms)
    assert rooms.index.held().tolist() == ids
    rows, found = rooms.index.vectors(as_ids(ids))
    assert found.all()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=0.02)
    assert rooms.rows.get(as_ids(ids)).any(axis=1).all()
    everything = np.setdiff1d(np.arange(1, max(ids) + 20), ids)
    assert not rooms.rows.get(everything).any()


def test_vectors_of_posts_removed_at_the_last_moment_are_erased(folder):
    rooms = reopened_after(folder, remove("ana", 3), remove("ben", 4))
    assert len(live(rooms)) == 28
    assert_agree(rooms)
    rooms.close()


def test_an_account_erased_at_the_last_moment_leaves_no_vector(folder):
    gone = AccountState(did("cleo"), AccountStatus.DELETED, START_US + 10**8)
    rooms = reopened_after(folder, gone)
    assert len(live(rooms)) == 20
    assert_agree(rooms)
    rooms.close()


def test_a_post_whose_id_was_known_before_gets_its_vector(folder):
    """Its id is smaller than those of posts flushed long ago."""
    rooms = reopened_after(folder, post("ana", 90), post("ben", 91))
    late = rooms.store.post_id(uri("ana", 90))
    assert late is not None
    assert late < max(live(rooms)[:-1])
    assert len(live(rooms)) == 32
    assert_agree(rooms)
    rooms.close()


def test_hidden_accounts_come_back_with_their_vectors(folder):
    hidden = AccountState(did("ben"), AccountStatus.HIDDEN, START_US + 10**8)
    rooms = reopened_after(folder, hidden)
    assert len(live(rooms)) == 20
    assert_agree(rooms)
    back = AccountState(did("ben"), AccountStatus.ACTIVE, START_US + 2 * 10**8)
    rooms.intake.take(Batch((back,)))
    assert len(live(rooms)) == 30
    assert_agree(rooms)
    rooms.close()


def test_a_kill_between_content_and_index_is_mended_too(folder):
    """Either half of a removal was done, or either half of a post."""
    rooms = open_rooms(folder, StandingClock())
    rooms.store.commit(Batch((remove("ana", 3), post("ana", 90))))
    removed = rooms.store.reference_id(uri("ana", 3))
    rooms.rows.remove(as_ids([removed]))
    rooms.rows.put(
        as_ids([rooms.store.post_id(uri("ana", 90))]), HashedEncoder().wide.encode(["x"])
    )
    rooms.store.close()
    again = open_rooms(folder, StandingClock())
    assert_agree(again)
    vectors = again.rows.get(as_ids([again.store.post_id(uri("ana", 90))]))
    assert vectors @ again.encoder.encode(["moss on wall 90"])[0] > 0.98
    again.close()


def test_a_folder_from_before_long_rows_makes_its_content_again(folder):
    rooms = open_rooms(folder, StandingClock())
    rooms.close()
    long = rooms.generations.folder / "texts.rows"
    shutil.rmtree(long)
    again = open_rooms(folder, StandingClock())
    assert_agree(again)
    posts = live(again)
    short, wide = again.rows.get(posts), again.rows.texts.get(posts)
    assert (np.linalg.norm(wide, axis=1) > 0.98).all()
    assert (np.sum(folded(wide, 128) * short, axis=1) > 0.98).all()
    again.rows.remove(posts[:1])
    assert not again.rows.texts.get(posts[:1]).any()
    again.close()


def test_a_lost_journal_costs_nothing(folder):
    rooms = open_rooms(folder, StandingClock())
    rooms.intake.take(Batch((remove("ana", 3), post("ana", 90))))
    rooms.store.close()  # killed: what the index heard since its last flush stands in its journal
    (journal,) = folder.rglob("journal-*")
    journal.write_bytes(journal.read_bytes()[:-3] + b"abc")
    again = open_rooms(folder, StandingClock())
    assert_agree(again)
    again.close()


def test_a_rebuild_reads_the_words_of_links_and_pictures_too(folder):
    card = LinkCard("https://tides.example", "anemones and limpets", "in pools at low water")
    picture = Image("https://tides.example/1.jpg", "a starfish on wet granite")
    told = [
        post("ana", 40, "look", card=card, media=Media.LINK),
        post("ben", 41, "and this", images=(picture,), media=Media.IMAGE),
        post("cleo", 42, "again", tags=("tidepools", "granite")),
    ]
    rooms = open_rooms(folder, StandingClock())
    rooms.intake.take(Batch(tuple(told)))
    ids = as_ids([rooms.store.post_id(change.uri) for change in told])
    before = rooms.rows.get(ids)
    rooms.close()
    for path in sorted((folder / "vectors").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    again = open_rooms(folder, StandingClock())
    assert np.abs(again.rows.get(ids) - before).max() < 1e-6
    assert_agree(again)
    again.close()


def test_posts_without_words_and_those_let_go_for_their_age_are_left_alone(folder):
    rooms = open_rooms(folder, StandingClock())
    silent = PutPost(
        uri("ana", 50), did("ana"), 1, START_US + 5, PostContent(text="", media=Media.IMAGE)
    )
    rooms.intake.take(Batch((silent,)))
    ids = live(rooms)
    rooms.index.drop_older(ids[10])
    rooms.close()
    again = open_rooms(folder, StandingClock())
    assert again.index.held().tolist() == ids[10:-1]
    again.close()
    rooms = open_rooms(folder, StandingClock())
    rooms.index.drop_older(ids[-1])
    rooms.close()
    again = open_rooms(folder, StandingClock())
    assert len(again.index) == 0
    again.close()
