"""Learns the weights of finding answers, byte for byte the same from the same data and seeds.

    python benchmarks/train_answering.py --data ../shared/data \
        --out src/stoa/artifacts/shipped/answering.json

Prints one JSON line: bytes written, their SHA-256, CPU-seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from pathlib import Path

from stoa.artifacts.answering import answering_bytes
from stoa.evaluation.answering_fit import FitConfig, fit_answering


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds xquad")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(FitConfig().seeds))
    asked = parser.parse_args()
    started = time.process_time()
    weights = fit_answering(asked.data / "xquad", FitConfig(seeds=tuple(asked.seeds)))
    made = answering_bytes(weights)
    asked.out.write_bytes(made)
    print(
        json.dumps(
            {
                "benchmark": "train_answering",
                "seeds": asked.seeds,
                "bytes": len(made),
                "sha256": hashlib.sha256(made).hexdigest(),
                "languages": weights.columns["languages"],
                "cautions": weights.arrays["cautions"],
                "cpu_s": round(time.process_time() - started, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
