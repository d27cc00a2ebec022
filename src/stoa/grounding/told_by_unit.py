"""Words of a question whose sense a unit carries: "how fast" is answered by "40 miles an hour"."""

from __future__ import annotations

import re

from stoa.grounding.quantities import SMALL, Kind, quantities

_TIME_UNIT = (
    r"minutes?|hours?|days?|nights?|weeks?|months?|years?|minuten?|stunden?|tagen?|wochen?|monaten?"
    r"|jahren?|minutos?|horas?|días?|semanas?|mes(?:es)?|años?|heures?|jours?|semaines?|mois|ans"
    r"|минут[аы]?|час(?:а|ов)?|дн(?:я|ей)|недел[ьия]|месяц(?:а|ев)?|лет|года?"
    r"|minute|ore|zile|săptămâni|luni|ani|λεπτά|ώρες|μέρες|χρόνια|dakika|saat|gün|hafta|yıl"
    r"|phút|giờ|ngày|tuần|tháng|năm|मिनट|घंटे|दिन|साल|دقيقة|ساعة|يوم|سنة"
)
_LENGTH_UNIT = (
    r"(?:kilo|centi|milli)?met(?:re|er)s?|miles?|feet|foot|ft|km|m|cm|metern?|metros?|mètres?|kilomètres?"
    r"|метр\w*|километр\w*|metri|μέτρα|metre|mét|मीटर|متر\w*|lines?"
)
_DURATION = re.compile(rf"\b(?:{_TIME_UNIT})\b", re.IGNORECASE)
_LENGTH = re.compile(rf"(?:\b|\d)(?:{_LENGTH_UNIT})\b", re.IGNORECASE)
_RATE = re.compile(
    r"\b(?:an|per|pro|por|par|à l['’]|в)\s*(?:hour|second|stunde|hora|heure|час)|/h\b",
    re.IGNORECASE,
)
RECURS = re.compile(
    r"\b(?:every|once|twice|times|daily|weekly|monthly|yearly|jede[nrs]?|alle|mal|veces|cada|fois"
    r"|chaque|раз|кажд\w+|ori|fiecare|φορές|kez|kere|her|lần|mỗi)\b",
    re.IGNORECASE,
)
_WEIGHT = re.compile(
    r"\b(?:tonn?es?|tons?|kilo(?:gram)?s?|kg|pounds?|grams?|tonnen|kilogramm|toneladas?|kilos?"
    r"|тонн\w*|килограмм\w*|ton|tấn|cân|टन|طن)\b",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"\b(?:crowns?|marks?|dollars?|euros?|pounds?|francs?|pence|pennies|(?<!per )cents?|shillings?"
    r"|florins?|guilders?|kron[ae]r?|kronor|mark|kronen|taler|gulden|franken|escudos?|pesos?|pesetas?|reales"
    r"|coronas?|couronnes?|lei|coroane|рубл\w*|крон\w*|гривен|лир\w*|ευρώ|δραχμές|κορώνες|lira\w*"
    r"|kuruş|kron|đồng|रुपये|रुपए|دينار|درهم|ريال|جنيه|zloty|rupees?|yen|won)\b|[$€£¥₹]|元|บาท",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"\b(?:at|rises?|stands?|in|auf|a|à)\s+[\d.,]+\s*(?:met|feet|foot|m\b|mètres|metros)",
    re.IGNORECASE,
)
_AREA = re.compile(
    r"\b(?:acres?|hectares?|square (?:kilo|met|mile|feet|yard)\w*|quadrat\w*"
    r"|hektar|hectáreas?|гектар\w*)\b|м²|km²|m²",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"\b(?:lift|hold|carr|tow|drop|s[eo]ll?|sold|produc|load|grind|mill|dig|burn|heb|trag|lad|mahl|vend"
    r"|lev|carg|prod|поднима|нес|везёт|прода|произв|taş|kaldır|öğüt|chở|nâng)\w*",
    re.IGNORECASE,
)
_AGE = re.compile(
    rf"\b(?:aged|years? old|years? of age)\b|-year-old\b"
    r"|(?<=[^\W\d]), \d\d,"
    rf"|\bis (?:{'|'.join(SMALL)}|\d{{1,3}})(?=[,.;])",
    re.IGNORECASE,
)
_APART = re.compile(
    r"\b(?:from|away|apart|off|entfernt|von|desde|de|depuis|от|από|uzak\w*|cách)\b", re.IGNORECASE
)
_PERCENT = re.compile(
    r"%|\bper ?cent\b|\bprozent\b|\bpor ciento\b|\bpour cent\b|процент", re.IGNORECASE
)
_RATED = re.compile(
    r"\b(?:an?|per|each|every|pro|im|jede[nrs]?|al|por|cada|par|chaque|в|за|каждый|pe)\s+"
    rf"(?:{_TIME_UNIT})\b|\b(?:year|month|week)ly\b",
    re.IGNORECASE,
)


_PLAIN = {
    "fast": _RATE,
    "frequent": RECURS,
    "cost": MONEY,
    "price": MONEY,
    "pay": MONEY,
    "earn": MONEY,
    "last": _DURATION,
    "measure": _LENGTH,
}
"""Matters that one kind of unit tells by itself."""


def told_by_unit(
    word: str,
    matters: frozenset[str],
    text: str,
    *,
    lasts: bool = False,
    said: frozenset[str] = frozenset(),
) -> bool:
    """Whether a unit in a sentence says what a word of the question means.

    Of a length "how high" and "how wide" must be said, since it may be another side of the thing;
    of money or of a count it need not. `lasts`: the question asks how long something lasted; `said`
    are the matters that the sentence names, among which another side may be.

    >>> told_by_unit("fast", frozenset({"fast"}), "It does 40 miles an hour.")
    True
    >>> told_by_unit("wide", frozenset({"wide"}), "It is 40 metres long.")
    False
    """
    if any(matter in matters and test.search(text) for matter, test in _PLAIN.items()):
        return True
    if matters & {"heavy", "weigh"}:
        return bool(_WEIGHT.search(text)) and not _MOVES.search(text)
    if "old" in matters:
        return _AGE.search(text) is not None
    if matters & {"long", "length"} and not lasts and _LENGTH.search(text):
        return not said & _SIDES and not _ABOVE.search(text)
    if "long" in matters:
        return bool(_DURATION.search(_RATED.sub(" ", text)))
    if "far" in matters and _LENGTH.search(text):
        return _APART.search(text) is not None
    if "area" in matters:
        return _AREA.search(text) is not None
    if "large" in matters and not _LENGTH.search(text):
        return bool(_AREA.search(text)) or _counts(text)
    if "high" in matters:
        return bool(_ABOVE.search(text) or MONEY.search(text) or _PERCENT.search(text))
    return False


_SIDES = frozenset({"high", "deep", "wide", "far"})


def _counts(text: str) -> bool:
    days = (Kind.DATE, Kind.YEAR, Kind.DECADE, Kind.ORDINAL)
    return any(each.kind not in days for each in quantities(text))
