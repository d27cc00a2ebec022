"""What became of every post: kept, or left out by a rule that has a name."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

DUPLICATE = "duplicate"
SAME_REPOST = "repost_of_same"
POOL = "pool"


@dataclass(slots=True)
class Trace:
    """The account of one run. Every distinct post has a fate: 0 is kept, i is `rules[i - 1]`.

    Rows that named a post already found are counted in `merged`, so that always
    `n_found == kept + sum of all drops`.
    """

    posts: NDArray[np.int64]  # distinct, ascending
    fate: NDArray[np.int16]
    rules: list[str]
    n_found: int
    found: dict[str, int] = field(default_factory=dict[str, int])  # rows by source
    merged: dict[str, int] = field(default_factory=dict[str, int])
    failed: dict[str, str] = field(default_factory=dict[str, str])  # source -> what it said
    seconds: dict[str, float] = field(default_factory=dict[str, float])  # by stage
    n_not_finite: int = 0  # scores that were not numbers and sank to the end

    @classmethod
    def of(cls, posts: NDArray[np.int64], n_found: int) -> Trace:
        """A trace in which every post is still kept; `posts` ascend."""
        return cls(
            posts=posts, fate=np.zeros(len(posts), dtype=np.int16), rules=[], n_found=n_found
        )

    @property
    def n_kept(self) -> int:
        """Distinct posts not left out."""
        return int((self.fate == 0).sum())

    def drop(self, posts: NDArray[np.int64], rule: str) -> int:
        """Notes that a rule left posts out; those already left out keep their first rule.

        Posts the trace does not know are ignored. Returns how many were newly dropped.
        """
        if len(posts) == 0:
            return 0
        if rule not in self.rules:
            self.rules.append(rule)
        rows = np.searchsorted(self.posts, posts)
        inside = rows < len(self.posts)
        rows = rows[inside][self.posts[rows[inside]] == posts[inside]]
        rows = rows[self.fate[rows] == 0]
        self.fate[rows] = self.rules.index(rule) + 1
        return len(rows)

    def dropped_by(self, post: int) -> str | None:
        """Name of the rule that left a post out; None when it was kept or never found."""
        row = int(np.searchsorted(self.posts, post))
        if row >= len(self.posts) or self.posts[row] != post or self.fate[row] == 0:
            return None
        return self.rules[int(self.fate[row]) - 1]

    def counts(self) -> dict[str, int]:
        """How many rows each rule left out, merged duplicates included."""
        totals = np.bincount(self.fate, minlength=len(self.rules) + 1)
        counts = {rule: int(totals[i + 1]) for i, rule in enumerate(self.rules)}
        return {**{name: n for name, n in self.merged.items() if n}, **counts}

    def examples(self, rule: str, limit: int) -> NDArray[np.int64]:
        """Some posts a rule left out, newest first."""
        if rule not in self.rules:
            return self.posts[:0]
        dropped = self.posts[self.fate == self.rules.index(rule) + 1]
        return dropped[::-1][:limit]
