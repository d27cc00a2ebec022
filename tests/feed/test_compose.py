"""Laws of composing: exact propensities, nothing lost, repetition kept apart."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.feed.compose import Slate, SlateConfig

rows = st.lists(
    st.tuples(st.floats(-2, 2), st.integers(1, 4), st.integers(1, 6), st.booleans()), max_size=25
)
shares = st.sampled_from([0.0, 0.05, 0.5, 1.0])


DEFAULT = SlateConfig()


def slate(posts, exploration=0.05, seed=1, config: SlateConfig | None = DEFAULT) -> Slate:
    posts = sorted(posts, key=lambda row: -row[0])
    return Slate(
        np.array([row[0] for row in posts], dtype=np.float64),
        np.array([row[1] for row in posts], dtype=np.int64),
        np.array([row[2] for row in posts], dtype=np.int64),
        np.array([row[3] for row in posts], dtype=bool),
        exploration=exploration,
        seed=seed,
        config=config,
    )


@given(rows, shares, st.integers(0, 9))
def test_propensities_are_logged_exactly_and_sum_to_one(posts, share, seed):
    made = slate(posts, share, seed)
    for n in range(1, len(posts) + 1):
        chances = made.propensities()
        assert sum(chances.values()) == pytest.approx(1.0)
        waiting = set(range(len(posts))) - {place.row for place in made.placed}
        assert set(chances) <= waiting
        made.extend(n)
        assert made.placed[-1].propensity == pytest.approx(chances[made.placed[-1].row])
        assert made.placed[-1].propensity > 0
    assert made.propensities() == {}


@given(rows, shares)
def test_every_post_gets_one_position(posts, share):
    made = slate(posts, share)
    made.extend(len(posts) + 5)
    assert sorted(place.row for place in made.placed) == list(range(len(posts)))


@given(rows, st.integers(0, 25), st.integers(0, 9))
def test_the_same_seed_gives_the_same_reading_however_it_is_paged(posts, first, seed):
    at_once, by_page = slate(posts, 0.3, seed), slate(posts, 0.3, seed)
    at_once.extend(len(posts))
    by_page.extend(first)
    by_page.extend(len(posts))
    assert at_once.placed == by_page.placed


@given(rows)
def test_without_exploration_or_diversity_the_order_is_the_ranking(posts):
    made = slate(posts, 0.0, config=None)
    made.extend(len(posts))
    assert [place.row for place in made.placed] == list(range(len(posts)))
    assert all(place.propensity == 1.0 and not place.explored for place in made.placed)


@given(rows)
def test_each_choice_is_the_best_after_discounts(posts):
    config = SlateConfig()
    posts = sorted(posts, key=lambda row: -row[0])
    made = slate(posts, 0.0)
    made.extend(len(posts))
    authors, conversations, waiting = Counter(), Counter(), set(range(len(posts)))

    def worth(row: int) -> float:
        score, author, conversation, _ = posts[row]
        return (
            score
            - config.author_cost * (1 - config.decay ** authors[author])
            - config.conversation_cost * (1 - config.decay ** conversations[conversation])
        )

    for place in made.placed:
        assert worth(place.row) == pytest.approx(max(worth(row) for row in waiting))
        waiting.remove(place.row)
        authors[posts[place.row][1]] += 1
        conversations[posts[place.row][2]] += 1


def test_an_author_does_not_fill_the_page():
    posts = [(1.0 - i / 100, 1, i, False) for i in range(5)]
    posts += [(0.9 - i / 100, 2 + i, 10 + i, False) for i in range(5)]
    made = slate(posts, 0.0)
    made.extend(4)
    assert [place.row for place in made.placed] == [0, 5, 6, 7]


def test_exploration_takes_its_share():
    posts = [(1.0, i, i, False) for i in range(1000)] + [(0.0, i, i, True) for i in range(1000)]
    explored = 0
    for seed in range(20):
        made = slate(posts, 0.05, seed)
        made.extend(200)
        explored += sum(place.explored for place in made.placed)
        assert all(place.row >= 1000 for place in made.placed if place.explored)
    assert 140 < explored < 260  # 200 expected, standard deviation 14


def test_inverse_propensity_weighting_recovers_a_uniform_view_of_explorers():
    # The mean of 1/propensity over times an explorer was placed first must equal 1 a seed.
    posts = [(1.0, 1, 1, False), (0.5, 2, 2, True), (0.4, 3, 3, True)]
    n, total = 4000, Counter()
    for seed in range(n):
        made = slate(posts, 0.5, seed)
        made.extend(1)
        total[made.placed[0].row] += 1 / made.placed[0].propensity
    for row in range(3):
        assert total[row] / n == pytest.approx(1.0, abs=0.1)
