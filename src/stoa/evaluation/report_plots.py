"""Plots as inline SVG: intervals on one scale, and reliability curves.

Colours come from the page's variables, so that light and dark need one drawing. Words stand in the
page, not in the drawing, wherever they must stay readable on a narrow screen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from html import escape

from stoa.evaluation.report_parts import (
    Figure,
    IntervalPlot,
    Mark,
    Panel,
    Role,
    as_text,
)

_TRACK = 1000  # width of a track in its own units; the page stretches it
_SIDE = 240
_EDGE = (34, 8, 16, 28)  # left, top, right, bottom, of a reliability panel

_INTERVAL = re.compile(r"\[([^][]*), ([^][]*)\]")


def unbroken(text: str) -> str:
    r"""Escaped for the page; a line does not break between the ends of an interval.

    >>> unbroken("1 < 2 [0, 3]")
    '1 &lt; 2 [0,\xa03]'
    """
    return _INTERVAL.sub("[\\1,\u00a0\\2]", escape(text))


class Scale:
    """Values to 0..1, with round ends and a few round ticks."""

    def __init__(self, values: Iterable[float], *, n_ticks: int = 4, from_zero: bool = False):
        found = list(values) or [0.0, 1.0]
        low, high = min(found), max(found)
        if low >= 0 and (from_zero or low < 0.4 * high):
            low = 0.0
        # Under a billionth of their size, or under any size a step divides, values are one value.
        if high - low <= max(abs(high), abs(low)) * 1e-9 or high - low < 1e-290:
            pad = abs(high) * 0.1 if abs(high) > 1e-290 else 1.0
            low, high = (low, high + pad) if low == 0 else (low - pad, high + pad)
        step = _round_step((high - low) / n_ticks)
        self.low, self.high = math.floor(low / step) * step, math.ceil(high / step - 1e-9) * step
        n = round((self.high - self.low) / step)
        self.ticks = [self.low + step * at for at in range(n + 1)] if n < 50 else []

    def __call__(self, value: float) -> float:
        """Where a value stands, held inside."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


def _round_step(rough: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    size = 10.0 ** math.floor(math.log10(rough)) if rough > 1e-300 else 1e-300
    return next(size * step for step in (1, 2, 2.5, 5, 10) if size * step >= rough * (1 - 1e-9))


def interval_plot(plot: IntervalPlot) -> str:
    """A table with one line a figure: its name, its place on the common scale, the figure."""
    # Without intervals nothing says how much a difference weighs: show it beside the whole.
    bare = plot.line is None and all(mark.figure.low is None for mark in plot.marks)
    scale = Scale(_values(plot), from_zero=bare)
    rows = "".join(_row(mark, plot, scale) for mark in plot.marks)
    unit = f" <span>{escape(plot.unit)}</span>" if plot.unit else ""
    named = (
        f" <span>line: {escape(plot.line_name)}, {as_text(plot.line)}</span>" if plot.line else ""
    )
    return (
        f'<table class="plot"><caption>{escape(plot.title)}{unit}{named}</caption>'
        f"<tbody>{rows}</tbody>"
        f'<tfoot aria-hidden="true"><tr><th></th><td class="track">{_axis(scale)}</td>'
        "<td></td></tr></tfoot></table>"
    )


def _values(plot: IntervalPlot) -> list[float]:
    figures = [mark.figure for mark in plot.marks] + ([plot.line] if plot.line else [])
    ends = [end for f in figures for end in (f.mean, f.low, f.high)]
    return [end for end in ends if end is not None]


def _row(mark: Mark, plot: IntervalPlot, scale: Scale) -> str:
    tag = f" <small>{mark.role}</small>" if mark.role in (Role.BASELINE, Role.CEILING) else ""
    note = f" <small>{escape(mark.note)}</small>" if mark.note else ""
    return (
        f'<tr class="{mark.role}"><th scope="row">{escape(mark.name)}{tag}{note}</th>'
        f'<td class="track">{_track(mark.figure, plot.line, scale)}</td>'
        f'<td class="num">{as_text(mark.figure)}</td></tr>'
    )


def _track(figure: Figure, line: Figure | None, scale: Scale) -> str:
    parts = [_line(scale(tick), "grid") for tick in scale.ticks]
    if line is not None:
        if line.low is not None and line.high is not None:
            left, right = scale(line.low) * _TRACK, scale(line.high) * _TRACK
            parts.append(
                f'<rect class="band" x="{left:.1f}" y="0" width="{right - left:.1f}" height="24"/>'
            )
        parts.append(_line(scale(line.mean), "truth"))
    if figure.low is not None and figure.high is not None:
        left, right = scale(figure.low) * _TRACK, scale(figure.high) * _TRACK
        parts.append(f'<path class="range" d="M{left:.1f} 12H{right:.1f}"/>')
    # A line of no length with round ends stays a round dot however the track is stretched.
    parts.append(f'<path class="dot" d="M{scale(figure.mean) * _TRACK:.1f} 12h.01"/>')
    return (
        f'<svg viewBox="0 0 {_TRACK} 24" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def _line(at: float, name: str) -> str:
    return f'<path class="{name}" d="M{at * _TRACK:.1f} 0V24"/>'


def _axis(scale: Scale) -> str:
    labels = "".join(
        f'<span style="left:{100 * scale(tick):.2f}%">{_tick(tick)}</span>' for tick in scale.ticks
    )
    return f'<div class="axis">{labels}</div>'


def _tick(value: float) -> str:
    """A round number without the dust that adding steps leaves."""
    return "0" if abs(value) < 1e-12 else f"{value:.4g}"


def reliability_panel(panel: Panel, title: str) -> str:
    """Observed on predicted, by bin, with intervals; on the diagonal is right."""
    values = [0.0]
    for point in panel.points:
        ends = (point.predicted, point.observed.mean, point.observed.low, point.observed.high)
        values += [end for end in ends if end is not None]
    scale = Scale(values, n_ticks=3, from_zero=True)
    words = escape(f"{panel.head}, {panel.group}: {panel.n} rows; {panel.note}")
    return (
        f'<figure class="panel"><figcaption><b>{escape(title)}</b> {panel.n:,} rows'
        f"<br><small>{unbroken(panel.note)}</small></figcaption>"
        f'<svg viewBox="0 0 {_SIDE} {_SIDE}" role="img" aria-label="{words}">'
        f"{_frame(scale)}{_curve(panel, scale)}</svg></figure>"
    )


def _place(x: float, y: float) -> tuple[float, float]:
    """Shares of the panel's inside, to its drawing units."""
    left, top, right, bottom = _EDGE
    return left + x * (_SIDE - left - right), _SIDE - bottom - y * (_SIDE - top - bottom)


def _frame(scale: Scale) -> str:
    parts: list[str] = []
    for tick in scale.ticks:
        at, label = scale(tick), _tick(tick)
        (x, bottom), (left, y) = _place(at, 0), _place(0, at)
        right, top = _place(1, 1)
        parts.append(f'<path class="grid" d="M{x:.1f} {bottom:.1f}V{top:.1f}"/>')
        parts.append(f'<path class="grid" d="M{left:.1f} {y:.1f}H{right:.1f}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 13:.1f}" class="x">{label}</text>')
        parts.append(f'<text x="{left - 4:.1f}" y="{y + 4:.1f}" class="y">{label}</text>')
    (x0, y0), (x1, y1) = _place(0, 0), _place(1, 1)
    parts.append(f'<path class="right" d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}"/>')
    parts.append(f'<text x="{(x0 + x1) / 2:.1f}" y="{_SIDE - 2}" class="x">predicted</text>')
    return "".join(parts)


def _curve(panel: Panel, scale: Scale) -> str:
    parts: list[str] = []
    corners: list[str] = []
    for point in panel.points:
        observed = point.observed
        x, y = _place(scale(point.predicted), scale(observed.mean))
        corners.append(f"{x:.1f} {y:.1f}")
        if observed.low is not None and observed.high is not None:
            (_, low), (_, high) = _place(0, scale(observed.low)), _place(0, scale(observed.high))
            parts.append(f'<path class="range" d="M{x:.1f} {low:.1f}V{high:.1f}"/>')
        parts.append(f'<path class="dot" d="M{x:.1f} {y:.1f}h.01"/>')
    if corners:
        parts.insert(0, f'<path class="curve" d="M{"L".join(corners)}"/>')
    return "".join(parts)
