# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""The ranker: history once a request, then candidates that see it and themselves only.

History tokens see each other both ways. A candidate attends to the history's keys and values and
to itself (candidate isolation), so what it gets never hangs on which others were ranked with it.
Functions see one request; `jax.vmap` supplies a batch in training.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.ranking.heads import N_LOGITS, N_OUTPUTS, SKIP_S
from stoa.ranking.ranker_inputs import (
    N_FORMS,
    N_KINDS,
    N_MOMENTS,
    N_NOTE_STATES,
    N_SIMILARITIES,
    N_SURFACES,
    Candidates,
    History,
)
from stoa.records import NEGATIVE_EVENTS, POSITIVE_EVENTS, EventKind
from stoa.space.transformer import (
    Array,
    BlockConfig,
    KeysValues,
    Params,
    attend,
    attend_to,
    init_blocks,
    keys_values,
    rms_norm,
)

_LEAST_SPREAD = 0.02
"""Of a column of evidence: on a square's first day some tell nothing yet, and training goes on from
the scale of that day."""

_FARTHEST = 6.0
"""Deviations from the mean that evidence counts for at most: it grows as more is told."""

N_POSITIONS = 32
"""Positions from this on share the last bias."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerConfig:
    """Everything that defines a ranker. `width` and `depth` are the dials."""

    width: int = 64
    depth: int = 2
    history: int = 128  # tokens read, newest first
    vector: int = 128  # channels of a post vector
    author_rows: int = 4096  # of the two-hash table
    gates: int = 4  # ways in which an author may matter to a viewer
    evidence: int = 0  # columns of `ranking.evidence`; 0 where nobody keeps it

    @property
    def blocks(self) -> BlockConfig:
        """The blocks it is made of."""
        return BlockConfig(width=self.width, depth=self.depth, head=min(32, self.width))

    @property
    def author(self) -> int:
        """Channels of an author vector."""
        return self.width // 2


class HistoryState(NamedTuple):
    """What candidates see of a viewer: computed once a request."""

    seen: tuple[KeysValues, ...]  # of each block
    real: Array  # (h,)
    bucket: Array  # (h, 2) authors met
    gate: Array  # (h, gates) how each meeting counts for its author and for posts like it
    author_taste: Array  # (gates, author) authors met, weighed by the gates
    post_taste: Array  # (gates, d) posts met, weighed by the gates


@partial(jax.jit, static_argnames="config")
def init_ranker(key: Array, config: RankerConfig) -> Params:
    """Fresh parameters; all outputs start at their priors (zero until `heads.set_priors`)."""
    w = config.width
    block_key, key = jax.random.split(key)
    shapes = _matrices(config)
    # One draw for all: random numbers are most of what there is to compile here.
    drawn = jax.random.normal(key, (sum(rows * columns for rows, columns, _ in shapes.values()),))
    made: Params = {}
    start = 0
    for name, (rows, columns, gain) in shapes.items():
        size = rows * columns
        made[name] = gain / rows**0.5 * drawn[start : start + size].reshape(rows, columns)
        start += size
    return {
        **made,
        "blocks": init_blocks(block_key, config.blocks),
        "gate_of_acts": _first_gates(config),
        "is_candidate": jnp.zeros(w),
        "norm": jnp.ones(w),
        "out": jnp.zeros((w, N_OUTPUTS)),
        "prior": jnp.zeros(N_OUTPUTS),
        "position": jnp.zeros((N_POSITIONS, N_OUTPUTS)),
        **_first_evidence(config),
        "position_share": jnp.full(N_POSITIONS, 1.0 / N_POSITIONS),
        "calibration": {
            "scale": jnp.ones(N_LOGITS),
            "offset": jnp.zeros(N_LOGITS),
            "seconds": jnp.ones(()),
            "slope": jnp.ones(()),
            "mean_s": jnp.zeros(()),
            "reply_slope": jnp.ones(()),
            "reply_mean_s": jnp.zeros(()),
            "new_share": jnp.ones(()),
            "new_mean_s": jnp.zeros(()),
            "skip_s": jnp.full((), SKIP_S / 2),
        },
    }


def _matrices(config: RankerConfig) -> dict[str, tuple[int, int, float]]:
    """Rows, columns and gain (times 1 / sqrt(rows)) of every matrix that starts at random."""
    w, a = config.width, config.author
    n_told = N_KINDS + N_MOMENTS
    evidence = {"evidence": (config.evidence, w, 1.0)} if config.evidence else {}
    return {
        **evidence,
        "post": (config.vector, w, 1.0),
        "parent": (config.vector, w, 0.5),
        "authors": (config.author_rows, a, config.author_rows**0.5),
        "author": (a, w, 0.5),
        "told": (n_told, w, n_told**0.5 / 2),
        "surface": (N_SURFACES, w, 0.1),
        "similarity": (N_SIMILARITIES, w, 1.0),
        "affinity": (3 * config.gates, w, 2.0),
        "age": (2, w, 1.0),
        "form": (N_FORMS, w, 1.0),
        "note": (N_NOTE_STATES, w, 0.1),
        "gate": (w, config.gates, 0.1),
    }


def _first_evidence(config: RankerConfig) -> Params:
    """How evidence is scaled (`scale_evidence`), and its straight way to the outputs."""
    if config.evidence == 0:
        return {}
    return {
        "evidence_mean": jnp.zeros(config.evidence),
        "evidence_sd": jnp.ones(config.evidence),
        "evidence_out": jnp.zeros((config.evidence, N_OUTPUTS)),
    }


def scale_evidence(params: Params, evidence: NDArray[np.float32]) -> Params:
    """Parameters that read evidence like this, (n, e), as columns of mean 0 and deviation 1."""
    return {
        **params,
        "evidence_mean": jnp.asarray(evidence.mean(axis=0)),
        "evidence_sd": jnp.asarray(np.maximum(evidence.std(axis=0), _LEAST_SPREAD)),
    }


def _first_gates(config: RankerConfig) -> Array:
    """Gates begin as what is believed anyway: having looked long, liked, sent away, or just met."""
    rows = np.zeros((N_KINDS + N_MOMENTS, config.gates), dtype=np.float32)
    for gate, kinds in enumerate((POSITIVE_EVENTS, NEGATIVE_EVENTS)):
        rows[[int(kind) for kind in kinds], gate % config.gates] = 1.0
    rows[N_KINDS, 2 % config.gates] = 1.0  # log seconds
    rows[EventKind.DWELL, 3 % config.gates] = 1.0
    return jnp.asarray(rows)


def history_state(params: Params, history: History, config: RankerConfig) -> HistoryState:
    """Keys and values of every block, and the authors met; history (h) as `History` says."""
    author = author_vector(params, history.author)
    told = _told(history)
    x = _history_tokens(params, history, author, told)
    place = -1.0 - jnp.arange(x.shape[0], dtype=jnp.float32)
    mask = jnp.broadcast_to(history.real[None, :], (x.shape[0], x.shape[0]))
    seen: list[KeysValues] = []
    for block in params["blocks"]:
        seen.append(keys_values(block, x, place, config.blocks))
        x = attend(block, x, place, mask, config.blocks)
    gate = rms_norm(x, params["norm"]) @ params["gate"] + told @ params["gate_of_acts"]
    gate = gate * history.real[:, None]
    size = (1.0 + jnp.sum(history.real)) ** 0.5
    return HistoryState(
        seen=tuple(seen),
        real=history.real,
        bucket=history.author,
        gate=gate,
        author_taste=gate.T @ author / size,
        post_taste=gate.T @ history.vector / size,
    )


def score_candidates(
    params: Params,
    state: HistoryState,
    candidates: Candidates,
    config: RankerConfig,
    position: Array | None = None,
) -> Array:
    """Outputs of all heads, (n, N_OUTPUTS), as `heads.OUTPUTS` names them.

    Args:
        params: from `init_ranker`, trained.
        state: from `history_state`.
        candidates: n of them.
        config: the ranker's.
        position: (n,) where each was shown, in training only. Its bias is added to the outputs
            and sums to zero over the positions that training saw; without positions it is zero.
    """
    x = _candidate_tokens(params, state, candidates, config)
    place = jnp.zeros(x.shape[0])
    for block, seen in zip(params["blocks"], state.seen, strict=True):
        x = attend_to(block, x, place, seen, state.real, config.blocks)
    outputs = rms_norm(x, params["norm"]) @ params["out"] + params["prior"]
    if config.evidence:
        outputs = outputs + _scaled_evidence(params, candidates) @ params["evidence_out"]
    if position is None:
        return outputs
    return outputs + _position_bias(params, position)


def author_vector(params: Params, bucket: Array) -> Array:
    """Unit-size vectors of authors by their two buckets, (..., 2) to (..., author)."""
    rows = params["authors"][bucket]
    return (rows[..., 0, :] + rows[..., 1, :]) / (2.0 * rows.shape[-1]) ** 0.5


def _position_bias(params: Params, position: Array) -> Array:
    table = params["position"]
    share = jax.lax.stop_gradient(params["position_share"])
    centred = table - share @ table
    return centred[jnp.clip(position, 0, N_POSITIONS - 1)]


def _told(history: History) -> Array:
    """What each token says beside its post: acts, seconds and age, (h, N_KINDS + N_MOMENTS)."""
    kinds = jnp.arange(N_KINDS, dtype=jnp.uint32)
    acts = ((history.acts[:, None].astype(jnp.uint32) >> kinds) & 1).astype(jnp.float32)
    seconds, age = history.log_seconds[:, None], history.log_age[:, None]
    return jnp.concatenate([acts, seconds, seconds**2, age, age**2], axis=-1)


def _history_tokens(params: Params, history: History, author: Array, told: Array) -> Array:
    return (
        _from_vector(history.vector, params["post"])
        + _from_vector(author, params["author"])
        + told @ params["told"]
        + params["surface"][jnp.clip(history.surface, 0, N_SURFACES - 1)]
    )


def _candidate_tokens(
    params: Params, state: HistoryState, candidates: Candidates, config: RankerConfig
) -> Array:
    author = author_vector(params, candidates.author)
    age = jnp.stack([candidates.log_age, candidates.log_age**2], axis=-1)
    told = _scaled_evidence(params, candidates) @ params["evidence"] if config.evidence else 0.0
    return (
        told
        + _from_vector(candidates.vector, params["post"])
        + _from_vector(candidates.parent, params["parent"])
        + _from_vector(author, params["author"])
        + candidates.similarity @ params["similarity"]
        + _affinity(state, candidates, author) @ params["affinity"]
        + age @ params["age"]
        + candidates.form @ params["form"]
        + params["note"][jnp.clip(candidates.note, 0, N_NOTE_STATES - 1)]
        + params["surface"][jnp.clip(candidates.surface, 0, N_SURFACES - 1)]
        + params["is_candidate"]
    )


def _scaled_evidence(params: Params, candidates: Candidates) -> Array:
    mean, sd = params["evidence_mean"], params["evidence_sd"]
    scaled = (candidates.evidence - jax.lax.stop_gradient(mean)) / jax.lax.stop_gradient(sd)
    return jnp.clip(scaled, -_FARTHEST, _FARTHEST)


def _affinity(state: HistoryState, candidates: Candidates, author: Array) -> Array:
    """What the viewer's own meetings say of each candidate, (n, 3 gates).

    Of its very author, of authors like that one, and of posts like it.
    """
    bucket = candidates.author
    same = jnp.all(bucket[:, None, :] == state.bucket[None, :, :], axis=-1)
    known = bucket[:, 0] > 0
    met = (same & known[:, None] & state.real[None, :]).astype(jnp.float32)
    return jnp.concatenate(
        [
            met @ state.gate,
            author @ state.author_taste.T,
            candidates.vector @ state.post_taste.T,
        ],
        axis=-1,
    )


def _from_vector(unit: Array, matrix: Array) -> Array:
    """Unit rows have channels of size 1 / sqrt(d); the stream wants channels of size 1."""
    return (unit @ matrix) * unit.shape[-1] ** 0.5
