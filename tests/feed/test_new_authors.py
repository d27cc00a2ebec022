"""An author is new for two days after the first post, and nobody is in a square's first days."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.feed.board import Board
from stoa.feed.new_authors import by_new_authors
from stoa.records import DAY_US, PostColumns, PostGone, PostId
from stoa.space.learning_log import LearningLog, empty_log

START_US = 1_790_000_000_000_000


def board_of(posts):
    """Posts (days since the start, author), in order of time; ids from 1 on."""
    n = len(posts)
    none = np.zeros(n, dtype=np.int64)
    columns = PostColumns(
        id=np.arange(1, n + 1), author=np.array([author for _, author in posts]),
        at_us=START_US + np.array([int(day * DAY_US) for day, _ in posts]),
        parent=none, root=none, quote=none, media=none.astype(np.uint8), langs=["en"] * n,
        labels=[""] * n, length=np.full(n, 90, dtype=np.int32),
    )  # fmt: skip

    class Store:
        def scan_posts(self):
            yield columns

        def scan_edges(self, kind):
            return iter(())

        scan_gates = marked_accounts = lambda self: iter(())

        def hidden_accounts(self):
            return none[:0]

    board = Board()
    board.load(Store())
    return board


def new(posts, day, which):
    at = START_US + int(day * DAY_US)
    return by_new_authors(board_of(posts).posts, np.array(which), at).tolist()


POSTS = [(0, 1), (1, 2), (5, 3), (5.5, 1), (6, 3), (6.2, 4)]


def test_new_for_two_days_after_the_first_post_with_every_post_of_the_time():
    assert new(POSTS, 6.3, [3, 4, 5, 6]) == [True, False, True, True]
    assert new(POSTS, 7.5, [3, 4, 5, 6]) == [False, False, False, True]


def test_nobody_is_new_in_the_first_days_and_posts_not_here_are_nobodys():
    assert new(POSTS, 1.5, [1, 2]) == [False, False]
    assert new(POSTS, 6.3, [0, 99]) == [False, False]
    assert by_new_authors(Board().posts, np.array([1]), START_US).tolist() == [False]


def test_an_author_whose_first_post_is_removed_or_dropped_stays_known():
    board = board_of(POSTS)
    board.apply([PostGone(PostId(3))], START_US)
    now_us = START_US + int(7.5 * DAY_US)
    assert not by_new_authors(board.posts, np.array([5]), now_us).any()
    board.drop_older(5)
    assert not by_new_authors(board.posts, np.array([5]), now_us).any()


@given(st.lists(st.tuples(st.floats(0, 9), st.integers(1, 6)), min_size=1, max_size=14))
def test_serving_and_training_call_the_same_authors_new(posts):
    from stoa.train.ranker_reliability import new_of

    posts = sorted(posts)
    table = board_of(posts).posts
    at_us = table.at_us[1 : len(posts) + 1]
    now_us = int(at_us.max()) + 1
    ids = np.arange(1, len(posts) + 1)
    author = np.array([author for _, author in posts], dtype=np.int32)
    log = log_of(at_us, author, now_us)
    assert by_new_authors(table, ids, now_us).tolist() == new_of(log, ids - 1).tolist()


def log_of(at_us, author, now_us) -> LearningLog:
    """A log in which every post is shown once, now."""
    empty, n = empty_log(2), len(at_us)

    def columns(table, **given):
        rest = {name: np.zeros((n, *getattr(table, name).shape[1:]), getattr(table, name).dtype)
                for name in table.__slots__}  # fmt: skip
        return type(table)(**{**rest, **given})

    return LearningLog(
        posts=columns(empty.posts, at_us=at_us, author=author),
        acts=empty.acts,
        impressions=columns(
            empty.impressions, at_us=np.full(n, now_us), post=np.arange(n, dtype=np.int32)
        ),
        n_accounts=10, until_us=now_us,
    )  # fmt: skip
