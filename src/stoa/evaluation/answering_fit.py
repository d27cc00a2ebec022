"""Learns the two models of `grounding.answering`, and what they say of held-out articles.

Folds are whole articles, the same in every language. Every figure and every row that the second
model learns from comes from a sentence model that never saw the question's article; the caution of
a fold is set from the other folds' held-out log-odds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.ask_records import AnsweringWeights
from stoa.evaluation.answering_episodes import PARAGRAPHS, Episode, episodes
from stoa.grounding.answer_confidence import (
    ANSWER_FEATURES,
    QUANTILES,
    Caution,
    Hinges,
    answer_features,
)
from stoa.grounding.answer_features import SENTENCE_FEATURES, sentence_features
from stoa.grounding.answering import shown_sentences
from stoa.grounding.logistic import Linear, fit_logistic
from stoa.grounding.question_match import Match, match

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

N_FOLDS = 5
_FOLD_SEED = 11  # which article is in which fold; chosen once
_SENTENCE_PENALTY, _ANSWER_PENALTY = 1.0, 60.0
_LAST_ARTICLE = 23  # XQuAD's half has 24: folds hang on all of them, not on those at hand
_NEVER = -30.0  # log-odds where nothing was found
_DIGITS = 6  # kept of every number, so that the file does not hang on the last bit of a sum


@dataclass(frozen=True, slots=True, kw_only=True)
class FitConfig:
    """How the models are learnt."""

    seeds: tuple[int, ...] = (0, 1, 2, 3)  # of the halves
    unanswerable_passed: float = 0.042  # at .5, of held-out ones; what is promised is .05
    confident_wrong: float = 0.008  # at .8, of held-out questions; what is promised is .02
    taken: str = PARAGRAPHS


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What is known of each question and its answer, aligned."""

    lang: NDArray[np.str_]
    number: Ints
    article: Ints
    seed: Ints
    is_answerable: Bools
    is_right: Bools  # answerable, and the answer shown holds it
    first_is_right: Bools  # the first sentence alone holds it
    top_is_right: Bools  # the beginning of the first source holds it: a baseline
    overlap_is_right: Bools  # the sentence that shares most words holds it: another
    features: Floats  # (n, ANSWER_FEATURES)
    has_answer: Bools  # anything was found to show

    @property
    def fold(self) -> Ints:
        """The fold of each row's article."""
        return fold_of(self.article)


def fold_of(article: Ints) -> Ints:
    """Which of `N_FOLDS` an article is in."""
    n_articles = max(int(article.max(initial=0)), _LAST_ARTICLE) + 1
    order = np.random.default_rng(_FOLD_SEED).permutation(n_articles)
    return (order % N_FOLDS)[article]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A question laid against its evidence, once for both models."""

    episode: Episode
    matched: Match
    features: Floats  # `sentence_features`; no rows where nothing can be compared


def prepared(found: Iterable[Episode]) -> Iterator[Prepared]:
    """Each question with its features."""
    for each in found:
        matched = match(each.question, each.evidence)
        is_empty = matched.n_sentences == 0 or len(matched.asked.words) == 0
        none = np.zeros((0, len(SENTENCE_FEATURES)))
        yield Prepared(each, matched, none if is_empty else sentence_features(matched))


# ------------------------------------------------------------------------------ the sentences


def sentence_models(found: Iterable[Prepared]) -> tuple[Linear, tuple[Linear, ...]]:
    """A sentence model of all articles, and one for each fold that did not see it."""
    kept = [(each, _is_gold(each.episode, each.matched)) for each in found if len(each.features)]
    kept = [(each, truth) for each, truth in kept if truth.any()]
    rows = np.concatenate([each.features for each, _ in kept])
    truth = np.concatenate([truth for _, truth in kept]).astype(np.float64)
    fold = fold_of(
        np.concatenate([np.full(len(truth), each.episode.article) for each, truth in kept])
    )

    def fitted(weight: Floats) -> Linear:
        return fit_logistic(rows, truth, weight, _SENTENCE_PENALTY)

    return fitted(np.ones(len(rows))), tuple(
        fitted((fold != each).astype(np.float64)) for each in range(N_FOLDS)
    )


def _is_gold(episode: Episode, matched: Match) -> Bools:
    """(sentences,) whether the answer begins there."""
    found: list[bool] = []
    for source, units in zip(episode.evidence.sources, matched.sources, strict=False):
        is_source = episode.gold is not None and source.id == episode.gold[0]
        begin = episode.gold[1] if episode.gold else -1
        found += [is_source and start <= begin < end for start, end in units.spans]
    return np.array(found, dtype=np.bool_)


# ------------------------------------------------------------------------------- the answers


def answer_rows(found: Iterable[Prepared], seed: int, models: Sequence[Linear]) -> Rows:
    """What each question's answer looks like to the sentence model that did not see its article."""
    made: list[tuple[Episode, _Told]] = []
    for each in found:
        fold = int(fold_of(np.array([each.episode.article]))[0])
        made.append((each.episode, _told(each, models[fold])))
    can = np.array([each.gold is not None for each, _ in made])

    def right(name: str) -> Bools:
        return can & np.array([getattr(told, name) for _, told in made])

    return Rows(
        lang=np.array([each.lang for each, _ in made]),
        number=np.array([each.number for each, _ in made], dtype=np.int64),
        article=np.array([each.article for each, _ in made], dtype=np.int64),
        seed=np.full(len(made), seed, dtype=np.int64),
        is_answerable=can,
        is_right=right("is_right"),
        first_is_right=right("first_is_right"),
        top_is_right=right("top_is_right"),
        overlap_is_right=right("overlap_is_right"),
        features=np.array([told.features for _, told in made]),
        has_answer=np.array([told.has_answer for _, told in made]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """One question's row."""

    features: Floats
    is_right: bool = False
    first_is_right: bool = False
    top_is_right: bool = False
    overlap_is_right: bool = False
    has_answer: bool = False


def _told(prepared: Prepared, model: Linear) -> _Told:
    episode, matched, features = prepared.episode, prepared.matched, prepared.features
    if not len(features):
        return _Told(np.zeros(len(ANSWER_FEATURES)))
    scores = model(features)
    shown = shown_sentences(matched, scores)
    texts = [text for units in matched.sources for text in units.texts]
    likest = int(np.argmax(features[:, SENTENCE_FEATURES.index("words")]))

    def is_in(text: str) -> bool:
        return holds(episode.answers, text, episode.lang)

    return _Told(
        features=answer_features(matched, features, scores, shown),
        is_right=is_in("\n".join(texts[at] for at in shown)),
        first_is_right=is_in(texts[shown[0]]),
        top_is_right=is_in(episode.evidence.sources[0].text),
        overlap_is_right=is_in(texts[likest]),
        has_answer=True,
    )


def holds(answers: Sequence[str], text: str, lang: str) -> bool:
    """Whether an answer's first 600 characters (160 in Chinese) hold a right answer."""
    shown = _plain(text[: 160 if lang in ("zh", "ja") else 600])
    return any(_plain(answer) in shown for answer in answers)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("\ufeff", "").split())


def joined(parts: Sequence[Rows]) -> Rows:
    """Rows of several halves as one."""
    names = Rows.__slots__
    return Rows(**{name: np.concatenate([getattr(each, name) for each in parts]) for name in names})


# ----------------------------------------------------------------------------- the confidence


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
    weight = np.ones(int(taken.sum()))
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


def caution_of(logits: Floats, rows: Rows, uses: Bools, config: FitConfig) -> Caution:
    """What keeps the two promises on the rows marked, whose log-odds are held out."""
    known = logits[uses]
    unanswerable = np.sort(known[~rows.is_answerable[uses]])[::-1]
    passed = int(config.unanswerable_passed * len(unanswerable))
    shift = float(unanswerable[passed])
    order = np.argsort(-known, kind="stable")
    wrong = np.cumsum(~rows.is_right[uses][order]) / len(known)
    within = np.flatnonzero(wrong <= config.confident_wrong)
    sure = float(known[order][within[-1]]) if len(within) else float(known.max()) + 1.0
    slope = float(np.log(0.8 / 0.2)) / max(sure - shift, 0.2)
    return Caution(shift, slope)


def held_out_confidence(
    rows: Rows, scores: Floats, config: FitConfig, uses: Bools | None = None
) -> Floats:
    """(rows,) confidence, the caution of each fold set by the others' rows in `uses`."""
    confidence = np.zeros(len(scores))
    allowed = np.ones(len(scores), dtype=np.bool_) if uses is None else uses
    for fold in range(N_FOLDS):
        caution = caution_of(scores, rows, (rows.fold != fold) & allowed, config)
        here = np.flatnonzero(rows.fold == fold)
        confidence[here] = [caution(float(scores[at])) for at in here]
    return confidence


# ------------------------------------------------------------------------------- all of it


def fit_answering(folder: Path, config: FitConfig | None = None) -> AnsweringWeights:
    """The weights that ship: learnt from every article and language, caution from held-out folds.

    Args:
        folder: `xquad`.
        config: the halves and the promises.
    """
    config = config or FitConfig()
    learnt = all_rows(folder, config)
    rows = learnt.rows
    every = np.ones(len(rows.lang), dtype=np.bool_)
    model = fit_answer_model(rows, every)
    caution = caution_of(held_out_logits(rows), rows, every, config)
    return as_weights(learnt.sentence, model, caution)


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
    del first
    for seed in config.seeds[1:]:
        parts.append(answer_rows(prepared(episodes(folder, seed, config.taken)), seed, by_fold))
    return AllRows(whole, by_fold, joined(parts))


def as_weights(sentence: Linear, model: AnswerModel, caution: Caution) -> AnsweringWeights:
    """The models as they are kept in a file."""
    knots = np.where(np.isinf(model.hinges.knots), 1e9, model.hinges.knots)
    arrays = {
        **_of_linear("sentence", sentence),
        **_of_linear("answer", model.linear),
        "answer_knots": _rounded(knots.ravel()),
        "caution": _rounded(np.array([caution.shift, caution.slope])),
    }
    columns = {"sentence": SENTENCE_FEATURES, "answer": ANSWER_FEATURES}
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
