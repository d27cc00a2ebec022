"""Any sentence-embedding model behind the encoder port, turned into the square's 128-d space."""

from __future__ import annotations

import importlib
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from stoa.errors import EncoderUnavailable
from stoa.space.rotation import orthonormal

_CHARACTERS_READ = 2_000
_PROJECTION_SEED = 20_260_901  # part of the space: a change moves every vector
_PROBE = "The square is open."


class _Model(Protocol):
    def encode(
        self, sentences: list[str], *, convert_to_numpy: bool, show_progress_bar: bool
    ) -> NDArray[np.float32]: ...


class SentenceEncoder:
    """A `TextEncoder` over a sentence-transformers model, by name or from a local folder.

    The model's vectors are projected to `dim` by a fixed random orthonormal basis, which keeps
    cosines up to a small error (Johnson and Lindenstrauss 1984).
    """

    def __init__(self, model: str, dim: int = 128) -> None:
        """Loads the model, which may take seconds.

        Raises:
            EncoderUnavailable: the `encoders` extra is not installed, or the model does not load.
        """
        self.dim = dim
        self._model = _load(model)
        probe = np.asarray(self._embed([_PROBE]), dtype=np.float32)
        if probe.ndim != 2 or not np.isfinite(probe).all():
            raise EncoderUnavailable(
                f"model {model!r} gave an array of shape {probe.shape} for one text, "
                "expected finite numbers of shape (1, width); name a sentence-embedding model"
            )
        self._projection = orthonormal(probe.shape[1], dim, _PROJECTION_SEED)
        print_of_probe = zlib.crc32(np.round(probe, 2).tobytes())
        self.name = f"sentence-{_slug(model)}-{print_of_probe:08x}-{dim}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows of shape (n, dim); an empty text gives a zero row."""
        cleaned = [_readable(text) for text in texts]
        filled = [row for row, text in enumerate(cleaned) if text]
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        if filled:
            embedded = np.nan_to_num(self._embed([cleaned[row] for row in filled]))
            projected = embedded.astype(np.float32) @ self._projection
            norm = np.linalg.norm(projected, axis=1, keepdims=True)
            rows[filled] = projected / np.where(norm > 0, norm, 1)
        return rows

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        return self._model.encode(texts, convert_to_numpy=True, show_progress_bar=False)


def _load(model: str) -> _Model:
    try:
        library = importlib.import_module("sentence_transformers")
    except ImportError as error:
        raise EncoderUnavailable(
            f"encoder {model!r} needs the extra `encoders`: run `pip install 'stoa[encoders]'`, "
            "or set the encoder to 'hashed'"
        ) from error
    try:
        return cast(_Model, library.SentenceTransformer(model))
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        raise EncoderUnavailable(
            f"model {model!r} does not load ({error}): give a folder that holds a "
            "sentence-transformers model, or a name it can download"
        ) from error


def _readable(text: str) -> str:
    """The text without what tokenisers refuse: NUL and lone surrogates."""
    cut = text[:_CHARACTERS_READ].replace("\0", " ")
    return cut.encode("utf-8", "replace").decode("utf-8").strip()


def _slug(model: str) -> str:
    """A part of a file name for a model; two folders of one name differ by the probe's print."""
    name = Path(model).name if Path(model).exists() else model
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-")[:60] or "model"
