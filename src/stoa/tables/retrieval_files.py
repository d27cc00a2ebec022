"""Published sets for retrieval: SciFact's claims and abstracts, XQuAD's questions and paragraphs.

SciFact: `corpus.jsonl` (`doc_id`, `title`, `abstract` as sentences), `claims_train.jsonl` (`id`,
`claim`), `qrels_train.tsv` (claim, 0, document, relevance). XQuAD: `xquad.LANG.json` in the shape
of SQuAD 1.1. Each may be packed with gzip.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stoa.errors import BadTable


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Queries, texts, and which texts answer which query."""

    name: str
    texts: tuple[str, ...]
    queries: tuple[str, ...]
    relevant: tuple[frozenset[int], ...]  # rows of texts, for each query
    unit: tuple[int, ...]  # queries of one unit are not independent: one document's


def read_scifact(folder: Path) -> RetrievalSet:
    """Claims of the training part that name evidence, and all abstracts.

    Raises:
        BadTable: a file is missing or of another shape.
    """
    rows = list(_lines(folder, "corpus.jsonl"))
    row_of = {row["doc_id"]: at for at, row in enumerate(rows)}
    relevant: dict[int, set[int]] = {}
    for line in _text(folder, "qrels_train.tsv").splitlines():
        fields = line.split("\t")
        if len(fields) == 4 and fields[0].isdecimal() and int(fields[3]) > 0:
            relevant.setdefault(int(fields[0]), set()).add(row_of[int(fields[2])])
    claims = [row for row in _lines(folder, "claims_train.jsonl") if row["id"] in relevant]
    return RetrievalSet(
        "scifact",
        tuple(" ".join([row["title"], *row["abstract"]]) for row in rows),
        tuple(row["claim"] for row in claims),
        tuple(frozenset(relevant[row["id"]]) for row in claims),
        tuple(range(len(claims))),
    )


def read_xquad(folder: Path, lang: str) -> RetrievalSet:
    """Questions of one language, and the paragraphs they were asked about.

    Raises:
        BadTable: the file is missing or of another shape.
    """
    name = f"xquad.{lang}.json"
    try:
        articles = json.loads(_text(folder, name))["data"]
        texts: list[str] = []
        asked: list[tuple[str, int, int]] = []
        for article, each in enumerate(articles):
            for paragraph in each["paragraphs"]:
                asked += [(qa["question"], len(texts), article) for qa in paragraph["qas"]]
                texts.append(paragraph["context"])
    except (ValueError, KeyError, TypeError) as problem:
        raise BadTable(name, repr(problem), "give a file of SQuAD's shape") from problem
    return RetrievalSet(
        f"xquad.{lang}",
        tuple(texts),
        tuple(question for question, _, _ in asked),
        tuple(frozenset({row}) for _, row, _ in asked),
        tuple(article for _, _, article in asked),
    )


def xquad_languages(folder: Path) -> list[str]:
    """The languages of which there is a file, in order."""
    return sorted({path.name.split(".")[1] for path in folder.glob("xquad.*.json*")})


def _text(folder: Path, name: str) -> str:
    plain = folder / name
    packed = folder / f"{name}.gz"
    try:
        if plain.exists():
            return plain.read_text(encoding="utf-8")
        return gzip.decompress(packed.read_bytes()).decode()
    except (OSError, ValueError, EOFError) as problem:
        raise BadTable(name, repr(problem), "give the published file, plain or gzip") from problem


def _lines(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text(folder, name).splitlines(), start=1):
        try:
            yield json.loads(line)
        except ValueError as problem:
            mend = "give one JSON object a line"
            raise BadTable(name, line[:80], mend, line=number) from problem
