"""The study of vectors: equal work, honest ranks, accounts merged without losing anything."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.train.small_log import START_US, small_log

from stoa.evaluation.equal_cost import make_lists, search
from stoa.evaluation.merged_accounts import merge_people
from stoa.evaluation.vector_study import (
    MOST_GROUPS,
    _recalls,
    grouped,
)
from stoa.evaluation.vector_tasks import amazon_task, log_task, movie_task, sequences_of
from stoa.records import DAY_US
from stoa.space.item_sequences import no_attributes
from stoa.space.readings import Reading
from stoa.space.sequence_model import SequenceConfig
from stoa.train.readings import Items, ReadingTraining, train_reading


def unit(*shape, seed=0):
    x = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def sequences(n_users=20, n_items=30, seed=0):
    random = np.random.default_rng(seed)
    length = random.integers(3, 9, n_users)
    item = np.concatenate([random.permutation(n_items)[:n] for n in length]).astype(np.int32)
    return sequences_of(np.repeat(np.arange(n_users), length), item, n_items, 1)


@given(seed=st.integers(0, 50))
@settings(max_examples=20)
def test_merging_keeps_every_item_once_and_each_persons_order(seed):
    people = sequences(seed=seed)
    merged, size = merge_people(people, np.random.default_rng(seed))
    assert np.bincount(size)[1:].tolist() == [3, 3, 3]
    random = np.random.default_rng(seed).permutation(people.n_users)
    used = 0
    for account, n in enumerate(size.tolist()):
        mine = merged.item[merged.start[account] : merged.end[account]].tolist()
        own = [
            people.item[people.start[p] : people.end[p]].tolist() for p in random[used : used + n]
        ]
        assert len(set(mine)) == len(mine)
        assert set(mine) == {item for items in own for item in items}
        if n == 1:
            assert mine == own[0]
        used += n


def test_with_few_vectors_a_budget_finds_what_a_full_search_finds_nearby():
    centre = unit(20, 16)
    items = centre[np.arange(1_000) % 20] + 0.1 * unit(1_000, 16, seed=2)
    items /= np.linalg.norm(items, axis=1, keepdims=True)
    lists = make_lists(items, 0)
    query = centre[:1]
    found = search(query, np.zeros(1, np.float32), items, lists)
    assert (found.exact >= found.within_budget).all()
    best = np.argsort(-found.exact)[:20]
    assert np.isfinite(found.within_budget[best]).mean() > 0.9


@pytest.mark.parametrize("n_vectors", [1, 4, 16, 60])
def test_however_many_vectors_the_work_is_about_the_same(n_vectors):
    items = unit(3_000, 8)
    lists = make_lists(items, 0)
    found = search(unit(n_vectors, 8, seed=4), np.zeros(n_vectors, np.float32), items, lists)
    assert found.compared <= 1.6 * len(items) * 0.25


def test_equal_scores_stand_before_a_target_and_what_was_not_looked_at_is_not_found():
    score = np.array([1.0, 1.0, 0.5, -np.inf], np.float32)
    assert _recalls(score, np.array([0]), np.array([], int), (1, 2)) == [0.0, 1.0]
    assert _recalls(score, np.array([0]), np.array([1]), (1, 2)) == [1.0, 1.0]
    assert _recalls(score, np.array([3]), np.array([], int), (10, 10)) == [0.0, 0.0]


def test_groups_are_few_unit_and_keep_the_greatest_weight():
    weights = -np.random.default_rng(1).random(60).astype(np.float32)
    vectors, weight = grouped(unit(60, 8), weights)
    assert len(vectors) == MOST_GROUPS
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert weight.max() == weights.max()


def test_a_log_is_cut_at_the_moment():
    log, _ = small_log(n_accounts=20, n_posts=120, acts_each=10, dim=8)
    moment = START_US + 2 * DAY_US
    task = log_task(log, log.posts.text, np.zeros(20, int), moment)
    assert len(task.tested)
    assert (log.posts.at_us[task.candidates] < moment).all()
    for viewer in task.tested.tolist():
        known = task.history.item[task.history.start[viewer] : task.history.end[viewer]]
        assert not set(known.tolist()) & set(task.target[viewer].tolist())
        assert set(task.target[viewer].tolist()) <= set(task.candidates.tolist())


@pytest.mark.slow
def test_a_tower_that_speaks_by_all_positions_learns_which_kind_is_wanted():
    # Two kinds of items: whoever had one kind wants more of it; half of all items is chance.
    random = np.random.default_rng(0)
    kind = random.integers(2, size=120)
    item = (np.repeat(kind, 8) * 500 + random.integers(500, size=960)).astype(np.int32)
    history = sequences_of(np.repeat(np.arange(120), 8), item, 1_000, 1)
    attributes = (1 + (np.arange(1_000) >= 500)).astype(np.int32)[:, None]
    training = ReadingTraining(
        tower=SequenceConfig(width=32, length=8), epochs=12, rows=4, negatives=32
    )
    _, losses = train_reading(history, Items(attributes), Reading.ALL, training, 0)
    assert losses[-20:].mean() < losses[:20].mean() - 0.3


def test_public_data_become_tasks(shared_data):
    amazon = amazon_task(shared_data / "amazon-seq", 0)
    assert set(np.unique(amazon.interests)) == {1, 2, 3}
    assert all(len(amazon.target[v]) == 1 for v in amazon.tested.tolist())
    films = movie_task(shared_data / "ml-latest-small", 0)
    assert all(len(films.target[v]) == 10 for v in films.tested.tolist())
    assert films.items.attributes.max() > 10
    assert no_attributes(3).shape == (3, 0)
