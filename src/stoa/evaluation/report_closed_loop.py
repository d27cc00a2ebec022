"""From a study's JSON to its section of the report: policies in the town, and kinds of vectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stoa.evaluation.report_parts import (
    MOST_ROWS,
    Figure,
    Headline,
    IntervalPlot,
    Mark,
    Role,
    Section,
    Table,
    as_figure,
    as_mapping,
    as_name,
    as_text,
    compared,
)

Json = Mapping[str, Any]

OURS = "unregretted"
_ROLES = {
    OURS: Role.OURS,
    "chronological": Role.BASELINE,
    "popular": Role.BASELINE,
    "oracle": Role.CEILING,
}
_POOLED = ("mean", "mean_pooled", "pooled", "last", "last_position")
"""One vector a viewer: what many vectors are compared with."""
_RECALLS = ("recall_at_200", "recall_at_1500")


def policies(found: Json, source: str) -> Section:
    """True unregretted seconds by policy, and ours less each other, for every people model."""
    models = {as_name(k): as_mapping(v) for k, v in as_mapping(found.get("people")).items()}
    plots: list[IntervalPlot] = []
    tables: list[Table] = []
    headlines: list[Headline] = []
    remarks: list[str] = []
    for model, given in list(models.items())[:MOST_ROWS]:
        known = {as_name(k): as_mapping(v) for k, v in given.items()}
        marks = _policy_marks(known)
        if len(marks) > MOST_ROWS:
            remarks.append(f"{model}: {len(marks) - MOST_ROWS} policies more are not drawn")
        marks = marks[:MOST_ROWS]
        unit = "true unregretted seconds a viewer-day"
        plots.append(IntervalPlot(title=f"{model} people", unit=unit, marks=tuple(marks)))
        behind = _behind_marks(known)[:MOST_ROWS]
        if behind:
            title = f"{model} people: ours less theirs, same seeds"
            line = Figure(0.0)
            plots.append(
                IntervalPlot(
                    title=title, unit="seconds", marks=tuple(behind), line=line, line_name="equal"
                )
            )
        tables += _policy_table(model, known)
        headlines += _policy_headline(model, marks)
        if OURS not in known:
            remarks.append(f"{model}: no policy called {OURS} in the file")
    return Section(
        study="policies",
        title="Policies, served in closed loop",
        source=source,
        asked="What each policy was worth to the town's people, whose regret is known: each was "
        "trained on what it could see, then served for days, absent viewers counted as 0.",
        headlines=tuple(headlines),
        plots=tuple(plot for plot in plots if plot.marks),
        tables=tuple(tables),
        remarks=tuple(remarks) if models else ("no people models in the file",),
    )


def _policy_marks(known: Mapping[str, Json]) -> list[Mark]:
    """Best first."""
    marks = [
        Mark(name, figure, _ROLES.get(name, Role.OTHER), "ours" if name == OURS else "")
        for name, its in known.items()
        if (figure := as_figure(its)) is not None
    ]
    return sorted(marks, key=lambda mark: -mark.figure.mean)


def _behind_marks(known: Mapping[str, Json]) -> list[Mark]:
    return [
        Mark(name, figure, _ROLES.get(name, Role.OTHER))
        for name, its in known.items()
        if name != OURS and (figure := as_figure(its.get("behind"))) is not None
    ]


def _policy_table(model: str, known: Mapping[str, Json]) -> list[Table]:
    """Every further number that a policy has, one column each."""
    left = ("mean", "low", "high", "behind")
    found = dict.fromkeys(key for its in known.values() for key in its if key not in left)
    columns = [key for key in found if any(as_figure(its.get(key)) for its in known.values())][:8]
    if not columns:
        return []
    rows = tuple(
        (name, *(as_text(as_figure(its.get(key))) for key in columns))
        for name, its in list(known.items())[:MOST_ROWS]
    )
    head = ("policy", *(as_name(key).replace("_", " ") for key in columns))
    return [Table(title=f"{model} people: what else was measured", head=head, rows=rows)]


def _policy_headline(model: str, marks: list[Mark]) -> list[Headline]:
    ours = next((mark for mark in marks if mark.role is Role.OURS), None)
    plain_ones = [mark for mark in marks if mark.role is Role.BASELINE]
    if ours is None:
        return []
    best = plain_ones[0] if plain_ones else None
    return [
        Headline(
            words=f"Unregretted seconds a viewer-day, {model} people",
            value=as_text(ours.figure),
            baseline=f"{best.name}: {as_text(best.figure)}" if best else "not given",
            reading=compared(ours.figure, best.figure) if best else "",
        )
    ]


def vectors(found: Json, source: str) -> Section:
    """Recall by how a viewer is written down, with and without the conversation, on new posts."""
    choices = dict(_choices(as_mapping(found.get("vectors"))))
    plots: list[IntervalPlot] = []
    headlines: list[Headline] = []
    for key in _RECALLS:
        marks = [
            Mark(name, figure, Role.BASELINE if name.split(" / ")[-1] in _POOLED else Role.OURS)
            for name, its in choices.items()
            if (figure := as_figure(its.get(key))) is not None
        ][:MOST_ROWS]
        words = "Recall@" + key.removeprefix("recall_at_")
        if marks:
            plots.append(IntervalPlot(title=words, marks=tuple(marks)))
            headlines += _recall_headline(words, marks)
    conversation = _set_of(found, "conversation", {"without": Role.BASELINE, "with": Role.OURS})
    unseen = _set_of(found, "zero_like", {})
    titles = ("With and without the conversation", "Posts that nobody has liked yet")
    plots += [
        IntervalPlot(title=title, marks=marks)
        for title, marks in zip(titles, (conversation, unseen), strict=True)
        if marks
    ]
    lacking = [key for key in ("vectors", "conversation", "zero_like") if key not in found]
    return Section(
        study="vectors",
        title="Vectors",
        source=source,
        asked="How often the posts a viewer went on to are among those found, by how the viewer is "
        "written down; what the conversation adds; whether posts without a like are found.",
        headlines=tuple(headlines[:1]),
        plots=tuple(plots),
        tables=_by_interests(choices),
        remarks=(f"not in the file: {', '.join(lacking)}",) if lacking else (),
    )


def _choices(found: Json, above: str = "", depth: int = 0) -> Iterator[tuple[str, Json]]:
    """Objects that hold a recall, named by the path to them: a study may part them by data set."""
    for key, value in list(found.items())[:MOST_ROWS]:
        its, name = as_mapping(value), f"{above}{as_name(key)}"
        if any(as_figure(its.get(recall)) for recall in _RECALLS):
            yield name, its
        elif depth < 2:
            yield from _choices(its, f"{name} / ", depth + 1)


def _recall_headline(words: str, marks: list[Mark]) -> list[Headline]:
    ours = [mark for mark in marks if mark.role is Role.OURS]
    pooled = [mark for mark in marks if mark.role is Role.BASELINE]
    if not ours:
        return []
    best = max(ours, key=lambda mark: mark.figure.mean)
    base = max(pooled, key=lambda mark: mark.figure.mean) if pooled else None
    return [
        Headline(
            words=f"{words}, {best.name}",
            value=as_text(best.figure),
            baseline=f"{base.name}: {as_text(base.figure)}" if base else "not given",
            reading=compared(best.figure, base.figure) if base else "",
        )
    ]


def _set_of(found: Json, key: str, roles: Mapping[str, Role]) -> tuple[Mark, ...]:
    """Marks of a figure, or of an object of figures, one level of objects deeper at most."""
    whole = as_figure(found.get(key))
    if whole is not None:
        return (Mark(as_name(key).replace("_", " "), whole, Role.OURS),)
    made: list[Mark] = []
    for name, value in as_mapping(found.get(key)).items():
        role = roles.get(name, Role.OTHER)
        figure = as_figure(value)
        if figure is not None:
            made.append(Mark(as_name(name), figure, role))
            continue
        for inner, deeper in as_mapping(value).items():
            if (figure := as_figure(deeper)) is not None:
                made.append(Mark(f"{as_name(name)} / {as_name(inner)}", figure, role))
    return tuple(made[:MOST_ROWS])


def _by_interests(choices: Mapping[str, Json]) -> tuple[Table, ...]:
    """Recall by how many interests a viewer has, where the study tells."""
    parted = {
        name: as_mapping(next((its[key] for key in its if "interests" in key), None))
        for name, its in choices.items()
    }
    columns = list(dict.fromkeys(key for its in parted.values() for key in its))[:12]
    if not columns:
        return ()
    rows = tuple(
        (name, *(_recall_cell(its.get(column)) for column in columns))
        for name, its in list(parted.items())[:MOST_ROWS]
    )
    head = ("viewer as", *(as_name(column) for column in columns))
    return (Table(title="Recall by number of interests", head=head, rows=rows),)


def _recall_cell(value: object) -> str:
    return as_text(as_figure(value) or as_figure(as_mapping(value).get(_RECALLS[0])))
