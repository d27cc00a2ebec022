"""The study learns what can be foretold, by rules that do not flatter."""

import dataclasses

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.evaluation.sequence_baselines import Popularity, Transitions
from stoa.evaluation.sequence_scores import ranks_of
from stoa.evaluation.sequence_study import SequenceStudyConfig, study_sequences
from stoa.space.item_sequences import ItemSequences, no_attributes
from stoa.space.sequence_model import SequenceConfig
from stoa.train.optimiser import OptimiserConfig
from stoa.train.sequences import SequenceTraining

N_ITEMS = 40
CONFIG = SequenceStudyConfig(
    model=SequenceConfig(width=32, length=8, dropout=0.0, input_dropout=0.0),
    training=SequenceTraining(
        epochs=8, row=16, rows=8, negatives=32, optimiser=OptimiserConfig(peak=2e-2, warm_up=5)
    ),
    look_every=4,
)


def sequences_of(users):
    length = np.asarray([len(user) for user in users], np.int64)
    end = np.cumsum(length)
    flat = np.concatenate(users)
    return ItemSequences(
        item=flat.astype(np.int32), start=end - length, end=end,
        item_id=np.arange(flat.max() + 1), user_id=np.arange(len(users)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def walks():
    """Users who walk round a ring of items: the next is known from the last, not from fame."""
    first = np.random.default_rng(0).integers(N_ITEMS, size=160)
    return sequences_of([(f + np.arange(9)) % N_ITEMS for f in first])


@pytest.fixture(scope="module")
def study(walks):
    return study_sequences(walks, no_attributes(walks.n_items), CONFIG, (0,))


def test_what_can_be_foretold_is_learned(study):
    assert study.tower_alone.ndcg_at_10 > 0.8
    assert study.figures.ndcg_at_10 > 0.9
    assert study.baselines["popularity"].ndcg_at_10 < 0.4
    assert study.baselines["transitions"].ndcg_at_10 > 0.9
    assert study.runs[0].chosen_epoch in (4, 8)


def test_the_memory_adds_to_the_tower_only_what_the_choice_gave_it(study):
    run = study.runs[0]
    assert run.chosen_memory_weight in CONFIG.memory_weights
    if run.chosen_memory_weight == 0:
        assert run.figures == run.tower_alone


def test_the_same_seed_gives_the_same_figures(study, walks):
    again = study_sequences(walks, no_attributes(walks.n_items), CONFIG, (0,))
    assert again.figures == study.figures
    assert again.runs[0].chosen_ndcg_at_10 == study.runs[0].chosen_ndcg_at_10


def test_the_last_item_is_neither_learned_from_nor_chosen_by(study, walks):
    other = walks.item.copy()
    other[walks.end - 1] = (other[walks.end - 1] + 17) % N_ITEMS
    changed = study_sequences(
        dataclasses.replace(walks, item=other), no_attributes(N_ITEMS), CONFIG, (0,)
    )
    assert changed.runs[0].chosen_ndcg_at_10 == study.runs[0].chosen_ndcg_at_10
    assert changed.figures.ndcg_at_10 < study.figures.ndcg_at_10


def test_baselines_see_only_what_is_known():
    whole = sequences_of([[0, 1, 2, 3], [0, 1, 4, 3], [2, 1, 0, 5]])
    known, history = whole.without_last(2), whole.without_last(1)
    count = Popularity(known).scores(np.asarray([0]), history)[0]
    assert count.tolist() == [2, 3, 1, 0, 0, 0]
    after = Transitions(known).scores(np.arange(3), history)
    # The third user's last known item is 0, which 1 followed twice; item 4 was never learned.
    assert after[2].argmax() == 1
    assert after[1].tolist() == pytest.approx([2 / 4, 3 / 4, 1 / 4, 0, 0, 0])


def test_seen_items_are_removed_and_ties_count_against_us():
    whole = sequences_of([[0, 1, 2, 3], [0, 1, 4, 3], [2, 1, 0, 5]])
    ranks = ranks_of(Popularity(whole.without_last(2)), whole.without_last(1))
    # Items 3, 4 and 5 all have no count: of the three left to the first user, 3 stands last.
    assert ranks.tolist() == [3, 3, 3]


def test_no_seed_is_refused(walks):
    with pytest.raises(BadInput, match="at least one"):
        study_sequences(walks, no_attributes(N_ITEMS), CONFIG, ())
