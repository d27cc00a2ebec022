"""What each rule of a model asks of a note, number by number (spec 11).

The rules themselves are in `stoa.bridging.rules`; this says the same for people. That both agree
on every note is a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from stoa.bridging import rules as r
from stoa.bridging.rules import MIN_RATINGS, NoteSignals
from stoa.bridging.scorers import Thresholds
from stoa.note_records import NOT_HELPFUL_TAGS, Classification, Status

CRH, CRNH = Status.CURRENTLY_RATED_HELPFUL, Status.CURRENTLY_RATED_NOT_HELPFUL
RELATIONS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": lambda a, b: bool(a >= b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    "<": lambda a, b: bool(a < b),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: what is looked at, what it is, what it is held against, whether it holds."""

    what: str
    value: float | str
    relation: str  # "" where `value` says it in words
    limit: float | None
    holds: bool

    def __str__(self) -> str:
        if self.relation:
            return f"{self.what} {short(self.value)} {self.relation} {short(self.limit)}"
        return f"{self.what}: {self.value}"


def short(value: object) -> str:
    """A number as people read it.

    >>> short(0.40000001), short(23.0), short(float("nan"))
    ('0.4', '23', 'none')
    """
    if isinstance(value, float):
        if value != value:
            return "none"
        text = f"{value:.4f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return str(value)


def compare(what: str, value: float, relation: str, limit: float) -> Condition:
    """A condition on a number; NaN meets none."""
    return Condition(what, float(value), relation, float(limit), RELATIONS[relation](value, limit))


def say(what: str, holds: bool, yes: str = "yes", no: str = "no") -> Condition:
    """A condition in words."""
    return Condition(what, yes if holds else no, "", None, bool(holds))


@dataclass(frozen=True, slots=True)
class Asked:
    """One note as the rules see it: a row of signals, the status so far, the model's constants."""

    signals: NoteSignals  # one row
    now: Status
    thresholds: Thresholds

    def number(self, name: str) -> np.generic:
        """One of the signals, in its own precision; NaN where the model has none."""
        column = getattr(self.signals, name)
        return np.float64(np.nan) if column is None else column[0]

    @property
    def enough(self) -> Condition:
        """Whether the note was rated often enough."""
        return compare("ratings", self.number("n_ratings"), ">=", MIN_RATINGS)  # pyright: ignore[reportArgumentType]

    @property
    def may_mislead(self) -> Condition:
        """Whether the note calls its post misleading."""
        says_fine = self.number("classification") == Classification.NOT_MISLEADING
        return say("says the post misleads", not says_fine)

    @property
    def shown(self) -> Condition:
        """Whether the note is helpful so far."""
        return say("helpful so far", self.now == CRH)

    @property
    def open(self) -> Condition:
        """Whether the note is not rejected so far."""
        return say("not rejected so far", self.now != CRNH)

    def compare(self, what: str, name: str, relation: str, limit: float) -> Condition:
        """A condition on one of the signals, in its own precision."""
        return compare(what, self.number(name), relation, limit)  # pyright: ignore[reportArgumentType]


def conditions_of(rule: str, asked: Asked) -> list[Condition]:
    """All conditions of a rule; it acts where all of them hold."""
    return _RULES[rule](asked)


def _crnh(a: Asked) -> list[Condition]:
    t, factor = a.thresholds, np.abs(a.number("factor"))  # pyright: ignore[reportArgumentType]
    bound = np.float32(t.crnh_intercept) + np.float32(t.crnh_factor) * factor
    what = f"intercept against {short(t.crnh_intercept)} {t.crnh_factor:+g}·|factor|:"
    return [a.enough, a.compare(what, "intercept", "<=", bound)]


def _ucb(a: Asked) -> list[Condition]:
    if a.signals.intercept_max is None or a.thresholds.crnh_ucb is None:
        return [say("the model has an upper bound", False)]
    return [a.enough, a.compare("upper bound", "intercept_max", "<", a.thresholds.crnh_ucb)]


def _ratio(a: Asked) -> list[Condition]:
    low, high = a.number("negative_mean"), a.number("positive_mean")
    mean = (low + high) / 2  # pyright: ignore[reportOperatorIssue]
    return [
        a.enough,
        a.compare("ratings on the smaller side", "min_sign_count", ">=", r.RATIO_SIGN_COUNT),
        a.compare("mean of the left", "negative_mean", "<=", r.RATIO_SIDE),
        a.compare("mean of the right", "positive_mean", "<=", r.RATIO_SIDE),
        compare("mean of both", mean, "<=", r.RATIO_MEAN),
    ]


def _inertia(a: Asked) -> list[Condition]:
    was = a.number("current") == CRH
    limit = a.thresholds.crh - a.thresholds.inertia
    return [
        say("not helpful so far", a.now != CRH),
        say("was helpful before this run", was),
        a.may_mislead,
        a.enough,
        a.compare("intercept", "intercept", ">=", limit),
    ]


def _tags(a: Asked) -> list[Condition]:
    s = a.signals
    assert s.tag_adjusted is not None
    assert s.tag_ratio is not None
    assert s.tag_thresholds is not None
    acts = r.filtering_tags(s)[0]
    heavy = s.tag_adjusted[0] > r.MIN_TAG_WEIGHT
    said = [
        f"{tag} weighs {short(float(s.tag_adjusted[0, i]))} (over {r.MIN_TAG_WEIGHT}), share "
        f"{short(float(s.tag_ratio[0, i]))} {'>' if acts[i] else 'not >'} "
        f"{short(float(s.tag_thresholds[i]))}"
        for i, tag in enumerate(NOT_HELPFUL_TAGS)
        if heavy[i] and i != r.UNFILTERED_TAG
    ]
    words = "; ".join(said) or f"no tag weighs over {r.MIN_TAG_WEIGHT}"
    return [a.open, say("tags over their share", bool(acts.any()), words, words)]


def _minority(a: Asked) -> list[Condition]:
    least = a.thresholds.minority_net_helpful
    if least is None:
        return [say("the model has this rule", False)]
    what = "helpful less not helpful, on the side with less"
    return [a.shown, a.compare(what, "net_min_helpful", "<", least)]


def _balance(a: Asked) -> list[Condition]:
    t = a.thresholds
    if t.minority_ratio is None:
        return [say("the model has this rule", False)]
    what = "helpful less not helpful, on the side with less"
    return [
        a.shown,
        a.compare(what, "net_min_helpful", ">=", t.minority_net_helpful or 0),
        a.compare(what, "net_min_helpful", "<", r.BALANCE_BELOW),
        a.compare("its share of all ratings", "net_min_helpful_ratio", "<", t.minority_ratio),
    ]


def _low_intercept(a: Asked) -> list[Condition]:
    if a.thresholds.firm_reject is None:
        return [say("the model has this rule", False)]
    return [a.open, a.compare("intercept", "intercept", "<", a.thresholds.firm_reject)]


def _large_factor(a: Asked) -> list[Condition]:
    size = np.abs(a.number("factor"))  # pyright: ignore[reportArgumentType]
    return [a.shown, compare("|factor|", size, ">", a.thresholds.large_factor)]


_RULES: Mapping[str, Callable[[Asked], list[Condition]]] = {
    "InitialNMR": lambda a: [],
    "GeneralCRH": lambda a: [
        a.enough,
        a.may_mislead,
        a.compare("intercept", "intercept", ">=", a.thresholds.crh),
    ],
    "GeneralCRNH": _crnh,
    "UcbCRNH": _ucb,
    "RatioCRNH": _ratio,
    "NmCRNH": lambda a: [
        say("says the post is fine", not a.may_mislead.holds),
        a.compare("intercept", "intercept", "<", a.thresholds.crnh_not_misleading),
    ],
    "GeneralCRHInertia": _inertia,
    "TagFilter": _tags,
    "FilterIncorrect": lambda a: [
        a.open,
        a.compare("'incorrect' by near raters", "incorrect", ">=", r.INCORRECT_TAGS),
        a.compare("near raters with a tag", "incorrect_voters", ">=", r.INCORRECT_VOTERS),
        a.compare("tf-idf", "incorrect_tfidf", ">=", a.thresholds.incorrect),
    ],
    "FilterLowDiligence": lambda a: [
        a.open,
        a.compare("diligence intercept", "low_diligence", ">", a.thresholds.low_diligence),
    ],
    "FilterLargeFactor": _large_factor,
    "RejectLowIntercept": _low_intercept,
    "MinMinorityRaters": _minority,
    "RaterBalance": _balance,
    "NoHighVolIntercept": lambda a: [
        a.shown,
        a.compare(
            "intercept without high-volume raters",
            "no_high_volume",
            "<",
            a.thresholds.no_high_volume,
        ),
    ],
    "NoCorrelatedIntercept": lambda a: [
        a.shown,
        a.compare(
            "intercept without correlated raters", "no_correlated", "<", a.thresholds.no_correlated
        ),
    ],
}
