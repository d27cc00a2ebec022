"""Everything a finished run hands to those who write it down (spec 19)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.contributors import ContributorResults, contributor_results
from stoa.bridging.earlier import Partial
from stoa.bridging.evidence import Evidence
from stoa.bridging.flips import check_flips
from stoa.bridging.history import updated_history
from stoa.bridging.meta import MetaResult, decide, rules_of
from stoa.bridging.model_outputs import RaterOutput
from stoa.bridging.note_counts import NoteCounts, count_ratings
from stoa.bridging.pcrh_times import lasting_times
from stoa.bridging.rescoring import NoteSubset, names_by_note
from stoa.bridging.verdicts import Verdicts
from stoa.note_records import NOT_HELPFUL_TAGS, NotesData, RatingTable, RunTimes, StatusHistory

SAMPLED_NEGATIVE = "coreNegFactor_populationSampledRatingCount"
SAMPLED_POSITIVE = "corePosFactor_populationSampledRatingCount"
INCORRECT = "notHelpfulIncorrect_interval"

EXTRA_NUMBERS = (
    "ratingWeight",
    *(f"{tag}Adjusted" for tag in NOT_HELPFUL_TAGS),
    *(f"{tag}AdjustedRatio" for tag in NOT_HELPFUL_TAGS),
    INCORRECT,
    "p_incorrect_user_interval",
    "num_voters_interval",
    "tf_idf_incorrect_interval",
    "lowDiligenceIntercept",
)
EXTRA_COUNTS = (SAMPLED_NEGATIVE, SAMPLED_POSITIVE)
"""Keys of `ModelNotes.extra` of the core model: (n_notes,) each. Numbers are NaN where missing;
counts may be floats, NaN counts as 0; all are named as in aux_note_info. The published text is that
of float32, except p_incorrect_user_interval, num_voters_interval and tf_idf_incorrect_interval,
which are float64 (and where 0 / 0 is written "nan" there, our cell is empty)."""


@dataclass(frozen=True, slots=True)
class RaterVoice:
    """What one model's prescoring says of raters and the place it has in the outputs."""

    prefix: str  # as in `Voice`
    raters: RaterOutput
    number: int | None = None  # its modelingGroup or modelingMultiGroup
    groups: Collection[int] | None = None  # only raters enrolled in these groups are exported


@dataclass(frozen=True, slots=True)
class PcrhColumns:
    """Side results of the early prediction (spec 15). Arrays (n_notes,)."""

    exit_n: NDArray[np.float64]
    exit_probability: NDArray[np.float64]
    revoked: NDArray[np.int8]  # 1, 0, or -1 where nothing is known
    revoke_n: NDArray[np.float64]
    final_prediction: NDArray[np.int8]

    @classmethod
    def empty(cls, n_notes: int) -> PcrhColumns:
        """The columns of a run without the prediction."""
        nothing = np.full(n_notes, np.nan)
        unknown = np.full(n_notes, -1, dtype=np.int8)
        return cls(nothing, nothing, unknown, nothing, unknown)


@dataclass(frozen=True, slots=True)
class Foresight:
    """What the two predictors say of notes (spec 14, 15). Arrays (n_notes,)."""

    stays_crh: NDArray[np.bool_]  # the pflip label is CRH
    flip_probability: NDArray[np.float64]  # pflipProba, NaN where not asked
    above_pcrh_ms: NDArray[np.int64]  # T0, -T0 or NO_TIME, before `pcrh_times.lasting_times`
    pcrh: PcrhColumns


@dataclass(frozen=True, slots=True)
class Spoken:
    """What all models said: all that the merge starts from, beside the files."""

    ratings: RatingTable  # those left after post selection similarity
    verdicts: Verdicts
    raters: tuple[RaterVoice, ...]  # every model's prescoring
    foresight: Foresight
    clustered: NDArray[np.bool_]  # (n_raters,) in a table of coordinated raters (spec 4)
    rule_names: tuple[str, ...]  # bit r of `ModelNotes.active_rules` is the rule of this label


@dataclass(frozen=True, slots=True)
class RunResult:
    """A finished run: note columns (n_notes,), contributor columns (n_raters,)."""

    now_ms: int
    spoken: Spoken
    meta: MetaResult
    counts: NoteCounts
    before: StatusHistory
    history: StatusHistory
    rescoring: NDArray[np.object_]  # rescoringActiveRules
    above_pcrh_ms: NDArray[np.int64]
    contributors: ContributorResults
    partial: Partial | None = None  # some notes were scored: `meta` speaks of these alone

    @property
    def status(self) -> NDArray[np.int8]:
        """(n_notes,) the final statuses, those of notes that were not scored too."""
        return self.history.current


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """How models become one run: which rules, over which subsets, checked or not."""

    scorers: Collection[str] | None = None  # published names; None for all
    subsets: Sequence[NoteSubset] = ()  # see `rescoring`
    flips_are_checked: bool = False
    partial: Partial | None = None  # where only some notes are scored

    def run(self, data: NotesData, spoken: Spoken, times: RunTimes) -> RunResult:
        """Statuses, history and contributors out of what the models said.

        Args:
            data: the files, with all preprocessed ratings (before post selection similarity).
            spoken: the models.
            times: the instants of the run.

        Raises:
            TooManyFlips: with `flips_are_checked`, more notes flip than the subsets allow.
            BadTable: the outputs of the run before hold something else than numbers.
        """
        counts = count_ratings(spoken.ratings, len(data.notes), times.now_ms)
        evidence = evidence_of(data.history, spoken, counts, times.now_ms)
        meta = decide(evidence, rules_of(self.scorers))
        if self.flips_are_checked:
            check_flips(data.history, meta.status, self.subsets)
        above_ms = lasting_times(spoken.foresight.above_pcrh_ms, data.notes, evidence, meta)
        history = updated_history(data.notes, evidence, meta, above_ms)
        core_intercept = spoken.verdicts.intercept("core")
        if self.partial is not None:
            history = self.partial.history(data.notes, data.history, history, times.now_ms)
            core_intercept = self.partial.core_intercept(data.notes, core_intercept)
        return RunResult(
            now_ms=times.now_ms,
            spoken=spoken,
            meta=meta,
            counts=counts,
            before=data.history,
            history=history,
            rescoring=names_by_note(self.subsets, len(data.notes)),
            above_pcrh_ms=above_ms,
            contributors=contributor_results(data, history, counts, core_intercept, times.now_ms),
            partial=self.partial,
        )


def evidence_of(
    history: StatusHistory, spoken: Spoken, counts: NoteCounts, now_ms: int
) -> Evidence:
    """What the rules over models look at."""
    return Evidence(
        verdicts=spoken.verdicts,
        history=history,
        counts=counts,
        sampled_negative=core_count(spoken.verdicts, SAMPLED_NEGATIVE),
        sampled_positive=core_count(spoken.verdicts, SAMPLED_POSITIVE),
        predicted_crh=spoken.foresight.stays_crh,
        now_ms=now_ms,
    )


def core_count(verdicts: Verdicts, name: str) -> NDArray[np.int64]:
    """One of EXTRA_COUNTS; 0 where core does not speak."""
    column = verdicts.extra("core", name)
    if column is None:
        return np.zeros(verdicts.n_notes, dtype=np.int64)
    return np.nan_to_num(column.astype(np.float64)).astype(np.int64)
