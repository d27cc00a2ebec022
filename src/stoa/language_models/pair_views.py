# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""What a language model's layers see when they read a claim and its evidence together.

`[CLS] claim [SEP] evidence [SEP]` runs through the first layers of a BERT, so that each piece of
the claim meets each piece of the evidence. Two kinds of numbers come out: how well each piece of
the claim is met by its nearest piece of the evidence (as in BERTScore, Zhang et al. 2020), and the
pieces' means and maxima. Shapes leave the batch away.
"""

from __future__ import annotations

import jax.numpy as jnp

from stoa.language_models.bert import Array, BertConfig, Params, embed, mean_of, run_layers
from stoa.language_models.pair_input import COMMON_PIECES

_WELL_MET = (0.5, 0.6, 0.7, 0.8)
N_MEETINGS = 16
N_POOLS = 6


def stream_of(params: Params, row: Array, n_claim: Array, depth: int, c: BertConfig) -> Array:
    """The stream (n, width) after `depth` layers; `row` (n,) pieces, padded with 0."""
    kinds = (jnp.arange(row.shape[0]) >= n_claim).astype(row.dtype)
    stream = embed(params, row, kinds, c.epsilon)
    return run_layers(params["layers"][:depth], stream, row > 0, c)


def pools(stream: Array, row: Array, n_claim: Array) -> Array:
    """Claim and evidence as a whole, (6 width,): see the code for the order."""
    of_claim, of_evidence = _places(row, n_claim)
    claim, evidence = mean_of(stream, of_claim), mean_of(stream, of_evidence)
    peak = jnp.max(jnp.where(of_claim[:, None], stream, -10.0), axis=0)
    views = [stream[0], claim, peak, evidence, jnp.abs(claim - evidence), claim * evidence]
    return jnp.concatenate(views)


def meetings(stream: Array, row: Array, n_claim: Array) -> Array:
    """How the claim's pieces are met by the evidence's, (16,); `stream` centred on its mean."""
    of_claim, of_evidence = _places(row, n_claim)
    unit = stream / jnp.maximum(jnp.linalg.norm(stream, axis=1, keepdims=True), 1e-6)
    cosine = jnp.where(of_claim[:, None] & of_evidence[None, :], unit @ unit.T, -1.0)
    met = cosine.max(axis=1)  # of each piece of the claim, its nearest of the evidence
    same = ((row[:, None] == row[None, :]) & of_evidence[None, :]).any(axis=1)
    rare = jnp.log1p(jnp.maximum(0.0, row - float(COMMON_PIECES))) + 0.5
    worst = jnp.sort(jnp.where(of_claim, met, jnp.inf))
    last = jnp.maximum(of_claim.sum() - 1, 0)
    least = [worst[jnp.minimum(place, last)] for place in range(3)]
    softest = -jnp.log(_mean(jnp.exp(-8.0 * met), of_claim))
    claim, evidence = mean_of(stream, of_claim), mean_of(stream, of_evidence)
    length = jnp.linalg.norm(claim) * jnp.linalg.norm(evidence)
    told = [
        _mean(met, of_claim),
        *least,
        _mean(met, of_claim, rare),
        *(_mean((met < level).astype(met.dtype), of_claim) for level in _WELL_MET),
        softest,
        _mean(jnp.where(same, 1.0, met), of_claim, rare),
        jnp.where((of_claim & ~same).any(), _mean(met, of_claim & ~same), 1.0),
        _mean(cosine.max(axis=0), of_evidence),
        claim @ evidence / jnp.maximum(length, 1e-6),
        jnp.where(of_claim & (met < 0.7), rare, 0.0).sum(),
        _mean((~same).astype(met.dtype), of_claim),
    ]
    is_pair = of_claim.any() & of_evidence.any()
    return jnp.where(is_pair, jnp.stack(told), 0.0)


def _places(row: Array, n_claim: Array) -> tuple[Array, Array]:
    """Which pieces are the claim's and which the evidence's, without `[CLS]` and `[SEP]`."""
    place, n_pieces = jnp.arange(row.shape[0]), (row > 0).sum()
    of_claim = (place > 0) & (place < n_claim - 1)
    return of_claim, (place >= n_claim) & (place < n_pieces - 1)


def _mean(value: Array, chosen: Array, weight: Array | float = 1.0) -> Array:
    counted = jnp.where(chosen, weight, 0.0)
    return (value * counted).sum() / jnp.maximum(counted.sum(), 1e-6)
