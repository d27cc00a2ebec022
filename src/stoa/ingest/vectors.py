"""Keeps every post's vector in step with its text and with the conversation around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.ingest.milestones import ResponseCounts
from stoa.ports import EngagementView, PostStore, TextEncoder, VectorIndex, VectorRows
from stoa.records import (
    NO_ID,
    POST_EDGES,
    AccountErased,
    EdgeKind,
    EdgePut,
    Effect,
    Post,
    PostColumns,
    PostGone,
    PostId,
    PostPut,
    as_ids,
)
from stoa.space.conversation import post_vector
from stoa.space.engagements import Engagements

REPLIES_SAMPLED = 8
ENGAGERS_SAMPLED = 8
TASTES_SAMPLED = 8
"""Posts of an engager that stand for what the engager likes."""

_NO_LOSS = 1 << 62
_LOOKED_AT = 256
"""Posts of each chunk whose content vector is looked for at start: files are lost whole."""

_AGAIN_ROWS = 10_000
"""Posts read from the store and encoded together at start."""

_BLOCK_ROWS = 512
"""Posts recomputed together: bounds the memory of a batch in which thousands cross a milestone."""


@dataclass(frozen=True, slots=True)
class VectorPorts:
    """Where vectors come from and go to."""

    encoder: TextEncoder
    index: VectorIndex
    rows: VectorRows
    engagements: EngagementView


@dataclass(frozen=True, slots=True)
class Known:
    """Live posts as the store tells them when a square opens."""

    whole_until: PostId  # up to here content vectors are there: a file of them may be lost
    live: NDArray[np.int64]  # in order of id
    worded: NDArray[np.bool_]  # which of them have words


@dataclass(frozen=True, slots=True)
class Mended:
    """How many vectors a crash had left too many, and too few."""

    erased: int
    made: int


class ConversationVectors:
    """An effect sink that encodes new posts and recomputes vectors as responses arrive."""

    def __init__(self, ports: VectorPorts) -> None:
        self._ports = ports
        self._responses = ResponseCounts()
        self._replies = Engagements(sample=REPLIES_SAMPLED, recent=1)
        self._parent = np.zeros(1 << 16, dtype=np.int64)

    def load(self, posts: PostStore) -> Known:
        """Learns at start-up which posts were responded to; vectors are on disk already."""
        whole_until = _NO_LOSS
        live, worded = [as_ids([])], [np.zeros(0, dtype=np.bool_)]
        for columns in posts.scan_posts():
            self._load_replies(columns)
            live.append(columns.id)
            worded.append(columns.length > 0)
            if whole_until == _NO_LOSS and self._lost_content(columns.id):
                whole_until = int(columns.id[0]) - 1
        for kind in sorted(POST_EDGES):
            for edges in posts.scan_edges(kind):
                self._responses.load(edges.subject)
        return Known(PostId(whole_until), np.concatenate(live), np.concatenate(worded))

    def _lost_content(self, posts: NDArray[np.int64]) -> bool:
        """Whether any of some posts looked at has a vector, but no content to make it from."""
        looked_at = posts[:: max(1, len(posts) // _LOOKED_AT)]
        lost = looked_at[~self._ports.rows.get(looked_at).any(axis=1)]
        return bool(self._ports.index.vectors(lost)[1].any())

    def rebuild(self, posts: PostStore, after: PostId) -> int:
        """Encodes again every post with id > `after`; returns how many there were."""
        n_posts = 0
        for ids, _ in posts.scan_texts(after):
            n_posts += self._encode_again(posts, ids)
        return n_posts

    def mend(self, posts: PostStore, known: Known) -> Mended:
        """Makes the index hold the posts that the store holds, at start.

        A process may be killed after a batch is durable and before it is told here; a cut of
        power may take what was not yet forced to disk. Posts without words and posts older than
        all that is held are left alone: they may have no vector.
        """
        index = self._ports.index
        held = index.held()
        gone = np.setdiff1d(held, known.live, assume_unique=True)
        if len(gone):
            self._erase(gone)
        lacking = np.setdiff1d(known.live[known.worded], held, assume_unique=True)
        lacking = lacking[lacking > held[0]] if len(held) else lacking[:0]
        for start in range(0, len(lacking), _AGAIN_ROWS):
            self._encode_again(posts, lacking[start : start + _AGAIN_ROWS])
        return Mended(len(gone), len(lacking))

    def _encode_again(self, posts: PostStore, ids: NDArray[np.int64]) -> int:
        """Makes the vectors of posts from their words, as when they arrived."""
        found = posts.posts(ids.tolist())
        written = as_ids(sorted(found))
        texts = [searchable_text(found[PostId(post)]) for post in written.tolist()]
        self._ports.rows.put(written, self._ports.encoder.encode(texts))
        self._recompute(written)
        return len(written)

    def apply(self, effects: Sequence[Effect], now_us: int) -> None:
        """Takes in what a batch changed; one index write for all of it."""
        del now_us
        put: dict[int, Post] = {}
        gone: list[int] = []
        responded: list[int] = []
        for effect in effects:
            match effect:
                case EdgePut(kind=EdgeKind.LIKE | EdgeKind.REPOST):
                    responded.append(effect.subject)
                case PostPut():
                    put[effect.post.id] = effect.post
                    responded += self._note_reply(effect.post) if effect.fresh else []
                case PostGone():
                    gone.append(effect.id)
                case AccountErased():
                    gone += effect.posts
                case _:
                    pass
        self._write(put, gone, responded)

    def _write(self, put: dict[int, Post], gone: list[int], responded: list[int]) -> None:
        ports = self._ports
        if gone:
            self._erase(as_ids(gone))
            put = {post: put[post] for post in put.keys() - set(gone)}
        written = as_ids(sorted(put))
        if put:
            texts = [searchable_text(put[post]) for post in written.tolist()]
            ports.rows.put(written, ports.encoder.encode(texts))
        self._recompute(np.union1d(written, self._responses.add(as_ids(responded))))

    def _note_reply(self, post: Post) -> list[int]:
        """Remembers whom a post answers; returns the posts it responds to."""
        answered: list[int] = [p for p in (post.parent, post.quote) if p]
        if answered:
            ids = as_ids(answered)
            self._replies.add(np.full(len(ids), post.id, dtype=np.int64), ids)
        if post.parent:
            self._set_parents(as_ids([post.id]), as_ids([post.parent]))
        return answered

    def _load_replies(self, columns: PostColumns) -> None:
        for target in (columns.parent, columns.quote):
            answering = target != NO_ID
            if answering.any():
                self._replies.add(columns.id[answering], target[answering])
                self._responses.load(target[answering])
        answering = columns.parent != NO_ID
        self._set_parents(columns.id[answering], columns.parent[answering])

    def _set_parents(self, posts: NDArray[np.int64], parents: NDArray[np.int64]) -> None:
        if posts.size == 0:
            return
        greatest = int(posts.max())
        if greatest >= len(self._parent):
            larger = np.zeros(max(greatest + 1, 2 * len(self._parent)), dtype=np.int64)
            larger[: len(self._parent)] = self._parent
            self._parent = larger
        self._parent[posts] = parents

    def _parents(self, posts: NDArray[np.int64]) -> NDArray[np.int64]:
        known = posts < len(self._parent)
        parents = np.zeros(len(posts), dtype=np.int64)
        parents[known] = self._parent[posts[known]]
        return parents

    def _erase(self, posts: NDArray[np.int64]) -> None:
        # Content first: `mend` finds by the index what a kill between the two left undone.
        self._ports.rows.remove(posts)
        self._ports.index.remove(posts)
        self._responses.forget(posts)

    def _recompute(self, posts: NDArray[np.int64]) -> None:
        for start in range(0, len(posts), _BLOCK_ROWS):
            block = posts[start : start + _BLOCK_ROWS]
            content = self._ports.rows.get(block)
            known = np.any(content != 0, axis=1)  # a like may name a post never seen
            if known.any():
                vectors = self.in_conversation(block[known], content[known])
                self._ports.index.put(block[known], vectors)

    def in_conversation(
        self, posts: NDArray[np.int64], content: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Post vectors (n, d) from content (n, d), replies sampled, parent and engagers' tastes."""
        rows = self._ports.rows
        n, dim = content.shape
        talk_ids = np.concatenate(
            [self._parents(posts)[:, None], self._replies.engagers_of(posts)], axis=1
        )
        talk = rows.get(talk_ids.ravel()).reshape(n, -1, dim)
        engagers = self._ports.engagements.engagers_of(posts)[:, :ENGAGERS_SAMPLED]
        tastes = np.zeros((n, engagers.shape[1], dim), dtype=np.float32)
        present = engagers != NO_ID
        if present.any():
            liked = self._ports.engagements.recent_posts_of(engagers[present])[:, :TASTES_SAMPLED]
            # The post itself says nothing new about who likes it.
            owner = np.broadcast_to(posts[:, None], engagers.shape)[present]
            liked = np.where(liked == owner[:, None], NO_ID, liked)
            vectors = rows.get(liked.ravel()).reshape(len(liked), -1, dim)
            tastes[present] = _unit(vectors.sum(axis=1))
        return post_vector(content, talk, tastes)


def searchable_text(post: Post) -> str:
    """The words a post is found by: its text, its link's title, its pictures' descriptions."""
    content = post.content
    parts = [content.text]
    if content.card:
        parts += [content.card.title, content.card.description]
    parts += [image.alt for image in content.images]
    parts += list(content.tags)
    return "\n".join(part for part in parts if part)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norm = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(norm, np.float32(1e-12))
