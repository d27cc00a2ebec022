"""What a ranker predicts for each candidate: every head that a published formula blends."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Head = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Arrays of shape (n,): probabilities in 0..1, or seconds where the name ends in `_s`.

    The 26 heads that x-algorithm blends (feed-anchors 1.6), the five more of the-algorithm of
    2023 (section 2), and regret, which is ours.
    """

    favourite: Head
    reply: Head
    repost: Head
    quote: Head
    share: Head
    share_by_message: Head
    share_by_link: Head
    follow_author: Head
    post_click: Head
    open_link: Head
    profile_click: Head
    photo_expand: Head
    video_open: Head
    video_view: Head
    quoted_video_view: Head
    quoted_click: Head
    unexplored: Head  # counts for followed authors only
    dwell: Head
    dwell_s: Head
    click_dwell_s: Head
    active_s: Head  # over the next five minutes
    not_dwelled: Head
    not_interested: Head
    block_author: Head
    mute_author: Head
    report: Head
    reply_engaged_by_author: Head  # 2023 from here on
    profile_click_engaged: Head
    good_click: Head  # the greater of its two definitions
    video_half: Head
    negative_feedback: Head
    regret: Head

    @classmethod
    def zeros(cls, n: int) -> Predictions:
        """Predictions of nothing at all, to be filled with `dataclasses.replace`."""
        return cls(**{head.name: np.zeros(n) for head in fields(cls)})

    def __len__(self) -> int:
        return len(self.favourite)

    def weighted_sum(self, weights: dict[str, float]) -> Head:
        """Sum of heads times weights; shape (n,)."""
        total = np.zeros(len(self))
        for head, weight in weights.items():
            total = total + weight * getattr(self, head)
        return total


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFacts:
    """What the published formulas ask about each candidate beside predictions; shape (n,)."""

    author: NDArray[np.int64]
    followed: NDArray[np.bool_]  # the viewer follows the author
    mutual: NDArray[np.bool_]  # and the author the viewer
    is_reply: NDArray[np.bool_]
    is_repost: NDArray[np.bool_]
    small_author: NDArray[np.bool_]  # <= 1000 followers and < 1000 home views of the post

    @classmethod
    def plain(cls, n: int) -> PostFacts:
        """Original posts of distinct followed authors, none of them small."""
        no = np.zeros(n, dtype=bool)
        return cls(
            author=np.arange(1, n + 1, dtype=np.int64),
            followed=np.ones(n, dtype=bool),
            mutual=no,
            is_reply=no,
            is_repost=no,
            small_author=no,
        )
