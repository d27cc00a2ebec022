"""Learns the two models of `grounding.answering`, and what they say of held-out articles.

Every figure and every row that the second model learns from comes from a sentence model that never
saw the question's article; the caution of a fold is set from the other folds' held-out log-odds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.ask_records import AnsweringWeights
from stoa.evaluation.answering_cautions import Promises, cautions_of
from stoa.evaluation.answering_episodes import PARAGRAPHS, episodes
from stoa.evaluation.answering_rows import (
    N_FOLDS,
    Rows,
    answer_rows,
    joined,
    prepared,
    sentence_models,
)
from stoa.evaluation.answering_variants import narrowed, renamed
from stoa.grounding.answer_confidence import ANSWER_FEATURES, QUANTILES, Cautions, Hinges, guarded
from stoa.grounding.answer_features import SENTENCE_FEATURES
from stoa.grounding.logistic import Linear, fit_logistic

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_ANSWER_PENALTY = 300.0
_VARIANT = -2  # the seed of rows that are only learnt from
_VARIANT_WEIGHT = 0.5  # beside a question of XQuAD as it is
_NEVER = -30.0  # log-odds where nothing was found
_DIGITS = 6  # kept of every number, so that the file does not hang on the last bit of a sum


@dataclass(frozen=True, slots=True, kw_only=True)
class FitConfig:
    """How the models are learnt."""

    seeds: tuple[int, ...] = (0, 1)  # of the halves
    promises: Promises = field(default_factory=Promises)
    taken: str = PARAGRAPHS
    has_variants: bool = True  # harder questions of the first half, learnt from and not measured


@dataclass(frozen=True, slots=True, eq=False)
class AnswerModel:
    """Log-odds that an answer is right."""

    hinges: Hinges
    linear: Linear

    def logits(self, rows: Rows) -> Floats:
        """(rows,) very low where nothing was found."""
        return np.where(rows.has_answer, self.linear(self.hinges(rows.features)), _NEVER)


def fit_answer_model(rows: Rows, uses: Bools) -> AnswerModel:
    """The additive model of the rows that `uses` marks."""
    taken = uses & rows.has_answer
    features = rows.features[taken]
    hinges = Hinges(_knots(features))
    weight = np.where(rows.is_measured[taken], 1.0, _VARIANT_WEIGHT)
    truth = rows.is_right[taken].astype(np.float64)
    return AnswerModel(hinges, fit_logistic(hinges(features), truth, weight, _ANSWER_PENALTY))


def _knots(features: Floats) -> Floats:
    """Quantiles of each feature; infinite where it takes few values."""
    knots = np.quantile(features, QUANTILES, axis=0).T
    few = np.array([len(np.unique(column)) < 8 for column in features.T])
    return np.where(few[:, None], np.inf, knots)


def held_out_logits(rows: Rows, uses: Bools | None = None) -> Floats:
    """(rows,) log-odds of models that did not see the row's article, and only rows in `uses`."""
    logits = np.full(len(rows.lang), _NEVER)
    allowed = np.ones(len(rows.lang), dtype=np.bool_) if uses is None else uses
    for fold in range(N_FOLDS):
        model = fit_answer_model(rows, (rows.fold != fold) & allowed)
        here = rows.fold == fold
        logits[here] = model.logits(rows)[here]
    return logits


def held_out_confidence(
    rows: Rows, scores: Floats, config: FitConfig, uses: Bools | None = None
) -> Floats:
    """(rows,) confidence, the caution of each fold set by the others' rows in `uses`."""
    confidence = np.zeros(len(scores))
    allowed = rows.is_measured if uses is None else uses & rows.is_measured
    for fold in range(N_FOLDS):
        cautions = cautions_of(scores, rows, (rows.fold != fold) & allowed, config.promises)
        for at in np.flatnonzero(rows.fold == fold).tolist():
            lang = str(rows.lang[at])
            stated = cautions.of(lang)(float(scores[at]))
            confidence[at] = guarded(stated, rows.features[at], lang)
    return confidence


def fit_answering(folder: Path, config: FitConfig | None = None) -> AnsweringWeights:
    """The weights that ship: learnt from every article and language, caution from held-out folds.

    Args:
        folder: `xquad`.
        config: the halves and the promises.
    """
    config = config or FitConfig()
    learnt = all_rows(folder, config)
    rows = learnt.rows
    model = fit_answer_model(rows, np.ones(len(rows.lang), dtype=np.bool_))
    cautions = cautions_of(held_out_logits(rows), rows, rows.is_measured, config.promises)
    return as_weights(learnt.sentence, model, cautions)


@dataclass(frozen=True, slots=True, eq=False)
class AllRows:
    """The sentence models and every half's rows by the ones that did not see their articles."""

    sentence: Linear  # of all articles
    by_fold: tuple[Linear, ...]
    rows: Rows


def all_rows(folder: Path, config: FitConfig) -> AllRows:
    """Everything that the answer model learns from; the first half teaches the sentence models."""
    first = list(prepared(episodes(folder, config.seeds[0], config.taken)))
    whole, by_fold = sentence_models(first)
    parts = [answer_rows(first, config.seeds[0], by_fold)]
    asked = [each.episode for each in first]
    for variant in (narrowed, renamed) if config.has_variants else ():
        parts.append(answer_rows(prepared(variant(asked, config.seeds[0])), _VARIANT, by_fold))
    del first, asked
    for seed in config.seeds[1:]:
        parts.append(answer_rows(prepared(episodes(folder, seed, config.taken)), seed, by_fold))
    return AllRows(whole, by_fold, joined(parts))


def as_weights(sentence: Linear, model: AnswerModel, cautions: Cautions) -> AnsweringWeights:
    """The models as they are kept in a file."""
    knots = np.where(np.isinf(model.hinges.knots), 1e9, model.hinges.knots)
    languages = sorted(cautions.by_language)
    kept = [*(cautions.by_language[lang] for lang in languages), cautions.other]
    arrays = {
        **_of_linear("sentence", sentence),
        **_of_linear("answer", model.linear),
        "answer_knots": _rounded(knots.ravel()),
        "cautions": _rounded(np.array([[each.shift, each.slope] for each in kept]).ravel()),
    }
    columns = {
        "sentence": SENTENCE_FEATURES,
        "answer": ANSWER_FEATURES,
        "languages": tuple(languages),
    }
    return AnsweringWeights(columns, arrays)


def _of_linear(name: str, linear: Linear) -> dict[str, tuple[float, ...]]:
    return {
        f"{name}_means": _rounded(linear.means),
        f"{name}_scales": _rounded(linear.scales),
        f"{name}_weights": _rounded(linear.weights),
        f"{name}_intercept": _rounded(np.array([linear.intercept])),
    }


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(float(f"{value:.{_DIGITS}g}") for value in values.tolist())
