"""A recomputed note in plain words, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from stoa.bridging.final_passes import SAMPLED_PASS, WHOLE_PASS
from stoa.bridging.scorers import TOPIC_NAMES, Topic
from stoa.note_records import NO_TIME, TAGS, Classification, Status
from stoa.notes.hearing import System
from stoa.notes.meta_conditions import status_name
from stoa.notes.recompute import TOLERANCE, ModelStep, Recomputed, RuleStep

PASSES = {
    "no_high_volume": "without high-volume raters",
    "no_correlated": "without correlated raters",
    SAMPLED_PASS: "population-sampled ratings alone",
}
_CLASSES = {
    Classification.DELETED: "deleted",
    Classification.MISLEADING: "says the post misleads",
    Classification.NOT_MISLEADING: "says the post is fine",
}


def moment(time_ms: int) -> str:
    """A time for people, to the minute in UTC.

    >>> moment(1784073600000)
    '2026-07-15 00:00 UTC'
    """
    if time_ms == NO_TIME:
        return "never"
    return f"{datetime.fromtimestamp(time_ms / 1000, tz=UTC):%Y-%m-%d %H:%M} UTC"


def tell_recomputed(found: Recomputed) -> Iterator[str]:
    """Every step, one line each."""
    yield from _opening(found)
    for step in found.models:
        yield ""
        yield from _model(step)
    yield ""
    if found.silent:
        yield "models that do not speak of it"
        yield from (f"  {each.scorer:32} {each.why}" for each in found.silent)
        yield ""
    yield "all models together"
    yield from _rules(found.meta_rules)
    yield from _outcome(found)


def _opening(found: Recomputed) -> Iterator[str]:
    notes, case = found.case.data.notes, found.case
    kind = _CLASSES[Classification(int(notes.classification[0]))]
    topic = Topic(int(case.topic[0]))
    yield f"note {case.note_id}, {kind}, by {case.author}"
    written, now = moment(int(notes.created_ms[0])), moment(case.times.now_ms)
    yield f"  written      {written}, scored as of {now}"
    yield f"  topic        {'none' if topic == Topic.UNASSIGNED else TOPIC_NAMES[topic]}"
    n, n_kept = len(case.data.ratings), len(found.heard)
    merged = f"{n - n_kept} left out because coordinated raters count as one" if n > n_kept else ""
    yield f"  ratings      {n} count, {merged or 'none left out as coordinated'}"


def _model(step: ModelStep) -> Iterator[str]:
    record, h = step.record, step.hearing
    yield f"{record.config.name} (columns {record.config.prefix}*)"
    left = "; ".join(f"{n} {reason}" for reason, n in h.left_out.items())
    left = f"; left out {left}" if left else ""
    yield f"  ratings      {h.n_counted} of {h.n_given} count{left}"
    whole = step.systems.get(WHOLE_PASS)
    if whole is not None:
        yield from _system(whole, is_gaussian=step.curves is not None)
    if step.curves is not None:
        up, down = step.curves
        yield f"  curves       approval {up:.6f}, disapproval {down:.6f}: the larger decides"
    yield from _numbers(step)
    yield from _rules(step.rules)
    yield f"  status       {status_name(step.status)} (kept: {status_name(step.kept.status)})"


def _system(s: System, *, is_gaussian: bool) -> Iterator[str]:
    yield (
        f"  sums         n {s.n:.6g}  Σf {s.f:.6f}  Σf² {s.ff:.6f}  Σr {s.r:.6f}  Σrf {s.rf:.6f}"
        f"  (r = rating - {s.mu:.6f} - rater's intercept)"
    )
    diamond = f"; and {s.diamond:.4f}·|intercept·factor|" if s.diamond else ""
    yield (
        f"  system       [{s.n + s.ridge_intercept:.6f} {s.f:.6f}; {s.f:.6f} "
        f"{s.ff + s.ridge_factor:.6f}] x = [{s.r:.6f} {s.rf:.6f}]{diamond}"
    )
    part = "factor only; the intercept comes from the curves: " if is_gaussian else ""
    yield f"  solution     {part}intercept {s.intercept:.6f}, factor {s.factor:.6f}"


def _numbers(step: ModelStep) -> Iterator[str]:
    s, kept = step.record.signals, step.kept
    if kept.intercept == kept.intercept:
        equal = f"equal to {TOLERANCE:g}" if step.worst <= TOLERANCE else f"OFF BY {step.worst:.2g}"
        yield (
            f"  intercept    {float(s.intercept[0]):.6f}, factor {float(s.factor[0]):.6f}; the run "
            f"kept {kept.intercept:.6f}, {kept.factor:.6f}: {equal}"
        )
    elif not step.systems:
        yield "  intercept    none, as in the run: nothing to fit"
    passes = {
        "no_high_volume": s.no_high_volume,
        "no_correlated": s.no_correlated,
        SAMPLED_PASS: step.record.notes.population_sampled,
    }
    for name, column in passes.items():
        if column is not None and name in step.systems:
            n = step.systems[name].n
            count = f"{n:.0f} ratings" if n == round(n) else f"weight {n:.3f}"
            yield f"  {'check':12} {PASSES[name]}: intercept {float(column[0]):.6f} ({count})"
    if s.intercept_max is not None and step.systems:
        low, high = float(step.record.notes.intercept_min[0]), float(s.intercept_max[0])
        yield f"  bounds       one more rating: intercept {low:.6f} to {high:.6f}"
    if s.low_diligence is not None and s.low_diligence[0] == s.low_diligence[0]:
        limit = step.record.config.thresholds.low_diligence
        yield f"  diligence    {float(s.low_diligence[0]):.6f} (over {limit:g} is too little)"


def _rules(rules: tuple[RuleStep, ...]) -> Iterator[str]:
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        asked = "; ".join(f"{c}{'' if c.holds else ' ✗'}" for c in rule.conditions)
        acts = f"acts -> {rule.status.name}" if rule.acted else "does not act"
        yield f"  {rule.name:{width}} {acts}{': ' if asked else ''}{asked}"


def _outcome(found: Recomputed) -> Iterator[str]:
    case, after = found.case, found.history
    by = str(found.meta.decided_by_label()[0])
    yield ""
    yield f"  window       {_window(int(after.window_ms[0]))}"
    locked = Status(int(after.locked[0]))
    since = f" since {moment(int(after.locked_ms[0]))}" if locked else ""
    yield f"  lock         {'not locked' if not locked else f'locked as {locked.name}{since}'}"
    tags = [TAGS[t] for t in found.meta.tags[0].tolist() if t >= 0]
    yield f"  tags         {' and '.join(tags) or 'none'}"
    kept = Status(int(case.kept.meta.status[0]))
    agree = "as the run kept it" if found.agrees else f"NOT AS KEPT: the run says {kept.name}"
    yield f"  final        {found.status.name}, decided by {by}: {agree}"


def _window(since_ms: int) -> str:
    if since_ms == NO_TIME:
        return "never in the stabilisation window"
    if since_ms < 0:
        return "has left the stabilisation window"
    return f"inside since {moment(since_ms)}"
