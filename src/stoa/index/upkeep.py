"""What an index does between writes: seal full segments, merge neighbours, compact, learn lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.index.codes import CodeSpace
from stoa.index.quantiser import Quantiser, n_lists_for, train, training_size
from stoa.index.segment import (
    FlatSegment,
    SealedSegment,
    Segment,
    live_rows,
    write_sealed,
)

_GROWN = 2  # times as many rows as the lists were learned on: learn more lists
_MOSTLY_DEAD = 0.5
_SAMPLE_SEED = 7


@dataclass(frozen=True, slots=True)
class Job:
    """Neighbouring segments to be rewritten as one."""

    segments: tuple[Segment, ...]
    quantiser: Quantiser | None  # None: learn one first
    sample_from: tuple[Segment, ...]
    n_live: int


def next_job(
    segments: Sequence[Segment], quantiser: Quantiser | None, most_rows: int
) -> Job | None:
    """The most urgent step, or None; the last segment takes writes and is left alone."""
    still = segments[:-1]
    if not still:
        return None
    n_live = sum(s.n - s.n_dead for s in segments)
    if quantiser and n_live >= _GROWN * quantiser.trained_on:
        more = n_lists_for(n_live) > 1.2 * quantiser.n_lists
        quantiser = None if more else quantiser
    chosen = _full_flats(still) or _outdated(still, quantiser)
    chosen = chosen or _mostly_dead(still) or _uneven(still, most_rows)
    return Job(tuple(chosen), quantiser, tuple(segments), n_live) if chosen else None


def made(
    job: Job, path: Path, base: int, space: CodeSpace
) -> tuple[SealedSegment, Quantiser, NDArray[np.int64]]:
    """Does a job: the new segment, its quantiser, and the slot each of its rows came from.

    Raises:
        OSError: the disk refuses.
    """
    quantiser = job.quantiser or _learn(job, space)
    rows = live_rows(job.segments, quantiser, space)
    return write_sealed(path, rows, base, quantiser), quantiser, rows.slot


def _full_flats(still: Sequence[Segment]) -> list[Segment]:
    return [segment for segment in still if isinstance(segment, FlatSegment)]


def _outdated(still: Sequence[Segment], quantiser: Quantiser | None) -> list[Segment]:
    number = quantiser.number if quantiser else None
    return [segment for segment in still if segment.quantiser != number][:1]


def _mostly_dead(still: Sequence[Segment]) -> list[Segment]:
    return [segment for segment in still if segment.n_dead > _MOSTLY_DEAD * segment.n][:1]


def _uneven(still: Sequence[Segment], most_rows: int) -> list[Segment]:
    """Neighbours of which the older is not twice the newer: rewriting stays logarithmic."""
    sizes = [segment.n - segment.n_dead for segment in still]
    for older in range(len(still) - 2, -1, -1):
        together = sizes[older] + sizes[older + 1]
        if sizes[older] < 2 * sizes[older + 1] and together <= most_rows:
            return [still[older], still[older + 1]]
    return []


def _learn(job: Job, space: CodeSpace) -> Quantiser:
    """Learns lists from a sample of every segment, the newest included."""
    n_lists = n_lists_for(job.n_live)
    share = training_size(n_lists) / max(job.n_live, 1)
    chance = np.random.default_rng(_SAMPLE_SEED)
    parts: list[NDArray[np.int8]] = []
    for segment in job.sample_from:
        live = np.flatnonzero(~segment.dead[: segment.n])
        n_taken = min(len(live), int(np.ceil(share * len(live))))
        taken = np.sort(chance.choice(live, n_taken, replace=False)) if n_taken else live
        parts.append(segment.code[: segment.n][taken])
    sample = space.decode(np.concatenate(parts))
    numbers = [segment.quantiser or 0 for segment in job.sample_from]
    return train(sample, n_lists, max(numbers) + 1, job.n_live)
