"""The models of the ensemble: who is heard, on what, and with which constants (spec 12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum


class Topic(IntEnum):
    """What a post is about, as far as the topic models care (spec 5)."""

    UNASSIGNED = 0
    UKRAINE_CONFLICT = 1
    GAZA_CONFLICT = 2
    MESSI_RONALDO = 3
    SCAMS = 4
    IN_DIMENSION_TWO = 5


TOPIC_NAMES = {
    Topic.UNASSIGNED: "Unassigned",
    Topic.UKRAINE_CONFLICT: "UkraineConflict",
    Topic.GAZA_CONFLICT: "GazaConflict",
    Topic.MESSI_RONALDO: "MessiRonaldo",
    Topic.SCAMS: "Scams",
    Topic.IN_DIMENSION_TWO: "InDimensionTwo",
}

CORE_GROUPS = frozenset({1, 2, 3, 6, 8, 9, 10, 11, 13, 14, 19, 21, 25})
COVERAGE_GROUPS = CORE_GROUPS - {21}
EXPANSION_GROUPS = frozenset({0, 4, 5, 7, 12, 15, 16, 20, 22, 23, 24, 26, 27, 28, 29, 33})
EXPANSION_PLUS_GROUPS = frozenset({17, 18, 30, 31, 32})
STABLE_GROUP = 13
"""The group whose ratings the stable start is fitted on (spec 7.1)."""


class TopicScope(Enum):
    """Which notes a model sees by topic."""

    ALL = "all"
    EXCLUDE = "exclude topic notes"
    ONLY = "one topic only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose ratings, on which notes, a model is made of (spec 12.1)."""

    groups: frozenset[int] | None = None  # None: all raters
    unassigned: bool = False  # raters without a row in the enrolment file count as in the set
    capture: float | None = None  # least share of in-set ratings for a note to be scored
    strict: bool = False  # apply the share before fitting too (group 33)
    topics: TopicScope = TopicScope.ALL
    topic: Topic | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalties:
    """Regularisation of one factorisation (spec 6): lam_* of the published loss."""

    rater_factor: float = 0.03
    rater_intercept: float = 0.15
    note_factor: float = 0.03
    note_intercept: float = 0.15
    mu: float = 0.15
    diamond: float = 0.0
    has_mu: bool = True  # False: the model has no mu (topic InDimensionTwo)


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalisedLoss:
    """Weights of the second fit of group 14 (spec 6)."""

    global_sign_balance: bool = True
    note_exponent: float = 0.0
    rater_exponent: float = -0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Constants of the rules inside one model (spec 11)."""

    crh: float = 0.40
    crnh_intercept: float = -0.05  # a
    crnh_factor: float = -0.8  # b
    crnh_ucb: float | None = -0.04  # c; None where the model has no bound
    crnh_not_misleading: float = -0.15  # d
    inertia: float = 0.01
    incorrect: float = 2.5  # g
    low_diligence: float = 0.263  # h
    large_factor: float = 0.5  # k
    no_high_volume: float = 0.37
    no_correlated: float = 0.37
    firm_reject: float | None = None
    minority_net_helpful: int | None = None  # 4 where the rule is on
    minority_ratio: float | None = None  # 0.05 where the rule is on
    tag_percentile: int = 95


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpfulnessRules:
    """Who counts as a helpful rater (spec 8.2, 8.3)."""

    mean_note_score: float = 0.05  # m
    agree_ratio: float = 0.66
    harassment_threshold: float = 2.0
    harassment_flat: bool = False  # group 14: 10 a rating, whatever the intercept


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerConfig:
    """One model of the ensemble; variants are made by `dataclasses.replace`."""

    name: str
    scope: Scope
    prefix: str  # of its columns in the outputs: core, coreWithTopics, ..., group, topic
    group: int | None = None  # the value of modelingGroup or modelingMultiGroup it writes
    penalties: Penalties = field(default_factory=Penalties)
    normalised: NormalisedLoss | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    helpfulness: HelpfulnessRules = field(default_factory=HelpfulnessRules)
    stable_start: bool = False
    pseudo_raters: bool = False
    uses_reputation: bool = True  # False for topic models: all raters count
    may_be_empty: bool = False  # an empty training set is no error
    final: bool = True  # False: prescoring only
