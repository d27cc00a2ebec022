"""What Ask may rest on in a square: its posts and the notes that show, as they stand now."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from stoa.app.post_words import PostWords
from stoa.app.rooms import Rooms
from stoa.ask_records import Source, SourceKind, Tier
from stoa.encoders.hashed import HashedEncoder
from stoa.errors import StoreError, UnknownNote
from stoa.feed.board import Board
from stoa.feed.labels import LABELS
from stoa.grounding.fusion import score_fusion
from stoa.grounding.noise import says_little
from stoa.lexical import TantivyIndex
from stoa.notes.service import Notes
from stoa.notes.views import NoteView
from stoa.ports import PostStore, TextEncoder
from stoa.records import Account, AccountId, Post, PostId, as_ids
from stoa.space.generation import GenerationSeat, words_alone

_NOTE = "note:"
_MOST_NOTES = 10_000  # newest shown notes that are searched
FOUND_BY_VECTORS = 50
_WINDOW_WIDER = 4
"""Vectors know no times: with a window so many more are fetched, and those outside left out."""

HASHED_WEIGHT = 0.25
"""Of the cosine of hashed words beside BM25, chosen on SciFact (`stoa ask evaluate retrieval`)."""

_LEARNED_WEIGHT = 0.5
"""Of an encoder with weights; the middle of what is published for MiniLM, not measured here."""

JUDGE = HashedEncoder(dim=512)
"""Judges what was found: the vectors that find are too short to put it in order."""


@dataclass
class _NoteWords:
    """The notes that show, searchable; they are few and change only with a run."""

    notes: Notes
    _index: TantivyIndex | None = None  # made with the first note
    _views: dict[int, NoteView] = field(default_factory=dict[int, NoteView])
    _seen: object = None
    _lock: Lock = field(default_factory=Lock)

    def search(self, query: str, k: int, since_us: int | None, until_us: int | None):
        """Keys of notes that show now, and their scores."""
        with self._lock:
            self._follow()
            if self._index is None:
                return as_ids([]), np.zeros(0, dtype=np.float32), self._views
            keys, scores = self._index.search(query, k, since_us, until_us)
            return keys, scores, self._views

    def _follow(self) -> None:
        reading = self.notes.reading
        state = (reading.n_runs(), reading.counts().entries)
        if state == self._seen:
            return
        self._seen = state
        if not state[0]:
            return
        if self._index is None:
            self._index = TantivyIndex()
        views = {int(view.id): view for view in reading.newest_shown(0, _MOST_NOTES)}
        self._index.remove(as_ids([key for key in self._views if key not in views]))
        new = [view for key, view in views.items() if key not in self._views]
        at_us = as_ids([view.written_ms * 1000 for view in new])
        self._index.put(as_ids([view.id for view in new]), [view.text for view in new], at_us)
        self._index.commit()
        self._views = views


@dataclass(frozen=True)
class SquareEvidence:
    """An `EvidenceFinder` over one square; also `KnowsViewpoints`.

    Every source is read from the store at the moment of asking: what was deleted, hidden by a
    label, or whose author opted out is not found, whatever the indexes still hold. A post is an
    opinion (tier 5), for nothing in it tells safely that its author was there, unless the operator
    listed its author's account (`account_tiers`).
    """

    posts: PostStore
    words: PostWords
    seat: GenerationSeat
    encoder: TextEncoder
    notes: Notes
    board: Board
    note_words: _NoteWords
    tiers: Mapping[str, Tier] = field(default_factory=dict[str, Tier])  # by account id

    def candidates(
        self, query: str, k: int, since_us: int | None = None, until_us: int | None = None
    ) -> list[tuple[Source, float]]:
        """Sources with fused scores, best first; see `EvidenceFinder`.

        Posts are found by BM25 and by vectors, and ordered by both (`score_fusion`); where the
        word index cannot be used vectors find alone.
        """
        keys, bm25 = as_ids([]), np.zeros(0, dtype=np.float32)
        with contextlib.suppress(StoreError):
            keys, bm25 = self.words.index().search(query, k, since_us, until_us)
        wide = _WINDOW_WIDER if since_us is not None or until_us is not None else 1
        near = self._near(query, min(k, FOUND_BY_VECTORS) * wide)
        found = self._quotable([*keys.tolist(), *near.tolist()])
        in_window = {
            post.id: post
            for post in found
            if (since_us is None or post.at_us >= since_us)
            and (until_us is None or post.at_us <= until_us)
        }
        note_keys, note_bm25, views = self.note_words.search(query, k, since_us, until_us)
        scores = dict(zip(keys.tolist(), bm25.tolist(), strict=True))
        items: list[Post | NoteView] = [*in_window.values()]
        lexical = [scores.get(post, 0.0) for post in in_window]
        items += [views[key] for key in note_keys.tolist()]
        lexical += note_bm25.tolist()
        if not items:
            return []
        near_by = self._cosines(query, [_text(item) for item in items])
        fused = score_fusion(np.array(lexical, dtype=np.float64), near_by, self._weight())
        order = [at for at in np.argsort(-fused, kind="stable").tolist() if fused[at] > 0][:k]
        made = self._sources([items[at] for at in order])
        return [
            (source, float(fused[at])) for at, source in zip(order, made, strict=True) if source
        ]

    def by_id(self, ids: Sequence[str]) -> list[Source]:
        """Sources as they stand now; missing where they are gone."""
        found: list[Source] = []
        for name in ids:
            if name.startswith(_NOTE):
                found += self._note(name)
                continue
            post = self.posts.post_id(name)
            quotable = self._quotable([] if post is None else [post])
            found += [source for source in self._sources(quotable) if source]
        return found

    def notes_on(self, ids: Sequence[str]) -> list[Source]:
        """Notes that are shown on these posts."""
        posts = [name for name in ids if not name.startswith(_NOTE)]
        return [_note_source(view) for view in self.notes.shown(posts).values()]

    def viewpoints(self, sources: Sequence[Source]) -> NDArray[np.float64]:
        """(n,) rater factors of the authors of posts; NaN where the notes know none."""
        sides: dict[str, float] = {}
        if not self.notes.reading.n_runs():
            return np.full(len(sources), np.nan)
        for author in {source.author for source in sources if source.kind is SourceKind.POST}:
            account = self.posts.account_id(author)
            sides[author] = np.nan if account is None else self._side(account)
        return np.array([sides.get(source.author, np.nan) for source in sources])

    def _side(self, account: AccountId) -> float:
        who = self.notes.pseudonym(account)
        factor = None if who is None else self.notes.reading.rater_factor(who)
        return np.nan if factor is None else factor

    def _near(self, query: str, k: int) -> NDArray[np.int64]:
        content = self.encoder.encode([query])
        generation = self.seat.generation
        wanted = words_alone(generation, content)
        if not wanted.any():
            return as_ids([])
        return generation.index.match(wanted, k).post

    def _cosines(self, query: str, texts: list[str]) -> NDArray[np.float64]:
        judge = JUDGE if isinstance(self.encoder, HashedEncoder) else self.encoder
        rows = judge.encode([query, *texts]).astype(np.float64)
        return np.maximum(rows[1:] @ rows[0], 0.0)

    def _weight(self) -> float:
        return HASHED_WEIGHT if isinstance(self.encoder, HashedEncoder) else _LEARNED_WEIGHT

    def _quotable(self, ids: list[int]) -> list[Post]:
        """Posts that may be quoted to anybody, each once, in the order given."""
        found = self.posts.posts(list(dict.fromkeys(ids)))
        posts = [found[PostId(key)] for key in dict.fromkeys(ids) if PostId(key) in found]
        marks = self.board.labels_on(posts) if posts else []
        return [
            post
            for post, mark in zip(posts, marks, strict=True)
            if post.content.text.strip() and not mark & LABELS
        ]

    def _note(self, name: str) -> list[Source]:
        number = name.removeprefix(_NOTE)
        try:
            view = self.notes.note(int(number) if number.isdecimal() else -1)
        except UnknownNote:
            return []
        return [_note_source(view)] if view.shows else []

    def _sources(self, items: Sequence[Post | NoteView]) -> list[Source | None]:
        """Posts and notes as sources; None for posts whose authors opted out."""
        authors = {item.author for item in items if isinstance(item, Post)}
        accounts = self.posts.accounts(list(authors))
        made: list[Source | None] = []
        for item in items:
            if isinstance(item, NoteView):
                made.append(_note_source(item))
                continue
            account = accounts.get(item.author)
            shown = account is not None and not account.opted_out
            tier = self.tiers.get(item.author_name, Tier.OPINION)
            made.append(_post_source(item, account, tier) if account and shown else None)
        return made


def square_evidence(rooms: Rooms, tiers: Mapping[str, Tier] | None = None) -> SquareEvidence:
    """What Ask finds in a square that is open; `tiers` of accounts, by id, as the operator says."""
    return SquareEvidence(
        rooms.store,
        rooms.words,
        rooms.vectors.seat,
        rooms.encoder,
        rooms.notes,
        rooms.board,
        _NoteWords(rooms.notes),
        tiers or {},
    )


def _text(item: Post | NoteView) -> str:
    return item.content.text if isinstance(item, Post) else item.text


def _post_source(post: Post, account: Account, tier: Tier) -> Source:
    content = post.content
    # Passing a post on with "this!" says nothing of its own.
    passed_on = content.quote_uri if content.quote_uri and says_little(content.text) else None
    return Source(
        post.uri,
        SourceKind.POST,
        content.text,
        Tier.OPINION if passed_on else tier,
        title=account.display_name or account.handle or account.name,
        author=post.author_name,
        at_us=post.at_us,
        lang=content.langs[0] if content.langs else "",
        about=content.parent_uri or "",
        root=passed_on or "",
    )


def _note_source(view: NoteView) -> Source:
    return Source(
        f"{_NOTE}{view.id}",
        SourceKind.NOTE,
        view.text,
        Tier.REPORT,
        title="Note",
        author=view.author,
        at_us=view.written_ms * 1000,
        about=view.post,
        url=view.sources[0] if view.sources else "",
    )
