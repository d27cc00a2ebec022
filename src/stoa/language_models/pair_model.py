# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""A pair encoder: BERT reads claim and evidence together, a small head says what holds.

Three outcomes: the evidence supports the claim fully, contradicts it, or does neither. The head
sees the claim's pieces once as their mean and once as their maximum, since one piece without
support is enough to spoil a claim. Shapes leave the batch away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.language_models.bert import Array, BertConfig, Params, embed, mean_of, run_layers
from stoa.language_models.pair_input import PairRow

SUPPORTS, CONTRADICTS, NEITHER = 0, 1, 2
_VIEWS = 6  # what the head sees of a pair, each as wide as the stream
_STEP = 32  # rows are padded to a multiple of this, so that few shapes are compiled


def init_head(width: int) -> Params:
    """A head that knows nothing: every pair gets equal logits."""
    matrix = np.zeros((_VIEWS * width, 3), dtype=np.float32)
    return {"matrix": matrix, "bias": np.zeros(3, dtype=np.float32)}


def lower_stream(params: Params, row: Array, n_claim: Array, depth: int, c: BertConfig) -> Array:
    """The stream (n, width) after the first `depth` layers; `row` (n,) pieces, padded with 0."""
    kinds = (jnp.arange(row.shape[0]) >= n_claim).astype(row.dtype)
    stream = embed(params, row, kinds, c.epsilon)
    return run_layers(params["layers"][:depth], stream, row > 0, c)


def upper_views(
    layers: list[Params], stream: Array, row: Array, n_claim: Array, c: BertConfig
) -> Array:
    """What the head sees, (6 width,), from the stream under these last layers."""
    is_piece = row > 0
    stream = run_layers(layers, stream, is_piece, c)
    place = jnp.arange(row.shape[0])
    of_claim = (place > 0) & (place < n_claim - 1)
    claim, evidence = mean_of(stream, of_claim), mean_of(stream, is_piece & (place >= n_claim))
    # Taken by place: the gradient of `max` compares floats that a compiler may compute twice.
    highest = jnp.argmax(jnp.where(of_claim[:, None], stream, -jnp.inf), axis=0)
    peak = jnp.take_along_axis(stream, highest[None, :], axis=0)[0]
    views = [stream[0], claim, peak, evidence, jnp.abs(claim - evidence), claim * evidence]
    return jnp.concatenate(views)


def pair_logits(head: Params, views: Array) -> Array:
    """Logits (3,) of supports, contradicts, neither."""
    return views @ head["matrix"] + head["bias"]


def batches(
    rows: Sequence[PairRow], size: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]]:
    """Places in `rows`, padded rows (size, n) and claim lengths (size,), rows of like length.

    The last batch of a length is filled up with copies of its first row.
    """
    width = np.array([-(-len(row.ids) // _STEP) * _STEP for row in rows])
    for n in np.unique(width):
        (places,) = np.nonzero(width == n)
        for start in range(0, len(places), size):
            part = places[start : start + size]
            full = np.concatenate([part, np.repeat(part[:1], size - len(part))])
            padded = np.zeros((size, int(n)), dtype=np.int32)
            for at, place in enumerate(full):
                padded[at, : len(rows[place].ids)] = rows[place].ids
            yield part, padded, np.array([rows[p].n_claim for p in full], dtype=np.int32)


class PairModel:
    """Parameters and the compiled pass over a batch."""

    def __init__(self, params: Params, head: Params, config: BertConfig) -> None:
        self.params, self.head, self.config = params, head, config

        def probabilities(params: Params, head: Params, row: Array, n_claim: Array) -> Array:
            stream = lower_stream(params, row, n_claim, 0, config)
            views = upper_views(params["layers"], stream, row, n_claim, config)
            return jax.nn.softmax(pair_logits(head, views))

        self._run = jax.jit(jax.vmap(probabilities, in_axes=(None, None, 0, 0)))

    def probabilities(self, rows: Sequence[PairRow], size: int = 16) -> NDArray[np.float64]:
        """Shape (n, 3): supports, contradicts, neither."""
        found = np.zeros((len(rows), 3))
        for places, padded, n_claim in batches(rows, size):
            told = self._run(self.params, self.head, padded, n_claim)
            found[places] = np.asarray(told)[: len(places)]
        return found
