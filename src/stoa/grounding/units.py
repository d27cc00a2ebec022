"""A text as the verifier reads it: sentences of units, a unit being a word, a number or a name.

However many words a name has it is one unit, known by its last word, so that little that is
counted over units depends on who is named. Reading is the costly part of judging,
so texts that were read are kept by the reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
_NUMERAL, _SCALE = Sort.NUMERAL, Sort.SCALE
_MOST_WORDS = 200_000
_MOST_CHARACTERS = 4_000_000  # of texts that are kept: some 20 bytes each
_FEWEST = 100  # a text counts as so many at least


@dataclass(slots=True)
class Sentence:
    """A sentence: its units, and where each key stands first (0 is the first unit).

    What only a few sentences are asked for is worked out when it is asked for.
    """

    units: list[Unit]
    places: dict[str, int]
    names: set[str]
    marks: int = 0
    asks: bool = False
    n_content: int = 0
    _content: str = ""
    _whole: str = ""

    @classmethod
    def empty(cls) -> Sentence:
        """One that says nothing."""
        return cls([], {}, set())

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

    def values(self) -> list[float]:
        """What its numbers are worth."""
        return [unit.value for unit in self.units if unit.value or unit.key == "#0"]

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
        self._n_characters = 0

    def read(self, text: str) -> tuple[Sentence, ...]:
        """The sentences of a text, in order; none for a text without words."""
        known = self._texts.get(text)
        if known is None:
            self._n_characters += max(len(text), _FEWEST)
            if self._n_characters > _MOST_CHARACTERS:
                self._texts.clear()
                self._n_characters = max(len(text), _FEWEST)
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
    made = Sentence([], {}, set(), 0, asks)
    units, read = made.units, 0
    # Most words are the same unit wherever they stand: what lies between others is taken at once.
    alone = [word.unit for word in words]
    for at in [at for at, unit in enumerate(alone) if unit is None]:
        if at < read:
            continue
        units += alone[read:at]  # pyright: ignore[reportOperatorIssue]  (none of them is None)
        word = words[at]
        read = at + 1
        if word.sort is _WORD:
            if not shouted and (at or word.capitals > 1 or _names_on(words)):
                read = _add_name(made, words, at)
            else:
                units.append(word.opening(shouted))
        elif word.digits and not (read < len(words) and words[read].sort is _SCALE):
            units.append(word.digits)
        elif word.sort is not _SIGN:
            read = _add_number(made, words, at)
    units += alone[read:]  # pyright: ignore[reportOperatorIssue]
    _take_places(made)
    return made


def _take_places(made: Sentence) -> None:
    """Where each key stands first, and what the units are together."""
    places, marks, n_content = made.places, 0, 0
    for place, unit in enumerate(made.units):
        if unit.key not in places:
            places[unit.key] = place
        if unit.others:
            for key in unit.others:
                if key not in places:
                    places[key] = place
        if unit.marks:
            marks |= unit.marks
        if unit.kind:
            n_content += 1
    made.marks, made.n_content = marks, n_content


def _names_on(words: list[Word]) -> bool:
    """Whether the capitalised word that opens a sentence is followed by another one."""
    return len(words) > 1 and words[1].sort is _WORD and words[1].capital


def _add_name(made: Sentence, words: list[Word], at: int) -> int:
    first = at
    while at < len(words) and words[at].capital:
        at += 1
        if words[at - 1].possessive:
            break
    unit = words[first].as_name() if at == first + 1 else _name(words[first:at])
    made.units.append(unit)
    made.names.update(unit.parts)
    return at


def _name(run: list[Word]) -> Unit:
    """Known by its last stem, as the word is where it opens a sentence and may be no name."""
    marks = 0
    for word in run:
        marks |= word.marks
    parts, text = tuple([word.key for word in run]), " ".join([word.text for word in run])
    # By their stems too: title-case words may be meant as words.
    others = parts + tuple([word.stem for word in run])
    return Unit(UnitKind.NAME, run[-1].stem, marks, text, parts, others=others)


def _add_number(made: Sentence, words: list[Word], at: int) -> int:
    """One number of digits or of number words: 5, two hundred and five, 2.5 million."""
    first, total, part, marks = at, 0.0, 0.0, 0
    n_words = len(words)
    while at < n_words:
        word = words[at]
        if word.sort is _NUMERAL:
            if at > first and not _adds_up(words[at - 1], word):
                break
            part += word.value
        elif word.sort is _SCALE:
            if word.value > 100:
                total, part = total + (part or 1.0) * word.value, 0.0
            else:
                part = (part or 1.0) * word.value
        elif not (
            word.key == "and" and at > first and words[at - 1].sort is _SCALE
            and at + 1 < n_words and words[at + 1].sort is _NUMERAL
        ):  # fmt: skip
            break
        marks |= word.marks
        at += 1
    value = total + part
    single = at == first + 1 and words[first].key[0] == "#"
    key = words[first].key if single else f"#{value:.10g}"
    text = " ".join([word.text for word in words[first:at]])
    made.units.append(Unit(UnitKind.NUMBER, key, marks, text, (), value))
    return at


def _adds_up(before: Word, then: Word) -> bool:
    """Whether a numeral goes on the number before it: twenty one, two hundred five."""
    if then.text[0].isdigit():
        return False
    if before.sort is Sort.NUMERAL:
        return before.key[0] != "#" and before.value >= 20 and then.value < 10
    return True


__all__ = ["Mark", "Reader", "Sentence", "Unit", "UnitKind"]
