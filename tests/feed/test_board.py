"""The board: what batches tell and what a start reads must give the same square."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.feed.board import Board
from stoa.feed.filters import Gone
from stoa.feed.hydrator import BoardHydrator
from stoa.feed.labels import Mark, cover_of, marks_of
from stoa.pipeline import Found, merge
from stoa.records import AccountStatus, Identity, PostGone, PostId, as_ids


def looks(board: Board, n: int, accounts: range) -> dict[str, list]:
    """Everything readers of a board can see."""
    ids = as_ids(range(1, n + 1))
    candidates = BoardHydrator(board).hydrate(None, merge([Found(post=ids)]))
    alive = candidates.marks & Mark.ALIVE > 0
    shown = ("author", "at_us", "root", "parent", "quote", "media", "length", "likes", "replies")
    seen = {name: getattr(candidates, name)[alive].tolist() for name in shown}
    seen["alive"] = alive.tolist()
    seen["marks"] = (candidates.marks[alive] & ~np.uint32(Mark.ACCOUNT_KNOWN)).tolist()
    languages = board.language_codes(["en"])
    seen["english"] = languages[candidates.language[alive]].tolist()
    seen["chains"] = [sorted(board.author_chain(as_ids([a]), 99).tolist()) for a in accounts]
    seen["follows"] = [board.follows.of(a).tolist() for a in accounts]
    seen["blocks"] = [board.blocked_with(a).tolist() for a in accounts]
    seen["reposts"] = [
        sorted(set(board.reposts.posts_at(board.reposts.newest_of(as_ids([a]), 99)).tolist()))
        for a in accounts
    ]
    return seen


acts = st.lists(
    st.tuples(
        st.sampled_from(
            ["post", "reply", "like", "unlike", "repost", "follow", "block", "delete", "state",
             "label", "gate"]
        ),
        st.integers(0, 3),
        st.integers(0, 30),
    ),
    max_size=40,
)  # fmt: skip


_STATES = {
    "hide": AccountStatus.HIDDEN,
    "show": AccountStatus.ACTIVE,
    "erase": AccountStatus.DELETED,
}


class Story:
    """Carries acts out on a world; those without an object yet do nothing."""

    def __init__(self, world) -> None:
        self.world = world
        self.posts: list[int] = []
        self.reposts: list[str] = []

    def tell(self, what: str, a: int, n: int) -> None:
        world, who = self.world, f"w{a}"
        if what == "post":
            langs = (("en",), ("de", "en"), (), ("fr",))[a]
            self.posts.append(world.post(who, "x" * n, langs=langs))
        elif self.posts:
            getattr(self, what)(who, a, n, self.posts[n % len(self.posts)])

    def reply(self, who: str, a: int, n: int, post: int) -> None:
        if self.world.store.posts([post]):
            self.posts.append(self.world.post(who, "y", parent=post, quote=self.posts[0]))

    def like(self, who: str, a: int, n: int, post: int) -> None:
        self.world.like(f"only_likes_{who}", post)

    def repost(self, who: str, a: int, n: int, post: int) -> None:
        self.reposts.append(self.world.repost(who, post))

    def unlike(self, who: str, a: int, n: int, post: int) -> None:
        if self.reposts:
            self.world.remove(self.reposts.pop(n % len(self.reposts)))

    def follow(self, who: str, a: int, n: int, post: int) -> None:
        self.world.follow(who, f"w{n % 4}")

    def block(self, who: str, a: int, n: int, post: int) -> None:
        self.world.block(who, f"w{n % 4}")

    def delete(self, who: str, a: int, n: int, post: int) -> None:
        self.world.delete(post)

    def state(self, who: str, a: int, n: int, post: int) -> None:
        self.world.state(who, list(AccountStatus)[n % 3])

    def label(self, who: str, a: int, n: int, post: int) -> None:
        value = ("porn", "!hide", "spam", "!warn")[a]
        self.world.label(self.world.uri(post), value, n % 3 == 0)

    def gate(self, who: str, a: int, n: int, post: int) -> None:
        hidden = [self.posts[0]] if n % 2 else []
        self.world.gate(who, post, hidden=hidden, detached=[self.posts[-1]])


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the fixture is a class
)
@given(acts)
def test_a_restart_sees_what_was_told(new_world, done):
    world = new_world()
    story = Story(world)
    for act in done:
        story.tell(*act)
    again = Board()
    again.load(world.store)
    accounts = range(1, 6)
    if not any(what == "state" for what, _, _ in done):
        assert looks(world.board, 80, accounts) == looks(again, 80, accounts)
    else:  # posts of hidden accounts keep their rows here until a restart; no act of theirs counts
        for board in (world.board, again):
            acts_of_hidden = [ties(board, account) for account in world.store.hidden_accounts()]
            assert not any(acts_of_hidden)
    # Nothing of a hidden account may be served, before or after.
    ids = as_ids(range(1, 81))
    for board in (world.board, again):
        known = BoardHydrator(board).hydrate(None, merge([Found(post=ids)]))
        shown = Gone().keep(None, known)
        assert known.post[shown].tolist() == sorted(world.store.posts(range(1, 81)))


def ties(board: Board, account: int) -> list[int]:
    """What an account did, as far as the board counts it."""
    liked = board.engagements.recent_posts_of(as_ids([account]))[0]
    engagers = board.engagements.engagers_of(as_ids(range(1, 81)))
    return [
        *liked[liked > 0].tolist(),
        *board.follows.of(account).tolist(),
        *board._blocks.of(account).tolist(),
        *np.flatnonzero((engagers == account).any(axis=1)).tolist(),
    ]


@pytest.mark.parametrize("how", ["suspended", "labelled"])
def test_what_a_hidden_account_did_counts_no_more_until_it_returns(world, how):
    """Likes of a suspended account do not count (AT Protocol 9.4), without any restart."""
    post, other = world.post("a"), world.post("a")
    for who in ("b", "c"):
        world.like(who, post)
    world.repost("b", other)
    world.follow("b", "a")
    world.block("b", "d")
    b, a, d = (world.account(who) for who in "bad")

    def counted() -> tuple:
        return (
            candidate(world, post).likes[0],
            candidate(world, other).likes[0],
            world.board.follows.of(b).tolist(),
            world.board.blocked_with(d).tolist(),
            b in world.board.engagements.engagers_of(as_ids([post]))[0],
        )

    def hide(hidden: bool) -> None:
        if how == "labelled":
            world.label("did:plc:b", "!takedown", negated=not hidden)
        else:
            world.state("b", AccountStatus.HIDDEN if hidden else AccountStatus.ACTIVE)

    before = counted()
    assert before == (2, 1, [a], [b], True)
    hide(True)
    assert counted() == (1, 0, [], [], False)
    world.commit(Identity("did:plc:b", world.clock.us, "b.example"))  # heard of again, still hidden
    assert counted() == (1, 0, [], [], False)
    again = Board()
    again.load(world.store)
    assert again.posts.likes[again.posts.rows(as_ids([post, other]))].tolist() == [1, 0]
    hide(False)
    assert counted() == before


def candidate(world, post: int):
    return BoardHydrator(world.board).hydrate(None, merge([Found(post=as_ids([post]))]))


def test_a_deleted_post_leaves_nothing_but_its_place_in_the_chain(world):
    first, second, third = (world.post("a", "text") for _ in range(3))
    world.like("b", second)
    reply = world.post("b", "answer", parent=second)
    world.delete(second)
    gone = candidate(world, second)
    assert not gone.marks[0] & Mark.ALIVE
    assert [gone.length[0], gone.likes[0], gone.replies[0], gone.at_us[0]] == [0, 0, 0, 0]
    author = as_ids([world.account("a")])
    assert sorted(world.board.author_chain(author, 9).tolist()) == [first, third]
    assert candidate(world, reply).parent[0] == second


def test_counts_follow_likes_reposts_and_replies(world):
    post = world.post("a")
    world.like("b", post)
    repost = world.repost("c", post)
    reply = world.post("b", "x", parent=post)
    assert [candidate(world, post).likes[0], candidate(world, post).replies[0]] == [2, 1]
    world.remove(repost)
    world.delete(reply)
    assert [candidate(world, post).likes[0], candidate(world, post).replies[0]] == [1, 0]


def test_a_like_given_here_and_read_from_the_network_counts_once(world):
    post = world.post("a")
    world.board.like_here(world.account("b"), post)
    world.like("b", post)
    assert candidate(world, post).likes[0] == 1
    world.board.unlike_here(world.account("b"), post)
    assert candidate(world, post).likes[0] == 0


def test_an_opt_out_marks_every_post_of_the_account(world):
    post = world.post("a")
    world.store.opt_out("did:plc:a", True)
    world.board.learn_accounts(world.store.accounts([world.account("a")]).values())
    assert candidate(world, post).marks[0] & Mark.NO_PROMOTE
    again = Board()
    again.load(world.store)
    assert again.account_marks(as_ids([world.account("a")]))[0] & Mark.NO_PROMOTE


def test_labels_come_and_go(world):
    post = world.post("a", labels=("nudity",))
    assert cover_of(int(candidate(world, post).marks[0])) == "nudity"
    world.label(world.uri(post), "porn")
    assert cover_of(int(candidate(world, post).marks[0])) == "porn"
    world.label(world.uri(post), "porn", negated=True)
    assert cover_of(int(candidate(world, post).marks[0])) == "nudity"
    world.label("did:plc:a", "!no-unauthenticated")
    assert candidate(world, post).marks[0] & Mark.MEMBERS_ONLY


def test_a_gate_reaches_replies_that_come_later(world):
    post = world.post("a")
    uri = "at://did:plc:b/app.bsky.feed.post/3mvzvhclater"
    reply = world.store.post_id(uri)
    assert reply is None
    hidden = world.post("b", parent=post)
    world.gate("a", post, hidden=[hidden])
    assert candidate(world, hidden).marks[0] & Mark.HIDDEN_REPLY
    world.gate("a", post)
    assert not candidate(world, hidden).marks[0] & Mark.HIDDEN_REPLY


def test_dropping_old_posts_keeps_the_rest_whole(world):
    posts = [world.post(f"a{i % 3}", "x" * i) for i in range(30)]
    world.like("b", posts[20])
    world.board.drop_older(posts[15])
    assert not candidate(world, posts[14]).marks[0] & Mark.ALIVE
    assert candidate(world, posts[15]).marks[0] & Mark.ALIVE
    assert candidate(world, posts[20]).length[0] == 20
    author = as_ids([world.account("a0")])
    assert sorted(world.board.author_chain(author, 99).tolist()) == posts[15::3]
    later = world.post("a0")
    assert candidate(world, later).marks[0] & Mark.ALIVE
    world.board.apply([PostGone(PostId(posts[2]))], 0)
    world.board.drop_older(later + 1000)
    assert not candidate(world, later).marks[0] & Mark.ALIVE


def test_unknown_ids_are_no_posts(world):
    asked = as_ids([-5, 0, 99, 10**12])
    assert world.board.posts.rows(asked).tolist() == [0, 0, 0, 0]
    assert world.board.author_chain(asked, 5).tolist() == []
    assert world.board.account_marks(asked).tolist() == [0, 0, 0, 0]


def test_effects_the_board_does_not_know_are_ignored(world):
    world.commit(Identity("did:plc:a", world.clock.us, "a.example"))
    world.board.apply([object()], 0)  # type: ignore[list-item]


def test_ten_million_posts_fit():
    table = Board().posts
    assert table.nbytes / table.n_rows <= 60


def test_readers_see_no_broken_rows_while_the_board_grows(new_world):
    world = new_world()
    me, problems, stop = world.account("me"), [], threading.Event()
    world.follow("me", "a0")

    def read() -> None:
        board = world.board
        while not stop.is_set():
            posts = board.author_chain(board.follows.of(me), 50)
            known = BoardHydrator(board).hydrate(None, merge([Found(post=posts)]))
            alive = known.marks & Mark.ALIVE > 0
            if (known.author[alive] == 0).any() or (known.at_us[alive] == 0).any():
                problems.append(known.post[alive].tolist())

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for i in range(2500):  # grows the columns twice
        world.post(f"a{i % 3}", topic=None)
    stop.set()
    for reader in readers:
        reader.join()
    assert not problems


@pytest.mark.parametrize("label", ["porn", "sexual", "nudity", "graphic-media", "!warn"])
def test_covers_are_named_by_their_label(label):
    assert cover_of(marks_of([label, "birds"])) == label


def test_no_cover_without_a_label():
    assert cover_of(marks_of(["birds"]) | Mark.ALIVE) is None
