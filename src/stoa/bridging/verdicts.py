"""What every model says of every note, one column set for each prefix of the outputs (spec 16).

A note is scored by at most one group model, one multi-group model and one topic model, so the
models of such a family share one set of columns, with the number of the one that spoke beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.model_outputs import ModelNotes
from stoa.bridging.scorers import Topic
from stoa.note_records import NO_GROUP, Status

FAMILIES = ("group", "multiGroup", "topic")
"""Prefixes that several models share; the published outputs hold their numbers as doubles."""

NO_TOPIC = -1
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Voice:
    """One model's word and the place it has in the outputs."""

    prefix: str  # core, coreWithTopics, expansion, expansionPlus, coverage, gaussian, ..., FAMILIES
    notes: ModelNotes
    number: int | None = None  # its modelingGroup, modelingMultiGroup or Topic


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All models side by side. Arrays (n_notes,), row by row with `NoteTable`."""

    n_notes: int
    models: Mapping[str, ModelNotes]  # by prefix; a prefix without a model is absent
    group: NDArray[np.int16]  # modelingGroup; NO_GROUP where no group model speaks
    multi_group: NDArray[np.int16]  # modelingMultiGroup
    topic: NDArray[np.int8]  # Topic of the topic model that speaks, else NO_TOPIC
    topic_confident: NDArray[np.int8]  # 1, 0, or UNKNOWN where no topic model speaks

    def status(self, prefix: str) -> NDArray[np.int8]:
        """A model's statuses; NONE throughout for a model that did not run."""
        model = self.models.get(prefix)
        return np.zeros(self.n_notes, dtype=np.int8) if model is None else model.status

    def intercept(self, prefix: str) -> NDArray[np.floating]:
        """A model's note intercepts; NaN where it has none."""
        return self._number(prefix, "intercept")

    def factor(self, prefix: str) -> NDArray[np.floating]:
        """A model's note factors; NaN where it has none."""
        return self._number(prefix, "factor")

    def population_sampled(self, prefix: str) -> NDArray[np.floating]:
        """A model's intercepts from population-sampled ratings alone; NaN where it has none."""
        return self._number(prefix, "population_sampled")

    def extra(self, prefix: str, name: str) -> NDArray[np.generic] | None:
        """One of the columns that a model alone writes, or None."""
        model = self.models.get(prefix)
        return None if model is None else model.extra.get(name)

    def _number(self, prefix: str, field: str) -> NDArray[np.floating]:
        model = self.models.get(prefix)
        if model is None:
            return np.full(self.n_notes, np.nan, dtype=np.float32)
        column: NDArray[np.float32] = getattr(model, field)
        return column.astype(np.float64) if prefix in FAMILIES else column


def topic_confidence(
    topic: NDArray[np.int8], positive: NDArray[np.int64], negative: NDArray[np.int64]
) -> NDArray[np.int8]:
    """Which topic notes were rated by enough raters of both signs (spec 12.4).

    Args:
        topic: (n_notes,) Topic, NO_TOPIC where no topic model speaks.
        positive: (n_notes,) ratings by raters with a topic factor >= 0.
        negative: (n_notes,) ratings by raters with a topic factor < 0.

    Returns:
        (n_notes,) 1, 0, or UNKNOWN without a topic.

    >>> two = np.array([5, 5])
    >>> topic_confidence(np.array([1, -1], dtype=np.int8), two, two).tolist()
    [1, -1]
    """
    least = np.where(topic == Topic.IN_DIMENSION_TWO, 0, 4)
    confident = (positive > least) & (negative > least)
    return np.where(topic == NO_TOPIC, UNKNOWN, confident).astype(np.int8)


def gather(voices: Sequence[Voice], n_notes: int, topic_confident: NDArray[np.int8]) -> Verdicts:
    """Lays the models side by side; families become one set of columns.

    Args:
        voices: the models in any order; several of one prefix only within `FAMILIES`.
        n_notes: rows of `NoteTable`.
        topic_confident: (n_notes,) see `topic_confidence`.
    """
    by_prefix: dict[str, list[Voice]] = {}
    for voice in voices:
        by_prefix.setdefault(voice.prefix, []).append(voice)
    topic = _numbers(by_prefix.get("topic", ()), n_notes, NO_TOPIC).astype(np.int8)
    return Verdicts(
        n_notes=n_notes,
        models={prefix: _joined(prefix, family) for prefix, family in by_prefix.items()},
        group=_numbers(by_prefix.get("group", ()), n_notes, NO_GROUP),
        multi_group=_numbers(by_prefix.get("multiGroup", ()), n_notes, NO_GROUP),
        topic=topic,
        topic_confident=np.where(topic == NO_TOPIC, UNKNOWN, topic_confident).astype(np.int8),
    )


def _joined(prefix: str, family: Sequence[Voice]) -> ModelNotes:
    """The models of one prefix as one; each note from the model that speaks of it."""
    first = family[0].notes
    if len(family) == 1:
        return first
    assert prefix in FAMILIES, f"{prefix} has {len(family)} models, expected one"
    columns: dict[str, NDArray[np.generic]] = {
        f.name: getattr(first, f.name).copy()
        for f in fields(ModelNotes)
        if f.name not in ("scorer", "extra")
    }
    for voice in family[1:]:
        speaks = voice.notes.status != Status.NONE
        assert not (speaks & (columns["status"] != Status.NONE)).any(), (
            f"two {prefix} models score the same note; each note belongs to one at most"
        )
        for name, column in columns.items():
            column[speaks] = getattr(voice.notes, name)[speaks]
    return ModelNotes(scorer=prefix, extra={}, **columns)  # pyright: ignore[reportArgumentType]


def _numbers(family: Sequence[Voice], n_notes: int, missing: int) -> NDArray[np.int16]:
    numbers = np.full(n_notes, missing, dtype=np.int16)
    for voice in family:
        number = missing if voice.number is None else voice.number
        numbers[voice.notes.status != Status.NONE] = number
    return numbers
