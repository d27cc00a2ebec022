"""A mix serves a society for some days; what each sitting came to, with every chance beside it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.society_view import SocietyView, view_of
from stoa.evaluation.town_mixes import Mix, Real, chances_in_order, drawn_in_order, sources_of
from stoa.records import EventKind
from stoa.space.learning_log import Answer, ImpressionColumns
from stoa.town.society import Society

SLOTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedSittings:
    """Sittings as rows, n of them; slots that were not reached hold zeros and chances of 1."""

    viewer: NDArray[np.int64]  # (n,)
    reached: NDArray[np.bool_]  # (n, slots)
    seconds: Real  # (n, slots)
    liked: Real  # (n, slots)
    answer: NDArray[np.int8]  # (n, slots), `Answer`
    propensity: Real  # (n, slots): given the posts above
    target: Real  # (n, slots): the same, had the mix asked for drawn
    features: Real  # (n, f): of the first post shown
    expected: Real  # (n, f): their mean over first posts that the mix asked for would draw

    def __len__(self) -> int:
        return len(self.viewer)


def serve_mix(society: Society, mix: Mix, other: Mix, days: int, seed: int) -> ServedSittings:
    """Serves a mix and notes what another would have done in its place.

    Args:
        society: is changed by it.
        mix: draws the slates.
        other: the mix asked for; the same one where nothing is asked.
        days: to serve.
        seed: of the draws.
    """
    parts: list[ServedSittings] = []
    for _ in range(days):
        plan = society.begin_day(society.day)
        for round_ in plan.rounds:
            pool = society.pool(round_)
            if not len(round_.sittings):
                continue
            view = view_of(society.log(), plan, round_, pool, SLOTS)
            random = np.random.default_rng([seed, 37, view.day, view.round])
            sources = sources_of(view)
            weight, asked = (np.tensordot(m.shares, sources, axes=1) for m in (mix, other))
            slots = min(SLOTS, int(view.fresh.sum(axis=1).min()))
            column = drawn_in_order(weight, slots, random)
            chance = chances_in_order(weight, column)
            shown = society.show(
                round_.sittings,
                pool[column],
                propensity=chance.astype(np.float32),
                policy="mix",
            )
            chances = (chance, chances_in_order(asked, column))
            parts.append(_sittings(view, shown, chances, _features(sources, asked, column)))
        society.end_day()
    return ServedSittings(**{
        c.name: np.concatenate([getattr(part, c.name) for part in parts])
        for c in fields(ServedSittings)
    })  # fmt: skip


def _features(sources: Real, asked: Real, column: NDArray[np.int64]) -> tuple[Real, Real]:
    """What a reward model may know of first posts: log chance under each source, and a one."""
    known = np.log(sources + 1e-6)
    first = column[:, :1]
    shown = [np.take_along_axis(one, first, axis=1)[:, 0] for one in known]
    mean = [(asked * one).sum(axis=1) for one in known]
    ones = np.ones(len(column))
    return np.stack([ones, *shown], axis=1), np.stack([ones, *mean], axis=1)


def _sittings(
    view: SocietyView,
    shown: ImpressionColumns,
    chances: tuple[Real, Real],
    features: tuple[Real, Real],
) -> ServedSittings:
    row_of = np.full(view.log.n_accounts, -1)
    row_of[view.viewer] = np.arange(len(view.viewer))
    at = (row_of[shown.viewer], shown.position)
    shape = (len(view.viewer), SLOTS)
    reached = np.zeros(shape, dtype=np.bool_)
    reached[at] = True
    seconds, liked = np.zeros(shape), np.zeros(shape)
    seconds[at] = shown.seconds
    liked[at] = shown.has(EventKind.LIKE)
    answer = np.full(shape, Answer.NONE, dtype=np.int8)
    answer[at] = shown.answer
    propensity, target = np.ones(shape), np.ones(shape)
    propensity[at] = chances[0][at]
    target[at] = chances[1][at]
    return ServedSittings(
        viewer=view.viewer.astype(np.int64),
        reached=reached,
        seconds=seconds,
        liked=liked,
        answer=answer,
        propensity=propensity,
        target=target,
        features=features[0],
        expected=features[1],
    )
