"""Rows to learn from: what each question's answer looks like to a model that never saw its article.

Folds are whole articles, the same in every language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.answering_episodes import Episode
from stoa.grounding.answer_confidence import ANSWER_FEATURES, answer_features
from stoa.grounding.answer_features import SENTENCE_FEATURES, sentence_features
from stoa.grounding.answering import shown_sentences
from stoa.grounding.logistic import Linear, fit_logistic
from stoa.grounding.question_match import Match, match

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

N_FOLDS = 5
_FOLD_SEED = 11  # which article is in which fold; chosen once
_LAST_ARTICLE = 23  # XQuAD's half has 24: folds hang on all of them, not on those at hand
_SENTENCE_PENALTY = 1.0


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
    def is_measured(self) -> Bools:
        """Rows of XQuAD as it is, not of the variants that are only learnt from."""
        return self.seed >= 0

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
