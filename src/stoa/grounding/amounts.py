"""Whether the numbers, dates and units of a claim are said by its evidence or follow from it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import combinations

from stoa.grounding.alignment import Statement, carried, nearest
from stoa.grounding.quantities import CURRENCIES, MEASURES, Kind, Quantity, quantities

_DAYS = (Kind.DATE, Kind.YEAR)
_HARD_UNITS = frozenset(MEASURES.values()) | frozenset(CURRENCIES.values()) | {"%"}
_IN_BASE: dict[str, tuple[str, float]] = {
    "km": ("m", 1e3), "m": ("m", 1.0), "cm": ("m", 1e-2), "mm": ("m", 1e-3),
    "mi": ("m", 1609.344), "ft": ("m", 0.3048), "in": ("m", 0.0254),
    "kg": ("g", 1e3), "g": ("g", 1.0), "mg": ("g", 1e-3), "t": ("g", 1e6), "lb": ("g", 453.592),
    "h": ("s", 3600.0), "min": ("s", 60.0), "s": ("s", 1.0), "d": ("s", 86400.0),
    "wk": ("s", 604800.0), "yr": ("yr", 1.0), "decade": ("yr", 10.0), "century": ("yr", 100.0),
    "mo": ("yr", 1 / 12), "mw": ("mw", 1.0), "gw": ("mw", 1e3), "ha": ("ha", 1.0),
    "acre": ("ha", 0.404686),
}  # fmt: skip
_ABOUT = re.compile(
    r"(?:about|around|roughly|approximately|some|circa|c\.|nearly|almost|~)\s*$", re.I
)
_OVER = re.compile(r"(?:over|more than|at least|above|exceeding|upwards of)\s*(?:[$€£]\s*)?$", re.I)
_UNDER = re.compile(r"(?:under|less than|fewer than|below|at most|up to|nearly|almost)\s*$", re.I)
_COMPUTES = re.compile(
    r"\b(?:total|altogether|combined|together|overall|sum|in all|difference|more|fewer|less|older"
    r"|younger|longer|later|earlier|after|between|times|twice|double|half|quarter|third|percent"
    r"|per cent|average|years?|decades?|remaining|left|apart|rose|fell|grew|dropped|increased"
    r"|decreased|gained|lost|out of|each)\b|%",
    re.IGNORECASE,
)
_SMALL_ONE = re.compile(r"^(?:one|a|an)\b", re.IGNORECASE)
_ROUNDING = 0.05  # what "about" may hide
_BOUND = 0.2  # how far "over 3,000" may be from what it stands for


_Near = tuple[Statement | None, float]


def unstated_amounts(claim: str, evidence: Sequence[Statement]) -> list[str]:
    """The numbers and dates of a claim that its evidence neither says nor gives by arithmetic.

    A number beside its own unit or noun must be the number that the evidence has beside them; a
    number that stands in another statement of the evidence than the one the claim speaks of does
    not count. Rounding is allowed where the claim says so ("about", "over").

    >>> from stoa.grounding.alignment import statements
    >>> told = statements(["The mill opened in 1911 and closed in 1950. It had 12 workers."])
    >>> unstated_amounts("The mill opened in 1950.", told)
    ['1950']
    >>> unstated_amounts("The mill ran for 39 years.", told)
    []
    """
    said = [(one, each) for each in evidence for one in quantities(each.text)]
    near = nearest(claim, evidence)
    missing: list[str] = []
    for one in quantities(claim):
        words = claim[one.start : one.end].strip()
        if one.value == 1 and _SMALL_ONE.match(words):
            continue
        matches = [where for other, where in said if _says(one, other, claim)]
        others = [other for other, _ in said]
        if not matches:
            if not _follows(one, others, claim):
                missing.append(words)
        elif _is_taken_from_another(one, matches, claim, near) or _has_other_unit(
            one, others, claim
        ):
            missing.append(words)
    return missing


def _says(claimed: Quantity, other: Quantity, claim: str) -> bool:
    """Whether `other` is the same amount, said as exactly as the claim says it."""
    if claimed.kind in _DAYS and other.kind in _DAYS:
        return claimed.same_as(other) and _as_exact(claimed, other)
    if claimed.kind in _DAYS or other.kind in _DAYS:
        return claimed.value == other.value
    if claimed.kind is Kind.ORDINAL and other.kind is not Kind.ORDINAL:
        return False
    claimed_unit, other_unit = _hard(claimed), _hard(other)
    factor = 1.0
    if claimed_unit != other_unit:
        if not (claimed_unit and other_unit):
            return False if claimed_unit else _close_enough(claimed, other.value, claim)
        first, second = _IN_BASE.get(claimed_unit), _IN_BASE.get(other_unit)
        if first is None or second is None or first[0] != second[0]:
            return False
        factor = second[1] / first[1]
        return math.isclose(claimed.value, other.value * factor, rel_tol=0.02)
    return _close_enough(claimed, other.value, claim)


def _hard(one: Quantity) -> str:
    """The unit, where it is a measure or a currency and no noun that happens to follow."""
    return one.unit if one.unit in _HARD_UNITS else ""


def _as_exact(claimed: Quantity, other: Quantity) -> bool:
    """Whether the evidence names every part (year, month, day) that the claim names."""
    return all(not a or b for a, b in zip(_parts(claimed), _parts(other), strict=True))


def _parts(day: Quantity) -> tuple[int, int, int]:
    whole = int(day.value)
    if day.kind is Kind.YEAR:
        return whole, 0, 0
    return whole // 10000, whole // 100 % 100, whole % 100


def _close_enough(claimed: Quantity, value: float, claim: str) -> bool:
    before = claim[max(0, claimed.start - 20) : claimed.start]
    if math.isclose(claimed.value, value, rel_tol=1e-9):
        return True
    if not value:
        return False
    off = (value - claimed.value) / abs(value)
    if _ABOUT.search(before) and abs(off) <= _ROUNDING:
        return True
    if _OVER.search(before) and 0 <= off <= _BOUND:
        return True
    return bool(_UNDER.search(before)) and -_BOUND <= off <= 0


def _is_taken_from_another(
    one: Quantity, matches: Sequence[Statement], claim: str, nearest_one: _Near
) -> bool:
    """Whether the amount stands only in statements that the claim does not speak of."""
    near, share = nearest_one
    if near is None or share < 0.5:
        return False
    wanted = carried(claim)
    held = len(wanted & near.stems)
    if any(len(wanted & each.stems) >= held for each in matches):
        return False
    there = [other for other in quantities(near.text) if _same_kind(one, other)]
    return bool(there)


def _same_kind(one: Quantity, other: Quantity) -> bool:
    if one.kind in _DAYS or other.kind in _DAYS:
        return one.kind in _DAYS and other.kind in _DAYS
    return one.kind is other.kind and (one.unit == other.unit or not (one.unit and other.unit))


def _has_other_unit(one: Quantity, others: Iterable[Quantity], claim: str) -> bool:
    """That "5 dogs, 3 cats" does not say "3 dogs": the noun is there, with other numbers only."""
    if not one.unit or one.kind in _DAYS:
        return False
    beside = [other for other in others if other.unit == one.unit]
    return bool(beside) and not any(_says(one, other, claim) for other in beside)


def _follows(one: Quantity, others: Sequence[Quantity], claim: str) -> bool:
    """Whether an amount is a sum, difference, ratio, share or span of years of two others.

    Only where the claim's words say that something was reckoned.
    """
    if _date_in_two_parts(one, others):
        return True
    if not _COMPUTES.search(claim) or one.kind in _DAYS or len(others) > 12:
        return False
    years = [other.value for other in others if other.kind is Kind.YEAR]
    years += [float(_parts(other)[0]) for other in others if other.kind is Kind.DATE]
    if one.unit == "yr" and any(
        abs(a - b) == one.value for a, b in combinations([y for y in years if y], 2)
    ):
        return True
    amounts = [other for other in others if other.kind not in _DAYS]
    return any(_reckons(one, a, b) for a, b in combinations(amounts, 2))


def _reckons(one: Quantity, a: Quantity, b: Quantity) -> bool:
    low, high = sorted((abs(a.value), abs(b.value)))
    results: list[float] = []
    if _hard(one) in ("", _hard(a)) and _hard(a) == _hard(b):
        results = [low + high, high - low]
    if low and _hard(a) == _hard(b) and not _hard(one):
        results.append(high / low)
    if high and one.unit == "%":
        results += [100 * low / high, 100 * (high - low) / high]
        if low:
            results.append(100 * (high - low) / low)
    return any(math.isclose(one.value, value, rel_tol=0.01) for value in results if value)


def _date_in_two_parts(one: Quantity, others: Sequence[Quantity]) -> bool:
    """Whether "5 March" here and "2021" there make "5 March 2021"."""
    if one.kind is not Kind.DATE:
        return False
    year, month, day = _parts(one)
    dates = [_parts(other) for other in others if other.kind in _DAYS]
    has_day = any(m == month and (d == day or not day) and not y for y, m, d in dates)
    return has_day and any(y == year and not m for y, m, _ in dates)
