"""One note, scored again from what a run kept: every step, and whether it comes out the same.

The steps are those of final scoring itself (`stoa.bridging`), run on one note with all that it
shares with others given; the 2 x 2 systems are added up a second time, rating by rating.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.coordination import Coordination, Phase, drop_coordinated
from stoa.bridging.ensemble import heard
from stoa.bridging.evidence import Evidence
from stoa.bridging.final_models import confidence
from stoa.bridging.final_passes import WHOLE_PASS, FinalModel, Flags, run_passes
from stoa.bridging.final_record import FinalRecord
from stoa.bridging.final_scoring import score_final
from stoa.bridging.gaussian import gaussian_notes
from stoa.bridging.history import updated_history
from stoa.bridging.meta import MetaResult, decide, rules_of
from stoa.bridging.meta_rules import MetaRule, label
from stoa.bridging.note_counts import NoteCounts, count_ratings
from stoa.bridging.pcrh_times import lasting_times
from stoa.bridging.rules import RULES
from stoa.bridging.run_result import SAMPLED_NEGATIVE, SAMPLED_POSITIVE, core_count
from stoa.bridging.verdicts import UNKNOWN, Verdicts, Voice, gather
from stoa.note_records import RatingTable, Status, StatusHistory
from stoa.notes.case import KeptWord, ModelCase, NoteCase
from stoa.notes.conditions import Asked, Condition, conditions_of
from stoa.notes.hearing import Hearing, System, hearing, silence, system_of
from stoa.notes.meta_conditions import meta_conditions

TOLERANCE = 1e-6
"""How far a recomputed number may be from the kept one."""


@dataclass(frozen=True, slots=True)
class RuleStep:
    """One rule: what it asked, whether it acted, what the status is after it."""

    name: str
    conditions: tuple[Condition, ...]
    acted: bool
    status: Status


@dataclass(frozen=True, slots=True)
class ModelStep:
    """One model's word on the note, made again."""

    model: FinalModel
    record: FinalRecord  # arrays of one row
    hearing: Hearing
    systems: Mapping[str, System]  # by pass; those without ratings are absent
    curves: tuple[float, float] | None  # approval and disapproval, of Gaussian models
    rules: tuple[RuleStep, ...]
    status: Status
    kept: KeptWord
    worst: float  # largest difference to what was kept, intercept and factor

    @property
    def agrees(self) -> bool:
        """Whether the run said the same."""
        return self.kept.status == self.status and self.worst <= TOLERANCE


@dataclass(frozen=True, slots=True)
class Silent:
    """A model that does not speak of the note, and why."""

    scorer: str
    why: str


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The whole way from ratings to a status."""

    case: NoteCase
    coordination: Coordination
    heard: RatingTable  # what reaches the models
    models: tuple[ModelStep, ...]
    silent: tuple[Silent, ...]
    meta_rules: tuple[RuleStep, ...]
    meta: MetaResult
    counts: NoteCounts
    history: StatusHistory
    verdicts: Verdicts

    @property
    def status(self) -> Status:
        """The final status."""
        return Status(int(self.meta.status[0]))

    @property
    def agrees(self) -> bool:
        """Whether every model and the final status come out as they did in the run."""
        kept = self.case.kept.meta
        same = self.status == kept.status[0] and self.meta.decided_by[0] == kept.decided_by[0]
        return bool(same) and all(step.agrees for step in self.models)


def recompute(case: NoteCase) -> Recomputed:
    """Scores one note again."""
    data, notes = case.data, case.data.notes
    found = drop_coordinated(
        notes,
        data.ratings,
        case.post_selection,
        case.clique,
        Phase.FINAL,
        case.merges_coordinated,
    )
    given = data.ratings.take(found.kept)
    flags = Flags(case.high_volume, found.correlated)
    steps = tuple(
        _model_step(each.model, each.kept, case, given, flags)
        for each in case.models
        if each.model is not None and each.kept is not None
    )
    verdicts = _gathered(steps, given)
    counts = count_ratings(given, 1, case.times.now_ms)
    evidence = Evidence(
        verdicts=verdicts,
        history=data.history,
        counts=counts,
        sampled_negative=core_count(verdicts, SAMPLED_NEGATIVE),
        sampled_positive=core_count(verdicts, SAMPLED_POSITIVE),
        predicted_crh=case.kept.stays_crh,
        now_ms=case.times.now_ms,
    )
    rules = rules_of(case.scorers)
    meta = decide(evidence, rules)
    above_ms = lasting_times(case.kept.predicted_crh_ms, notes, evidence, meta)
    return Recomputed(
        case=case,
        coordination=found,
        heard=given,
        models=steps,
        silent=tuple(_silent(each, case, given) for each in case.models if each.kept is None),
        meta_rules=_meta_steps(evidence, rules),
        meta=meta,
        counts=counts,
        history=updated_history(notes, evidence, meta, above_ms),
        verdicts=verdicts,
    )


def _gathered(steps: tuple[ModelStep, ...], given: RatingTable) -> Verdicts:
    voices = [Voice(s.record.config.prefix, s.record.notes, s.record.number) for s in steps]
    sure = np.full(1, UNKNOWN, dtype=np.int8)
    for step in steps:
        sure = np.maximum(sure, confidence(step.model, given, step.record.notes))
    return gather(voices, 1, sure)


def _silent(case: ModelCase, note: NoteCase, given: RatingTable) -> Silent:
    people, topic = note.data.contributors, int(note.topic[0])
    why = silence(case.config.scope, given, people, topic)
    return Silent(case.config.name, why or "no rating reaches it")


def _model_step(
    model: FinalModel, kept: KeptWord, note: NoteCase, given: RatingTable, flags: Flags
) -> ModelStep:
    data = note.data
    records: list[FinalRecord] = []
    score_final(model, data, given, note.topic, flags, records.append)
    record = records[0]
    mine = given.take(heard(model.config.scope, given, data.contributors, note.topic).rows)
    passes = run_passes(model, data.notes.author, mine, flags)
    systems = {
        name: system
        for name, made in passes.items()
        if (system := system_of(model, name, made)) is not None
    }
    status, rules = _rule_steps(record)
    return ModelStep(
        model=model,
        record=record,
        hearing=hearing(model, given, mine),
        systems=systems,
        curves=_curves(model, data.notes.author, passes[WHOLE_PASS].ratings),
        rules=rules,
        status=status,
        kept=kept,
        worst=_worst(record, kept, systems.get(WHOLE_PASS), model.gaussian is not None),
    )


def _worst(record: FinalRecord, kept: KeptWord, system: System | None, is_gaussian: bool) -> float:
    """The largest difference: run against again, and again against added up by hand."""
    s = record.signals
    pairs = [(float(s.intercept[0]), kept.intercept), (float(s.factor[0]), kept.factor)]
    if system is not None:
        pairs.append((system.factor, kept.factor))
        if not is_gaussian:
            pairs.append((system.intercept, kept.intercept))
    return max(_apart(a, b) for a, b in pairs)


def _apart(a: float, b: float) -> float:
    """How far two numbers are apart; no distance between two missing ones."""
    if np.isnan(a) or np.isnan(b):
        return 0.0 if np.isnan(a) and np.isnan(b) else np.inf
    return abs(a - b)


def _curves(
    model: FinalModel, author: NDArray[np.int32], counted: RatingTable
) -> tuple[float, float] | None:
    if model.gaussian is None or len(counted) == 0:
        return None
    found = gaussian_notes(
        counted, author, model.rater("factor"), model.gaussian.crh, model.gaussian.crnh
    )
    return float(found.approval[0]), float(found.disapproval[0])


def _rule_steps(record: FinalRecord) -> tuple[Status, tuple[RuleStep, ...]]:
    """The model's rules in order, one note at a time."""
    config, signals = record.config, record.signals
    now = np.zeros(1, dtype=np.int8)
    steps: list[RuleStep] = []
    firm = config.thresholds.firm_reject is not None
    rejected = Status.FIRM_REJECT if firm else Status.NEEDS_MORE_RATINGS
    for rule in RULES:
        asked = Asked(signals, Status(int(now[0])), config.thresholds)
        acted = bool(rule.selects(signals, now, config.thresholds)[0])
        if acted:
            now = np.full(1, rejected if rule.status is None else rule.status, dtype=np.int8)
        conditions = tuple(conditions_of(rule.name, asked))
        steps.append(RuleStep(rule.name, conditions, acted, Status(int(now[0]))))
    return Status(int(now[0])), tuple(steps)


def _meta_steps(evidence: Evidence, rules: Sequence[MetaRule]) -> tuple[RuleStep, ...]:
    """The rules over all models, in order."""
    now = np.zeros(1, dtype=np.int8)
    steps: list[RuleStep] = []
    for rule in rules:
        conditions = tuple(meta_conditions(rule, evidence, Status(int(now[0]))))
        new = rule.act(evidence, now)
        acted = bool(new[0] != Status.NONE)
        now = new if acted else now
        steps.append(RuleStep(label(rule), conditions, acted, Status(int(now[0]))))
    return tuple(steps)
