"""Laws of the first ranking, of popularity, and of observed attention."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from stoa.ranking.dwell import LONGEST_S, N_KINDS, DwellMeans, kind_of
from stoa.ranking.first_version import (
    TERMS,
    Features,
    FirstVersionConfig,
    score,
    similarities,
)
from stoa.ranking.popularity import popularity
from stoa.records import Media

CONFIG = FirstVersionConfig()
unit = st.floats(-1, 1, width=32)


def features(n: int, seed: int = 0) -> Features:
    chance = np.random.default_rng(seed)
    return Features(
        top=chance.uniform(-1, 1.2, n).astype(np.float32),
        second=chance.uniform(-1, 1, n).astype(np.float32),
        against=chance.uniform(-1, 1, n).astype(np.float32),
        co_engagement=chance.exponential(1, n).astype(np.float32),
        age_s=chance.uniform(0, 1e6, n),
        followed=chance.random(n) < 0.5,
        popularity=chance.exponential(1, n),
        attention=chance.uniform(0.2, 3, n),
    )


def changed(given: Features, **columns: np.ndarray) -> Features:
    return Features(**{f.name: columns.get(f.name, getattr(given, f.name)) for f in fields(given)})


@given(st.integers(0, 99), st.integers(1, 30))
def test_a_score_ignores_its_neighbours(seed, n):
    many = features(n, seed)
    total, terms = score(many, CONFIG)
    row = seed % n
    alone = Features(**{f.name: getattr(many, f.name)[row : row + 1] for f in fields(many)})
    assert score(alone, CONFIG)[0][0] == total[row]
    assert terms.shape == (n, len(TERMS))
    assert terms.sum(axis=1, dtype=float) == pytest.approx(total)


@pytest.mark.parametrize(
    "name", ["top", "second", "co_engagement", "popularity", "followed", "attention"]
)
def test_more_of_a_good_sign_never_lowers_a_score(name):
    given = features(50)
    more = getattr(given, name).astype(float) + 0.5
    assert (score(changed(given, **{name: more}), CONFIG)[0] >= score(given, CONFIG)[0]).all()


@pytest.mark.parametrize("name", ["against", "age_s"])
def test_regret_and_age_never_raise_a_score(name):
    given = features(50)
    more = getattr(given, name) + 0.5
    assert (score(changed(given, **{name: more}), CONFIG)[0] <= score(given, CONFIG)[0]).all()


def test_posts_of_equal_interest_compete_by_the_seconds_expected_of_them():
    """Twice the seconds are worth twice the chance of being read; what is regretted stays so."""
    alike = {f.name: getattr(features(1, 3), f.name).repeat(2) for f in fields(Features)}
    given = Features(**{**alike, "attention": np.array([0.5, 1.0])})
    total, terms = score(given, CONFIG)
    regret = terms[0, TERMS.index("against")]
    assert 2 * (total[0] - regret) == pytest.approx(total[1] - regret, rel=1e-5)
    assert terms[1, TERMS.index("attention")] == 0
    unmoved = score(given, FirstVersionConfig(attention_power=0))[0]
    assert unmoved[0] == unmoved[1] == pytest.approx(total[1])


@given(
    arrays(np.float32, (5, 4), elements=unit),
    st.integers(0, 6).flatmap(lambda q: arrays(np.float32, (q, 4), elements=unit)),
)
def test_similarities_are_the_two_greatest_products(posts, queries):
    found = similarities(posts, queries)
    products = np.sort(posts @ queries.T, axis=1)[:, ::-1]
    top = products[:, 0] if len(queries) else np.zeros(5)
    second = products[:, 1] if len(queries) > 1 else np.zeros(5)
    assert found.top == pytest.approx(top, abs=1e-5)
    assert found.second == pytest.approx(second, abs=1e-5)


def test_popularity_falls_with_age_and_grows_with_engagement():
    hour = 3_600_000_000
    likes, none = np.array([9, 9, 3]), np.zeros(3, dtype=int)
    fresh, old, few = popularity(likes, none, np.array([hour, 0, hour]), hour).tolist()
    assert fresh > old
    assert fresh > few


def test_attention_is_unknown_until_observed_and_then_a_mean():
    means = DwellMeans.nothing_observed()
    kinds = kind_of(np.array([10, 200]), np.array([Media.NONE, Media.VIDEO]))
    assert means.predict(kinds) is None
    means = means.with_observed(np.repeat(kinds, 100), np.repeat([2.0, 30.0], 100))
    assert DwellMeans.nothing_observed().relative(kinds).tolist() == [1.0, 1.0]
    assert means.relative(kinds) == pytest.approx(means.predict(kinds) / 16)
    short, video = means.predict(kinds).tolist()
    assert short == pytest.approx((200 + 5 * 16) / 105)
    assert video == pytest.approx((3000 + 5 * 16) / 105)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=20))
def test_no_claimed_look_breaks_the_mean(looks):
    seconds = np.array(looks, dtype=float)
    means = DwellMeans.nothing_observed().with_observed(np.zeros(len(looks), np.int64), seconds)
    predicted = means.predict(np.arange(N_KINDS))
    if predicted is not None:
        assert ((predicted > 0) & (predicted <= LONGEST_S)).all()


@given(st.integers(0, 100_000), st.integers(0, 255))
def test_every_post_is_of_a_kind(length, media):
    assert 0 <= kind_of(np.array([length]), np.array([media]))[0] < N_KINDS
