"""Who engaged with what, as samples of fixed size: what co-engagement reads, without any count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.records import NO_ID, EdgeColumns
from stoa.space.columns import grown, rank_in_group

_ID_LIMIT = 1 << 32  # posts are kept as 32-bit distances from `first_post`


@dataclass(slots=True)
class _Tables:
    """Arrays that readers hold by reference; row 0 of samples and rings stays empty."""

    post_row: NDArray[np.int32]  # by post id - first_post
    sample: NDArray[np.uint32]  # (rows, sample) accounts
    fill: NDArray[np.uint8]  # accounts held in a sample row
    count: NDArray[np.uint32]  # engagements so far, needed to stay uniform
    row_post: NDArray[np.uint32]  # post id - first_post of a sample row
    account_row: NDArray[np.int32]  # by account id
    ring: NDArray[np.uint32]  # (rows, recent) posts, as distances
    turns: NDArray[np.uint32]  # engagements an account ever added


class Engagements:
    """An in-memory `EngagementView`: a uniform sample per post, the newest posts per account.

    Memory is some 80 bytes a liked post and 110 an account that likes. One thread writes; any
    number read at the same time and may see a like one batch late, never a broken row.
    After a removal the next engagement takes the free place, which favours newcomers a little.

    >>> graph = Engagements()
    >>> graph.add(np.array([5, 6]), np.array([9, 9])).tolist()
    [True, True]
    >>> sorted(graph.engagers_of(np.array([9]))[0][:2].tolist())
    [5, 6]
    """

    def __init__(self, *, sample: int = 16, recent: int = 24, first_post: int = 0) -> None:
        self.sample = sample
        self.recent = recent
        self.first_post = first_post
        self._rows = 1
        self._account_rows = 1
        self._tables = _Tables(
            post_row=np.zeros(1024, dtype=np.int32),
            sample=np.zeros((256, sample), dtype=np.uint32),
            fill=np.zeros(256, dtype=np.uint8),
            count=np.zeros(256, dtype=np.uint32),
            row_post=np.zeros(256, dtype=np.uint32),
            account_row=np.zeros(1024, dtype=np.int32),
            ring=np.zeros((256, recent), dtype=np.uint32),
            turns=np.zeros(256, dtype=np.uint32),
        )

    def __len__(self) -> int:
        """Posts that somebody engaged with."""
        return self._rows - 1

    # ------------------------------------------------------------------------------ reading

    def engagers_of(self, posts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Accounts that engaged, uniform sample, shape (n, sample); NO_ID pads."""
        tables = self._tables
        rows = _lookup(tables.post_row, posts - self.first_post)
        rows[rows >= len(tables.sample)] = 0
        return tables.sample[rows].astype(np.int64)

    def recent_posts_of(self, accounts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Posts an account engaged with, newest kept, shape (n, recent); NO_ID pads."""
        tables = self._tables
        rows = _lookup(tables.account_row, accounts)
        rows[rows >= len(tables.ring)] = 0
        near = tables.ring[rows].astype(np.int64)
        return np.where(near > 0, near + self.first_post, NO_ID)

    # ------------------------------------------------------------------------------ writing

    def load(self, edges: EdgeColumns) -> None:
        """Adds many engagements at once (start-up); pairs must be new."""
        self._add(edges.actor, edges.subject)

    def add(self, accounts: NDArray[np.int64], posts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Adds engagements in order; returns which were new.

        Pairs still among an account's newest are left out.
        """
        pairs = accounts.astype(np.uint64) << np.uint64(32)
        pairs |= (posts - self.first_post).astype(np.uint64) & np.uint64(_ID_LIMIT - 1)
        _, first = np.unique(pairs, return_index=True)
        keep = np.zeros(len(accounts), dtype=bool)
        keep[first] = True
        keep &= ~(self.recent_posts_of(accounts) == posts[:, None]).any(axis=1)
        self._add(accounts[keep], posts[keep])
        return keep

    def remove(self, account: int, post: int) -> None:
        """Takes one engagement back; an unknown one is ignored."""
        tables = self._tables
        near = post - self.first_post
        ring = tables.ring[_lookup(tables.account_row, np.array([account]))[0]]
        if near > 0:
            ring[ring == near] = 0
        row = int(_lookup(tables.post_row, np.array([near]))[0])
        if row and tables.count[row]:
            tables.count[row] -= 1
            self._leave_sample(row, tables.sample[row] == account)

    def erase(self, accounts: NDArray[np.int64]) -> None:
        """Forgets all that these accounts engaged with, in every sample."""
        tables = self._tables
        accounts = accounts[(accounts > 0) & (accounts < _ID_LIMIT)]
        tables.ring[_lookup(tables.account_row, accounts)] = 0
        hit = np.isin(tables.sample[: self._rows], accounts.astype(np.uint32))
        for row in np.flatnonzero(hit.any(axis=1)):
            tables.count[row] -= min(int(hit[row].sum()), int(tables.count[row]))
            self._leave_sample(int(row), hit[row])

    def drop_older(self, than: int) -> None:
        """Forgets posts with id < `than` and gives their space back."""
        tables = self._tables
        limit = than - self.first_post
        old = tables.row_post[1 : self._rows] < limit
        kept = np.concatenate(([0], 1 + np.flatnonzero(~old)))
        tables.ring[tables.ring < max(limit, 0)] = 0
        post_row = np.zeros_like(tables.post_row)
        post_row[tables.row_post[kept[1:]]] = np.arange(1, len(kept), dtype=np.int32)
        self._tables = _Tables(
            post_row=post_row,
            sample=tables.sample[kept],
            fill=tables.fill[kept],
            count=tables.count[kept],
            row_post=tables.row_post[kept],
            account_row=tables.account_row,
            ring=tables.ring,
            turns=tables.turns,
        )
        self._rows = len(kept)

    def _add(self, accounts: NDArray[np.int64], posts: NDArray[np.int64]) -> None:
        near = posts - self.first_post
        usable = (near > 0) & (near < _ID_LIMIT) & (accounts > 0) & (accounts < _ID_LIMIT)
        accounts, near = accounts[usable], near[usable]
        if len(accounts):
            self._make_rows(accounts, near)
            self._into_samples(accounts, near)
            self._into_rings(accounts, near)

    def _make_rows(self, accounts: NDArray[np.int64], near: NDArray[np.int64]) -> None:
        tables = self._tables
        tables.post_row = grown(tables.post_row, int(near.max()) + 1)
        new = np.unique(near[tables.post_row[near] == 0])
        end = self._rows + len(new)
        tables.sample, tables.fill = grown(tables.sample, end), grown(tables.fill, end)
        tables.count, tables.row_post = grown(tables.count, end), grown(tables.row_post, end)
        tables.row_post[self._rows : end] = new
        tables.post_row[new] = np.arange(self._rows, end, dtype=np.int32)
        self._rows = end
        tables.account_row = grown(tables.account_row, int(accounts.max()) + 1)
        new = np.unique(accounts[tables.account_row[accounts] == 0])
        end = self._account_rows + len(new)
        tables.ring, tables.turns = grown(tables.ring, end), grown(tables.turns, end)
        tables.account_row[new] = np.arange(self._account_rows, end, dtype=np.int32)
        self._account_rows = end

    def _into_samples(self, accounts: NDArray[np.int64], near: NDArray[np.int64]) -> None:
        """Reservoir sampling (Vitter's R) with a hash of (account, post, count) as the coin."""
        tables = self._tables
        order = np.argsort(near, kind="stable")
        account, post = accounts[order], near[order]
        row = tables.post_row[post]
        rank = rank_in_group(post)
        place = tables.fill[row] + rank
        seen = tables.count[row] + rank + 1
        late = place >= self.sample
        place[late] = _coin(account[late], post[late], seen[late])
        kept = place < self.sample
        tables.sample[row[kept], place[kept]] = account[kept]
        last = np.append(row[1:] != row[:-1], True)
        tables.count[row[last]] += (rank[last] + 1).astype(np.uint32)
        filled = np.minimum(tables.fill[row[last]] + rank[last] + 1, self.sample)
        tables.fill[row[last]] = filled.astype(np.uint8)

    def _into_rings(self, accounts: NDArray[np.int64], near: NDArray[np.int64]) -> None:
        tables = self._tables
        order = np.argsort(accounts, kind="stable")
        account, post = accounts[order], near[order]
        row = tables.account_row[account]
        rank = rank_in_group(account)
        # Where one account fills its ring more than once, NumPy's last assignment holds.
        tables.ring[row, (tables.turns[row] + rank) % self.recent] = post
        last = np.append(row[1:] != row[:-1], True)
        tables.turns[row[last]] += (rank[last] + 1).astype(np.uint32)

    def _leave_sample(self, row: int, leaving: NDArray[np.bool_]) -> None:
        tables = self._tables
        staying = tables.sample[row][~leaving & (tables.sample[row] != 0)]
        fresh = np.zeros(self.sample, dtype=np.uint32)
        fresh[: len(staying)] = staying
        tables.sample[row] = fresh
        tables.fill[row] = len(staying)


def _lookup(table: NDArray[np.int32], keys: NDArray[np.int64]) -> NDArray[np.int32]:
    """Rows of keys; 0 for keys the table does not reach."""
    inside = (keys > 0) & (keys < len(table))
    return np.where(inside, table[np.where(inside, keys, 0)], 0).astype(np.int32)


def _coin(
    account: NDArray[np.int64], post: NDArray[np.int64], seen: NDArray[np.int64]
) -> NDArray[np.int64]:
    """A fair whole number in 0..seen-1 (splitmix64 of the three, modulo)."""
    x = account.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    x ^= post.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    x += seen.astype(np.uint64) * np.uint64(0x165667B19E3779F9)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return (x % seen.astype(np.uint64)).astype(np.int64)
