"""Slates with known chances: what a policy puts before people, and how likely it was to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Slates:
    """Posts for sittings, shape (sittings, slots) each; -1 where there was nothing left."""

    post: NDArray[np.int32]
    propensity: NDArray[np.float32]  # that this post came to stand somewhere in the slate
    explored: NDArray[np.bool_]


def greedy_slates(
    score: NDArray[np.floating],
    slots: int,
    explore: float,
    random: np.random.Generator,
    lure: NDArray[np.floating] | None = None,
) -> Slates:
    """The best `slots` columns of each row, each slot left to chance with chance `explore`.

    A slot left to chance shows any column outside the best, all equally likely, so that

        propensity = 1 - explore                  for the best
                   = slots explore / (n - slots)  for each of the others

    which sums to `slots`; with `lure` the others are drawn in proportion to it, at most once each
    (`inclusion`). Columns of score -inf are never shown. `post` holds column numbers.

    Raises:
        BadInput: `explore` is no share, or a row has fewer than twice `slots` columns to explore.
    """
    if not 0.0 <= explore < 1.0:
        raise BadInput("explore", explore, "give a share from 0 to below 1")
    n, width = score.shape
    slots = min(slots, width)
    best = _top(score, slots)
    there = np.isfinite(np.take_along_axis(score, best, axis=1))
    outside = np.isfinite(score).sum(axis=1) - there.sum(axis=1)
    explored = there & (random.random((n, slots)) < explore) & (outside >= slots)[:, None]
    chance = np.where((outside >= slots)[:, None], 1.0 - explore, 1.0) * np.ones((n, slots))
    other, drawn = best, chance
    if explore > 0:
        weight = np.where(np.isfinite(score), 1.0 if lure is None else lure, 0.0)
        np.put_along_axis(weight, best, 0.0, axis=1)
        other, drawn = _drawn(weight, slots, outside >= slots, random)
    chance = np.where(explored, explore * drawn, chance)
    return Slates(
        post=np.where(there, np.where(explored, other, best), -1).astype(np.int32),
        propensity=np.where(there, chance, np.nan).astype(np.float32),
        explored=explored,
    )


def inclusion(weight: NDArray[np.floating], slots: int) -> NDArray[np.float64]:
    """Chances of being among `slots`, proportional to weight but at most 1; rows sum to `slots`.

    What would exceed 1 is given to the others until nothing does (Särndal, Swensson and Wretman,
    "Model assisted survey sampling", 1992, section 3.6).
    """
    share = weight / weight.sum(axis=1, keepdims=True)
    chance = np.minimum(slots * share, 1.0)
    for _ in range(30):
        full = chance >= 1.0
        left = slots - full.sum(axis=1, keepdims=True)
        free = np.where(full, 0.0, share)
        total = free.sum(axis=1, keepdims=True)
        grown = np.where(full, 1.0, left * free / np.maximum(total, 1e-300))
        if (grown <= 1.0).all():
            return grown
        chance = np.minimum(grown, 1.0)
    return chance


def sampled_slates(
    weight: NDArray[np.floating], slots: int, explore: float, random: np.random.Generator
) -> Slates:
    """Slates drawn with exactly these chances: (1 - explore) by weight, the rest evenly.

    Systematic sampling (Madow, "On the theory of systematic sampling II", 1949): columns laid
    end to end in random order, each as long as its chance; every unit step picks one. Columns of
    weight 0 are never shown; the order within a slate is random.
    """
    n, width = weight.shape
    usable = weight > 0
    slots = min(slots, int(usable.sum(axis=1).min()) if n else slots)
    even = usable / np.maximum(usable.sum(axis=1, keepdims=True), 1)
    share = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    mixed = (1.0 - explore) * share + explore * even
    chance = inclusion(mixed, slots) if slots else np.zeros((n, width))
    post, picked = _systematic(chance, slots, random)
    evenly = slots * explore * np.take_along_axis(even, post, axis=1)
    return Slates(
        post=post.astype(np.int32),
        propensity=picked.astype(np.float32),
        explored=random.random((n, slots)) < np.minimum(evenly / picked, 1.0),
    )


def _systematic(
    chance: NDArray[np.float64], slots: int, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Columns drawn with these chances (rows sum to `slots`), and the chance of each."""
    n, width = chance.shape
    order = np.argsort(random.random((n, width)), axis=1)
    ends = np.cumsum(np.take_along_axis(chance, order, axis=1), axis=1)
    ends = ends / np.maximum(ends[:, -1:], 1e-300) * slots  # rounding must not cost a slot
    start = random.random((n, 1))
    marks = np.floor(ends - start)
    before = np.concatenate([np.floor(-start), marks[:, :-1]], axis=1)
    row, place = np.nonzero(marks > before)
    post = random.permuted(order[row, place].reshape(n, slots), axis=1)
    return post, np.take_along_axis(chance, post, axis=1)


def _drawn(
    weight: NDArray[np.floating], slots: int, usable: NDArray[np.bool_], random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """`slots` different columns of each usable row in random order, and the chance of each."""
    n = len(weight)
    other = np.zeros((n, slots), dtype=np.int64)
    drawn = np.ones((n, slots))
    rows = np.flatnonzero(usable)
    if len(rows):
        chance = inclusion(weight[rows] + 1e-9 * (weight[rows] > 0), slots)
        other[rows], drawn[rows] = _systematic(chance, slots, random)
    return other, drawn


def _top(score: NDArray[np.floating], k: int) -> NDArray[np.int64]:
    """Columns of the k greatest of each row, greatest first."""
    if k < score.shape[1]:
        found = np.argpartition(-score, k - 1, axis=1)[:, :k]
    else:
        found = np.tile(np.arange(score.shape[1]), (len(score), 1))
    order = np.argsort(-np.take_along_axis(score, found, axis=1), axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1)
