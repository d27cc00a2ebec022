"""What a claim must pass before any scorer is asked (ask.md 7): checks that need no weights.

Its citations were shown and hold byte for byte; every number, date, unit and name in it is said by
its spans or reckoned from them; it turns nothing round and says no more than they do; and where it
names a speaker, the words are that speaker's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stoa.ask_records import Source, Span
from stoa.grounding.alignment import Statement, statements
from stoa.grounding.amounts import unstated_amounts
from stoa.grounding.mentions import unnamed
from stoa.grounding.polarity import overstated, turned_words
from stoa.grounding.roles import exchanged
from stoa.grounding.word_order import shaken
from stoa.grounding.words import STOPWORDS, tokens


class Check(StrEnum):
    """What did not hold."""

    CITATION = "citation"  # no citation, or one that was not shown
    QUOTE = "quote"  # the cited bytes are not, or no longer, in their source
    AMOUNT = "amount"  # a number, date or unit that the spans do not give
    NAME = "name"
    POLARITY = "polarity"
    STRENGTH = "strength"  # says more than the spans: "all", a hedge left out
    SPEAKER = "speaker"
    ORDER = "order"  # the spans' words in no order of theirs
    ROLE = "role"  # the doer and the one it was done to have changed places


@dataclass(frozen=True, slots=True)
class Failure:
    """One check that a claim fails, and the claim's words that fail it."""

    check: Check
    words: str


_SPEAKER = re.compile(
    r"(?:^|\s)@(?P<handle>[\w.:-]*\w)"
    r"|^(?:according to )(?P<told>[^,:]{2,60}),"
    r"|^(?P<named>[^,:;]{2,60}?) (?:says|said|writes|wrote|reports|reported|claims|claimed|states"
    r"|stated)(?: that)?[:,]?\s",
    re.IGNORECASE,
)


def hard_checks(
    claim: str, cites: Sequence[Span], shown: Mapping[str, Source], lang: str = "en"
) -> tuple[Failure, ...]:
    """Everything about a claim that does not hold; none where it may go on to the scorer.

    Args:
        claim: one atomic statement.
        cites: the spans it rests on.
        shown: the sources that may be cited, by id, as they stand now.
        lang: the claim's language, BCP 47.
    """
    broken = citation_failures(cites, shown)
    if broken or any(claim.strip() == span.text.strip() for span in cites):
        return broken
    told = statements([span.text for span in cites])
    sources = [shown[span.source] for span in cites]
    return (*wording_failures(claim, told, context_of(sources), lang), *_speakers(claim, sources))


def citation_failures(cites: Sequence[Span], shown: Mapping[str, Source]) -> tuple[Failure, ...]:
    """Citations of what was not shown, and spans whose bytes are not in their source."""
    if not cites:
        return (Failure(Check.CITATION, ""),)
    failures: list[Failure] = []
    for span in cites:
        source = shown.get(span.source)
        if source is None:
            failures.append(Failure(Check.CITATION, span.source))
        elif (
            not span.holds_in(source)
            or span.text.encode() != (source.text.encode()[span.start : span.end])
        ):
            failures.append(Failure(Check.QUOTE, span.text[:80]))
    return tuple(failures)


def wording_failures(
    claim: str, told: Sequence[Statement], context: str = "", lang: str = "en"
) -> tuple[Failure, ...]:
    """Amounts, names, negations and wide words of a claim that `told` does not bear out.

    Args:
        claim: one atomic statement.
        told: the statements of its evidence.
        context: what else may name things: titles and authors.
        lang: the claim's language.
    """
    found = [
        (Check.AMOUNT, unstated_amounts(claim, told)),
        (Check.NAME, unnamed(claim, told, context, lang)),
        (Check.POLARITY, turned_words(claim, told, lang)),
        (Check.STRENGTH, overstated(claim, told)),
        (Check.ROLE, exchanged(claim, told)),
        (Check.ORDER, shaken(claim, told)[:1]),
    ]
    return tuple(Failure(check, words) for check, all_words in found for words in all_words)


def context_of(sources: Sequence[Source]) -> str:
    """What names a source: its title and who stands behind it."""
    return "\n".join(f"{source.title}\n{source.author}" for source in sources)


def named_speaker(claim: str) -> str:
    """Who a claim says that its words are from: a handle, "according to X", "X says"; "" if nobody.

    >>> named_speaker("According to the mayor, it is open."), named_speaker("It is open.")
    ('the mayor', '')
    """
    found = _SPEAKER.search(claim.strip())
    if found is None:
        return ""
    return next(group for group in (found["handle"], found["told"], found["named"]) if group)


def _speakers(claim: str, sources: Sequence[Source]) -> tuple[Failure, ...]:
    """A named speaker must be who wrote a cited source, or be told of in its words."""
    speaker = named_speaker(claim)
    if not speaker:
        return ()
    words = {word for word in tokens(speaker) if len(word) > 2 and word not in STOPWORDS}
    for source in sources:
        names = f"{source.title} {source.author}".casefold()
        if speaker.casefold() in names or (words and words <= set(tokens(names))):
            return ()
        if words and words <= set(tokens(source.text)):
            return ()
    return (Failure(Check.SPEAKER, speaker),)
