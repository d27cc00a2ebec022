# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportMissingTypeStubs=false
# (JAX leaves parts of its own signatures untyped.)
"""AdamW with a warm-up and a cosine: the one optimiser of every training loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import optax

from stoa.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimiserConfig:
    """How fast to learn. `peak` is the dial."""

    peak: float = 2e-3  # the highest learning rate
    warm_up: int = 200  # steps from 0 to the peak; at most a tenth of all steps
    last: float = 0.05  # share of the peak that is left at the last step
    b1: float = 0.9
    b2: float = 0.98  # short memory: embeddings of rare things see few gradients
    weight_decay: float = 0.0  # of matrices only, see `decays`
    clip: float = 5.0  # highest global norm of a gradient

    def __post_init__(self) -> None:
        if not self.peak > 0:
            raise BadInput("peak", self.peak, "give a learning rate above 0")
        if not 0 <= self.last <= 1:
            raise BadInput("last", self.last, "give a share of the peak, 0 to 1")


def learning_rate(config: OptimiserConfig, n_steps: int) -> optax.Schedule:
    """The rate by step: a line from 0 to the peak, then a cosine to `last` of it.

    >>> rate = learning_rate(OptimiserConfig(peak=1.0, warm_up=10, last=0.1), 100)
    >>> [round(float(rate(step)), 2) for step in (0, 5, 10, 100)]
    [0.0, 0.5, 1.0, 0.1]

    Raises:
        BadInput: there is no step to take.
    """
    if n_steps < 1:
        raise BadInput("n_steps", n_steps, "give at least 1; is there anything to train on?")
    warm_up = min(config.warm_up, max(n_steps // 10, 1))
    return optax.warmup_cosine_decay_schedule(
        0.0, config.peak, warm_up, max(n_steps, warm_up + 1), end_value=config.peak * config.last
    )


def adamw(config: OptimiserConfig, n_steps: int) -> optax.GradientTransformation:
    """AdamW (Loshchilov & Hutter 2019) over `n_steps` steps, gradients clipped by global norm.

    Raises:
        BadInput: there is no step to take.
    """
    return optax.chain(
        optax.clip_by_global_norm(config.clip),
        optax.adamw(
            learning_rate(config, n_steps),
            b1=config.b1,
            b2=config.b2,
            weight_decay=config.weight_decay,
            mask=decays,
        ),
    )


def decays(params: Any) -> Any:
    """Which leaves shrink by weight decay: those with two axes or more.

    Gains, biases, scales and temperatures are left where the gradient puts them.
    """

    def is_matrix(leaf: Any) -> bool:
        return jnp.ndim(leaf) >= 2

    return jax.tree.map(is_matrix, params)
