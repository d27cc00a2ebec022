"""What a report is made of: figures, plots and tables, whichever study they come from.

Studies hand over JSON that may be from another version, half finished or somebody's joke. Here it
becomes records that hold finite numbers and short, clean names, or nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LONGEST_NAME = 64
MOST_ROWS = 40
"""More policies, heads or groups than this are counted, not drawn: nobody reads them."""

_LARGEST = 1e100
"""No study measures more, and differences of larger numbers overflow."""


class Role(StrEnum):
    """What a figure is there for."""

    OURS = "ours"
    BASELINE = "baseline"
    CEILING = "ceiling"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and its 95 % interval where the study gave one."""

    mean: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of an interval plot."""

    name: str
    figure: Figure
    role: Role = Role.OTHER
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalPlot:
    """Figures under each other on one scale, with a reference line where there is one."""

    title: str
    unit: str = ""
    marks: tuple[Mark, ...]
    line: Figure | None = None
    line_name: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One bin of a reliability curve."""

    n: int
    predicted: float
    observed: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The reliability curve of one head in one group."""

    head: str
    group: str
    n: int
    note: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Cells as they are printed."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What to remember of a study: a figure beside its trivial baseline."""

    words: str
    value: str
    baseline: str
    reading: str  # "above", "below", "not apart", or what the study said


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What one file told of one study."""

    study: str
    title: str
    source: str
    asked: str  # what was measured, in a sentence
    headlines: tuple[Headline, ...] = ()
    plots: tuple[IntervalPlot, ...] = ()
    panels: tuple[Panel, ...] = ()
    tables: tuple[Table, ...] = ()
    remarks: tuple[str, ...] = ()  # what is missing or could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything a page shows."""

    sections: tuple[Section, ...]
    not_run: tuple[str, ...] = ()  # commands
    not_understood: tuple[str, ...] = field(default=())  # files, each with the reason


def as_number(value: object) -> float | None:
    """A number that can be drawn, or None for anything else; dust is 0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        made = float(value)
    except OverflowError:
        return None
    if not abs(made) <= _LARGEST:
        return None
    return made if abs(made) >= 1 / _LARGEST else 0.0


def as_figure(value: object) -> Figure | None:
    """A number, or {mean, low, high}; an interval that does not hold its mean is left out."""
    if isinstance(value, Mapping):
        mean, low, high = (as_number(value.get(name)) for name in ("mean", "low", "high"))
        if mean is None:
            return None
        if low is None or high is None or not low <= mean <= high:
            return Figure(mean)
        return Figure(mean, low, high)
    number = as_number(value)
    return None if number is None else Figure(number)


def as_mapping(value: object) -> Mapping[str, Any]:
    """The object itself, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; empty ones for what else it holds, and an empty list for no list."""
    return [as_mapping(one) for one in value] if isinstance(value, list) else []


def as_name(value: object) -> str:
    """Short and on one line, without characters that are not seen or that turn the text around."""
    text = "".join(c if c.isprintable() else " " for c in str(value)[: 4 * LONGEST_NAME])
    text = " ".join(text.split()) or "(no name)"
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 3] + "..."


def as_text(figure: Figure | None) -> str:
    """A figure as it is printed, with its interval.

    >>> as_text(Figure(0.05234, 0.0511, 0.0536))
    '0.0523 [0.0511, 0.0536]'
    >>> as_text(Figure(1234.5)), as_text(None)
    ('1,234', 'not given')
    """
    if figure is None:
        return "not given"
    if figure.low is None or figure.high is None:
        return plain(figure.mean)
    return f"{plain(figure.mean)} [{plain(figure.low)}, {plain(figure.high)}]"


def plain(value: float) -> str:
    """Three digits that count, without exponents where a person would write none.

    >>> plain(0.000161), plain(12.345), plain(-250.4), plain(410.0), plain(0.0), plain(3e12)
    ('0.000161', '12.3', '-250', '410', '0', '3e+12')
    """
    size = abs(value)
    if value == 0:
        return "0"
    if size >= 1e9 or size < 1e-5:
        return f"{value:.3g}"
    if size >= 1000:
        return f"{value:,.0f}"
    digits = max(0, 2 - math.floor(math.log10(size)))
    return f"{value:.0f}" if size == int(size) else f"{value:.{digits}f}"


def compared(ours: Figure | None, other: Figure | None) -> str:
    """How two figures with intervals stand: apart, or not.

    >>> compared(Figure(3, 2, 4), Figure(1, 0, 1.5)), compared(Figure(3, 2, 4), Figure(3.5))
    ('above', 'not apart')
    """
    if ours is None or other is None:
        return ""
    low, high = (end if end is not None else ours.mean for end in (ours.low, ours.high))
    its_low, its_high = (end if end is not None else other.mean for end in (other.low, other.high))
    bare = "" if ours.low is not None or other.low is not None else ", no interval given"
    if low > its_high:
        return "above" + bare
    return ("below" if high < its_low else "not apart") + bare
