"""All posts of a society, in the order of their time: what is seen of them, and what is true."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from stoa.ports import TextEncoder
from stoa.space.learning_log import PostColumns
from stoa.town.society.accounts import TASTES
from stoa.town.society.growing import GrowingColumns

_PARENT_READ = 0.6  # share of a parent's reading time that comes with its reply
_ENCODED_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """Posts about to be published, as columns, before they have words; rows of `shelf` parents."""

    at_us: NDArray[np.int64]
    author: NDArray[np.int32]
    parent: NDArray[np.int32]  # or NOBODY
    topic: NDArray[np.int16]  # row of `ENGLISH`
    quality: NDArray[np.float32]
    bait: NDArray[np.float32]
    manner: NDArray[np.float32]  # (n, TASTES)
    video_s: NDArray[np.float32]  # 0 where there is none
    key: NDArray[np.int64]  # the same post under every policy
    said: NDArray[np.float32]  # how substantial the words are, 0..1: not the quality
    baits_openly: NDArray[np.bool_]  # the words show the bait

    def __len__(self) -> int:
        return len(self.at_us)

    def rows(self, which: slice) -> Drafts:
        """Some of the drafts."""
        return Drafts(**{c.name: getattr(self, c.name)[which] for c in fields(Drafts)})


class Shelf:
    """Growing columns of posts and their texts; what is hidden stays in `hidden`."""

    def __init__(self, encoder: TextEncoder | None) -> None:
        self._encoder = encoder
        self.text: list[str] = []
        self.public = GrowingColumns(
            at_us=(np.int64, 0), author=(np.int32, 0), parent=(np.int32, 0), root=(np.int32, 0),
            language=(np.int16, 0), media=(np.int16, 0), domain=(np.int32, 0), length=(np.int32, 0),
        )  # fmt: skip
        self.hidden = GrowingColumns(
            topic=(np.int16, 0), quality=(np.float32, 0), bait=(np.float32, 0),
            manner=(np.float32, TASTES), full_s=(np.float32, 0), key=(np.int64, 0),
        )  # fmt: skip
        self._encoded = GrowingColumns(text=(np.float32, encoder.dim if encoder else 1))

    def __len__(self) -> int:
        return len(self.public)

    def add(
        self, drafts: Drafts, words: list[str], facts: dict[str, NDArray], full_s: NDArray
    ) -> None:
        """Adds published posts; `facts` are the columns media, domain and length."""
        rows = len(self) + np.arange(len(drafts), dtype=np.int32)
        answered = drafts.parent >= 0
        parent = np.where(answered, drafts.parent, 0)
        old = parent < len(self)  # answers are written to posts already out
        assert bool((old | ~answered).all())
        root, context = rows.copy(), np.zeros(len(drafts), dtype=np.float32)
        root[answered] = self.public["root"][parent[answered]]
        context[answered] = _PARENT_READ * self.hidden["full_s"][parent[answered]]
        self.public.add(
            at_us=drafts.at_us, author=drafts.author, parent=drafts.parent, root=root,
            language=np.zeros(len(drafts), dtype=np.int16), **facts,
        )  # fmt: skip
        self.hidden.add(
            topic=drafts.topic, quality=drafts.quality, bait=drafts.bait, manner=drafts.manner,
            full_s=full_s + context, key=drafts.key,
        )  # fmt: skip
        self.text.extend(words)

    def rows_between(self, from_us: int, to_us: int) -> NDArray[np.int32]:
        """Posts written after the one and up to the other moment; a run of rows."""
        low, high = np.searchsorted(self.public["at_us"], [from_us, to_us], side="right")
        return np.arange(low, high, dtype=np.int32)

    def columns(self) -> PostColumns:
        """Everything that can be seen of the posts; texts are encoded once, when first asked for.

        Without an encoder `text` has width 0.
        """
        n = len(self)
        public = {name: self.public[name] for name in (
            "at_us", "author", "parent", "root", "language", "media", "domain", "length",
        )}  # fmt: skip
        if self._encoder is None:
            return PostColumns(**public, text=np.zeros((n, 0), dtype=np.float32))
        while len(self._encoded) < n:
            start = len(self._encoded)
            batch = self.text[start : start + _ENCODED_AT_ONCE]
            self._encoded.add(text=self._encoder.encode(batch))
        return PostColumns(**public, text=self._encoded["text"])
