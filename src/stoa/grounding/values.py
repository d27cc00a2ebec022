"""What in a sentence may be the answer: the numbers, days, people or places that it tells.

A value is new: what the question itself says is none. Where a script has no capitals, any new
word may name somebody.
"""

from __future__ import annotations

import re
from functools import lru_cache

from stoa.grounding.asked_words import Asked, content_tokens, function_words
from stoa.grounding.kin import matters_of, plain
from stoa.grounding.local_numbers import local_quantities
from stoa.grounding.moments import Moment, moments
from stoa.grounding.quantities import Kind, Name, Quantity, names, quantities
from stoa.grounding.question_kinds import QuestionKind
from stoa.grounding.told_by_unit import MONEY, RECURS
from stoa.grounding.words import listed, stem, tokens

DAYS = (Kind.DATE, Kind.YEAR, Kind.DECADE)
_CAPITALS = frozenset(
    [
        "en",
        "de",
        "es",
        "fr",
        "it",
        "pt",
        "nl",
        "ro",
        "tr",
        "vi",
        "el",
        "ru",
        "pl",
        "sv",
        "da",
        "no",
        "fi",
        "cs",
        "hu",
        "ca",
        "uk",
        "bg",
        "sr",
    ]
)
_DIGIT = re.compile(r"\d")
_NUMBER_WORDS = listed(
    "zwei drei vier funf sechs sieben acht neun zehn elf zwolf zwanzig dreissig hundert tausend "
    "dos tres cuatro cinco seis siete ocho nueve diez once doce veinte treinta cien mil "
    "deux trois quatre cinq sept huit neuf dix onze douze vingt trente cent mille "
    "doi doua trei patru cinci sase sapte opt noua zece suta mie "
    "два две три четыре пять шесть семь восемь девять десять двенадцать двадцать сто тысяча "
    "δυο τρεις τρια τεσσερα πεντε εξι επτα οκτω εννια δεκα εκατο χιλια "
    "iki uc dort bes altı yedi sekiz dokuz on yuz bin hai ba bốn năm sáu bảy tám chín mười trăm "
    "दो तीन चार पाँच छह सात आठ नौ दस सौ हज़ार اثنان ثلاثة اربعة خمسة ستة سبعة ثمانية تسعة عشرة"
)
_CHINESE_NUMBER = re.compile(r"[一二三四五六七八九十百千万两]+[名个位座条米吨年月日间本只家人次]")
_AT = re.compile(
    r"(?:(?<=\s)|^)(?:in|at|near|across|outside|around|im|aus|bei|en|à|au|dans"
    r"|în|la|в|во|на|из|στο|στη|στην|στον|σε|ở|tại)\s+(?:the\s+|den\s+|dem\s+|der\s+|la\s+|el\s+|le\s+)?$",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"\b(?:in|at|on|near|under|beside|behind|by|above|below|off|from|inside|outside|between|to|im|am|an"
    r"|auf|bei|unter|neben|hinter|en|sobre|junto|bajo|cerca|à|au|aux|dans|sur|sous|près|în|la|lângă"
    r"|pe|в|во|на|у|под|возле|около|σε|στο|στη|στην|στον|στα|ở|tại|trong|gần|bên|في|على|قرب)\s+"
    r"(?P<rest>[^,.;:!?]{2,60})|[在位](?P<zh>[^，。]{2,20})|(?P<hi>\S+)\s+(?:में|पर)\b",
    re.IGNORECASE,
)
_CAUSED = re.compile(
    r"\b(?:because|due to|caused by|brought about by|owing to|cause was|weil|wegen|durch"
    r"|porque|debido|parce que|à cause|из-за|потому|επειδή|λόγω|çünkü|vì)\b|因为|由于|بسبب|के कारण",
    re.IGNORECASE,
)


def holds_value(asked: Asked, text: str) -> bool:
    """Whether a sentence holds something new of the kind that a question asks for.

    >>> from stoa.grounding.asked_words import asked_of
    >>> holds_value(asked_of("Who built the Orn mill?"), "The Orn mill was built in May.")
    False
    """
    kind = asked.kind
    if kind is QuestionKind.NUMBER:
        recurs = "frequent" in asked.matters and RECURS.search(text) is not None
        return recurs or bool(amounts(asked, text)) or _has_number_word(asked, text)
    if kind is QuestionKind.TIME:
        return bool(days(asked, text))
    if kind is QuestionKind.PERSON:
        return _holds_person(asked, text)
    if kind is QuestionKind.PLACE:
        return _holds_place(asked, text)
    if kind is QuestionKind.THING:
        return bool(_new_words(asked, _without_values(text)))
    if kind is QuestionKind.REASON:
        return _CAUSED.search(text) is not None
    return False  # manners, opinions: words in common do not tell


def amounts(asked: Asked, text: str) -> list[Quantity]:
    """Numbers that are no days and are not the question's own."""
    held = moments(text)
    own = _numbers_of(asked)
    read = quantities(text) if asked.lang == "en" else local_quantities(text, asked.lang)
    return [
        each
        for each in read
        if each.kind not in DAYS
        and each.value not in own
        and not any(m.start < each.end and each.start < m.end for m in held)
        and each.kind is not Kind.ORDINAL
        and (asked.asks_for_money or not MONEY.search(text[each.start : each.end]))
    ]


def days(asked: Asked, text: str) -> list[Moment]:
    """Days, years and hours that the question does not name itself."""
    own = {stem(word) for word in asked.wanted}
    return [
        each
        for each in moments(text)
        if not {stem(token) for token in tokens(text[each.start : each.end])} <= own
    ]


def has_value(asked: Asked, text: str) -> bool:
    """Whether a sentence holds a number or day of the kind asked for, as far as they are read."""
    if asked.kind is QuestionKind.TIME:
        return bool(days(asked, text))
    return asked.kind is QuestionKind.NUMBER and bool(amounts(asked, text))


def people(asked: Asked, text: str, *, places: bool = False) -> list[Name]:
    """Names with a word that the question lacks, by which no day is named, nor a place.

    `places` keeps those after "in" and its like.
    """
    held, common = moments(text), function_words(asked.lang)
    found: list[Name] = []
    for each in (*_opening(asked, text), *names(text), *_after_colon(text)):
        words = [token for token in tokens(each.text) if token not in common]
        new = {stem(token) for token in words} - asked.wanted.keys()
        is_kind = " " not in each.text and _AN.search(text[: each.start]) is not None
        is_day = any(m.start < each.end and each.start < m.end for m in held)
        if new and not is_day and not is_kind and (places or not _AT.search(text[: each.start])):
            found.append(each)
    return found


_AN = re.compile(r"\b(?:an?|the)\s+$", re.IGNORECASE)  # "a Roman coin" names nobody
_AFTER_COLON = re.compile(r":\s+(?P<name>[^\W\d_][\w'’-]+)(?=\s*(?:[.,;]|$))")


def _after_colon(text: str) -> list[Name]:
    """Names of one word in entries, as in "Owner: Northline"."""
    found = _AFTER_COLON.finditer(text)
    return [Name(m["name"], m.start("name"), m.end()) for m in found if m["name"][0].isupper()]


_OPENING = re.compile(
    r"^\W*(?P<name>[^\W\d_][\w'’-]+)\s+(?:(?:is|was|has|had|will|hat|wird|ist|ha|a|est|был[аи]?)\s+)?"
    r"(?P<verb>[^\W\d_]+)"
)


def _opening(asked: Asked, text: str) -> list[Name]:
    """A name of one word that opens a sentence: where what follows is what was asked about."""
    found = _OPENING.match(text)
    if found is None or not found["name"][0].isupper():
        return []
    name, verb = found["name"], found["verb"].casefold()
    is_common = name.casefold() in function_words(asked.lang)
    speaks = stem(verb) in asked.wanted or bool(matters_of(verb, asked.lang) & asked.matters)
    if is_common or not speaks or any(n.start <= found.start("name") < n.end for n in names(text)):
        return []
    return [Name(name, found.start("name"), found.end("name"))]


def _numbers_of(asked: Asked) -> frozenset[float]:
    return frozenset(float(word) for word in asked.wanted if word.isdigit())


def _has_number_word(asked: Asked, text: str) -> bool:
    """Whether digits or number words stand there that `quantities` does not read."""
    held = moments(text)
    loose = (match.start() for match in _DIGIT.finditer(text))
    if not quantities(text) and any(not any(m.start <= at < m.end for m in held) for at in loose):
        return True
    if _CHINESE_NUMBER.search(text) is not None:
        return True
    return asked.lang != "en" and any(plain(each) in _NUMBER_WORDS for each in tokens(text))


def _holds_person(asked: Asked, text: str) -> bool:
    if asked.lang not in _CAPITALS:
        return bool(_new_words(asked, _without_values(text)))
    found = people(asked, text)
    if asked.lang == "de":  # every noun has a capital: two in a row are a name
        return any(" " in each.text and not matters_of(each.text.split()[-1].casefold(), "de")
                   for each in found)  # fmt: skip
    return bool(found)


def _holds_place(asked: Asked, text: str) -> bool:
    if asked.lang in ("tr", "th", "ja", "ko"):  # endings, not words, say where
        return bool(_new_words(asked, _without_values(text)))
    for match in _PLACED.finditer(_without_values(text)):
        said = next(each for each in match.groups() if each)
        if _new_words(asked, said):
            return True
    return False


_IS = re.compile(
    r"\b(?:is|are|stands?|lies?|sits|liegt|steht|ist|está|queda|est|se trouve|este|se află"
    r"|находится|стоит|лежит|βρίσκεται|nằm)\s+(?P<rest>.+)",
    re.IGNORECASE,
)


def says_where(asked: Asked, text: str) -> bool:
    """Whether a sentence says of something that it is at a place: "stands by the weir".

    >>> from stoa.grounding.asked_words import asked_of
    >>> asked = asked_of("Where is the Mint?")
    >>> says_where(asked, "The Mint is beside the canal."), says_where(asked, "The Mint is a café.")
    (True, False)
    """
    found = _IS.search(text)
    said = None if found is None else _PLACED.match(found["rest"])
    return said is not None and bool(_new_words(asked, found["rest"] if found else ""))


def _new_words(asked: Asked, text: str) -> list[str]:
    return [word for word in content_tokens(text, asked.lang) if stem(word) not in asked.wanted]


@lru_cache(maxsize=4096)
def _without_values(text: str) -> str:
    """A sentence without its days and numbers."""
    out = list(text)
    for each in (*moments(text), *quantities(text)):
        out[each.start : each.end] = " " * (each.end - each.start)
    return "".join(out)
