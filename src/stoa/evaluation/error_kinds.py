"""Errors that are put into true sentences: a wrong number, date, name, or a turned statement."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from enum import StrEnum

from stoa.grounding.quantities import MONTHS, SMALL, Kind, Quantity, names, quantities


class ErrorKind(StrEnum):
    """What is wrong."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"


_DAYS = (Kind.DATE, Kind.YEAR, Kind.DECADE)
_WORDS = tuple(word for word in SMALL if word != "one")
_MONTH_NAMES = [name.capitalize() for name in MONTHS if len(name) > 4 or name in ("may", "june")]
_TURNED = re.compile(
    r"\b(?P<verb>is|are|was|were|has|have|had|does|do|did|will|would|can|could|may|must|should)"
    r"(?P<no> not| never)?\b",
)
_NONE = re.compile(r"\b(?P<no>No|no|None|none|Nobody|nobody|never|Never|Only|only)\b")
_PAST = re.compile(r"\b(?P<verb>[a-z]{3,}ed)\b")
_INSTEAD = {
    "no": "some", "none": "most", "nobody": "somebody", "never": "often", "only": "not only",
}  # fmt: skip


def injected(
    text: str, kind: ErrorKind, source: str, others: Sequence[str], chance: random.Random
) -> tuple[str, str] | None:
    """The sentence with one error and the words that are wrong; None where the kind finds no place.

    Args:
        text: a true sentence.
        kind: of the error.
        source: the whole source: half of the wrong names and years are taken from it, where a
            check that only looks whether they occur cannot see them.
        others: names of other sources.
        chance: decides.
    """
    if kind is ErrorKind.NUMBER:
        return _number(text, chance)
    if kind is ErrorKind.DATE:
        return _date(text, source, chance)
    if kind is ErrorKind.NAME:
        return _name(text, source, others, chance)
    return _negation(text, chance)


def _put(text: str, start: int, end: int, new: str) -> tuple[str, str]:
    return f"{text[:start]}{new}{text[end:]}", new


def _number(text: str, chance: random.Random) -> tuple[str, str] | None:
    found = [each for each in quantities(text) if each.kind not in _DAYS]
    if not found:
        return None
    chosen = chance.choice(found)
    said = text[chosen.start : chosen.end]
    digits = re.search(r"\d+(?:[.,]\d+)*", said)
    if digits is None:
        return _number_word(text, chosen, chance)
    start = chosen.start + digits.start()
    return _put(text, start, start + len(digits.group()), _other_digits(digits.group(), chance))


def _other_digits(digits: str, chance: random.Random) -> str:
    """The same form of number with one digit changed."""
    places = [i for i, c in enumerate(digits) if c.isdigit()]
    place = chance.choice(places)
    choices = [c for c in "123456789" if c != digits[place]]
    return digits[:place] + chance.choice(choices) + digits[place + 1 :]


def _number_word(text: str, one: Quantity, chance: random.Random) -> tuple[str, str] | None:
    for word in re.finditer(r"[a-z]+", text[one.start : one.end]):
        if word.group() in _WORDS:
            start = one.start + word.start()
            other = chance.choice([each for each in _WORDS if each != word.group()])
            return _put(text, start, one.start + word.end(), other)
    return None


def _date(text: str, source: str, chance: random.Random) -> tuple[str, str] | None:
    years = list(re.finditer(r"\b1\d{3}\b|\b20\d{2}\b", text))
    months = list(re.finditer("|".join(rf"\b{month}\b" for month in _MONTH_NAMES), text))
    months = [
        each for each in months if re.search(r"\d", text[max(0, each.start() - 4) : each.end() + 6])
    ]
    if not years and not months:
        return None
    if months and (not years or chance.random() < 0.4):
        month = chance.choice(months)
        other = chance.choice([each for each in _MONTH_NAMES if each != month.group()])
        return _put(text, month.start(), month.end(), other)
    year = chance.choice(years)
    near = [each for each in re.findall(r"\b1\d{3}\b|\b20\d{2}\b", source) if each not in text]
    if near and chance.random() < 0.5:
        return _put(text, year.start(), year.end(), chance.choice(near))
    other = str(int(year.group()) + chance.choice([-20, -10, -3, -2, -1, 1, 2, 3, 10, 20]))
    return _put(text, year.start(), year.end(), other)


def _name(
    text: str, source: str, others: Sequence[str], chance: random.Random
) -> tuple[str, str] | None:
    found = [each for each in names(text) if each.text.casefold() not in MONTHS]
    if not found:
        return None
    chosen = chance.choice(found)
    inside = [each.text for each in names(source) if not set(each.text.split()) & set(text.split())]
    inside = [each for each in inside if each.casefold() not in MONTHS]
    outside = [each for each in others if each not in source and each not in text]
    pool = inside if inside and chance.random() < 0.5 else outside
    if not pool:
        return None
    return _put(text, chosen.start, chosen.end, chance.choice(pool))


def _negation(text: str, chance: random.Random) -> tuple[str, str] | None:
    found = list(_TURNED.finditer(text))
    nones = list(_NONE.finditer(text))
    if nones and not any(each["no"] for each in found):
        one = nones[0]
        new = _INSTEAD[one["no"].casefold()]
        return _put(
            text, one.start(), one.end(), new.capitalize() if one["no"][0].isupper() else new
        )
    if found:
        one = next((each for each in found if each["no"]), found[0])
        if one["no"]:
            return _put(text, one.start(), one.end(), one["verb"])
        word = chance.choice(["not", "never", "not"])
        return _put(text, one.end(), one.end(), f" {word}")
    past = _PAST.search(text)
    if past is None:
        return None
    return _put(text, past.start(), past.start(), "never ")
