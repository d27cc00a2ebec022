"""One side of a factorisation solved exactly while the other side stands still (spec 6).

For a note with the other side's columns x = (1, f_u) and residuals r = y - mu - i_u, the loss is
a quadratic in its own parameters p = (i_n, f_n), so p solves the normal equations

    (sum w x x' + ridge) p = sum w r x

and mu, in which every p is linear, is eliminated in closed form. The same holds for raters.
Columns are rows of arrays: a factor is (d, n).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.layout import Rows

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ridge:
    """Penalties of one side, each times a squared parameter of one row, in units of ratings."""

    intercept: float
    factor: float
    diamond: float = 0.0  # times |intercept * factor|


@dataclass(frozen=True, slots=True)
class Point:
    """Parameters of one side: intercepts (n,) and factors (d, n)."""

    intercept: Floats
    factor: Floats

    def penalty(self, ridge: Ridge) -> float:
        """What these parameters cost in the loss, in units of ratings."""
        cost = ridge.intercept * (self.intercept * self.intercept).sum()
        cost += ridge.factor * (self.factor * self.factor).sum()
        if ridge.diamond:
            cost += ridge.diamond * np.abs(self.intercept * self.factor).sum()
        return float(cost)


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over the ratings of each row of one side, the other side being fixed.

    With x the other side's factor, w the weight and r = y - (the other side's intercept).
    """

    weight: Floats  # (n,) sum of w
    x: Floats  # (d, n) sum of w x
    xx: Floats  # (d, d, n) sum of w x x'
    r: Floats  # (n,) sum of w r
    rx: Floats  # (d, n) sum of w r x
    rr: float  # sum of w r^2 over all ratings

    def at(self, mu: float) -> Moments:
        """The same with mu taken off every residual."""
        rr = self.rr - 2 * mu * self.r.sum() + mu * mu * self.weight.sum()
        return Moments(
            self.weight, self.x, self.xx, self.r - mu * self.weight, self.rx - mu * self.x, rr
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """What never changes about one side: weights and weighted values by row."""

    weight: Floats
    value: Floats

    @classmethod
    def of(cls, rows: Rows) -> Totals:
        """Sums over the ratings of each row."""
        return cls(*rows.totals())


def squares(rows: Rows) -> float:
    """Sum of weight times squared value over all ratings."""
    value = rows.value.astype(np.float64)
    weight = 1.0 if rows.weight is None else rows.weight
    return float((weight * value * value).sum())


def moments(
    rows: Rows,
    own: Totals,
    others: Totals,
    other: Point,
    sum_of_squares: float,
    *,
    n_threads: int = 1,
) -> Moments:
    """The sums a solve of one side needs: five sparse products where d = 1."""
    d = len(other.factor)
    pairs = [(a, b) for a in range(d) for b in range(a + 1)]
    plain = [
        other.intercept,
        *other.factor,
        *(other.intercept * x for x in other.factor),
        *(other.factor[a] * other.factor[b] for a, b in pairs),
    ]
    sums, value_sums = rows.sums(plain, list(other.factor), n_threads=n_threads)
    xx = np.empty((d, d, len(rows)))
    for (a, b), column in zip(pairs, sums[1 + 2 * d :], strict=True):
        xx[a, b] = xx[b, a] = column
    i = other.intercept
    return Moments(
        weight=own.weight,
        x=sums[1 : 1 + d],
        xx=xx,
        r=own.value - sums[0],
        rx=value_sums - sums[1 + d : 1 + 2 * d],
        rr=sum_of_squares + float((i * (i * others.weight - 2 * others.value)).sum()),
    )


def solve(m: Moments, ridge: Ridge, r: Floats, rx: Floats) -> Point:
    """Each row's normal equations for the right-hand side (r, rx)."""
    return solve_pairs(m, ridge, r, rx) if len(rx) == 1 else solve_any(m, ridge, r, rx)


def solve_pairs(m: Moments, ridge: Ridge, r: Floats, rx: Floats) -> Point:
    """One factor: 2 x 2 systems by Cramer's rule, a few passes over the rows."""
    a, b, c = m.weight + ridge.intercept, m.x[0], m.xx[0, 0] + ridge.factor
    det = a * c - b * b
    return Point((c * r - b * rx[0]) / det, ((a * rx[0] - b * r) / det)[None])


def solve_any(m: Moments, ridge: Ridge, r: Floats, rx: Floats) -> Point:
    """Any number of factors: (d + 1) x (d + 1) systems."""
    d = len(rx)
    matrix = np.empty((len(r), d + 1, d + 1))
    matrix[:, 0, 0] = m.weight + ridge.intercept
    matrix[:, 0, 1:] = matrix[:, 1:, 0] = m.x.T
    matrix[:, 1:, 1:] = m.xx.transpose(2, 0, 1) + ridge.factor * np.eye(d)
    right = np.concatenate([r[None], rx]).T[..., None]
    solution = np.linalg.solve(matrix, right)[..., 0].T.astype(np.float64, copy=False)
    return Point(np.ascontiguousarray(solution[0]), np.ascontiguousarray(solution[1:]))


def best(m: Moments, ridge: Ridge, mu_ridge: float | None) -> tuple[Point, float, float]:
    """The best parameters of this side, with the best mu.

    Args:
        m: sums with no mu taken off.
        ridge: this side's penalties; no diamond.
        mu_ridge: penalty of mu squared in units of ratings; None: there is no mu.

    Returns:
        The side, mu, and the loss in units of ratings without the other side's penalty.
    """
    base = solve(m, ridge, m.r, m.rx)
    gain = (base.intercept * m.r).sum() + (base.factor * m.rx).sum()
    if mu_ridge is None:
        return base, 0.0, float(m.rr - gain)
    tilt = solve(m, ridge, m.weight, m.x)  # parameters fall by mu times this
    pull = m.r.sum() - (base.intercept * m.weight).sum() - (base.factor * m.x).sum()
    stiffness = mu_ridge + m.weight.sum()
    stiffness -= (tilt.intercept * m.weight).sum() + (tilt.factor * m.x).sum()
    mu = float(pull / stiffness)
    side = Point(base.intercept - mu * tilt.intercept, base.factor - mu * tilt.factor)
    return side, mu, float(m.rr - gain - mu * pull)


def best_with_diamond(m: Moments, ridge: Ridge) -> tuple[Point, float]:
    """The best parameters under a penalty on |intercept * factor|, for mu taken off already.

    On the side of equal signs the penalty adds `diamond / 2` to the off-diagonal of the normal
    equations, on the other it takes it off; else one of the two parameters is zero. The best of
    these four is the optimum.

    Returns:
        The side, and the loss in units of ratings without the other side's penalty.
    """
    assert len(m.x) == 1, "the diamond term is defined for one factor"
    a, b, c = m.weight + ridge.intercept, m.x[0], m.xx[0, 0] + ridge.factor
    r, rx = m.r, m.rx[0]
    zero = np.zeros_like(r)
    candidates = [(r / a, zero), (zero, rx / c)]
    for sign in (1.0, -1.0):
        off = b + 0.5 * sign * ridge.diamond
        det = a * c - off * off
        safe = np.where(det > 0, det, 1.0)
        i, f = (c * r - off * rx) / safe, (a * rx - off * r) / safe
        fits = (det > 0) & (sign * i * f > 0)
        candidates.append((np.where(fits, i, r / a), np.where(fits, f, 0.0)))
    costs = np.stack(
        [
            a * i * i
            + c * f * f
            + 2 * b * i * f
            - 2 * (r * i + rx * f)
            + ridge.diamond * abs(i * f)
            for i, f in candidates
        ]
    )
    pick = costs.argmin(axis=0)[None]
    i = np.take_along_axis(np.stack([i for i, _ in candidates]), pick, 0)[0]
    f = np.take_along_axis(np.stack([f for _, f in candidates]), pick, 0)
    return Point(i, f), float(m.rr + np.take_along_axis(costs, pick, 0).sum())
