"""How alike a claim and the sentences of its evidence are, each read by itself.

That is what sentence models were trained for: it sees the same thing said in other words, where
reading both together with layers that were never taught to compare does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.language_models.bert import BertConfig, load_bert
from stoa.language_models.pair_input import covering_sentences
from stoa.language_models.sentence_vectors import BertSentences
from stoa.language_models.word_pieces import WordPieces

N_LIKENESSES = 4
_PIECES = 64  # of one sentence
_SENTENCES = 6  # of one evidence are read


class SentenceLikeness:
    """Cosines of a claim with its evidence, by the vectors of a sentence model."""

    def __init__(self, sentences: BertSentences, vocabulary: WordPieces) -> None:
        self._sentences, self._vocabulary = sentences, vocabulary

    @classmethod
    def from_dir(cls, folder: Path) -> SentenceLikeness:
        """Over all layers of the weights in a folder.

        Raises:
            BadModel: a file is missing, damaged, or of another architecture.
        """
        config = BertConfig.from_file(folder / "config.json")
        vocabulary = WordPieces.from_file(folder / "vocab.txt")
        params = load_bert(folder / "model.safetensors", config)
        sentences = BertSentences(params, config, vocabulary, dim=config.width, pieces=_PIECES)
        return cls(sentences, vocabulary)

    def rows(self, claims: Sequence[str], evidence: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        """With the nearest sentence, the second, the mean of three, and all of it: shape (n, 4)."""
        chosen = [
            covering_sentences(self._vocabulary, claim, said, _SENTENCES, _PIECES - 2)
            for claim, said in zip(claims, evidence, strict=True)
        ]
        texts = list(dict.fromkeys([*claims, *(text for said in chosen for text in said)]))
        vectors = dict(zip(texts, self._sentences.encode(texts), strict=True))
        found = np.zeros((len(claims), N_LIKENESSES))
        for row, claim, said in zip(found, claims, chosen, strict=True):
            if said:
                row[:] = _likenesses(vectors[claim], np.stack([vectors[text] for text in said]))
        return found


def _likenesses(claim: NDArray[np.float32], said: NDArray[np.float32]) -> tuple[float, ...]:
    cosines = np.sort(said @ claim)[::-1]
    whole = said.sum(axis=0)
    of_whole = whole @ claim / max(float(np.linalg.norm(whole)), 1e-6)
    return (
        float(cosines[0]), float(cosines[:2][-1]), float(cosines[:3].mean()), float(of_whole),
    )  # fmt: skip
