"""What Ask's retrieval finds in published sets: each engine alone, and fused, with intervals.

SciFact is read as BEIR reads it: all abstracts, nDCG@10. In XQuAD the right paragraph of the
question's own language must come first among the paragraphs of that language.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.app.asking import FOUND_BY_VECTORS, HASHED_WEIGHT, JUDGE
from stoa.encoders.hashed import HashedEncoder
from stoa.grounding.fusion import reciprocal_rank_fusion, score_fusion
from stoa.lexical import FtsIndex, TantivyIndex, words
from stoa.measure import Interval, ndcg_at_k
from stoa.measure.intervals import bootstrap_interval
from stoa.measure.resampling import ratio_intervals, viewer_sums
from stoa.tables.retrieval_files import RetrievalSet, read_scifact, read_xquad, xquad_languages

Floats = NDArray[np.float64]

WEIGHTS = (0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.6)
"""Of vectors beside BM25, among which folds choose."""

_DEPTH = 100
_FOLDS = 5
PUBLISHED_BM25 = 0.665
"""nDCG@10 of BM25 on SciFact's test claims (Thakur et al. 2021); the claims here are others."""


@dataclass(frozen=True, slots=True)
class ScifactFigures:
    """nDCG@10 by arm, and paired differences to BM25."""

    n_claims: int
    n_texts: int
    ndcg: dict[str, Interval]
    less_bm25: dict[str, Interval]
    weight_by_fold: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LanguageFigures:
    """Recall@1 of one language by arm, intervals over articles."""

    lang: str
    n_questions: int
    n_texts: int
    recall_at_1: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class RetrievalStudy:
    """Everything that the command prints."""

    scifact: ScifactFigures
    xquad: tuple[LanguageFigures, ...]
    cpu_s: float


def study_retrieval(data: Path, seed: int) -> RetrievalStudy:
    """Runs all of it.

    Args:
        data: folder that holds `scifact` and `xquad`.
        seed: of folds and bootstraps.

    Raises:
        BadTable: a file is missing or of another shape.
    """
    started = time.process_time()
    scifact = _scifact(read_scifact(data / "scifact"), seed)
    found: list[LanguageFigures] = []
    for lang in xquad_languages(data / "xquad"):
        found.append(_language(lang, read_xquad(data / "xquad", lang), seed))
    return RetrievalStudy(scifact, tuple(found), time.process_time() - started)


# --------------------------------------------------------------------------------- the arms


def lexical_scores(index: TantivyIndex | FtsIndex, given: RetrievalSet, k: int) -> Floats:
    """(queries, texts) BM25 of the k best of each query; 0 elsewhere."""
    keys = np.arange(len(given.texts), dtype=np.int64)
    index.put(keys, given.texts, keys)
    index.commit()
    scores = np.zeros((len(given.queries), len(given.texts)))
    for row, query in enumerate(given.queries):
        found, bm25 = index.search(query, k)
        scores[row, found] = bm25
    index.close()
    return scores


def cosines(dim: int, given: RetrievalSet) -> Floats:
    """(queries, texts) of the hashed encoder, negative ones as 0."""
    encoder = HashedEncoder(dim)
    made = encoder.encode(given.queries) @ encoder.encode(given.texts).T
    return np.maximum(made, 0).astype(np.float64)


def shared_words(given: RetrievalSet) -> Floats:
    """(queries, texts): how many different words they share. What one does without BM25."""
    held = [set(words(text)) for text in given.texts]
    asked = [set(words(query)) for query in given.queries]
    return np.array([[len(query & text) for text in held] for query in asked], dtype=np.float64)


def fused(bm25: Floats, near: Floats, judged: Floats, weight: float) -> Floats:
    """(queries, texts) as the square orders them: found by either, ordered by both."""
    found = np.maximum(_best(bm25, _DEPTH), _best(near, FOUND_BY_VECTORS)) > 0
    rows = zip(bm25, judged, found, strict=True)
    return np.array([score_fusion(b * f, j * f, weight) for b, j, f in rows])


def fused_by_places(bm25: Floats, near: Floats) -> Floats:
    """(queries, texts) scores of reciprocal rank fusion."""
    made = np.zeros_like(bm25)
    for row, scores in enumerate(zip(bm25, near, strict=True)):
        rankings = [np.argsort(-each, kind="stable")[:_DEPTH] for each in scores]
        keys, worth = reciprocal_rank_fusion(rankings)
        made[row, keys] = worth
    return made


def _best(scores: Floats, depth: int) -> Floats:
    """Scores of the best of each row; 0 elsewhere."""
    k = min(depth, scores.shape[1])
    least = np.partition(scores, -k, axis=1)[:, -k][:, None]
    return np.where(scores >= least, scores, 0)


# ----------------------------------------------------------------------------------- SciFact


def _scifact(given: RetrievalSet, seed: int) -> ScifactFigures:
    bm25 = lexical_scores(TantivyIndex(), given, _DEPTH)
    near, judged = cosines(128, given), cosines(JUDGE.dim, given)
    values = {
        "bm25": ndcg(bm25, given),
        "fts5": ndcg(lexical_scores(FtsIndex(), given, _DEPTH), given),
        "shared_words": ndcg(shared_words(given), given),
        "vectors_128": ndcg(near, given),
        f"vectors_{JUDGE.dim}": ndcg(judged, given),
        "fusion_rrf": ndcg(fused_by_places(bm25, judged), given),
        "fusion": ndcg(fused(bm25, near, judged, HASHED_WEIGHT), given),
    }
    by_weight = {weight: ndcg(fused(bm25, near, judged, weight), given) for weight in WEIGHTS}
    values["fusion_weight_of_other_folds"], chosen = _across_folds(by_weight, seed)
    less = {name: each - values["bm25"] for name, each in values.items() if name != "bm25"}
    return ScifactFigures(
        len(given.queries),
        len(given.texts),
        {name: bootstrap_interval(each, seed=seed) for name, each in values.items()},
        {name: bootstrap_interval(each, seed=seed) for name, each in less.items()},
        chosen,
    )


def ndcg(scores: Floats, given: RetrievalSet) -> Floats:
    """(queries,) nDCG@10; ties go to the earlier text, texts without a score are not found."""
    made: list[float] = []
    for row, relevant in zip(scores, given.relevant, strict=True):
        best = np.argsort(-row, kind="stable")[:10]
        gain = np.array([float(at in relevant and row[at] > 0) for at in best.tolist()])
        made.append(ndcg_at_k(gain, np.ones(len(relevant)), 10))
    return np.array(made)


def _across_folds(by_weight: dict[float, Floats], seed: int) -> tuple[Floats, tuple[float, ...]]:
    """Gain (nDCG@10) of each claim under the weight that is best on the folds without it."""
    n = len(next(iter(by_weight.values())))
    fold = np.random.default_rng(seed).permutation(n) % _FOLDS
    made, chosen = np.zeros(n), []
    for held_out in range(_FOLDS):
        rest = fold != held_out
        best = max(by_weight, key=lambda weight: (by_weight[weight][rest].mean(), -weight))
        chosen.append(best)
        made[~rest] = by_weight[best][~rest]
    return made, tuple(chosen)


# ------------------------------------------------------------------------------------- XQuAD


def _language(lang: str, given: RetrievalSet, seed: int) -> LanguageFigures:
    bm25 = lexical_scores(TantivyIndex(), given, _DEPTH)
    near, judged = cosines(128, given), cosines(JUDGE.dim, given)
    arms = {
        "bm25": bm25,
        "fts5": lexical_scores(FtsIndex(), given, _DEPTH),
        "shared_words": shared_words(given),
        f"vectors_{JUDGE.dim}": judged,
        "fusion": fused(bm25, near, judged, HASHED_WEIGHT),
    }
    return LanguageFigures(
        lang,
        len(given.queries),
        len(given.texts),
        {name: first_is_right(scores, given, seed) for name, scores in arms.items()},
    )


def first_is_right(scores: Floats, given: RetrievalSet, seed: int) -> Interval:
    """Share of queries whose best text is the right one, with an interval over units."""
    best = scores.argmax(axis=1)
    right = [
        float(at in relevant and row[at] > 0)
        for row, at, relevant in zip(scores, best.tolist(), given.relevant, strict=True)
    ]
    columns = np.stack([np.array(right), np.ones(len(right))], axis=1)
    sums = viewer_sums(columns, np.array(given.unit, dtype=np.int64))
    return ratio_intervals(sums, {"recall": (0, 1)}, seed=seed)["recall"]


def least_of_english(figures: Sequence[LanguageFigures], arm: str) -> tuple[str, float] | None:
    """The language with the lowest recall, and its share of English's; None without English."""
    english = next((each for each in figures if each.lang == "en"), None)
    if english is None:
        return None
    lowest = min(figures, key=lambda each: each.recall_at_1[arm].mean)
    return lowest.lang, lowest.recall_at_1[arm].mean / english.recall_at_1[arm].mean
