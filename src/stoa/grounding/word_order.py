"""A claim made of its evidence's words in no order of theirs: who can tell what it says?

Other words for the same thing reorder blocks and keep what is inside them. Where nearly all words
of a claim are its evidence's and hardly two of them stand together as they do there, the sentence
was shaken, and a scorer that counts words is no judge of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from stoa.grounding.alignment import Statement
from stoa.grounding.words import content_stems

_COVERED = 0.9  # share of its words that the evidence holds
_FEWEST = 5  # words under which order tells nothing
_KEPT = 0.26  # share of neighbouring words that must be near each other there, in this order
_NEAR = 3


def shaken(claim: str, evidence: Sequence[Statement]) -> list[str]:
    """The claim's words, where they are the evidence's in no order of theirs; else none.

    >>> from stoa.grounding.alignment import statements
    >>> told = statements(["The town library was opened on 3 May 1911 by Ada Roth."])
    >>> shaken("By Ada Roth the town library was opened on 3 May 1911.", told)
    []
    >>> bool(shaken("Roth May library 1911 opened town Ada.", told))
    True
    """
    words = content_stems(claim)
    texts = [content_stems(each.text) for each in evidence]
    held = {word for text in texts for word in text}
    if len(words) < _FEWEST or sum(word in held for word in words) < _COVERED * len(words):
        return []
    pairs = list(pairwise(words))
    kept = sum(any(_stand_near(pair, text) for text in texts) for pair in pairs)
    return words if kept < _KEPT * len(pairs) else []


def _stand_near(pair: tuple[str, str], text: Sequence[str]) -> bool:
    """Whether the second word follows the first within a few words."""
    return any(
        pair[1] in text[at + 1 : at + 1 + _NEAR] for at, word in enumerate(text) if word == pair[0]
    )
