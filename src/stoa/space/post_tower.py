# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
# (JAX leaves parts of its own signatures untyped.)
"""A post as one unit vector: its words, who wrote it, and the conversation around it.

    z = unit(P text + a P replies + b P engagers + g unit(residual))

P is fixed and keeps angles, so words that training never saw keep their meaning; the residual is
one hidden layer over everything known, and its gate g is at most `largest_gate`. Replies and
engagers come as samples of fixed size and are pooled by attention with the post as query: the
pool of a sample and of the same sample twice are equal, so that no count can be read from it.
Fame is no input: nothing here knows followers, likes, names or verification.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.space.transformer import Array, Params, unit

N_MEDIA = 4
"""Bits of `records.Media`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTowerConfig:
    """The shape of a post tower. `hidden` is the dial."""

    text: int = 128  # length of the encoder's rows
    vector: int = 128  # length of what comes out
    hidden: int = 256
    account: int = 32  # length of an account's vector
    account_rows: int = 8_192  # of the table that two hashes point into
    languages: int = 64
    domains: int = 512
    replies: int = 8  # sample sizes
    engagers: int = 16
    largest_gate: float = 1.0

    @property
    def token(self) -> int:
        """Length of a reply's or engager's token: words, then the account."""
        return self.text + self.account


Column = Array | NDArray[Any]
"""A column on its way into a compiled function, or inside one."""


class PostFeatures(NamedTuple):
    """What the tower reads of n posts; samples are padded, and masks say what is real.

    Everything in it is content, origin, or a sample of fixed size: never a count.
    """

    text: Column  # (n, text) unit rows, zero where there are no words
    author: Column  # (n, 2) rows of the account table
    author_known: Column  # (n,) 0 where the author is to be ignored
    language: Column  # (n,) below `languages`
    media: Column  # (n,) bits
    domain: Column  # (n,) below `domains`, 0 where there is none
    reply_text: Column  # (n, replies, text)
    reply_author: Column  # (n, replies, 2)
    reply_mask: Column  # (n, replies)
    engager_text: Column  # (n, engagers, text): what each liked before
    engager: Column  # (n, engagers, 2)
    engager_mask: Column  # (n, engagers)


def init_post_tower(key: Array, config: PostTowerConfig) -> Params:
    """Fresh parameters: a small residual, so that the first vectors are those of the words."""
    c, keys = config, jax.random.split(key, 8)
    inputs = c.text + c.account + 8 + N_MEDIA + 16 + 2 * c.token
    return {
        "accounts": jax.random.normal(keys[0], (c.account_rows, c.account))
        / (2 * c.account) ** 0.5,
        "languages": jax.random.normal(keys[1], (c.languages, 8)) / 8**0.5,
        "domains": jax.random.normal(keys[2], (c.domains, 16)) / 4.0,
        "reply_query": jnp.zeros((c.text, c.token)),
        "engager_query": jnp.zeros((c.text, c.token)),
        "no_replies": 0.1 * jax.random.normal(keys[3], (c.token,)),
        "no_engagers": 0.1 * jax.random.normal(keys[4], (c.token,)),
        "up": jax.random.normal(keys[5], (inputs, c.hidden)) / inputs**0.5,
        "up_bias": jnp.zeros(c.hidden),
        "out": jax.random.normal(keys[6], (c.hidden, c.vector)) / c.hidden**0.5,
        "gate": jnp.zeros(c.hidden),
        "gate_bias": jnp.array(-1.5),
        # Where the hand-weighed vectors began (`space.conversation`): .35 and .25, halved for
        # engagers, because one earlier like says less than their whole taste.
        "reply_share": jnp.log(jnp.array(0.35 / 0.65)),
        "engager_share": jnp.log(jnp.array(0.12 / 0.88)),
    }


def isometry(config: PostTowerConfig) -> NDArray[np.float32]:
    """The fixed P (text, vector): rows orthonormal, so that angles between texts stay.

    Longer texts than vectors cannot keep every angle: then columns are orthonormal.
    """
    rows, columns = config.text, config.vector
    if rows <= columns:
        return np.eye(rows, columns, dtype=np.float32)
    chance = np.random.default_rng(128)
    basis, _ = np.linalg.qr(chance.standard_normal((rows, columns)))
    return basis.astype(np.float32)


def post_vectors(params: Params, config: PostTowerConfig, features: PostFeatures) -> Array:
    """Unit vectors (n, vector) of posts with their conversation so far."""
    replies, reply_words = _pooled(
        params, "reply", features.text, features.reply_text, features.reply_author,
        features.reply_mask,
    )  # fmt: skip
    engagers, engager_words = _pooled(
        params, "engager", features.text, features.engager_text, features.engager,
        features.engager_mask,
    )  # fmt: skip
    moved = jnp.asarray(features.text) + jax.nn.sigmoid(params["reply_share"]) * reply_words
    moved = moved + jax.nn.sigmoid(params["engager_share"]) * engager_words
    return _joined(params, config, features, moved, replies, engagers)


def content_vectors(params: Params, config: PostTowerConfig, features: PostFeatures) -> Array:
    """Unit vectors (n, vector) of the same posts as they arrive: nobody has answered yet.

    The author is left out too: what is found by this vector is found by its content.
    """
    n = features.text.shape[0]
    alone = features._replace(author_known=jnp.zeros(n))
    nobody = [
        jnp.broadcast_to(params[name], (n, config.token)) for name in ("no_replies", "no_engagers")
    ]
    return _joined(params, config, alone, jnp.asarray(features.text), nobody[0], nobody[1])


def _account_vectors(params: Params, rows: Column) -> Array:
    """Two hashes name two rows of the table; accounts share a row, hardly ever both."""
    return params["accounts"][rows].sum(axis=-2)


def _pooled(
    params: Params,
    kind: str,
    query: Column,
    text: Column,
    account: Column,
    mask: Column,
) -> tuple[Array, Array]:
    """The sample's pooled token (n, token), and its words' direction (n, text), zero for nobody."""
    token = jnp.concatenate([text, _account_vectors(params, account)], axis=-1)
    asked = query @ params[f"{kind}_query"]
    logits = jnp.einsum("nmc,nc->nm", token, asked)
    # Exponents are taken of real tokens only, so that an empty sample has no gradient of 0/0.
    top = jax.lax.stop_gradient(jnp.max(jnp.where(mask, logits, -jnp.inf), axis=-1, initial=-1e9))
    weight = jnp.where(mask, jnp.exp(jnp.minimum(logits - top[:, None], 0.0)), 0.0)
    any_real = jnp.any(jnp.asarray(mask), axis=-1, keepdims=True)
    pooled = jnp.einsum("nm,nmc->nc", weight, token)
    pooled = pooled / jnp.where(any_real, weight.sum(axis=-1, keepdims=True), 1.0)
    n_text = text.shape[-1]
    words = unit(pooled[:, :n_text])
    nobody = params["no_replies" if kind == "reply" else "no_engagers"]
    # Unit words: the mean of many is shorter than one, and length would tell how many.
    told = jnp.concatenate([words, unit(pooled[:, n_text:])], axis=-1)
    return jnp.where(any_real, told, nobody), jnp.where(any_real, words, 0.0)


def _joined(
    params: Params,
    config: PostTowerConfig,
    features: PostFeatures,
    moved: Column,
    replies: Array,
    engagers: Array,
) -> Array:
    author = _account_vectors(params, features.author) * jnp.asarray(features.author_known)[:, None]
    media = (jnp.asarray(features.media)[:, None] >> jnp.arange(N_MEDIA)) & 1
    domain = params["domains"][features.domain]
    has_domain = (jnp.asarray(features.domain) > 0)[:, None]
    known = jnp.concatenate(
        [
            jnp.asarray(features.text), author, params["languages"][features.language],
            media.astype(jnp.float32), jnp.where(has_domain, domain, 0.0), replies, engagers,
        ],
        axis=-1,
    )  # fmt: skip
    hidden = jax.nn.gelu(known @ params["up"] + params["up_bias"])
    gate = config.largest_gate * jax.nn.sigmoid(hidden @ params["gate"] + params["gate_bias"])
    residual = unit(hidden @ params["out"])
    return unit(jnp.asarray(moved) @ isometry(config) + gate[:, None] * residual)


_SHAPES = (16, 128, 1_024)
"""Padded batch sizes: three compilations serve any number of posts."""


@partial(jax.jit, static_argnums=(1, 3))
def _encode(params: Params, config: PostTowerConfig, features: PostFeatures, alone: bool) -> Array:
    return (content_vectors if alone else post_vectors)(params, config, features)


def encode_posts(
    params: Params, config: PostTowerConfig, features: PostFeatures, *, alone: bool = False
) -> NDArray[np.float32]:
    """Unit vectors (n, vector) of any number of posts, compiled for three padded sizes.

    A post's vector does not depend on which others are encoded with it, beyond rounding.

    Args:
        params: of the post tower.
        config: its shape.
        features: n posts.
        alone: leave author and conversation out (`content_vectors`).
    """
    n = len(features.text)
    found = np.empty((n, config.vector), dtype=np.float32)
    start = 0
    while start < n:
        left = n - start
        size = next((s for s in _SHAPES if s >= left), _SHAPES[-1])
        end = min(start + size, n)
        block = PostFeatures(*(_padded(np.asarray(c)[start:end], size) for c in features))
        found[start:end] = np.asarray(_encode(params, config, block, alone))[: end - start]
        start = end
    return found


def _padded(column: NDArray[Any], size: int) -> NDArray[Any]:
    if len(column) == size:
        return column
    wide = np.zeros((size, *column.shape[1:]), dtype=column.dtype)
    wide[: len(column)] = column
    return wide


def warm_posts(params: Params, config: PostTowerConfig) -> None:
    """Compiles the sizes that posts are encoded in with their conversation."""
    for n in _SHAPES:
        encode_posts(params, config, unknown_posts(n, config))


def unknown_posts(n: int, config: PostTowerConfig) -> PostFeatures:
    """`n` posts of which nothing is known."""
    floats, whole = np.float32, np.int32
    return PostFeatures(
        text=np.zeros((n, config.text), floats),
        author=np.zeros((n, 2), whole),
        author_known=np.zeros(n, floats),
        language=np.zeros(n, whole),
        media=np.zeros(n, whole),
        domain=np.zeros(n, whole),
        reply_text=np.zeros((n, config.replies, config.text), floats),
        reply_author=np.zeros((n, config.replies, 2), whole),
        reply_mask=np.zeros((n, config.replies), np.bool_),
        engager_text=np.zeros((n, config.engagers, config.text), floats),
        engager=np.zeros((n, config.engagers, 2), whole),
        engager_mask=np.zeros((n, config.engagers), np.bool_),
    )
