"""What the two predictors of a run learn from, and what they say of its notes (spec 14, 15)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.early_features import EarlySources, without_factors
from stoa.bridging.early_look import fit_early_look, look_early
from stoa.bridging.flip_features import FlipSources
from stoa.bridging.flip_model import core_first, fit_flips, predict_flips
from stoa.bridging.flip_rows import asking_notes
from stoa.bridging.learned import Prescoring
from stoa.bridging.preprocessing import FEWEST_NOTES
from stoa.bridging.run_result import Foresight, PcrhColumns
from stoa.bridging.scorers import CORE_GROUPS, TOPIC_NAMES, Topic
from stoa.note_records import NotesData, RatingTable, RunTimes


def with_flips(made: Prescoring, data: NotesData, heard: RatingTable, seed: int) -> Prescoring:
    """The first phase with its flip model; `seed` is of the split that it is trained on."""
    return replace(made, flips=fit_flips(_flip_sources(data, heard, made), seed))


def with_early_look(
    made: Prescoring, data: NotesData, heard: RatingTable, topic: NDArray[np.int8], seed: int
) -> Prescoring:
    """The first phase with its model of first ratings; `topic` is (n_notes,)."""
    return replace(made, early=fit_early_look(_early_sources(data, heard, made, topic), seed))


def foresee(
    data: NotesData,
    heard: RatingTable,
    made: Prescoring,
    topic: NDArray[np.int8],
    times: RunTimes,
) -> Foresight:
    """What the two predictors say; the second hears coordinated raters too."""
    # With few notes asked, the published scorer drops no coordinated ratings among theirs.
    asked = asking_notes(data.notes, data.history, times.now_ms)
    seen = heard if np.count_nonzero(asked) >= FEWEST_NOTES else data.ratings
    flips = predict_flips(made.flips, _flip_sources(data, seen, made), times.now_ms)
    early = look_early(made.early, _early_sources(data, data.ratings, made, topic), times.now_ms)
    return Foresight(
        stays_crh=flips.stays_crh,
        flip_probability=flips.probability,
        above_pcrh_ms=early.above_ms,
        pcrh=PcrhColumns(
            exit_n=early.exit_n,
            exit_probability=early.exit_probability,
            revoked=early.revoked,
            revoke_n=early.revoke_n,
            final_prediction=early.final_prediction,
        ),
    )


def _flip_sources(data: NotesData, heard: RatingTable, made: Prescoring) -> FlipSources:
    whose = core_first(
        made.factors("MFCoreScorer"),
        made.factors("MFExpansionScorer"),
        made.factors("MFExpansionPlusScorer"),
    )
    return FlipSources(data.notes, data.history, heard, whose)


def _early_sources(
    data: NotesData, ratings: RatingTable, made: Prescoring, topic: NDArray[np.int8]
) -> EarlySources:
    topics = [made.factors(f"MFTopicScorer_{TOPIC_NAMES[t]}") for t in Topic]
    sources = EarlySources(
        notes=data.notes,
        history=data.history,
        ratings=ratings,
        in_core=np.isin(data.contributors.group, sorted(CORE_GROUPS)),
        final_factor=made.factors("MFCoreScorer"),
        first_factor=made.factors("MFCoreScorer", "first_factor"),
        topic=topic,
        topic_factor=np.stack(topics),
    )
    # As the published scorer does when its models run one after the other.
    return without_factors(sources)
