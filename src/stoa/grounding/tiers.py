"""Which source outranks which, and how many independent ones stand behind something (ask.md 7)."""

from __future__ import annotations

from collections.abc import Iterable

from stoa.ask_records import Source, Tier


def outranks(one: Source, other: Source) -> bool:
    """Whether `one` is a stronger kind of knowledge; equal tiers outrank each other never."""
    return one.tier < other.tier


def roots(sources: Iterable[Source]) -> frozenset[str]:
    """Who said it first: copies count as what they copy, and one author's posts as one voice.

    >>> from stoa.ask_records import SourceKind
    >>> first = Source("a", SourceKind.POST, "It rained.", Tier.OPINION)
    >>> copy = Source("b", SourceKind.POST, "It rained!", Tier.OPINION, root="a")
    >>> sorted(roots([first, copy]))
    ['a']
    """
    held = list(sources)
    authors = {source.id: source.author for source in held}
    found: set[str] = set()
    for source in held:
        first = source.root or source.id
        found.add(authors.get(first) or source.author if source.author else first)
    return frozenset(found)


def states_the_world(source: Source) -> bool:
    """Whether its word may stand for what is so, and not only for what somebody said.

    A record, a dataset and somebody who was there may; a report and an opinion may not.
    """
    return source.tier <= Tier.FIRST_HAND
