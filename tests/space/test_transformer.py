"""The blocks do what the ranker and the towers rely on."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from stoa.space.transformer import BlockConfig, attend, attend_to, init_blocks, keys_values

CONFIG = BlockConfig(width=32, depth=1, head=16)
# Compiled as a whole, as it is where it is used; step by step each small step is compiled.
attended = jax.jit(attend, static_argnums=4)
attended_to = jax.jit(attend_to, static_argnums=5)
keys_and_values = jax.jit(keys_values, static_argnums=3)


@pytest.fixture(scope="module")
def block():
    return jax.jit(init_blocks, static_argnums=1)(jax.random.key(0), CONFIG)[0]


def tokens(n, seed=1):
    return jnp.asarray(np.random.default_rng(seed).standard_normal((n, CONFIG.width), np.float32))


def test_a_causal_mask_keeps_the_future_out(block):
    x, place = tokens(6), jnp.arange(6.0)
    mask = jnp.tril(jnp.ones((6, 6), bool))
    before = attended(block, x, place, mask, CONFIG)
    after = attended(block, x.at[5].set(9.0), place, mask, CONFIG)
    np.testing.assert_array_equal(before[:5], after[:5])
    assert not np.allclose(before[5], after[5])


def test_only_distances_between_places_matter(block):
    x, mask = tokens(6), jnp.ones((6, 6), bool)
    here = attended(block, x, jnp.arange(6.0), mask, CONFIG)
    there = attended(block, x, jnp.arange(6.0) + 40, mask, CONFIG)
    np.testing.assert_allclose(here, there, atol=1e-4)


def test_a_candidate_never_sees_its_neighbours(block):
    history, candidates = tokens(5), tokens(8, seed=2)
    run = jax.jit(
        lambda c: attend_to(
            block, c, jnp.full(8, 5.0), keys_values(block, history, jnp.arange(5.0), CONFIG),
            jnp.ones(5, bool), CONFIG,
        )
    )  # fmt: skip
    whole = np.asarray(run(candidates))
    order = np.array([3, 1, 7, 0, 2, 6, 5, 4])
    np.testing.assert_array_equal(whole[order], np.asarray(run(candidates[order])))
    alone = np.asarray(run(candidates.at[1:].set(0.0)))
    np.testing.assert_array_equal(whole[0], alone[0])


def test_seeing_history_and_oneself_is_attention_over_both(block):
    history, one = tokens(5), tokens(1, seed=2)
    place = jnp.arange(6.0)
    both = jnp.concatenate([history, one])
    mask = jnp.ones((6, 6), bool)
    expected = attended(block, both, place, mask, CONFIG)[5]
    kv = keys_and_values(block, history, place[:5], CONFIG)
    found = attended_to(block, one, place[5:], kv, jnp.ones(5, bool), CONFIG)[0]
    np.testing.assert_allclose(found, expected, atol=1e-5)
