"""Each reading scores a candidate by what speaks for the viewer, and hears nothing later."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from stoa.space.late_interaction import NEVER
from stoa.space.readings import N_CAPSULES, Reading, Sought, init_reading, reading_scores, spoken

# Compiled as a whole, as they are where they are used; step by step each small step is compiled.
score = jax.jit(reading_scores, static_argnums=1)
speak = jax.jit(spoken, static_argnums=1)
T, WIDTH = 5, 8
SHARPNESS = 40.0


def unit(*shape, seed=0):
    x = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


@pytest.fixture(scope="module")
def params():
    return jax.jit(init_reading, static_argnums=1)(jax.random.key(0), WIDTH) | {
        "by_age": -0.05 * np.arange(10, dtype=np.float32)
    }


def soft_maximum(x):
    return np.asarray(jax.nn.logsumexp(SHARPNESS * x, axis=0)) / SHARPNESS


def scores(params, reading, positions, sharpness=SHARPNESS):
    mask = np.tril(np.ones((T, T), bool))
    sought = Sought(unit(7, WIDTH, seed=1), unit(T, WIDTH, seed=2), 1.0, sharpness)
    return score(params, reading, jnp.asarray(positions), mask, sought)


@pytest.mark.parametrize("reading", list(Reading))
def test_the_last_place_scores_as_what_speaks_at_the_end(params, reading):
    positions = unit(T, WIDTH)
    others, own = scores(params, reading, positions)
    said = speak(params, reading, jnp.asarray(positions), np.ones(T, bool))
    weighed = (
        np.asarray(said.vectors) @ unit(7, WIDTH, seed=1).T + np.asarray(said.weights)[:, None]
    )
    np.testing.assert_allclose(np.asarray(others)[-1], soft_maximum(weighed), atol=1e-4)
    mine = np.asarray(said.vectors) @ unit(T, WIDTH, seed=2)[-1] + np.asarray(said.weights)
    np.testing.assert_allclose(float(own[-1]), soft_maximum(mine), atol=1e-4)


@pytest.mark.parametrize("reading", list(Reading))
def test_no_place_hears_a_later_one(params, reading):
    positions = unit(T, WIDTH)
    changed = positions.copy()
    changed[3:] = unit(2, WIDTH, seed=9)
    before, after = (scores(params, reading, p)[0][:3] for p in (positions, changed))
    np.testing.assert_allclose(before, after, atol=1e-4)


@pytest.mark.parametrize("reading", list(Reading))
def test_padding_does_not_speak(params, reading):
    positions = unit(T, WIDTH)
    real = np.arange(T) < 3
    short = speak(params, reading, jnp.asarray(positions), real)
    other = positions.copy()
    other[3:] = unit(2, WIDTH, seed=9)
    same = speak(params, reading, jnp.asarray(other), real)
    there = np.asarray(short.weights) > NEVER / 2
    np.testing.assert_allclose(
        np.asarray(short.vectors)[there], np.asarray(same.vectors)[there], atol=1e-6
    )
    assert there.sum() == {"mean": 1, "last": 1, "capsules": N_CAPSULES, "all": 3}[reading]
