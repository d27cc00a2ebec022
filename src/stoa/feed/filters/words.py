"""Words a reader does not want to meet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from stoa.records import Post

NAME = "muted_word"
REASON = "It has a word you muted."


@lru_cache(maxsize=512)
def pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Finds any of the words as whole words, whatever their case or accents' encoding.

    Scripts without spaces between words (Chinese, Japanese, Thai) match anywhere: there a
    boundary of letters says nothing.

    >>> bool(pattern(("cat",)).search(folded("A CAT!")))
    True
    >>> bool(pattern(("cat",)).search(folded("concatenate")))
    False
    """
    parts: list[str] = []
    for word in words:
        plain = folded(word).strip().lstrip("#")
        if not plain:
            continue
        spaced = r"\s+".join(re.escape(part) for part in plain.split())
        before = r"(?<!\w)" if _has_boundary(plain[0]) else ""
        after = r"(?!\w)" if _has_boundary(plain[-1]) else ""
        parts.append(f"{before}{spaced}{after}")
    return re.compile("|".join(parts)) if parts else None


def folded(text: str) -> str:
    """Text made comparable: compatibility forms unified, case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def has_muted_word(post: Post, words: re.Pattern[str]) -> bool:
    """Whether text, tags, alt texts or link card of a post hold a muted word."""
    content = post.content
    parts = [content.text, *content.tags, *(image.alt for image in content.images)]
    if content.card is not None:
        parts += [content.card.title, content.card.description]
    return words.search(folded("\n".join(parts))) is not None


class MutedWords:
    """Leaves out posts with a muted word; needs texts, so it judges a page's posts only."""

    name = NAME
    reason = REASON
    switchable = True

    def keep(self, words: tuple[str, ...], posts: Sequence[Post | None]) -> NDArray[np.bool_]:
        """Mask of the posts without any of the words; posts not here are kept."""
        wanted = pattern(words)
        if wanted is None:
            return np.ones(len(posts), dtype=bool)
        return np.array(
            [post is None or not has_muted_word(post, wanted) for post in posts], dtype=bool
        )


def _has_boundary(character: str) -> bool:
    """Whether words of this character's script are set apart by spaces."""
    if not character.isalnum():
        return False
    name = unicodedata.name(character, "")
    return not name.startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"))
