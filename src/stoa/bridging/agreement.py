"""Posts liked by people who usually disagree: one bridging score a post, from who liked what.

The model is that of notes (spec 6): y = mu + i_u + i_n + f_u . f_n, where y is 1 for a like and 0
for a regret or for a post that was passed over. A post's intercept is what remains of its likes
when like-mindedness is taken out. But where likers of one side differ in how far out they stand,
likes of that side alone fit a high intercept just as well. Hence the score is the intercept, or
the support of the side that supports the post least, whichever is lower:

    support_s = sum of (y - mu - i_u) over accounts u of side s / (their number + k)

So for given accounts: likes of one side alone never lift a post above 0, and however many more
come from one side, the score never passes the support of the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.factorisation import fit, solve_notes
from stoa.bridging.layout import Layout
from stoa.bridging.scorers import Penalties
from stoa.errors import BadInput

Floats = NDArray[np.float64]
Rows = NDArray[np.integer]

RATIO = 10.0
"""Reactions a post that the last step is regularised for, so that a score means the same in a
busy square and in a quiet one."""

LEAST_LEAN = 0.25
"""How far out an account must stand to be of a side, in root mean squares of all."""

_POPULARITY = 0.75


@dataclass(frozen=True, slots=True)
class Reactions:
    """Who made what of which post; one row a pair (account, post), each at most once."""

    account: Rows
    post: Rows
    likes: NDArray[np.bool_]  # False: regretted, or seen and passed over
    weight: Floats  # how much it counts; a guess counts less than a deed

    def __post_init__(self) -> None:
        columns = (self.account, self.post, self.likes, self.weight)
        if len({len(column) for column in columns}) != 1:
            raise BadInput("reactions", [len(c) for c in columns], "give columns of one length")

    def __len__(self) -> int:
        return len(self.account)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What posts are worth across the divide, and which side accounts are on."""

    post: NDArray[np.int32]  # (n,) ids that had a reaction, ascending
    score: Floats  # (n,) above 0: liked from both sides more than their accounts like on average
    intercept: Floats  # (n,) the model's own
    support: Floats  # (2, n) of the negative and of the positive side
    account: NDArray[np.int32]  # (m,) ids, ascending
    lean: NDArray[np.float32]  # (m,) factor of each account
    side: NDArray[np.int8]  # (m,) -1, 0 for the middle, 1


def reactions(likes: tuple[Rows, Rows], regrets: tuple[Rows, Rows] | None = None) -> Reactions:
    """Likes and regrets as pairs of accounts and posts; a regretted like is a regret."""
    account, post = likes
    liked = np.ones(len(account), dtype=np.bool_)
    if regrets is not None:
        account = np.concatenate([regrets[0], account])
        post = np.concatenate([regrets[1], post])
        liked = np.concatenate([np.zeros(len(regrets[0]), dtype=np.bool_), liked])
    first = _first_of_pair(account, post)
    return Reactions(account[first], post[first], liked[first], np.ones(len(first)))


def with_passed_over(
    likes: tuple[Rows, Rows], *, seed: int, per_like: float = 1.0, weight: float = 0.5
) -> Reactions:
    """Likes alone, with posts drawn for each account that it did not like.

    A post is drawn in proportion to its likes to the power of 3/4: what many saw was more likely
    seen and passed over.

    Args:
        likes: accounts and posts.
        seed: of the draw; the same likes in the same order give the same draw.
        per_like: posts drawn a like, fewer where the draw hits what was liked.
        weight: how much one counts beside a like.

    >>> likes = np.array([0, 0, 1]), np.array([0, 1, 2])
    >>> made = with_passed_over(likes, seed=0, per_like=5)
    >>> int(made.likes.sum()), sorted(set(made.post[~made.likes & (made.account == 1)].tolist()))
    (3, [0, 1])
    """
    account, post = likes
    if not len(account):
        raise BadInput("likes", 0, "give at least one like")
    random = np.random.default_rng(seed)
    posts, count = np.unique(post, return_counts=True)
    share = count**_POPULARITY / (count**_POPULARITY).sum()
    n = round(per_like * len(account))
    drawn = random.choice(posts, size=n, p=share)
    who = account[random.permutation(np.arange(n) % len(account))]
    both_account, both_post = np.concatenate([account, who]), np.concatenate([post, drawn])
    first = _first_of_pair(both_account, both_post)
    liked = first < len(account)
    return Reactions(both_account[first], both_post[first], liked, np.where(liked, 1.0, weight))


def agreement(given: Reactions, penalties: Penalties | None = None) -> Agreement:
    """Learns who usually disagrees, then scores every post with accounts held fixed.

    Raises:
        BadInput: there is no reaction.

    >>> account, post = np.divmod(np.arange(24), 4)
    >>> likes = (post == 0) | (post == 1 + (account < 3)) # post 0 by all, 1 and 2 by one side each
    >>> scores = agreement(Reactions(account, post, likes, np.ones(24))).score
    >>> scores.argmax(), bool((scores[1:] <= 0).all())
    (np.int64(0), True)
    """
    if not len(given):
        raise BadInput("reactions", 0, "give at least one reaction")
    penalties = penalties or Penalties()
    value = given.likes.astype(np.float32)
    layout = Layout.of(given.post, given.account, value, weight=given.weight)
    learned = fit(layout, penalties)
    intercept, _ = solve_notes(
        layout,
        penalties,
        learned.mu,
        learned.rater_intercept,
        learned.rater_factor,
        ratio=RATIO,
    )
    side = sides(learned.rater_factor)
    rest = np.float64(-learned.mu) - learned.rater_intercept.astype(np.float64)
    supported = support(layout, rest, side, RATIO * penalties.note_intercept)
    own = intercept.astype(np.float64)
    return Agreement(
        post=layout.note,
        score=np.minimum(own, supported.min(axis=0)),
        intercept=own,
        support=supported,
        account=layout.rater,
        lean=learned.rater_factor,
        side=side,
    )


def sides(lean: NDArray[np.floating]) -> NDArray[np.int8]:
    """-1 or 1 for who stands out far enough, else 0.

    >>> sides(np.array([-0.5, 0.01, 0.5])).tolist()
    [-1, 0, 1]
    """
    typical = float(np.sqrt((lean.astype(np.float64) ** 2).mean()))
    stands_out = np.abs(lean) > LEAST_LEAN * typical
    return np.where(stands_out, np.sign(lean), 0).astype(np.int8)


def support(layout: Layout, rest: Floats, side: NDArray[np.int8], calm: float) -> Floats:
    """(2, n_posts): how much more than usual each side likes a post, shrunk towards 0.

    Args:
        layout: posts as notes, accounts as raters.
        rest: (n_accounts,) -(mu + i_u), what is added to a reaction to leave its surprise.
        side: (n_accounts,) -1, 0 or 1.
        calm: reactions of nothing unusual that each side is given.
    """
    out: list[Floats] = []
    for s in (-1, 1):
        of_side = (side == s).astype(np.float64)
        (count, usual), (liked,) = layout.by_note.sums([of_side, of_side * rest], [of_side])
        out.append((liked + usual) / (count + calm))
    return np.stack(out)


def _first_of_pair(account: Rows, post: Rows) -> NDArray[np.int64]:
    """The first row of each pair, in the order of rows."""
    key = np.stack([account, post])
    _, first = np.unique(key, axis=1, return_index=True)
    return np.sort(first)
