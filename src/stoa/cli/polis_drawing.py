"""The map of a conversation, drawn in letters for a terminal and as SVG for a page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import shorten

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.opinion_map import OpinionMap

WIDTH, HEIGHT = 72, 22
LETTERS = "ABCDE"
_LONGEST = 96
_SVG_WIDTH, _SVG_HEIGHT, _SVG_EDGE = 720, 480, 32
_SVG_TEXT = 20

# Of the Okabe-Ito palette, told apart by most eyes; darker on light ground, lighter on dark.
_LIGHT = ("#0072b2", "#b34700", "#00795a", "#a3457e", "#6b6000")
_DARK = ("#56b4e9", "#f0a04b", "#3ecfa4", "#e59cc7", "#e8dc5a")


def text_map(drawn: OpinionMap) -> str:
    """The plane as rows of letters: the group most voters of a cell are in, `.` for nobody.

    A capital stands for three voters or more.
    """
    column, row = _cells(drawn.position, WIDTH, HEIGHT)
    n_groups = len(drawn.groups)
    count = np.zeros((HEIGHT, WIDTH, n_groups), dtype=np.int64)
    np.add.at(count, (row, column, drawn.group), 1)
    lines: list[str] = []
    for cells in count:
        letters = [
            (
                LETTERS[int(cell.argmax())]
                if cell.sum() >= 3
                else LETTERS[int(cell.argmax())].lower()
            )
            if cell.any()
            else "."
            for cell in cells
        ]
        lines.append("".join(letters))
    return "\n".join(lines)


def text_legend(drawn: OpinionMap, statements: Sequence[str]) -> str:
    """Who the groups are, by what they say that others do not, and what all agree on."""
    lines: list[str] = []
    for letter, group, prob in zip(LETTERS, drawn.groups, drawn.prob, strict=False):
        lines.append(f"{letter}: {group.size} voters")
        for sign, rows in (("+", group.for_it), ("-", group.against_it)):
            lines += [
                f"  {sign} {_percent(prob[row])} of them would agree: {_short(statements[row])}"
                for row in rows
            ]
    lines.append("Every group agrees:")
    lines += [
        f"  = at least {_percent(drawn.prob[:, row].min())}: {_short(statements[row])}"
        for row in drawn.agreed
    ]
    return "\n".join(lines)


def svg_map(drawn: OpinionMap, topic: str, statements: Sequence[str]) -> str:
    """A picture: a point a voter, a letter and colour a group, legible in light and dark."""
    x, y = _places(drawn.position)
    shown = [(LETTERS[g], group) for g, group in enumerate(drawn.groups)]
    legend = [f"{letter}: {group.size} voters" for letter, group in shown]
    agreed = [f"All groups: {_short(statements[row])}" for row in drawn.agreed[:1]]
    height = _SVG_HEIGHT + _SVG_TEXT * (len(legend) + len(agreed) + 1)
    points = [
        f'<circle class="g{g}" cx="{px:.1f}" cy="{py:.1f}" r="3.5"/>'
        for g, px, py in zip(drawn.group.tolist(), x.tolist(), y.tolist(), strict=True)
    ]
    names: list[str] = []
    for g, (letter, _) in enumerate(shown):
        inside = drawn.group == g
        names.append(
            f'<text class="name" x="{x[inside].mean():.1f}" y="{y[inside].mean():.1f}">'
            f"{letter}</text>"
        )
    words = [
        f'<text x="{_SVG_EDGE}" y="{_SVG_HEIGHT + _SVG_TEXT * (at + 1)}">{escape(line)}</text>'
        for at, line in enumerate(legend + agreed)
    ]
    title = escape(f"Opinion map: {topic}")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SVG_WIDTH} {height}" '
            'role="img" aria-labelledby="title">',
            f'<title id="title">{title}</title>',
            f"<style>{_style(len(shown))}</style>",
            f'<rect class="ground" width="{_SVG_WIDTH}" height="{height}"/>',
            f'<text x="{_SVG_EDGE}" y="{_SVG_TEXT}">{title}</text>',
            *points,
            *names,
            *words,
            "</svg>",
            "",
        ]
    )


def _style(n_groups: int) -> str:
    def colours(palette: Sequence[str]) -> str:
        return "".join(f".g{g}{{fill:{palette[g]}}}" for g in range(n_groups))

    return (
        "text{font:14px system-ui,sans-serif;fill:#1a1a1a}.ground{fill:#fff}"
        ".name{font-size:28px;font-weight:700;text-anchor:middle;dominant-baseline:central;"
        "paint-order:stroke;stroke:#fff;stroke-width:5px}circle{fill-opacity:.7}"
        f"{colours(_LIGHT)}"
        "@media (prefers-color-scheme:dark){text{fill:#f0f0f0}.ground{fill:#16181c}"
        f".name{{stroke:#16181c}}{colours(_DARK)}}}"
    )


def _unit(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """Positions scaled to 0..1; the outermost voter in a hundred stands on the edge."""
    low, high = np.percentile(position, [0.5, 99.5], axis=0)
    return np.clip((position - low) / np.maximum(high - low, 1e-12), 0, 1)


def _cells(
    position: NDArray[np.float64], width: int, height: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    unit = _unit(position)
    column = np.minimum((unit[:, 0] * width).astype(np.int64), width - 1)
    row = np.minimum(((1 - unit[:, 1]) * height).astype(np.int64), height - 1)
    return column, row


def _places(position: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    unit = _unit(position)
    x = _SVG_EDGE + unit[:, 0] * (_SVG_WIDTH - 2 * _SVG_EDGE)
    y = _SVG_EDGE + (1 - unit[:, 1]) * (_SVG_HEIGHT - 2 * _SVG_EDGE)
    return x, y


def _short(statement: str) -> str:
    return shorten(statement, _LONGEST, placeholder=" ...")


def _percent(prob: float) -> str:
    return f"{min(round(100 * prob), 99)} %"  # nothing foretold is certain
