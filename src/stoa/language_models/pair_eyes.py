# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""Reads claims and evidence in batches through a BERT's first layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadModel
from stoa.language_models.bert import Array, BertConfig, Params, load_bert, mean_of
from stoa.language_models.pair_input import STANDARD_SHAPE, PairRow, PairShape, pair_row
from stoa.language_models.pair_views import N_MEETINGS, N_POOLS, meetings, pools, stream_of
from stoa.language_models.word_pieces import WordPieces

_STEP = 32  # rows are padded to a multiple of this, so that few shapes are compiled
_BATCH = 16


class PairEyes:
    """Reads pairs through the first `depth` layers of a BERT; gives `width` numbers of each."""

    def __init__(
        self,
        params: Params,
        config: BertConfig,
        vocabulary: WordPieces,
        *,
        depth: int = 3,
        shape: PairShape = STANDARD_SHAPE,
        centre: NDArray[np.float32] | None = None,
    ) -> None:
        self.depth = depth
        self.shape = replace(shape, pieces=min(shape.pieces, config.places))
        self.width = N_MEETINGS + N_POOLS * config.width
        self.centre = np.zeros(config.width, np.float32) if centre is None else centre
        self._vocabulary = vocabulary
        self._params = params | {"layers": params["layers"][:depth]}

        def stream(params: Params, row: Array, n_claim: Array) -> Array:
            return stream_of(params, row, n_claim, depth, config)

        def mean(params: Params, row: Array, n_claim: Array) -> Array:
            return mean_of(stream(params, row, n_claim), row > 0)

        def views(params: Params, centre: Array, row: Array, n_claim: Array) -> Array:
            found = stream(params, row, n_claim)
            met = meetings(found - centre[None, :], row, n_claim)
            return jnp.concatenate([met, pools(found, row, n_claim)])

        self._mean = jax.jit(jax.vmap(mean, in_axes=(None, 0, 0)))
        self._views = jax.jit(jax.vmap(views, in_axes=(None, None, 0, 0)))

    @classmethod
    def from_dir(
        cls,
        folder: Path,
        depth: int = 3,
        shape: PairShape = STANDARD_SHAPE,
        centre: NDArray[np.float32] | None = None,
    ) -> PairEyes:
        """Over the weights in a folder.

        Raises:
            BadModel: a file is missing, damaged, or of another architecture.
        """
        config = BertConfig.from_file(folder / "config.json")
        if not 1 <= depth <= config.depth or (centre is not None and len(centre) != config.width):
            raise BadModel("depth", depth, f"expected 1 to {config.depth}, as config.json says")
        params = load_bert(folder / "model.safetensors", config)
        vocabulary = WordPieces.from_file(folder / "vocab.txt")
        return cls(params, config, vocabulary, depth=depth, shape=shape, centre=centre)

    def centred(self, claims: Sequence[str], evidence: Sequence[Sequence[str]]) -> PairEyes:
        """The same eyes, with the mean over the pieces of these pairs taken out of meetings."""
        total, n_pieces = np.zeros_like(self.centre, dtype=np.float64), 0
        rows = self._rows(claims, evidence)
        for places, padded, n_claim in batches(rows, _BATCH):
            means = np.asarray(self._mean(self._params, padded, n_claim))
            for at, place in enumerate(places):
                total += means[at] * len(rows[place].ids)
                n_pieces += len(rows[place].ids)
        other = copy(self)
        other.centre = (total / max(n_pieces, 1)).astype(np.float32)
        return other

    def views(
        self, claims: Sequence[str], evidence: Sequence[Sequence[str]]
    ) -> NDArray[np.float32]:
        """Shape (n, `width`): the meetings, then the pools."""
        rows = self._rows(claims, evidence)
        found = np.zeros((len(rows), self.width), dtype=np.float32)
        for places, padded, n_claim in batches(rows, _BATCH):
            told = self._views(self._params, self.centre, padded, n_claim)
            found[places] = np.asarray(told)[: len(places)]
        return found

    def _rows(self, claims: Sequence[str], evidence: Sequence[Sequence[str]]) -> list[PairRow]:
        pairs = zip(claims, evidence, strict=True)
        return [pair_row(self._vocabulary, claim, said, self.shape) for claim, said in pairs]


def batches(
    rows: Sequence[PairRow], size: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]]:
    """Places in `rows`, padded rows (size, n) and claim lengths (size,), rows of like length.

    The last batch of a length is filled up with copies of its first row, to a quarter of `size`
    where so few are left: a reader mostly asks of one pair.
    """
    width = np.array([-(-len(row.ids) // _STEP) * _STEP for row in rows])
    for n in np.unique(width):
        (places,) = np.nonzero(width == n)
        for start in range(0, len(places), size):
            part = places[start : start + size]
            filled = size if len(part) > size // 4 else max(size // 4, 1)
            full = np.concatenate([part, np.repeat(part[:1], filled - len(part))])
            padded = np.zeros((filled, int(n)), dtype=np.int32)
            for at, place in enumerate(full):
                padded[at, : len(rows[place].ids)] = rows[place].ids
            yield part, padded, np.array([rows[p].n_claim for p in full], dtype=np.int32)
