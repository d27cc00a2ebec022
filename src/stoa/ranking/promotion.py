"""Where promoted posts may stand in a slate that was composed without them.

A promoted post i goes in before place k, and all from k on move down by one, only where

    value_s[i, k] >= max_{j >= k} U_j - agreed_s

with U the values of the slate as composed. So however far a reader reads, the seconds are at least
those of the slate alone less `agreed_s` for each promoted post passed (learning.md 5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganicSlate:
    """A stretch of a composed slate, n places."""

    value_s: Floats  # (n,) U with discounts as composed
    fixed: NDArray[np.bool_]  # (n,) put there by chance: nothing may take that place


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """Promoted posts that may be placed, m of them."""

    value_s: Floats  # (m, n) U at each place, discounted alike; -inf where it may not stand
    gap: NDArray[np.int64]  # (m,) least organic posts between it and another, 1 or more
    group: NDArray[np.int64]  # (m,) of one group at most one is placed: the author


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionTerms:
    """What holds when a stretch is filled."""

    agreed_s: float = 0.0  # seconds a reader gives for each; below 0 demands a surplus
    since: int = 0  # organic posts since the last promoted one, or the start
    last_gap: int = 0  # what the last promoted one asked for
    most: int = 1_000  # placed at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Promoted:
    """Which offer goes in before which place, in order of place; all of length p."""

    place: NDArray[np.int64]
    offer: NDArray[np.int64]
    value_s: Floats
    displaced_s: Floats  # U of the post that stood there


def place_promoted(organic: OrganicSlate, offers: Offers, terms: PromotionTerms) -> Promoted:
    """Places offers from the top, at each place the one of greatest value that reaches the bar.

    Neither the values nor the order of the organic posts change.

    Raises:
        BadInput: shapes that do not fit, or a value that is no number.
    """
    _check(organic, offers, terms)
    bar = np.maximum.accumulate(organic.value_s[::-1])[::-1] - terms.agreed_s
    is_open = np.ones(len(offers.gap), dtype=np.bool_)
    since, last_gap = terms.since, terms.last_gap
    placed: list[tuple[int, int]] = []
    for k in range(len(bar)):
        if len(placed) >= terms.most or not is_open.any():
            break
        value = offers.value_s[:, k]
        fits = is_open & (np.maximum(offers.gap, last_gap) <= since) & (value >= bar[k])
        if fits.any() and not organic.fixed[k]:
            best = int(np.where(fits, value, -np.inf).argmax())
            placed.append((k, best))
            is_open &= offers.group != offers.group[best]
            since, last_gap = 0, int(offers.gap[best])
        since += 1
    place, offer = (np.array([p[i] for p in placed], dtype=np.int64) for i in (0, 1))
    return Promoted(
        place=place,
        offer=offer,
        value_s=offers.value_s[offer, place],
        displaced_s=organic.value_s[place],
    )


def _check(organic: OrganicSlate, offers: Offers, terms: PromotionTerms) -> None:
    n, m = len(organic.value_s), len(offers.gap)
    for name, column, shape in (
        ("fixed", organic.fixed, (n,)),
        ("offers.value_s", offers.value_s, (m, n)),
        ("group", offers.group, (m,)),
    ):
        if column.shape != shape:
            raise BadInput(name, column.shape, f"give an array of shape {shape}")
    if not np.isfinite(organic.value_s).all():
        raise BadInput("value_s", organic.value_s.tolist(), "give finite seconds for each place")
    if np.isnan(offers.value_s).any() or (offers.value_s == np.inf).any():
        raise BadInput("offers.value_s", offers.value_s.tolist(), "give seconds, or -inf for none")
    if not np.isfinite(terms.agreed_s):
        raise BadInput("agreed_s", terms.agreed_s, "give a number of seconds")
