"""The first version's vectors: a post's words, bent by its answers and its engagers' tastes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.ingest.answers import Answers
from stoa.ports import EngagementView, VectorRows
from stoa.records import NO_ID
from stoa.space.conversation import post_vector

ENGAGERS_SAMPLED = 8
TASTES_SAMPLED = 8
"""Posts of an engager that stand for what the engager likes."""


@dataclass(frozen=True, slots=True)
class FirstVectors:
    """Makes vectors by fixed weights."""

    rows: VectorRows
    answers: Answers
    engagements: EngagementView

    def made(self, posts: NDArray[np.int64], content: NDArray[np.float32]) -> NDArray[np.float32]:
        """Post vectors (n, d) from content (n, d), replies sampled, parent and engagers' tastes."""
        rows = self.rows
        n, dim = content.shape
        talk_ids = np.concatenate(
            [self.answers.parents(posts)[:, None], self.answers.sampled(posts)], axis=1
        )
        talk = rows.get(talk_ids.ravel()).reshape(n, -1, dim)
        engagers = self.engagements.engagers_of(posts)[:, :ENGAGERS_SAMPLED]
        tastes = np.zeros((n, engagers.shape[1], dim), dtype=np.float32)
        present = engagers != NO_ID
        if present.any():
            liked = self.engagements.recent_posts_of(engagers[present])[:, :TASTES_SAMPLED]
            # The post itself says nothing new about who likes it.
            owner = np.broadcast_to(posts[:, None], engagers.shape)[present]
            liked = np.where(liked == owner[:, None], NO_ID, liked)
            vectors = rows.get(liked.ravel()).reshape(len(liked), -1, dim)
            tastes[present] = _unit(vectors.sum(axis=1))
        return post_vector(content, talk, tastes)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norm = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(norm, np.float32(1e-12))
