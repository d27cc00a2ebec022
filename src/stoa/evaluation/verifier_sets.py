"""The public sets of claims with evidence, in one form; how each is read is in its SOURCE.md."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from io import StringIO
from pathlib import Path
from typing import Any

from stoa.errors import BadInput


class Stance(IntEnum):
    """What the evidence says of the claim, as people judged it."""

    REFUTES = -1
    SILENT = 0
    PARTLY = 1
    SUPPORTS = 2
    UNSUPPORTED = 3  # not fully supported; nobody said which way


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """One claim, its evidence, the judgement; `group` is what is resampled and held out whole."""

    collection: str
    group: str
    claim: str
    evidence: tuple[str, ...]
    stance: Stance


def _lines(path: Path) -> list[str]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return file.read().split("\n")
    except OSError as problem:
        raise BadInput(str(path), str(problem), "give the folder that holds the sets") from None


def _records(path: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in _lines(path) if line.strip())


def _wice(folder: Path) -> Iterator[LabelledPair]:
    stances = {"supported": Stance.SUPPORTS, "partially_supported": Stance.PARTLY}
    for row in _records(folder / "wice" / "oracle_chunks_claim_dev.jsonl.gz"):
        stance = stances.get(row["label"], Stance.SILENT)
        yield LabelledPair("wice", row["meta"]["id"], row["claim"], tuple(row["evidence"]), stance)


def _begin(part: str) -> Callable[[Path], Iterator[LabelledPair]]:
    def read(folder: Path) -> Iterator[LabelledPair]:
        text = "\n".join(_lines(folder / "begin" / f"begin_dev_{part}.tsv.gz"))
        for row in csv.DictReader(StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE):
            full = row["begin_label"].strip() == "Fully attributable"
            stance = Stance.SUPPORTS if full else Stance.UNSUPPORTED
            claim, knowledge = row["response"], row["knowledge"]
            yield LabelledPair(f"begin-{part}", knowledge, claim, (knowledge,), stance)

    return read


def _factcheck(folder: Path) -> Iterator[LabelledPair]:
    stances = {
        "completely-support": Stance.SUPPORTS,
        "partially-support": Stance.PARTLY,
        "refute": Stance.REFUTES,
        "irrelevant": Stance.SILENT,
    }
    for row in _records(folder / "factcheck-gpt" / "stance_shared.jsonl.gz"):
        evidence = row["evidence"]
        said = (evidence,) if isinstance(evidence, str) else tuple(evidence)
        yield LabelledPair(
            "factcheck-gpt", row["claim"], row["claim"], said, stances[row["stance"]]
        )


def _symmetric(folder: Path) -> Iterator[LabelledPair]:
    stances = {"SUPPORTS": Stance.SUPPORTS, "REFUTES": Stance.REFUTES}
    for row in _records(folder / "fever-symmetric" / "fever_symmetric_dev.jsonl.gz"):
        group = str(row["id"])[-6:].lstrip("0")  # a twin's id is its original's, put after zeros
        stance = stances[row["gold_label"]]
        yield LabelledPair("fever-symmetric", group, row["claim"], (row["evidence"],), stance)


def _fool_me_twice(folder: Path) -> Iterator[LabelledPair]:
    stances = {"SUPPORTS": Stance.SUPPORTS, "REFUTES": Stance.REFUTES}
    for row in _records(folder / "fool-me-twice" / "dev.jsonl.gz"):
        said = tuple(each["text"] for each in row["gold_evidence"])
        yield LabelledPair("fool-me-twice", row["id"], row["text"], said, stances[row["label"]])


def _scifact(folder: Path) -> Iterator[LabelledPair]:
    stances = {"SUPPORT": Stance.SUPPORTS, "CONTRADICT": Stance.REFUTES}
    abstracts = {
        str(row["doc_id"]): row["abstract"]
        for row in _records(folder / "scifact" / "corpus.jsonl.gz")
    }
    for row in _records(folder / "scifact" / "claims_train.jsonl.gz"):
        for document, rationales in row["evidence"].items():
            marked = sorted({n for each in rationales for n in each["sentences"]})
            said = tuple(abstracts[document][n] for n in marked)
            stance = stances[rationales[0]["label"]]
            yield LabelledPair("scifact", str(row["id"]), row["claim"], said, stance)


SETS: dict[str, Callable[[Path], Iterator[LabelledPair]]] = {
    "wice": _wice,
    "begin-wow": _begin("wow"),
    "begin-cmu": _begin("cmu"),
    "begin-tc": _begin("tc"),
    "factcheck-gpt": _factcheck,
    "fever-symmetric": _symmetric,
    "fool-me-twice": _fool_me_twice,
    "scifact": _scifact,
}
"""Name -> reader."""


def read_sets(folder: Path, names: Sequence[str] = tuple(SETS)) -> list[LabelledPair]:
    """The pairs of these sets, in their files' order.

    Raises:
        BadInput: a file is missing or does not read.
    """
    return [pair for name in names for pair in SETS[name](folder)]
