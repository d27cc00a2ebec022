"""Foretells who agrees with what from yes-or-no votes, by the equation of notes with a probit link.

    P(voter u agrees with statement n) = s / 2 + (1 - s) Phi(i_u + i_n + f_u . f_n)

s is the share of slips: votes given by a thumb, not by an opinion, on which nothing is learned.

A conversation is small: most voters gave a few dozen votes, so one best set of parameters is far
too sure of itself. Here the parameters have priors whose widths are learned from the votes as
well, and a prediction is the mean over draws from the posterior, made by Gibbs sampling (Albert
and Chib 1993; Salakhutdinov and Mnih 2008). Hence neither calibration nor a shrinkage constant is
needed, and spare factors cost nothing but time.

    f_u ~ N(0, 1)    f_n,k ~ N(0, w_k)    i_u ~ N(0, w_u)    i_n ~ N(m, w_n)
    each w ~ InverseGamma(1, 0.2)         m ~ flat
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # pyright: ignore[reportMissingTypeStubs]  # SciPy ships none
from scipy.special import ndtr, ndtri  # pyright: ignore[reportMissingTypeStubs]

from stoa.errors import BadInput

Floats = NDArray[np.float64]
Rows = NDArray[np.integer]

_SHAPE, _SCALE = 1.0, 0.2
"""Prior of the widths: weak, with its peak at 0.1, so that no axis dies before it is heard."""

_FIRST_WIDTH, _FIRST_SPREAD = 0.3, 0.5
_SURE = 1e-12
_FEWEST_SWEEPS, _MOST_SWEEPS, _WORK = 300, 1000, 20_000_000
_DROPPED = 0.2  # share of sweeps before the draws have forgotten where they began


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionConfig:
    """How a conversation is learned. Chosen on three conversations, named in the benchmark."""

    n_factors: int = 8
    n_sweeps: int | None = None  # None: as many as the number of votes asks for
    slips: float = 0.02
    seed: int = 0

    def __post_init__(self) -> None:
        if self.n_factors < 1:
            raise BadInput("n_factors", self.n_factors, "give at least one")
        if self.n_sweeps is not None and self.n_sweeps < 2:
            raise BadInput("n_sweeps", self.n_sweeps, "give at least two, or nothing")
        if not 0 <= self.slips < 1:
            raise BadInput("slips", self.slips, "give a share from 0 to below 1")

    def sweeps(self, n_votes: int) -> int:
        """Draws to make: a small conversation leaves more open, so more of them are averaged.

        >>> [OpinionConfig().sweeps(n) for n in (3_000, 40_000, 150_000)]
        [1000, 500, 300]
        """
        if self.n_sweeps is not None:
            return self.n_sweeps
        return min(_MOST_SWEEPS, max(_FEWEST_SWEEPS, _WORK // max(n_votes, 1)))


@dataclass(frozen=True, slots=True)
class Votes:
    """Who agreed with what. One row a vote; (voter, statement) should occur once."""

    voter: Rows
    statement: Rows
    agrees: NDArray[np.bool_]
    n_voters: int
    n_statements: int

    def __post_init__(self) -> None:
        if not len(self.voter) == len(self.statement) == len(self.agrees):
            raise BadInput("votes", len(self.voter), "give columns of one length")
        if not len(self.voter):
            raise BadInput("votes", 0, "give at least one vote that agrees or disagrees")

    def __len__(self) -> int:
        return len(self.voter)

    def take(self, rows: Rows) -> Votes:
        """Some of the votes, of the same voters and statements."""
        return Votes(
            self.voter[rows],
            self.statement[rows],
            self.agrees[rows],
            self.n_voters,
            self.n_statements,
        )


@dataclass(frozen=True, slots=True)
class Opinions:
    """What was learned of a conversation: means over draws, axes widest first.

    The sign of an axis means nothing but that at least half the voters with a side are on the
    negative one.
    """

    prob: Floats  # of the pairs asked for
    voter_intercept: Floats  # (n_voters,)
    voter_factor: Floats  # (n_voters, n_factors)
    statement_intercept: Floats  # (n_statements,)
    statement_factor: Floats  # (n_statements, n_factors)
    width: Floats  # (n_factors,) root mean square of f_u . f_n along each axis


def learn_opinions(
    votes: Votes, ask: tuple[Rows, Rows], config: OpinionConfig | None = None
) -> Opinions:
    """Learns a conversation, and how probably each voter of `ask` agrees with its statement.

    The same votes in the same order with the same seed give the same numbers.

    Args:
        votes: agree and disagree; a pass is no vote (see `with_passes`).
        ask: rows of voters and of statements, one a pair.
        config: how much to try.

    >>> votes = Votes(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.arange(4) < 9, 2, 2)
    >>> bool(learn_opinions(votes, (np.array([0]), np.array([1]))).prob[0] > 0.6)
    True
    """
    config = config or OpinionConfig()
    chain = _Chain(votes, config)
    mean = _Means(np.zeros(len(ask[0])))
    n_sweeps = config.sweeps(len(votes))
    for sweep in range(n_sweeps):
        chain.sweep()
        if sweep >= _DROPPED * n_sweeps:
            mean.add(chain, ask)
    return mean.opinions()


def with_passes(votes: Votes, passes: tuple[Rows, Rows]) -> Votes:
    """The votes, and as many more statements: whether one passed on the first, the second, ...

    >>> votes = Votes(np.array([0]), np.array([1]), np.array([False]), 2, 3)
    >>> made = with_passes(votes, (np.array([1]), np.array([2])))
    >>> made.voter.tolist(), made.statement.tolist(), made.agrees.tolist()
    ([0, 0, 1], [1, 4, 5], [False, False, True])
    """
    n = votes.n_statements
    passed = np.repeat([False, True], [len(votes), len(passes[0])])
    return Votes(
        np.concatenate([votes.voter, votes.voter, passes[0]]),
        np.concatenate([votes.statement, votes.statement + n, passes[1] + n]),
        np.concatenate([votes.agrees, passed]),
        votes.n_voters,
        2 * n,
    )


class _Chain:
    """Where the draws stand. A side's parameters are (n, d + 1): its factors, then intercept."""

    def __init__(self, votes: Votes, config: OpinionConfig) -> None:
        d = config.n_factors
        self.d, self.votes, self.slips = d, votes, config.slips
        self.random = np.random.default_rng(config.seed)
        self.of_voter = _Side(votes.voter, votes.statement, votes.n_voters, votes.n_statements)
        self.of_statement = _Side(votes.statement, votes.voter, votes.n_statements, votes.n_voters)
        self.voter = np.zeros((votes.n_voters, d + 1))
        self.voter[:, :d] = self.random.normal(size=(votes.n_voters, d))
        self.statement = np.zeros((votes.n_statements, d + 1))
        first = self.random.normal(size=(votes.n_statements, d))
        self.statement[:, :d] = first * _FIRST_SPREAD
        self.factor_width = np.full(d, _FIRST_WIDTH)
        self.voter_width, self.statement_width, self.mean = 0.5, 1.0, 0.0

    def logit(self, voter: Rows, statement: Rows) -> Floats:
        """How much the voter leans to agreeing; 0 is undecided."""
        u, n = self.voter[voter], self.statement[statement]
        return np.einsum("ij,ij->i", u[:, :-1], n[:, :-1]) + u[:, -1] + n[:, -1]

    def sweep(self) -> None:
        """Draws the leanings behind the votes, statements, voters and widths, each given all."""
        votes, d = self.votes, self.d
        leaning = self._leanings(self.logit(votes.voter, votes.statement))
        prior = np.append(1 / self.factor_width, 1 / self.statement_width)
        centre = np.append(np.zeros(d), self.mean)
        self.statement = self.of_statement.draw(self.voter, leaning, prior, centre, self.random)
        prior = np.append(np.ones(d), 1 / self.voter_width)
        self.voter = self.of_voter.draw(
            self.statement, leaning, prior, np.zeros(d + 1), self.random
        )
        self.factor_width = np.array([self._width(self.statement[:, k]) for k in range(d)])
        self.voter_width = self._width(self.voter[:, d])
        intercept = self.statement[:, d]
        self.statement_width = self._width(intercept - self.mean)
        spread = np.sqrt(self.statement_width / len(intercept))
        self.mean = float(intercept.mean() + spread * self.random.normal())

    def _leanings(self, logit: Floats) -> Floats:
        """Normal numbers around the logit, above 0 for who agrees and below for who does not.

        A vote drawn as a slip says nothing: its number may fall on either side.
        """
        sign = np.where(self.votes.agrees, 1.0, -1.0)
        below = ndtr(-sign * logit)  # the part of the bell on the wrong side
        slip = self.slips / 2
        is_slip = self.random.random(len(logit)) * (slip + (1 - self.slips) * (1 - below)) < slip
        below = np.where(is_slip, 0.0, below)
        share = below + (1 - below) * self.random.random(len(logit))
        return logit + sign * ndtri(np.clip(share, _SURE, 1 - _SURE))

    def _width(self, values: Floats) -> float:
        scale = _SCALE + 0.5 * float(values @ values)
        return float(scale / self.random.gamma(_SHAPE + len(values) / 2))


class _Side:
    """All votes grouped by one side, ready for the sums its conditional draw is made of."""

    def __init__(self, own: Rows, other: Rows, n_own: int, n_others: int) -> None:
        self.n, self.n_others = n_own, n_others
        self.order = np.lexsort((other, own))
        self.other = other[self.order]
        self.first = np.append(0, np.bincount(own, minlength=n_own).cumsum())
        self.ones = self._table(np.ones(len(own)))

    def _table(self, values: Floats) -> Any:
        """One row for each of this side, one column for each of the other."""
        return csr_array((values, self.other, self.first), shape=(self.n, self.n_others))

    def draw(
        self,
        others: Floats,
        leaning: Floats,
        precision: Floats,
        centre: Floats,
        random: np.random.Generator,
    ) -> Floats:
        """One draw of every parameter of this side, given the other side and the leanings."""
        k = others.shape[1]
        x = others.copy()
        x[:, -1] = 1.0
        squares = (x[:, :, None] * x[:, None, :]).reshape(len(x), k * k)
        curvature: Floats = (self.ones @ squares).reshape(self.n, k, k) + np.diag(precision)
        rest = leaning[self.order] - others[self.other, -1]
        pull: Floats = self._table(rest) @ x + precision * centre
        root = np.linalg.cholesky(curvature)
        # The inverse of C times its root has the covariance C^-1, as the root's own inverse has.
        spread = root @ random.normal(size=(self.n, k, 1))
        drawn = np.linalg.solve(curvature, pull[:, :, None] + spread)
        return np.asarray(drawn[:, :, 0], dtype=np.float64)


@dataclass(slots=True)
class _Means:
    """Sums over draws. Factors may turn from draw to draw: each is turned back to the first."""

    prob: Floats
    n: int = 0
    voter: Floats = field(default_factory=lambda: np.zeros(0))
    statement: Floats = field(default_factory=lambda: np.zeros(0))

    def add(self, chain: _Chain, ask: tuple[Rows, Rows]) -> None:
        """Adds one draw."""
        self.prob += chain.slips / 2 + (1 - chain.slips) * ndtr(chain.logit(*ask))
        voter, statement = chain.voter.copy(), chain.statement.copy()
        if self.n == 0:
            self.voter, self.statement = voter, statement
        else:
            # The rotation that brings the factors nearest to the mean so far (Procrustes).
            u, _, vt = np.linalg.svd(statement[:, :-1].T @ self.statement[:, :-1])
            voter[:, :-1] = voter[:, :-1] @ (u @ vt)
            statement[:, :-1] = statement[:, :-1] @ (u @ vt)
            self.voter += voter
            self.statement += statement
        self.n += 1

    def opinions(self) -> Opinions:
        """The means, with axes at right angles and the widest first."""
        voter, statement = self.voter / self.n, self.statement / self.n
        f_u, f_n = voter[:, :-1], statement[:, :-1]
        size, axes = np.linalg.eigh(f_n.T @ f_n)
        f_u, f_n = f_u @ axes[:, ::-1], f_n @ axes[:, ::-1]
        width = np.sqrt(np.maximum(size[::-1], 0) / len(f_n) * (f_u**2).mean(axis=0))
        order = np.argsort(-width, kind="stable")
        turn = np.where(2 * (f_u < 0).sum(axis=0) < (f_u != 0).sum(axis=0), -1.0, 1.0)
        return Opinions(
            prob=self.prob / self.n,
            voter_intercept=voter[:, -1],
            voter_factor=(f_u * turn)[:, order],
            statement_intercept=statement[:, -1],
            statement_factor=(f_n * turn)[:, order],
            width=width[order],
        )
