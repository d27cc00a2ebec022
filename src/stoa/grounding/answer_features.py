"""What speaks for a sentence being the one that answers: numbers that mean the same anywhere.

How much of the question is said in the sentence, beside it and in its source (by words, by runs of
letters), how close together, where the source was ranked, and whether something stands there that
could be the answer: a number, a year, a name that the question does not hold.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.question_kinds import QuestionKind
from stoa.grounding.question_match import Match

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SENTENCE_FEATURES = (
    "said",  # share of the question's weight said in the sentence
    "said_near",  # with its neighbours
    "said_source",  # in its source
    "words",  # the same, every content word alike
    "words_near",
    "words_source",
    "said_rare",  # weights squared: the rarest words
    "missing_most",  # the most telling unit missing nearby
    "all_near",
    "neighbours",  # words that stand together in the question and here
    "spread",
    "length",
    "ranked",  # BM25 among the evidence, share of the best
    "first_source",
    "place",  # 1 / rank of the source
    "follows",  # not the first sentence of its source
    "time_year",
    "time_number",
    "number_number",
    "person_name",
    "place_name",
    "thing_name",
    "thing_number",
    "names_missing_near",
    "numbers_missing_near",
    "names_missing_source",
    "numbers_missing_source",
    "asks",  # the sentence is a question itself
    *(
        f"{what}_{size}"
        for size in ("short", "long")
        for what in ("runs", "runs_near", "runs_source", "runs_plain", "runs_lead")
    ),
)
"""Names of the columns of `sentence_features`."""

_CLOSE = 4  # units apart
_MISSING = 0.5
_SATURATION, _LENGTH_SHARE = 1.2, 0.75  # k1 and b of BM25 (Robertson and Zaragoza 2009)
_QUESTION_MARKS = ("?", "？", "؟", ";")


def sentence_features(match: Match) -> Floats:
    """One row a sentence of the evidence, columns as in `SENTENCE_FEATURES`."""
    content = (~match.asked.is_common).astype(np.float64)
    columns = [
        *_coverage(match, content),
        *_closeness(match),
        *_ranking(match),
        *_expected(match),
        *_missing_of(match, match.asked.is_name & ~match.asked.is_common, match.asked.is_number),
        _asks(match),
        *_runs(match),
    ]
    return np.stack([np.asarray(each, dtype=np.float64) for each in columns], axis=1)


def share(weight: Floats, said: Floats | Bools) -> Floats:
    """Weighted mean of `said` over its rows; 0 where nothing has weight."""
    total = float(weight.sum())
    if total <= 0:
        return np.zeros(int(said.shape[1]))
    return np.asarray(weight @ said.astype(np.float64) / total, dtype=np.float64)


def bm25(match: Match) -> Floats:
    """(sources,) BM25 of each source for the question, over the evidence alone."""
    size = np.bincount(match.source[match.at], minlength=len(match.sources)).astype(np.float64)
    norm = 1 - _LENGTH_SHARE + _LENGTH_SHARE * size / max(float(size.mean()), 1.0)
    gain = match.counts * (_SATURATION + 1) / (match.counts + _SATURATION * norm)
    return np.asarray(match.weight @ gain, dtype=np.float64)


def _coverage(match: Match, content: Floats) -> list[Floats]:
    weight, near, source = match.weight, match.near, match.source
    held = match.held[:, source]
    most = float(weight.max()) if len(weight) else 1.0
    missing = (weight[:, None] * (1 - near)).max(axis=0, initial=0.0) / most
    is_missing = (near < _MISSING) * content[:, None]
    return [
        share(weight, match.inside),
        share(weight, near),
        share(weight, held),
        share(content, match.inside),
        share(content, near),
        share(content, held),
        share(weight**2, match.inside),
        missing,
        is_missing.sum(axis=0) == 0,
    ]


def _closeness(match: Match) -> list[Floats]:
    content = np.flatnonzero(~match.asked.is_common)
    place = match.place[content]
    is_said = place >= 0
    pairs = is_said[1:] & is_said[:-1] & (np.abs(np.diff(place, axis=0)) <= _CLOSE)
    together = pairs.sum(axis=0) / max(len(content) - 1, 1)
    after_all = len(match.at)
    last = np.where(is_said, place, -1).max(axis=0, initial=-1)
    begin = np.where(is_said, place, after_all).min(axis=0, initial=after_all)
    n_said = np.maximum(is_said.sum(axis=0), 1)
    spread = np.where(is_said.any(axis=0), (last - begin + 1) / n_said, 0.0)
    size = np.bincount(match.at, minlength=match.n_sentences)
    return [together, np.log1p(np.maximum(spread, 0.0)), np.log1p(size)]


def _ranking(match: Match) -> list[Floats]:
    score = bm25(match)
    best = float(score.max()) if len(score) else 0.0
    source = match.source
    follows = np.ones(match.n_sentences)
    follows[match.first[:-1][match.first[:-1] < match.first[1:]]] = 0.0
    ranked = score[source] / best if best > 0 else score[source]
    return [ranked, (source == 0).astype(np.float64), 1 / (1 + source), follows]


def _expected(match: Match) -> list[Floats]:
    """Whether what the question asks for stands in the sentence and not in the question."""
    number = _flags(match, "number") & match.fresh
    words = [word for each in match.sources for word in each.words]
    year = np.zeros(len(words), dtype=np.bool_)
    year[[at for at in np.flatnonzero(number).tolist() if _is_year(words[at])]] = True
    name = _flags(match, "name") & match.fresh
    has_number, has_name = match.any_in_sentence(number), match.any_in_sentence(name)
    has_year = match.any_in_sentence(number & year)
    asked = (
        (QuestionKind.TIME, has_year),
        (QuestionKind.TIME, has_number),
        (QuestionKind.NUMBER, has_number),
        (QuestionKind.PERSON, has_name),
        (QuestionKind.PLACE, has_name),
        (QuestionKind.THING, has_name),
        (QuestionKind.THING, has_number),
    )
    return [(has & (match.kind is kind)).astype(np.float64) for kind, has in asked]


def _flags(match: Match, what: str) -> Bools:
    each = (
        (one.is_number if what == "number" else one.is_name & ~one.is_common)
        for one in match.sources
    )
    return np.concatenate([*each, np.zeros(0, dtype=np.bool_)])


def _is_year(word: str) -> bool:
    return 3 <= len(word) <= 4 and word.isdecimal()


def _missing_of(match: Match, names: Bools, numbers: Bools) -> list[Floats]:
    near, held = match.near < _MISSING, (match.held < _MISSING)[:, match.source]
    name, number = names.astype(np.float64), numbers.astype(np.float64)
    return [share(name, near), share(number, near), share(name, held), share(number, held)]


def _asks(match: Match) -> Floats:
    texts = [text for each in match.sources for text in each.texts]
    found = [text.rstrip("\"'”’»)").endswith(_QUESTION_MARKS) for text in texts]
    return np.array(found, dtype=np.float64)


def _runs(match: Match) -> list[Floats]:
    columns: list[Floats] = []
    n_sources, source = len(match.sources), match.source
    for held in match.runs:
        near = held.copy()
        if held.shape[1] > 1:
            is_same = source[1:] == source[:-1]
            near[:, 1:] |= held[:, :-1] & is_same
            near[:, :-1] |= held[:, 1:] & is_same
        whole = np.zeros((len(held), n_sources), dtype=np.bool_)
        row, column = np.nonzero(held)
        whole[row, source[column]] = True
        rare = np.log((n_sources + 1.0) / (whole.sum(axis=1) + 0.5))
        weight = np.maximum(rare, 0.02)
        by_source = share(weight, whole)
        columns += [
            share(weight, held),
            share(weight, near),
            by_source[source],
            share(np.ones(len(whole)), whole)[source],
            lead(by_source)[source],
        ]
    return columns


def lead(values: Floats) -> Floats:
    """How far each value is before the best of the others; below 0 where it is behind."""
    if len(values) < 2:
        return np.ones_like(values)
    ordered = np.sort(values)
    best, second = ordered[-1], ordered[-2]
    return np.asarray(np.where(values == best, values - second, values - best), dtype=np.float64)
