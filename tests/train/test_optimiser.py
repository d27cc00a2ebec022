"""The optimiser every loop shares: its rate, what it shrinks, and that it finds a minimum."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from stoa.errors import BadInput
from stoa.train.optimiser import OptimiserConfig, adamw, decays, learning_rate


@pytest.mark.parametrize(("n_steps", "warm_up"), [(1, 1), (2, 500), (30, 1), (99, 9), (5_000, 200)])
def test_the_rate_never_leaves_zero_to_peak_and_ends_at_its_last(n_steps, warm_up):
    config = OptimiserConfig(peak=0.5, warm_up=warm_up, last=0.1)
    rate = learning_rate(config, n_steps)
    seen = np.asarray(rate(jnp.linspace(0, n_steps, 21)))
    assert (seen >= 0).all()
    assert (seen <= 0.5 + 1e-6).all()
    if n_steps > 1:
        assert float(rate(n_steps)) == pytest.approx(0.05, abs=1e-6)


def test_matrices_shrink_and_gains_do_not():
    params = {"matrix": jnp.ones((2, 2)), "gain": jnp.ones(2), "temperature": jnp.ones(())}
    assert decays(params) == {"matrix": True, "gain": False, "temperature": False}
    optimiser = adamw(OptimiserConfig(peak=0.1, weight_decay=0.5, warm_up=1), 10)
    state = optimiser.init(params)
    still = jax.tree.map(jnp.zeros_like, params)
    update = jax.jit(optimiser.update)
    for _ in range(3):
        updates, state = update(still, state, params)
        params = optax.apply_updates(params, updates)
    assert float(params["matrix"].max()) < 1.0
    np.testing.assert_array_equal(params["gain"], 1.0)


def test_it_finds_the_minimum_of_a_bowl():
    goal = jnp.asarray([1.0, -2.0])
    optimiser = adamw(OptimiserConfig(peak=0.1), 200)
    params = {"x": jnp.zeros(2)}
    state = optimiser.init(params)
    gradient = jax.jit(jax.grad(lambda p: jnp.sum((p["x"] - goal) ** 2)))
    update = jax.jit(optimiser.update)
    for _ in range(200):
        updates, state = update(gradient(params), state, params)
        params = optax.apply_updates(params, updates)
    np.testing.assert_allclose(params["x"], goal, atol=1e-2)


@pytest.mark.parametrize("wrong", [{"peak": 0.0}, {"peak": float("nan")}, {"last": 1.5}])
def test_rates_that_mean_nothing_are_refused(wrong):
    with pytest.raises(BadInput):
        OptimiserConfig(**wrong)


def test_no_steps_is_said_plainly():
    with pytest.raises(BadInput, match="anything to train on"):
        adamw(OptimiserConfig(), 0)
