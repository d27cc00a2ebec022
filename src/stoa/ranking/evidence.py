"""What showings so far say of a viewer and a post: means, and a ridge regression for each viewer.

Everything is a mean of *residuals*, drawn to nought where little is known: how much longer than its
kind a post was looked at, how much more often it was read, made people glad, or was regretted. How
many saw a post is not told, so fame has no way in. A viewer's taste is a Gaussian process with a
linear kernel over the vectors of what was shown to them (Rasmussen and Williams 2006, chapter 2):
one vector for each signal, the sum of all posts met, each with the weight that says what it taught.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.ranking.dwell import N_KINDS
from stoa.ranking.heads import SKIP_S
from stoa.records import DAY_US, NEGATIVE_EVENTS, POSITIVE_EVENTS, EventKind
from stoa.space.learning_log import Answer

Floats = NDArray[np.float64]
Reals = NDArray[np.float32]
Rows = NDArray[np.integer]

SIGNALS = ("read", "length", "glad", "sorry")
"""Whether it was read, and of what was read: log seconds, gladness, signs of regret."""
READ, LENGTH, GLAD, SORRY = range(4)
N_SIGNALS = len(SIGNALS)
N_EVIDENCE = 5 * N_SIGNALS + 4
"""Columns: taste, post, author, viewer and pair, each by signal; followed; like authors followed;
how much is known of the viewer and of the pair."""

_GLAD = np.uint32(sum(1 << int(kind) for kind in POSITIVE_EVENTS))
_SORRY = np.uint32(sum(1 << int(kind) for kind in NEGATIVE_EVENTS - {EventKind.REGRET}))
_LONGEST_S = 60.0  # a longer look counts as this: a few videos must not decide
_PAIRS = 1 << 20  # rows of the table of viewers and authors; two pairs seldom share one


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceConfig:
    """How far means are drawn to nought: as if so many showings had said nothing."""

    vector: int = 128
    # By signal. What a post is looked at, if it is read, hardly hangs on who reads it: few looks
    # tell much of its length.
    taste: tuple[float, ...] = (20.0, 20.0, 10.0, 20.0)
    post: tuple[float, ...] = (30.0, 1.5, 10.0, 10.0)
    author: tuple[float, ...] = (60.0, 10.0, 30.0, 20.0)
    viewer: tuple[float, ...] = (40.0, 15.0, 30.0, 20.0)
    pair: tuple[float, ...] = (10.0, 5.0, 10.0, 10.0)
    sorry_after_us: int = DAY_US  # late signs of regret are known by then


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Showings and what followed, one row each."""

    viewer: Rows
    author: Rows
    post: Rows
    kind: Rows  # of the post, `dwell.kind_of`
    vector: Reals  # (n, d) of the post
    signals: Floats  # (n, 4), `signals_of`

    def rows(self, which: Rows | NDArray[np.bool_]) -> Shown:
        """Some of them."""
        return Shown(**{name: getattr(self, name)[which] for name in self.__slots__})


def signals_of(
    seconds: NDArray[np.floating], acts: NDArray[np.uint32], answer: NDArray[np.integer],
    delayed: NDArray[np.integer],
) -> Floats:  # fmt: skip
    """What each showing said, (n, 4), as `SIGNALS` names it."""
    looked = np.minimum(np.nan_to_num(seconds.astype(np.float64)), _LONGEST_S)
    glad = ((acts & _GLAD) != 0) | (answer == Answer.GLAD)
    sorry = ((acts & _SORRY) != 0) | (answer == Answer.REGRET) | (delayed == 1)
    log_s = np.log(np.maximum(looked, 1.0))
    return np.column_stack([looked >= SKIP_S, log_s, glad, sorry]).astype(np.float64)


class _Means:
    """Sums of signals by a key, read as means that are drawn to nought."""

    def __init__(self, n: int) -> None:
        self.total = np.zeros((n, N_SIGNALS))
        self.count = np.zeros((n, N_SIGNALS))

    def tell(self, key: Rows, value: Floats, which: list[int]) -> None:
        self._grow(int(key.max(initial=-1)) + 1)
        for signal in which:
            n = len(self.total)
            self.total[:, signal] += np.bincount(key, weights=value[:, signal], minlength=n)
            self.count[:, signal] += np.bincount(key, minlength=n)

    def read(self, key: Rows, prior: tuple[float, ...]) -> Floats:
        inside = np.minimum(key, len(self.total) - 1)
        mean = self.total[inside] / (self.count[inside] + np.asarray(prior))
        return np.where((key < len(self.total))[..., None], mean, 0.0)

    def told(self, key: Rows) -> Floats:
        inside = np.minimum(key, len(self.count) - 1)
        return np.where(key < len(self.count), self.count[inside, 0], 0.0)

    def _grow(self, n: int) -> None:
        if n > len(self.total):
            more = np.zeros((max(n, 2 * len(self.total)) - len(self.total), N_SIGNALS))
            self.total = np.concatenate([self.total, more])
            self.count = np.concatenate([self.count, more])


class _Tastes:
    """A ridge regression of residuals on vectors for every viewer."""

    def __init__(self, dim: int) -> None:
        self.gram = np.zeros((0, dim, dim), dtype=np.float32)
        self.moment = np.zeros((0, dim, N_SIGNALS), dtype=np.float32)

    def tell(self, viewer: Rows, vector: Reals, value: Floats) -> None:
        n = int(viewer.max(initial=-1)) + 1
        if n > len(self.gram):
            more = max(n, len(self.gram) * 2) - len(self.gram)
            dim = self.gram.shape[1]
            self.gram = np.concatenate([self.gram, np.zeros((more, dim, dim), np.float32)])
            self.moment = np.concatenate(
                [self.moment, np.zeros((more, dim, N_SIGNALS), np.float32)]
            )
        order = np.argsort(viewer, kind="stable")
        begins = np.flatnonzero(np.diff(viewer[order], prepend=-1))
        for rows in np.split(order, begins[1:]):
            who = viewer[rows[0]]
            self.gram[who] += vector[rows].T @ vector[rows]
            self.moment[who] += vector[rows].T @ value[rows].astype(np.float32)

    def solve(self, viewer: Rows, prior: float) -> Reals:
        """One vector a signal for each viewer, (s, d, 4)."""
        dim = self.gram.shape[1]
        made = np.zeros((len(viewer), dim, N_SIGNALS), dtype=np.float32)
        known = np.flatnonzero(viewer < len(self.gram))
        if len(known):
            gram = self.gram[viewer[known]] + np.float32(prior) * np.eye(dim, dtype=np.float32)
            made[known] = np.linalg.solve(gram, self.moment[viewer[known]])
        return made


@dataclass(slots=True)
class Evidence:
    """All that showings told so far; `tell` in the order of time, `ask` at any moment."""

    config: EvidenceConfig = field(default_factory=EvidenceConfig)
    _kind: _Means = field(default_factory=lambda: _Means(N_KINDS))
    _post: _Means = field(default_factory=lambda: _Means(1))
    _author: _Means = field(default_factory=lambda: _Means(1))
    _viewer: _Means = field(default_factory=lambda: _Means(1))
    _pair: _Means = field(default_factory=lambda: _Means(_PAIRS))
    _tastes: tuple[_Tastes, ...] = ()  # of what was shown, of what was read, of late signs
    _follows: Reals = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    _n_follows: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        self._follows = np.zeros((0, self.config.vector), dtype=np.float32)

    def tell(self, shown: Shown) -> None:
        """Takes in showings: all but regret, which is not known yet."""
        self._tell(shown, [READ], 0)
        self._tell(shown.rows(shown.signals[:, READ] > 0), [LENGTH, GLAD], 1)

    def tell_late(self, shown: Shown) -> None:
        """Takes in the signs of regret of showings that have been waited for."""
        self._tell(shown.rows(shown.signals[:, READ] > 0), [SORRY], 2)

    def _tell(self, shown: Shown, which: list[int], which_taste: int) -> None:
        if not self._tastes:
            self._tastes = tuple(_Tastes(self.config.vector) for _ in range(3))
        if not len(shown.viewer):
            return
        usual = self._usual(shown.kind)
        self._kind.tell(shown.kind, shown.signals, which)
        value = np.zeros_like(shown.signals)
        value[:, which] = (shown.signals - usual)[:, which]
        for means, key in (
            (self._post, shown.post),
            (self._author, shown.author),
            (self._viewer, shown.viewer),
            (self._pair, _pair_of(shown.viewer, shown.author)),
        ):
            means.tell(key, value, which)
        self._tastes[which_taste].tell(shown.viewer, shown.vector, value)

    def tell_follows(self, viewer: Rows, vector: Reals) -> None:
        """Takes in whom viewers follow: one unit vector for each author followed, (n, d)."""
        more = int(viewer.max(initial=-1)) + 1 - len(self._n_follows)
        if more > 0:
            self._follows = np.concatenate(
                [self._follows, np.zeros((more, self.config.vector), np.float32)]
            )
            self._n_follows = np.concatenate([self._n_follows, np.zeros(more)])
        np.add.at(self._follows, viewer, vector)
        np.add.at(self._n_follows, viewer, 1.0)

    def follows(self, viewer: Rows) -> Reals:
        """What the authors that each viewer follows sum up to, (s, d)."""
        made = np.zeros((len(viewer), self.config.vector), dtype=np.float32)
        known = np.flatnonzero(viewer < len(self._n_follows))
        who = viewer[known]
        made[known] = self._follows[who] / np.sqrt(1.0 + self._n_follows[who])[:, None]
        return made

    def _usual(self, kind: Rows) -> Floats:
        """Mean of each signal for posts of this kind, drawn to the mean of all."""
        total, count = self._kind.total.sum(axis=0), self._kind.count.sum(axis=0)
        mean = total / np.maximum(count, 1.0)
        return (self._kind.total[kind] + 20.0 * mean) / (self._kind.count[kind] + 20.0)

    def seeking(self, viewer: Rows) -> Reals:
        """`tastes` and `follows` side by side, (s, d, 5)."""
        return np.concatenate([self.tastes(viewer), self.follows(viewer)[:, :, None]], axis=2)

    def tastes(self, viewer: Rows) -> Reals:
        """One vector a signal for each viewer, (s, d, 4): its product with a post's is evidence."""
        made = np.zeros((len(viewer), self.config.vector, N_SIGNALS), dtype=np.float32)
        if self._tastes:
            shown, read, late = self._tastes
            made[:, :, READ] = shown.solve(viewer, self.config.taste[READ])[:, :, READ]
            of_read = read.solve(viewer, self.config.taste[GLAD])
            made[:, :, LENGTH], made[:, :, GLAD] = of_read[:, :, LENGTH], of_read[:, :, GLAD]
            made[:, :, SORRY] = late.solve(viewer, self.config.taste[SORRY])[:, :, SORRY]
        return made

    def ask(
        self, viewer: Rows, taste: Reals, author: Rows, post: Rows, followed: NDArray[np.bool_]
    ) -> Reals:
        """Evidence on pairs, (n, N_EVIDENCE).

        Args:
            viewer: (n,) account of each pair.
            taste: (n, 5) products of the viewer's `tastes` and `follows` with the post's vector.
            author: (n,).
            post: (n,).
            followed: (n,) whether the viewer follows the author.
        """
        of = self.means(viewer, author, post)
        columns = [
            taste[:, :N_SIGNALS],
            of["post"],
            of["author"],
            of["viewer"],
            of["pair"],
            followed[:, None],
            taste[:, N_SIGNALS:],
            of["viewer_known"][:, None],
            of["pair_known"][:, None],
        ]
        return np.concatenate(columns, axis=1).astype(np.float32)

    def means(self, viewer: Rows, author: Rows, post: Rows) -> dict[str, Reals]:
        """What is told of posts, authors, viewers and pairs, (n, 4) each, and how much is known.

        Of `post`, `author` and `viewer` each may be of any length; pairs are `viewer` and `author`
        side by side, which broadcast.
        """
        c, pair = self.config, _pair_of(viewer, author)
        made = {
            "post": self._post.read(post, c.post),
            "author": self._author.read(author, c.author),
            "viewer": self._viewer.read(viewer, c.viewer),
            "pair": self._pair.read(pair, c.pair),
            "viewer_known": np.log1p(self._viewer.told(viewer)) / 5.0,
            "pair_known": np.log1p(self._pair.told(pair)),
        }
        return {name: column.astype(np.float32) for name, column in made.items()}

    def weigh(
        self, weight: Floats, viewer: Rows, seeking: Reals, author: Rows, post: Rows,
        vector: Reals, followed: NDArray[np.bool_],
    ) -> Floats:  # fmt: skip
        """`ask(...) @ weight` for every viewer and post, (s, n), without the pairs in between.

        Args:
            weight: (N_EVIDENCE,).
            viewer: (s,).
            seeking: (s, d, 5) of `seeking`.
            author: (n,) of the posts.
            post: (n,).
            vector: (n, d) of the posts.
            followed: (s, n).
        """
        c = self.config
        taste, of_post, of_author, of_viewer, of_pair = weight[:-4].reshape(5, N_SIGNALS)
        posts = self._post.read(post, c.post) @ of_post
        posts = posts + self._author.read(author, c.author) @ of_author
        viewers = self._viewer.read(viewer, c.viewer) @ of_viewer
        viewers = viewers + np.log1p(self._viewer.told(viewer)) / 5.0 * weight[-2]
        authors, row = np.unique(author, return_inverse=True)
        pair = _pair_of(viewer[:, None], authors[None, :])
        met = self._pair.read(pair, c.pair) @ of_pair + np.log1p(self._pair.told(pair)) * weight[-1]
        sought = seeking @ np.append(taste, weight[-3]).astype(np.float32)
        told = sought @ vector.T + posts[None, :] + viewers[:, None]
        return told + met[:, row] + followed * weight[-4]


def _pair_of(viewer: Rows, author: Rows) -> NDArray[np.int64]:
    mixed = viewer.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = mixed ^ author.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03)
    return ((mixed >> np.uint64(20)) % np.uint64(_PAIRS)).astype(np.int64)
