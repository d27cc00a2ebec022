import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bridging.small_notes import DAY_0, notes, ratings

from stoa.bridging.post_selection import (
    author_pairs,
    co_rating_pairs,
    components,
    post_selection_values,
)
from stoa.bridging.preprocessing import preprocess
from stoa.note_records import MINUTE_MS, OLD_FORM


def test_the_published_scorer_finds_the_same_raters(oracle_data, oracle_groups):
    counted = preprocess(oracle_data).ratings
    found = post_selection_values(oracle_data.notes, counted, len(oracle_data.contributors))
    np.testing.assert_array_equal(found, oracle_groups[0])


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize(("latency_min", "n_early"), [(1, 2), (5, 3), (20, 4)])
def test_a_rater_who_follows_a_writer_is_suspect(latency_min, n_early, level):
    table = notes(10, author=np.zeros(10))
    at = DAY_0 + latency_min * MINUTE_MS
    rows = [(n, 1, at, level) for n in range(n_early)]
    found = author_pairs(table, ratings(rows), 2)
    assert (len(found) > 0) == (level == 2)
    assert not len(author_pairs(table, ratings(rows[1:]), 2))
    late = [(n, r, t + 1, x) for n, r, t, x in rows]
    assert not len(author_pairs(table, ratings(late), 2))


def test_ratings_of_the_old_form_and_of_deleted_notes_do_not_count():
    rows = [(n, 1, DAY_0, 2) for n in range(10)]
    assert len(author_pairs(notes(10), ratings(rows), 2))
    assert not len(author_pairs(notes(10), ratings(rows, tags=OLD_FORM), 2))
    assert not len(author_pairs(notes(10, classification=np.zeros(10)), ratings(rows), 2))


def test_raters_of_the_same_posts_at_the_same_time_are_suspect():
    rows = [(n, r, DAY_0 + r * 20 * MINUTE_MS, 2) for n in range(16) for r in (2, 5)]
    assert co_rating_pairs(notes(16), ratings(rows), 6)[:, :].tolist() == []  # three steps apart
    near = [(n, r, DAY_0 + (r == 5) * 20 * MINUTE_MS, 0) for n in range(16) for r in (2, 5)]
    assert co_rating_pairs(notes(16), ratings(near), 6).tolist() == [[2, 5]]
    assert not len(co_rating_pairs(notes(16, post=np.full(16, -1)), ratings(near), 6))
    assert not len(co_rating_pairs(notes(16, post=np.zeros(16)), ratings(near), 6))
    few = [row for row in near if row[0] < 9]
    assert not len(co_rating_pairs(notes(16), ratings(few), 6))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20))
def test_components_are_those_of_the_graph(pairs):
    group = {x: {x} for pair in pairs for x in pair}
    for a, b in pairs:
        joined = group[a] | group[b]
        group.update(dict.fromkeys(joined, joined))
    value = components(np.array(pairs, dtype=np.int64).reshape(-1, 2), 13)
    assert {r for r in range(13) if value[r]} == set(group)
    for a in group:
        assert {b for b in group if value[b] == value[a]} == group[a]
    firsts = [min(g) for g in {frozenset(g) for g in group.values()}]
    assert [value[r] for r in sorted(firsts)] == list(range(1, len(firsts) + 1))


WORLD = st.lists(
    st.tuples(st.integers(0, 29), st.integers(0, 5), st.integers(0, 60)),
    unique_by=lambda row: row[:2],
    max_size=120,
)


def _brute_force(table, rows, n_raters):
    """Rater pairs of spec 4.1 B, with loops."""
    posts = {r: {table.post[n] for n, s, _, _ in rows if s == r} for r in range(n_raters)}
    n_rated = sum(map(len, posts.values()))
    found = []
    for a in range(n_raters):
        for b in range(a + 1, n_raters):
            together = {
                table.post[n]
                for n, r, t, _ in rows
                for m, s, u, _ in rows
                if (r, s) == (a, b) and n == m and abs(t - u) <= 20 * MINUTE_MS
            }
            c, na, nb = len(together), len(posts[a]), len(posts[b])
            if not c or min(na, nb) < 10:
                continue
            npmi = np.log(c * n_rated / ((na + 500) * (nb + 500))) / -np.log(c / n_rated)
            if npmi >= 0.55 or c / (min(na, nb) + 10) >= 0.4:
                found.append([a, b])
    return found


@settings(max_examples=40, deadline=None)
@given(WORLD, st.permutations(range(6)), st.integers(1, 500))
def test_pairs_are_those_of_the_rule_and_names_do_not_matter(world, names, most_pairs):
    table = notes(30, post=np.arange(30) // 2 * 10)
    rows = [(n, r, DAY_0 + m * MINUTE_MS, 2) for n, r, m in world]
    rows += [(n, r, DAY_0, 2) for n in range(30) for r in (6, 7) if (n + r) % 3]
    assert co_rating_pairs(table, ratings(rows), 8, most_pairs).tolist() == _brute_force(
        table, rows, 8
    )
    name = [*names, 6, 7]
    renamed = [(n, name[r], t, x) for n, r, t, x in rows]
    value = post_selection_values(table, ratings(rows), 8)
    again = post_selection_values(table, ratings(renamed), 8)
    same = [(value[a] > 0) & (value[a] == value[b]) for a in range(8) for b in range(8)]
    same_again = [
        (again[name[a]] > 0) & (again[name[a]] == again[name[b]])
        for a in range(8)
        for b in range(8)
    ]
    # The author of all notes is contributor 0, whose name is not changed here.
    if name[0] == 0:
        assert same == same_again
