"""One status for each note out of all models: the ordered rules and what runs them (spec 16)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.evidence import Evidence
from stoa.bridging.explanation_tags import explain
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
    StartAsNMR,
    label,
)
from stoa.bridging.scorers import Topic
from stoa.bridging.stabilisation import stabilise
from stoa.note_records import Status

META_RULES: tuple[MetaRule, ...] = (
    StartAsNMR(),
    CopyModel(
        name="ExpansionPlusModel",
        prefix="expansionPlus",
        scorer="MFExpansionPlusScorer",
        may_lock=False,
    ),
    CopyModel(name="ExpansionModel", prefix="expansion", scorer="MFExpansionScorer"),
    CopyModel(name="CoreWithTopicsModel", prefix="coreWithTopics", scorer="MFCoreWithTopicsScorer"),
    CopyModel(name="CoreModel", prefix="core", scorer="MFCoreScorer"),
    CopyModel(
        name="MultiGroupModel01",
        prefix="multiGroup",
        scorer="MFMultiGroupScorer",
        version="1.0",
        respects_blocks=True,
        number=1,
    ),
    *(RaiseByGroup(name=f"GroupModel{group:02}", group=group) for group in range(1, 14)),
    RaiseByGroup(name="GroupModel14", group=14, low=0.25, high=None),
    RaiseByGroup(name="GroupModel33", group=33, low=0.25, high=None),
    LowerByGroup(name="GroupModel33NMR", group=33),
    LowerByGroup(name="GroupModel18NMR", group=18),
    LowerByGroup(name="GroupModel15NMR", group=15, scorer="GaussianGroupScorer"),
    Cover(name="GaussianModel", prefix="gaussian", scorer="GaussianScorer"),
    Cover(
        name="GaussianCoreWithTopicsModel",
        prefix="gaussianCoreWithTopics",
        scorer="GaussianCoreWithTopicsScorer",
    ),
    LowerByTopic(name="TopicModel01", topic=Topic.UKRAINE_CONFLICT),
    LowerByTopic(name="TopicModel02", topic=Topic.GAZA_CONFLICT),
    LowerByTopic(name="TopicModel03", topic=Topic.MESSI_RONALDO),
    LowerByTopic(name="TopicModel04", topic=Topic.SCAMS),
    LowerByTopic(
        name="TopicModel05", topic=Topic.IN_DIMENSION_TWO, least_intercept=0.51, most_factor=1.0
    ),
    LowerByPopulationSample(),
    AwaitStability(),
    GuardAgainstDrift(),
    RequireExplanation(),
)

RETIRED_LOCKING = frozenset({"GroupModel15 (v1.1)", "GroupModel18 (v1.1)"})
"""Rules that run no more but whose decisions, where a history still names them, may lock."""

LOCKING = frozenset(label(rule) for rule in META_RULES if rule.may_lock) | RETIRED_LOCKING
CORE_MODEL = "CoreModel (v1.1)"


@dataclass(frozen=True, slots=True)
class MetaResult:
    """Final statuses and how they came about. Arrays (n_notes, ...), row by row with NoteTable."""

    rules: tuple[str, ...]  # labels of the rules that ran, in order
    status: NDArray[np.int8]
    active_rules: NDArray[np.uint64]  # bit r: rules[r] acted
    decided_by: NDArray[np.int8]  # place in `rules` of the last that acted
    unlocked: NDArray[np.int8]  # what ScoringDriftGuard replaced, else NONE
    before_window: NDArray[np.int8]  # preStabilizationRatingStatus
    window_ms: NDArray[np.int64]  # see `Stabilised.window_ms`
    tags: NDArray[np.int8]  # (n_notes, 2) places in TAGS, or NO_TAG

    def decided_by_label(self) -> NDArray[np.object_]:
        """(n_notes,) the label of the rule that decided."""
        return np.array(self.rules, dtype=object)[self.decided_by]

    def may_lock(self) -> NDArray[np.bool_]:
        """(n_notes,) whether the rule that decided may freeze the status."""
        return np.array([rule in LOCKING for rule in self.rules], dtype=bool)[self.decided_by]


def rules_of(scorers: Collection[str] | None = None) -> tuple[MetaRule, ...]:
    """The rules of a run; `scorers` (published names, None for all) leaves out those of others.

    The published program stops when a rule's forerunner is left out (it needs at least core,
    expansion and Gaussian); here a rule without its model simply finds nothing to act on.

    >>> [rule.name for rule in rules_of({"MFCoreScorer"})][:3]
    ['MetaInitialNMR', 'CoreModel', 'PopulationSampledIntercept']
    """
    if scorers is None:
        return META_RULES
    return tuple(rule for rule in META_RULES if not rule.scorer or rule.scorer in scorers)


def decide(evidence: Evidence, rules: Sequence[MetaRule] = META_RULES) -> MetaResult:
    """Runs the rules in order; each may overwrite what those before it decided."""
    n_notes = evidence.verdicts.n_notes
    status = np.zeros(n_notes, dtype=np.int8)
    active = np.zeros(n_notes, dtype=np.uint64)
    decided_by = np.zeros(n_notes, dtype=np.int8)
    unlocked = np.zeros(n_notes, dtype=np.int8)
    before_window = before_tags = status
    for place, rule in enumerate(rules):
        if isinstance(rule, AwaitStability):
            before_window = status
        if isinstance(rule, RequireExplanation):
            before_tags = status
        new = rule.act(evidence, status)
        acted = new != Status.NONE
        if isinstance(rule, GuardAgainstDrift):
            unlocked = np.where(acted, status, Status.NONE).astype(np.int8)
        status = np.where(acted, new, status).astype(np.int8)
        active[acted] |= np.uint64(1 << place)
        decided_by[acted] = place
    return MetaResult(
        rules=tuple(label(rule) for rule in rules),
        status=status,
        active_rules=active,
        decided_by=decided_by,
        unlocked=unlocked,
        before_window=before_window,
        window_ms=stabilise(evidence, before_window).window_ms,
        tags=explain(evidence.counts, before_tags),
    )
