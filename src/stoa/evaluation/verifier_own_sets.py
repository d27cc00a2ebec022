"""RAGTruth and LLM-AggreFact, of which the user has a copy: the verifier as it ships on them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from stoa.errors import BadInput
from stoa.evaluation.binary_scores import auroc, balanced_accuracy, with_interval
from stoa.grounding.verifier import Verifier

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_BATCH = 512


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        if path.suffix == ".parquet":
            import pyarrow.parquet

            yield from pyarrow.parquet.read_table(path).to_pylist()
            return
        with path.open(encoding="utf-8", newline="") as file:
            if path.suffix == ".csv":
                yield from csv.DictReader(file)
                return
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _record(path, number, line)
    except OSError as problem:
        raise BadInput(str(path), str(problem), "give a folder with the set's files") from None


def _record(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadInput(f"{path}, line {number}", line.strip(), "give one JSON object a line")
    return found


def _field(row: Mapping[str, Any], name: str, where: Path) -> Any:
    if name not in row:
        raise BadInput(
            f"{where}, {name}", sorted(row), "give the set's files as they are published"
        )
    return row[name]


def study_aggrefact(verifier: Verifier, folder: Path, draws: int) -> dict[str, Any]:
    """Balanced accuracy on each part of LLM-AggreFact, and their mean.

    `folder` holds .parquet, .csv or .jsonl files with the columns dataset, doc, claim and label
    (1 is supported); files whose name has "dev" in it are left out.

    Raises:
        BadInput: there is no such file, or a column is missing.
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix in (".parquet", ".csv", ".jsonl"))
    paths = [path for path in paths if "dev" not in path.name]
    if not paths:
        raise BadInput("--data", str(folder), "give a folder with .parquet, .csv or .jsonl files")
    claims: list[str] = []
    documents: list[list[str]] = []
    truth: list[bool] = []
    part: list[str] = []
    for path in paths:
        for row in _rows(path):
            claims.append(str(_field(row, "claim", path)))
            documents.append([str(_field(row, "doc", path))])
            truth.append(str(_field(row, "label", path)) in ("1", "1.0", "True"))
            part.append(str(_field(row, "dataset", path)))
    judged = _judged(verifier, claims, documents)
    probability, supported = judged[:, 0], judged[:, 1]
    yes, names, group = np.array(truth), np.array(part), np.array([said[0] for said in documents])
    parts: dict[str, Any] = {}
    for name in dict.fromkeys(part):
        here = names == name
        if yes[here].all() or not yes[here].any():
            raise BadInput(name, int(here.sum()), "give claims of both labels in each part")
        parts[name] = {
            "claims": int(here.sum()),
            "balanced_accuracy": with_interval(
                balanced_accuracy(0.5), supported[here], yes[here], group[here], draws
            ),
            "auroc": auroc(probability[here], yes[here], np.ones(int(here.sum()))),
        }
    mean = float(np.mean([one["balanced_accuracy"]["mean"] for one in parts.values()]))
    baseline = {"always_unsupported": {"mean_balanced_accuracy": 0.5}}
    return {"parts": parts, "mean_balanced_accuracy": mean, "baselines": baseline}


def study_ragtruth(verifier: Verifier, folder: Path, draws: int) -> dict[str, Any]:
    """How well unsupported answers are told on RAGTruth's test part.

    `folder` holds response.jsonl and source_info.jsonl. An answer is called hallucinated when any
    of its sentences is not supported by its source; it is one when people marked any span in it.

    Raises:
        BadInput: a file or a field is missing, or no response is of the test part.
    """
    sources = {
        str(_field(row, "source_id", folder)): row for row in _rows(folder / "source_info.jsonl")
    }
    claims: list[str] = []
    evidence: list[list[str]] = []
    owner: list[int] = []
    marked: list[bool] = []
    tasks: list[str] = []
    groups: list[str] = []
    for row in _rows(folder / "response.jsonl"):
        if row.get("split", "test") != "test":
            continue
        source = str(_field(row, "source_id", folder))
        if source not in sources:
            raise BadInput("source_id", source, "give the source_info.jsonl of the same release")
        said = [*_texts(_field(sources[source], "source_info", folder))]
        for sentence in _SENTENCE.split(str(_field(row, "response", folder))):
            if sentence.strip():
                claims.append(sentence)
                evidence.append(said)
                owner.append(len(marked))
        marked.append(bool(_field(row, "labels", folder)))
        tasks.append(str(sources[source].get("task_type", "")))
        groups.append(source)
    if not marked:
        raise BadInput("--data", str(folder), "give responses of the test part")
    judged = _judged(verifier, claims, evidence)
    least = np.ones(len(marked))
    np.minimum.at(least, np.array(owner, dtype=np.int64), judged[:, 0])
    whole = np.ones(len(marked))
    np.minimum.at(whole, np.array(owner, dtype=np.int64), judged[:, 1])
    truth, name, group = np.array(marked), np.array(tasks), np.array(groups)
    report: dict[str, Any] = {"overall": _told(least, whole < 0.5, truth, group, draws)}
    for task in dict.fromkeys(tasks):
        here = name == task
        report[task or "untold"] = _told(
            least[here], whole[here] < 0.5, truth[here], group[here], draws
        )
    share = float(truth.mean())
    report["baselines"] = {"always_hallucinated": {"f1": 2 * share / (1 + share)}}
    return report


def _texts(value: Any) -> Iterable[str]:
    """Every text in a source, which is a text, or records as a restaurant guide has them."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            for text in _texts(inner):
                yield f"{key}: {text}"
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)


def _told(
    least: np.ndarray, said: np.ndarray, truth: np.ndarray, group: np.ndarray, draws: int
) -> dict[str, Any]:
    def f1(score: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
        hit = (weight * (score > 0.5) * truth).sum()
        return float(2 * hit / ((weight * (score > 0.5)).sum() + (weight * truth).sum()))

    hits = int((said & truth).sum())
    report: dict[str, Any] = {
        "responses": len(truth),
        "hallucinated": int(truth.sum()),
        "precision": hits / max(int(said.sum()), 1),
        "recall": hits / max(int(truth.sum()), 1),
    }
    if truth.any() and not truth.all():
        report["f1"] = with_interval(f1, said.astype(np.float64), truth, group, draws)
        report["auroc"] = auroc(-least, truth, np.ones(len(truth)))
    return report


def _judged(verifier: Verifier, claims: list[str], evidence: list[list[str]]) -> np.ndarray:
    """(probability, supported) a pair, in batches."""
    found: list[tuple[float, float]] = []
    for at in range(0, len(claims), _BATCH):
        for one in verifier.judge(claims[at : at + _BATCH], evidence[at : at + _BATCH]):
            found.append((one.probability, float(one.supported)))
    return np.array(found).reshape(-1, 2)
