"""Pair scorers: a folder that `stoa ask train-pairs` wrote, or an NLI model by its name."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from stoa.errors import BadModel, EncoderUnavailable
from stoa.language_models.bert import BertConfig, Params, bert_tensors, load_bert
from stoa.language_models.pair_input import PairShape, pair_row
from stoa.language_models.pair_model import CONTRADICTS, SUPPORTS, PairModel
from stoa.language_models.word_pieces import WordPieces

_MARK = "stoa_pair_encoder"
_FORMAT = 1


class PairEncoder:
    """A `PairScorer` over weights that were taught here."""

    def __init__(self, model: PairModel, vocabulary: WordPieces, shape: PairShape) -> None:
        self.name = "pair encoder"
        self._model, self._vocabulary, self._shape = model, vocabulary, shape

    @classmethod
    def from_dir(cls, folder: Path) -> PairEncoder:
        """From a folder that `save_pair_encoder` wrote.

        Raises:
            BadModel: a file is missing or damaged, or the folder holds no pair encoder.
        """
        told = _told(folder)
        config = BertConfig.from_file(folder / "config.json")
        path = folder / "model.safetensors"
        params = load_bert(path, config)
        model = PairModel(params, _head(path, config), config)
        pieces = min(int(told["pieces"]), config.places)
        shape = PairShape(pieces=pieces, claim=int(told["claim"]))
        return cls(model, WordPieces.from_file(folder / "vocab.txt"), shape)

    def score(
        self, claims: Sequence[str], evidence: Sequence[Sequence[str]]
    ) -> NDArray[np.float64]:
        """Per pair (support, contradiction), each in 0..1: shape (n, 2)."""
        rows = [
            pair_row(self._vocabulary, claim, texts, self._shape)
            for claim, texts in zip(claims, evidence, strict=True)
        ]
        return self._model.probabilities(rows)[:, [SUPPORTS, CONTRADICTS]]


def save_pair_encoder(
    folder: Path,
    source: Path,
    learnt: tuple[Params, Params],
    shape: PairShape,
    card: Mapping[str, Any],
) -> None:
    """Writes taught weights as a folder of their own, in the form they were read in.

    Args:
        folder: made anew.
        source: where the weights came from; its sizes and vocabulary go along.
        learnt: parameters and head.
        shape: of the rows it was taught on.
        card: what it was taught on, and how; kept in `config.json`.

    Raises:
        BadModel: the folder is there already.
    """
    try:
        folder.mkdir(parents=True)
    except OSError as problem:
        raise BadModel("--out", str(folder), f"name a folder to make: {problem}") from problem
    params, head = learnt
    tensors = bert_tensors(params)
    tensors |= {f"head.{name}": np.asarray(head[name], np.float32) for name in ("matrix", "bias")}
    save_file(
        {n: np.ascontiguousarray(t) for n, t in tensors.items()}, folder / "model.safetensors"
    )
    told = json.loads((source / "config.json").read_text(encoding="utf-8"))
    mark = {"format": _FORMAT, "pieces": shape.pieces, "claim": shape.claim} | dict(card)
    text = json.dumps(told | {_MARK: mark}, indent=1, ensure_ascii=False)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")
    (folder / "vocab.txt").write_bytes((source / "vocab.txt").read_bytes())


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
        if told["format"] != _FORMAT or not 16 <= told["claim"] + 8 <= told["pieces"] <= 512:
            raise BadModel("pair encoder", told["format"], "teach it anew with this version")
    except (KeyError, TypeError) as wrong:
        raise BadModel("pair encoder", str(told)[:60], "teach it anew") from wrong
    return told


def _head(path: Path, config: BertConfig) -> Params:
    try:
        tensors = load_file(path)
        head = {name: tensors[f"head.{name}"] for name in ("matrix", "bias")}
    except (OSError, SafetensorError, KeyError) as wrong:
        raise BadModel("head", str(path), "teach it anew") from wrong
    shapes = (head["matrix"].shape, head["bias"].shape)
    if shapes != ((6 * config.width, 3), (3,)) or not all(
        np.isfinite(t).all() for t in head.values()
    ):
        raise BadModel("head", shapes, "teach it anew")
    return head


class _CrossEncoder(Protocol):
    config: Any

    def predict(self, sentences: list[tuple[str, str]], **options: Any) -> Any: ...


class NliScorer:
    """A `PairScorer` over any NLI model that the `encoders` extra can load."""

    def __init__(self, model: str) -> None:
        """Loads the model, which may take seconds.

        Raises:
            EncoderUnavailable: the extra is not installed, or the model does not load or judge.
        """
        self.name = model
        self._model = _load(model)
        self._support, self._contradiction = _outcomes(model, self._model)

    def score(
        self, claims: Sequence[str], evidence: Sequence[Sequence[str]]
    ) -> NDArray[np.float64]:
        """Per pair (support, contradiction), each in 0..1: shape (n, 2)."""
        pairs = [(" ".join(e), c) for c, e in zip(claims, evidence, strict=True)]
        if not pairs:
            return np.zeros((0, 2))
        told = self._model.predict(pairs, apply_softmax=True, show_progress_bar=False)
        prob = np.nan_to_num(np.asarray(told, dtype=np.float64)).reshape(len(pairs), -1)
        against = 0 * prob[:, 0] if self._contradiction is None else prob[:, self._contradiction]
        return np.clip(np.stack([prob[:, self._support], against], axis=1), 0, 1)


def _load(model: str) -> _CrossEncoder:
    try:
        library = importlib.import_module("sentence_transformers")
    except ImportError as error:
        raise EncoderUnavailable(
            f"NLI model {model!r} needs the extra `encoders`: run `pip install 'stoa[encoders]'`, "
            "or give a folder that `stoa ask train-pairs` wrote"
        ) from error
    try:
        return cast(_CrossEncoder, library.CrossEncoder(model))
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        raise EncoderUnavailable(
            f"NLI model {model!r} does not load ({error}): give a folder that holds one, or a "
            "name it can download"
        ) from error


def _outcomes(name: str, model: _CrossEncoder) -> tuple[int, int | None]:
    """Places of support and contradiction among the model's labels."""
    labels = {int(k): str(v).lower() for k, v in dict(model.config.id2label).items()}

    def place(*stems: str) -> int | None:
        hits = (k for k, v in labels.items() if any(v.startswith(stem) for stem in stems))
        return next(hits, None)

    support = place("entail", "support", "attribut", "consistent")
    if support is None:
        raise EncoderUnavailable(
            f"model {name!r} has the labels {sorted(labels.values())}; name one that says "
            "entailment and contradiction"
        )
    return support, place("contra", "refut")


def open_pair_scorer(model: str | Path) -> PairEncoder | NliScorer:
    """The pair scorer in a folder of ours, or the NLI model of that name or folder.

    Raises:
        BadModel: the folder's pair encoder is damaged.
        EncoderUnavailable: an NLI model cannot be loaded here.
    """
    folder = Path(model)
    if is_pair_encoder(folder):
        return PairEncoder.from_dir(folder)
    return NliScorer(str(model))
