"""Pairs a second of `stoa ask verify`, beside the 17-feature model, in CPU time of one core.

Pairs are made: claims of 8 to 20 words against 1 to 12 sentences that share some of them, names
and numbers among the words, drawn from a Zipf vocabulary; or a file of pairs. The command is run as
a process of its own, so that its start, reading and printing count. The peer judges the same pairs
in this process by 17 features of words and one linear model, as the study's baseline does.

    python benchmarks/verify.py [--pairs 6000 | --file FILE.jsonl] [--seed 0]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `stoa` does, before NumPy loads
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from stoa.evaluation.verifier_baselines import BASELINE_NAMES, baseline_rows, evidence_idf

_WORDS = 20_000
_FUNCTION = (
    "the",
    "of",
    "and",
    "in",
    "to",
    "a",
    "was",
    "is",
    "for",
    "on",
    "with",
    "by",
    "as",
    "at",
)


def made_pairs(n_pairs: int, seed: int) -> list[dict[str, object]]:
    rng = np.random.default_rng(seed)
    syllables = [c + v for c in "bcdfghjklmnprstvwz" for v in "aeiou"]
    words = [
        "".join(syllables[s] for s in row[: rng.integers(1, 4)])
        for row in rng.integers(0, len(syllables), (_WORDS, 4))
    ]
    chance = 1.0 / np.arange(1, _WORDS + 1)
    drawn = iter(rng.choice(_WORDS, size=n_pairs * 160, p=chance / chance.sum()).tolist())

    def sentence(size: int, some: list[str]) -> str:
        said = [
            _FUNCTION[int(rng.integers(len(_FUNCTION)))]
            if rng.random() < 0.4
            else words[next(drawn)]
            for _ in range(size)
        ]
        said[1::4] = [some[int(rng.integers(len(some)))] for _ in said[1::4]]
        return " ".join(said).capitalize() + "."

    made: list[dict[str, object]] = []
    for _ in range(n_pairs):
        some = [words[next(drawn)] for _ in range(6)]
        some += [words[next(drawn)].capitalize(), str(int(rng.integers(2, 2026)))]
        said = [sentence(int(rng.integers(8, 28)), some) for _ in range(int(rng.integers(1, 7)))]
        made.append({"claim": sentence(int(rng.integers(8, 21)), some), "evidence": said})
    return made


def command_s(path: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as out:
        subprocess.run(
            [sys.executable, "-m", "stoa.cli", "ask", "verify", "--pairs", str(path), "--json"],
            stdout=out,
            check=True,
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def peer_s(rows: list[dict[str, object]]) -> float:
    started = time.process_time()
    claims = [str(row["claim"]) for row in rows]
    evidence = [list(map(str, row["evidence"])) for row in rows]  # type: ignore[call-overload]
    found = baseline_rows(claims, evidence, evidence_idf(evidence))
    found @ np.ones(len(BASELINE_NAMES))
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=6000)
    parser.add_argument("--file", type=Path, help="pairs of one's own, as the command reads them")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if given.file:
        rows = [json.loads(line) for line in given.file.read_text().splitlines() if line.strip()]
    else:
        rows = made_pairs(given.pairs, given.seed)
    words = sum(len(" ".join(row["evidence"]).split()) for row in rows) / len(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        took = [command_s(path) for _ in range(given.runs)]
    peer = min(peer_s(rows) for _ in range(given.runs))
    told = {
        "benchmark": "verify",
        "pairs": len(rows),
        "evidence_words": round(words, 1),
        "pairs_per_cpu_s": round(len(rows) / min(took), 1),
        "all_runs": [round(len(rows) / one, 1) for one in took],
        "features_17_pairs_per_cpu_s": round(len(rows) / peer, 1),
        "seed": given.seed,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
