"""Everything that was measured, on one page that a person reads in five minutes.

The page stands alone: no script, no network, drawings inline. The JSON beside it holds the same
figures, in the same order, for whoever wants to compare two reports.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from stoa.evaluation.report_closed_loop import policies, vectors
from stoa.evaluation.report_parts import Headline, Panel, Report, Section, Table, as_name
from stoa.evaluation.report_plots import interval_plot, reliability_panel, unbroken
from stoa.evaluation.report_sections import calibration, off_policy, regret, sequences
from stoa.evaluation.report_style import STYLE

Json = Mapping[str, Any]

_MADE_BY: dict[str, tuple[str, Callable[[Json, str], Section]]] = {
    # study -> the key that tells it, and what makes its section; in the order of the page
    "policies": ("people", policies),
    "calibration": ("calibration", calibration),
    "regret": ("before_exposure", regret),
    "sequences": ("ndcg_at_10", sequences),
    "vectors": ("vectors", vectors),
    "offpolicy": ("pairs", off_policy),
}
_COMMANDS = {
    "policies": "stoa evaluate policies",
    "calibration": "python benchmarks/calibration_town.py FILES",
    "regret": "stoa evaluate regret DIR",
    "sequences": "stoa evaluate sequences FILE",
    "vectors": "stoa evaluate vectors",
    "offpolicy": "stoa evaluate offpolicy DIR",
}
_KEYS_NAMED = 6
_HEADS_OPEN = 4


def make_report(files: Sequence[tuple[str, object]]) -> Report:
    """A report of what studies printed.

    Args:
        files: (name, what its JSON held); anything at all may stand there.

    Returns:
        Sections in the order of the page; a file may hold several studies, and studies may come
        twice. What no study printed is listed, never an error.
    """
    sections: list[Section] = []
    strange: list[str] = []
    for name, found in files:
        made = _sections_of(as_name(name), found)
        sections += made
        if not made:
            strange.append(f"{as_name(name)}: {_described(found)}")
    order = list(_MADE_BY)
    sections.sort(key=lambda section: order.index(section.study))
    run = {section.study for section in sections}
    return Report(
        sections=tuple(sections),
        not_run=tuple(_COMMANDS[study] for study in order if study not in run),
        not_understood=tuple(strange),
    )


def _sections_of(name: str, found: object) -> list[Section]:
    if not isinstance(found, Mapping):
        return []
    keyed = [make(found, name) for key, make in _MADE_BY.values() if key in found]
    if not keyed and {"auroc", "f1"} <= set(found):
        return [regret(found, name)]
    if not keyed and any(str(key).startswith(("hr_at_", "ndcg_at_")) for key in found):
        return [sequences(found, name)]
    return keyed


def _described(found: object) -> str:
    if not isinstance(found, Mapping):
        return f"holds no JSON object but a {type(found).__name__}"
    keys = [as_name(key) for key in list(found)[:_KEYS_NAMED]]
    return f"no study prints {', '.join(keys)}" if keys else "an empty object"


def report_json(report: Report) -> str:
    """The same figures for machines: one JSON object, indented."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def report_html(report: Report) -> str:
    """The page. Everything a file said is escaped; the page allows no script and no request."""
    body = "\n".join(
        [
            "<h1>What was measured</h1>",
            _opening(report),
            _glance(report),
            _missing(report),
            *(_section(section, at) for at, section in enumerate(report.sections)),
        ]
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>What was measured - Stoa</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _opening(report: Report) -> str:
    if not report.sections:
        return "<p>Nothing yet: give the JSON that the studies below print.</p>"
    return (
        "<p>Each figure stands beside the trivial baseline it must beat. Brackets and bars are "
        "95\u00a0% intervals. “Not apart” means that the intervals overlap: no claim.</p>"
    )


def _glance(report: Report) -> str:
    rows = [
        (f"s{at}", headline)
        for at, section in enumerate(report.sections)
        for headline in section.headlines
    ]
    if not rows:
        return ""
    lines = "".join(_glance_row(anchor, headline) for anchor, headline in rows)
    return (
        '<section><h2>At a glance</h2><div class="wide"><table class="cells glance"><thead><tr>'
        "<th>What</th><th>Figure</th><th>Baseline</th><th>Reading</th></tr></thead>"
        f"<tbody>{lines}</tbody></table></div></section>"
    )


def _glance_row(anchor: str, headline: Headline) -> str:
    return (
        f'<tr><th scope="row"><a href="#{anchor}">{escape(headline.words)}</a></th>'
        f"<td>{unbroken(headline.value)}</td><td>{unbroken(headline.baseline)}</td>"
        f"<td>{unbroken(headline.reading)}</td></tr>"
    )


def _missing(report: Report) -> str:
    lines = [f"<li>not run: <code>{escape(command)}</code></li>" for command in report.not_run]
    lines += [f"<li>not understood: {escape(reason)}</li>" for reason in report.not_understood]
    if not lines:
        return ""
    return f'<section class="missing"><h2>Missing</h2><ul>{"".join(lines)}</ul></section>'


def _section(section: Section, at: int) -> str:
    remarks = "".join(f"<li>{escape(remark)}</li>" for remark in section.remarks)
    return "\n".join(
        [
            f'<section id="s{at}"><h2>{escape(section.title)}</h2>',
            f'<p class="source">from {escape(section.source)}</p>',
            f"<p>{escape(section.asked)}</p>",
            *map(interval_plot, section.plots),
            _reliability(section.panels),
            *map(_table, section.tables),
            f'<ul class="remarks">{remarks}</ul>' if remarks else "",
            "</section>",
        ]
    )


def _reliability(panels: Sequence[Panel]) -> str:
    """Heads side by side over everybody; the groups of each behind a line that opens."""
    by_head: dict[str, list[Panel]] = {}
    for panel in panels:
        by_head.setdefault(panel.head, []).append(panel)
    if not by_head:
        return ""
    first = "".join(reliability_panel(given[0], given[0].head) for given in by_head.values())
    parts = [f'<h3>By head</h3><div class="panels">{first}</div>']
    state = " open" if len(by_head) <= _HEADS_OPEN else ""
    for head, given in by_head.items():
        drawn = "".join(reliability_panel(panel, panel.group) for panel in given[1:])
        if drawn:
            parts.append(
                f"<details{state}><summary>{escape(head)}, by group</summary>"
                f'<div class="panels">{drawn}</div></details>'
            )
    return "\n".join(parts)


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.head)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{unbroken(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in table.rows
    )
    return (
        f'<div class="wide"><table class="cells"><caption>{escape(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
