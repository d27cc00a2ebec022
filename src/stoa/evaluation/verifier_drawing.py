"""The curve of refuted against supported claims that are called likely, as a page by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stoa.evaluation.report_plots import Scale
from stoa.evaluation.report_style import STYLE

_SIDE, _EDGE = 420, 44
_WORDS = {"held_out": "claims held out", "set_left_out": "the whole set left out"}
_OWN_STYLE = """
figure { margin: 24px 0 0; } figure svg { width: 100%; max-width: 480px; display: block; }
figure text { fill: var(--soft); font: 12px system-ui, sans-serif; }
figure path { fill: none; } .grid { stroke: var(--line); } .kept { stroke: var(--accent);
  stroke-width: 2; } .goal { stroke: var(--base); stroke-dasharray: 4 4; }
"""


def curve_page(report: Mapping[str, Any]) -> str:
    """HTML with one panel for each way of holding out; out of what `study_verifier` gave."""
    panels = [
        _panel(report[how]["refuted"], words)
        for how, words in _WORDS.items()
        if report.get(how, {}).get("refuted")
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Refuted and likely</title>'
        f"<style>{STYLE}{_OWN_STYLE}</style><main><h1>Refuted claims that pass as likely</h1>"
        "<p>For each share of refuted claims that may pass, the most of the supported claims that "
        "any two thresholds keep, while at most 15 % of all that is not supported passes. The "
        "dashed lines are 15 % and 45 %.</p>" + "".join(panels) + "</main></html>"
    )


def _panel(refuted: Mapping[str, Any], words: str) -> str:
    points = [(p["refuted"], p["supported"]) for p in refuted["curve"]]
    scale = Scale([0.0, 0.6], from_zero=True)
    ticks = [_tick(scale, tick) for tick in scale.ticks]
    line = "L".join(_place(scale, x, y) for x, y in points)
    goal = f"M{_place(scale, 0.15, 0)}L{_place(scale, 0.15, 0.6)}"
    goal += f"M{_place(scale, 0, 0.45)}L{_place(scale, 0.6, 0.45)}"
    at = refuted["likely_of_refuted"]["mean"], refuted["likely_of_supported"]["mean"]
    told = f"{words}: as set, {at[0]:.1%} of refuted and {at[1]:.1%} of supported pass"
    return (
        f"<section><h2>{words.capitalize()}</h2><p>{refuted['pairs']} refuting pairs of "
        f"{refuted['claims']} claims; as it is set, {at[0]:.1%} of the refuted and {at[1]:.1%} of "
        f'the supported pass.</p><figure><svg viewBox="0 0 {_SIDE} {_SIDE}" role="img" '
        f'aria-label="{told}">{"".join(ticks)}<path class="goal" d="{goal}"/>'
        f'<path class="kept" d="M{line}"/><text x="{_SIDE / 2}" y="{_SIDE - 6}" '
        f'text-anchor="middle">refuted that pass</text><text x="4" y="16">supported that pass'
        "</text></svg></figure></section>"
    )


def _place(scale: Scale, x: float, y: float) -> str:
    width = _SIDE - 2 * _EDGE
    return f"{_EDGE + scale(x) * width:.1f} {_SIDE - _EDGE - scale(y) * width:.1f}"


def _tick(scale: Scale, value: float) -> str:
    x, bottom = _place(scale, value, 0).split()
    left, y = _place(scale, 0, value).split()
    end, top = _place(scale, 0.6, 0.6).split()
    return (
        f'<path class="grid" d="M{x} {bottom}V{top}M{left} {y}H{end}"/>'
        f'<text x="{x}" y="{float(bottom) + 16:.1f}" text-anchor="middle">{value:.0%}</text>'
        f'<text x="{float(left) - 6:.1f}" y="{float(y) + 4:.1f}" text-anchor="end">{value:.0%}'
        "</text>"
    )
