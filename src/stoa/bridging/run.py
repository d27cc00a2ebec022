"""A whole run: all models in two phases, then one status a note (spec 1).

Prescoring learns who rates how; final scoring holds that fixed and speaks of every note. What is
handed from one to the other is `Prescoring`, which a caller may keep on disk between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.cliques import quasi_cliques
from stoa.bridging.coordination import FEWEST_NOTES, Phase, drop_coordinated, has_enough_notes
from stoa.bridging.coverage import Coverage, coverage_raters, prescore_coverage, score_coverage
from stoa.bridging.early_features import EarlySources, without_factors
from stoa.bridging.early_look import NoEarlyModel, fit_early_look, look_early
from stoa.bridging.ensemble import COVERAGE, ENSEMBLE
from stoa.bridging.final_models import confidence, speaking_models
from stoa.bridging.final_record import Keeper, RunFacts
from stoa.bridging.final_scoring import FinalModel, Flags, score_final
from stoa.bridging.flip_features import FlipSources
from stoa.bridging.flip_model import (
    FlipModel,
    NoFlipModel,
    core_first,
    fit_flips,
    predict_flips,
)
from stoa.bridging.flip_rows import asking_notes
from stoa.bridging.learners import Trees
from stoa.bridging.model_outputs import ModelNotes, Prescored, spread
from stoa.bridging.post_selection import post_selection_values
from stoa.bridging.preprocessing import preprocess
from stoa.bridging.prescoring import prescore
from stoa.bridging.rescoring import subsets_of_full_run
from stoa.bridging.rules import RULE_NAMES
from stoa.bridging.run_result import Foresight, Merge, PcrhColumns, RaterVoice, RunResult, Spoken
from stoa.bridging.scorers import CORE_GROUPS, TOPIC_NAMES, ScorerConfig, Topic
from stoa.bridging.topics import TopicModel, assign_topics, train_topics
from stoa.bridging.verdicts import UNKNOWN, Voice, gather
from stoa.note_records import NotesData, RatingTable, RunTimes

Tell = Callable[[str], None]
"""Hears the name of each step that begins."""

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Prescoring:
    """What the first phase hands to the second."""

    post_selection: NDArray[np.int32]  # (n_raters,), 0 for none (spec 4.1)
    clique: NDArray[np.int32]  # (n_raters,), 0 for none (spec 4.2)
    topics: TopicModel
    models: tuple[Prescored, ...]
    coverage: Coverage | None
    flips: FlipModel | NoFlipModel
    early: Trees | NoEarlyModel

    def of(self, scorer: str) -> Prescored | None:
        """One model's prescoring, or None where it had nothing to say."""
        return next((model for model in self.models if model.scorer == scorer), None)


def prescore_all(
    data: NotesData,
    *,
    seed: int = 0,
    scorers: Sequence[ScorerConfig] = ENSEMBLE,
    n_threads: int = 1,
    tell: Tell | None = None,
) -> Prescoring:
    """The first phase, on all ratings of a snapshot.

    Args:
        data: the files as read.
        seed: of the split that the flip model is trained on; nothing else is drawn.
        scorers: the models to fit.
        n_threads: models fitted at the same time; the same bits for any number.
        tell: hears what begins.

    Raises:
        PoorFit: a model explains too little of many ratings.
        TopicsUnclear: the topic classifier does not find what the seed terms name.
    """
    said = tell or _nothing
    said("preprocessing")
    data = replace(data, ratings=preprocess(data).ratings)
    n_raters = len(data.contributors)
    said("coordinated raters")
    post_selection = post_selection_values(data.notes, data.ratings, n_raters)
    clique = quasi_cliques(data.notes, data.ratings, n_raters).value
    kept = drop_coordinated(data.notes, data.ratings, post_selection, clique, Phase.PRESCORING).kept
    heard = data.ratings.take(kept)
    said("topics")
    topics = train_topics(data.notes)
    topic = assign_topics(topics, data.notes)

    def fit_one(config: ScorerConfig) -> Prescored | None:
        said(config.name)
        return prescore(config, data, heard, topic)

    models = tuple(m for m in _mapped(fit_one, scorers, n_threads) if m is not None)
    said(COVERAGE.name)
    coverage = prescore_coverage(data, heard, topic)
    made = Prescoring(
        post_selection, clique, topics, models, coverage, NoFlipModel(""), NoEarlyModel("")
    )
    said("flips")
    made = replace(made, flips=fit_flips(_flip_sources(data, heard, made), seed))
    said("early look")
    early = fit_early_look(_early_sources(data, heard, made, topic), seed)
    return replace(made, early=early)


def score_all(
    data: NotesData,
    made: Prescoring,
    times: RunTimes,
    *,
    scorers: Sequence[ScorerConfig] = ENSEMBLE,
    flips_are_checked: bool = False,
    n_threads: int = 1,
    tell: Tell | None = None,
    keeper: Keeper | None = None,
) -> RunResult:
    """The second phase: what every model says now, and one status a note.

    Args:
        data: the files as read; may be newer than those of prescoring if the contributors are
            the same rows.
        made: by `prescore_all`.
        times: the instants of the run.
        scorers: the models to hear.
        flips_are_checked: refuse a run in which too many notes flip (spec 17.2).
        n_threads: models scored at the same time; the same bits for any number.
        tell: hears what begins.
        keeper: keeps what later questions about one note need.

    Raises:
        TooManyFlips: with `flips_are_checked`.
    """
    said = tell or _nothing
    said("preprocessing")
    before = preprocess(data)
    data = replace(data, ratings=before.ratings)
    found = drop_coordinated(
        data.notes, data.ratings, made.post_selection, made.clique, Phase.FINAL
    )
    heard = data.ratings.take(found.kept)
    flags = Flags(before.high_volume, found.correlated)
    topic = assign_topics(made.topics, data.notes)

    if keeper is not None:
        keeper.facts(RunFacts(before.high_volume, topic, has_enough_notes(data.notes)))

    def score_one(model: FinalModel) -> ModelNotes | None:
        said(model.config.name)
        keep = None if keeper is None else keeper.model
        return score_final(model, data, heard, topic, flags, keep)

    models = list(_final_models(data, made, scorers))
    voices: list[Voice] = []
    confident = np.full(len(data.notes), UNKNOWN, dtype=np.int8)
    for model, notes in zip(models, _mapped(score_one, models, n_threads), strict=True):
        if notes is not None:
            voices.append(Voice(model.config.prefix, notes, model.number))
            confident = np.maximum(confident, confidence(model, heard, notes))
    if made.coverage is not None:
        said(COVERAGE.name)
        covered = score_coverage(made.coverage, data, heard, topic)
        voices += [Voice("coverage", covered)] if covered is not None else []
    said("merging")
    spoken = Spoken(
        ratings=heard,
        verdicts=gather(voices, len(data.notes), confident),
        raters=_rater_voices(made, scorers),
        foresight=_foresee(data, heard, made, topic, times),
        clustered=(made.post_selection > 0) | (made.clique > 0),
        rule_names=RULE_NAMES,
    )
    subsets = subsets_of_full_run(data.notes, data.history, data.ratings, times)
    merge = Merge(subsets=subsets, flips_are_checked=flips_are_checked)
    return merge.run(data, spoken, times)


def _nothing(step: str) -> None:
    del step


def _mapped(
    make: Callable[[_Item], _Found], items: Iterable[_Item], n_threads: int
) -> list[_Found]:
    """Results in the order of the items, some made at the same time."""
    if n_threads == 1:
        return [make(item) for item in items]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(make, items))


def _final_models(
    data: NotesData, made: Prescoring, scorers: Sequence[ScorerConfig]
) -> Iterator[FinalModel]:
    """The models with a prescoring."""
    for config, borrows, gaussian in speaking_models(scorers):
        prescored = made.of(borrows)
        if prescored is not None:
            n_notes, n_raters = len(data.notes), len(data.contributors)
            yield FinalModel(config, prescored, n_notes, n_raters, gaussian)


def _rater_voices(made: Prescoring, scorers: Sequence[ScorerConfig]) -> tuple[RaterVoice, ...]:
    voices: list[RaterVoice] = []
    for config in scorers:
        prescored = made.of(config.name)
        if prescored is not None:
            voices.append(
                RaterVoice(config.prefix, prescored.raters, config.group, config.scope.groups)
            )
    if made.coverage is not None:
        voices.append(RaterVoice("coverage", coverage_raters(made.coverage)))
    return tuple(voices)


def _flip_sources(data: NotesData, heard: RatingTable, made: Prescoring) -> FlipSources:
    whose = core_first(
        _factor(data, made, "MFCoreScorer"),
        _factor(data, made, "MFExpansionScorer"),
        _factor(data, made, "MFExpansionPlusScorer"),
    )
    return FlipSources(data.notes, data.history, heard, whose)


def _early_sources(
    data: NotesData, ratings: RatingTable, made: Prescoring, topic: NDArray[np.int8]
) -> EarlySources:
    topics = [_factor(data, made, f"MFTopicScorer_{TOPIC_NAMES[t]}") for t in Topic]
    sources = EarlySources(
        notes=data.notes,
        history=data.history,
        ratings=ratings,
        in_core=np.isin(data.contributors.group, sorted(CORE_GROUPS)),
        final_factor=_factor(data, made, "MFCoreScorer"),
        first_factor=_factor(data, made, "MFCoreScorer", "first_factor"),
        topic=topic,
        topic_factor=np.stack(topics),
    )
    # As the published scorer does when its models run one after the other.
    return without_factors(sources)


def _factor(
    data: NotesData, made: Prescoring, scorer: str, column: str = "factor"
) -> NDArray[np.float32]:
    """(n_raters,) a model's rater factors; NaN throughout for a model without prescoring."""
    n_raters = len(data.contributors)
    model = made.of(scorer)
    if model is None:
        return np.full(n_raters, np.nan, dtype=np.float32)
    return spread(getattr(model.raters, column), model.raters.id, n_raters)


def _foresee(
    data: NotesData,
    heard: RatingTable,
    made: Prescoring,
    topic: NDArray[np.int8],
    times: RunTimes,
) -> Foresight:
    """What the two predictors say (spec 14, 15); the second hears coordinated raters too."""
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
