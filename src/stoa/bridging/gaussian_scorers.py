"""The Gaussian models: constants of both passes, and of the rules that follow (spec 13)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from stoa.bridging.scorers import COVERAGE_GROUPS, Scope, Thresholds, Topic, TopicScope

_SIDE = (
    *(0.01, 0.04, 0.07, 0.09, 0.12, 0.14, 0.17, 0.20, 0.22, 0.25, 0.28, 0.30, 0.33),
    *(0.35, 0.38, 0.41, 0.43, 0.46, 0.49, 0.52, 0.55, 0.58, 0.61, 0.65, 0.92),
)
FINE_GRID = (*(-q for q in reversed(_SIDE)), *_SIDE)
"""50 places on the factor axis, dense where raters are."""

COARSE_GRID = (*FINE_GRID[:25:2], *FINE_GRID[25::2])
"""Every second place of either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianPass:
    """One pass over the factor axis: how near raters count, and what is believed without any."""

    grid: tuple[float, ...] = FINE_GRID
    bandwidth: float = 0.1
    is_normalised: bool = True  # a rater's weights sum to 1 over the grid
    least_weight: float = 1e-9  # less than this at any place: no curve
    somewhat_value: float = 0.7  # of SOMEWHAT_HELPFUL, where helpful is 1
    against_weight: float = 1.75  # of ratings of value 0
    spread_gain: float = 3.0  # what unexpected ratings of value 0 add to their weight
    spread_limit: float = 2.0
    prior: float = 0.35
    prior_least: float = 0.2
    prior_weight: float = 0.4  # in ratings, growing with the logarithm of their number
    clip: tuple[float, float] = (0.05, 0.8)
    is_flipped: bool = False  # asks who finds the note unhelpful
    hears_author: bool = True  # one helpful rating by the note's author, who gave none


CRH_PASS = GaussianPass()
CRNH_PASS = GaussianPass(
    grid=COARSE_GRID,
    bandwidth=0.2,
    is_normalised=False,
    least_weight=5e-4,
    against_weight=1.25,
    spread_gain=4.0,
    spread_limit=4.0,
    prior_least=0.3,
    prior_weight=5.0,
    clip=(0.25, 0.65),
    is_flipped=True,
    hears_author=False,
)

_OPEN = Thresholds(
    crh=0.51,
    crnh_intercept=-0.5,
    crnh_factor=0.0,
    crnh_ucb=None,
    crnh_not_misleading=-0.6,
    large_factor=1.0,
    no_high_volume=0.45,
    no_correlated=0.45,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianConfig:
    """One Gaussian model; it trains nothing and borrows an MF model's prescoring."""

    name: str
    prefix: str  # of its columns in the outputs
    borrows: str  # the model whose rater factors, flags and tag thresholds it uses
    scope: Scope
    thresholds: Thresholds = _OPEN
    crh: GaussianPass = CRH_PASS
    crnh: GaussianPass = CRNH_PASS
    uses_reputation: bool = True  # False: all raters with a factor count
    group: int | None = None
    least_ratings: int = field(default=5)  # of a note, before raters are chosen


GAUSSIAN = GaussianConfig(
    name="GaussianScorer",
    prefix="gaussian",
    borrows="MFCoreScorer",
    scope=Scope(groups=COVERAGE_GROUPS, unassigned=True, capture=0.5, topics=TopicScope.EXCLUDE),
)
GAUSSIAN_CORE_WITH_TOPICS = replace(
    GAUSSIAN,
    name="GaussianCoreWithTopicsScorer",
    prefix="gaussianCoreWithTopics",
    scope=replace(GAUSSIAN.scope, topics=TopicScope.ALL),
)
GAUSSIAN_GROUP_15 = GaussianConfig(
    name="GaussianGroupScorer_15",
    prefix="group",
    borrows="MFGroupScorer_15",
    scope=Scope(groups=frozenset({15}), capture=0.8),
    thresholds=Thresholds(crh=0.25, crnh_ucb=None),
    group=15,
)
GAUSSIAN_IN_DIMENSION_TWO = GaussianConfig(
    name="GaussianTopicScorer_InDimensionTwo",
    prefix="topic",
    borrows="MFTopicScorer_InDimensionTwo",
    scope=Scope(topics=TopicScope.ONLY, topic=Topic.IN_DIMENSION_TWO),
    thresholds=Thresholds(crnh_ucb=None),
    crh=replace(CRH_PASS, bandwidth=0.05),
    uses_reputation=False,
)
GAUSSIAN_SCORERS = (
    GAUSSIAN,
    GAUSSIAN_CORE_WITH_TOPICS,
    GAUSSIAN_GROUP_15,
    GAUSSIAN_IN_DIMENSION_TWO,
)
