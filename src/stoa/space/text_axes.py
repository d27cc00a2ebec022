"""Axes of text vectors along which authors are true to themselves: subjects, not turns of phrase.

Most of what differs between short texts is how they are put. What a post shares with its author's
*other* posts is what it is about. Canonical correlation analysis (Hotelling 1936) of a text with
the mean of its author's others finds those axes in closed form,

    S_xx^(-1/2) S_xy S_yy^(-1) S_yx S_xx^(-1/2) u = rho^2 u

and each axis is scaled by its rho, so that the surer an axis the more it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput

Floats = NDArray[np.float64]
Reals = NDArray[np.float32]

UNDER = "text_axes"
"""What names of its arrays begin with in a model file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAxesConfig:
    """How many axes, and how far covariances are drawn to a sphere."""

    axes: int = 64
    own_ridge: float = 0.01  # of a text's covariance, in its mean variance
    others_ridge: float = 0.1  # of the mean of an author's others
    few: float = 2.0  # an author's mean is drawn to nought as by so many posts that say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAxes:
    """A linear map of text vectors."""

    mean: Reals  # (d,) taken from all
    axes: Reals  # (d, k), scaled
    correlation: Floats  # (k,) rho, falling
    posts: int = 0  # how many they were found from

    @property
    def length(self) -> int:
        """Of what comes out, k."""
        return self.axes.shape[1]

    def of(self, text: Reals) -> Reals:
        """Unit rows (n, k) for text vectors (n, d); rows of nothing where there is nothing.

        Raises:
            BadInput: text of another length than they were found in.
        """
        if text.shape[1] != len(self.mean):
            raise BadInput("text", text.shape, f"give {len(self.mean)} channels")
        rows = (text - self.mean) @ self.axes * text.any(axis=1, keepdims=True)
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows / np.maximum(length, 1e-6)).astype(np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a model file keeps of it, by name."""
        return {
            f"{UNDER}.mean": self.mean,
            f"{UNDER}.axes": self.axes,
            f"{UNDER}.correlation": self.correlation,
            f"{UNDER}.posts": np.array(self.posts),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], length: int) -> TextAxes | None:
        """The axes of a model file; None where there are none.

        Raises:
            BadInput: an array is missing, or there are not `length` axes.
        """
        if not any(name.startswith(f"{UNDER}.") for name in arrays):
            return None
        mean = arrays.get(f"{UNDER}.mean", np.zeros(0))
        shapes = {"mean": mean.shape[:1], "axes": (len(mean), length),
                  "correlation": (length,), "posts": ()}  # fmt: skip
        for name, shape in shapes.items():
            found = arrays.get(f"{UNDER}.{name}")
            if found is None or found.shape != shape:
                told = "missing" if found is None else found.shape
                raise BadInput(f"{UNDER}.{name}", told, f"weights of this version have {shape}")
        return cls(
            mean=mean,
            axes=arrays[f"{UNDER}.axes"],
            correlation=arrays[f"{UNDER}.correlation"],
            posts=int(arrays[f"{UNDER}.posts"]),
        )


def folded(text: Reals, length: int) -> Reals:
    """Rows of hashed text (n, d) in fewer channels: what hashing to `length` of them makes.

    Hashes name a channel by their remainder, so channels that share one are added.

    Raises:
        BadInput: d is no multiple of `length`.
    """
    if text.shape[1] == length:
        return text
    if text.shape[1] % length:
        raise BadInput("length", length, f"give a length that divides {text.shape[1]}")
    rows = text.reshape(len(text), text.shape[1] // length, length).sum(axis=1)
    size = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(size > 0, size, 1.0)).astype(np.float32)


def fit_text_axes(
    text: Reals, author: NDArray[np.integer], config: TextAxesConfig = TextAxesConfig()
) -> TextAxes:
    """Finds the axes.

    Args:
        text: (n, d) vectors of posts.
        author: (n,) who wrote each.
        config: how many.

    Raises:
        BadInput: no author wrote a second post.
    """
    mean = text.mean(axis=0) if len(text) else text.sum(axis=0)
    _, who, written = np.unique(author, return_inverse=True, return_counts=True)
    told = written[who] > 1
    if not told.any():
        raise BadInput("author", len(text), "give two posts of one author at least")
    own = (text - mean).astype(np.float64)
    sums = np.zeros((len(written), text.shape[1]))
    np.add.at(sums, who, own)
    others = (sums[who] - own) / (written[who] - 1.0 + config.few)[:, None]
    own, others = own[told], others[told]
    root = _inverse_root(_covariance(own, config.own_ridge))
    both = np.asarray(root @ (own.T @ others / len(own)), dtype=np.float64)
    told_by = np.linalg.solve(_covariance(others, config.others_ridge), both.T).astype(np.float64)
    squares, turned = np.linalg.eigh(both @ told_by)
    best = np.argsort(-squares, kind="stable")[: config.axes]
    rho = np.sqrt(np.clip(squares[best], 0.0, 1.0))
    axes = root @ turned[:, best] * rho
    return TextAxes(
        mean=mean.astype(np.float32), axes=axes.astype(np.float32),
        correlation=rho.astype(float), posts=len(text),
    )  # fmt: skip


def _covariance(rows: Floats, ridge: float) -> Floats:
    found = rows.T @ rows / len(rows)
    return found + (ridge * np.trace(found) / len(found) + 1e-12) * np.eye(len(found))


def _inverse_root(matrix: Floats) -> Floats:
    squares, turned = np.linalg.eigh(matrix)
    return turned / np.sqrt(squares) @ turned.T
