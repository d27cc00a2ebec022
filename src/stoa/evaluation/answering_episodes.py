"""XQuAD with half of its documents taken away, so that half of the questions have no answer.

A document is a paragraph, and others of its article stay: they speak of the same things and make
it hard. Taking whole articles away instead is easier, and is measured beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.ask.document_evidence import DocumentEvidence
from stoa.ask.retrieve import RetrieveConfig, retrieve
from stoa.ask_records import EvidenceSet, Question, Source, SourceKind, Tier
from stoa.lexical import TantivyIndex
from stoa.tables.xquad_files import Xquad, XquadQuestion, read_xquad_answers, xquad_codes

PARAGRAPHS, ARTICLES = "paragraphs", "articles"
"""What is taken away."""


_FOUND = RetrieveConfig(n_found=16)  # of 60 paragraphs; twelve are used as in the product


@dataclass(frozen=True, slots=True)
class Episode:
    """One question put to half of the documents."""

    lang: str
    number: int  # of the question, the same in every language
    article: int
    question: str
    answers: tuple[str, ...]
    evidence: EvidenceSet
    gold: tuple[str, int] | None  # source and byte where the answer begins; None if taken away


def episodes(folder: Path, seed: int, taken: str = PARAGRAPHS) -> Iterator[Episode]:
    """Every question of every language; the same half is taken away in each language.

    Args:
        folder: `xquad`.
        seed: of which half.
        taken: `PARAGRAPHS` or `ARTICLES`.

    Raises:
        BadTable: a file is missing or of another shape.
    """
    for lang in xquad_codes(folder):
        read = read_xquad_answers(folder, lang)
        yield from _of_language(read, kept(read, seed, taken))


def kept(read: Xquad, seed: int, taken: str) -> NDArray[np.bool_]:
    """(paragraphs,) whether each is there."""
    article = np.array(read.article)
    units = article if taken == ARTICLES else np.arange(len(article))
    n = int(units.max()) + 1
    chosen = np.random.default_rng(seed).permutation(n)[: n // 2]
    return np.isin(units, chosen)


def _of_language(read: Xquad, is_kept: NDArray[np.bool_]) -> Iterator[Episode]:
    sources = [
        Source(f"document:{number}", SourceKind.DOCUMENT, text, Tier.REPORT)
        for number, text in enumerate(read.paragraphs)
        if is_kept[number]
    ]
    finder = DocumentEvidence(sources, TantivyIndex())
    for number, asked in enumerate(read.questions):
        evidence = retrieve(finder, Question(asked.text), asked.text, _FOUND)
        gold = _gold(read, asked) if is_kept[asked.paragraph] else None
        yield Episode(read.lang, number, asked.article, asked.text, asked.answers, evidence, gold)


def _gold(read: Xquad, asked: XquadQuestion) -> tuple[str, int]:
    before = read.paragraphs[asked.paragraph][: asked.answer_start]
    return f"document:{asked.paragraph}", len(before.encode())
