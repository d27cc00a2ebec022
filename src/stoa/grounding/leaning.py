"""What a sentence leans on: the one before it, and the beginning of the text that it stands in."""

from __future__ import annotations

import re

from stoa.ask_records import Source, Span
from stoa.grounding.sentences import sentences

_FAR_BACK = 300  # bytes before a sentence in which the one before it begins
_SHORT = 350  # characters, Chinese ones counted thrice; a post has 300, a small record a few more
_LEANS = re.compile(
    r"^\W*(?:it|its|he|his|she|her|they|their|this|these|er|sie|es|seine?|ihre?|él|ella|su|sus|il|elle"
    r"|sa|son|ses|он|она|оно|они|его|её|их|el|ea|lui|ei|αυτό|του|της)\b|\b(?:it|them|her|him)\b",
    re.IGNORECASE,
)


_OF_PERSON = re.compile(r"^\W*(?:he|she|his|her|he's|she's)\b", re.IGNORECASE)


def speaks_of_person(text: str) -> bool:
    """Whether a sentence begins with a pronoun of a person, so that it tells of no thing before.

    >>> speaks_of_person("She pays costs."), speaks_of_person("It cost much.")
    (True, False)
    """
    return _OF_PERSON.search(text) is not None


def with_antecedent(span: Span, source: Source) -> str:
    """A sentence and, where it only says "it" or "she", the one before that names who.

    >>> from stoa.ask_records import SourceKind, Tier
    >>> post = Source("p", SourceKind.POST, "A mill stood here. It burnt.", Tier.OPINION)
    >>> with_antecedent(Span.of(post, 19, 28), post)
    'A mill stood here. It burnt.'
    """
    if not _LEANS.search(span.text):
        return span.text
    before = source.text.encode()[max(0, span.start - _FAR_BACK) : span.start]
    said = before.decode(errors="ignore").rstrip()
    cuts = [match.end() for match in re.finditer(r"[.!?。]\s", said)]
    return f"{said[cuts[-1] if cuts else 0 :]} {span.text}"


def is_short(text: str) -> bool:
    """Whether a text is of a post's length, in which nothing is said in another place."""
    return len(text) + 2 * sum("\u3040" <= c <= "\u9fff" for c in text) <= _SHORT


def topic_of_source(source: Source) -> str:
    """What a short text is about: its title and its first sentence; a long one's title alone.

    >>> from stoa.ask_records import SourceKind, Tier
    >>> sheet = Source("d", SourceKind.DOCUMENT, "Old mill. Burnt in 1871.", Tier.RECORD, "Hay")
    >>> topic_of_source(sheet)
    'Hay. Old mill.'
    """
    if not is_short(source.text):
        return source.title
    first = next(iter(sentences(source.text, source.lang)), None)
    begins = "" if first is None else source.text.encode()[first[0] : first[1]].decode()
    return f"{source.title}. {begins}" if source.title else begins
