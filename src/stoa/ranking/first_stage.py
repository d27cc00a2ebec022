"""A cheap guess of seconds and regret for every pair of a request: what shortlists are drawn up by.

    T = P(read) exp(E[log seconds | read])

and signs of regret where a post is read: three ridge regressions on `evidence`, a post's vector
and its form. A post that is long is looked at longer *if* it is read: a sum could not say that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.ranking.evidence import LENGTH, N_EVIDENCE, READ, SORRY, Evidence

Floats = NDArray[np.float64]
Reals = NDArray[np.float32]
Rows = NDArray[np.integer]

_LONGEST_S = 60.0  # a longer look counts as this: a few videos must not decide
_MOST_LOG_S = float(np.log(_LONGEST_S))
_LENGTH_SCALE = 5.0  # of the log of characters in `form_of`
_PENALTY = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """Posts as the first stage reads them; n of them."""

    post: Rows
    author: Rows
    vector: Reals  # (n, d)
    form: Reals  # (n, N_FORMS), `ranker_inputs.form_of`

    def rows(self, which: Rows) -> Described:
        """Some of them, again and again if asked."""
        return Described(**{name: getattr(self, name)[which] for name in self.__slots__})

    @property
    def content(self) -> Floats:
        """What is read of each beside evidence, (n, d + N_FORMS + 2)."""
        return content_of(self.vector, self.form)


def content_of(vector: Reals, form: Reals) -> Floats:
    """What is read of posts beside evidence, (n, d + N_FORMS + 2)."""
    long = np.expm1(np.minimum(form[:, :1] * _LENGTH_SCALE, 8.0)) / 100.0
    one = np.ones((len(form), 1))
    return np.concatenate([vector, form, long, one], axis=1).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStage:
    """Coefficients: of evidence, then of content."""

    read: Floats  # (N_EVIDENCE + d + N_FORMS + 2,) of reading it
    length: Floats  # likewise, of log seconds where it is read
    sorry: Floats  # of signs of regret where it is read

    def seconds(self, evidence: Reals, posts: Described) -> Floats:
        """Seconds guessed of pairs, (n,)."""
        return self.seconds_of(evidence, posts.content)

    def seconds_of(self, evidence: Reals, content: Floats) -> Floats:
        """`seconds` of posts by their `content_of`."""
        return _seconds(
            *(_of_pairs(weight, evidence, content) for weight in (self.read, self.length))
        )

    def signs(self, evidence: Reals, posts: Described) -> Floats:
        """Chance of a sign of regret where a post is read, (n,)."""
        return np.clip(_of_pairs(self.sorry, evidence, posts.content), 0.0, 1.0)

    def every_pair(
        self,
        evidence: Evidence,
        viewer: Rows,
        seeking: Reals,
        posts: Described,
        followed: NDArray[np.bool_],
    ) -> Floats:
        """Seconds guessed of every viewer and post, (s, n); `seeking` as `Evidence` gives it."""
        content = posts.content

        def told(weight: Floats) -> Floats:
            of_pair = evidence.weigh(
                weight[:N_EVIDENCE],
                viewer,
                seeking,
                posts.author,
                posts.post,
                posts.vector,
                followed,
            )
            return of_pair + (content @ weight[N_EVIDENCE:])[None, :]

        return _seconds(told(self.read), told(self.length))


def _of_pairs(weight: Floats, evidence: Reals, content: Floats) -> Floats:
    return evidence @ weight[:N_EVIDENCE] + content @ weight[N_EVIDENCE:]


def _seconds(read: Floats, length: Floats) -> Floats:
    return np.clip(read, 0.01, 1.0) * np.exp(np.clip(length, 0.0, _MOST_LOG_S))


def fit_first_stage(
    evidence: Reals, posts: Described, signals: Floats, judged: NDArray[np.bool_]
) -> FirstStage:
    """Fits the regressions.

    Args:
        evidence: (n, N_EVIDENCE) of showings, from nothing later than each.
        posts: what was shown, (n,).
        signals: what followed, (n, 4) of `evidence.signals_of`.
        judged: (n,) where late signs of regret are known; elsewhere regret is not learned from.
    """
    scale = np.maximum(evidence.std(axis=0), 1e-4).astype(np.float64)
    design = np.concatenate([evidence / scale, posts.content], axis=1)
    penalty = np.ones(design.shape[1])
    penalty[N_EVIDENCE : N_EVIDENCE + posts.vector.shape[1]] = _PENALTY
    is_read = signals[:, READ] > 0

    def fitted(rows: NDArray[np.bool_], target: Floats) -> Floats:
        d = design[rows]
        found = np.linalg.solve(d.T @ d + np.diag(penalty), d.T @ target[rows])
        found[:N_EVIDENCE] /= scale
        return found.astype(np.float64)

    return FirstStage(
        read=fitted(np.ones(len(is_read), dtype=np.bool_), signals[:, READ]),
        length=fitted(is_read, signals[:, LENGTH]),
        sorry=fitted(is_read & judged, signals[:, SORRY]),
    )
