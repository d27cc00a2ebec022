"""The published scorer's run of 1,500 notes, as the merge takes it: its models, not its statuses.

Reads the text files with a few lines of pyarrow, so that merge, history, contributors and outputs
are tested without our own reader and our own models.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from stoa.bridging.model_outputs import ModelNotes, RaterOutput
from stoa.bridging.rescoring import subsets_of_full_run
from stoa.bridging.run_result import (
    EXTRA_COUNTS,
    EXTRA_NUMBERS,
    Foresight,
    Merge,
    PcrhColumns,
    RaterVoice,
    RunResult,
    Spoken,
)
from stoa.bridging.scorers import TOPIC_NAMES, Topic
from stoa.bridging.verdicts import Verdicts, Voice, gather
from stoa.note_records import (
    CLASSIFICATION_NAMES,
    ENROLLMENT_NAMES,
    NO_GROUP,
    NO_POST,
    NO_TIME,
    NOT_HELPFUL_TAGS,
    TAGS,
    Classification,
    Contributors,
    Enrollment,
    NotesData,
    NoteTable,
    RatingTable,
    RunTimes,
    Status,
    StatusHistory,
)

NOW_MS = 1_784_073_600_000
TIMES = RunTimes(now_ms=NOW_MS, previous_cutoff_ms=1_784_066_400_000, wall_ms=1_795_455_600_000)
NOT_MISLEADING_SINCE_MS = 1_664_755_200_000

_RULES = """
InitialNMR GeneralCRH GeneralCRNH UcbCRNH RatioCRNH NmCRNH GeneralCRHInertia TagFilter
FilterIncorrect FilterLowDiligence FilterLargeFactor RejectLowIntercept MinMinorityRaters
RaterBalance NoHighVolIntercept NoCorrelatedIntercept
"""
RULE_NAMES = tuple(f"{name} (v1.0)" for name in _RULES.split())
MULTI_GROUPS = (4, 5, 7, 12, 26)

Texts = dict[str, np.ndarray]
"""A text file: for each column an array of str, "" where empty."""


def read(path: Path) -> Texts:
    with gzip.open(path) as file:
        header = file.readline().decode().rstrip("\n").split("\t")
    table = csv.read_csv(
        path,
        parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
        ),
    )
    return {name: table[name].to_numpy().astype(object) for name in header}


def whole(texts: np.ndarray, missing: int = NO_TIME) -> np.ndarray:
    return np.array([int(t.split(".")[0]) if t else missing for t in texts], dtype=np.int64)


def real(texts: np.ndarray) -> np.ndarray:
    return np.array([float(t) if t else np.nan for t in texts], dtype=np.float64)


def status(texts: np.ndarray) -> np.ndarray:
    return np.array([Status[t] if t else Status.NONE for t in texts], dtype=np.int8)


def flag(texts: np.ndarray) -> np.ndarray:
    return np.array([{"True": 1, "False": 0}.get(t, -1) for t in texts], dtype=np.int8)


def bits(texts: np.ndarray, names: Sequence[str]) -> np.ndarray:
    of = {
        text: sum(1 << names.index(name) for name in text.split(",") if name)
        for text in set(texts.tolist())
    }
    return np.array([of[t] for t in texts], dtype=np.uint32)


def aligned(table: Texts, key: str, ids: Sequence[object], kind: Callable = str) -> Texts:
    """The rows of a table for the given ids; "" where it has none."""
    row = {kind(k): i for i, k in enumerate(table[key])}
    order = np.array([row.get(i, -1) for i in ids], dtype=np.int64)
    return {name: np.append(column, "")[order] for name, column in table.items()}


@dataclass(frozen=True)
class MergeOracle:
    folder: Path

    @cached_property
    def input(self) -> dict[str, Texts]:
        names = ("notes", "ratings", "noteStatusHistory", "userEnrollment")
        return {name: read(self.folder / "input" / f"{name}-00000.tsv.gz") for name in names}

    @cached_property
    def output(self) -> dict[str, Texts]:
        names = ("scored_notes", "note_status_history", "aux_note_info", "helpfulness_scores")
        return {name: read(self.folder / "output" / f"{name}.tsv.gz") for name in names}

    @cached_property
    def prescored(self) -> Texts:
        return read(self.folder / "prescoring" / "prescoring_rater_model_output.tsv.gz")

    @cached_property
    def data(self) -> NotesData:
        history, notes = self.input["noteStatusHistory"], self.input["notes"]
        ratings, enrolled = self.input["ratings"], self.input["userEnrollment"]
        names = sorted(
            {*history["noteAuthorParticipantId"], *notes["noteAuthorParticipantId"]}
            | {*ratings["raterParticipantId"], *enrolled["participantId"]}
        )
        person = {name: i for i, name in enumerate(names)}
        ids = sorted({*map(int, history["noteId"]), *map(int, notes["noteId"])})
        table = _notes(ids, history, notes, person)
        return NotesData(
            contributors=_contributors(names, enrolled),
            notes=table,
            history=_history(ids, history),
            ratings=_ratings(ratings, table, person),
        )

    @cached_property
    def person(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.data.contributors.name)}

    @cached_property
    def clustered(self) -> np.ndarray:
        rows = self.prescored["scorerName"] == ""
        mask = np.zeros(len(self.person), dtype=bool)
        mask[[self.person[name] for name in self.prescored["raterParticipantId"][rows]]] = True
        return mask

    @cached_property
    def heard(self) -> RatingTable:
        """Ratings after post selection similarity, by the table the published run made (4.3)."""
        table, data = self.prescored, self.data
        both = (table["postSelectionValue"] != "") & (table["quasiCliqueValue"] != "")
        similar = np.full(len(self.person), -1)
        for name, value in zip(
            table["raterParticipantId"][both], table["postSelectionValue"][both], strict=True
        ):
            similar[self.person[name]] = int(float(value))
        r = data.ratings
        own, theirs = similar[r.rater], similar[data.notes.author[r.note]]
        keep = (own < 0) | (own != theirs)
        first = np.lexsort((r.at_ms, own, r.note))
        first = first[(own[first] >= 0) & keep[first]]
        pairs = np.stack([r.note[first], own[first]])
        later = first[1:][(pairs[:, 1:] == pairs[:, :-1]).all(axis=0)]
        keep[later] = False
        return r.take(keep)

    @cached_property
    def verdicts(self) -> Verdicts:
        scored, aux = self.output["scored_notes"], self.output["aux_note_info"]
        extra = {n: real(aux[n]) for n in (*EXTRA_NUMBERS, *EXTRA_COUNTS)}
        for name in EXTRA_NUMBERS:
            if name.endswith(("Adjusted", "Ratio", "Weight", "Intercept")):
                extra[name] = extra[name].astype(np.float32)
        voices = [
            Voice(p, _model(p, scored, extra if p == "core" else {}))
            for p in (*PREFIXES.values(), "gaussian", "gaussianCoreWithTopics")
        ]
        for prefix, numbers in (
            ("group", whole(scored["modelingGroup"], NO_GROUP)),
            ("multiGroup", whole(scored["modelingMultiGroup"], NO_GROUP)),
            ("topic", _topic(scored["noteTopic"])),
        ):
            model = _model(prefix, scored, {})
            voices += [
                Voice(prefix, _part(model, numbers == n), int(n))
                for n in np.unique(numbers[numbers >= 0])
            ]
        return gather(voices, len(self.data.notes), flag(scored["topicNoteConfident"]))

    @cached_property
    def foresight(self) -> Foresight:
        """The pflip label is not exported; notes held back at 0.185 and 0.418 bound it."""
        scored, aux = self.output["scored_notes"], self.output["aux_note_info"]
        flips = real(scored["pflipProba"])
        return Foresight(
            stays_crh=flips < 0.15,
            flip_probability=flips,
            above_pcrh_ms=whole(scored["abovePcrhThresholdTime"]),
            pcrh=PcrhColumns(
                exit_n=real(aux["pcrhExitN"]),
                exit_probability=real(aux["pcrhExitProba"]),
                revoked=flag(aux["pcrhRevoked"]),
                revoke_n=real(aux["pcrhRevokeN"]),
                final_prediction=flag(aux["pcrhFinalPred"]),
            ),
        )

    @cached_property
    def raters(self) -> tuple[RaterVoice, ...]:
        table = self.prescored
        voices = [
            _rater_voice(
                scorer, {n: c[table["scorerName"] == scorer] for n, c in table.items()}, self
            )
            for scorer in sorted(set(table["scorerName"]) - {""})
        ]
        return tuple(voices)

    def run(self, merge: Merge | None = None) -> RunResult:
        data = self.data
        if merge is None:
            subsets = subsets_of_full_run(data.notes, data.history, data.ratings, TIMES)
            merge = Merge(subsets=subsets)
        return merge.run(data, self.spoken, TIMES)

    @property
    def spoken(self) -> Spoken:
        return Spoken(
            ratings=self.heard,
            verdicts=self.verdicts,
            raters=self.raters,
            foresight=self.foresight,
            clustered=self.clustered,
            rule_names=RULE_NAMES,
        )


def _notes(ids: list[int], history: Texts, notes: Texts, person: dict[str, int]) -> NoteTable:
    h, n = aligned(history, "noteId", ids, int), aligned(notes, "noteId", ids, int)
    kinds = {text: kind for kind, text in CLASSIFICATION_NAMES.items()} | {
        "": Classification.DELETED
    }
    author = np.where(h["noteId"] == "", n["noteAuthorParticipantId"], h["noteAuthorParticipantId"])
    created = np.where(h["noteId"] == "", n["createdAtMillis"], h["createdAtMillis"])
    return NoteTable(
        id=np.array(ids, dtype=np.int64),
        author=np.array([person[a] for a in author], dtype=np.int32),
        created_ms=whole(created),
        post=whole(n["tweetId"], NO_POST),
        classification=np.array([kinds[t] for t in n["classification"]], dtype=np.int8),
        summary=n["summary"],
    )


def _history(ids: list[int], history: Texts) -> StatusHistory:
    h = aligned(history, "noteId", ids, int)
    return StatusHistory(
        known=h["noteId"] != "",
        first_status_ms=whole(h["timestampMillisOfFirstNonNMRStatus"]),
        first_status=status(h["firstNonNMRStatus"]),
        current_ms=whole(h["timestampMillisOfCurrentStatus"]),
        current=status(h["currentStatus"]),
        latest_status_ms=whole(h["timestampMillisOfLatestNonNMRStatus"]),
        latest_status=status(h["mostRecentNonNMRStatus"]),
        locked_ms=whole(h["timestampMillisOfStatusLock"]),
        locked=status(h["lockedStatus"]),
        retro_lock_ms=whole(h["timestampMillisOfRetroLock"]),
        core=status(h["currentCoreStatus"]),
        expansion=status(h["currentExpansionStatus"]),
        group_status=status(h["currentGroupStatus"]),
        decided_by=h["currentDecidedBy"],
        group=whole(h["currentModelingGroup"], NO_GROUP).astype(np.int16),
        changed_ms=whole(h["timestampMillisOfMostRecentStatusChange"]),
        window_ms=whole(h["timestampMillisOfNmrDueToMinStableCrhTime"]),
        multi_group_status=status(h["currentMultiGroupStatus"]),
        multi_group=whole(h["currentModelingMultiGroup"], NO_GROUP).astype(np.int16),
        final_output_minute=whole(h["timestampMinuteOfFinalScoringOutput"]),
        first_window_ms=whole(h["timestampMillisOfFirstNmrDueToMinStableCrhTime"]),
        above_pcrh_ms=whole(h["abovePcrhThresholdTime"]),
    )


def _contributors(names: list[str], enrolled: Texts) -> Contributors:
    e = aligned(enrolled, "participantId", names)
    states = {text: state for state, text in ENROLLMENT_NAMES.items()} | {"": Enrollment.NEW_USER}
    return Contributors(
        name=np.array(names, dtype=object),
        enrolled=e["participantId"] != "",
        state=np.array([states[t] for t in e["enrollmentState"]], dtype=np.int8),
        needed=whole(e["successfulRatingNeededToEarnIn"], 5),
        changed_ms=whole(e["timestampOfLastStateChange"]),
        earned_out_ms=whole(e["timestampOfLastEarnOut"], 1),
        group=whole(e["modelingGroup"], NO_GROUP).astype(np.int16),
        times_earned_out=whole(e["numberOfTimesEarnedOut"], 0),
    )


def _ratings(table: Texts, notes: NoteTable, person: dict[str, int]) -> RatingTable:
    """Preprocessed (spec 3): one row a pair, with a level, on notes that are scored."""
    level = np.full(len(table["noteId"]), -1)
    level[table["helpful"] == "1"] = 2
    level[table["notHelpful"] == "1"] = 0
    for value, text in enumerate(("NOT_HELPFUL", "SOMEWHAT_HELPFUL", "HELPFUL")):
        level[table["helpfulnessLevel"] == text] = value
    tags = np.zeros(len(level), dtype=np.uint32)
    for place, tag in enumerate(TAGS):
        tags |= (table[tag] == "1").astype(np.uint32) << np.uint32(place)
    note = np.searchsorted(notes.id, whole(table["noteId"])).astype(np.int32)
    rater = np.array([person[name] for name in table["raterParticipantId"]], dtype=np.int32)
    kind, created_ms = notes.classification[note], notes.created_ms[note]
    keep = (level >= 0) & (
        (kind != Classification.NOT_MISLEADING) | (created_ms > NOT_MISLEADING_SINCE_MS)
    )
    order = np.lexsort((rater, note))
    order = order[keep[order]]
    same = (np.diff(note[order], prepend=-1) == 0) & (np.diff(rater[order], prepend=-1) == 0)
    return RatingTable(
        note=note,
        rater=rater,
        at_ms=whole(table["createdAtMillis"]),
        level=level.astype(np.int8),
        tags=tags,
        sampled=table["ratingSourceBucketed"] == "POPULATION_SAMPLED",
    ).take(order[~same])


def _topic(names: np.ndarray) -> np.ndarray:
    numbers = {name: topic for topic, name in TOPIC_NAMES.items()} | {"": -1}
    return np.array([numbers[t] for t in names], dtype=np.int8)


def _model(prefix: str, scored: Texts, extra: dict[str, np.ndarray]) -> ModelNotes:
    empty = np.full(len(scored["noteId"]), "", dtype=object)

    def column(name: str) -> np.ndarray:
        return real(scored.get(f"{prefix}{name}", empty)).astype(np.float32)

    tags = scored["activeFilterTags"] if prefix == "core" else empty
    return ModelNotes(
        scorer=prefix,
        intercept=column("NoteIntercept"),
        factor=column("NoteFactor1"),
        intercept_min=column("NoteInterceptMin"),
        intercept_max=column("NoteInterceptMax"),
        no_high_volume=column("NoteInterceptNoHighVol"),
        no_correlated=column("NoteInterceptNoCorrelated"),
        population_sampled=column("NoteInterceptPopulationSampled"),
        status=status(scored[f"{prefix}RatingStatus"]),
        active_rules=bits(scored.get(f"{prefix}ActiveRules", empty), RULE_NAMES),
        filter_tags=bits(tags, NOT_HELPFUL_TAGS).astype(np.uint16),
        n_final_round_ratings=column("NumFinalRoundRatings"),
        extra=extra,
    )


def _part(model: ModelNotes, rows: np.ndarray) -> ModelNotes:
    """One model of a family that the published files have coalesced."""

    def masked(name: str) -> np.ndarray:
        column = getattr(model, name)
        nothing = np.nan if column.dtype.kind == "f" else 0
        return np.where(rows, column, nothing).astype(column.dtype)

    names = (n for n in ModelNotes.__slots__ if n not in ("scorer", "extra"))
    return ModelNotes(scorer=model.scorer, extra={}, **{name: masked(name) for name in names})


PREFIXES = {
    "MFCoreScorer": "core",
    "MFCoreWithTopicsScorer": "coreWithTopics",
    "MFExpansionScorer": "expansion",
    "MFExpansionPlusScorer": "expansionPlus",
    "ReputationScorer": "coverage",
}


def _rater_voice(scorer: str, rows: Texts, oracle: MergeOracle) -> RaterVoice:
    ids = np.array([oracle.person[name] for name in rows["raterParticipantId"]], dtype=np.int32)
    order = np.argsort(ids)
    rows = {name: column[order] for name, column in rows.items()}
    nothing = np.full(len(ids), np.nan, dtype=np.float32)

    def single(name: str) -> np.ndarray:
        return real(rows[name]).astype(np.float32)

    raters = RaterOutput(
        id=ids[order],
        intercept=single("internalRaterIntercept"),
        factor=single("internalRaterFactor1"),
        first_intercept=single("internalFirstRoundRaterIntercept"),
        first_factor=single("internalFirstRoundRaterFactor1"),
        crh_crnh_ratio_difference=real(rows["crhCrnhRatioDifference"]),
        mean_note_score=real(rows["meanNoteScore"]),
        agree_ratio=real(rows["raterAgreeRatio"]),
        penalised_ratio=nothing.astype(np.float64),
        harassment_penalty=nothing.astype(np.float64),
        above_threshold=flag(rows["aboveHelpfulnessThreshold"]),
        incorrect_tag_ratings=nothing.astype(np.float64),
        tag_ratings=nothing.astype(np.float64),
        successful_helpful=nothing.astype(np.float64),
        successful_not_helpful=nothing.astype(np.float64),
        unsuccessful_helpful=nothing.astype(np.float64),
        unsuccessful_not_helpful=nothing.astype(np.float64),
        diligence_intercept=nothing,
        diligence_factor=nothing,
        diligence_reputation=nothing,
        diligence_intercept_round2=nothing,
        reputation=single("internalRaterReputation"),
    )
    name, _, number = scorer.partition("_")
    if name == "MFGroupScorer":
        return RaterVoice("group", raters, int(number), (int(number),))
    if name == "MFMultiGroupScorer":
        return RaterVoice("multiGroup", raters, int(number), MULTI_GROUPS)
    if name == "MFTopicScorer":
        by_name = {text: topic for topic, text in TOPIC_NAMES.items()}
        return RaterVoice("topic", raters, int(by_name.get(number, Topic.UNASSIGNED)))
    return RaterVoice(PREFIXES[scorer], raters)
