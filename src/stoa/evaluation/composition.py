"""Shortlists laid out as slates: repetition of authors and conversations is worth less."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.slates import Slates, greedy_slates

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositionConfig:
    """Factors of a value, `(1 - floor) decay**k + floor` where k like it stand before.

    Subjects wear off besides, by `exp(-subject_wear x)` where x posts of it are expected to be
    read before; the log tells how fast (`ranking/subject_wear.py`).
    """

    author_decay: float = 0.5
    conversation_decay: float = 0.3
    floor: float = 0.1
    subject_wear: float = 0.0  # log of value lost per post of the subject read before in a sitting
    exploration: float = 0.0  # share of slots
    temperature_s: float = 2.0  # of the softmax over values that explored posts are drawn by


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortlisted:
    """Valued posts for each sitting; (sittings, n) each."""

    column: NDArray[np.int32]  # of the pool, -1 where there is none
    value: Floats
    author: NDArray[np.integer]
    conversation: NDArray[np.integer]
    subject: NDArray[np.float32] | None = None  # (sittings, n, d) unit, none below 0
    read: Floats | None = None  # chance that it is read


def compose_shortlists(
    listed: Shortlisted, slots: int, config: CompositionConfig, random: np.random.Generator
) -> Slates:
    """The best by discounted value, each slot left to chance with chance `exploration`.

    What chance shows is drawn from the shortlist outside the best, by a softmax of their values;
    propensities are exact (`greedy_slates`).
    """
    order = discounted_order(listed, slots, config)
    ranked = np.where(listed.column >= 0, -1e6, -np.inf)  # below all that is chosen
    place = -np.arange(order.shape[1], dtype=np.float64)[None, :]
    there = np.take_along_axis(ranked, order, axis=1)
    np.put_along_axis(ranked, order, np.where(np.isfinite(there), place, -np.inf), axis=1)
    value = np.where(listed.column >= 0, listed.value, -np.inf)
    highest = value.max(axis=1, keepdims=True, initial=-1e6)
    lure = np.exp(np.maximum((value - highest) / config.temperature_s, -30.0))
    made = greedy_slates(ranked, slots, config.exploration, random, lure)
    column = np.take_along_axis(listed.column, np.maximum(made.post, 0), axis=1)
    return Slates(
        post=np.where(made.post >= 0, column, -1).astype(np.int32),
        propensity=made.propensity,
        explored=made.explored,
    )


def discounted_order(
    listed: Shortlisted, slots: int, config: CompositionConfig
) -> NDArray[np.int64]:
    """The next best by discounted value, again and again; columns of the list, (s, slots)."""
    n_rows, width = listed.value.shape
    every = np.arange(n_rows)
    # A discount must never raise a value: those below zero stay as they are.
    value = np.where(listed.column >= 0, listed.value, -np.inf)
    factor = np.ones_like(value)
    order = np.zeros((n_rows, min(slots, width)), dtype=np.int64)
    times = np.arange(order.shape[1] + 1)
    keys = [
        (key, (1.0 - config.floor) * decay**times + config.floor, np.zeros(value.shape, np.int16))
        for key, decay in (
            (listed.author, config.author_decay),
            (listed.conversation, config.conversation_decay),
        )
    ]
    wear = _Wear(listed, config.subject_wear)
    for slot in range(order.shape[1]):
        best = np.where(value > 0, value * factor, value).argmax(axis=1)
        order[:, slot] = best
        factor = wear.after(best)
        for key, table, before in keys:
            before += key == key[every, best][:, None]
            factor *= table[before]
        value[every, best] = -np.inf
    return _without_repeats(order, np.where(listed.column >= 0, listed.value, -np.inf))


class _Wear:
    """How far subjects have worn off in each sitting, given what stands in its slate so far."""

    def __init__(self, listed: Shortlisted, rate: float) -> None:
        self._subject, self._read, self._rate = listed.subject, listed.read, rate
        self._worn = np.zeros(listed.value.shape)

    def after(self, best: NDArray[np.integer]) -> Floats:
        """Factors of what is left, (sittings, n), once these columns stand in the slates too."""
        if self._rate <= 0 or self._subject is None or self._read is None:
            return np.ones_like(self._worn)
        every = np.arange(len(best))
        alike = np.matmul(self._subject, self._subject[every, best][:, :, None])[:, :, 0]
        self._worn += alike * self._read[every, best][:, None]
        return np.exp(-self._rate * self._worn)


def _without_repeats(order: NDArray[np.int64], value: Floats) -> NDArray[np.int64]:
    """Where posts ran out, `argmax` of nothing says 0: other columns without a post instead."""
    lacking = np.isfinite(value).sum(axis=1) < order.shape[1]
    for row in np.flatnonzero(lacking):
        n = int(np.isfinite(value[row]).sum())
        order[row, n:] = np.flatnonzero(~np.isfinite(value[row]))[: order.shape[1] - n]
    return order
