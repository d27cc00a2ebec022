"""The encoder that needs no download: hashed words and character n-grams, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from stoa.encoders.features import Features, FeatureWeights, find_features
from stoa.errors import BadInput

_CHARACTERS_READ = 2_000
_TEXTS_PER_BLOCK = 256
"""Small enough for one block's arrays to stay in the processor's cache, large enough to pay."""
_WORD_BUCKETS = 4
_GRAM_BUCKETS = 2


@dataclass(frozen=True, slots=True)
class HashedEncoder:
    """A `TextEncoder` for any language and script, the same in every process and on any day.

    Words, their stems, pairs of words and character n-grams are hashed to signed coordinates
    (Weinberger et al. 2009, each feature spread over several). Function words, addresses and
    short words weigh little; nothing is learned and nothing is kept between calls.

    >>> encoder = HashedEncoder()
    >>> a, b, c = encoder.encode(["feeding sourdough starter", "my sourdough starter", "jazz"])
    >>> bool(a @ b > 0.4 > a @ c)
    True
    """

    dim: int = 128
    weights: FeatureWeights = field(default_factory=FeatureWeights)

    def __post_init__(self) -> None:
        if not 8 <= self.dim <= 4096:
            raise BadInput("dim", self.dim, "give a whole number from 8 to 4096")

    @property
    def wide(self) -> HashedEncoder:
        """The same words in four times as many channels: folded, its rows are this one's."""
        return replace(self, dim=4 * self.dim)

    @property
    def name(self) -> str:
        """Identifies the space; raise the number with any change that moves a vector."""
        return f"hashed-1-{self.dim}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows of shape (n, dim); a text without any usable character gives a zero row.

        The first 2,000 characters of a text are read.
        """
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_PER_BLOCK):
            block = [text[:_CHARACTERS_READ] for text in texts[start : start + _TEXTS_PER_BLOCK]]
            rows[start : start + len(block)] = self._encode_block(block)
        return rows

    def _encode_block(self, texts: list[str]) -> NDArray[np.float32]:
        whole, grams = find_features(texts, self.weights)
        sums = np.zeros(len(texts) * self.dim)
        for features, n_buckets in ((whole, _WORD_BUCKETS), (grams, _GRAM_BUCKETS)):
            for turn in range(n_buckets):
                sums += self._one_bucket(features, turn, len(sums)) / np.sqrt(n_buckets)
        rows = sums.reshape(len(texts), self.dim)
        norm = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows / np.where(norm > 0, norm, 1)).astype(np.float32)

    def _one_bucket(self, features: Features, turn: int, size: int) -> NDArray[np.float64]:
        """Adds each feature, with a sign, to one of the coordinates that its hash names."""
        bits = (features.hash >> np.uint64(16 * turn)).astype(np.uint16)
        sign = 1 - 2 * (bits >> 15).astype(np.float32)
        bucket = features.text * self.dim + (bits & np.uint16(0x7FFF)) % np.uint16(self.dim)
        return np.bincount(bucket, features.weight * sign, size).astype(np.float64)
