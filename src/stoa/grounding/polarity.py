"""Whether a claim says as much as its evidence, and not the opposite or more.

Negations, words with an opposite, words that take in all, and the hedges that a draft may drop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from stoa.grounding.alignment import Statement, carried, nearest
from stoa.grounding.words import is_negation, stem, tokens


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEGATIONS = {
    "de": _words("nicht kein keine keinen keiner keinem keines nie niemals nichts niemand weder"),
    "es": _words("no nunca jamás nada nadie ningún ninguna ninguno tampoco ni sin"),
    "fr": _words("ne n'a pas jamais rien personne aucun aucune ni sans"),
    "pt": _words("não nunca jamais nada ninguém nenhum nenhuma nem sem"),
    "it": _words("non mai nulla niente nessuno nessuna né senza"),
    "ro": _words("nu niciodată nimic nimeni niciun nicio nici fără"),
    "nl": _words("niet geen nooit niets niemand noch zonder"),
    "el": _words("δεν δε μη μην ποτέ τίποτα κανείς καμία κανένας χωρίς ούτε"),
    "ru": _words("не нет ни никогда ничего никто без нельзя"),
    "tr": _words("değil yok hiç asla hiçbir kimse"),
    "ar": _words("لا لم لن ليس ليست غير بدون ما"),
    "hi": _words("नहीं न मत कभी कोई बिना ना"),
    "vi": _words("không chưa chẳng chả đừng"),
}
_UNSPACED_NEGATIONS = {
    "zh": ("不", "没", "沒", "未", "无", "無", "非"),
    "th": ("ไม่", "มิได้", "ไม่เคย"),
}
_REVERSING = _words(
    """fail fails failed failing refuse refused refuses deny denied denies decline declined reject
    rejected unable false untrue incorrect wrong wrongly"""
)
_OPPOSITES = (
    "open close", "opened closed", "increase decrease", "rise fall", "rose fell", "grow shrink",
    "gain lose", "won lost", "win lose", "buy sell", "bought sold", "allow forbid", "legal illegal",
    "allowed banned", "permit prohibit", "accept reject", "approve reject", "support oppose",
    "supported opposed", "arrive leave", "begin end", "began ended", "start stop", "first last",
    "before after", "above below", "more fewer", "more less", "most least", "high low",
    "higher lower", "highest lowest", "large small", "larger smaller", "largest smallest",
    "big small", "long short", "longer shorter", "longest shortest", "old new", "older newer",
    "oldest newest", "older younger", "early late", "earlier later", "earliest latest",
    "north south", "northern southern", "east west", "eastern western", "left right", "upper lower",
    "true false", "safe dangerous", "possible impossible", "guilty innocent", "alive dead",
    "public private", "full empty", "cheap expensive", "strong weak", "fast slow", "hot cold",
    "warm cold", "wet dry", "heavy light", "rich poor", "male female", "success failure",
    "succeeded failed", "pass fail", "passed failed", "passed rejected", "approved rejected",
    "include exclude", "inside outside", "maximum minimum", "improve worsen", "added removed",
    "add remove", "raised lowered", "built demolished", "present absent", "majority minority",
    "free paid", "unanimously narrowly", "upheld overturned", "constitutional unconstitutional",
    "entered left", "joined left", "hired fired", "up down", "day night", "summer winter",
    "morning evening", "deep shallow", "wide narrow", "clockwise anticlockwise", "import export",
    "imported exported", "winner loser", "ally enemy", "lawful unlawful", "valid invalid",
)  # fmt: skip
_ALL = _words("all every everyone everybody everything") | _words("always only solely must")
_ALL_TOO = _words(
    """all every everyone everybody everything always only sole solely entire entirely must whole
    full fully complete completely each both any no none"""
)
_HEDGES = _words(
    """may might could reportedly allegedly alleged perhaps possibly probably likely unlikely
    apparently supposedly rumour rumor rumours rumors suspected unconfirmed proposed proposes plans
    planned expected intends hopes hoped suggests suggested believes believed claims claimed
    seems seemed appears appeared would should estimated potentially if unless preliminary"""
)
_SPOKEN = 0.5
"""Share of a claim's words that a statement must hold to be what the claim speaks of."""


def _opposites() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for pair in _OPPOSITES:
        first, second = (stem(word) for word in pair.split())
        table.setdefault(first, set()).add(second)
        table.setdefault(second, set()).add(first)
    return {word: frozenset(others) for word, others in table.items()}


_TURNED = _opposites()


def n_negations(text: str, lang: str = "en") -> int:
    """How many words of a text turn it round.

    >>> n_negations("It was never not open"), n_negations("Es war nicht offen", "de")
    (2, 1)
    """
    code = lang.split("-")[0]
    if code in _UNSPACED_NEGATIONS:
        return sum(text.count(mark) for mark in _UNSPACED_NEGATIONS[code])
    words = tokens(text)
    if code in _NEGATIONS:
        return sum(word in _NEGATIONS[code] for word in words)
    return sum(is_negation(word) or word in _REVERSING for word in words)


def turned_words(claim: str, evidence: Sequence[Statement], lang: str = "en") -> list[str]:
    """The words by which a claim says the opposite of the statement it speaks of, if it does.

    >>> from stoa.grounding.alignment import statements
    >>> turned_words("The bridge is not open.", statements(["The bridge is open."]))
    ['not']
    >>> turned_words("The bridge is not open.", statements(["The bridge is closed."]))
    []
    """
    near, share = nearest(claim, evidence)
    if near is None or share < _SPOKEN:
        return []
    near_text = _segment(claim, near)
    theirs = {stem(word) for word in tokens(near_text)}
    ours = {stem(word): word for word in tokens(claim)}
    opposed = [
        word
        for key, word in ours.items()
        if key not in theirs and _TURNED.get(key, frozenset()) & (theirs - ours.keys())
    ]
    is_odd = (n_negations(claim, lang) - n_negations(near_text, lang)) % 2 == 1
    if is_odd and not opposed:
        return [_negation(claim, lang) or _negation(near_text, lang)]
    return opposed if opposed and not is_odd else []


_BREAK = re.compile(r"[,;:]\s+|\s(?:but|while|whereas|although|though|aber|pero|mais)\s")


def _segment(claim: str, near: Statement) -> str:
    """The part of a long statement that the claim speaks of, if one part holds most of it."""
    wanted = carried(claim)
    parts = _BREAK.split(near.text)
    best = max(parts, key=lambda part: len(wanted & carried(part)))
    held = len(wanted & carried(best))
    return best if len(parts) > 1 and held >= _SPOKEN * len(wanted) else near.text


def _negation(text: str, lang: str) -> str:
    code = lang.split("-")[0]
    if code in _UNSPACED_NEGATIONS:
        return next((mark for mark in _UNSPACED_NEGATIONS[code] if mark in text), "")
    return next((word for word in tokens(text) if n_negations(word, lang)), "")


def overstated(claim: str, evidence: Sequence[Statement]) -> list[str]:
    """The words by which an English claim says more than its evidence: "all", or a hedge left out.

    >>> from stoa.grounding.alignment import statements
    >>> overstated("The mill will close.", statements(["The mill may close."]))
    ['may']
    """
    near, share = nearest(claim, evidence)
    ours = set(tokens(claim))
    theirs = {word for each in evidence for word in tokens(each.text)}
    wide = sorted(word for word in ours & _ALL if not theirs & _ALL_TOO)
    if near is None or share < _SPOKEN:
        return wide
    held = set(tokens(near.text)) & _HEDGES
    return wide + (sorted(held) if held and not ours & _HEDGES else [])
