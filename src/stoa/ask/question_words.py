"""What kind of thing a question asks for, by its question words, in the languages Ask reads."""

from __future__ import annotations

import re
from enum import StrEnum


class Asks(StrEnum):
    """What kind of thing would answer the question; for tone and order, never for truth."""

    NUMBER = "number"
    TIME = "time"
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    MANNER = "manner"
    YES_OR_NO = "yes or no"
    THING = "thing"


_ASKS: tuple[tuple[Asks, str], ...] = (
    (
        Asks.NUMBER,
        r"\bhow (?:many|much|long|far|old|tall|high|deep|big|large|fast|heavy|often)\b|\bwhat "
        r"(?:percentage|share|number|amount|proportion)\b|\bwie ?viele?\b|\bcuánt|\bcombien\b"
        r"|\bcâ(?:ți|te|t)\b|\bсколько\b|\bπόσ|\bkaç\b|\bbao nhiêu\b|多少|几个|几|كم|कितन|เท่าไหร่"
        r"|เท่าไร|กี่",
    ),
    (
        Asks.TIME,
        r"\bwhen\b|\b(?:what|which|in what|in which) (?:year|date|day|month|century|decade)\b"
        r"|\bwann\b|\bcuándo\b|\bquand\b|\bcând\b|\bкогда\b|\bπότε\b|\bne zaman\b|\bkhi nào\b"
        r"|什么时候|何时|哪一年|متى|कब|เมื่อไหร่|เมื่อใด",
    ),
    (
        Asks.PERSON,
        r"\bwho(?:m|se)?\b|\bwe[rmn]\b|\bquién|\bqui\b|\bcine\b|\bкто\b|\bкого\b|\bποι[οό][ςν]\b|\bkim\b"
        r"|\bai\b|谁|من (?:هو|هي|الذي)|कौन|किस(?:ने|के)|ใคร",
    ),
    (
        Asks.PLACE,
        r"\bwhere\b|\bw(?:o|ohin|oher)\b|\bdónde\b|\boù\b|\bunde\b|\bгде\b|\bπού\b|\bnere(?:de|ye|den)\b"
        r"|\bở đâu\b|哪里|哪裡|哪儿|أين|कहाँ|कहां|ที่ไหน",
    ),
    (
        Asks.REASON,
        r"\bwhy\b|\bwarum\b|\bwieso\b|\bpor qué\b|\bpourquoi\b|\bde ce\b|\bпочему\b|\bγιατί\b"
        r"|\bneden\b|\bniçin\b|\btại sao\b|\bvì sao\b|为什么|為什麼|لماذا|क्यों|ทำไม",
    ),
    (
        Asks.MANNER,
        r"\bhow\b|\bwie\b|\bcómo\b|\bcomment\b|\bcum\b|\bкак\b|\bπώς\b|\bnasıl\b"
        r"|\bnhư thế nào\b|怎么|如何|كيف|कैसे|อย่างไร",
    ),
    (
        Asks.YES_OR_NO,
        r"^(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would|should)\b"
        r"|^(?:ist|sind|hat|haben|war|wird|kann)\b|^¿?(?:es|está|hay|fue)\b|\best-ce que\b|\bли\b"
        r"|吗[?？]?$|^هل\b|^क्या\b|หรือไม่",
    ),
)


def asks(text: str) -> Asks:
    """The kind of thing asked for, by the question words of the languages Ask reads.

    >>> asks("How many boats lie in the harbour?")
    <Asks.NUMBER: 'number'>
    """
    folded = text.casefold()
    for kind, pattern in _ASKS:
        if re.search(pattern, folded):
            return kind
    return Asks.THING
