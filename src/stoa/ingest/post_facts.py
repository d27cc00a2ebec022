"""What the learned post tower reads of a post beside its words: origin, form, and nothing of fame.

Columns by post id, filled as posts arrive and read from the store where they came before.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from stoa.ports import PostStore
from stoa.records import Post
from stoa.space.columns import grown

N_LANGUAGES = 512


def language_row(langs: str) -> int:
    """A row for the first of some languages joined by commas; 0 where none is named."""
    first = langs.split(",", 1)[0]
    return 1 + crc32(first.encode()) % (N_LANGUAGES - 1) if first else 0


def link_domain(post: Post) -> int:
    """A hash of the domain a post links to; 0 where it links nowhere."""
    card = post.content.card
    host = urlsplit(card.url).hostname if card else None
    return crc32(host.encode()) & 0x7FFFFFFF if host else 0


@dataclass(frozen=True, slots=True)
class Facts:
    """Of n posts; zero where a post is not known."""

    author: NDArray[np.int64]
    language: NDArray[np.int16]
    media: NDArray[np.uint8]
    domain: NDArray[np.int32]


class PostFacts:
    """Facts of posts by id, 12 bytes a post. Any thread may read or write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known = np.zeros(1024, dtype=np.bool_)
        self._author = np.zeros(1024, dtype=np.uint32)
        self._language = np.zeros(1024, dtype=np.int16)
        self._media = np.zeros(1024, dtype=np.uint8)
        self._domain = np.zeros(1024, dtype=np.int32)

    def note(self, posts: Iterable[Post]) -> None:
        """Takes posts in, new or rewritten."""
        with self._lock:
            for post in posts:
                self._note(post)

    def _note(self, post: Post) -> None:
        at = int(post.id)
        self._grow(at + 1)
        self._author[at] = int(post.author)
        langs = sorted({tag.split("-")[0].lower() for tag in post.content.langs})
        self._language[at] = language_row(",".join(langs))
        self._media[at] = int(post.content.media)
        self._domain[at] = link_domain(post)
        self._known[at] = True

    def learn(self, posts: NDArray[np.int64], store: PostStore) -> None:
        """Reads from the store those posts that are not known yet."""
        wanted = np.unique(posts[posts > 0])
        inside = wanted < len(self._known)
        known = np.zeros(len(wanted), dtype=np.bool_)
        known[inside] = self._known[wanted[inside]]
        unknown = wanted[~known]
        if len(unknown):
            self.note(store.posts(unknown.tolist()).values())

    def forget(self, posts: NDArray[np.int64]) -> None:
        """Lets removed posts go."""
        with self._lock:
            inside = posts[(posts > 0) & (posts < len(self._known))]
            self._known[inside] = False
            for column in (self._author, self._language, self._media, self._domain):
                column[inside] = 0

    def of(self, posts: NDArray[np.int64]) -> Facts:
        """What is known of posts, of any shape."""
        at = np.where((posts > 0) & (posts < len(self._known)), posts, 0)
        return Facts(
            author=self._author[at].astype(np.int64),
            language=self._language[at],
            media=self._media[at],
            domain=self._domain[at],
        )

    def _grow(self, size: int) -> None:
        if size > len(self._known):
            # Known last: whoever reads a mark meanwhile finds columns that reach as far.
            self._author = grown(self._author, size)
            self._language = grown(self._language, size)
            self._media = grown(self._media, size)
            self._domain = grown(self._domain, size)
            self._known = grown(self._known, size)
