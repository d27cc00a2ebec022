"""Raters who choose their posts together: post selection similarity (spec 4.1).

Two raters are suspect if one keeps rating the other's notes helpful within minutes, or if they
keep rating the same posts within twenty minutes of each other. Whoever suspicion connects shares
a value.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.co_rating import MOST_PAIRS, Meetings, PairCounts, pair_counts, sorted_unique
from stoa.bridging.preprocessing import is_live
from stoa.note_records import MINUTE_MS, NO_POST, OLD_FORM, NoteTable, RatingTable

LATENCIES_MIN = (1, 5, 20)
WRITER_COVERAGE = (0.2, 0.3, 0.4)
RATER_AFFINITY = (0.2, 0.45, 0.7)
"""Least share of a writer's notes, and of a rater's early ratings, by latency."""

FEWEST_NOTES_OR_RATINGS = 10
WINDOW_MS = 20 * MINUTE_MS
FEWEST_POSTS = 10
NPMI, NPMI_PSEUDOCOUNT = 0.55, 500
MIN_SIMILARITY, MIN_SIMILARITY_PSEUDOCOUNT = 0.4, 10

Pairs = NDArray[np.int64]
"""(n_pairs, 2): rows of `Contributors`."""


def post_selection_values(
    notes: NoteTable, ratings: RatingTable, n_raters: int, *, most_pairs: int = MOST_PAIRS
) -> NDArray[np.int32]:
    """The group of each rater, (n_raters,): 0 for none, else from 1 by its first rater.

    `ratings` are those that count, in canonical order; `most_pairs` bounds memory, nothing else.
    """
    suspects = [
        author_pairs(notes, ratings, n_raters),
        co_rating_pairs(notes, ratings, n_raters, most_pairs),
    ]
    return components(np.concatenate(suspects), n_raters)


def components(pairs: Pairs, n_raters: int) -> NDArray[np.int32]:
    """Connected components of a graph, numbered from 1 by their first rater; 0 where no pair is.

    >>> components(np.array([[4, 2], [1, 1]]), 5).tolist()
    [0, 1, 2, 0, 2]
    """
    label = np.arange(n_raters)
    while True:
        least = label.copy()
        np.minimum.at(least, label[pairs[:, 0]], label[pairs[:, 1]])
        np.minimum.at(least, label[pairs[:, 1]], label[pairs[:, 0]])
        least = least[least[label]]
        if np.array_equal(least, label):
            break
        label = least
    members = np.unique(pairs)
    value = np.zeros(n_raters, dtype=np.int32)
    value[members] = np.unique(label[members], return_inverse=True)[1] + 1
    return value


def author_pairs(notes: NoteTable, ratings: RatingTable, n_raters: int) -> Pairs:
    """Authors and raters of their notes who are suspect (spec 4.1, A)."""
    live = is_live(notes)
    n_written = np.bincount(notes.author[live], minlength=n_raters)
    latency = ratings.at_ms - notes.created_ms[ratings.note]
    helpful = (ratings.level == 2) & ((ratings.tags & np.uint32(OLD_FORM)) == 0)
    early = np.flatnonzero(helpful & live[ratings.note] & (latency <= WINDOW_MS))
    author = notes.author[ratings.note[early]].astype(np.int64)
    rater = ratings.rater[early]
    found: list[Pairs] = []
    limits = zip(LATENCIES_MIN, WRITER_COVERAGE, RATER_AFFINITY, strict=True)
    for minutes, least_coverage, least_affinity in limits:
        within = latency[early] <= minutes * MINUTE_MS
        n_rated = np.bincount(rater[within], minlength=n_raters)
        key = author[within] * n_raters + rater[within]
        pair, count = np.unique(key, return_counts=True)
        a, r = np.divmod(pair, n_raters)
        covers = (n_written[a] >= FEWEST_NOTES_OR_RATINGS) & (
            count / np.maximum(n_written[a], 1) >= least_coverage
        )
        prefers = (n_rated[r] >= FEWEST_NOTES_OR_RATINGS) & (count / n_rated[r] >= least_affinity)
        found.append(np.stack([a, r], axis=1)[covers | prefers])
    return np.concatenate(found)


def co_rating_pairs(
    notes: NoteTable, ratings: RatingTable, n_raters: int, most_pairs: int = MOST_PAIRS
) -> Pairs:
    """Raters of the same posts at the same time who are suspect (spec 4.1, B)."""
    of_post = (is_live(notes) & (notes.post != NO_POST))[ratings.note]
    rows = np.flatnonzero(of_post)
    posts, post_of_note = np.unique(notes.post, return_inverse=True)
    rated = ratings.rater[rows].astype(np.int64) * len(posts) + post_of_note[ratings.note[rows]]
    rated = sorted_unique(rated)
    n_posts_of = np.bincount(rated // len(posts), minlength=n_raters)
    n_rated = len(rated)
    del rated
    rows = rows[n_posts_of[ratings.rater[rows]] >= FEWEST_POSTS]
    meetings = _within_window(ratings, rows, post_of_note)
    found = [np.empty((0, 2), dtype=np.int64)]
    found += [_suspect(pairs, n_posts_of, n_rated) for pairs in pair_counts(meetings, most_pairs)]
    return np.concatenate(found)


def _within_window(
    ratings: RatingTable, rows: NDArray[np.int64], post_of_note: NDArray[np.int64]
) -> Meetings:
    """For each rating of a note, the ratings of it at most 20 minutes before or after."""
    rows = rows[np.lexsort((ratings.at_ms[rows], ratings.note[rows]))]
    note = ratings.note[rows]
    # One clock for all notes: a gap beyond the window counts as just beyond it, so that windows
    # never reach another note and no product of times can overflow.
    gap = np.minimum(np.diff(ratings.at_ms[rows], prepend=0), WINDOW_MS + 1)
    gap[np.diff(note, prepend=-1) != 0] = WINDOW_MS + 1
    clock = np.cumsum(gap)
    return Meetings(
        rater=ratings.rater[rows],
        post=post_of_note[note],
        first=np.searchsorted(clock, clock - WINDOW_MS, side="left"),
        stop=np.searchsorted(clock, clock + WINDOW_MS, side="right"),
    )


def _suspect(pairs: PairCounts, n_posts_of: NDArray[np.int64], n_rated: int) -> Pairs:
    """Pairs that meet on too many of their posts; n_rated counts distinct (rater, post)."""
    a, b = n_posts_of[pairs.left], n_posts_of[pairs.right]
    together = pairs.count
    expected = (a + NPMI_PSEUDOCOUNT) * (b + NPMI_PSEUDOCOUNT)
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(together * n_rated / expected) / -np.log(together / n_rated)
    similarity = together / (np.minimum(a, b) + MIN_SIMILARITY_PSEUDOCOUNT)
    suspect = (npmi >= NPMI) | (similarity >= MIN_SIMILARITY)
    return np.stack([pairs.left, pairs.right], axis=1)[suspect]
