"""`stoa ask evaluate retrieval`: what is found, by each engine alone and by both."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from stoa.cli.numbers import Seed
from stoa.cli.printing import print_json
from stoa.cli.progress import progress_bar
from stoa.evaluation.retrieval_study import (
    PUBLISHED_BM25,
    RetrievalStudy,
    least_of_english,
    study_retrieval,
)
from stoa.measure import Interval


def retrieval(*, data: Path, seed: Seed = 0, json: bool = False) -> None:
    """Ranks SciFact's abstracts for its claims and XQuAD's paragraphs for its questions.

    Args:
        data: folder that holds `scifact` and `xquad`.
        seed: of folds and bootstraps.
        json: one JSON object.
    """
    with progress_bar("retrieving"):
        study = study_retrieval(data, seed)
    if json:
        print_json(figures(study))
    else:
        print(_table(study))


def figures(study: RetrievalStudy) -> dict[str, Any]:
    """Everything as one JSON object."""
    science = study.scifact
    least = least_of_english(study.xquad, "bm25")
    return {
        "scifact": {
            "claims": science.n_claims,
            "texts": science.n_texts,
            "ndcg_at_10": {name: asdict(each) for name, each in science.ndcg.items()},
            "less_bm25": {name: asdict(each) for name, each in science.less_bm25.items()},
            "published_bm25": PUBLISHED_BM25,
            "weight_by_fold": list(science.weight_by_fold),
        },
        "xquad": {
            each.lang: {
                "questions": each.n_questions,
                "texts": each.n_texts,
                "recall_at_1": {name: asdict(arm) for name, arm in each.recall_at_1.items()},
            }
            for each in study.xquad
        },
        "lowest_language": None if least is None else {"lang": least[0], "of_english": least[1]},
        "cpu_s": round(study.cpu_s, 1),
    }


def _table(study: RetrievalStudy) -> str:
    science = study.scifact
    lines = [f"SciFact, {science.n_claims} claims, {science.n_texts} abstracts: nDCG@10"]
    for name, found in science.ndcg.items():
        less = science.less_bm25.get(name)
        lines.append(f"  {name:29} {_words(found)}" + (f"  {less.mean:+.4f} [{less.low:+.4f}, "
                     f"{less.high:+.4f}] to BM25" if less else ""))  # fmt: skip
    lines.append("XQuAD: recall@1")
    for each in study.xquad:
        arms = "  ".join(f"{name} {_words(arm)}" for name, arm in each.recall_at_1.items())
        lines.append(f"  {each.lang}  {arms}")
    least = least_of_english(study.xquad, "bm25")
    if least is not None:
        lines.append(f"lowest for BM25: {least[0]}, {least[1]:.1%} of English")
    lines.append(f"{study.cpu_s:.0f} CPU-s")
    return "\n".join(lines)


def _words(interval: Interval) -> str:
    return f"{interval.mean:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
