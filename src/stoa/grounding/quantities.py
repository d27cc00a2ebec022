"""Numbers, dates, units and names in one normal form each, with where they stand in the text.

"two million", "2,000,000" and "2m" are one value; "5 March 2021" and "2021-03-05" one date. English
words for numbers and months; digits of any script.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from stoa.grounding.words import STOPWORDS, listed


class Kind(StrEnum):
    """What a quantity counts."""

    NUMBER = "number"
    ORDINAL = "ordinal"  # 3rd, third
    PERCENT = "percent"
    MONEY = "money"
    YEAR = "year"
    DATE = "date"  # value is the ISO form, as much of it as was said
    DECADE = "decade"  # 1990s


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number or date: characters `start` to `end` of the text it was found in."""

    kind: Kind
    value: float  # a date's is year * 10000 + month * 100 + day, 0 where unsaid
    unit: str  # km, USD, the noun that follows; "" where none
    start: int
    end: int

    def same_as(self, other: Quantity) -> bool:
        """Whether both say the same amount or the same day, as far as both say it.

        >>> first, second = quantities("two million people"), quantities("2,000,000 people")
        >>> first[0].same_as(second[0])
        True
        """
        dates = (Kind.DATE, Kind.YEAR)
        if self.kind in dates and other.kind in dates:
            return _dates_agree(self.value, other.value)
        if Kind.MONEY in (self.kind, other.kind) and self.unit and other.unit:
            return self.value == other.value and self.unit == other.unit
        return abs(self.value - other.value) <= 1e-9 * max(abs(self.value), abs(other.value))


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words: characters `start` to `end` of the text."""

    text: str
    start: int
    end: int


_UP_TO_19 = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"

SMALL = {word: float(value) for value, word in enumerate(_UP_TO_19.split(), start=1)} | {
    word: 10.0 * value for value, word in enumerate(_TENS.split(), 2)
}
"""Number words that add up: twenty one."""
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "dozen": 12.0, "k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12,
    "hundreds": 1e2, "thousands": 1e3, "millions": 1e6, "billions": 1e9, "lakh": 1e5, "crore": 1e7,
}  # fmt: skip
"""Words that multiply what stands before them."""
ORDINALS = {word: float(value) for value, word in enumerate(_ORDINALS.split(), 1)}
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sep sept", "october oct", "november nov", "december dec",
        ), 1
    )
    for name in names.split()
}  # fmt: skip
CURRENCIES = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "dollar": "USD", "dollars": "USD",
    "usd": "USD", "euro": "EUR", "euros": "EUR", "eur": "EUR", "pound": "GBP", "pounds": "GBP",
    "gbp": "GBP", "yen": "JPY", "rupees": "INR",
}  # fmt: skip
MEASURES = {
    "km": "km", "kilometre": "km", "kilometer": "km", "mile": "mi", "mi": "mi", "metre": "m",
    "meter": "m", "cm": "cm", "centimetre": "cm", "centimeter": "cm", "mm": "mm", "foot": "ft",
    "feet": "ft", "ft": "ft", "inch": "in", "inches": "in", "kg": "kg", "kilogram": "kg",
    "gram": "g", "g": "g", "mg": "mg", "tonne": "t", "ton": "t", "lb": "lb", "hour": "h", "h": "h",
    "minute": "min", "min": "min", "second": "s", "day": "d", "week": "wk", "month": "mo",
    "year": "yr", "decade": "decade", "century": "century", "centuries": "century",
    "degree": "deg", "°": "deg", "mph": "mph", "litre": "l", "liter": "l", "acre": "acre",
    "hectare": "ha", "watt": "w", "mw": "mw", "gw": "gw",
}  # fmt: skip
"""Spellings of units, singular; plurals lose their s before they are looked up."""

_NUMERAL = r"(?<![\w.,])[-−]?\d+(?:,\d{3})+(?:\.\d+)?(?!\d)|(?<![\d.,])[-−]?\d+(?:\.\d+)?"
_WORDS = "|".join(sorted((SMALL | SCALES | ORDINALS).keys() - {"k", "m", "b", "mn", "bn", "tn"}))
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_FOUND = re.compile(
    rf"(?P<iso>\b\d{{4}}-\d{{2}}-\d{{2}}\b)"
    rf"|(?P<dmy>\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})\b\.?(?:,? \d{{4}}\b)?)"
    rf"|(?P<mdy>\b(?:{_MONTH})\b\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?!,?\d)(?:,? \d{{4}}\b)?)"
    rf"|(?P<my>\b(?:{_MONTH})\b\.?,? \d{{4}}\b)"
    rf"|(?P<decade>\b\d{{3}}0['’]?s\b)"
    rf"|(?P<ordinal>\b\d+(?:st|nd|rd|th)\b|\b(?:{'|'.join(ORDINALS)})\b)"
    rf"|(?P<sign>[$€£¥₹]\s?)?(?P<number>{_NUMERAL}|\b(?:half a|a|an) (?:hundred|thousand|million|"
    rf"billion|trillion|dozen)\b|\b(?:{_WORDS})(?:(?:[ -]| and )(?:{_WORDS}))*\b)"
    r"(?P<scale>\s?(?:hundred|thousand|million|billion|trillion|lakh|crore)\b|(?:k|m|bn|b|tn)\b)?"
    r"(?P<unit>\s?(?:%|°)|[ -](?:per ?cent|percent|percentage points)\b"
    r"|(?:km|cm|mm|kg|mg|mw|gw|ft|mph)\b|[ -][^\W\d_]+)?",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_CAPITAL = re.compile(r"[^\W\d_][\w'’.-]*")
_OPENING = re.compile(r"[.!?:;\n\"“(]")
_JOINERS = listed("of the de la van von der del di da al bin &")


def quantities(text: str) -> list[Quantity]:
    """Every number and date of a text, in order.

    >>> [(q.kind.value, q.value, q.unit) for q in quantities("Twenty-one dogs ran 5 km in 2021")]
    [('number', 21.0, 'dog'), ('number', 5.0, 'km'), ('year', 2021.0, '')]
    >>> [q.value for q in quantities("on March 5, 2021 ($1.5bn)")]
    [20210305.0, 1500000000.0]
    """
    found = [_quantity(match) for match in _FOUND.finditer(text)]
    return [each for each in found if each is not None]


def _quantity(match: re.Match[str]) -> Quantity | None:
    kind, words = match.lastgroup or "", match.group()
    if match["iso"] or match["dmy"] or match["mdy"] or match["my"]:
        return Quantity(Kind.DATE, _date(words), "", match.start(), match.end())
    if match["decade"]:
        return Quantity(Kind.DECADE, float(words[:4]), "", match.start(), match.end())
    if match["ordinal"]:
        digits = re.match(r"\d+", words)
        value = float(digits.group()) if digits else ORDINALS[words.casefold()]
        return Quantity(Kind.ORDINAL, value, "", match.start(), match.end())
    assert kind
    return _number(match)


def _number(match: re.Match[str]) -> Quantity | None:
    said, scale, unit = match["number"], match["scale"], match["unit"] or ""
    value = number_value(said)
    if value is None:
        return None
    if scale:
        value *= SCALES[scale.strip().casefold()]
    name, end = unit_name(unit.strip(" -")), match.end()
    if not name:
        end = match.end("scale") if scale else match.end("number")
    start = match.start()
    if match["sign"]:
        return Quantity(Kind.MONEY, value, CURRENCIES[match["sign"].strip()], start, end)
    if name == "%":
        return Quantity(Kind.PERCENT, value, name, start, end)
    if name in CURRENCIES.values():
        return Quantity(Kind.MONEY, value, name, start, end)
    if not scale and re.fullmatch(r"1\d{3}|20\d{2}", said) and name not in MEASURES.values():
        return Quantity(Kind.YEAR, value, "", start, match.end("number"))
    return Quantity(Kind.NUMBER, value, name, start, end)


def number_value(said: str) -> float | None:
    """The value of digits or of English number words; None where the words make no number.

    >>> number_value("1,200"), number_value("two hundred and five"), number_value("half a million")
    (1200.0, 205.0, 500000.0)
    """
    words = said.casefold().replace("−", "-")
    try:
        return float(words.replace(",", ""))
    except ValueError:
        pass
    total, part = 0.0, 0.0
    if words.startswith("half a "):
        return SCALES[words.split()[-1]] / 2
    for word in re.split(r"[ -]+", words):
        if word in SMALL:
            part += SMALL[word]
        elif word in ("a", "an"):
            part += 1
        elif word in ORDINALS:
            part += ORDINALS[word]
        elif word in SCALES:
            scale = SCALES[word]
            if scale > 100:
                total, part = total + (part or 1) * scale, 0.0
            else:
                part = (part or 1) * scale
    return total + part or None


def unit_name(word: str) -> str:
    """The normal form of what is counted: a unit, a currency, or the noun without its plural s.

    >>> unit_name("kilometers"), unit_name("per cent"), unit_name("in"), unit_name("dogs")
    ('km', '%', '', 'dog')
    """
    folded = word.casefold()
    if folded.startswith(("%", "percent", "per cent")):
        return "%"
    single = folded[:-1] if folded.endswith("s") and len(folded) > 2 else folded
    for spelling in (folded, single):
        if spelling in CURRENCIES:
            return CURRENCIES[spelling]
        if spelling in MEASURES and spelling != "in":
            return MEASURES[spelling]
    return "" if folded in STOPWORDS else single


def _date(words: str) -> float:
    year = month = day = 0
    numbers = _PARTS.findall(words.casefold())
    if re.match(r"\d{4}-", words):
        year, month, day = (int(part) for part in numbers)
        return year * 1e4 + month * 1e2 + day
    for part in numbers:
        if part in MONTHS:
            month = MONTHS[part]
        elif part.isdigit():
            if len(part) == 4:
                year = int(part)
            else:
                day = int(part)
    return year * 1e4 + month * 1e2 + day


def _dates_agree(first: float, second: float) -> bool:
    parts: list[tuple[int, int, int]] = []
    for value in (first, second):
        whole = int(value)
        parts.append(
            (whole, 0, 0) if whole < 3000 else (whole // 10000, whole // 100 % 100, whole % 100)
        )
    return all(a == b or not a or not b for a, b in zip(*parts, strict=True))


def names(text: str) -> list[Name]:
    """Runs of capitalised words, as far as capitals tell names.

    The first word of a sentence counts where another capitalised word follows it or it has more
    than one capital.

    >>> [name.text for name in names("The mayor met Ada Lovelace of London in IBM's hall.")]
    ['Ada Lovelace of London', 'IBM']
    """
    found: list[Name] = []
    run: list[re.Match[str]] = []
    opens, run_opens, last_end = True, False, 0
    for match in _CAPITAL.finditer(text):
        between = text[last_end : match.start()]
        opens = last_end == 0 or bool(
            re.search(r"[.!?:;\n\"“(]", text[last_end - 1 : match.start()])
        )
        word = match.group()
        broken = bool(between.strip(" ")) and between.strip(" ") not in ("&",)
        if run and broken:
            _close(found, run, text, run_opens)
            run = []
        if word[0].isupper() and not (opens and word.casefold() in STOPWORDS):
            if not run:
                run_opens = opens
            run.append(match)
        elif run and word in _JOINERS:
            run.append(match)
        elif run:
            _close(found, run, text, run_opens)
            run = []
        last_end = match.end()
    if run:
        _close(found, run, text, run_opens)
    return found


def _close(found: list[Name], run: list[re.Match[str]], text: str, opens: bool) -> None:
    while run and not run[-1].group()[0].isupper():
        run = run[:-1]
    capitals = sum(letter.isupper() for letter in run[0].group())
    if opens and len(run) == 1 and capitals < 2:
        return
    end = run[-1].end()
    name = text[run[0].start() : end].rstrip(".'’-")
    for ending in ("'s", "’s"):
        name = name.removesuffix(ending)
    found.append(Name(name, run[0].start(), run[0].start() + len(name)))
