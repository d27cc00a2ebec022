"""The file of contributors: what models say of raters, and what contributors did (spec 19)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from stoa.bridging import output_columns as cells
from stoa.bridging.contributor_state import NO_STATE
from stoa.bridging.explanation_tags import NO_TAG
from stoa.bridging.run_result import RaterVoice, RunResult
from stoa.note_records import NO_GROUP, NO_TIME, Contributors, OutputTable

Columns = dict[str, NDArray[np.generic]]
SINGLE_MODELS = ("core", "coreWithTopics", "expansion", "expansionPlus")


def helpfulness_scores(contributors: Contributors, result: RunResult) -> OutputTable:
    """One row for everybody who rated early, wrote, or is known to a model; 47 columns."""
    n_raters = len(contributors)
    columns: Columns = {"raterParticipantId": contributors.name}
    for prefix in SINGLE_MODELS:
        columns |= _model(prefix, _of(result, prefix), contributors)
    columns |= _family("group", "modelingGroup", _of(result, "group"), contributors)
    columns |= _family("multiGroup", "modelingMultiGroup", _of(result, "multiGroup"), contributors)
    columns |= _core(_of(result, "core"), n_raters)
    coverage = _of(result, "coverage")
    columns["raterHelpfulnessReputation"] = _laid_out(coverage, "reputation", n_raters)
    columns |= _counts(result) | _states(result) | _totals(result)
    listed = is_listed(result, n_raters)
    return OutputTable({name: columns[name][listed] for name in cells.HELPFULNESS_SCORES})


def is_listed(result: RunResult, n_raters: int) -> NDArray[np.bool_]:
    """(n_raters,) who has a row: those enrolled but never heard of have none."""
    record = result.contributors
    listed = result.spoken.clustered | record.rating.has_early | (record.writing.written > 0)
    for voice in result.spoken.raters:
        listed[voice.raters.id] = True
    assert len(listed) == n_raters
    return listed


def _of(result: RunResult, prefix: str) -> list[RaterVoice]:
    return [voice for voice in result.spoken.raters if voice.prefix == prefix]


def _laid_out(voices: Iterable[RaterVoice], field: str, n_raters: int) -> NDArray[np.float32]:
    """A model column over all contributors, NaN where no model of the prefix has a row."""
    whole = np.full(n_raters, np.nan, dtype=np.float32)
    for voice in voices:
        whole[voice.raters.id] = getattr(voice.raters, field)
    return whole


def _model(prefix: str, voices: list[RaterVoice], contributors: Contributors) -> Columns:
    n_raters = len(contributors)
    return {
        f"{prefix}RaterIntercept": _laid_out(voices, "intercept", n_raters),
        f"{prefix}RaterFactor1": _laid_out(voices, "factor", n_raters),
    }


def _family(
    prefix: str, number_name: str, voices: list[RaterVoice], contributors: Contributors
) -> Columns:
    """The columns of group models: of each, only the raters enrolled in its groups."""
    n_raters = len(contributors)
    intercept, factor = np.full(n_raters, np.nan), np.full(n_raters, np.nan)
    number = np.full(n_raters, NO_GROUP, dtype=np.int16)
    for voice in voices:
        own = np.isin(contributors.group[voice.raters.id], sorted(voice.groups or ()))
        rater = voice.raters.id[own]
        intercept[rater] = voice.raters.intercept[own]
        factor[rater] = voice.raters.factor[own]
        number[rater] = NO_GROUP if voice.number is None else voice.number
    return {
        f"{prefix}RaterIntercept": intercept,
        f"{prefix}RaterFactor1": factor,
        number_name: cells.groups(number),
    }


def _core(voices: list[RaterVoice], n_raters: int) -> Columns:
    """What core's prescoring alone says of helpfulness."""
    columns: Columns = {
        "coreFirstRoundRaterIntercept": _laid_out(voices, "first_intercept", n_raters),
        "coreFirstRoundRaterFactor1": _laid_out(voices, "first_factor", n_raters),
    }
    for name, field in (
        ("crhCrnhRatioDifference", "crh_crnh_ratio_difference"),
        ("meanNoteScore", "mean_note_score"),
        ("raterAgreeRatio", "agree_ratio"),
    ):
        exact = np.full(n_raters, np.nan)
        for voice in voices:
            exact[voice.raters.id] = getattr(voice.raters, field)
        columns[name] = exact
    above = np.full(n_raters, -1, dtype=np.int8)
    for voice in voices:
        above[voice.raters.id] = voice.raters.above_threshold
    return columns | {"aboveHelpfulnessThreshold": cells.flags(above)}


def _counts(result: RunResult) -> Columns:
    """Ratings given and notes written; empty for those who gave or wrote none."""
    rating, writing = result.contributors.rating, result.contributors.writing
    of_ratings = {
        "successfulRatingHelpfulCount": rating.successful_helpful,
        "successfulRatingNotHelpfulCount": rating.successful_not_helpful,
        "successfulRatingTotal": rating.successful,
        "unsuccessfulRatingHelpfulCount": rating.unsuccessful_helpful,
        "unsuccessfulRatingNotHelpfulCount": rating.unsuccessful_not_helpful,
        "unsuccessfulRatingTotal": rating.unsuccessful,
        "ratingsAwaitingMoreRatings": rating.awaiting,
        "ratedAfterDecision": rating.after_decision,
    }
    of_notes = {
        "notesCurrentlyRatedHelpful": writing.helpful,
        "notesCurrentlyRatedNotHelpful": writing.not_helpful,
        "notesAwaitingMoreRatings": writing.awaiting,
        "aggregateRatingReceivedTotal": writing.ratings_received,
    }
    writes = writing.written > 0
    columns: Columns = {}
    for name, column in of_ratings.items():
        columns[name] = cells.numbers_where(rating.has_early, column)
    for name, column in of_notes.items():
        columns[name] = cells.numbers_where(writes, column)
    return columns


def _states(result: RunResult) -> Columns:
    record, states = result.contributors, result.contributors.states
    state = states.state.astype(np.int64)
    emerging = np.where(record.is_active, record.is_emerging, -1).astype(np.int8)
    return {
        "enrollmentState": np.where(states.state == NO_STATE, NO_TIME, state),
        "successfulRatingNeededToEarnIn": cells.times(states.needed),
        "timestampOfLastStateChange": cells.times(states.changed_ms),
        "timestampOfLastEarnOut": cells.times(states.earned_out_ms),
        "numberOfTimesEarnedOut": cells.times(states.times_earned_out),
        "isEmergingWriter": cells.flags(emerging),
        "authorTopNotHelpfulTagValues": _tag_numbers(record.top_tags, record.is_active),
    }


def _tag_numbers(pair: NDArray[np.int8], known: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Tag numbers, comma separated; "" where there are none."""
    text = np.full(len(pair), "", dtype=object)
    rows = np.flatnonzero(known & (pair[:, 0] != NO_TAG))
    text[rows] = [f"{first},{second}" for first, second in pair[rows].tolist()]
    return text


def _totals(result: RunResult) -> Columns:
    record = result.contributors
    columns: Columns = {}
    for days, totals in (("14d", record.last_14_days), ("90d", record.last_90_days)):
        columns |= {
            f"crhTotal{days}": totals.crh,
            f"crnhTotal{days}": totals.crnh,
            f"nmrTotal{days}": totals.nmr,
        }
    return columns
