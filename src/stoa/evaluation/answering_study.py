"""How often the sentence that answers is found, and how often its absence is noticed, on XQuAD.

Half of the documents are taken away, so half of the questions cannot be answered. Every figure is
of articles that no weight and no threshold was learnt from. See `docs/explanation/answering.md`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.answering_episodes import ARTICLES, episodes
from stoa.evaluation.answering_fit import (
    AllRows,
    FitConfig,
    all_rows,
    held_out_confidence,
    held_out_logits,
)
from stoa.evaluation.answering_rows import Rows, answer_rows, joined, prepared
from stoa.grounding.answer_confidence import ANSWER_FEATURES
from stoa.measure import Interval
from stoa.measure.resampling import ratio_intervals, viewer_sums

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ANSWERED, SURE = 0.5, 0.8
ALL = "all"
_OTHER_HALF = -1  # the seed that marks the rows with whole articles taken away


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares with 95 % intervals over articles. "Right": the text shown holds the gold answer."""

    n_questions: int
    right_of_answerable: Interval  # answered and right, of those that can be answered
    right_of_answered: Interval  # of the answerable ones that were answered
    right_of_all: Interval  # answered and right, or rightly declined, of all
    unanswerable_recognised: Interval
    sure_of_answerable: Interval  # confidence of .8 or more, of those that can be answered
    sure_and_wrong_of_all: Interval  # of all questions
    sure_and_wrong_of_sure: Interval  # of the answers at .8 or more


@dataclass(frozen=True, slots=True)
class AnsweringStudy:
    """Everything that the command prints."""

    by_language: dict[str, Figures]
    by_seed: dict[int, Figures]
    language_left_out: dict[str, Figures]
    articles_taken: Figures | None
    baselines: dict[str, Figures]
    shown_holds_answer: dict[str, float]  # of answerable questions, answered or not
    first_holds_answer: dict[str, float]
    confidence: tuple[tuple[float, float, int], ...]  # stated, right, how many; by tenths
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyConfig:
    """How much is measured."""

    fit: FitConfig = field(default_factory=FitConfig)
    leaves_languages_out: bool = True
    takes_articles: bool = True


def study_answering(
    folder: Path, config: StudyConfig, seed: int, say: Callable[[str], None]
) -> AnsweringStudy:
    """Runs all of it.

    Args:
        folder: `xquad`.
        config: seeds of the halves, promises, and what is left out.
        seed: of the bootstraps.
        say: hears what is done next.

    Raises:
        BadTable: a file is missing or of another shape.
    """
    started = time.process_time()
    say("questions")
    learnt = all_rows(folder, config.fit)
    rows = learnt.rows
    seeds = config.fit.seeds
    logits = held_out_logits(rows)
    confidence = held_out_confidence(rows, logits, config.fit)
    languages = sorted(set(rows.lang.tolist()))
    every = rows.is_measured
    left_out: dict[str, Figures] = {}
    if config.leaves_languages_out and len(languages) > 1:
        for lang in languages:
            say(f"without {lang}")
            left_out[lang] = _without(rows, lang, config.fit, seed)
    taken = None
    if config.takes_articles:
        say("articles taken")
        taken = _articles_taken(folder, learnt, config.fit, seed)
    return AnsweringStudy(
        by_language={
            **{
                lang: figures(rows, confidence, every & (rows.lang == lang), seed)
                for lang in languages
            },
            ALL: figures(rows, confidence, every, seed),
        },
        by_seed={each: figures(rows, confidence, rows.seed == each, seed) for each in seeds},
        language_left_out=left_out,
        articles_taken=taken,
        baselines=_baselines(rows, config.fit, seed),
        shown_holds_answer=_means(rows, rows.is_right, languages),
        first_holds_answer=_means(rows, rows.first_is_right, languages),
        confidence=_by_tenths(rows, confidence),
        cpu_s=time.process_time() - started,
    )


def figures(rows: Rows, confidence: Floats, uses: Bools, seed: int) -> Figures:
    """The figures of the rows that `uses` marks; rows of an article are drawn together."""
    answered, sure = confidence >= ANSWERED, confidence >= SURE
    can, right = rows.is_answerable, rows.is_right
    columns = (
        can & answered & right,  # 0
        can,  # 1
        can & answered,  # 2
        (can & answered & right) | (~can & ~answered),  # 3
        np.ones(len(can), dtype=np.bool_),  # 4
        ~can & ~answered,  # 5
        ~can,  # 6
        can & sure,  # 7
        sure & ~right,  # 8
        sure,  # 9
    )
    table = np.stack([column[uses].astype(np.float64) for column in columns], axis=1)
    sums = viewer_sums(table, rows.article[uses], seed=seed)
    names = {
        "right_of_answerable": (0, 1),
        "right_of_answered": (0, 2),
        "right_of_all": (3, 4),
        "unanswerable_recognised": (5, 6),
        "sure_of_answerable": (7, 1),
        "sure_and_wrong_of_all": (8, 4),
        "sure_and_wrong_of_sure": (8, 9),
    }
    found: dict[str, Interval] = {}
    for name, ratio in names.items():
        if table[:, ratio[1]].sum() == 0:
            found[name] = Interval(float("nan"), float("nan"), float("nan"))
        elif table[:, ratio[0]].sum() in (0.0, table[:, ratio[1]].sum()):
            share = float(table[:, ratio[0]].sum() > 0)
            found[name] = Interval(share, share, share)
        else:
            found |= ratio_intervals(sums, {name: ratio}, seed=seed)
    return Figures(n_questions=int(uses.sum()), **found)


def _without(rows: Rows, lang: str, fit: FitConfig, seed: int) -> Figures:
    """A language that the answer model and its caution were not learnt from."""
    others = rows.lang != lang
    logits = held_out_logits(rows, others)
    confidence = held_out_confidence(rows, logits, fit, others)
    return figures(rows, confidence, rows.is_measured & ~others, seed)


def _articles_taken(folder: Path, learnt: AllRows, fit: FitConfig, seed: int) -> Figures:
    """Whole articles taken away, with what was learnt where paragraphs were."""
    asked = prepared(episodes(folder, fit.seeds[0], ARTICLES))
    both = joined([learnt.rows, answer_rows(asked, _OTHER_HALF, learnt.by_fold)])
    taught = both.seed != _OTHER_HALF
    confidence = held_out_confidence(both, held_out_logits(both, taught), fit, taught)
    return figures(both, confidence, ~taught, seed)


def _baselines(rows: Rows, fit: FitConfig, seed: int) -> dict[str, Figures]:
    """What one gets for little, each at the thresholds that the promises give it."""
    every = rows.is_measured
    overlap = rows.features[:, ANSWER_FEATURES.index("best_words")]
    top = replace(rows, is_right=rows.top_is_right)
    likest = replace(rows, is_right=rows.overlap_is_right)
    always = rows.has_answer.astype(np.float64)
    made = {
        "never answers": (rows, np.zeros(len(overlap))),
        "the first source's beginning, always": (top, always),
        "the sentence with most shared words, always": (likest, always),
        "that sentence, by its share of words": (likest, _confidence(likest, overlap, fit)),
    }
    return {
        name: figures(answered, confidence, every, seed)
        for name, (answered, confidence) in made.items()
    }


def _confidence(rows: Rows, score: Floats, fit: FitConfig) -> Floats:
    """A score as confidence. Equal scores at the threshold are not passed."""
    return np.where(score > 0, held_out_confidence(rows, score - 1e-9, fit), 0.0)


def _means(rows: Rows, truth: Bools, languages: list[str]) -> dict[str, float]:
    can = rows.is_answerable & rows.is_measured
    return {lang: float(truth[can & (rows.lang == lang)].mean()) for lang in languages}


def _by_tenths(rows: Rows, confidence: Floats) -> tuple[tuple[float, float, int], ...]:
    """Stated confidence against how often the answer was right, by tenths of confidence."""
    tenth = np.minimum((confidence * 10).astype(np.int64), 9)
    return tuple(
        (float(confidence[here].mean()), float(rows.is_right[here].mean()), int(here.sum()))
        for here in (rows.is_measured & (tenth == each) for each in range(10))
        if here.any()
    )
