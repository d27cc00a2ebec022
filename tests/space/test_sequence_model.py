"""A user's vectors depend on what that user chose before, and on nothing else."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from stoa.space.sequence_model import (
    SequenceConfig,
    init_sequence_model,
    item_vectors,
    viewer_vectors,
)

CONFIG = SequenceConfig(width=32, length=6)


@pytest.fixture(scope="module")
def params():
    return init_sequence_model(jax.random.key(0), CONFIG, 9, 4)


@pytest.fixture(scope="module")
def read(params):
    run = jax.jit(lambda x, segment, place: viewer_vectors(params, x, segment, place, CONFIG))

    def read(items, segment, place):
        x = params["item"][jnp.asarray(items)]
        return np.asarray(run(x, jnp.asarray(segment), jnp.asarray(place)))

    return read


def test_what_comes_later_changes_nothing(read):
    one = read([1, 2, 3, 4], [0] * 4, [0, 1, 2, 3])
    other = read([1, 2, 3, 8], [0] * 4, [0, 1, 2, 3])
    np.testing.assert_array_equal(one[:3], other[:3])
    assert not np.allclose(one[3], other[3])


def test_a_user_packed_beside_others_reads_as_alone(read):
    alone = read([5, 6, 0, 0], [0, 0, 1, 1], [0, 1, 0, 1])[:2]
    behind = read([1, 2, 5, 6], [0, 0, 1, 1], [0, 1, 0, 1])[2:]
    np.testing.assert_allclose(alone, behind, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(alone, axis=1), 1.0, atol=1e-5)


def test_an_item_is_itself_plus_the_mean_of_its_attributes(params):
    got = item_vectors(params, jnp.asarray([0, 1]), jnp.asarray([[1, 3, 0], [0, 0, 0]]))
    mean = (params["attribute"][1] + params["attribute"][3]) / 2
    np.testing.assert_allclose(got[0], params["item"][0] + mean, atol=1e-6)
    np.testing.assert_array_equal(got[1], params["item"][1])


def test_dropout_needs_a_key_and_follows_it(params, read):
    x, line = params["item"][jnp.asarray([1, 2, 3, 4])], jnp.arange(4)

    @jax.jit
    def dropped(seed):
        return viewer_vectors(params, x, jnp.zeros(4, int), line, CONFIG, jax.random.key(seed))

    np.testing.assert_array_equal(dropped(1), dropped(1))
    assert not np.allclose(dropped(1), dropped(2))
    assert not np.allclose(dropped(1), read([1, 2, 3, 4], [0] * 4, [0, 1, 2, 3]))
