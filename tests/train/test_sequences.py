"""The loop learns what can be learned, and a seed decides everything else."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.space.item_sequences import ItemSequences, no_attributes
from stoa.space.sequence_model import (
    SequenceConfig,
    init_sequence_model,
    item_vectors,
    viewer_vectors,
)
from stoa.space.transformer import unit
from stoa.train.optimiser import OptimiserConfig
from stoa.train.sequences import (
    SequenceBatch,
    SequenceTraining,
    next_item_loss,
    train_sequences,
)

CONFIG = SequenceConfig(width=32, length=8, dropout=0.0, input_dropout=0.0)
TRAINING = SequenceTraining(
    epochs=3, row=16, rows=4, negatives=16, optimiser=OptimiserConfig(peak=1e-2, warm_up=2)
)


def sequences_of(users):
    length = np.asarray([len(user) for user in users], np.int64)
    item_id, row = np.unique(np.concatenate(users), return_inverse=True)
    end = np.cumsum(length)
    return ItemSequences(
        item=row.astype(np.int32), start=end - length, end=end,
        item_id=item_id.astype(np.int64), user_id=np.arange(len(users)),
    )  # fmt: skip


def rounds(n_users=60, n_items=12, length=8):
    return sequences_of([[(u + i) % n_items for i in range(length)] for u in range(n_users)])


@pytest.fixture(scope="module")
def towers():
    def train(seed):
        sequences = rounds()
        return list(
            train_sequences(sequences, no_attributes(sequences.n_items), CONFIG, TRAINING, seed)
        )

    return [train(0), train(0), train(1)]


def leaves(made):
    return jax.tree.leaves(made[-1].params)


def test_the_loss_falls(towers):
    losses = [epoch.loss for epoch in towers[0]]
    assert losses[-1] < losses[0]
    assert [epoch.epoch for epoch in towers[0]] == [1, 2, 3]


def test_the_same_seed_gives_the_same_tower_and_another_seed_another(towers):
    first, again, other = map(leaves, towers)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_an_epoch_that_was_handed_out_is_not_overwritten(towers):
    early, late = towers[0][0].params["item"], towers[0][-1].params["item"]
    assert not np.array_equal(early, late)


def test_nothing_to_foretell_is_said_plainly():
    alone = sequences_of([[1], [2]])
    with pytest.raises(BadInput, match="at least 4 items"):
        next(train_sequences(alone, no_attributes(2), CONFIG, TRAINING, 0))


def test_with_every_item_drawn_once_the_loss_is_the_full_softmax():
    params = init_sequence_model(jax.random.key(0), CONFIG, 5, 1)
    none = jnp.zeros((5, 0), jnp.int32)
    batch = SequenceBatch(
        item=jnp.asarray([[2, 4, -1]]), segment=jnp.asarray([[0, 0, -1]]),
        place=jnp.asarray([[0, 1, 0]]), negative=jnp.arange(5), log_expected=jnp.zeros(5),
    )  # fmt: skip

    @jax.jit
    def both(params, batch):
        loss = next_item_loss(params, batch, none, CONFIG, jax.random.key(1))
        x = item_vectors(params, jnp.asarray([2, 4]), none[:2])
        viewer = viewer_vectors(params, x, jnp.zeros(2, int), jnp.arange(2), CONFIG)[0]
        logits = jnp.exp(params["scale"]) * (unit(params["item"]) @ viewer)
        return loss, -jax.nn.log_softmax(logits)[4]

    loss, full = both(params, batch)
    assert float(loss) == pytest.approx(float(full), abs=1e-4)
