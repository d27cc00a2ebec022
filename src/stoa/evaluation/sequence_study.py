"""How well the tower foretells what users choose next: leave one out, ranked among all items.

Of every user the last item is the test and the one before it chooses the epoch and how much the
memory of transitions counts beside the tower; neither is learned from. The test is looked at once,
with what was chosen.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.evaluation.sequence_baselines import Popularity, Transitions
from stoa.evaluation.sequence_scores import Scorer, TowerScores, blended_ranks, ranks_of
from stoa.measure.full_ranking import hit_rate, mean_ndcg
from stoa.space.item_sequences import ItemSequences
from stoa.space.sequence_model import SequenceConfig
from stoa.space.transformer import Params
from stoa.space.transition_memory import TransitionConfig, TransitionMemory
from stoa.train.sequences import SequenceEpoch, SequenceTraining, train_sequences

Say = Callable[[str, float], None]
"""Hears what goes on, and which share of the study is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceStudyConfig:
    """One set of settings for every data set."""

    model: SequenceConfig = field(default_factory=SequenceConfig)
    training: SequenceTraining = field(default_factory=SequenceTraining)
    memory: TransitionConfig = field(default_factory=TransitionConfig)
    # What the memory's scores may weigh beside the tower's logits; chosen as the epoch is.
    memory_weights: tuple[float, ...] = (0.0, 0.5, 1.0, 1.5, 2.0)
    look_every: int = 8  # epochs between looks at the item before the last


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceFigures:
    """Means over all users on the last item, of one way to score or over several seeds of it."""

    ndcg_at_10: float
    hr_at_10: float
    hr_at_200: float  # by the best of all the tower's positions, as retrieval would
    hr_at_200_last: float  # by its last position


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceRun:
    """One seed: what it scored, what was chosen by which figure, and what it took."""

    seed: int
    figures: SequenceFigures
    tower_alone: SequenceFigures  # without the memory
    chosen_epoch: int
    chosen_memory_weight: float
    chosen_ndcg_at_10: float  # on the item before the last, for these choices
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
        return _mean([run.figures for run in self.runs])

    @property
    def tower_alone(self) -> SequenceFigures:
        """Means over seeds, without the memory."""
        return _mean([run.tower_alone for run in self.runs])


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
    memory = TransitionMemory(known, config.memory)
    runs: list[SequenceRun] = []
    for i, seed in enumerate(seeds):

        def heard(words: str, share: float, i: int = i, seed: int = seed) -> None:
            say(f"seed {seed}: {words}", (i + share) / len(seeds))

        runs.append(_Trial(sequences, attributes, config, memory).run(seed, heard))
    plain = {"popularity": Popularity(known), "transitions": Transitions(known), "memory": memory}
    return SequenceStudy(
        runs=tuple(runs),
        baselines={name: _baseline(scorer, history) for name, scorer in plain.items()},
        users=sequences.n_users,
        items=sequences.n_items,
        settings={**asdict(config), "attributes": int(attributes.max(initial=0))},
    )


class _AllPositions:
    """A tower that scores by all of its positions."""

    def __init__(self, tower: TowerScores) -> None:
        self.scores = tower.all_positions


class _Choice(NamedTuple):
    """The best so far on the item before the last."""

    ndcg: float
    epoch: int
    weight: float
    params: Params


class _Trial:
    """Trains one tower, chooses epoch and memory weight together, and tests the chosen once."""

    def __init__(
        self,
        sequences: ItemSequences,
        attributes: NDArray[np.int32],
        config: SequenceStudyConfig,
        memory: Scorer,
    ) -> None:
        self._sequences, self._attributes = sequences, attributes
        self._config, self._memory = config, memory

    def run(self, seed: int, say: Say) -> SequenceRun:
        began = time.process_time()
        best = self._chosen(seed, say)
        blended, alone = self._tested(best)
        return SequenceRun(
            seed=seed,
            figures=blended,
            tower_alone=alone,
            chosen_epoch=best.epoch,
            chosen_memory_weight=best.weight,
            chosen_ndcg_at_10=best.ndcg,
            cpu_s=time.process_time() - began,
        )

    def _chosen(self, seed: int, say: Say) -> _Choice:
        config, known = self._config, self._sequences.without_last(2)
        last, best = config.training.epochs, None
        for made in train_sequences(known, self._attributes, config.model, config.training, seed):
            words = f"epoch {made.epoch}, loss {made.loss:.3f}"
            if made.epoch % config.look_every == 0 or made.epoch == last:
                found = self._look(known, made)
                words += f", NDCG@10 {found.ndcg:.4f} on the item before the last"
                best = found if best is None or found.ndcg > best.ndcg else best
            say(words, made.epoch / (last + 1))
        assert best is not None
        return best

    def _look(self, known: ItemSequences, made: SequenceEpoch) -> _Choice:
        """The best memory weight for a tower; the smallest of equals."""
        weights = self._config.memory_weights
        ranks = blended_ranks(
            (self._tower(made.params), self._memory), [(1.0, w) for w in weights], known
        )
        ndcg = [mean_ndcg(rank, 10) for rank in ranks]
        i = int(np.argmax(ndcg))
        return _Choice(ndcg[i], made.epoch, weights[i], made.params)

    def _tested(self, best: _Choice) -> tuple[SequenceFigures, SequenceFigures]:
        history, tower = self._sequences.without_last(1), self._tower(best.params)
        blended, alone = blended_ranks(
            (tower, self._memory), [(1.0, best.weight), (1.0, 0.0)], history
        )
        every = ranks_of(_AllPositions(tower), history)
        return _figures(blended, every, alone), _figures(alone, every, alone)

    def _tower(self, params: Params) -> TowerScores:
        return TowerScores(params, self._attributes, self._config.model)


def _baseline(scorer: Scorer, history: ItemSequences) -> SequenceFigures:
    ranks = ranks_of(scorer, history)
    return _figures(ranks, ranks, ranks)


def _figures(
    ranked: NDArray[np.int64], every: NDArray[np.int64], last: NDArray[np.int64]
) -> SequenceFigures:
    return SequenceFigures(
        ndcg_at_10=mean_ndcg(ranked, 10),
        hr_at_10=hit_rate(ranked, 10),
        hr_at_200=hit_rate(every, 200),
        hr_at_200_last=hit_rate(last, 200),
    )


def _mean(figures: list[SequenceFigures]) -> SequenceFigures:
    each = [asdict(one) for one in figures]
    return SequenceFigures(**{k: float(np.mean([one[k] for one in each])) for k in each[0]})
