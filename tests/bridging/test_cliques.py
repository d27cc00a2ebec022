import numpy as np
from tests.bridging.small_notes import DAY_0, notes, ratings

from stoa.bridging import cliques
from stoa.bridging.cliques import quasi_cliques
from stoa.bridging.preprocessing import preprocess
from stoa.note_records import DAY_MS

N_NOTES = 120


def _world(seed=0, n_members=7, n_others=30):
    """Members give one level to most notes; others rate a few notes as they like."""
    chance = np.random.default_rng(seed)
    common = chance.integers(0, 3, N_NOTES)
    rows = []
    for member in range(n_members):
        done = np.flatnonzero(chance.random(N_NOTES) < 0.8)
        rows += [(int(n), member * 3, DAY_0, int(common[n])) for n in done]
    for other in range(n_others):
        done = chance.choice(N_NOTES, 12, replace=False)
        rows += [(int(n), 100 + other, DAY_0, int(chance.integers(0, 3))) for n in done]
    return rows


MEMBERS = [3 * m for m in range(7)]


def test_the_published_scorer_finds_the_same_cliques(oracle_data, oracle_groups):
    counted = preprocess(oracle_data).ratings
    found = quasi_cliques(oracle_data.notes, counted, len(oracle_data.contributors))
    np.testing.assert_array_equal(found.value, oracle_groups[1])
    assert not found.published_fails


def test_those_who_do_the_same_are_a_clique_whatever_the_memory():
    rows = _world()
    found = quasi_cliques(notes(N_NOTES), ratings(rows), 200)
    assert np.flatnonzero(found.value).tolist() == MEMBERS
    again = quasi_cliques(notes(N_NOTES), ratings(rows), 200, most_pairs=1)
    np.testing.assert_array_equal(again.value, found.value)


def test_other_names_give_the_same_cliques():
    rows = _world()
    name = np.random.default_rng(1).permutation(200)
    renamed = [(n, int(name[r]), t, x) for n, r, t, x in rows]
    found = quasi_cliques(notes(N_NOTES), ratings(renamed), 200)
    assert np.flatnonzero(found.value).tolist() == sorted(name[MEMBERS].tolist())


def test_smaller_cliques_have_smaller_numbers_and_small_sets_have_none():
    other = _world(seed=5, n_members=5, n_others=0)
    elsewhere = [(n + N_NOTES, 50 + r, t, x) for n, r, t, x in other]
    found = quasi_cliques(notes(2 * N_NOTES), ratings(_world() + elsewhere), 200).value
    assert found[50] == 1
    assert found[0] == 2
    lonely = quasi_cliques(notes(N_NOTES), ratings(_world(n_members=4)), 200)
    assert not lonely.value.any()


def test_only_recent_misleading_notes_of_known_posts_count():
    rows = _world()
    for table in (
        notes(N_NOTES, post=np.full(N_NOTES, -1)),
        notes(N_NOTES, classification=np.full(N_NOTES, 2)),
        notes(N_NOTES, classification=np.zeros(N_NOTES)),
        notes(N_NOTES, created=np.where(np.arange(N_NOTES) == 5, DAY_0 + 91 * DAY_MS, DAY_0)),
    ):
        found = quasi_cliques(table, ratings(rows), 200)
        assert found.published_fails
        assert not found.value.any()


def test_a_world_of_members_alone_runs_dry():
    found = quasi_cliques(notes(N_NOTES), ratings(_world(n_others=0)), 200)
    assert np.flatnonzero(found.value).tolist() == MEMBERS
    assert found.published_fails


def test_a_clique_grows_no_further_than_its_steps(monkeypatch):
    monkeypatch.setattr(cliques, "MOST_STEPS", 3)
    found = quasi_cliques(notes(N_NOTES), ratings(_world(n_others=0)), 200)
    # The two left over seed a second clique, which takes three of the first along.
    assert np.bincount(found.value[MEMBERS]).tolist() == [0, 2, 5]
    assert not found.published_fails


def test_nothing_rated_is_no_clique():
    found = quasi_cliques(notes(3), ratings([]), 5)
    assert found.published_fails
    assert found.value.tolist() == [0] * 5
