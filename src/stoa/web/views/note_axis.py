"""The picture of a note's ratings: each rater a dot where the model found them, by what they said.

Left and right are the two ends of the one axis that explains most disagreement here; which end is
which means nothing. A note is shown when dots at both ends lie in the upper row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stoa.own_notes import Level
from stoa.web.views.note_words import LEVEL_WORDS
from stoa.web.views.words import counted

WIDTH = 640
_LEFT, _RIGHT, _TOP = 24, 616, 8
_BINS = 37
_ROW, _LABEL = 96, 30  # greatest height of a row of dots, and that of its name
_LEAST_ROW = 16
_RADIUS = 6.0
_LEAST_REACH = 0.5
"""Factors are drawn from -reach to +reach, so that small ones are not blown up."""

_LEVELS = (Level.HELPFUL, Level.SOMEWHAT_HELPFUL, Level.NOT_HELPFUL)


@dataclass(frozen=True, slots=True)
class Dot:
    """One rating."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class AxisRow:
    """All ratings of one level."""

    name: str
    style: str
    label_y: float
    base_y: float
    radius: float
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class AxisPicture:
    """The drawing, and the sentence that says the same."""

    width: int
    height: int
    rows: tuple[AxisRow, ...]
    middle: float
    said: str
    unplaced: str


def axis_picture(ratings: Iterable[tuple[float | None, Level]]) -> AxisPicture | None:
    """The picture of (rater factor, level) pairs; None where no rater has a place yet."""
    given = list(ratings)
    placed = [(factor, level) for factor, level in given if factor is not None]
    if not placed:
        return None
    reach = max(_LEAST_REACH, *(abs(factor) for factor, _ in placed))
    rows: list[AxisRow] = []
    y = float(_TOP)
    for level in _LEVELS:
        bins = [0] * _BINS
        for factor, said in placed:
            if said is level:
                bins[_bin(factor / reach)] += 1
        base = y + _LABEL + _height(bins)
        rows.append(_row(level, bins, y + 20, base))
        y = base + 12
    n_unplaced = len(given) - len(placed)
    return AxisPicture(
        width=WIDTH,
        height=round(y + 20),
        rows=tuple(rows),
        middle=(_LEFT + _RIGHT) / 2,
        said=_said(placed),
        unplaced=f"{counted(n_unplaced, 'rater')} more: no run has found a place for them yet."
        if n_unplaced
        else "",
    )


def _row(level: Level, bins: list[int], label_y: float, base: float) -> AxisRow:
    """Dots piled up where raters stand; smaller ones where a pile would not fit."""
    step = _step(bins)
    radius = min(_RADIUS, max(1.5, step / 2 - 0.2))
    width = (_RIGHT - _LEFT) / (_BINS - 1)
    dots = tuple(
        Dot(round(_LEFT + place * width, 1), round(base - radius - 2 - n * step, 1))
        for place, count in enumerate(bins)
        for n in range(count)
    )
    name = f"{LEVEL_WORDS[level]} ({sum(bins)})"
    return AxisRow(name, level.name.lower(), label_y, base, radius, dots)


def _step(bins: list[int]) -> float:
    """How far apart the dots of a pile lie."""
    return min(2 * _RADIUS + 1, (_ROW - 4) / max(1, *bins))


def _height(bins: list[int]) -> float:
    """As high as its highest pile."""
    return max(_LEAST_ROW, round(max(bins) * _step(bins)) + 4)


def _bin(place: float) -> int:
    return min(_BINS - 1, max(0, round((place + 1) / 2 * (_BINS - 1))))


def _said(placed: list[tuple[float, Level]]) -> str:
    parts: list[str] = []
    for name, side in (("left", False), ("right", True)):
        levels = [level for factor, level in placed if (factor >= 0) is side]
        helpful = sum(level is Level.HELPFUL for level in levels)
        parts.append(f"{helpful} of {len(levels)} on the {name} found it helpful")
    return "; ".join(parts) + "."
