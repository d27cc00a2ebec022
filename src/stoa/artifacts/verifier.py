"""The verifier's learnt numbers in one JSON file that carries its own hash."""

from __future__ import annotations

from pathlib import Path

from stoa.artifacts.hashed_numbers import NumbersFile
from stoa.ask_records import VerifierWeights

SHIPPED_VERIFIER = Path(__file__).parent / "shipped" / "verifier.json"
"""Made by `python benchmarks/train_verifier.py --out ...`, byte for byte from its seed."""

VERIFIER_FORMAT = 1
_FILE = NumbersFile(
    name="verifier",
    kept_as="a verifier",
    mend="install Stoa again, or train it anew with benchmarks/train_verifier.py",
    version=VERIFIER_FORMAT,
    most_bytes=4 * 1024 * 1024,
)


def verifier_bytes(weights: VerifierWeights) -> bytes:
    """The file of these weights; equal weights give equal bytes.

    Raises:
        BadModel: a number is NaN or infinite.
    """
    return _FILE.to_bytes(weights.columns, weights.arrays)


def read_verifier(path: Path = SHIPPED_VERIFIER) -> VerifierWeights:
    """The weights in a file, its hash, format and numbers checked.

    Raises:
        BadModel: it is missing, damaged or of another format; says how to mend it.
    """
    return VerifierWeights(*_FILE.read(path))
