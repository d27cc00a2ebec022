"""Any NLI model by its name, as a pair scorer; needs the `encoders` extra."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from stoa.errors import EncoderUnavailable


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
