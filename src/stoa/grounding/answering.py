"""The sentences that answer a question, best first, and how sure one may be of them.

Two small models, learnt once for all languages (`evaluation.answering_fit`): one scores sentences,
one says how likely the answer made of the best is right. No word of any text is kept in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.ask_records import AnsweringWeights, EvidenceSet, Span
from stoa.errors import BadModel
from stoa.grounding.answer_confidence import (
    ANSWER_FEATURES,
    QUANTILES,
    Caution,
    Cautions,
    Hinges,
    answer_features,
    guarded,
)
from stoa.grounding.answer_features import SENTENCE_FEATURES, sentence_features
from stoa.grounding.logistic import Linear
from stoa.grounding.question_kinds import QuestionKind
from stoa.grounding.question_match import Match, match

Floats = NDArray[np.float64]

MOST_SHOWN = 4
_ROOM, _ROOM_WIDE = 600, 160  # characters; an answer is read, not searched
_FRAME, _FRAME_WIDE = 12, 6  # quotation marks, the number of the source
_WIDE = frozenset({"zh", "ja"})
_LEAST_SCORE_OF_NEXT = -6.0  # log-odds; a further sentence below this is not worth its room
_MEND = "install Stoa again, or train it anew with benchmarks/train_answering.py"


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """What was found. The spans fit in 600 characters together, 160 in Chinese and Japanese."""

    spans: tuple[Span, ...]  # best first; empty where no source says anything
    confidence: float  # that they hold the answer; under .5 counts as unanswered
    scores: tuple[float, ...] = ()  # the sentence model's log-odds, aligned with `spans`


@dataclass(frozen=True, slots=True, eq=False)
class AnsweringModel:
    """The two models, ready to use."""

    sentence: Linear
    hinges: Hinges
    answer: Linear
    cautions: Cautions

    @classmethod
    def of(cls, weights: AnsweringWeights) -> AnsweringModel:
        """The models that a file's numbers stand for.

        Raises:
            BadModel: they are for other features than this version has.
        """
        if weights.columns.get("sentence") != SENTENCE_FEATURES:
            raise BadModel("answering", "trained for other sentence features", _MEND)
        if weights.columns.get("answer") != ANSWER_FEATURES:
            raise BadModel("answering", "trained for other answer features", _MEND)
        arrays = {name: np.array(row, dtype=np.float64) for name, row in weights.arrays.items()}
        try:
            knots = arrays["answer_knots"].reshape(len(ANSWER_FEATURES), len(QUANTILES))
            return cls(
                _linear(arrays, "sentence", len(SENTENCE_FEATURES)),
                Hinges(np.where(np.abs(knots) > 1e8, np.inf, knots)),
                _linear(arrays, "answer", len(ANSWER_FEATURES) * (1 + len(QUANTILES))),
                _cautions(weights.columns["languages"], arrays),
            )
        except (KeyError, ValueError) as problem:
            raise BadModel("answering", f"numbers are missing ({problem})", _MEND) from problem


def _linear(arrays: dict[str, Floats], name: str, width: int) -> Linear:
    means, scales, weights = (arrays[f"{name}_{part}"] for part in ("means", "scales", "weights"))
    if not len(means) == len(scales) == len(weights) == width:
        raise ValueError(f"{name} has not {width} columns")
    return Linear(means, scales, weights, float(arrays[f"{name}_intercept"][0]))


def _cautions(languages: tuple[str, ...], arrays: dict[str, Floats]) -> Cautions:
    """Shift and slope of each language in turn, and of the others at the end."""
    rows = arrays["cautions"].reshape(len(languages) + 1, 2).tolist()
    each = [Caution(shift, slope) for shift, slope in rows]
    return Cautions(each[-1], dict(zip(languages, each[:-1], strict=True)))


def find_answer(question: str, evidence: EvidenceSet, weights: AnsweringModel) -> FoundAnswer:
    """The answering sentences of the evidence and the confidence in them.

    Args:
        question: in any language; the sources may be in others.
        evidence: best first.
        weights: `AnsweringModel.of(...)`, made once.
    """
    matched = match(question, evidence)
    if matched.n_sentences == 0 or len(matched.asked.words) == 0:
        return FoundAnswer((), 0.0)
    features = sentence_features(matched)
    scores = weights.sentence(features)
    shown = shown_sentences(matched, scores)
    if not _says_anything(matched, shown):
        return FoundAnswer((), 0.0)
    known = answer_features(matched, features, scores, shown)
    logit = float(weights.answer(weights.hinges(known[None, :]))[0])
    lang = matched.asked.lang
    return FoundAnswer(
        tuple(_span(matched, evidence, each) for each in shown),
        guarded(weights.cautions.of(lang)(logit), known, lang),
        tuple(float(scores[each]) for each in shown),
    )


def shown_sentences(matched: Match, scores: Floats) -> list[int]:
    """The sentences that make up the answer: the best, and the next best that still fit.

    Questions to the square at large get the most on-topic sentence of each source first.
    """
    is_wide = matched.asked.lang in _WIDE
    room, frame = (_ROOM_WIDE, _FRAME_WIDE) if is_wide else (_ROOM, _FRAME)
    lengths = [len(text) for each in matched.sources for text in each.texts]
    order: list[int] = np.argsort(-scores, kind="stable").tolist()
    if matched.kind is QuestionKind.ABOUT:
        order = _one_of_each_source(matched, order)
    shown: list[int] = []
    said: set[str] = set()
    texts = [text for each in matched.sources for text in each.texts]
    for each in order[: 3 * MOST_SHOWN]:
        fits = not shown or lengths[each] + frame <= room
        is_worth = not shown or scores[each] >= _LEAST_SCORE_OF_NEXT
        if fits and is_worth and texts[each] not in said:
            shown.append(each)
            said.add(texts[each])
            room -= lengths[each] + frame
        if len(shown) == MOST_SHOWN:
            break
    return shown


def _one_of_each_source(matched: Match, order: list[int]) -> list[int]:
    first: dict[int, int] = {}
    for each in order:
        first.setdefault(int(matched.source[each]), each)
    chosen = list(first.values())
    return [*chosen, *(each for each in order if each not in set(chosen))]


def _says_anything(matched: Match, shown: list[int]) -> bool:
    """Whether the sentences, or those beside them, hold any of the question's content."""
    content = ~matched.asked.is_common
    if not content.any():
        return bool(matched.near[:, shown].any())
    runs = matched.runs[1][:, shown].any() if len(matched.runs[1]) else False
    return bool(matched.near[content][:, shown].any() or runs)


def _span(matched: Match, evidence: EvidenceSet, sentence: int) -> Span:
    source = int(matched.source[sentence])
    start, end = matched.sources[source].spans[sentence - int(matched.first[source])]
    return Span.of(evidence.sources[source], start, end)
