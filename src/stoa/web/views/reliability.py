"""What is told of a ranker's reliability: each head in plain words, its tenths as a small plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stoa.model_records import HeadReliability

HEAD_WORDS = {
    "like": "Likes",
    "seconds": "Attention",
    "regret": "\u201cWish I hadn\u2019t\u201d, when asked",
    "glad": "\u201cGlad\u201d, when asked",
}
WIDTH, HEIGHT = 96, 28
_EDGE = 3
_SECONDS = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadTold:
    """One row of the table."""

    head: str
    predicted: str
    observed: str
    error: str
    n: str
    line: str  # path through what was foretold, by tenth
    dots: tuple[tuple[float, float], ...]  # what was seen
    told: str  # the same in words
    width: int = WIDTH
    height: int = HEIGHT


def reliability_told(rows: Sequence[HeadReliability]) -> list[HeadTold]:
    """Each head as words and a drawing: a line foretold, a dot seen, for every tenth."""
    return [_told(row) for row in rows]


def amount(head: str, number: float) -> str:
    """A share in per cent, or seconds.

    >>> amount("like", 0.0213), amount("seconds", 4.25)
    ('2.1 %', '4.2 s')
    """
    return f"{number:.1f} s" if head == _SECONDS else f"{100 * number:.1f} %"


def _told(row: HeadReliability) -> HeadTold:
    top = max((value for pair in row.deciles for value in pair), default=0.0) or 1.0
    xs = [_x(at, len(row.deciles)) for at in range(len(row.deciles))]
    line = [(x, _y(predicted / top)) for x, (predicted, _) in zip(xs, row.deciles, strict=True)]
    return HeadTold(
        head=HEAD_WORDS.get(row.head, row.head),
        predicted=amount(row.head, row.predicted),
        observed=amount(row.head, row.observed),
        error=amount(row.head, row.error),
        n=f"{row.n:,}",
        line="".join(f"{'L' if at else 'M'}{x} {y}" for at, (x, y) in enumerate(line)),
        dots=tuple((x, _y(seen / top)) for x, (_, seen) in zip(xs, row.deciles, strict=True)),
        told="; ".join(
            f"{amount(row.head, predicted)} foretold, {amount(row.head, seen)} seen"
            for predicted, seen in row.deciles
        ),
    )


def _x(at: int, n: int) -> float:
    return round(_EDGE + at * (WIDTH - 2 * _EDGE) / max(n - 1, 1), 1)


def _y(share: float) -> float:
    return round(HEIGHT - _EDGE - min(max(share, 0.0), 1.0) * (HEIGHT - 2 * _EDGE), 1)
