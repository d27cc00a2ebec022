"""Deals the fun voice's line for a situation: the same question always gets the same line."""

from __future__ import annotations

from enum import StrEnum

from stoa.ask.deck_english import ENGLISH
from stoa.ask.deck_further import FURTHER
from stoa.ask.deck_others import OTHERS


class Situation(StrEnum):
    """What an answer is like, as far as a joke may care."""

    ANSWER = "answer"
    NUMBER = "number"
    TIME = "time"
    OLD = "old"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    RECORD = "record"
    RECORD_WINS = "record wins"
    CONFLICT = "conflict"
    MANY_COPIES = "many copies"
    ABSTENTION = "abstention"
    AMBIGUOUS = "ambiguous"
    MEANT = "meant"
    NOTE = "note"
    DOUBT = "doubt"
    ONE_SOURCE = "one source"
    PRIVATE = "private"
    NOTHING_ASKED = "nothing asked"
    UNMOVED = "unmoved"


# Where a deck has no line for what happened, a general one is no lie; elsewhere it would be.
_ANSWERED = frozenset(
    {
        Situation.NUMBER,
        Situation.TIME,
        Situation.OLD,
        Situation.PERSON,
        Situation.PLACE,
        Situation.REASON,
        Situation.RECORD,
        Situation.NOTE,
        Situation.ONE_SOURCE,
    }
)


def lines(situation: Situation, lang: str) -> tuple[str, ...]:
    """All lines of a language for a situation; none where its deck has none."""
    base = lang.split("-")[0].lower()
    deck = ENGLISH if base == "en" else (OTHERS | FURTHER).get(base, {})
    found = _split(deck.get(situation.value, ""))
    if not found and situation in _ANSWERED:
        return _split(deck.get(Situation.ANSWER.value, ""))
    return found


def line(situation: Situation, lang: str, deal: int) -> str:
    """One line, chosen by `deal` alone; "" where a language has none, and the voice is regular."""
    found = lines(situation, lang)
    return found[deal % len(found)] if found else ""


def _split(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.strip().splitlines() if each.strip())
