"""Fits the verifier's file that ships, byte for byte, from the public sets and a seed.

    python benchmarks/train_verifier.py --data DIR [--seed 0] [--out verifier.json]

Without --out it says whether the file that ships is the one that this data and seed give.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `stoa` does, before NumPy loads
os.environ.setdefault("OMP_NUM_THREADS", "1")

from stoa.artifacts.verifier import SHIPPED_VERIFIER, verifier_bytes
from stoa.evaluation.verifier_sets import read_sets
from stoa.evaluation.verifier_training import train_verifier


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    started = time.process_time()
    raw = verifier_bytes(train_verifier(read_sets(given.data), given.seed))
    equals_shipped = raw == SHIPPED_VERIFIER.read_bytes()
    if given.out:
        given.out.write_bytes(raw)
    told = {
        "benchmark": "train_verifier",
        "bytes": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "equals_shipped": equals_shipped,
        "seed": given.seed,
        "cpu_s": round(time.process_time() - started, 1),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
