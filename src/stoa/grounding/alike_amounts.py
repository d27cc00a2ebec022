"""Amounts compared across units and rounding: 12 kilometres and "seven and a half miles".

Two sources that measure one thing in different units neither agree nor differ by their numbers
alone. Here both are brought to one unit; "about 4,000" agrees with 3,968, and 35 miles do not with
32 kilometres.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from stoa.grounding.kin import plain
from stoa.grounding.local_numbers import local_quantities
from stoa.grounding.quantities import Kind, Quantity, number_value, quantities, unit_name

# What is measured, and how many base units one is: metre, kilogram, litre, second, square metre.
_UNITS = """
    length: mm .001 millimetre .001 cm .01 m 1 metre 1 meter 1 km 1000 kilometer 1000
        mi 1609.344 mile 1609.344 ft .3048 foot .3048 in .0254 inch .0254 yard .9144 league 4828
        fathom 1.8288 metro 1 kilometro 1000 milla 1609.344 milha 1609.344 kilometre 1000
        mille 1609.344 meile 1609.344 mila 1609.344 metru 1 kilometru 1000 метр* 1
        километр* 1000 мил* 1609.344 сантиметр* .01 μετρ* 1 χιλιομετρ* 1000
    mass: mg .000001 g .001 gram .001 gramm .001 kg 1 kilogram 1 kilo 1 kilogramm 1 kilogramo 1
        kilogramme 1 t 1000 ton 1000 tonne 1000 tonelada 1000 tona 1000 lb .45359 pound .45359
        ounce .02835 stone 6.35 pfund .5 libra .45359 килограмм* 1 тонн* 1000 грамм* .001
        τον* 1000 κιλ* 1
    volume: ml .001 l 1 litre 1 liter 1 litro 1 cubic 1000 kubikmeter 1000 gallon 4.546
        pint .568 barrel 159 hectolitre 100 литр* 1 kubikmetre 1000
    time: s 1 second 1 min 60 minute 60 h 3600 hour 3600 d 86400 day 86400 night 86400 wk 604800
        week 604800 fortnight 1209600 mo 2629800 month 2629800 yr 31557600 year 31557600
        decade 315576000 century 3155760000 sekunde 1 minuto 60 stunde 3600 hora 3600 heure 3600
        ora 3600 tag 86400 dia 86400 jour 86400 giorno 86400 woche 604800 semana 604800
        semaine 604800 settimana 604800 monat 2629800 mes 2629800 mois 2629800 mese 2629800
        jahr 31557600 ano 31557600 an 31557600 annee 31557600 anno 31557600 минут* 60 час* 3600
        дн* 86400 день 86400 недел* 604800 месяц* 2629800 год* 31557600 лет 31557600 ωρ* 3600
        λεπτ* 60 μερ* 86400 gun 86400 saat 3600 hafta 604800 ay 2629800 yıl 31557600
    area: ha 10000 hectare 10000 hektar 10000 hectarea 10000 acre 4046.86 square 1 гектар* 10000
    speed: mph .44704 knot .5144
"""
_HEDGE = re.compile(
    r"(?<!\w)(?:about|around|roughly|approximately|approx|nearly|almost|some|over|more\s+than|under|less\s+than|close\s+to"
    r"|circa|ca|up\s+to|rund|etwa|ungefähr|fast|knapp|gut|über|unos|unas|casi|cerca\s+de|alrededor|más\s+de"
    r"|environ|près\s+de|presque|plus\s+de|quasi|circa|quase|aproape|cam|около|почти|примерно|свыше|более"
    r"|περίπου|σχεδόν|yaklaşık|neredeyse|khoảng|gần|约|大约|近|حوالي|نحو|लगभग|करीब)(?:\s+an?|\s+the)?\s*$",
    re.IGNORECASE,
)
_HALVES = re.compile(
    r"\b(?P<n>\w+)\s+and\s+a\s+(?P<part>half|quarter)\s+(?P<unit>[^\W\d_]+)"
    r"|\b(?P<one>an?)\s+(?P<unit1>[^\W\d_]+)\s+and\s+a\s+(?P<part1>half|quarter)\b"
    r"|\b(?P<part2>half|a\s+quarter\s+of|three\s+quarters\s+of)\s+an?\s+(?P<unit2>[^\W\d_]+)",
    re.IGNORECASE,
)
_UNIT_ROUNDING = 0.03  # what goes with being told in another unit
_HEDGED = 0.1  # what "about" forgives


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity, brought to the base unit of what it measures."""

    quantity: Quantity
    measure: str  # length, mass, ...; "" for counts
    base: float
    is_hedged: bool

    def alike(self, other: Amount) -> bool:
        """Whether both may be one amount."""
        if self.measure != other.measure:
            return False
        ours, theirs = self.base, other.base
        forgiven = 1e-9
        if self.measure and self.quantity.unit != other.quantity.unit:
            forgiven = _UNIT_ROUNDING
        if self.is_hedged or other.is_hedged:
            forgiven = _HEDGED
        return abs(ours - theirs) <= forgiven * max(abs(ours), abs(theirs))


def _read() -> tuple[dict[str, tuple[str, float]], list[tuple[str, tuple[str, float]]]]:
    whole: dict[str, tuple[str, float]] = {}
    begun: list[tuple[str, tuple[str, float]]] = []
    measure = ""
    words = _UNITS.split()
    at = 0
    while at < len(words):
        if words[at].endswith(":"):
            measure = words[at][:-1]
            at += 1
            continue
        name, worth = plain(words[at].strip("*")), float(words[at + 1])
        if words[at].endswith("*"):
            begun.append((name, (measure, worth)))
        else:
            whole[name] = (measure, worth)
        at += 2
    return whole, begun


_WHOLE, _BEGUN = _read()


def measure_of(unit: str) -> tuple[str, float]:
    """What a unit measures and how many base units it is; ("", 1) for what is only counted.

    >>> measure_of("mi"), measure_of("sheep")
    (('length', 1609.344), ('', 1.0))
    """
    folded = plain(unit)
    for ending in ("", "s", "n", "es", "en", "i"):
        each = folded.removesuffix(ending)
        if each in _WHOLE:
            return _WHOLE[each]
    found = (held for name, held in _BEGUN if folded.startswith(name))
    return next(found, ("", 1.0))


@lru_cache(maxsize=4096)
def amounts_in(text: str, lang: str = "en") -> tuple[Amount, ...]:
    """The measured and counted amounts of a text, in order; no days and no ordinals.

    >>> [(a.measure, round(a.base)) for a in amounts_in("It takes an hour and a half.")]
    [('time', 5400)]
    """
    read = quantities(text) if lang == "en" else local_quantities(text, lang)
    found = _halves(text) if lang == "en" else []
    held = [(each.start, each.end) for each in found]
    days = (Kind.DATE, Kind.YEAR, Kind.DECADE, Kind.ORDINAL)
    for each in read:
        inside = any(start < each.end and each.start < end for start, end in held)
        if each.kind not in days and not inside:
            found.append(_whole_unit(each, text))
    return tuple(_amount(each, text) for each in sorted(found, key=lambda each: each.start))


def _whole_unit(each: Quantity, text: str) -> Quantity:
    """All of the unit of "5 cubic metres"."""
    if each.unit not in ("cubic", "square"):
        return each
    rest = re.match(r"\s+[^\W\d_]+", text[each.end :])
    end = each.end + (rest.end() if rest else 0)
    is_kilo = rest is not None and rest.group().strip().casefold().startswith("kilo")
    value = each.value * (1e9 if each.unit == "cubic" else 1e6) if is_kilo else each.value
    return Quantity(each.kind, value, each.unit, each.start, end)


def _halves(text: str) -> list[Quantity]:
    parts = {"half": 0.5, "quarter": 0.25, "a quarter of": 0.25, "three quarters of": 0.75}
    found: list[Quantity] = []
    for match in _HALVES.finditer(text):
        if match["n"]:
            whole, part, unit = number_value(match["n"]) or 0.0, match["part"], match["unit"]
        elif match["one"]:
            whole, part, unit = 1.0, match["part1"], match["unit1"]
        else:
            whole, part, unit = 0.0, " ".join(match["part2"].split()), match["unit2"]
        name = unit_name(unit)
        if measure_of(name)[0] and (whole or match["part2"]):
            value = whole + parts[part.casefold()]
            found.append(Quantity(Kind.NUMBER, value, name, match.start(), match.end()))
    return found


def _amount(each: Quantity, text: str) -> Amount:
    measure, worth = measure_of(each.unit) if each.kind is Kind.NUMBER else ("", 1.0)
    hedged = _HEDGE.search(text[: each.start]) is not None
    return Amount(each, measure, each.value * worth, hedged)


_TIMES = re.compile(
    r"(?P<n>once|twice|thrice|\w+\s+times)\s+(?:an?|per|each|every)\s+(?P<unit>[^\W\d_]+)"
    r"|\bevery\s+(?:(?P<gap>\w+)\s+)?(?P<span>hour|minute|day|week|month|year|night)s?\b"
    r"|\b(?P<adverb>hourly|daily|weekly|monthly|yearly)\b",
    re.IGNORECASE,
)
_ADVERBS = {"hourly": "h", "daily": "d", "weekly": "wk", "monthly": "mo", "yearly": "yr"}
_ONCE = {"once": 1.0, "twice": 2.0, "thrice": 3.0}


def rates_in(text: str) -> tuple[tuple[float, str], ...]:
    """How often something happens in a second, and the words that say so; English only.

    >>> [(round(rate * 86400), said) for rate, said in rates_in("It runs twice a day.")]
    [(2, 'twice a day')]
    """
    found: list[tuple[float, str]] = []
    for match in _TIMES.finditer(text):
        if match["n"]:
            said = match["n"].casefold()
            times = _ONCE.get(said) or number_value(said.split()[0]) or 0.0
            seconds = measure_of(unit_name(match["unit"]))[1]
        elif match["span"]:
            times = 1.0
            gap = match["gap"] or "one"
            n = 2.0 if gap in ("second", "other") else number_value(gap) or 1.0
            seconds = n * measure_of(unit_name(match["span"]))[1]
        else:
            times, seconds = 1.0, measure_of(_ADVERBS[match["adverb"].casefold()])[1]
        if times and seconds > 1:
            found.append((times / seconds, match.group()))
    return tuple(found)
