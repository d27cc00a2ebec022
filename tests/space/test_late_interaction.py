"""The soft maximum over positions is the plain formula, computed cheaply."""

import jax
import jax.numpy as jnp
import numpy as np

from stoa.space.late_interaction import NEVER, candidate_scores, own_scores


def one_row(n=6, seed=0):
    chance = np.random.default_rng(seed)

    def unit(*shape):
        x = chance.standard_normal(shape).astype(np.float32)
        return x / np.linalg.norm(x, axis=-1, keepdims=True)

    weights = -chance.random((n, n)).astype(np.float32)
    weights[np.triu_indices(n)] = NEVER
    return unit(n, 8), weights, unit(5, 8)


def by_formula(vectors, weights, candidates, scale, sharpness):
    inner = sharpness * ((vectors @ candidates.T)[None, :, :] + weights[:, :, None])
    return scale / sharpness * np.asarray(jax.nn.logsumexp(inner, axis=1))


def test_scores_are_the_soft_maximum_of_the_formula():
    vectors, weights, candidates = one_row()
    found = candidate_scores(vectors, weights, candidates, 14.0, 20.0)
    expected = by_formula(vectors, weights, candidates, 14.0, 20.0)
    np.testing.assert_allclose(np.asarray(found)[1:], expected[1:], rtol=1e-4)


def test_own_scores_agree_with_candidate_scores():
    vectors, weights, candidates = one_row()
    own = own_scores(vectors, weights, np.tile(candidates[:1], (6, 1)), 14.0, 20.0)
    all_scores = candidate_scores(vectors, weights, candidates, 14.0, 20.0)
    np.testing.assert_allclose(own[1:], np.asarray(all_scores)[1:, 0], rtol=1e-4)


def test_with_growing_sharpness_the_score_becomes_the_maximum():
    vectors, weights, candidates = one_row()
    found = np.asarray(own_scores(vectors, weights, np.tile(candidates[:1], (6, 1)), 1.0, 4000.0))
    exact = (vectors @ candidates[0] + weights).max(axis=1)
    np.testing.assert_allclose(found[1:], exact[1:], atol=2e-3)


def test_a_row_in_which_nobody_speaks_has_no_gradient_that_is_no_number():
    vectors, weights, candidates = one_row()

    def loss(log_scale):
        scale = jnp.exp(log_scale)
        others = candidate_scores(vectors, weights, candidates, scale, scale)
        own = own_scores(vectors, weights, vectors, scale, scale)
        speaks = (weights > NEVER / 2).any(axis=1)
        return jnp.where(speaks, own - jax.nn.logsumexp(others, axis=1), 0.0).sum()

    assert np.isfinite(jax.jit(jax.grad(loss))(2.6))
