"""What finding answers has learnt, in one JSON file that carries its own hash."""

from __future__ import annotations

from pathlib import Path

from stoa.artifacts.hashed_numbers import NumbersFile
from stoa.ask_records import AnsweringWeights

SHIPPED_ANSWERING = Path(__file__).parent / "shipped" / "answering.json"
"""Made by `python benchmarks/train_answering.py --out ...`, byte for byte from its seeds."""

ANSWERING_FORMAT = 1
_FILE = NumbersFile(
    name="answering",
    kept_as="answering",
    mend="install Stoa again, or train it anew with benchmarks/train_answering.py",
    version=ANSWERING_FORMAT,
    most_bytes=1024 * 1024,
)


def answering_bytes(weights: AnsweringWeights) -> bytes:
    """The file of these weights; equal weights give equal bytes.

    Raises:
        BadModel: a number is NaN or infinite.
    """
    return _FILE.to_bytes(weights.columns, weights.arrays)


def read_answering(path: Path = SHIPPED_ANSWERING) -> AnsweringWeights:
    """The weights in a file, its hash, format and numbers checked.

    Raises:
        BadModel: it is missing, damaged or of another format; says how to mend it.
    """
    return AnsweringWeights(*_FILE.read(path))
