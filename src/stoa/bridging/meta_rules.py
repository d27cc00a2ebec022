"""The rules that make one status of what the models say (spec 16).

Each is a small value with one verb: `act` gives the new status of each note, NONE where the rule
leaves it. `scorer` is the published name of the scorer that a rule belongs to, "" for all runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.evidence import Evidence
from stoa.bridging.explanation_tags import NO_TAG, explain
from stoa.bridging.scorers import Topic
from stoa.bridging.stabilisation import stabilise
from stoa.note_records import Status

Statuses = NDArray[np.int8]
NMR, CRH = Status.NEEDS_MORE_RATINGS, Status.CURRENTLY_RATED_HELPFUL
CRNH, NYH = Status.CURRENTLY_RATED_NOT_HELPFUL, Status.NEEDS_YOUR_HELP


class MetaRule(Protocol):
    """One rule over the models."""

    @property
    def name(self) -> str:
        """As the outputs write it, without the version."""
        ...

    @property
    def version(self) -> str:
        """Raised when the rule changes."""
        ...

    @property
    def may_lock(self) -> bool:
        """Whether a status that this rule decided is frozen after two weeks (spec 17)."""
        ...

    @property
    def scorer(self) -> str:
        """The scorer it needs; "" when it is part of every run."""
        ...

    def act(self, evidence: Evidence, status: Statuses) -> Statuses:
        """The new status of each note; NONE where the rule does not act."""
        ...


def label(rule: MetaRule) -> str:
    """The rule as the outputs name it.

    >>> label(StartAsNMR())
    'MetaInitialNMR (v1.0)'
    """
    return f"{rule.name} (v{rule.version})"


@dataclass(frozen=True, slots=True)
class StartAsNMR:
    """Every note needs more ratings until a model says otherwise."""

    name: str = "MetaInitialNMR"
    version: str = "1.0"
    may_lock: bool = False
    scorer: str = ""

    def act(self, evidence: Evidence, status: Statuses) -> Statuses:
        """All notes."""
        return np.full_like(status, NMR)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyModel:
    """Says what a model says, where it speaks; a firm reject is written as NMR."""

    name: str
    prefix: str
    scorer: str
    version: str = "1.1"
    may_lock: bool = True
    respects_blocks: bool = False  # never raise a blocked note
    number: int | None = None  # only where the multi-group model of this number speaks

    def act(self, evidence: Evidence, status: Statuses) -> Statuses:
        """The model's status wherever it has one."""
        said = evidence.verdicts.status(self.prefix)
        new = np.where(said == Status.FIRM_REJECT, NMR, said)
        if self.respects_blocks:
            new[evidence.blocked() & ((new == CRH) | (new == NYH))] = Status.NONE
        if self.number is not None:
            new[evidence.verdicts.multi_group != self.number] = Status.NONE
        return new.astype(np.int8)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseByGroup:
    """Lets one community's model raise a note that the wider models find decent (spec 16.1)."""

    name: str
    group: int
    low: float = 0.3
    high: float | None = 0.40
    version: str = "1.1"
    may_lock: bool = True
    scorer: str = "MFGroupScorer"

    def act(self, evidence: Evidence, status: Statuses) -> Statuses:
        """CRH or NYH of the group's notes inside the safeguard range."""
        verdicts = evidence.verdicts
        said = verdicts.status("group")
        raises = (verdicts.group == self.group) & ~evidence.blocked()
        return np.where(
            raises & _is_raise(said, status) & self._is_safe(evidence), said, Status.NONE
        ).astype(np.int8)

    def _is_safe(self, evidence: Evidence) -> NDArray[np.bool_]:
        """The core intercept, or else the expansion intercept, is strictly inside the range."""
        core = evidence.verdicts.intercept("core")
        wide = np.where(np.isnan(core), evidence.verdicts.intercept("expansion"), core)
        safe = wide > self.low
        return safe if self.high is None else safe & (wide < self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerByGroup:
    """Lets one community's model hold back a note that was on its way up."""

    name: str
    group: int
    version: str = "1.1"
    may_lock: bool = True
    scorer: str = "MFGroupScorer"

    def act(self, evidence: Evidence, status: Statuses) -> Statuses:
        """NMR where the group says NMR or CRNH of a note that is CRH or NYH."""
        said = evidence.verdicts.status("group")
        lowers = (evidence.verdicts.group == self.group) & ((said == NMR) | (said == CRNH))
        return np.where(lowers & _is_up(status), NMR, Status.NONE).astype(np.int8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Lets a Gaussian model decide notes that are still open (spec 16.2)."""

    name: str
    prefix: str
    scorer: str
    version: str = "1.0"
    may_lock: bool = True

    def act(self, evidence: Evidence, status: Statuses) -> Statuses:
        """CRH and NYH of notes that are not blocked, CRNH of any, where the note is open."""
        said = evidence.verdicts.status(self.prefix)
        raises = _is_raise(said, status) & ~evidence.blocked()
        falls = (said == CRNH) & ((status == NMR) | (status == NYH))
        return np.where(raises | falls, said, Status.NONE).astype(np.int8)


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerByTopic:
    """Lets a confident topic model hold back a note that its own raters do not carry."""

    name: str
    topic: Topic
    least_intercept: float = 0.24
    most_factor: float = 0.51
    version: str = "1.0"
    may_lock: bool = False
    scorer: str = "MFTopicScorer"

    def act(self, evidence: Evidence, status: Statuses) -> Statuses:
        """NMR where a note that is CRH or NYH has a low topic intercept or a large factor."""
        verdicts = evidence.verdicts
        weak = verdicts.intercept("topic") < self.least_intercept
        lopsided = np.abs(verdicts.factor("topic")) > self.most_factor
        sure = (verdicts.topic == self.topic) & (verdicts.topic_confident == 1)
        return np.where(_is_up(status) & sure & (weak | lopsided), NMR, Status.NONE).astype(np.int8)


@dataclass(frozen=True, slots=True)
class LowerByPopulationSample:
    """Holds back a CRH that raters chosen at random do not confirm."""

    name: str = "PopulationSampledIntercept"
    version: str = "1.0"
    may_lock: bool = False
    scorer: str = ""
    least_ratings: int = 8
    least_a_side: int = 2
    most_sampled: float = 0.30
    least_gap: float = 0.15

    def act(self, evidence: Evidence, status: Statuses) -> Statuses:
        """NMR where the sampled intercept is low and far below the core intercept."""
        below, above = evidence.sampled_negative, evidence.sampled_positive
        heard = (below + above >= self.least_ratings) & (below >= self.least_a_side)
        heard &= above >= self.least_a_side
        core = evidence.verdicts.intercept("core")
        sampled = evidence.verdicts.population_sampled("core")
        apart = (sampled < self.most_sampled) & (core - sampled >= self.least_gap)
        return np.where((status == CRH) & heard & apart, NMR, Status.NONE).astype(np.int8)


@dataclass(frozen=True, slots=True)
class AwaitStability:
    """Keeps newly helpful notes back for a while (spec 16.3)."""

    name: str = "NmrDueToMinStableCrhTime"
    version: str = "1.0"
    may_lock: bool = False
    scorer: str = ""

    def act(self, evidence: Evidence, status: Statuses) -> Statuses:
        """Notes whose status the window changes."""
        return stabilise(evidence, status).status


@dataclass(frozen=True, slots=True)
class GuardAgainstDrift:
    """A status that was locked stays, whatever the models say now."""

    name: str = "ScoringDriftGuard"
    version: str = "1.0"
    may_lock: bool = False
    scorer: str = ""

    def act(self, evidence: Evidence, status: Statuses) -> Statuses:
        """Locked notes that differ from their locked status."""
        locked = evidence.history.locked
        return np.where(locked != status, locked, Status.NONE).astype(np.int8)


@dataclass(frozen=True, slots=True)
class RequireExplanation:
    """A status that raters cannot explain with two tags is withdrawn, locked or not."""

    name: str = "InsufficientExplanation"
    version: str = "1.0"
    may_lock: bool = True
    scorer: str = ""

    def act(self, evidence: Evidence, status: Statuses) -> Statuses:
        """CRH and CRNH notes without two tags."""
        decided = (status == CRH) | (status == CRNH)
        unexplained = explain(evidence.counts, status)[:, 0] == NO_TAG
        return np.where(decided & unexplained, NMR, Status.NONE).astype(np.int8)


def _is_up(status: Statuses) -> NDArray[np.bool_]:
    return (status == CRH) | (status == NYH)


def _is_raise(said: Statuses, status: Statuses) -> NDArray[np.bool_]:
    """A model's CRH or NYH would move an open note up: NMR to either, NYH to CRH."""
    return _is_up(said) & ((status == NMR) | ((status == NYH) & (said != NYH)))
