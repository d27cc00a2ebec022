"""Numbers as they are written outside English: "1,2 Millionen Euro", "64.000 Mark", "2 milyon".

A point before three digits parts thousands, a comma is a decimal sign; the next word is the unit.
"""

from __future__ import annotations

import re
from functools import lru_cache

from stoa.grounding.asked_words import function_words
from stoa.grounding.kin import plain
from stoa.grounding.quantities import Kind, Quantity

# Beginnings of words that multiply, folded and without accents.
_SCALES = (
    (1e9, "milliard mil+millones миллиард δισεκατομ milyar tỷ अरब مليار"),
    (1e6, "million milion millon миллион εκατομ milyon triệu مليون"),
    (1e3, "tausend mil mille mii тысяч χιλιαδ bin nghìn ngàn हज़ार الف"),
)
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<digits>\d{1,3}(?:[.\u00a0\u202f ]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
    r"(?:[\s\u00a0]+(?P<first>[^\W\d_][^\s\d.,;:!?]*))?"
    r"(?:[\s\u00a0]+(?P<second>[^\W\d_][^\s\d.,;:!?]*))?"
    r"(?:[\s\u00a0]+(?P<third>[^\W\d_][^\s\d.,;:!?]*))?"
)
_THOUSANDS = re.compile(r"(?<=\d)[.\u00a0\u202f ](?=\d{3}(?!\d))")


@lru_cache(maxsize=4096)
def local_quantities(text: str, lang: str) -> tuple[Quantity, ...]:
    """The numbers of a text that is not English, with what they count.

    >>> [(q.value, q.unit) for q in local_quantities("Das kostete 1,2 Millionen Euro.", "de")]
    [(1200000.0, 'euro')]
    >>> [(q.value, q.unit) for q in local_quantities("un millón de euros", "es")]
    [(1000000.0, 'euros')]
    """
    found = [_quantity(match, lang) for match in _NUMBER.finditer(text)]
    held = [(each.start, each.end) for each in found]
    for match in _WORDED.finditer(text):
        if _scale(match["scale"]) and not any(
            start < match.end() and match.start() < end for start, end in held
        ):
            found.append(_worded(match, lang))
    return tuple(sorted(found, key=lambda each: each.start))


def _quantity(match: re.Match[str], lang: str) -> Quantity:
    digits = _THOUSANDS.sub("", match["digits"]).replace(",", ".")
    value, end = float(digits), match.end("digits")
    words = [(match[name], match.end(name)) for name in ("first", "second", "third") if match[name]]
    common = function_words(lang)
    unit = ""
    for word, at in words:
        scale = _scale(word)
        if scale:
            value, end = value * scale, at
        elif word.casefold() not in common:
            unit, end = plain(word), at
            break
    return Quantity(Kind.NUMBER, value, unit, match.start(), end)


_FEW = (
    "un una uno ein eine einer une один одну одна o bir ένα một एक",
    "dos zwei deux due dois duas două два две iki δύο hai दो",
    "tres drei trois tre três trei три üç τρία ba तीन",
    "cuatro vier quatre quattro quatro patru четыре dört τέσσερα bốn चार",
    "cinco fünf cinq cinque cinci пять beş πέντε năm पाँच",
    "seis sechs six sei șase шесть altı έξι sáu छह",
    "siete sieben sept sette sete șapte семь yedi επτά bảy सात",
    "ocho acht huit otto oito opt восемь sekiz οκτώ tám आठ",
    "nueve neun neuf nove nouă девять dokuz εννέα chín नौ",
    "diez zehn dix dieci dez zece десять on δέκα mười दस",
)
_VALUES = {word: value for value, words in enumerate(_FEW, start=1) for word in words.split()}
_WORDED = re.compile(
    rf"(?<!\w)(?P<word>{'|'.join(sorted(_VALUES, key=len, reverse=True))})\s+"
    r"(?P<scale>[^\W\d_]{3,})"
    r"(?:\s+(?P<first>[^\W\d_]+))?(?:\s+(?P<second>[^\W\d_]+))?",
    re.IGNORECASE,
)
"""A number word before one that multiplies; by themselves they are articles too often."""


def _worded(match: re.Match[str], lang: str) -> Quantity:
    scale, common = _scale(match["scale"]), function_words(lang)
    value = _VALUES[match["word"].casefold()] * scale
    for name in ("first", "second"):
        if match[name] and match[name].casefold() not in common:
            return Quantity(Kind.NUMBER, value, plain(match[name]), match.start(), match.end(name))
    return Quantity(Kind.NUMBER, value, "", match.start(), match.end("scale"))


def _scale(word: str) -> float:
    folded = plain(word)
    for value, beginnings in _SCALES:
        for each in beginnings.split():
            is_whole = len(each) <= 4
            if folded == each or (not is_whole and folded.startswith(each)):
                return value
    return 0.0
