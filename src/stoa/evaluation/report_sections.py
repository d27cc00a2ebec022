"""From a study's JSON to its section of the report: sequences, regret, off-policy, calibration.

Policies and vectors have a file of their own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from stoa.evaluation.report_parts import (
    MOST_ROWS,
    Figure,
    Headline,
    IntervalPlot,
    Mark,
    Panel,
    Point,
    Role,
    Section,
    Table,
    as_figure,
    as_mapping,
    as_name,
    as_number,
    as_objects,
    as_text,
    compared,
    plain,
)

Json = Mapping[str, Any]

_SEQUENCE_MEASURES = {
    "ndcg_at_10": "NDCG@10",
    "hr_at_10": "Hit rate@10",
    "hr_at_200": "Hit rate@200, all positions",
    "hr_at_200_last": "Hit rate@200, last position",
}
_REGRET_MEASURES = {
    "auroc": "AUROC",
    "f1": "F1",
    "precision": "Precision",
    "recall": "Recall",
    "ece": "Calibration error",
}
_VERDICTS_NAMED = 4
_ESTIMATORS = ("ips", "snips", "clipped_ips", "dr", "switch_dr")


def sequences(found: Json, source: str) -> Section:
    """Next-item prediction, each measure beside the baselines of the file and a random order."""
    n_items = as_number(found.get("items"))
    others = {as_name(k): as_mapping(v) for k, v in as_mapping(found.get("baselines")).items()}
    plots: list[IntervalPlot] = []
    headlines: list[Headline] = []
    for key, words in _SEQUENCE_MEASURES.items():
        ours = as_figure(found.get(key))
        if ours is None:
            continue
        marks = [Mark("this model", ours, Role.OURS)]
        for name, its in others.items():
            if (figure := as_figure(its.get(key))) is not None:
                marks.append(Mark(name, figure, Role.BASELINE))
        if (chance := _random_order(key, n_items)) is not None:
            marks.append(Mark("random order", chance, Role.BASELINE))
        plots.append(IntervalPlot(title=words, marks=tuple(marks)))
        best = max(marks[1:], key=lambda mark: mark.figure.mean, default=None)
        if not headlines:
            headlines.append(_headline(words, ours, best))
    return Section(
        study="sequences",
        title="Sequences",
        source=source,
        asked="How well a viewer's past foretells the next item: the last item of every user, "
        "ranked against all items, seen ones removed.",
        headlines=tuple(headlines),
        plots=tuple(plots),
        tables=_facts(found, ("users", "items", "cpu_s")),
        remarks=_missing(found, _SEQUENCE_MEASURES) + _no_baselines(others),
    )


def _random_order(key: str, n_items: float | None) -> Figure | None:
    """What shuffling all items would reach: the target is at each rank with chance 1 / items."""
    if n_items is None or n_items < 1:
        return None
    k = 10 if "10" in key.split("_") else 200
    if key.startswith("hr"):
        return Figure(min(k / n_items, 1.0))
    ranks = range(1, min(k, int(n_items)) + 1)
    return Figure(sum(1 / math.log2(rank + 1) for rank in ranks) / n_items)


def regret(found: Json, source: str) -> Section:
    """Foretelling regret: with all signals, with what is known before showing, on new viewers."""
    sets = {
        "all signals": found,
        "before showing": as_mapping(found.get("before_exposure")),
        "new viewers": {
            key.removeprefix("heldout_"): value
            for key, value in found.items()
            if key.startswith("heldout_")
        },
        **{as_name(k): as_mapping(v) for k, v in as_mapping(found.get("baselines")).items()},
    }
    roles = dict.fromkeys(list(sets)[:3], Role.OURS)
    plots: list[IntervalPlot] = []
    for key, words in _REGRET_MEASURES.items():
        marks = tuple(
            Mark(name, figure, roles.get(name, Role.BASELINE))
            for name, its in sets.items()
            if (figure := as_figure(its.get(key))) is not None
        )
        if marks:
            coin = Figure(0.5) if key == "auroc" else None
            plots.append(IntervalPlot(title=words, marks=marks, line=coin, line_name="a coin"))
    before = as_figure(sets["before showing"].get("auroc")) or as_figure(found.get("auroc"))
    headlines = (_headline("Regret foretold, AUROC", before, Mark("a coin", Figure(0.5))),)
    return Section(
        study="regret",
        title="Regret",
        source=source,
        asked="How well it is foretold which of two posts a viewer will hate and which like, "
        "without knowing the post's identity or fame.",
        headlines=headlines if before else (),
        plots=tuple(plots),
        remarks=_missing(found, (*_REGRET_MEASURES, "before_exposure")),
    )


def off_policy(found: Json, source: str) -> Section:
    """Each policy from the other's log, beside the truth and the uncorrected mean."""
    pairs = as_objects(found.get("pairs"))
    drawn = [_pair_plot(pair) for pair in pairs[:MOST_ROWS]]
    inside = [
        truth.low <= value <= truth.high
        for pair in pairs
        for name in _ESTIMATORS
        if (truth := as_figure(pair.get(name))) is not None
        and truth.low is not None
        and truth.high is not None
        and (value := as_number(pair.get("truth"))) is not None
    ]
    rows = tuple(
        (_pair_name(pair), _number(pair, "effective_n"), _number(pair, "n"),
         _number(pair, "largest_weight"), as_name(pair.get("verdict", "not given")))
        for pair in pairs[:MOST_ROWS]
    )  # fmt: skip
    head = ("pair", "effective n", "impressions", "largest weight", "verdict")
    naive = sum(_is_inside(pair) for pair in pairs)
    headline = Headline(
        words="Truths inside the 95 % intervals",
        value=f"{sum(inside)} of {len(inside)}",
        baseline=f"uncorrected mean: {naive} of {len(pairs)}",
        reading="; ".join(map(_verdict, pairs[:_VERDICTS_NAMED])),
    )
    return Section(
        study="offpolicy",
        title="Off-policy estimates",
        source=source,
        asked="What one policy would have earned, estimated from another's log, against what it "
        "did earn. The line is the truth, its band the truth's own interval.",
        headlines=(headline,) if inside else (),
        plots=tuple(plot for plot in drawn if plot.marks),
        tables=(Table(title="How much the estimates rest on", head=head, rows=rows),),
        remarks=() if pairs else ("no pairs in the file",),
    )


def _pair_plot(pair: Json) -> IntervalPlot:
    marks = [
        Mark(name, figure, Role.OURS)
        for name in _ESTIMATORS
        if (figure := as_figure(pair.get(name))) is not None
    ]
    for name, value in as_mapping(pair.get("baselines")).items():
        if (figure := as_figure(value)) is not None:
            marks.append(Mark(as_name(name), figure, Role.BASELINE))
    ends = {"mean": "truth", "low": "truth_low", "high": "truth_high"}
    truth = as_figure({end: pair.get(key) for end, key in ends.items()})
    return IntervalPlot(
        title=_pair_name(pair), unit="reward an impression", marks=tuple(marks[:MOST_ROWS]),
        line=truth, line_name="truth",
    )  # fmt: skip


def _pair_name(pair: Json) -> str:
    campaign = f"{as_name(pair['campaign'])}: " if "campaign" in pair else ""
    return f"{campaign}{as_name(pair.get('to'))} from the log of {as_name(pair.get('from'))}"


def _verdict(pair: Json) -> str:
    sides = f"{as_name(pair.get('to'))} against {as_name(pair.get('from'))}"
    return f"{sides}: {as_name(pair.get('verdict', 'not given'))}"


def _is_inside(pair: Json) -> bool:
    naive = as_figure(as_mapping(pair.get("baselines")).get("logged_mean"))
    truth = as_number(pair.get("truth"))
    if naive is None or naive.low is None or naive.high is None or truth is None:
        return False
    return naive.low <= truth <= naive.high


def calibration(found: Json, source: str) -> Section:
    """Whether predictions mean what they say, by head and by group."""
    given = as_objects(found.get("calibration"))
    known = [row for row in given if as_number(row.get("n"))]
    panels = tuple(_panel(row) for row in known[: 5 * MOST_ROWS])
    head = ("head", "group", "rows", "calibration error", "slope", "intercept")
    keys = ("ece_adaptive", "slope", "intercept")
    rows = tuple(
        (as_name(row.get("head")), as_name(row.get("group")), plain(as_number(row.get("n")) or 0),
         *(as_text(as_figure(row.get(key))) for key in keys))
        for row in known[: 5 * MOST_ROWS]
    )  # fmt: skip
    off = [row for row in known if _is_off(row)]
    remarks = [] if len(known) == len(given) else [f"{len(given) - len(known)} rows hold no data"]
    headline = Headline(
        words="Head and group pairs whose slope interval holds 1",
        value=f"{len(known) - len(off)} of {len(known)}",
        baseline="a right forecast: 19 of 20",
        reading=_worst(off),
    )
    return Section(
        study="calibration",
        title="Calibration",
        source=source,
        asked="Whether predictions mean what they say: observed against predicted by decile, for "
        "every head and group. On the diagonal is right; slope 1 and intercept 0 are right.",
        headlines=(headline,) if known else (),
        panels=panels,
        tables=(Table(title="Every head and group", head=head, rows=rows),) if rows else (),
        remarks=tuple(remarks),
    )


def _panel(row: Json) -> Panel:
    points = tuple(
        Point(int(n), predicted, observed)
        for one in as_objects(row.get("bins"))[:MOST_ROWS]
        if (n := as_number(one.get("n"))) is not None
        and (predicted := as_number(one.get("predicted"))) is not None
        and (observed := as_figure(one.get("observed"))) is not None
    )
    error, slope = (as_figure(row.get(key)) for key in ("ece_adaptive", "slope"))
    return Panel(
        head=as_name(row.get("head")),
        group=as_name(row.get("group")),
        n=int(as_number(row.get("n")) or 0),
        note=f"error {as_text(error)}; slope {as_text(slope)}",
        points=points,
    )


def _is_off(row: Json) -> bool:
    slope = as_figure(row.get("slope"))
    return slope is not None and slope.low is not None and slope.high is not None and not (
        slope.low <= 1 <= slope.high
    )  # fmt: skip


def _worst(off: Sequence[Json]) -> str:
    if not off:
        return "none is off"

    def distance(row: Json) -> float:
        slope = as_figure(row.get("slope"))
        return abs(slope.mean - 1) if slope else 0.0

    worst = max(off, key=distance)
    where = f"{as_name(worst.get('head'))}, {as_name(worst.get('group'))}"
    return f"farthest off: {where}, slope {as_text(as_figure(worst.get('slope')))}"


def _headline(words: str, ours: Figure | None, baseline: Mark | None) -> Headline:
    return Headline(
        words=words,
        value=as_text(ours),
        baseline="not given" if baseline is None else
        f"{baseline.name}: {as_text(baseline.figure)}",
        reading="" if baseline is None else compared(ours, baseline.figure),
    )  # fmt: skip


def _facts(found: Json, keys: Sequence[str]) -> tuple[Table, ...]:
    rows = tuple(
        (key, _number(found, key)) for key in keys if as_number(found.get(key)) is not None
    )
    settings = as_mapping(found.get("settings"))
    rows += tuple(
        (as_name(name), _setting(value)) for name, value in list(settings.items())[:MOST_ROWS]
    )
    return (Table(title="Size and settings", head=("what", "value"), rows=rows),) if rows else ()


def _setting(value: object) -> str:
    return as_text(as_figure(value)) if isinstance(value, float) else as_name(value)


def _number(found: Json, key: str) -> str:
    value = as_number(found.get(key))
    return "not given" if value is None else plain(value)


def _missing(found: Json, keys: Sequence[str] | Mapping[str, str]) -> tuple[str, ...]:
    lacking = [key for key in keys if key not in found]
    return (f"not in the file: {', '.join(lacking)}",) if lacking else ()


def _no_baselines(others: Json) -> tuple[str, ...]:
    return () if others else ("the file gives no baselines; a random order stands in",)
