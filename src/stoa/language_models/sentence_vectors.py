# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""Unit vectors of texts from any BERT sentence model in a folder, without torch."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.language_models.bert import (
    Array,
    BertConfig,
    Params,
    embed,
    load_bert,
    mean_of,
    run_layers,
)
from stoa.language_models.pair_eyes import batches
from stoa.language_models.pair_input import PairRow
from stoa.language_models.word_pieces import WordPieces
from stoa.space.rotation import orthonormal

_CHARACTERS_READ = 2_000
_PROJECTION_SEED = 20_260_901  # as for every sentence model: a change moves all vectors
_PROBE = "The square is open."


class BertSentences:
    """A `TextEncoder`: the mean over a text's pieces, turned into `dim` numbers of unit length.

    Vectors of another width than the model's are projected by a fixed random orthonormal
    basis, which keeps cosines up to a small error (Johnson and Lindenstrauss 1984).
    """

    def __init__(
        self,
        params: Params,
        config: BertConfig,
        vocabulary: WordPieces,
        *,
        dim: int = 128,
        pieces: int = 256,
    ) -> None:
        self.dim = dim
        self._vocabulary, self._params = vocabulary, params
        self._pieces = min(pieces, config.places)
        turned = orthonormal(config.width, dim, _PROJECTION_SEED)
        self._projection = turned if dim != config.width else np.eye(dim, dtype=np.float32)

        def mean(params: Params, row: Array) -> Array:
            stream = embed(params, row, jnp.zeros_like(row), config.epsilon)
            return mean_of(run_layers(params["layers"], stream, row > 0, config), row > 0)

        self._run = jax.jit(jax.vmap(mean, in_axes=(None, 0)))
        print_of_probe = zlib.crc32(np.round(self.encode([_PROBE]), 2).tobytes())
        self.name = f"bert-{config.depth}x{config.width}-{print_of_probe:08x}-{dim}"

    @classmethod
    def from_dir(cls, folder: Path, dim: int = 128) -> BertSentences:
        """From a folder with `config.json`, `vocab.txt` and `model.safetensors`.

        Raises:
            BadModel: a file is missing, damaged, or of another architecture.
        """
        config = BertConfig.from_file(folder / "config.json")
        vocabulary = WordPieces.from_file(folder / "vocab.txt")
        return cls(load_bert(folder / "model.safetensors", config), config, vocabulary, dim=dim)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows of shape (n, dim); an empty text gives a zero row."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        cut = [self._vocabulary.ids(text[:_CHARACTERS_READ]) for text in texts]
        filled = [place for place, pieces in enumerate(cut) if pieces]
        rows = [self._row(cut[place]) for place in filled]
        for places, padded, _ in batches(rows, 32 if len(rows) > 1 else 1):
            mean = np.asarray(self._run(self._params, padded))[: len(places)]
            turned = mean @ self._projection
            norm = np.linalg.norm(turned, axis=1, keepdims=True)
            vectors[np.array(filled)[places]] = turned / np.where(norm > 0, norm, 1)
        return vectors

    def _row(self, pieces: list[int]) -> PairRow:
        kept = pieces[: self._pieces - 2]
        ids = [self._vocabulary.start, *kept, self._vocabulary.separator]
        return PairRow(np.array(ids, dtype=np.int32), len(ids))
