"""Evidence from a log: of each impression from nothing later, and what stands at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stoa.ranking.dwell import kind_of
from stoa.ranking.evidence import N_EVIDENCE, Evidence, EvidenceConfig, Shown, signals_of
from stoa.ranking.evidence_table import EvidenceTable
from stoa.records import SECOND_US, EventKind
from stoa.space.learning_log import ImpressionColumns, LearningLog, PostColumns

Reals = NDArray[np.float32]

_WINDOW_US = 4 * 3_600 * SECOND_US
"""Evidence is as of the beginning of such a window: about a sitting apart."""


@dataclass(slots=True, kw_only=True)
class ToldEvidence:
    """Evidence, and how far into a log it was told."""

    evidence: Evidence = field(default_factory=Evidence)
    seen: int = 0  # impressions told
    judged: int = 0  # impressions of which regret was told too
    acts: int = 0  # acts looked through for follows
    posts: int = 0  # posts whose vectors are in `authors`
    authors: Reals = field(default_factory=lambda: np.zeros((0, 0), np.float32))  # sums

    def advance(self, log: LearningLog, vectors: Reals, until_us: int) -> None:
        """Tells impressions before `until_us`; regret of those that have been waited for.

        Args:
            log: the log told so far, and what was added at its end.
            vectors: (posts, d).
            until_us: nothing from then on is told.
        """
        self._follow(log, vectors, until_us)
        shown = log.impressions
        late_us = until_us - self.evidence.config.sorry_after_us
        for rows in _windows(shown.at_us, self.judged, int(np.searchsorted(shown.at_us, late_us))):
            self.evidence.tell_late(showings(shown, log.posts, vectors, rows))
            self.judged = rows.stop
        for rows in _windows(shown.at_us, self.seen, int(np.searchsorted(shown.at_us, until_us))):
            self.evidence.tell(showings(shown, log.posts, vectors, rows))
            self.seen = rows.stop

    def _follow(self, log: LearningLog, vectors: Reals, until_us: int) -> None:
        """Tells whom viewers followed, by the mean of what those authors wrote until then."""
        acts, author = log.acts, log.posts.author
        length = vectors.shape[1]
        if len(self.authors) < log.n_accounts or self.authors.shape[1] != length:
            rows = np.zeros((log.n_accounts, length), dtype=np.float32)
            rows[: len(self.authors)] = self.authors.reshape(-1, length)
            self.authors = rows
        posts = int(np.searchsorted(log.posts.at_us, until_us))
        np.add.at(self.authors, author[self.posts : posts], vectors[self.posts : posts])
        end = int(np.searchsorted(acts.at_us, until_us))
        rows = self.acts + np.flatnonzero(acts.kind[self.acts : end] == EventKind.FOLLOW)
        self.posts, self.acts = max(posts, self.posts), max(end, self.acts)
        if len(rows):
            mean = self.authors[author[acts.post[rows]]]
            mean = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-6)
            self.evidence.tell_follows(acts.account[rows], mean)


def showings(shown: ImpressionColumns, posts: PostColumns, vectors: Reals, rows: slice) -> Shown:
    """Some impressions of a log as evidence takes them."""
    post = shown.post[rows]
    return Shown(
        viewer=shown.viewer[rows],
        author=posts.author[post],
        post=post,
        kind=kind_of(posts.length[post], posts.media[post]),
        vector=vectors[post],
        signals=signals_of(
            shown.seconds[rows], shown.acts[rows], shown.answer[rows], shown.delayed[rows]
        ),
    )


def evidence_of_log(
    log: LearningLog, vectors: Reals, config: EvidenceConfig | None = None
) -> tuple[Reals, ToldEvidence]:
    """Evidence on every impression as of its window's beginning, and all evidence at the end.

    Args:
        log: any log.
        vectors: (posts, d) of its posts.
        config: of the evidence; by default for vectors of that length.

    Returns:
        (impressions, N_EVIDENCE), and the evidence with everything before `log.until_us` told.
    """
    shown, author = log.impressions, log.posts.author
    config = config or EvidenceConfig(vector=vectors.shape[1])
    told = ToldEvidence(evidence=Evidence(config))
    made = np.zeros((len(shown), N_EVIDENCE), dtype=np.float32)
    followed = _followed(log)
    window = shown.at_us // _WINDOW_US
    for rows in _windows(shown.at_us, 0, len(shown)):
        told.advance(log, vectors, int(window[rows.start]) * _WINDOW_US)
        post, viewer = shown.post[rows], shown.viewer[rows]
        who, row = np.unique(viewer, return_inverse=True)
        tastes = told.evidence.seeking(who)
        taste = np.einsum("nd,ndk->nk", vectors[post], tastes[row])
        made[rows] = told.evidence.ask(viewer, taste, author[post], post, followed[rows])
    told.advance(log, vectors, log.until_us)
    return made, told


def table_of(log: LearningLog, told: ToldEvidence, posts: NDArray[np.int64]) -> EvidenceTable:
    """Evidence as it stands, by id: of everything that the log's impressions are about.

    Args:
        log: the log that was told.
        told: evidence with the log told to its end.
        posts: id of each post of the log; accounts have `log.account_keys`.
    """
    shown, author, ids = log.impressions, log.posts.author, log.account_keys
    evidence = told.evidence
    nobody = np.zeros(1, dtype=np.int64)

    def by_id(rows: NDArray[np.int64], keys: NDArray[np.int64]) -> NDArray[np.int64]:
        return rows[np.argsort(keys[rows], kind="stable")]

    post = by_id(np.unique(shown.post).astype(np.int64), posts)
    writer = by_id(np.unique(author[shown.post]).astype(np.int64), ids)
    viewer = by_id(np.unique(shown.viewer).astype(np.int64), ids)
    of_viewer, met, followed = _pairs(log, viewer)
    means = evidence.means
    return EvidenceTable(
        post=posts[post].astype(np.int64),
        of_post=means(nobody, nobody, post)["post"],
        author=ids[writer].astype(np.int64),
        of_author=means(nobody, writer, nobody)["author"],
        viewer=ids[viewer].astype(np.int64),
        of_viewer=means(viewer, nobody, nobody)["viewer"],
        viewer_known=means(viewer, nobody, nobody)["viewer_known"],
        seeking=evidence.seeking(viewer),
        first_pair=np.searchsorted(of_viewer, np.arange(len(viewer) + 1)).astype(np.int64),
        pair_author=ids[met].astype(np.int64),
        of_pair=means(viewer[of_viewer], met, nobody)["pair"],
        pair_known=means(viewer[of_viewer], met, nobody)["pair_known"],
        pair_followed=followed,
    )


def _pairs(
    log: LearningLog, viewer: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Authors whom viewers were shown or follow: place among `viewer`, author, whether followed."""
    shown, acts, author, ids = log.impressions, log.acts, log.posts.author, log.account_keys
    place = np.full(log.n_accounts, -1, dtype=np.int64)
    place[viewer] = np.arange(len(viewer))
    follows = np.flatnonzero((acts.kind == EventKind.FOLLOW) & (place[acts.account] >= 0))
    tie = place[acts.account[follows]] * log.n_accounts + author[acts.post[follows]]
    seen = place[shown.viewer] * log.n_accounts + author[shown.post]
    pair = np.unique(np.concatenate([seen, tie]))
    who, met = pair // max(log.n_accounts, 1), pair % max(log.n_accounts, 1)
    order = np.lexsort((ids[met], who))
    return who[order], met[order], np.isin(pair, tie)[order]


def _windows(at_us: NDArray[np.int64], start: int, end: int) -> list[slice]:
    """Rows from `start` to `end` in parts of one window each.

    What is usual of a kind is learned as evidence is told: in these parts, whoever tells it.
    """
    window = at_us[start:end] // _WINDOW_US
    begins = start + np.flatnonzero(np.diff(window, prepend=-1))
    edges = [*begins.tolist(), max(end, start)]
    return [slice(low, high) for low, high in pairwise(edges)]


def _followed(log: LearningLog) -> NDArray[np.bool_]:
    """Whether the viewer of each impression had followed the post's author before, (n,)."""
    acts, shown, author = log.acts, log.impressions, log.posts.author
    rows = np.flatnonzero(acts.kind == EventKind.FOLLOW)
    if not len(rows):
        return np.zeros(len(shown), dtype=np.bool_)
    tie = acts.account[rows].astype(np.int64) * log.n_accounts + author[acts.post[rows]]
    order = np.lexsort((acts.at_us[rows], tie))
    tie, since_us = tie[order], acts.at_us[rows][order]
    asked = shown.viewer.astype(np.int64) * log.n_accounts + author[shown.post]
    found = np.minimum(np.searchsorted(tie, asked), len(tie) - 1)
    return (tie[found] == asked) & (since_us[found] < shown.at_us)
