"""Sources in a list, found by shared words: the finder of tests and of small studies."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from stoa.ask_records import Source, SourceKind

_WORD = re.compile(r"\w+")


def _words(text: str) -> list[str]:
    """Lower-case words; every character a word where a script writes no spaces."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        found.extend(word if any("\u0e00" <= c <= "\u9fff" for c in word) else (word,))
    return found


@dataclass
class MemoryEvidence:
    """An `EvidenceFinder` over its own list; `put` and `remove` change it between two questions."""

    sources: dict[str, Source] = field(default_factory=dict[str, Source])

    @classmethod
    def of(cls, sources: Sequence[Source]) -> MemoryEvidence:
        """A finder of these sources; a later one with an id already there replaces it."""
        return cls({source.id: source for source in sources})

    def put(self, source: Source) -> None:
        """Adds a source, or replaces the one with its id."""
        self.sources[source.id] = source

    def remove(self, source: str) -> None:
        """Forgets a source; no error where it is not here."""
        self.sources.pop(source, None)

    def candidates(
        self, query: str, k: int, since_us: int | None = None, until_us: int | None = None
    ) -> list[tuple[Source, float]]:
        """Sources that share words with `query`, by the sum of the words' rarity, best first."""
        texts = {each.id: Counter(_words(each.text)) for each in self.sources.values()}
        seen = Counter(word for words in texts.values() for word in words)
        wanted = set(_words(query))
        scored: list[tuple[Source, float]] = []
        for source in self.sources.values():
            if (since_us is not None and 0 < source.at_us < since_us) or (
                until_us is not None and source.at_us > until_us
            ):
                continue
            score = sum(
                math.log(1 + len(texts) / seen[word]) for word in wanted & texts[source.id].keys()
            )
            if score > 0:
                scored.append((source, score))
        return sorted(scored, key=lambda each: (-each[1], each[0].id))[:k]

    def by_id(self, ids: Sequence[str]) -> list[Source]:
        """The sources with these ids that are still here."""
        return [self.sources[each] for each in ids if each in self.sources]

    def notes_on(self, ids: Sequence[str]) -> list[Source]:
        """Notes whose `about` is one of `ids`."""
        wanted = set(ids)
        return [
            each
            for each in self.sources.values()
            if each.kind is SourceKind.NOTE and each.about in wanted
        ]
