"""Every rule drops exactly what it says, judges posts one by one, and invents none."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.feed import filters
from stoa.feed.labels import LABELS, SENSITIVE, Mark
from stoa.feed.policies import all_filters
from stoa.feed.query import FeedQuery
from stoa.feed.viewer_vectors import no_vectors
from stoa.index import MemoryIndex, MemoryRows
from stoa.pipeline import Candidates
from stoa.records import AccountId, Media, ViewerSettings, as_ids
from stoa.space.generation import first_generation

NOTHING = as_ids([])
ACCOUNTS = range(0, 6)
_DTYPES = {
    "sources": np.uint16,
    "place": np.float32,
    "co_engagement": np.float32,
    "media": np.uint8,
    "language": np.uint16,
    "marks": np.uint32,
}
MARKS = [0, *(mark.value for mark in Mark if mark.value)]


def candidates(rows: list[dict]) -> Candidates:
    columns = {}
    for column in fields(Candidates):
        values = [row.get(column.name, 0) for row in rows]
        columns[column.name] = np.array(values, dtype=_DTYPES.get(column.name, np.int64))
    return Candidates(**columns)


def query(**changes) -> FeedQuery:
    plain = FeedQuery(
        now_us=1000,
        oldest_us=0,
        after=0,
        viewer=AccountId(0),
        logged_out=False,
        settings=ViewerSettings(),
        vectors=no_vectors(4),
        space=first_generation(MemoryIndex(4), MemoryRows(4)),
        history=NOTHING,
        dismissed=NOTHING,
        glad=NOTHING,
        seen=NOTHING,
        served=NOTHING,
        follows=NOTHING,
        blocked=NOTHING,
        muted_accounts=NOTHING,
        muted_conversations=NOTHING,
        languages=None,
        seed=0,
    )
    return replace(plain, **changes)


accounts = st.sampled_from(ACCOUNTS)
some = st.lists(st.integers(1, 9), max_size=5, unique=True).map(lambda v: as_ids(sorted(v)))
row = st.fixed_dictionaries(
    {
        "author": st.integers(1, 5),
        "reposter": accounts,
        "quote_author": accounts,
        "parent_author": accounts,
        "root_author": accounts,
        "parent": st.integers(0, 9),
        "root": st.integers(1, 9),
        "language": st.integers(0, 4),
        "at_us": st.integers(0, 100),
        "marks": st.lists(st.sampled_from(MARKS), max_size=3).map(
            lambda marks: int(np.bitwise_or.reduce(np.array([1, *marks])))
        ),
    }
)
lists = st.lists(row, min_size=1, max_size=9).map(
    lambda rows: [{**r, "post": i + 1} for i, r in enumerate(rows)]
)
queries = st.builds(
    query,
    viewer=accounts,
    oldest_us=st.integers(0, 60),
    logged_out=st.booleans(),
    settings=st.sampled_from(["show", "cover", "leave_out"]).map(
        lambda s: ViewerSettings(sensitive=s)
    ),
    history=some,
    dismissed=some,
    seen=some,
    served=some,
    blocked=some,
    muted_accounts=some,
    muted_conversations=some,
    languages=st.one_of(st.none(), st.just(np.array([True, False, True]))),
)


def involved(post: dict) -> set[int]:
    names = ("author", "reposter", "quote_author", "parent_author", "root_author")
    return {post[name] for name in names}


SAYS = {
    "gone": lambda q, p: not p["marks"] & Mark.ALIVE or p["marks"] & Mark.ACCOUNT_HIDDEN,
    "hidden_by_label": lambda q, p: p["marks"] & Mark.HIDDEN,
    "opted_out": lambda q, p: p["marks"] & Mark.NO_PROMOTE,
    "blocked": lambda q, p: involved(p) & set(q.blocked.tolist()),
    "muted_account": lambda q, p: involved(p) & set(q.muted_accounts.tolist()),
    "muted_conversation": lambda q, p: (
        {p["post"], p["root"], p["parent"]} & set(q.muted_conversations.tolist())
    ),
    "dismissed": lambda q, p: p["post"] in q.dismissed,
    "sensitive": lambda q, p: (
        (q.logged_out or q.settings.sensitive == "leave_out") and p["marks"] & SENSITIVE
    ),
    "members_only": lambda q, p: q.logged_out and p["marks"] & Mark.MEMBERS_ONLY,
    "hidden_reply": lambda q, p: p["marks"] & Mark.HIDDEN_REPLY,
    "disowned_quote": lambda q, p: p["marks"] & Mark.DETACHED_QUOTE,
    "too_old": lambda q, p: p["at_us"] < q.oldest_us,
    "own": lambda q, p: q.viewer and p["author"] == q.viewer,
    "seen": lambda q, p: p["post"] in q.seen or p["post"] in q.history,
    "served": lambda q, p: p["post"] in q.served,
    "other_language": lambda q, p: q.languages is not None and p["language"] == 1,
}
RULES = {rule.name: rule for rule in all_filters()}


def test_every_rule_is_under_test_and_has_a_sentence():
    assert set(RULES) == set(SAYS)
    for rule in RULES.values():
        assert rule.reason.endswith(".")


@settings(max_examples=150, deadline=None)
@given(queries, lists)
def test_a_rule_drops_exactly_what_it_says(q, posts):
    many = candidates(posts)
    for name, rule in RULES.items():
        keep = rule.keep(q, many)
        assert keep.dtype == bool
        assert keep.tolist() == [not SAYS[name](q, post) for post in posts], name


@settings(max_examples=30, deadline=None)
@given(queries, lists)
def test_a_rule_judges_each_post_on_its_own(q, posts):
    many = candidates(posts)
    backwards = many.take(np.arange(len(posts))[::-1])
    for name, rule in RULES.items():
        keep = rule.keep(q, many)
        assert rule.keep(q, backwards).tolist() == keep[::-1].tolist(), name
        assert rule.keep(q, many.take(np.array([0])))[0] == keep[0], name


@given(lists, st.integers(1, 4))
def test_a_conversation_keeps_its_best_few(posts, most):
    keep = filters.FewOfAConversation(most=most).keep(query(), candidates(posts))
    roots = [post["root"] for post in posts]
    assert keep.tolist() == [roots[:i].count(root) < most for i, root in enumerate(roots)]


def test_the_same_words_are_shown_once():
    rows = MemoryRows(4)
    vectors = np.array([[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]], np.float32)
    rows.put(as_ids([1, 2, 3, 4]), vectors)
    rows.put(as_ids([5, 6, 7]), vectors[[0, 0, 3]])
    long = {"length": 80}
    posts = [
        {"post": 2, **long},
        {"post": 1, **long},  # says what 2 says
        {"post": 3, **long},
        {"post": 4, **long},  # no vector: not judged
        {"post": 7, **long},
        {"post": 5, "length": 10},  # short: two people may say good morning
        {"post": 6, **long, "media": Media.IMAGE},  # the picture may differ
    ]
    keep = filters.SameText(rows).keep(query(), candidates(posts))
    assert keep.tolist() == [True, False, True, True, True, True, True]
    assert filters.SameText(rows).keep(query(), candidates(posts[:1])).tolist() == [True]


def test_bits_of_marks_do_not_meet():
    values = [mark.value for mark in Mark if mark.value]
    assert len(values) == len(set(values))
    assert max(values) < 1 << 16
    assert not LABELS & (Mark.ALIVE | Mark.LINKED | Mark.ACCOUNT_HIDDEN | Mark.HIDDEN_REPLY)
