"""The sentences: right numbers, right plurals, the most telling first, never none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoa.feed.explain import NEWEST, POPULAR, UNFOUND, Grounds, Nearness, ago, nearness, sentences
from stoa.feed.interest_names import interest_names
from stoa.feed.vector_map import vector_map
from stoa.feed.viewer_vectors import no_vectors
from stoa.records import EventKind, as_ids

HOUR_US = 3_600_000_000
PLAIN = Grounds(
    terms={},
    sources=("recent",),
    nearness=None,
    explored=False,
    untouched=False,
    alike=0,
    followed_author=None,
    followed_reposter=None,
    now_us=10 * HOUR_US,
)
LIKED = Nearness(0.9, EventKind.LIKE, 4, 8 * HOUR_US)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, NEWEST),
        ({"untouched": True}, UNFOUND),
        ({"sources": ("popular",)}, POPULAR),
        ({"nearness": LIKED}, "Because you liked 4 posts like this, the last one 2 hours ago"),
        (
            {"nearness": replace(LIKED, n_alike=1, kind=EventKind.REPLY)},
            "Because you answered a post like this 2 hours ago",
        ),
        ({"followed_author": ""}, "Someone you follow posted it"),
        ({"followed_author": "ann.example"}, "Someone you follow, @ann.example, posted it"),
        ({"followed_reposter": "b.example"}, "Someone you follow, @b.example, reposted it"),
        (
            {"sources": ("co_engagement",), "alike": 1},
            "Somebody who likes what you like liked it",
        ),
        (
            {"sources": ("co_engagement",), "alike": 3},
            "3 people who like what you like liked it",
        ),
    ],
)
def test_a_reason_in_words(changes, expected):
    assert sentences(replace(PLAIN, **changes)) == (expected,)


def test_chance_is_said_first_and_the_strongest_term_next():
    said = sentences(
        replace(
            PLAIN,
            nearness=LIKED,
            followed_author="",
            explored=True,
            terms={"match": 0.3, "followed": 0.2},
        )
    )
    assert [s.split()[0] for s in said] == ["Shown", "Someone", "Because"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7199, "1 hour ago"),
        (86_400 * 3, "3 days ago"),
    ],
)
def test_ago(seconds, words):
    assert ago(0, seconds * 1_000_000) == words


def viewer(vectors: list[list[float]]):
    n = len(vectors)
    return replace(
        no_vectors(2),
        vectors=np.array(vectors, dtype=np.float32),
        weights=np.ones(n, dtype=np.float32),
        sliders=np.ones(n, dtype=np.float32),
        posts=as_ids(range(1, n + 1)),
        kinds=(EventKind.LIKE,) * (n - 1) + (EventKind.GLAD,),
        at_us=as_ids(range(n)),
    )


def test_nearness_counts_acts_of_one_kind_about_as_near():
    mine = viewer([[1, 0], [0.98, 0.2], [0, 1], [1, 0]])
    found = nearness(np.array([[1, 0], [-1, 0], [0, 0]], dtype=np.float32), mine)
    assert found == [Nearness(1.0, EventKind.LIKE, 2, 1), None, None]
    assert nearness(np.zeros((2, 2), dtype=np.float32), no_vectors(2)) == [None, None]


def test_the_map_sets_interests_apart_and_names_them():
    mine = viewer([[1, 0.0], [1, 0.1], [1, 0.05], [0, 1], [0.1, 1], [0, 1], [0.05, 1], [1, 0.02]])
    texts = {1: "tide pools", 2: "tide and sea", 3: "a tide", 8: "tide pools again"}
    texts |= {4: "brass bands", 5: "brass!", 6: "the brass", 7: "brass"}
    points = vector_map(mine, {4: 0.5}, texts)
    assert len({p.cluster for p in points}) == 2
    names = {p.cluster_name.split(",")[0] for p in points}
    assert names == {"tide", "brass"}
    assert points[3].weight == 0.5
    assert max(abs(p.x) for p in points) == pytest.approx(1.0)
    assert vector_map(mine, {4: 0.5}, texts) == points


def test_names_of_interests_are_words_that_are_rare_elsewhere():
    likes = ["Question about tides: do you keep yours at the pier?", "Notes on tides, page one"]
    likes += [
        "Question about brass. Corrections welcome.",
        "Three years of brass https://b.example/x",
    ]
    square = ["Question time at the pier", "A question, with notes", "The page is down"] * 5
    names = interest_names(np.array([0, 0, 1, 1]), likes, square)
    assert [name.split(", ")[0] for name in names.values()] == ["tides", "brass"]
    said = {word for name in names.values() for word in name.split(", ")}
    assert not said & {"about", "three", "years", "yours", "keep", "https", "example", "question"}


def test_scripts_without_spaces_are_named_by_words_not_by_sentences():
    texts = ["感想戦は勝負の続きだ", "今日は道場で詰将棋の練習をしていました", "オープンカーで勝負"]
    (name,) = interest_names(np.zeros(3, dtype=np.int64), texts).values()
    assert name.split(", ")[0] == "勝負"
    assert max(map(len, name.split(", "))) <= 7


def test_forms_of_one_word_name_an_interest_once():
    texts = ["a zine", "zines", "zines and staples", "stapling", "a gutter"]
    (name,) = interest_names(np.zeros(5, dtype=np.int64), texts).values()
    assert name == "zines, gutter, staples"


def test_a_map_of_one_or_equal_vectors_stands_still():
    assert vector_map(no_vectors(2), {}, {}) == ()
    for n in (1, 3):
        points = vector_map(viewer([[1, 0]] * n), {}, {})
        assert [(p.x, p.y, p.cluster_name) for p in points] == [(0, 0, "no words")] * n
