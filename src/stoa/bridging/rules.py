"""The rules inside one model, in order: each says which notes it selects and what they become.

Spec 11. A later rule may overwrite what an earlier one said; which rules acted on a note is kept
as a bit each, so that every status can be explained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.scorers import ScorerConfig, Thresholds
from stoa.errors import BadInput
from stoa.note_records import NOT_HELPFUL_TAGS, Classification, Status

MIN_RATINGS = 5
"""Ratings a note needs before a model says anything of it."""

MIN_TAG_WEIGHT = 2.5
UNFILTERED_TAG = NOT_HELPFUL_TAGS.index("notHelpfulHardToUnderstand")
INCORRECT_TAGS, INCORRECT_VOTERS = 2, 3
RATIO_SIGN_COUNT, RATIO_SIDE, RATIO_MEAN = 3, 0.4, 0.3
BALANCE_BELOW = 10

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NoteSignals:
    """What the rules look at, row by row with NoteTable; NaN compares false everywhere.

    The fields after `no_correlated` matter in final scoring alone.
    """

    classification: NDArray[np.int8]
    current: NDArray[np.int8]  # Status of the run before
    n_ratings: NDArray[np.int32]
    intercept: NDArray[np.float32]
    factor: NDArray[np.float32]
    intercept_max: NDArray[np.float32] | None = None  # None: the model has no bound
    no_high_volume: NDArray[np.float32] | None = None  # None: the rule is not applied
    no_correlated: NDArray[np.float32] | None = None
    min_sign_count: NDArray[np.int32] | None = None
    negative_mean: NDArray[np.float32] | None = None
    positive_mean: NDArray[np.float32] | None = None
    net_min_helpful: NDArray[np.int32] | None = None
    net_min_helpful_ratio: NDArray[np.float32] | None = None
    tag_adjusted: NDArray[np.float64] | None = None  # (notes, 13)
    tag_ratio: NDArray[np.float64] | None = None  # (notes, 13)
    tag_thresholds: NDArray[np.float64] | None = None  # (13,)
    incorrect: NDArray[np.float64] | None = None
    incorrect_voters: NDArray[np.float64] | None = None
    incorrect_tfidf: NDArray[np.float64] | None = None
    low_diligence: NDArray[np.float32] | None = None

    @property
    def enough(self) -> Mask:
        """Notes with as many ratings as a status needs."""
        return self.n_ratings >= MIN_RATINGS

    @property
    def may_mislead(self) -> Mask:
        """Notes that do not say the post is fine; deleted ones count as such."""
        return self.classification != Classification.NOT_MISLEADING


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the published name, when it applies, which notes it selects, what they become."""

    name: str
    selects: Callable[[NoteSignals, NDArray[np.int8], Thresholds], Mask]
    status: Status | None  # None: firm reject where the model has one, else needs more ratings
    final: bool = False  # applied in final scoring only


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What the rules made of each note."""

    status: NDArray[np.int8]
    active_rules: NDArray[np.uint32]  # bit r: RULES[r] acted
    filter_tags: NDArray[np.uint16]  # bit t: NOT_HELPFUL_TAGS[t]


def _everything(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    return np.ones(len(now), dtype=np.bool_)


def _crh(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    return s.enough & s.may_mislead & (s.intercept >= t.crh)


def _crnh(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    bound = np.float32(t.crnh_intercept) + np.float32(t.crnh_factor) * np.abs(s.factor)
    return s.enough & (s.intercept <= bound)


def _ucb(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    if s.intercept_max is None or t.crnh_ucb is None:
        return np.zeros(len(now), dtype=np.bool_)
    return s.enough & (s.intercept_max < t.crnh_ucb)


def _ratio(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    assert s.min_sign_count is not None
    assert s.negative_mean is not None
    assert s.positive_mean is not None
    both = (s.negative_mean <= RATIO_SIDE) & (s.positive_mean <= RATIO_SIDE)
    mean = (s.negative_mean + s.positive_mean) / 2 <= RATIO_MEAN
    return s.enough & (s.min_sign_count >= RATIO_SIGN_COUNT) & both & mean


def _not_misleading(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    says_fine = s.classification == Classification.NOT_MISLEADING
    return says_fine & (s.intercept < t.crnh_not_misleading)


def _inertia(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    was = s.current == Status.CURRENTLY_RATED_HELPFUL
    not_now = now != Status.CURRENTLY_RATED_HELPFUL
    return not_now & was & s.may_mislead & s.enough & (s.intercept >= t.crh - t.inertia)


def filtering_tags(s: NoteSignals) -> NDArray[np.bool_]:
    """(notes, 13): tags that make the tag filter act."""
    assert s.tag_adjusted is not None
    assert s.tag_ratio is not None
    assert s.tag_thresholds is not None
    acts = (s.tag_adjusted > MIN_TAG_WEIGHT) & (s.tag_ratio > s.tag_thresholds)
    acts[:, UNFILTERED_TAG] = False
    return acts


def _tags(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    return _not_rejected(now) & filtering_tags(s).any(axis=1)


def _incorrect(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    assert s.incorrect is not None
    assert s.incorrect_voters is not None
    assert s.incorrect_tfidf is not None
    often = (s.incorrect >= INCORRECT_TAGS) & (s.incorrect_voters >= INCORRECT_VOTERS)
    return _not_rejected(now) & often & (s.incorrect_tfidf >= t.incorrect)


def _diligence(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    assert s.low_diligence is not None
    return _not_rejected(now) & (s.low_diligence > t.low_diligence)


def _large_factor(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    return _shown(now) & (np.abs(s.factor) > t.large_factor)


def _low_intercept(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    if t.firm_reject is None:
        return np.zeros(len(now), dtype=np.bool_)
    return _not_rejected(now) & (s.intercept < t.firm_reject)


def _minority(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    if t.minority_net_helpful is None:
        return np.zeros(len(now), dtype=np.bool_)
    assert s.net_min_helpful is not None
    return _shown(now) & (s.net_min_helpful < t.minority_net_helpful)


def _balance(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    if t.minority_ratio is None:
        return np.zeros(len(now), dtype=np.bool_)
    assert s.net_min_helpful is not None
    assert s.net_min_helpful_ratio is not None
    few = (s.net_min_helpful >= (t.minority_net_helpful or 0)) & (s.net_min_helpful < BALANCE_BELOW)
    return _shown(now) & few & (s.net_min_helpful_ratio < t.minority_ratio)


def _no_high_volume(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    if s.no_high_volume is None:
        return np.zeros(len(now), dtype=np.bool_)
    return _shown(now) & (s.no_high_volume < t.no_high_volume)


def _no_correlated(s: NoteSignals, now: NDArray[np.int8], t: Thresholds) -> Mask:
    if s.no_correlated is None:
        return np.zeros(len(now), dtype=np.bool_)
    return _shown(now) & (s.no_correlated < t.no_correlated)


def _not_rejected(now: NDArray[np.int8]) -> Mask:
    return now != Status.CURRENTLY_RATED_NOT_HELPFUL


def _shown(now: NDArray[np.int8]) -> Mask:
    return now == Status.CURRENTLY_RATED_HELPFUL


RULES: tuple[Rule, ...] = (
    Rule("InitialNMR", _everything, Status.NEEDS_MORE_RATINGS),
    Rule("GeneralCRH", _crh, Status.CURRENTLY_RATED_HELPFUL),
    Rule("GeneralCRNH", _crnh, Status.CURRENTLY_RATED_NOT_HELPFUL),
    Rule("UcbCRNH", _ucb, Status.CURRENTLY_RATED_NOT_HELPFUL),
    Rule("RatioCRNH", _ratio, Status.CURRENTLY_RATED_NOT_HELPFUL, final=True),
    Rule("NmCRNH", _not_misleading, Status.CURRENTLY_RATED_NOT_HELPFUL),
    Rule("GeneralCRHInertia", _inertia, Status.CURRENTLY_RATED_HELPFUL, final=True),
    Rule("TagFilter", _tags, None, final=True),
    Rule("FilterIncorrect", _incorrect, None, final=True),
    Rule("FilterLowDiligence", _diligence, None, final=True),
    Rule("FilterLargeFactor", _large_factor, None, final=True),
    Rule("RejectLowIntercept", _low_intercept, Status.FIRM_REJECT, final=True),
    Rule("MinMinorityRaters", _minority, Status.NEEDS_YOUR_HELP, final=True),
    Rule("RaterBalance", _balance, Status.NEEDS_YOUR_HELP, final=True),
    Rule("NoHighVolIntercept", _no_high_volume, Status.NEEDS_YOUR_HELP, final=True),
    Rule("NoCorrelatedIntercept", _no_correlated, Status.NEEDS_YOUR_HELP, final=True),
)
RULE_NAMES = tuple(f"{rule.name} (v1.0)" for rule in RULES)


def apply_rules(signals: NoteSignals, config: ScorerConfig, *, final: bool) -> RuleOutcome:
    """Runs the rules in order over all notes of one model.

    Raises:
        BadInput: a note held by inertia has an intercept above the threshold it should have
            passed by itself: the parameters do not belong to these ratings.
    """
    thresholds = config.thresholds
    rejected = Status.NEEDS_MORE_RATINGS if thresholds.firm_reject is None else Status.FIRM_REJECT
    status = np.zeros(len(signals.intercept), dtype=np.int8)
    active = np.zeros(len(status), dtype=np.uint32)
    filter_tags = np.zeros(len(status), dtype=np.uint16)
    for number, rule in enumerate(RULES):
        if rule.final and not final:
            continue
        chosen = rule.selects(signals, status, thresholds)
        if rule.name == "GeneralCRHInertia":
            _check_inertia(signals, chosen, thresholds)
        elif rule.name == "TagFilter":
            bits = (1 << np.arange(len(NOT_HELPFUL_TAGS))).astype(np.uint16)
            acts = filtering_tags(signals) & chosen[:, None]
            filter_tags = (acts * bits).sum(axis=1).astype(np.uint16)
        status[chosen] = rejected if rule.status is None else rule.status
        active[chosen] |= np.uint32(1 << number)
    return RuleOutcome(status, active, filter_tags)


def rules_text(active: NDArray[np.uint32]) -> NDArray[np.object_]:
    """The published column of active rules: names in order, commas between; "" for none."""
    known = {
        int(bits): ",".join(name for r, name in enumerate(RULE_NAMES) if int(bits) >> r & 1)
        for bits in np.unique(active)
    }
    return np.array([known[int(bits)] for bits in active], dtype=object)


def _check_inertia(signals: NoteSignals, chosen: Mask, thresholds: Thresholds) -> None:
    highest = float(signals.intercept[chosen].max()) if chosen.any() else 0.0
    if highest > thresholds.crh:
        raise BadInput(
            "intercept",
            highest,
            f"inertia holds notes up to {thresholds.crh} only: score again from these files",
        )
