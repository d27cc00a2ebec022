"""The follow lists: whatever the order of changes, and however runs merge, a plain set."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.feed.account_graph import AccountGraph
from stoa.records import as_ids

changes = st.lists(
    st.tuples(st.sampled_from(["put", "take_back", "clear"]), st.integers(1, 5), st.integers(1, 9)),
    max_size=80,
)
edges = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9)), max_size=30)


@given(edges, changes, st.sampled_from([1, 2, 7, 50_000]))
def test_it_is_a_set_of_pairs(loaded, done, pending):
    graph, plain = AccountGraph(pending=pending), set(loaded)
    graph.load(as_ids([a for a, _ in loaded]), as_ids([s for _, s in loaded]))
    for what, actor, subject in done:
        if what == "put":
            graph.put(actor, subject)
            plain.add((actor, subject))
        elif what == "take_back":
            graph.take_back(actor, subject)
            plain.discard((actor, subject))
        else:
            graph.clear(actor)
            plain = {pair for pair in plain if pair[0] != actor}
        for asked in (actor, 5):
            expected = sorted(s for a, s in plain if a == asked)
            assert graph.of(asked).tolist() == expected


def test_it_stays_small_when_edges_come_and_go():
    graph = AccountGraph(pending=100)
    for _ in range(60):
        for subject in range(1, 101):
            graph.put(1, subject)
            graph.take_back(1, subject)
    assert len(graph) <= 400
    assert graph.of(1).tolist() == []


def test_an_unknown_account_has_no_edges():
    graph = AccountGraph()
    graph.load(np.array([2**31]), np.array([7]))
    assert graph.of(5).tolist() == []
    assert graph.of(2**31).tolist() == [7]
