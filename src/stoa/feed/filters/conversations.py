"""Rules about groups of posts: few of a conversation, one post a text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.query import FeedQuery
from stoa.pipeline import Candidates
from stoa.ports import VectorRows
from stoa.records import Media
from stoa.space.columns import rank_in_group


@dataclass(frozen=True, slots=True)
class FewOfAConversation:
    """Keeps the best-ranked posts of each conversation.

    A reading is up to 1,500 posts long, so the best answers of a thread have their place in it
    beside its root; composing keeps them apart.
    """

    most: int = 3
    name: str = "same_conversation"
    reason: str = "Enough of this conversation is on your pages."
    switchable: bool = True

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the first `most` posts of every root; candidates stand best first."""
        order = np.argsort(candidates.root, kind="stable")
        keep = np.zeros(len(order), dtype=bool)
        keep[order] = rank_in_group(candidates.root[order]) < self.most
        return keep


@dataclass(frozen=True, slots=True)
class SameText:
    """Keeps the best-ranked of posts that say the same in the same words.

    Equal content vectors at int8 are taken for equal texts. Short texts are left alone (two
    people may both say "good morning"), and so are pictures and videos (vectors may not see
    them).
    """

    rows: VectorRows
    least_length: int = 40
    name: str = "same_text"
    reason: str = "The same text is already on your pages."
    switchable: bool = True

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts whose text was not there before; candidates stand best first."""
        keep = np.ones(len(candidates), dtype=bool)
        plain = (candidates.media & (Media.IMAGE | Media.VIDEO)) == 0
        judged = np.flatnonzero(plain & (candidates.length >= self.least_length))
        if len(judged) < 2:
            return keep
        vectors = self.rows.get(candidates.post[judged])
        known = vectors.any(axis=1)
        judged, vectors = judged[known], vectors[known]
        keep[judged] = _first_of(_fingerprints(vectors))
        return keep


def _first_of(keys: NDArray[np.generic]) -> NDArray[np.bool_]:
    keep = np.zeros(len(keys), dtype=bool)
    keep[np.unique(keys, return_index=True)[1]] = True
    return keep


def _fingerprints(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """One number a row, equal for equal rows whatever rows stand beside it.

    Whole-number steps times whole-number factors stay below 2**53, exact in float64: the order
    in which a matrix product adds cannot make equal rows differ.
    """
    steps = np.rint(vectors * np.float32(32_767)).astype(np.float64)
    factors = np.random.default_rng(20_260_929).integers(1, 1 << 30, vectors.shape[1])
    return steps @ factors.astype(np.float64)
