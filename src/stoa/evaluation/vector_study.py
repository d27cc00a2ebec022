# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""One vector against many: what each way of reading a viewer finds for the same work.

Every reading has a tower of its own, trained on the same rows for as many steps. Then each viewer's
newest items are sought among all that they have not had: recall at 200 and at 1,500, by how many
interests the viewer has. "Grouped" searches with the towers' positions in at most 16 groups.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.equal_cost import Lists, make_lists, search
from stoa.measure import Interval, bootstrap_interval
from stoa.space.grouping import group_by_likeness
from stoa.space.item_sequences import ItemSequences
from stoa.space.late_interaction import NEVER
from stoa.space.quantise import unit_rows
from stoa.space.readings import Reading, spoken
from stoa.space.transformer import Array, Params, unit
from stoa.train.readings import (
    Items,
    ReadingBatch,
    ReadingTraining,
    items_as_vectors,
    positions_of,
    train_reading,
)

DEPTHS = (200, 1_500)
GROUPED = "grouped"
CHOICES = (*(reading.value for reading in Reading), GROUPED)
MOST_GROUPS = 16
LARGE = 5
"""A depth is told only of catalogues this many times deeper: elsewhere almost all is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalTask:
    """Viewers, what they chose before, and what they are to be offered next."""

    name: str
    history: ItemSequences  # each viewer's choices up to now; learned from, and removed
    target: tuple[NDArray[np.int32], ...]  # by viewer: items chosen later
    interests: NDArray[np.int64]  # by viewer, how many; 0 where unknown
    items: Items
    candidates: NDArray[np.int64]  # items that may be found
    tested: NDArray[np.int64]  # viewers
    training: ReadingTraining = field(default_factory=ReadingTraining)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceFigures:
    """What one reading found; recalls by depth, None where the catalogue is too small for it."""

    recall: dict[int, Interval | None]  # at equal cost
    exact: dict[int, Interval | None]  # by comparing with every item
    by_interests: dict[int, Interval]  # recall at the first depth, at equal cost
    each: NDArray[np.float64]  # (tested,) recall at the first depth, at equal cost
    vectors: float  # a viewer, on average
    compared: float  # products a viewer
    train_cpu_s: float
    tokens_per_cpu_s: float


def study_task(
    task: RetrievalTask, seed: int, say: Callable[[str], None] = lambda words: None
) -> dict[str, ChoiceFigures]:
    """Trains a tower a reading and compares what they find; by the names of `CHOICES`."""
    found: dict[str, ChoiceFigures] = {}
    for reading in Reading:
        say(f"{task.name}: {reading.value}")
        began = time.process_time()
        params, losses = train_reading(task.history, task.items, reading, task.training, seed)
        spent = time.process_time() - began
        tokens = len(losses) * task.training.rows * task.training.tower.length
        viewers = _Viewers(task, params, reading, seed)
        cost = (spent, tokens / spent)
        found[reading.value] = _figures(task, viewers, False, seed, cost)
        if reading is Reading.ALL:
            found[GROUPED] = _figures(task, viewers, True, seed, cost)
    return found


class _Viewers:
    """The vectors of viewers and items under one trained tower."""

    def __init__(self, task: RetrievalTask, params: Params, reading: Reading, seed: int) -> None:
        self._task, self._params, self._reading = task, params, reading
        every = jnp.asarray(task.candidates)
        self.items = np.asarray(unit(items_as_vectors(params, task.items, every)))
        self.lists: Lists = make_lists(self.items, seed)

    def vectors(self, viewers: NDArray[np.int64]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
        """Vectors and weights of each viewer."""
        made: list[tuple[NDArray[Any], NDArray[Any]]] = []
        tower, at_once = self._task.training.tower, 64
        for first in range(0, len(viewers), at_once):
            some = viewers[first : first + at_once]
            window, n = self._task.history.windows(some, tower.length)
            window = np.resize(window, (at_once, window.shape[1]))
            vector, weight = _speak(
                self._params, self._task.items, window, self._task.training, self._reading
            )
            for one, its in zip(np.asarray(vector), np.asarray(weight), strict=True):
                there = its > NEVER / 2
                made.append((one[there], its[there]))
            del made[first + len(n) :]
        return made


@partial(jax.jit, static_argnums=(3, 4))
def _speak(
    params: Params, items: Items, window: Array, training: ReadingTraining, reading: Reading
) -> tuple[Array, Array]:
    segment = jnp.where(window >= 0, 0, -1)
    place = jnp.broadcast_to(jnp.arange(window.shape[1]), window.shape)
    empty = np.zeros(0, np.float32)
    batch = ReadingBatch(window, segment, place, empty, empty)  # pyright: ignore[reportArgumentType]
    vectors = items_as_vectors(params, items, jnp.maximum(window, 0))
    positions = positions_of(params, vectors, batch, training.tower, None)
    speak = partial(spoken, params["reading"], reading)
    found = jax.vmap(speak)(positions, window >= 0)
    return found.vectors, found.weights


def grouped(
    vectors: NDArray[np.float32], weights: NDArray[np.float32], most: int = MOST_GROUPS
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """At most `most` vectors for many: near ones searched with together, none averaged away.

    A group speaks by the mean of its members, which are near each other, with its greatest weight.
    """
    group = group_by_likeness(vectors, most)
    n = int(group.max()) + 1
    summed = np.zeros((n, vectors.shape[1]), dtype=np.float32)
    np.add.at(summed, group, vectors)
    weight = np.full(n, -np.inf, dtype=np.float32)
    np.maximum.at(weight, group, weights)
    return unit_rows(summed), weight


def _figures(
    task: RetrievalTask, viewers: _Viewers, group: bool, seed: int, cost: tuple[float, float]
) -> ChoiceFigures:
    place = np.full(task.history.n_items, -1, dtype=np.int64)
    place[task.candidates] = np.arange(len(task.candidates))
    recall = np.zeros((len(task.tested), 2, len(DEPTHS)))
    n_vectors = compared = 0
    for row, (viewer, made) in enumerate(
        zip(task.tested.tolist(), viewers.vectors(task.tested), strict=True)
    ):
        vectors, weights = grouped(*made) if group else made
        found = search(vectors, weights, viewers.items, viewers.lists)
        seen = place[task.history.item[task.history.start[viewer] : task.history.end[viewer]]]
        target = place[task.target[viewer]]
        for which, score in enumerate((found.within_budget, found.exact)):
            recall[row, which] = _recalls(score, target, seen[seen >= 0])
        n_vectors, compared = n_vectors + len(vectors), compared + found.compared
    n = max(len(task.tested), 1)
    kinds = task.interests[task.tested]
    by_depth = [
        {
            depth: bootstrap_interval(recall[:, which, column], seed=seed)
            if len(task.candidates) >= LARGE * depth
            else None
            for column, depth in enumerate(DEPTHS)
        }
        for which in (0, 1)
    ]
    each = recall[:, 0, 0]
    return ChoiceFigures(
        recall=by_depth[0],
        exact=by_depth[1],
        by_interests={
            int(k): bootstrap_interval(each[kinds == k], seed=seed) for k in np.unique(kinds)
        },
        each=each,
        vectors=n_vectors / n,
        compared=compared / n,
        train_cpu_s=cost[0],
        tokens_per_cpu_s=cost[1],
    )


def _recalls(
    score: NDArray[np.float32],
    target: NDArray[np.int64],
    seen: NDArray[np.int64],
    depths: tuple[int, ...] = DEPTHS,
) -> list[float]:
    """Share of targets among the best; equal scores stand before a target."""
    score = score.copy()
    score[seen] = -np.inf
    own = score[target]
    rank = (score[None, :] >= own[:, None]).sum(axis=1)
    return [float(((rank <= depth) & (own > -np.inf)).mean()) for depth in depths]
