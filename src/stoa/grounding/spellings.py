"""What one spelling is, out of its letters alone: a word, a number, the end of a sentence.

A spelling is looked at once and remembered, so that reading a text is mostly looking up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from stoa.grounding import opposites
from stoa.grounding.quantities import MONTHS, ORDINALS, SCALES, SMALL
from stoa.grounding.words import STOPWORDS, is_negation, listed, stem


class UnitKind(IntEnum):
    """What a unit is."""

    FUNCTION = 0  # the, of, was
    COMMON = 1  # an everyday content word
    WORD = 2  # any other content word
    NAME = 3
    NUMBER = 4


class Mark(IntEnum):
    """Bits that a word carries whatever else it is."""

    NEGATION = 1
    TURNING = 2
    HEDGE = 4
    DENIAL = 8
    QUANTIFIER = 16
    PARTIAL = 32
    SUPERLATIVE = 64
    COMPARATIVE = 128
    FIRST_PERSON = 256
    SECOND_PERSON = 512
    CHAT = 1024
    BY = 2048
    APPROXIMATE = 4096


class Sort(IntEnum):
    """What a spelling does in a sentence."""

    END = 0
    WORD = 1
    FUNCTION = 2
    NUMERAL = 3
    SCALE = 4  # hundred, million
    ORDINAL = 5
    SIGN = 6  # a percent or currency sign: no unit of its own
    MONTH = 7
    DECADE = 8


_MARK_LISTS = (
    (Mark.TURNING, opposites.TURNING),
    (Mark.HEDGE, opposites.HEDGES),
    (Mark.DENIAL, opposites.DENIALS),
    (Mark.QUANTIFIER, opposites.QUANTIFIERS),
    (Mark.PARTIAL, opposites.PARTIAL),
    (Mark.SUPERLATIVE, opposites.SUPERLATIVES),
    (Mark.COMPARATIVE, opposites.COMPARATIVES),
    (Mark.FIRST_PERSON, opposites.FIRST_PERSON),
    (Mark.SECOND_PERSON, opposites.SECOND_PERSON),
    (Mark.CHAT, opposites.CHAT),
    (Mark.BY, listed("by")),
    (Mark.APPROXIMATE, listed("about around approximately nearly almost over roughly some least")),
)
_MARKS: dict[str, int] = {}
for _mark, _members in _MARK_LISTS:
    for _word in _members:
        _MARKS[_word] = _MARKS.get(_word, 0) | _mark
EVERYDAY = listed(
    """also become call come day do first get give go good great group have hold include know large
    last late lead life like live long look make man many member more most name new number old one
    open part people person place play put right run say see several show small start state still
    take tell thing think time try two use way well widely woman work world year kind type various
    different form example often generally usually called known based main major early high side
    home area country city found follow turn bring set move area result cause help need want feel
    seem change become begin end big little own another around back end point case fact"""
)
"""Words so common that finding them says little."""


@dataclass(slots=True)
class Unit:
    """One unit of a text; `parts` are a name's words."""

    kind: UnitKind
    key: str
    marks: int
    text: str
    parts: tuple[str, ...] = ()
    value: float = 0.0
    opens: bool = False  # a capitalised word that opens its sentence: perhaps a name
    others: tuple[str, ...] = ()  # more keys that it is found by: as it is spelled, a name's words


@dataclass(slots=True)
class Word:
    """What is known of one spelling."""

    text: str
    sort: Sort
    key: str  # as names are compared: folded, without possessive
    stem: str
    kind: UnitKind
    marks: int = 0
    capital: bool = False  # a word that may be a name
    capitals: int = 0
    value: float = 0.0
    unit: Unit | None = None  # what it adds to a sentence wherever it stands, if that is one thing
    possessive: bool = False  # of capitalised words: a name ends with it
    digits: Unit | None = None  # a number of digits, unless a scale follows it
    _name: Unit | None = None
    _opening: Unit | None = None

    def as_name(self) -> Unit:
        """The word as a name by itself."""
        if self._name is None:
            others = (self.key, self.stem)  # by its stem too: it may be meant as a word
            self._name = Unit(
                UnitKind.NAME, self.stem, self.marks, self.text, (self.key,), others=others
            )
        return self._name

    def opening(self, shouted: bool) -> Unit:
        """The capitalised word where capitals tell no name: first of a sentence, or in capitals."""
        if self._opening is None or self._opening.opens is shouted:
            self._opening = self._plain(not shouted)
        return self._opening

    def _plain(self, opens: bool = False) -> Unit:
        others = (self.key,) if self.key != self.stem else ()
        return Unit(self.kind, self.stem, self.marks, self.text, (), self.value, opens, others)

    def settle(self) -> None:
        """Works out what it adds to a sentence, where that does not depend on its neighbours."""
        if self.sort in _ALONE or (self.sort is Sort.WORD and not self.capital):
            self.unit = self._plain()
        elif self.sort is Sort.NUMERAL and self.key[0] == "#":
            self.digits = self._plain()


_ALONE = (Sort.FUNCTION, Sort.ORDINAL, Sort.MONTH, Sort.DECADE)


def classify(token: str) -> Word:
    """What a token is; `unit` is set where it does not depend on its neighbours."""
    word = _classified(token)
    word.settle()
    return word


def _classified(token: str) -> Word:
    first = token[0]
    if first in ".!?\n;":
        return Word(token, Sort.END, token, token, UnitKind.FUNCTION)
    folded = token.casefold().replace("’", "'")
    if first.isdecimal():
        return _numeral(token, folded)
    if first in "%°$€£¥₹" or folded == "percent":
        return Word(token, Sort.SIGN, folded, folded, UnitKind.FUNCTION)
    if folded in _COUNTING:
        return _counting_word(token, folded)
    if folded in MONTHS and (first.isupper() or folded not in ("march", "mar", "dec", "may")):
        key = f"month#{MONTHS[folded]}"
        return Word(token, Sort.MONTH, key, key, UnitKind.WORD)
    return _plain_word(token, folded)


_COUNTING = SMALL.keys() | {word for word in SCALES if len(word) > 2} | ORDINALS.keys() - {"second"}


def _counting_word(token: str, folded: str) -> Word:
    marks = _MARKS.get(folded, 0)
    if folded in ORDINALS:
        key, value = f"#{ORDINALS[folded]:g}th", ORDINALS[folded]
        return Word(token, Sort.ORDINAL, key, key, UnitKind.NUMBER, marks, value=value)
    sort = Sort.NUMERAL if folded in SMALL else Sort.SCALE
    value = SMALL[folded] if folded in SMALL else SCALES[folded]
    return Word(token, sort, folded, folded, UnitKind.NUMBER, marks, value=value)


def _plain_word(token: str, folded: str) -> Word:
    marks = _MARKS.get(folded, 0) | (Mark.NEGATION if is_negation(folded) else 0)
    key = folded[:-2] if folded.endswith("'s") else folded
    root = stem(folded)
    if folded in STOPWORDS or key in STOPWORDS or folded in ("n't", "'s"):
        return Word(token, Sort.FUNCTION, key, root, UnitKind.FUNCTION, marks)
    kind = UnitKind.COMMON if folded in EVERYDAY or root in EVERYDAY else UnitKind.WORD
    word = Word(token, Sort.WORD, key, root, kind, marks)
    if token != folded:
        word.capital = token[0].isupper()
        word.capitals = sum(map(str.isupper, token))
        word.possessive = token[-2:] in ("'s", "’s")
    return word


def _numeral(token: str, folded: str) -> Word:
    digits = re.match(r"[\d.,]+", folded)
    assert digits
    plain, ending = digits.group().replace(",", ""), folded[digits.end() :]
    try:
        value = float(plain)
    except ValueError:  # 1.2.3, or digits that float does not read
        return Word(token, Sort.NUMERAL, f"#{plain}", f"#{plain}", UnitKind.NUMBER, value=-1.0)
    if ending == "s" and len(plain) == 4:
        key = f"#{value:g}s"
        return Word(token, Sort.DECADE, key, key, UnitKind.NUMBER, value=value)
    if ending:
        key = f"#{value:g}th"
        return Word(token, Sort.ORDINAL, key, key, UnitKind.NUMBER, value=value)
    key = f"#{value:.10g}"
    return Word(token, Sort.NUMERAL, key, key, UnitKind.NUMBER, value=value)
