"""Keeps every post's vector in step with its text and with the conversation around it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.ingest.answers import Answers
from stoa.ingest.first_vectors import FirstVectors
from stoa.ingest.learned_vectors import LearnedVectors
from stoa.ingest.milestones import ResponseCounts
from stoa.ingest.post_facts import PostFacts
from stoa.ingest.reencoding import Reencoding
from stoa.ports import EngagementView, PostStore, TextEncoder, VectorIndex, VectorRows
from stoa.records import (
    POST_EDGES,
    AccountErased,
    EdgeKind,
    EdgePut,
    Effect,
    Post,
    PostGone,
    PostId,
    PostPut,
    as_ids,
)
from stoa.space.generation import Generation, GenerationSeat, first_generation
from stoa.space.space_model import SpaceModel

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
    posts: PostStore | None = None  # read by learned vectors alone


@dataclass(frozen=True, slots=True)
class Space:
    """A learned space and its version."""

    version: str
    model: SpaceModel


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
    """An effect sink that encodes new posts and recomputes vectors as responses arrive.

    It owns which generation of vectors serves: whatever goes into an index is made by the model
    of that index. Another generation may be made beside it and take its place.
    """

    def __init__(self, ports: VectorPorts, space: Space | None = None) -> None:
        """Vectors by a learned space, or the first version's; `ports.index` holds such ones."""
        self._ports = ports
        self._responses = ResponseCounts()
        self._answers = Answers()
        self._facts = PostFacts()
        self._lock = threading.RLock()
        self._maker = self._maker_of(space)
        self._next: Reencoding | None = None
        self.seat = GenerationSeat(self._generation(ports.index, space, self._maker))

    def load(self, posts: PostStore) -> Known:
        """Learns at start-up which posts were responded to; vectors are on disk already."""
        whole_until = _NO_LOSS
        live, worded = [as_ids([])], [np.zeros(0, dtype=np.bool_)]
        for columns in posts.scan_posts():
            self._responses.load(self._answers.load(columns))
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
        return bool(self._index.vectors(lost)[1].any())

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
        held = self._index.held()
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
                    responded += self._answers.note(effect.post) if effect.fresh else []
                case PostGone():
                    gone.append(effect.id)
                case AccountErased():
                    gone += effect.posts
                case _:
                    pass
        with self._lock:
            self._write(put, gone, responded)

    # --------------------------------------------------------------- another generation

    def begin(self, index: VectorIndex, space: Space | None) -> Reencoding:
        """Begins to make another generation in an empty index; what was begun before is let go.

        From now on changes are told to it too.
        """
        maker = self._maker_of(space)
        with self._lock:
            generation = self._generation(index, space, maker)
            self._next = Reencoding(generation, maker, self._ports.rows, self._lock)
            return self._next

    def abandon(self) -> None:
        """Lets go what was begun."""
        with self._lock:
            self._next = None

    def switch(self, made: Reencoding, commit: Callable[[], None]) -> None:
        """Puts a finished generation in the place of the one that serves.

        Nothing is taken in meanwhile, so that both hold the same posts. `commit` makes the
        choice durable; when it raises, the old generation goes on.

        Raises:
            StoreError: by `commit`, or because the index cannot be written.
        """
        with self._lock:
            made.catch_up()
            made.generation.index.flush()
            commit()
            self._maker = made.maker
            self._next = None
            self.seat.take(made.generation)

    @property
    def _index(self) -> VectorIndex:
        return self.seat.generation.index

    def _maker_of(self, space: Space | None) -> FirstVectors | LearnedVectors:
        ports = self._ports
        if space is None:
            return FirstVectors(ports.rows, self._answers, ports.engagements)
        assert ports.posts is not None, "learned vectors read facts of posts"
        around = (self._answers, ports.engagements, self._facts)
        return LearnedVectors(space.model, ports.posts, ports.rows, around)

    def _generation(
        self, index: VectorIndex, space: Space | None, maker: FirstVectors | LearnedVectors
    ) -> Generation:
        if space is None or not isinstance(maker, LearnedVectors):
            return first_generation(index, self._ports.rows)
        return Generation(space.version, index, maker.outside, space.model)

    # ------------------------------------------------------------------------- inside

    def _write(self, put: dict[int, Post], gone: list[int], responded: list[int]) -> None:
        ports = self._ports
        if gone:
            self._erase(as_ids(gone))
            put = {post: put[post] for post in put.keys() - set(gone)}
        written = as_ids(sorted(put))
        if put:
            texts = [searchable_text(put[post]) for post in written.tolist()]
            ports.rows.put(written, ports.encoder.encode(texts))
            self._facts.note(put.values())
        self._recompute(np.union1d(written, self._responses.add(as_ids(responded))))

    def _erase(self, posts: NDArray[np.int64]) -> None:
        # Content first: `mend` finds by the index what a kill between the two left undone.
        self._ports.rows.remove(posts)
        self._index.remove(posts)
        self._responses.forget(posts)
        self._facts.forget(posts)
        for maker in (self._maker, self._next.maker if self._next else None):
            if isinstance(maker, LearnedVectors):
                maker.forget(posts)
        if self._next is not None:
            self._next.gone(posts)

    def _recompute(self, posts: NDArray[np.int64]) -> None:
        for start in range(0, len(posts), _BLOCK_ROWS):
            block = posts[start : start + _BLOCK_ROWS]
            content = self._ports.rows.get(block)
            known = np.any(content != 0, axis=1)  # a like may name a post never seen
            if known.any():
                vectors = self._maker.made(block[known], content[known])
                self._index.put(block[known], vectors)
        if self._next is not None:
            self._next.changed(posts)


def searchable_text(post: Post) -> str:
    """The words a post is found by: its text, its link's title, its pictures' descriptions."""
    content = post.content
    parts = [content.text]
    if content.card:
        parts += [content.card.title, content.card.description]
    parts += [image.alt for image in content.images]
    parts += list(content.tags)
    return "\n".join(part for part in parts if part)
