"""Laws of the ranker: candidates stand alone, bit for bit, and positions vanish when serving."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.ranking import ranker_serving
from stoa.ranking.heads import N_OUTPUTS
from stoa.ranking.ranker_inputs import Candidates, shape_for
from stoa.ranking.ranker_model import RankerConfig, init_ranker, score_candidates
from stoa.ranking.ranker_serving import (
    no_candidates,
    no_history,
    outputs_of,
    rank,
    read_history,
    warm,
)

CONFIG = RankerConfig(width=16, depth=1, history=8, vector=16, author_rows=32)
N = 256


@pytest.fixture(scope="module")
def params():
    made = init_ranker(jax.random.key(0), CONFIG)
    keys = jax.random.split(jax.random.key(1), 3)
    shape = made["out"].shape
    return {
        **made,
        "out": jax.random.normal(keys[0], shape),
        "position": jax.random.normal(keys[1], made["position"].shape),
    }


def units(random, n):
    made = random.standard_normal((n, CONFIG.vector)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def history(n=5, seed=3):
    random = np.random.default_rng(seed)
    h = CONFIG.history
    return no_history(CONFIG)._replace(
        vector=units(random, h),
        author=random.integers(1, 32, (h, 2)).astype(np.int32),
        acts=np.full(h, 1 << 3, dtype=np.uint32),
        log_seconds=random.random(h).astype(np.float32),
        log_age=random.random(h).astype(np.float32),
        real=np.arange(h) < n,
    )


def posts(n=N, seed=4):
    random = np.random.default_rng(seed)
    return no_candidates(n, CONFIG)._replace(
        vector=units(random, n),
        similarity=random.random((n, 4)).astype(np.float32),
        author=random.integers(0, 32, (n, 2)).astype(np.int32),
        log_age=random.random(n).astype(np.float32),
        form=random.random((n, 8)).astype(np.float32),
    )


@pytest.fixture(scope="module")
def state(params):
    return read_history(params, history(), CONFIG)


def taken(candidates, rows):
    return Candidates(*(np.asarray(column)[rows] for column in candidates))


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_neighbours_and_order_change_no_bit(params, state, seed):
    random = np.random.default_rng(seed)
    ours, others = posts(), posts(seed=seed + 10)
    whole = np.asarray(outputs_of(params, state, ours, CONFIG))
    order = random.permutation(N)
    turned = np.asarray(outputs_of(params, state, taken(ours, order), CONFIG))
    np.testing.assert_array_equal(whole[order], turned)
    kept = random.random(N) < 0.3
    mixed = Candidates(
        *(
            np.where(kept.reshape(-1, *[1] * (np.ndim(a) - 1)), a, b).astype(a.dtype)
            for a, b in zip(ours, others, strict=True)
        )
    )
    found = np.asarray(outputs_of(params, state, mixed, CONFIG))
    np.testing.assert_array_equal(whole[kept], found[kept])


def test_padding_changes_no_bit(params, state):
    few = taken(posts(), np.arange(7))
    alone = rank(params, state, few, CONFIG)
    with_others = np.asarray(outputs_of(params, state, posts(), CONFIG))[:7]
    np.testing.assert_array_equal(alone, with_others)


def test_more_than_the_largest_shape_goes_in_parts(params, state, monkeypatch):
    monkeypatch.setattr(ranker_serving, "SHAPES", (N,))  # a larger one takes long to compile
    many = posts(N + 3)
    found = rank(params, state, many, CONFIG)
    assert found.shape == (N + 3, N_OUTPUTS)
    last = rank(params, state, taken(many, np.arange(N, N + 3)), CONFIG)
    np.testing.assert_array_equal(found[-3:], last)


def test_no_candidates_give_no_outputs(params, state):
    assert rank(params, state, taken(posts(), np.arange(0)), CONFIG).shape == (0, N_OUTPUTS)


@pytest.fixture(scope="module")
def placed():
    return jax.jit(lambda p, s, c, at: score_candidates(p, s, c, CONFIG, at))


def test_positions_are_a_bias_that_is_zero_when_serving(params, state, placed):
    ours = posts()
    served = np.asarray(outputs_of(params, state, ours, CONFIG))
    first = np.asarray(placed(params, state, ours, np.zeros(N, dtype=np.int32)))
    fifth = np.asarray(placed(params, state, ours, np.full(N, 5, dtype=np.int32)))
    for shown in (first, fifth):
        bias = shown - served
        assert np.abs(bias).max() > 0.1
        np.testing.assert_allclose(bias, np.broadcast_to(bias[0], bias.shape), atol=1e-5)
    # Over the positions that training saw, the bias sums to zero: serving is the mean position.
    share = np.full(32, 1 / 32)
    params = {**params, "position_share": share.astype(np.float32)}
    at = np.arange(N, dtype=np.int32) % 32
    every = np.asarray(placed(params, state, taken(ours, np.zeros(N, dtype=int)), at))[:32]
    np.testing.assert_allclose(every.mean(axis=0), served[0], atol=1e-4)


def test_what_the_viewer_did_matters_and_padding_of_it_does_not(params):
    ours = posts()
    few, same = history(5), history(5)
    same.vector[5:] = 9.0
    one = np.asarray(outputs_of(params, read_history(params, few, CONFIG), ours, CONFIG))
    two = np.asarray(outputs_of(params, read_history(params, same, CONFIG), ours, CONFIG))
    np.testing.assert_array_equal(one, two)
    other = read_history(params, history(5, seed=9), CONFIG)
    assert not np.allclose(one, np.asarray(outputs_of(params, other, ours, CONFIG)))


def test_a_viewer_of_whom_nothing_is_known_gets_finite_outputs(params):
    state = read_history(params, no_history(CONFIG), CONFIG)
    assert np.isfinite(np.asarray(outputs_of(params, state, posts(), CONFIG))).all()


def test_a_post_by_an_author_met_counts_otherwise_than_by_a_stranger(params, state):
    ours = posts()
    met = history().author[:1]
    ours.author[:2] = 0  # somebody
    ours.author[1] = met
    ours = ours._replace(vector=np.repeat(ours.vector[:1], N, axis=0))
    ours = taken(ours, np.array([0, 1] * (N // 2)))
    found = np.asarray(outputs_of(params, state, ours, CONFIG))
    assert not np.allclose(found[0], found[1])


def test_shapes_are_the_smallest_that_hold():
    assert [shape_for(n) for n in (1, 256, 257, 1536)] == [256, 256, 512, 1536]


def test_warming_compiles_what_it_is_told(params):
    warm(params, CONFIG, (256,))
    before = outputs_of._cache_size()
    rank(params, read_history(params, history(), CONFIG), posts(3), CONFIG)
    assert outputs_of._cache_size() == before
