"""The scorer for one community without groups: Core alone, heard by everybody (spec 21)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.cliques import quasi_cliques
from stoa.bridging.coordination import Phase, drop_coordinated
from stoa.bridging.ensemble import CORE
from stoa.bridging.final_passes import FinalModel, Flags
from stoa.bridging.final_scoring import score_final
from stoa.bridging.model_outputs import Prescored
from stoa.bridging.post_selection import post_selection_values
from stoa.bridging.preprocessing import MIN_PER_RATER, preprocess
from stoa.bridging.prescoring import prescore
from stoa.bridging.rules import RULE_NAMES
from stoa.bridging.run_result import Foresight, Merge, PcrhColumns, RaterVoice, RunResult, Spoken
from stoa.bridging.scorers import Scope, Topic
from stoa.bridging.verdicts import UNKNOWN, Voice, gather
from stoa.note_records import NO_TIME, NotesData, RatingTable, RunTimes

LARGE = 1_000
"""Raters with enough ratings for a model from which on coordinated ones are looked for. In a small
square the regulars, who rate whatever is new, look exactly like them: each camp would count as one
rater, and no note would get a status any more."""

COMMUNITY = replace(CORE, scope=Scope(), stable_start=False)


def score(data: NotesData, times: RunTimes) -> RunResult:
    """One run: both phases of the core model, then the rules over it.

    There is one topic (none), and no prediction: a newly helpful note waits for the whole of its
    window. With too few ratings for a model all notes need more of them.

    Raises:
        PoorFit: the model explains too little of many ratings.
    """
    counted = preprocess(data)
    data = replace(data, ratings=counted.ratings)
    post_selection, clique = _coordinated(data)
    coordination = drop_coordinated(
        data.notes, data.ratings, post_selection, clique, Phase.PRESCORING
    )
    ratings = data.ratings.take(coordination.kept)
    topic = np.full(len(data.notes), Topic.UNASSIGNED, dtype=np.int8)
    prescored = prescore(COMMUNITY, data, ratings, topic)
    flags = Flags(counted.high_volume, coordination.correlated)
    spoken = _spoken(data, ratings, topic, prescored, flags)
    spoken = replace(spoken, clustered=(post_selection > 0) | (clique > 0))
    return Merge(scorers={COMMUNITY.name}).run(data, spoken, times)


def _coordinated(data: NotesData) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Post selection value and clique of each rater, 0 for none; nobody's in a small square."""
    n_raters = len(data.contributors)
    n_active = np.count_nonzero(np.bincount(data.ratings.rater) >= MIN_PER_RATER)
    if n_active < LARGE:
        nobody = np.zeros(n_raters, dtype=np.int32)
        return nobody, nobody
    return (
        post_selection_values(data.notes, data.ratings, n_raters),
        quasi_cliques(data.notes, data.ratings, n_raters).value,
    )


def _spoken(
    data: NotesData,
    ratings: RatingTable,
    topic: NDArray[np.int8],
    prescored: Prescored | None,
    flags: Flags,
) -> Spoken:
    """What the model says, in the form of an ensemble of one."""
    n_notes, n_raters = len(data.notes), len(data.contributors)
    voices: list[Voice] = []
    raters: tuple[RaterVoice, ...] = ()
    if prescored is not None:
        raters = (RaterVoice(COMMUNITY.prefix, prescored.raters),)
        model = FinalModel(COMMUNITY, prescored, n_notes, n_raters)
        said = score_final(model, data, ratings, topic, flags)
        if said is not None:
            voices.append(Voice(COMMUNITY.prefix, said))
    return Spoken(
        ratings=ratings,
        verdicts=gather(voices, n_notes, np.full(n_notes, UNKNOWN, dtype=np.int8)),
        raters=raters,
        foresight=Foresight(
            stays_crh=np.zeros(n_notes, dtype=np.bool_),
            flip_probability=np.full(n_notes, np.nan),
            above_pcrh_ms=np.full(n_notes, NO_TIME, dtype=np.int64),
            pcrh=PcrhColumns.empty(n_notes),
        ),
        clustered=np.zeros(n_raters, dtype=np.bool_),
        rule_names=RULE_NAMES,
    )
