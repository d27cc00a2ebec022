"""What the verifier is compared with: 17 features of words, and plain recall of words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.words import STOPWORDS, idf, is_negation, recall, stem, tokens

BASELINE_NAMES = (
    "idf_recall", "best_recall", "top3_recall", "bigrams", "best_bigrams", "trigrams",
    "n_numbers", "missing_numbers", "n_names", "missing_names", "negation_flip",
    "negation_claim", "claim_length", "evidence_length", "sentences", "plain_recall",
    "all_found",
)  # fmt: skip
"""The 17 columns of `baseline_rows`; the first alone is the baseline idf-recall."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_NAME = re.compile(r"(?<=[^.!?\s] )[A-Z]\w+")


def evidence_idf(evidence: Sequence[Sequence[str]]) -> dict[str, float]:
    """How rare each stem is over distinct evidence texts."""
    return idf(sorted({text for said in evidence for text in said}))


def baseline_rows(
    claims: Sequence[str], evidence: Sequence[Sequence[str]], weights: Mapping[str, float]
) -> NDArray[np.float64]:
    """The 17 features of each pair: shape (n, 17)."""
    rows = [_row(claim, said, weights) for claim, said in zip(claims, evidence, strict=True)]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(BASELINE_NAMES))


def _row(claim: str, said: Sequence[str], weights: Mapping[str, float]) -> list[float]:
    words = tokens(claim)
    wanted = [stem(word) for word in words if word not in STOPWORDS]
    parts = [tokens(part) for text in said for part in _SENTENCE_END.split(text) if part]
    stems = [[stem(word) for word in part] for part in parts]
    everything = {word for part in stems for word in part}
    ranked = sorted(stems, key=lambda part: -recall(wanted, part, weights))
    best = ranked[0] if ranked else []
    top3 = [word for part in ranked[:3] for word in part]
    every = [stem(word) for word in words]
    pairs, triples = _runs(every, 2), _runs(every, 3)
    all_pairs = {run for part in stems for run in _runs(part, 2)}
    all_triples = {run for part in stems for run in _runs(part, 3)}
    numbers = [word for word in words if word[0].isdigit()]
    names = [stem(name.casefold()) for name in _NAME.findall(claim)]
    negated = any(map(is_negation, words))
    n_words = sum(map(len, stems))
    best_pairs = _runs(best, 2)
    return [
        recall(wanted, everything, weights), recall(wanted, best, weights),
        recall(wanted, top3, weights), _share(pairs, all_pairs), _share(pairs, best_pairs),
        _share(triples, all_triples), float(len(numbers)),
        float(sum(stem(word) not in everything for word in numbers)), float(len(names)),
        float(sum(name not in everything for name in names)),
        float(negated != any(map(is_negation, best))), float(negated), math.log1p(len(words)),
        math.log1p(n_words), math.log1p(len(parts)), recall(wanted, everything, {}),
        float(set(wanted) <= everything),
    ]  # fmt: skip


def _runs(words: Sequence[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}


def _share(wanted: set[tuple[str, ...]], given: set[tuple[str, ...]]) -> float:
    return len(wanted & given) / len(wanted) if wanted else 0.0
