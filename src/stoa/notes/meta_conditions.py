"""What each rule over the models asks of a note (spec 16), number by number, and its history after.

The rules themselves are in `stoa.bridging.meta_rules`; that both agree on every note is a test.
"""

from __future__ import annotations

import numpy as np

from stoa.bridging.evidence import Evidence
from stoa.bridging.explanation_tags import NO_TAG, explain
from stoa.bridging.meta_rules import (
    AwaitStability,
    CopyModel,
    Cover,
    GuardAgainstDrift,
    LowerByGroup,
    LowerByPopulationSample,
    LowerByTopic,
    MetaRule,
    RaiseByGroup,
    RequireExplanation,
)
from stoa.bridging.scorers import TOPIC_NAMES
from stoa.bridging.stabilisation import stabilise
from stoa.note_records import MINUTE_MS, NO_TIME, TAGS, Status
from stoa.notes.conditions import Condition, compare, say

NMR, CRH = Status.NEEDS_MORE_RATINGS, Status.CURRENTLY_RATED_HELPFUL
CRNH, NYH = Status.CURRENTLY_RATED_NOT_HELPFUL, Status.NEEDS_YOUR_HELP


def status_name(status: int) -> str:
    """A status for people; "nothing" where there is none."""
    return "nothing" if status == Status.NONE else Status(status).name


def meta_conditions(rule: MetaRule, evidence: Evidence, now: Status) -> list[Condition]:
    """All conditions of a rule on a table of one note; it acts where all of them hold."""
    match rule:
        case CopyModel():
            return _copies(rule, evidence)
        case RaiseByGroup():
            return _raises(rule, evidence, now)
        case LowerByGroup():
            return _lowers(rule, evidence, now)
        case Cover():
            return _covers(rule, evidence, now)
        case LowerByTopic():
            return _topic(rule, evidence, now)
        case LowerByPopulationSample():
            return _sampled(rule, evidence, now)
        case AwaitStability():
            return _window(evidence, now)
        case GuardAgainstDrift():
            locked = int(evidence.history.locked[0])
            differs = locked not in (Status.NONE, now)
            return [say("locked", differs, *_locked(locked, now))]
        case RequireExplanation():
            return _explanation(evidence, now)
        case _:
            return []


def _said(evidence: Evidence, prefix: str) -> Status:
    return Status(int(evidence.verdicts.status(prefix)[0]))


def _not_blocked(evidence: Evidence) -> Condition:
    core, expansion = (status_name(_said(evidence, p)) for p in ("core", "expansion"))
    return say(
        "not rejected by the wide models",
        not evidence.blocked()[0],
        no=f"core says {core}, expansion {expansion}",
    )


def _copies(rule: CopyModel, evidence: Evidence) -> list[Condition]:
    said = _said(evidence, rule.prefix)
    found = [say(f"{rule.prefix} says", said != Status.NONE, *([status_name(said)] * 2))]
    if rule.number is not None:
        found.append(_is_group(int(evidence.verdicts.multi_group[0]), rule.number))
    if rule.respects_blocks and said in (CRH, NYH):
        found.append(_not_blocked(evidence))
    return found


def _is_group(group: int, wanted: int) -> Condition:
    spoke = "no group model speaks" if group < 0 else f"group {group} speaks"
    return say(f"group {wanted}", group == wanted, spoke, spoke)


def _may_rise(said: Status, now: Status) -> Condition:
    rises = said in (CRH, NYH) and (now == NMR or (now == NYH and said != NYH))
    words = f"says {status_name(said)}, the note is {status_name(now)}"
    return say("would move it up", rises, words, words)


def _raises(rule: RaiseByGroup, evidence: Evidence, now: Status) -> list[Condition]:
    v = evidence.verdicts
    mine = _is_group(int(v.group[0]), rule.group)
    if not mine.holds:
        return [mine]
    core = v.intercept("core")[0]
    name, wide = ("core", core) if core == core else ("expansion", v.intercept("expansion")[0])
    found = [mine, _may_rise(_said(evidence, "group"), now), _not_blocked(evidence)]
    found.append(compare(f"{name} intercept", wide, ">", rule.low))
    if rule.high is not None:
        found.append(compare(f"{name} intercept", wide, "<", rule.high))
    return found


def _up(now: Status) -> Condition:
    return say("on its way up", now in (CRH, NYH), *([status_name(now)] * 2))


def _lowers(rule: LowerByGroup, evidence: Evidence, now: Status) -> list[Condition]:
    mine = _is_group(int(evidence.verdicts.group[0]), rule.group)
    said = _said(evidence, "group")
    if not mine.holds:
        return [mine]
    return [mine, say("it says", said in (NMR, CRNH), *([status_name(said)] * 2)), _up(now)]


def _covers(rule: Cover, evidence: Evidence, now: Status) -> list[Condition]:
    said = _said(evidence, rule.prefix)
    if said == CRNH:
        words = status_name(now)
        says = say(f"{rule.prefix} says", True, status_name(said))
        return [says, say("still open", now in (NMR, NYH), words, words)]
    if said == Status.NONE:
        return [say(f"{rule.prefix} says", False, no="nothing")]
    return [_may_rise(said, now), _not_blocked(evidence)]


def _topic(rule: LowerByTopic, evidence: Evidence, now: Status) -> list[Condition]:
    v = evidence.verdicts
    if v.topic[0] != rule.topic:
        return [say(f"about {TOPIC_NAMES[rule.topic]}", False)]
    intercept, factor = v.intercept("topic")[0], np.abs(v.factor("topic")[0])
    weak = compare("topic intercept", intercept, "<", rule.least_intercept)
    lopsided = compare("|topic factor|", factor, ">", rule.most_factor)
    words = f"{weak} or {lopsided}"
    return [
        _up(now),
        say("raters of both sides know the topic", v.topic_confident[0] == 1),
        say("topic raters do not carry it", weak.holds or lopsided.holds, words, words),
    ]


def _sampled(rule: LowerByPopulationSample, evidence: Evidence, now: Status) -> list[Condition]:
    below, above = int(evidence.sampled_negative[0]), int(evidence.sampled_positive[0])
    core = evidence.verdicts.intercept("core")[0]
    sampled = evidence.verdicts.population_sampled("core")[0]
    return [
        say("helpful so far", now == CRH),
        compare("sampled ratings", below + above, ">=", rule.least_ratings),
        compare("of them on the left", below, ">=", rule.least_a_side),
        compare("on the right", above, ">=", rule.least_a_side),
        compare("sampled intercept", sampled, "<", rule.most_sampled),
        compare("core intercept less it", core - sampled, ">=", rule.least_gap),
    ]


def _window(evidence: Evidence, now: Status) -> list[Condition]:
    """In words: the window is a table of cases (spec 16.3)."""
    history, found = evidence.history, stabilise(evidence, np.array([now], dtype=np.int8))
    was, since = Status(int(history.current[0])), int(history.window_ms[0])
    new, moved = int(found.status[0]), int(found.window_ms[0])
    words = f"was {status_name(was)}, would be {status_name(now)}"
    if since == NO_TIME:
        words += ", never waited"
    elif since < 0:
        words += ", has waited before"
    else:
        words += f", waiting for {(evidence.now_ms - since) / MINUTE_MS:.0f} minutes"
        if not evidence.predicted_crh[0]:
            words += ", not foreseen to stay"
    if moved != NO_TIME and moved != since:
        words += "; leaves the window" if moved < 0 else "; enters the window"
    return [say("stability", new != Status.NONE, words, words)]


def _locked(locked: int, now: Status) -> tuple[str, str]:
    if locked == Status.NONE:
        return ("", "not locked")
    return (
        f"as {status_name(locked)}, which replaces {status_name(now)}",
        f"as {status_name(locked)}, which is what it is",
    )


def _explanation(evidence: Evidence, now: Status) -> list[Condition]:
    if now not in (CRH, CRNH):
        return [say("needs an explanation", False)]
    pair = explain(evidence.counts, np.array([now], dtype=np.int8))[0]
    has = pair[0] != NO_TAG
    words = " and ".join(TAGS[t] for t in pair) if has else "fewer than two tags given twice"
    return [
        say("needs an explanation", True),
        say("no two tags explain it", not has, words, words),
    ]
