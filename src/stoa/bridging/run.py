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

from stoa.bridging.choice import EVERYTHING, Choice
from stoa.bridging.cliques import quasi_cliques
from stoa.bridging.coordination import Phase, drop_coordinated, has_enough_notes
from stoa.bridging.coverage import coverage_raters, prescore_coverage, score_coverage
from stoa.bridging.earlier import Earlier, Partial
from stoa.bridging.early_look import NoEarlyModel
from stoa.bridging.ensemble import COVERAGE, ENSEMBLE
from stoa.bridging.final_models import confidence, speaking_models
from stoa.bridging.final_passes import FinalModel, Flags
from stoa.bridging.final_record import Keeper, RunFacts
from stoa.bridging.final_scoring import score_final, score_some
from stoa.bridging.flip_model import NoFlipModel
from stoa.bridging.foreseeing import foresee, with_early_look, with_flips
from stoa.bridging.learned import Prescoring
from stoa.bridging.model_outputs import ModelNotes, Prescored
from stoa.bridging.post_selection import post_selection_values
from stoa.bridging.preprocessing import preprocess
from stoa.bridging.prescoring import prescore
from stoa.bridging.rescoring import subsets_of_full_run, union, which_to_rescore
from stoa.bridging.rules import RULE_NAMES
from stoa.bridging.run_result import Merge, RaterVoice, RunResult, Spoken
from stoa.bridging.scorers import ScorerConfig
from stoa.bridging.topics import assign_topics, train_topics
from stoa.bridging.verdicts import UNKNOWN, Verdicts, Voice, gather
from stoa.note_records import NotesData, RatingTable, RunTimes

Tell = Callable[[str], None]
"""Hears the name of each step that begins."""

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")


def prescore_all(
    data: NotesData,
    *,
    seed: int = 0,
    scorers: Sequence[ScorerConfig] = ENSEMBLE,
    choice: Choice = EVERYTHING,
    n_threads: int = 1,
    tell: Tell | None = None,
) -> Prescoring:
    """The first phase, on all ratings of a snapshot.

    Args:
        data: the files as read.
        seed: of the split that the flip model is trained on; nothing else is drawn.
        scorers: the models there are.
        choice: which of them take part; the predictors learn from the raters of these.
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

    fits = _mapped(fit_one, choice.fitted(scorers), n_threads)
    models = tuple(made for made in fits if made is not None)
    said(COVERAGE.name)
    coverage = prescore_coverage(data, heard, topic) if choice.hears(COVERAGE.name) else None
    made = Prescoring(
        post_selection, clique, topics, models, coverage, NoFlipModel(""), NoEarlyModel("")
    )
    said("flips")
    made = with_flips(made, data, heard, seed)
    said("early look")
    return with_early_look(made, data, heard, topic, seed)


def score_all(
    data: NotesData,
    made: Prescoring,
    times: RunTimes,
    *,
    scorers: Sequence[ScorerConfig] = ENSEMBLE,
    choice: Choice = EVERYTHING,
    flips_are_checked: bool = False,
    n_threads: int = 1,
    tell: Tell | None = None,
    keeper: Keeper | None = None,
    earlier: Earlier | None = None,
) -> RunResult:
    """The second phase: what every model says now, and one status a note.

    With the outputs of a run before only those notes are scored that must be (spec 17.4), and
    those that no run has scored; all others pass through.

    Args:
        data: the files as read; may be newer than those of prescoring if the contributors are
            the same rows.
        made: by `prescore_all`.
        times: the instants of the run.
        scorers: the models there are.
        choice: which of them are heard, and whose rules decide; that of prescoring.
        flips_are_checked: refuse a run in which too many notes flip (spec 17.2).
        n_threads: models scored at the same time; the same bits for any number.
        tell: hears what begins.
        keeper: keeps what later questions about one note need; hears no model where only some
            notes are scored.
        earlier: the outputs of the run before.

    Raises:
        TooManyFlips: with `flips_are_checked`.
        BadTable: the outputs of the run before hold something else than numbers.
    """
    said = tell or _nothing
    said("preprocessing")
    given = _given(data, made)
    if keeper is not None:
        enough = has_enough_notes(data.notes)
        keeper.facts(RunFacts(given.flags.high_volume, given.topic, enough))
    models = [m for m in _final_models(given.data, made, scorers) if choice.hears(m.config.name)]
    merge = replace(
        _merge(data, times, earlier), scorers=choice.scorers, flips_are_checked=flips_are_checked
    )

    def score_one(model: FinalModel) -> ModelNotes | None:
        said(model.config.name)
        asked = (model, given.data, given.heard, given.topic, given.flags)
        if merge.partial is not None:
            return score_some(*asked, merge.partial.scored)
        return score_final(*asked, None if keeper is None else keeper.model)

    words = _mapped(score_one, models, n_threads)
    verdicts = _side_by_side(list(zip(models, words, strict=True)), made, given, said)
    said("merging")
    heard = [c for c in scorers if choice.hears(c.name)]
    return merge.run(given.data, _spoken(given, made, verdicts, heard, times), times)


def _spoken(
    given: _Given,
    made: Prescoring,
    verdicts: Verdicts,
    heard: Sequence[ScorerConfig],
    times: RunTimes,
) -> Spoken:
    """All that the models say of notes and raters, for the merge."""
    return Spoken(
        ratings=given.heard,
        verdicts=verdicts,
        raters=_rater_voices(made, heard),
        foresight=foresee(given.data, given.heard, made, given.topic, times),
        clustered=(made.post_selection > 0) | (made.clique > 0),
        rule_names=RULE_NAMES,
    )


def _merge(data: NotesData, times: RunTimes, earlier: Earlier | None) -> Merge:
    """How the models become one run: all notes, or those that must be scored again."""
    asked = (data.notes, data.history, data.ratings, times)
    if earlier is None:
        return Merge(subsets=subsets_of_full_run(*asked))
    subsets = which_to_rescore(*asked)
    # A note that no run has scored has no rows that could pass through.
    new = ~(earlier.knows(data.notes) & data.history.known)
    partial = Partial(union(subsets, len(data.notes)) | new, earlier)
    return Merge(subsets=subsets, partial=partial)


@dataclass(frozen=True, slots=True)
class _Given:
    """What all models of the second phase are given."""

    data: NotesData  # with the ratings that count
    heard: RatingTable  # of these, what is left when coordinated raters count as one
    flags: Flags
    topic: NDArray[np.int8]  # (n_notes,)


def _given(data: NotesData, made: Prescoring) -> _Given:
    before = preprocess(data)
    data = replace(data, ratings=before.ratings)
    found = drop_coordinated(
        data.notes, data.ratings, made.post_selection, made.clique, Phase.FINAL
    )
    heard = data.ratings.take(found.kept)
    flags = Flags(before.high_volume, found.correlated)
    return _Given(data, heard, flags, assign_topics(made.topics, data.notes))


def _side_by_side(
    words: Sequence[tuple[FinalModel, ModelNotes | None]],
    made: Prescoring,
    given: _Given,
    said: Tell,
) -> Verdicts:
    """Every model that speaks, and the coverage model."""
    n_notes = len(given.data.notes)
    voices: list[Voice] = []
    confident = np.full(n_notes, UNKNOWN, dtype=np.int8)
    for model, notes in words:
        if notes is not None:
            voices.append(Voice(model.config.prefix, notes, model.number))
            confident = np.maximum(confident, confidence(model, given.heard, notes))
    if made.coverage is not None:
        said(COVERAGE.name)
        covered = score_coverage(made.coverage, given.data, given.heard, given.topic)
        voices += [Voice("coverage", covered)] if covered is not None else []
    return gather(voices, n_notes, confident)


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
