"""Seconds a reader spent a day, and how many of them were glad or regretted, as lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from stoa.records import DAY_US, EventKind, ViewerEvent
from stoa.web.views.words import moment_of, span

WIDTH, HEIGHT = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 12, 24, 32
CHART_KINDS = (EventKind.DWELL, EventKind.GLAD, EventKind.REGRET, EventKind.NO_OPINION)


@dataclass(slots=True)
class Day:
    """One day: seconds on screen, and what the reader answered when asked or by button."""

    start_us: int
    seconds: float = 0.0
    answers: dict[int, EventKind] = field(default_factory=dict)

    @property
    def n_answers(self) -> int:
        """Posts with an answer."""
        return len(self.answers)

    def share(self, kind: EventKind) -> tuple[float, float, float]:
        """Share of answers of a kind with its 95 % interval (Wilson 1927)."""
        return wilson(sum(1 for k in self.answers.values() if k is kind), self.n_answers)


@dataclass(frozen=True, slots=True)
class Answered:
    """The share of a day's seconds with one answer, as a line within its interval."""

    style: str  # letter of the line's class in the stylesheet
    path: str
    band: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Paths and labels of the drawing, and the same as rows."""

    seconds_path: str
    answers: tuple[Answered, ...]  # glad, then regretted: both estimated
    dots: tuple[tuple[float, float, str], ...]
    x_labels: tuple[tuple[float, str], ...]
    y_labels: tuple[tuple[float, str], ...]
    rows: tuple[tuple[str, str, str, str], ...]
    estimated: bool
    total: str


def days_of(events: Iterable[ViewerEvent], now_us: int, n_days: int = 14) -> list[Day]:
    """The last days, oldest first; days without anything are there too."""
    last = now_us // DAY_US
    days = {d: Day(d * DAY_US) for d in range(last - n_days + 1, last + 1)}
    # Newest first from the store: the first answer met for a post is the one that holds.
    for event in events:
        day = days.get(event.at_us // DAY_US)
        if day is None:
            continue
        if event.kind is EventKind.DWELL:
            day.seconds += event.seconds or 0.0
        else:
            day.answers.setdefault(int(event.post), event.kind)
    return [days[d] for d in sorted(days)]


def chart(days: Sequence[Day], seconds_are_estimated: bool = False) -> Chart | None:
    """The drawing, or None while no second was observed."""
    if not any(day.seconds for day in days):
        return None
    top_s = _round_up(max(day.seconds for day in days))
    xs = [_x(i, len(days)) for i in range(len(days))]
    seconds = [(x, _y(day.seconds, top_s)) for x, day in zip(xs, days, strict=True)]
    asked = [(x, d) for x, d in zip(xs, days, strict=True) if d.n_answers and d.seconds]
    return Chart(
        seconds_path=_path(seconds),
        answers=(
            _answered("c", EventKind.GLAD, asked, top_s),
            _answered("b", EventKind.REGRET, asked, top_s),
        )
        if asked
        else (),
        dots=tuple(
            (x, y, f"{_day_words(day)}: {span(day.seconds) if day.seconds else 'nothing'}")
            for (x, y), day in zip(seconds, days, strict=True)
        ),
        x_labels=tuple((xs[i], _day_words(days[i])) for i in _ticks(len(days))),
        y_labels=tuple((_y(v, top_s), span(v) if v else "0") for v in (0, top_s / 2, top_s)),
        rows=tuple(_row(day) for day in reversed(days) if day.seconds or day.n_answers),
        estimated=seconds_are_estimated,
        total=span(sum(day.seconds for day in days)),
    )


def wilson(n_hits: int, n: int, z: float = 1.96) -> tuple[float, float, float]:
    """Share and its interval (Wilson 1927); (0, 0, 1) when nothing was asked.

    >>> [round(v, 3) for v in wilson(1, 10)]
    [0.1, 0.018, 0.404]
    """
    if n == 0:
        return 0.0, 0.0, 1.0
    share = n_hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return share, max(0.0, middle - half), min(1.0, middle + half)


def _row(day: Day) -> tuple[str, str, str, str]:
    return (
        _day_words(day),
        span(day.seconds) if day.seconds else "none",
        _share_words(day, EventKind.GLAD),
        _share_words(day, EventKind.REGRET),
    )


def _share_words(day: Day, kind: EventKind) -> str:
    if not day.n_answers:
        return "not asked"
    _, low, high = day.share(kind)
    return f"{span(day.seconds * low)} to {span(day.seconds * high)}"


def _answered(
    style: str, kind: EventKind, asked: Sequence[tuple[float, Day]], top_s: float
) -> Answered:
    shares = [(x, day.seconds, day.share(kind)) for x, day in asked]
    points = tuple((x, _y(seconds * share[0], top_s)) for x, seconds, share in shares)
    upper = [(x, _y(seconds * share[2], top_s)) for x, seconds, share in shares]
    lower = [(x, _y(seconds * share[1], top_s)) for x, seconds, share in shares]
    if len(asked) == 1:  # one day is drawn as a narrow column
        (x, high), (_, low) = upper[0], lower[0]
        upper, lower = [(x - 5, high), (x + 5, high)], [(x - 5, low), (x + 5, low)]
    return Answered(style, _path(points), _path(upper + lower[::-1]) + "z", points)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(points))


def _x(i: int, n: int) -> float:
    return round(_LEFT + i * (WIDTH - _LEFT - _RIGHT) / max(n - 1, 1), 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM), 1)


def _round_up(seconds: float) -> float:
    for step in (10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400):
        if seconds <= step:
            return step
    return seconds


def _ticks(n: int) -> list[int]:
    step = max(1, (n - 1) // 4)
    return list(range(n - 1, -1, -step))[::-1]


def _day_words(day: Day) -> str:
    moment = moment_of(day.start_us)
    return f"{moment.day} {moment:%b}"
