"""How sure one may be that an answer is right, or that there is one at all.

An additive logistic model: each feature enters by itself and by its parts above three quantiles
("hinges"), so that its effect may bend; the same coefficients for every language. Its log-odds are
then moved and squeezed so that .5 and .8 keep what they promise (`Caution`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.answer_features import SENTENCE_FEATURES, lead, share
from stoa.grounding.answer_words import WORD_COUNTS, word_counts
from stoa.grounding.question_kinds import QuestionKind
from stoa.grounding.question_match import Match

Floats = NDArray[np.float64]

ANSWER_FEATURES = (
    *(f"best_{name}" for name in SENTENCE_FEATURES),
    "score",  # of the best sentence, in the sentence model's log-odds
    "lead_source",  # before the best sentence of any other source
    "lead_sentence",  # before the next sentence
    "lost",  # share of the question's weight that no source says
    "n_content",
    "weight_sum",
    "weight_most",
    "weight_mean",
    "shown",  # share of the question's weight said in the sentences shown
    "shown_words",
    "missing_1",  # the most telling units missing near the best sentence
    "missing_2",
    "missing_3",
    "missing_sum",
    "missing_n",
    "said_lead",  # coverage near it before that in any other source
    "held_lead",  # coverage in its source before that of any other source
    "n_sources",
    "kind_number",
    "kind_time",
    "kind_person",
    "kind_thing",
    "word_length",  # of the question's content units, in letters
    "letters_a_word",  # of the whole question, for each content unit
    "share_common",
    "has_capitals",  # the sources' script tells names apart
    *WORD_COUNTS,
)
"""Names of the columns of `answer_features`. The four before the counts tell how one writes."""

QUANTILES = (0.25, 0.5, 0.75)
_KINDS = (QuestionKind.NUMBER, QuestionKind.TIME, QuestionKind.PERSON, QuestionKind.THING)
_NOTHING = 3.0  # the lead over nobody


@dataclass(frozen=True, slots=True, eq=False)
class Hinges:
    """Where each feature's effect may bend: (features, len(QUANTILES)), inf where it may not."""

    knots: Floats

    def __call__(self, rows: Floats) -> Floats:
        """Features and their parts above the knots: (n, features * (1 + len(QUANTILES)))."""
        above = [np.maximum(rows - knot, 0.0) for knot in self.knots.T]
        return np.concatenate([rows, *above], axis=1)


@dataclass(frozen=True, slots=True)
class Caution:
    """confidence = sigmoid(slope * (log-odds - shift)): sterner than the model's own belief.

    The model believes what it saw, where half of the questions had an answer. `shift` is set so
    that .5 lets few unanswerable questions pass, `slope` so that .8 is seldom wrong.
    """

    shift: float
    slope: float

    def __call__(self, logit: float) -> float:
        """The confidence that goes with the model's log-odds."""
        return float(1.0 / (1.0 + np.exp(-np.clip(self.slope * (logit - self.shift), -30, 30))))


@dataclass(frozen=True, slots=True)
class Cautions:
    """A caution for each language that data was at hand for, and one for the others.

    Languages differ in how their words and letters meet, and so in the log-odds that one share of
    false answers goes with. `other` is sterner than most: nobody can set what nothing is known of.
    """

    other: Caution
    by_language: Mapping[str, Caution] = field(default_factory=dict[str, Caution])

    def of(self, lang: str) -> Caution:
        """The caution for a language, by ISO code; "" where it is unknown."""
        return self.by_language.get(lang, self.other)


_NAMES_MISSING = ANSWER_FEATURES.index("best_names_missing_source")
_MOST, _SOME = 0.6, 0.3  # share of the question's names that the best source does not hold
_EVERY_NOUN = frozenset({"de"})  # has a capital there, so capitals tell no names


def guarded(confidence: float, features: Floats, lang: str) -> float:
    """The confidence, held down where the best source lacks the question's names.

    "Who built the harbour of X" is not answered by who built that of Y, however alike all else is:
    under .5 where most names are missing, under .8 where some are.

    Args:
        confidence: of the model.
        features: `answer_features`, one row.
        lang: of the question.
    """
    return min(confidence, most_confidence(features, lang))


def most_confidence(features: Floats, lang: str) -> float:
    """The most that an answer's confidence may be, whatever the model says of it.

    Args:
        features: `answer_features`, one row.
        lang: of the question.
    """
    missing = features[_NAMES_MISSING] if lang not in _EVERY_NOUN else 0.0
    if missing > _MOST:
        return 0.49
    return 0.79 if missing > _SOME else 1.0


def answer_features(match: Match, features: Floats, scores: Floats, shown: list[int]) -> Floats:
    """What is known of an answer, columns as in `ANSWER_FEATURES`: shape (columns,).

    Args:
        match: the question against its evidence, of one sentence at least.
        features: `sentence_features` of it.
        scores: the sentence model's log-odds, (sentences,).
        shown: the sentences that make up the answer, best first.
    """
    best = shown[0]
    weight, is_content = match.weight, ~match.asked.is_common
    own = match.source[best]
    missing = np.sort(weight * (1 - match.near[:, best]))[::-1]
    most = np.concatenate([missing, np.zeros(3)])[:3]
    said = share(weight, match.near)
    held = share(weight, match.held)
    block = match.inside[:, shown].max(axis=1, initial=0.0)[:, None]
    lost = (match.held.max(axis=1, initial=0.0) < 0.5)[:, None].astype(np.float64)
    told = [
        scores[best],
        _lead_over(scores, match.source != own, best),
        _lead_over(scores, np.arange(len(scores)) != best, best),
        share(weight, lost)[0],
        np.log1p(is_content.sum()),
        weight.sum(),
        weight.max(initial=0.0),
        weight.mean() if len(weight) else 0.0,
        share(weight, block)[0],
        share(is_content.astype(np.float64), block)[0],
        *most,
        missing.sum(),
        ((match.near[:, best] < 0.5) & is_content).sum(),
        min(_lead_over(said, match.source != own, best), 1.0),
        lead(held)[own],
        np.log1p(len(match.sources)),
        *(float(match.kind is kind) for kind in _KINDS),
        *_writing(match),
    ]
    counts = word_counts(match, best)
    return np.concatenate([features[best], np.array(told, dtype=np.float64), counts])


def _writing(match: Match) -> list[float]:
    words = match.asked.words
    content = [word for word, c in zip(words, match.asked.is_common, strict=True) if not c]
    n = max(len(content), 1)
    return [
        sum(map(len, content)) / n,
        sum(map(len, match.asked.texts)) / n,
        float(match.asked.is_common.mean()) if words else 0.0,
        float(any(source.is_name.any() for source in match.sources)),
    ]


def _lead_over(values: Floats, others: NDArray[np.bool_], best: int) -> float:
    if not others.any():
        return _NOTHING
    return float(min(values[best] - values[others].max(), _NOTHING))
