"""Pair scorers: a folder that `stoa ask train-pairs` wrote, or an NLI model by its name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from stoa.errors import BadInput, BadModel
from stoa.language_models.nli import NliScorer
from stoa.language_models.pair_eyes import PairEyes
from stoa.language_models.pair_heads import F64, PairFeatures, PairHeads
from stoa.language_models.pair_input import PairShape
from stoa.language_models.pair_likeness import N_LIKENESSES, SentenceLikeness

_MARK = "stoa_pair_encoder"
_FORMAT = 2
_ANEW = "teach it anew with `stoa ask train-pairs`"
MOST_CONTRADICTION = 0.6
"""The head withholds support well, and refutes badly: of held-out pairs of Factcheck-GPT that it
gave .7 or more, one in seven was refuted. So it never says as much as is taken for a refutation."""

_CHUNK = 256  # pairs whose numbers are held at once


class PairEncoder:
    """A `PairScorer` over a language model's layers and heads that were taught here."""

    def __init__(
        self,
        eyes: PairEyes,
        likeness: SentenceLikeness,
        heads: PairHeads,
        features: PairFeatures | None = None,
    ) -> None:
        self.name = "pair encoder"
        self._eyes, self._likeness = eyes, likeness
        self._heads, self._features = heads, features

    @classmethod
    def from_dir(cls, folder: Path, features: PairFeatures | None = None) -> PairEncoder:
        """From a folder that `save_pair_encoder` wrote.

        Args:
            folder: with `config.json`, `vocab.txt`, `model.safetensors`, `heads.safetensors`.
            features: where given, the heads that were taught together with them judge.

        Raises:
            BadModel: a file is missing or damaged, or the heads were taught on other features.
        """
        told = _told(folder)
        names = list(features.names) if features else []
        if features and names != told["features"]:
            mend = "teach it anew with this version, or open it without them"
            raise BadModel("features", sorted({*names} ^ {*told["features"]})[:5], mend)
        arrays = _arrays(folder / "heads.safetensors")
        eyes = PairEyes.from_dir(folder, int(told["depth"]), _shape(told), arrays.get("centre"))
        n, kind = eyes.width + N_LIKENESSES + len(names), "with_features" if features else "alone"
        heads = PairHeads.of_arrays(kind, arrays, n)
        return cls(eyes, SentenceLikeness.from_dir(folder), heads, features)

    def score(self, claims: Sequence[str], evidence: Sequence[Sequence[str]]) -> F64:
        """Per pair (support, contradiction): shape (n, 2).

        Support is in 0..1, contradiction in 0..`MOST_CONTRADICTION`.

        Raises:
            BadInput: there are not as many evidences as claims.
        """
        if len(claims) != len(evidence):
            raise BadInput("evidence", len(evidence), f"give {len(claims)}, one for each claim")
        parts = [np.zeros((0, 2))]
        for start in range(0, len(claims), _CHUNK):
            some, said = claims[start : start + _CHUNK], evidence[start : start + _CHUNK]
            views = self._eyes.views(some, said).astype(np.float64)
            rows = np.hstack([views, self._likeness.rows(some, said)])
            if self._features is not None:
                rows = np.hstack([rows, self._features.rows(some, said)])
            told = self._heads.probabilities(rows)
            told[:, 1] = np.minimum(told[:, 1], MOST_CONTRADICTION)
            parts.append(told)
        return np.concatenate(parts)


def save_pair_encoder(
    folder: Path,
    source: Path,
    eyes: PairEyes,
    heads: Mapping[str, PairHeads],
    card: Mapping[str, Any],
) -> None:
    """Writes taught heads with the weights they stand on, as a folder of its own.

    Args:
        folder: made anew.
        source: where the weights came from; they go along unchanged.
        eyes: what the heads were taught on.
        heads: those `alone` and `with_features`.
        card: the names of `features`, and what it was taught on; kept in `config.json`.

    Raises:
        BadModel: the folder is there already.
    """
    told = json.loads((source / "config.json").read_text(encoding="utf-8"))
    shape = {"pieces": eyes.shape.pieces, "claim": eyes.shape.claim, "depth": eyes.depth}
    mark = {"format": _FORMAT} | shape | dict(card)
    try:
        folder.mkdir(parents=True)
    except OSError as problem:
        raise BadModel("--out", str(folder), f"name a folder to make: {problem}") from problem
    arrays: dict[str, NDArray[np.floating]] = {"centre": eyes.centre}
    for kind, taught in heads.items():
        arrays |= taught.arrays(kind)
    save_file(arrays, folder / "heads.safetensors")
    for name in ("vocab.txt", "model.safetensors"):
        shutil.copyfile(source / name, folder / name)
    text = json.dumps(told | {_MARK: mark}, indent=1, ensure_ascii=False)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")


def is_pair_encoder(folder: Path) -> bool:
    """Whether a folder says that it holds a pair encoder of ours."""
    try:
        return _MARK in json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def _told(folder: Path) -> dict[str, Any]:
    if not is_pair_encoder(folder):
        mend = "teach one with `stoa ask train-pairs`, or name an NLI model"
        raise BadModel("pair encoder", str(folder), mend)
    told = json.loads((folder / "config.json").read_text(encoding="utf-8"))[_MARK]
    try:
        fits = told["format"] == _FORMAT and 8 <= told["claim"] + 8 <= told["pieces"] <= 512
        if not fits or told["depth"] < 1 or not isinstance(told["features"], list):
            mend = f"this version reads format {_FORMAT}: {_ANEW}"
            raise BadModel("pair encoder's format", told["format"], mend)
    except (KeyError, TypeError) as wrong:
        raise BadModel("pair encoder", str(told)[:60], _ANEW) from wrong
    return told


def _shape(told: dict[str, Any]) -> PairShape:
    return PairShape(pieces=int(told["pieces"]), claim=int(told["claim"]))


def _arrays(path: Path) -> dict[str, NDArray[np.floating]]:
    try:
        return load_file(path)
    except (OSError, SafetensorError, ValueError) as wrong:
        raise BadModel(path.name, str(path), _ANEW) from wrong


def open_pair_scorer(
    model: str | Path, features: PairFeatures | None = None
) -> PairEncoder | NliScorer:
    """The pair scorer in a folder of ours, or the NLI model of that name or folder.

    `features` go to the former alone.

    Raises:
        BadModel: the folder's pair encoder is damaged.
        EncoderUnavailable: an NLI model cannot be loaded here.
    """
    folder = Path(model)
    if is_pair_encoder(folder):
        return PairEncoder.from_dir(folder, features)
    return NliScorer(str(model))
