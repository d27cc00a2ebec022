"""The list of all models, in the published order (spec 12.1), and whose ratings each hears."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.scorers import (
    CORE_GROUPS,
    EXPANSION_GROUPS,
    EXPANSION_PLUS_GROUPS,
    TOPIC_NAMES,
    HelpfulnessRules,
    NormalisedLoss,
    Penalties,
    Scope,
    ScorerConfig,
    Thresholds,
    Topic,
    TopicScope,
)
from stoa.note_records import NO_GROUP, Contributors, RatingTable

MULTI_GROUP_1 = frozenset({4, 5, 7, 12, 26})

_MINORITY = Thresholds(minority_net_helpful=4, minority_ratio=0.05)
_CORE_SCOPE = Scope(groups=CORE_GROUPS, unassigned=True, capture=0.5, topics=TopicScope.EXCLUDE)

CORE = ScorerConfig(
    name="MFCoreScorer",
    prefix="core",
    scope=_CORE_SCOPE,
    thresholds=replace(_MINORITY, firm_reject=0.3),
    stable_start=True,
    pseudo_raters=True,
)
CORE_WITH_TOPICS = replace(
    CORE,
    name="MFCoreWithTopicsScorer",
    prefix="coreWithTopics",
    scope=replace(_CORE_SCOPE, topics=TopicScope.ALL),
    thresholds=_MINORITY,
)
EXPANSION = ScorerConfig(
    name="MFExpansionScorer",
    prefix="expansion",
    scope=Scope(groups=CORE_GROUPS | EXPANSION_GROUPS, unassigned=True, capture=0.5),
    thresholds=replace(_MINORITY, firm_reject=0.3),
    stable_start=True,
)
EXPANSION_PLUS = ScorerConfig(
    name="MFExpansionPlusScorer",
    prefix="expansionPlus",
    scope=Scope(groups=CORE_GROUPS | EXPANSION_GROUPS | EXPANSION_PLUS_GROUPS, unassigned=True),
    thresholds=_MINORITY,
    stable_start=True,
)


def _group(group: int, capture: float = 0.8) -> ScorerConfig:
    return ScorerConfig(
        name=f"MFGroupScorer_{group}",
        prefix="group",
        group=group,
        scope=Scope(groups=frozenset({group}), capture=capture),
        thresholds=_MINORITY,
    )


GROUP_14 = replace(
    _group(14, 0.51),
    penalties=Penalties(
        note_intercept=0.9,
        rater_intercept=0.15,
        mu=0.15,
        note_factor=0.01,
        rater_factor=0.0075,
        diamond=0.75,
    ),
    normalised=NormalisedLoss(),
    thresholds=replace(
        _MINORITY,
        crh=0.15,
        crnh_intercept=-0.01,
        crnh_factor=0.0,
        crnh_not_misleading=-0.02,
        no_high_volume=0.12,
        no_correlated=0.12,
        low_diligence=1000,
        large_factor=0.4,
        incorrect=1.5,
        tag_percentile=90,
    ),
    helpfulness=HelpfulnessRules(
        mean_note_score=-0.01, harassment_threshold=2.5, harassment_flat=True
    ),
)
GROUP_15 = replace(
    _group(15),
    penalties=Penalties(note_intercept=0.09, rater_intercept=0.03, mu=0.0),
    thresholds=replace(_MINORITY, crh=0.25),
    final=False,
)
GROUP_18 = replace(
    _group(18, 0.51),
    penalties=Penalties(note_intercept=0.15, rater_intercept=0.03, mu=0.0),
    thresholds=replace(_MINORITY, crh=0.2, no_high_volume=0.18, no_correlated=0.18),
)
_GROUP_33 = _group(33)
GROUP_33 = replace(_GROUP_33, scope=replace(_GROUP_33.scope, strict=True), may_be_empty=True)
MULTI_GROUP = replace(
    _group(1),
    name="MFMultiGroupScorer_1",
    prefix="multiGroup",
    scope=Scope(groups=MULTI_GROUP_1, capture=0.8),
)


def _topic(topic: Topic) -> ScorerConfig:
    return ScorerConfig(
        name=f"MFTopicScorer_{TOPIC_NAMES[topic]}",
        prefix="topic",
        scope=Scope(topics=TopicScope.ONLY, topic=topic),
        uses_reputation=False,
        may_be_empty=topic in (Topic.MESSI_RONALDO, Topic.IN_DIMENSION_TWO),
    )


TOPIC_IN_DIMENSION_TWO = replace(
    _topic(Topic.IN_DIMENSION_TWO),
    penalties=Penalties(rater_intercept=5.0, has_mu=False),
    final=False,
)
TOPIC_SCORERS = (
    *(_topic(topic) for topic in Topic if topic is not Topic.IN_DIMENSION_TWO),
    TOPIC_IN_DIMENSION_TWO,
)
GROUP_SCORERS = (*(_group(g) for g in range(1, 14)), GROUP_14, GROUP_33, GROUP_18, GROUP_15)

ENSEMBLE: tuple[ScorerConfig, ...] = (
    CORE,
    CORE_WITH_TOPICS,
    EXPANSION,
    EXPANSION_PLUS,
    *GROUP_SCORERS,
    MULTI_GROUP,
    *TOPIC_SCORERS,
)
"""Every model made by rating factorisation; the coverage model stands apart, and so
do the Gaussian models (`gaussian_scorers`)."""

COVERAGE = ScorerConfig(
    name="ReputationScorer",
    prefix="coverage",
    scope=Scope(groups=CORE_GROUPS, unassigned=True, capture=0.5),
    stable_start=True,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one model hears: rows of the rating table, and notes it may speak of."""

    rows: NDArray[np.bool_]  # (ratings,)
    notes: NDArray[np.bool_]  # (notes,) within the model's topics


def in_groups(scope: Scope, contributors: Contributors) -> NDArray[np.bool_]:
    """Which contributors count as in the set; those not enrolled by `unassigned`."""
    if scope.groups is None:
        return np.ones(len(contributors), dtype=np.bool_)
    inside = np.isin(contributors.group, sorted(scope.groups - {NO_GROUP}))
    return np.where(contributors.enrolled, inside, scope.unassigned)


def captured(
    scope: Scope, ratings: RatingTable, inside: NDArray[np.bool_], n: int
) -> NDArray[np.bool_]:
    """Notes whose share of in-set ratings reaches the capture threshold (spec 12.1).

    Notes without ratings are not captured; without a threshold all notes are.
    """
    if scope.capture is None:
        return np.ones(n, dtype=np.bool_)
    total = np.bincount(ratings.note, minlength=n)
    within = np.bincount(ratings.note[inside[ratings.rater]], minlength=n)
    return (total > 0) & (within >= scope.capture * np.maximum(total, 1))


def heard(
    scope: Scope,
    ratings: RatingTable,
    contributors: Contributors,
    topic: NDArray[np.int8],
) -> Heard:
    """Applies a model's topic and group filters.

    Args:
        scope: whose ratings, on which notes.
        ratings: all ratings given to the phase.
        contributors: everybody.
        topic: (notes,) `Topic` of each note.
    """
    notes = np.ones(len(topic), dtype=np.bool_)
    if scope.topics is TopicScope.EXCLUDE:
        notes = topic == Topic.UNASSIGNED
    elif scope.topics is TopicScope.ONLY:
        # Notes without a topic belong to no topic model, the one named Unassigned included.
        notes = (topic == scope.topic) & (topic != Topic.UNASSIGNED)
    inside = in_groups(scope, contributors)
    rows = notes[ratings.note]
    if scope.strict:
        rows &= captured(scope, ratings.take(rows), inside, len(topic))[ratings.note]
    return Heard(rows & inside[ratings.rater], notes)
