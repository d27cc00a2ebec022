"""Whether a sentence says a question in scripts without spaces between words: Chinese, Thai.

Words cannot be told apart there, so runs of characters are compared: what is left of the question
without its asking words and without the matters it names must stand in the sentence or its topic.
"""

from __future__ import annotations

import re
from functools import lru_cache

from stoa.grounding.asked_words import Asked
from stoa.grounding.kin import matters_in
from stoa.grounding.kin_words import KIN_WORDS
from stoa.grounding.moments import moments
from stoa.grounding.question_kinds import QuestionKind

_ASKING = {
    "zh": "是哪一年|哪一年|哪年|哪一天|哪天|什么时候|何时|几月几日|几点|是谁|由谁|谁|哪里|哪儿|哪座"
    "|哪个|哪家|什么|多少|几|多(?=[长高深宽重远大久快])|为什么|的|了|在|是|有|吗|呢|于|被|由|年(?=$)|一共|总共|共|大约|约",
    "ja": "いつ|誰|だれ|どこ|何|いくつ|いくら|は|が|を|に|の|ですか|ましたか|か",
    "th": "เมื่อไหร่|เมื่อไร|เมื่อใด|ในปีใด|ปีใด|ปีไหน|ใคร|ที่ไหน|ที่ใด|อะไร|กี่|เท่าไร|เท่าไหร่"
    "|เท่าใด|ของ|ที่|คือ|เป็น|มี|ใน|ถูก|ได้|และ|ว่า",
}
_STOPS = re.compile(r"[\W\d_]+")
_COUNTED = re.compile(r"[\d.,]*\d\s*[名个位座条米吨只家人次本公元里]?")
_NUMBER = re.compile(r"\d|[一二三四五六七八九十百千万两]+[名个位座条米吨只家人次本公间元里]")


def unspaced_level(question: str, asked: Asked, text: str, topic: str) -> int | None:
    """0 where the sentence says all, 1 with other words, 2 with its topic's help; None if not.

    >>> from stoa.grounding.asked_words import asked_of
    >>> asked = asked_of("石桥是谁修建的？")
    >>> unspaced_level("石桥是谁修建的？", asked, "石桥由陆怀安建造。", "")
    1
    """
    rest, named = _taken_apart(question, asked.lang)
    held = matters_in(text, asked.lang)
    if any(not matters & held for matters in named) or not _holds(asked, text):
        return None
    runs = [run for run in _STOPS.split(rest) if run]
    level = 1 if named else 0
    if not all(_is_made_of(run, (text,)) for run in runs):
        if not all(_is_made_of(run, (text, topic)) for run in runs):
            return None
        level = 2
        if not named and not any(_is_made_of(run, (text,)) for run in runs):
            return None
    return level if runs or named else None


def _is_made_of(run: str, texts: tuple[str, ...]) -> bool:
    """Whether a run can be cut into pieces of two characters or more that stand in the texts."""
    if len(run) == 1:
        return any(run in text for text in texts)
    reached = [True] + [False] * len(run)
    for end in range(2, len(run) + 1):
        reached[end] = any(
            reached[start] and any(run[start:end] in text for text in texts)
            for start in range(end - 1)
        )
    return reached[-1]


@lru_cache(maxsize=512)
def _taken_apart(question: str, lang: str) -> tuple[str, tuple[frozenset[str], ...]]:
    """The question without asking words and matters, and the matters of each word cut out."""
    named: list[frozenset[str]] = []
    rest = question
    asking = _ASKING.get(lang, "")
    if asking:
        rest = re.sub(asking, " ", rest)
    words = {w for line in KIN_WORDS.get(lang, "").splitlines() for w in line.split()[1:]}
    for word in sorted(words, key=len, reverse=True):
        if word in rest and not (
            len(word) == 1 and not re.search(rf"(?:^|\s){word}|{word}\s", rest)
        ):
            named.append(matters_in(word, lang))
            rest = rest.replace(word, " ")
    return rest, tuple(named)


def _holds(asked: Asked, text: str) -> bool:
    if asked.kind is QuestionKind.TIME:
        return bool(moments(text))
    if asked.kind is QuestionKind.NUMBER:
        return _NUMBER.search(text) is not None
    return asked.kind in (QuestionKind.PERSON, QuestionKind.PLACE, QuestionKind.THING)


def unspaced_value(asked: Asked, text: str) -> str:
    """The first number or day of a sentence, as it is written; "" for other kinds.

    >>> from stoa.grounding.asked_words import asked_of
    >>> unspaced_value(asked_of("石桥有多长？"), "石桥长58米。")
    '58米'
    """
    if asked.kind is QuestionKind.TIME:
        found = moments(text)
        return text[found[0].start : found[0].end] if found else ""
    if asked.kind is not QuestionKind.NUMBER:
        return ""
    number = _COUNTED.search(text)
    return number.group() if number else ""
