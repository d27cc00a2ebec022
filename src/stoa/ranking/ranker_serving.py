# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""The ranker for one request: padded to a few shapes, each compiled once.

JAX keeps compiled code on disk where the caller sets `jax_compilation_cache_dir`; nothing here
does. `warm` compiles before the first reader comes.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.ranking.heads import N_OUTPUTS
from stoa.ranking.ranker_inputs import (
    N_FORMS,
    N_SIMILARITIES,
    SHAPES,
    Candidates,
    History,
    padded_candidates,
    padded_history,
    shape_for,
)
from stoa.ranking.ranker_model import (
    HistoryState,
    RankerConfig,
    history_state,
    score_candidates,
)
from stoa.space.transformer import Array, Params


@partial(jax.jit, static_argnames="config")
def state_of(params: Params, history: History, config: RankerConfig) -> HistoryState:
    """`history_state`, compiled; the history must be `config.history` long."""
    return history_state(params, history, config)


@partial(jax.jit, static_argnames="config")
def outputs_of(
    params: Params, state: HistoryState, candidates: Candidates, config: RankerConfig
) -> Array:
    """`score_candidates` without positions, compiled once for each length."""
    return score_candidates(params, state, candidates, config)


def read_history(params: Params, history: History, config: RankerConfig) -> HistoryState:
    """What candidates will see of a viewer, from a history of any length (newest first)."""
    return state_of(params, padded_history(history, config.history), config)


def rank(
    params: Params, state: HistoryState, candidates: Candidates, config: RankerConfig
) -> NDArray[np.float32]:
    """Outputs (n, N_OUTPUTS) of any number of candidates; more than 1,536 go in parts."""
    n = len(candidates.vector)
    parts: list[NDArray[np.float32]] = []
    for start in range(0, n, SHAPES[-1]):
        part = Candidates(*(column[start : start + SHAPES[-1]] for column in candidates))
        n_part = len(part.vector)
        full = padded_candidates(part, shape_for(n_part))
        parts.append(np.asarray(outputs_of(params, state, full, config))[:n_part])
    return np.concatenate(parts) if parts else np.zeros((0, N_OUTPUTS), dtype=np.float32)


def warm(params: Params, config: RankerConfig, shapes: tuple[int, ...] = SHAPES) -> None:
    """Compiles both steps for these numbers of candidates, so that no reader waits for it."""
    state = read_history(params, no_history(config), config)
    for n in shapes:
        jax.block_until_ready(outputs_of(params, state, no_candidates(n, config), config))


def no_history(config: RankerConfig) -> History:
    """A viewer of whom nothing is known."""
    h = config.history
    return History(
        vector=np.zeros((h, config.vector), dtype=np.float32),
        author=np.zeros((h, 2), dtype=np.int32),
        acts=np.zeros(h, dtype=np.uint32),
        log_seconds=np.zeros(h, dtype=np.float32),
        log_age=np.zeros(h, dtype=np.float32),
        surface=np.zeros(h, dtype=np.int32),
        real=np.zeros(h, dtype=np.bool_),
    )


def no_candidates(n: int, config: RankerConfig) -> Candidates:
    """`n` posts of which nothing is known."""
    return Candidates(
        vector=np.zeros((n, config.vector), dtype=np.float32),
        parent=np.zeros((n, config.vector), dtype=np.float32),
        similarity=np.zeros((n, N_SIMILARITIES), dtype=np.float32),
        author=np.zeros((n, 2), dtype=np.int32),
        log_age=np.zeros(n, dtype=np.float32),
        form=np.zeros((n, N_FORMS), dtype=np.float32),
        note=np.zeros(n, dtype=np.int32),
        surface=np.zeros(n, dtype=np.int32),
        evidence=np.zeros((n, config.evidence), dtype=np.float32),
    )


def similarities_to(
    vectors: Array, viewer: Array, is_viewer: Array, n: int = N_SIMILARITIES
) -> Array:
    """The `n` greatest products of posts (m, d) with a viewer's vectors (h, d), (m, n).

    Zero where there are fewer, and where a product is negative: being unlike one of many
    interests says nothing.
    """
    products = jnp.where(is_viewer[None, :], vectors @ viewer.T, 0.0)
    return jax.lax.top_k(jnp.maximum(products, 0.0), n)[0]
