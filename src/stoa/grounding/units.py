"""A text as the verifier reads it: sentences of units, a unit being a word, a number or a name.

However many words a name has it is one unit, known by its last word, so that little that is
counted over units depends on who is named. Reading is the costly part of judging,
so texts that were read are kept by the reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stoa.grounding.spellings import Mark, Sort, Unit, UnitKind, Word, classify
from stoa.grounding.words import WORD, listed

_TOKEN = re.compile(rf"{WORD.pattern}|[.!?]+|\n+|;")
_ASCII_TOKEN = re.compile(
    r"[A-Za-z][A-Za-z0-9]*(?:'[A-Za-z0-9]+)*|[.!?]+"
    r"|[0-9]+(?:[.,][0-9]+)*(?:(?:st|nd|rd|th|s)\b)?|\n+|;|[%$]",
    re.ASCII,
)
"""The same tokens of a text of ASCII alone, found in half the time."""
_ABBREVIATIONS = listed("mr mrs ms dr st jr sr vs prof gen col sen rep gov no inc co ltd etc")
_END, _WORD, _SIGN = Sort.END, Sort.WORD, Sort.SIGN
_MOST_WORDS = 200_000
_MOST_TEXTS = 20_000


@dataclass(slots=True)
class Sentence:
    """A sentence: its units, and where each key stands first (0 is the first unit).

    What only a few sentences are asked for is worked out when it is asked for.
    """

    units: list[Unit] = field(default_factory=list[Unit])
    places: dict[str, int] = field(default_factory=dict[str, int])
    values: list[float] = field(default_factory=list[float])
    names: set[str] = field(default_factory=set[str])
    marks: int = 0
    asks: bool = False
    n_content: int = 0
    _content: str = ""
    _whole: str = ""

    def content(self) -> str:
        """The keys of its content units, each between spaces: runs are found as substrings."""
        if not self._content:
            self._content = f" {' '.join([unit.key for unit in self.units if unit.kind])} "
        return self._content

    def whole(self) -> str:
        """The keys of all its units, each between spaces."""
        if not self._whole:
            self._whole = f" {' '.join([unit.key for unit in self.units])} "
        return self._whole

    def beginnings(self) -> set[str]:
        """How its longer plain words begin."""
        return {
            unit.key[:5]
            for unit in self.units
            if 0 < unit.kind <= UnitKind.WORD and len(unit.key) > 4
        }


class _Known(dict[str, Word]):
    """Spellings that were looked at; a new one is looked at when it is asked for."""

    def __missing__(self, token: str) -> Word:
        word = self[token] = classify(token)
        return word


class Reader:
    """Reads texts into sentences and remembers words and texts it has read."""

    def __init__(self) -> None:
        self._words = _Known()
        self._texts: dict[str, tuple[Sentence, ...]] = {}

    def read(self, text: str) -> tuple[Sentence, ...]:
        """The sentences of a text, in order; none for a text without words."""
        known = self._texts.get(text)
        if known is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            if len(self._words) >= _MOST_WORDS:
                self._words.clear()
            known = self._texts[text] = self._sentences(text)
        return known

    def _sentences(self, text: str) -> tuple[Sentence, ...]:
        if "RB-" in text:  # brackets as treebanks write them
            text = text.replace("-LRB-", "(").replace("-RRB-", ")")
        found, words = list[Sentence](), list[Word]()
        shouted = text.isupper()  # capitals tell no names where everything is in capitals
        tokens = (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)
        for word in map(self._words.__getitem__, tokens):
            if word.sort is not _END:
                words.append(word)
            elif words and _may_end(words[-1]):
                found.append(_sentence(words, shouted, "?" in word.text))
                words = []
        if words:
            found.append(_sentence(words, shouted, False))
        return tuple(found)


def _may_end(word: Word) -> bool:
    """Whether a full stop behind this word ends a sentence: not behind Mr or an initial."""
    long = len(word.key) > 1 or word.sort is Sort.NUMERAL
    return long and word.key not in _ABBREVIATIONS


def _sentence(words: list[Word], shouted: bool, asks: bool) -> Sentence:
    made = Sentence(asks=asks)
    units, places = made.units, made.places
    read, marks, n_content = 0, 0, 0
    for at, word in enumerate(words):
        if at < read:
            continue
        unit = word.unit
        if unit is None:
            sort = word.sort
            if sort is _WORD and not shouted and (at or word.capitals > 1 or _names_on(words)):
                read = _add_name(made, words, at)
                n_content += 1
                continue
            if sort is not _WORD:
                if sort is not _SIGN:
                    read = _add_number(made, words, at)
                    n_content += 1
                continue
            unit = Unit(word.kind, word.stem, word.marks, word.text, (), 0.0, not shouted)
        key = unit.key
        if key not in places:
            places[key] = len(units)
        if word.key not in places:
            places[word.key] = len(units)
        units.append(unit)
        if unit.marks:
            marks |= unit.marks
        if unit.kind:
            n_content += 1
            if unit.value:
                made.values.append(unit.value)
    made.marks |= marks
    made.n_content = n_content
    return made


def _names_on(words: list[Word]) -> bool:
    """Whether the capitalised word that opens a sentence is followed by another one."""
    return len(words) > 1 and words[1].sort is Sort.WORD and words[1].capital


def _add_name(made: Sentence, words: list[Word], at: int) -> int:
    first = at
    while at < len(words) and words[at].capital:
        at += 1
        if words[at - 1].possessive:
            break
    place = len(made.units)
    if at == first + 1:
        unit = words[first].as_name()
        made.names.add(words[first].key)
    else:
        unit = _name(words[first:at])
        made.names.update(unit.parts)
    made.units.append(unit)
    made.marks |= unit.marks
    for word in words[first:at]:  # by its stem too: a title-case word may be meant as a word
        made.places.setdefault(word.key, place)
        made.places.setdefault(word.stem, place)
    return at


def _name(run: list[Word]) -> Unit:
    """Known by its last stem, as the word is where it opens a sentence and may be no name."""
    marks = 0
    for word in run:
        marks |= word.marks
    parts = tuple([word.key for word in run])
    return Unit(UnitKind.NAME, run[-1].stem, marks, " ".join([word.text for word in run]), parts)


def _add_number(made: Sentence, words: list[Word], at: int) -> int:
    """One number of digits or of number words: 5, two hundred and five, 2.5 million."""
    first, total, part, marks = at, 0.0, 0.0, 0
    while at < len(words):
        word = words[at]
        if word.sort is Sort.NUMERAL:
            if at > first and not _adds_up(words[at - 1], word):
                break
            part += word.value
        elif word.sort is Sort.SCALE:
            if word.value > 100:
                total, part = total + (part or 1.0) * word.value, 0.0
            else:
                part = (part or 1.0) * word.value
        elif not (
            word.key == "and" and at > first and words[at - 1].sort is Sort.SCALE
            and at + 1 < len(words) and words[at + 1].sort is Sort.NUMERAL
        ):  # fmt: skip
            break
        marks |= word.marks
        at += 1
    value = total + part
    single = at == first + 1 and words[first].key[0] == "#"
    key = words[first].key if single else f"#{value:.10g}"
    text = " ".join([word.text for word in words[first:at]])
    made.places.setdefault(key, len(made.units))
    made.units.append(Unit(UnitKind.NUMBER, key, marks, text, (), value))
    made.values.append(value)
    made.marks |= marks
    return at


def _adds_up(before: Word, then: Word) -> bool:
    """Whether a numeral goes on the number before it: twenty one, two hundred five."""
    if then.text[0].isdigit():
        return False
    if before.sort is Sort.NUMERAL:
        return before.key[0] != "#" and before.value >= 20 and then.value < 10
    return True


__all__ = ["Mark", "Reader", "Sentence", "Unit", "UnitKind"]
