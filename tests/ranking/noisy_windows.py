"""People whose regret is known, seen through windows as noisy as one likes."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from scipy.optimize import minimize

from stoa.ranking.regret_windows import init_windows
from stoa.ranking.window_labels import WindowLabels

N_VIEWERS = 60


@dataclass(frozen=True)
class World:
    x: np.ndarray
    viewer: np.ndarray
    regret: np.ndarray  # probability
    glad: np.ndarray
    is_regret: np.ndarray
    labels: WindowLabels


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def world(seed, *, flip, n=12_000, ask=0.06):
    """Regret is linear in four features and a viewer's own level; one in two answers."""
    rng = np.random.default_rng(seed)
    viewer, x = rng.integers(N_VIEWERS, size=n), rng.normal(size=(n, 4))
    regret = sigmoid(x @ [1.2, -0.8, 0.5, 0] + 0.5 * rng.normal(size=N_VIEWERS)[viewer] - 2.2)
    glad = (1 - regret) * sigmoid(x @ [-0.5, 0.6, 0.9, 0.4] + 0.2)
    r = rng.random(n) < regret
    truth = np.where(r, 2, np.where(rng.random(n) < glad / (1 - regret), 0, 1))
    said = np.where(rng.random(n) < flip, (truth + rng.integers(1, 3, size=n)) % 3, truth)
    asked = rng.random(n) < ask
    answered = asked & (rng.random(n) < 0.5)
    complains = sigmoid(-2.8 + rng.normal(size=N_VIEWERS))[viewer]
    followed = np.where(r, rng.random(n) < 0.25, rng.random(n) < 0.04)
    labels = WindowLabels(
        asked=asked,
        ask_rate=np.full(n, ask, np.float32),
        answer=np.where(answered, said, -1).astype(np.int8),
        explicit=(r & (rng.random(n) < complains)) | (rng.random(n) < 0.0005),
        delayed=np.where(rng.random(n) < 0.5, -1, followed).astype(np.int8),
        viewer=viewer,
    )
    return World(x, viewer, regret, glad, r, labels)


def unanswered(labels):
    none = np.full(len(labels.asked), -1, np.int8)
    return labels._replace(asked=np.zeros(len(none), bool), answer=none, delayed=none)


def fitted(made, loss):
    """Probabilities of regret and gladness by the linear model that makes a loss least.

    `loss(windows, logit_regret, logit_glad)` in nats an impression.
    """

    def head():
        return {"x": jnp.zeros(4), "bias": jnp.array(-1.0), "viewer": jnp.zeros(N_VIEWERS)}

    flat, tree = ravel_pytree(
        {"regret": head(), "glad": head(), "windows": init_windows(N_VIEWERS)}
    )
    x = jnp.asarray(made.x)

    def logit(p):
        return x @ p["x"] + p["bias"] + p["viewer"][made.viewer]

    def total(z):
        p = tree(z)
        shrunk = jnp.sum(p["regret"]["viewer"] ** 2) + jnp.sum(p["glad"]["viewer"] ** 2)
        return loss(p["windows"], logit(p["regret"]), logit(p["glad"])) + shrunk / len(x)

    step = jax.jit(jax.value_and_grad(total))

    def both(z):
        value, slope = step(jnp.asarray(z, jnp.float32))
        return float(value), np.asarray(slope, np.float64)

    best = minimize(both, np.asarray(flat, np.float64), jac=True, method="L-BFGS-B")
    p = tree(jnp.asarray(best.x, jnp.float32))
    return (
        sigmoid(np.asarray(logit(p["regret"]))),
        sigmoid(np.asarray(logit(p["glad"]))),
        p["windows"],
    )


def cross_entropy(logit, label, weight):
    chosen = jnp.where(label, -jax.nn.log_sigmoid(logit), -jax.nn.log_sigmoid(-logit))
    return jnp.sum(weight * chosen) / len(logit)
