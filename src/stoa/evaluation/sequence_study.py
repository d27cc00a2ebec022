"""How well the tower foretells what users choose next: leave one out, ranked among all items.

Of every user the last item is the test and the one before it chooses the epoch; neither is
learned from. The test is looked at once, with the tower of the chosen epoch.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.evaluation.sequence_baselines import Popularity, Transitions
from stoa.evaluation.sequence_scores import Scorer, TowerScores, ranks_of
from stoa.measure.full_ranking import hit_rate, mean_ndcg
from stoa.space.item_sequences import ItemSequences
from stoa.space.sequence_model import SequenceConfig
from stoa.space.transformer import Params
from stoa.train.sequences import SequenceTraining, train_sequences

Say = Callable[[str, float], None]
"""Hears what goes on, and which share of the study is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceStudyConfig:
    """One set of settings for every data set."""

    model: SequenceConfig = field(default_factory=SequenceConfig)
    training: SequenceTraining = field(default_factory=SequenceTraining)
    look_every: int = 4  # epochs between looks at the item before the last


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceFigures:
    """Means over all users of one trained tower on the last item, or over several towers."""

    ndcg_at_10: float
    hr_at_10: float
    hr_at_200: float  # by the best of all positions, as retrieval would
    hr_at_200_last: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceRun:
    """One seed: what it scored, which epoch was chosen by what, and what it took."""

    seed: int
    figures: SequenceFigures
    chosen_epoch: int
    chosen_ndcg_at_10: float  # on the item before the last
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceStudy:
    """All seeds, what they must beat, and how they were made."""

    runs: tuple[SequenceRun, ...]
    baselines: dict[str, SequenceFigures]
    users: int
    items: int
    settings: dict[str, Any]

    @property
    def figures(self) -> SequenceFigures:
        """Means over seeds."""
        each = [asdict(run.figures) for run in self.runs]
        return SequenceFigures(**{k: float(np.mean([one[k] for one in each])) for k in each[0]})


class _AllPositions:
    """A tower that scores by all of its positions."""

    def __init__(self, tower: TowerScores) -> None:
        self.scores = tower.all_positions


def study_sequences(
    sequences: ItemSequences,
    attributes: NDArray[np.int32],
    config: SequenceStudyConfig,
    seeds: tuple[int, ...],
    say: Say = lambda words, share: None,
) -> SequenceStudy:
    """Trains a tower a seed and tests each once.

    Args:
        sequences: whole sequences, at least 3 items a user.
        attributes: (n_items, k), 0 for none.
        config: settings.
        seeds: of the towers.
        say: hears what goes on.

    Raises:
        BadInput: no seed is given, or there is nothing to learn from.
    """
    if not seeds:
        raise BadInput("seeds", list(seeds), "give at least one whole number")
    known, history = sequences.without_last(2), sequences.without_last(1)
    runs: list[SequenceRun] = []
    for i, seed in enumerate(seeds):

        def heard(words: str, share: float, i: int = i, seed: int = seed) -> None:
            say(f"seed {seed}: {words}", (i + share) / len(seeds))

        runs.append(_run(sequences, attributes, config, seed, heard))
    return SequenceStudy(
        runs=tuple(runs),
        baselines={
            one.name: _plain(one, history) for one in (Popularity(known), Transitions(known))
        },
        users=sequences.n_users,
        items=sequences.n_items,
        settings={**asdict(config), "attributes": int(attributes.max(initial=0))},
    )


def _run(
    sequences: ItemSequences,
    attributes: NDArray[np.int32],
    config: SequenceStudyConfig,
    seed: int,
    say: Say,
) -> SequenceRun:
    began = time.process_time()
    known, history = sequences.without_last(2), sequences.without_last(1)
    best, chosen, params = -1.0, 0, None
    training = config.training
    for made in train_sequences(known, attributes, config.model, training, seed):
        words = f"epoch {made.epoch}, loss {made.loss:.3f}"
        if made.epoch % config.look_every == 0 or made.epoch == training.epochs:
            tower = TowerScores(made.params, attributes, config.model)
            ndcg = mean_ndcg(ranks_of(tower, known), 10)
            words += f", NDCG@10 {ndcg:.4f} on the item before the last"
            if ndcg > best:
                best, chosen, params = ndcg, made.epoch, made.params
        say(words, made.epoch / (training.epochs + 1))
    assert params is not None
    return SequenceRun(
        seed=seed,
        figures=_tested(params, history, attributes, config.model),
        chosen_epoch=chosen,
        chosen_ndcg_at_10=best,
        cpu_s=time.process_time() - began,
    )


def _tested(
    params: Params, history: ItemSequences, attributes: NDArray[np.int32], config: SequenceConfig
) -> SequenceFigures:
    tower = TowerScores(params, attributes, config)
    return _figures(ranks_of(tower, history), ranks_of(_AllPositions(tower), history))


def _plain(scorer: Scorer, history: ItemSequences) -> SequenceFigures:
    ranks = ranks_of(scorer, history)
    return _figures(ranks, ranks)


def _figures(last: NDArray[np.int64], every: NDArray[np.int64]) -> SequenceFigures:
    return SequenceFigures(
        ndcg_at_10=mean_ndcg(last, 10),
        hr_at_10=hit_rate(last, 10),
        hr_at_200=hit_rate(every, 200),
        hr_at_200_last=hit_rate(last, 200),
    )
