"""A note's ratings along the factor axis, drawn: as text for a terminal, as SVG for a page.

Three lanes, one a level. Left and right are the two sides that usually disagree; a note that
bridges has its helpful ratings on both.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from stoa.notes.explain import LEVELS, Picture

WIDTH = 61
_BARS = " ▁▂▃▄▅▆▇█"
_DOTS_HIGH = 12
_LANES = ((2, "helpful"), (1, "somewhat"), (0, "not"))
_STYLE = """
svg { color-scheme: light dark; font: 13px system-ui, sans-serif; }
.page { fill: #ffffff; } text { fill: #1f2328; } .quiet { fill: #59636e; }
.line { stroke: #818b98; } .mark { fill: #1f2328; }
.helpful { fill: #0969da; stroke: #0969da; } .somewhat { fill: #bf8700; stroke: #bf8700; }
.not { fill: none; stroke: #cf222e; }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117; } text { fill: #f0f6fc; } .quiet { fill: #9198a1; }
  .line { stroke: #656c76; } .mark { fill: #f0f6fc; }
  .helpful { fill: #58a6ff; stroke: #58a6ff; } .somewhat { fill: #e3b341; stroke: #e3b341; }
  .not { fill: none; stroke: #ff7b72; }
}
"""


def reach(picture: Picture) -> float:
    """How far the axis goes to either side: 1, or further where somebody stands there."""
    places = np.append(np.abs(picture.factor), np.nan_to_num(abs(picture.note_factor)))
    return max(1.0, float(np.ceil(places.max() * 10) / 10))


def bins(picture: Picture, n: int) -> NDArray[np.int64]:
    """(3 levels, n) how many ratings lie in each piece of the axis; n is odd, 0 in the middle."""
    far = reach(picture)
    place = np.rint((picture.factor.astype(np.float64) / far + 1) / 2 * (n - 1)).astype(np.int64)
    return np.bincount(picture.level.astype(np.int64) * n + place, minlength=3 * n).reshape(3, n)


def draw_text(picture: Picture) -> list[str]:
    """Lines for a terminal; bars are as high as the busiest piece of the axis allows."""
    counts = bins(picture, WIDTH)
    highest = max(int(counts.max()), 1)
    lines = []
    for level, _ in _LANES:
        bars = "".join(_BARS[_height(n, highest)] for n in counts[level].tolist())
        lines.append(f"{LEVELS[level]:>16} {int(counts[level].sum()):5} │{bars}│")
    middle = WIDTH // 2
    far = reach(picture)
    lines.append(f"{'':22} └{'─' * middle}┼{'─' * middle}┘")
    mark = [" "] * WIDTH
    if picture.note_factor == picture.note_factor:
        mark[round((picture.note_factor / far + 1) / 2 * (WIDTH - 1))] = "▲"
    ends = f"{-far:<{middle}g}0{far:>{middle}g}"
    lines.append(f"{'':23} {ends}")
    if "▲" in mark:
        said = f"▲ the note's factor, {picture.note_factor:.2f}"
        lines.append(f"{'':23} {''.join(mark).rstrip().replace('▲', said)}")
    return lines


def _height(n: int, highest: int) -> int:
    return 0 if n == 0 else max(1, round(n / highest * (len(_BARS) - 1)))


def draw_svg(picture: Picture) -> str:
    """A picture for a page, in colours that read by day and by night.

    Levels also differ by shape, for whoever sees no colours: full, smaller, hollow.
    """
    n, step, left, lane_high = 81, 8, 190, _DOTS_HIGH * 8 + 24
    counts = bins(picture, n)
    each = max(1, -(-int(counts.max()) // _DOTS_HIGH))
    width, bottom = left + n * step + 40, 50 + 3 * lane_high
    title = f"Ratings of note {picture.note_id} along the axis of {picture.scorer}"
    said = "; ".join(f"{LEVELS[level]}: {int(counts[level].sum())}" for level, _ in _LANES)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom + 70}" '
        f'role="img" aria-labelledby="title about">',
        f'<title id="title">{title}</title><desc id="about">{said}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{width}" height="{bottom + 70}"/>',
        f'<text x="16" y="28" font-weight="600">{title}</text>',
    ]
    for lane, (level, kind) in enumerate(_LANES):
        base = 50 + (lane + 1) * lane_high - 12
        total = int(counts[level].sum())
        parts.append(f'<text x="16" y="{base}">{LEVELS[level]} ({total})</text>')
        parts.append(_rule(left, base + 6, left + (n - 1) * step, base + 6))
        parts += _dots(counts[level], each, kind, (left, base, step))
    parts += _axis(picture, (left, bottom, step, n))
    if each > 1:
        parts.append(
            f'<text class="quiet" x="16" y="{bottom + 58}">one dot is up to {each} ratings</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _dots(
    counts: NDArray[np.int64], each: int, kind: str, place: tuple[int, int, int]
) -> Iterator[str]:
    left, base, step = place
    radius = {"helpful": 3.4, "somewhat": 2.4, "not": 3.0}[kind]
    for column, number in enumerate(counts.tolist()):
        for high in range(-(-number // each)):
            x, y = left + column * step, base - high * step
            yield f'<circle class="{kind}" cx="{x}" cy="{y}" r="{radius}" stroke-width="1.2"/>'


def _rule(x1: int, y1: int, x2: int, y2: int) -> str:
    return f'<line class="line" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def _axis(picture: Picture, place: tuple[int, int, int, int]) -> Iterator[str]:
    left, bottom, step, n = place
    far, length = reach(picture), (n - 1) * step
    for value in (-far, 0.0, far):
        x = round(left + (value / far + 1) / 2 * length)
        yield _rule(x, 50, x, bottom + 4)
        yield f'<text class="quiet" x="{x}" y="{bottom + 20}" text-anchor="middle">{value:g}</text>'
    if picture.note_factor == picture.note_factor:
        x = round(left + (picture.note_factor / far + 1) / 2 * length)
        yield f'<path class="mark" d="M{x} {bottom + 24} l6 11 h-12 z"/>'
        words = f"the note's factor, {picture.note_factor:.2f}"
        yield f'<text x="{x}" y="{bottom + 50}" text-anchor="middle">{words}</text>'
