"""Turns a claim and its evidence into one row of pieces: `[CLS] claim [SEP] evidence [SEP]`.

Evidence that does not fit is cut to the sentences that cover most of the claim, in their order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.language_models.word_pieces import WordPieces

_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])|(?<=[。！？])|\n+")
COMMON_PIECES = (
    2_000  # BERT's vocabularies list whole words by how often they occur, from about here
)
_READ_CHARACTERS = 20_000  # of the evidence of one claim
_OVERLAP = 0.1  # what a word is worth that another chosen sentence has already


@dataclass(frozen=True, slots=True, kw_only=True)
class PairShape:
    """How many pieces a row has at most, and its claim."""

    pieces: int = 128
    claim: int = 48


STANDARD_SHAPE = PairShape()


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair in pieces; `n_claim` of them are `[CLS] claim [SEP]`."""

    ids: NDArray[np.int32]
    n_claim: int


def pair_row(
    vocabulary: WordPieces, claim: str, evidence: Sequence[str], shape: PairShape = PairShape()
) -> PairRow:
    """The row of one claim and the texts that are judged jointly."""
    said = vocabulary.ids(claim[:_READ_CHARACTERS])[: shape.claim]
    room = shape.pieces - len(said) - 3
    sentences = [vocabulary.ids(sentence) for sentence in _sentences(evidence)]
    first = [vocabulary.start, *said, vocabulary.separator]
    ids = [*first, *_chosen(said, sentences, room), vocabulary.separator]
    return PairRow(np.array(ids, dtype=np.int32), len(first))


def covering_sentences(
    vocabulary: WordPieces, claim: str, evidence: Sequence[str], most: int, pieces: int
) -> list[str]:
    """At most so many sentences of the evidence, those first that cover the claim best.

    Of the claim and of each sentence so many pieces are read.
    """
    said = vocabulary.ids(claim[:_READ_CHARACTERS])[:pieces]
    read = [(text, vocabulary.ids(text)[:pieces]) for text in _sentences(evidence)]
    read = [(text, ids) for text, ids in read if ids]
    weight = {piece: math.log1p(max(0, piece - COMMON_PIECES)) + 0.5 for piece in said}
    shared = [weight.keys() & set(ids) for _, ids in read]
    missing, chosen = set(weight), list[int]()
    while len(chosen) < min(most, len(read)):
        chosen.append(_next(shared, missing, weight, chosen))
        missing -= shared[chosen[-1]]
    return [read[place][0] for place in chosen]


def _next(
    shared: Sequence[set[int]],
    missing: set[int],
    weight: dict[int, float],
    chosen: Container[int],
) -> int:
    """The sentence, none of those chosen, that covers most of what is missing."""
    return max(
        (place for place in range(len(shared)) if place not in chosen),
        key=lambda place: (_worth(shared[place], missing, weight), -place),
    )


def _sentences(evidence: Sequence[str]) -> list[str]:
    found: list[str] = []
    left = _READ_CHARACTERS
    for text in evidence:
        found += [part for part in _SENTENCE.split(text[:left]) if part.strip()]
        left -= len(text)
        if left <= 0:
            break
    return found


def _chosen(claim: list[int], sentences: list[list[int]], room: int) -> list[int]:
    """Pieces of the sentences that cover the claim best, greedily, in their own order."""
    if sum(map(len, sentences)) <= room:
        return [piece for sentence in sentences for piece in sentence]
    weight = {piece: math.log1p(max(0, piece - COMMON_PIECES)) + 0.5 for piece in claim}
    shared = [weight.keys() & set(sentence) for sentence in sentences]
    missing, chosen, left, best = set(weight), set[int](), room, -1
    while left > 0 and len(chosen) < len(sentences):
        best = _next(shared, missing, weight, chosen)
        chosen.add(best)
        missing -= shared[best]
        left -= len(sentences[best])
    pieces: list[int] = []
    cut = -min(left, 0)  # the last one chosen may stick out: it loses its end
    for place in sorted(chosen):
        sentence = sentences[place]
        pieces += sentence[: len(sentence) - cut] if cut and place == best else sentence
    return pieces[:room]


def _worth(shared: set[int], missing: set[int], weight: dict[int, float]) -> float:
    new = sum(weight[piece] for piece in shared & missing)
    return new + _OVERLAP * sum(weight[piece] for piece in shared)
