"""A text as the verifier reads it: sentences of units, a unit being a word, a number or a name.

However many words a name has it is one unit, known by its last word and never stemmed, so that
nothing counted over units depends on who is named. Reading is the costly part of judging, so
what was found out of a word or a text is kept by the reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise

from stoa.grounding import opposites
from stoa.grounding.quantities import MONTHS, ORDINALS, SCALES, SMALL
from stoa.grounding.words import STOPWORDS, WORD, is_negation, listed, stem


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


_MARKED = (
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

_TOKEN = re.compile(rf"{WORD.pattern}|[.!?]+|\n+|;")
_ABBREVIATIONS = listed("mr mrs ms dr st jr sr vs prof gen col sen rep gov no inc co ltd etc")
_END, _WORD, _FUNCTION, _NUMERAL, _SCALE, _ORDINAL, _PERCENT, _MONEY, _MONTH, _DECADE = range(10)
_MOST_KEPT = 200_000


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


@dataclass(slots=True)
class Word:
    """What is known of one spelling."""

    sort: int
    key: str  # as names are compared: folded, without possessive
    stem: str
    kind: UnitKind
    marks: int
    capital: bool
    capitals: int = 0
    value: float = 0.0
    unit: Unit | None = None  # as it stands in a sentence by itself


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
    _pairs: set[tuple[str, str]] | None = None
    _runs: tuple[set[tuple[str, str]], set[tuple[str, str, str]]] | None = None

    def pairs(self) -> set[tuple[str, str]]:
        """Keys of neighbours among the content units."""
        if self._pairs is None:
            self._pairs = set(pairwise([unit.key for unit in self.units if unit.kind]))
        return self._pairs

    def runs(self) -> tuple[set[tuple[str, str]], set[tuple[str, str, str]]]:
        """Keys of all units two by two, and three by three."""
        if self._runs is None:
            keys = [unit.key for unit in self.units]
            twos = set(pairwise(keys))
            self._runs = twos, set(zip(keys, keys[1:], keys[2:], strict=False))
        return self._runs

    def beginnings(self) -> set[str]:
        """How its longer plain words begin."""
        return {
            unit.key[:5]
            for unit in self.units
            if 0 < unit.kind <= UnitKind.WORD and len(unit.key) > 4
        }


class Reader:
    """Reads texts into sentences and remembers words and texts it has read."""

    def __init__(self) -> None:
        self._words: dict[str, Word] = {}
        self._texts: dict[str, tuple[Sentence, ...]] = {}

    def read(self, text: str) -> tuple[Sentence, ...]:
        """The sentences of a text, in order; none for a text without words."""
        known = self._texts.get(text)
        if known is None:
            if len(self._texts) >= _MOST_KEPT // 4:
                self._texts.clear()
            known = self._texts[text] = self._sentences(text)
        return known

    def _sentences(self, text: str) -> tuple[Sentence, ...]:
        if "-LRB-" in text or "-RRB-" in text:
            text = text.replace("-LRB-", "(").replace("-RRB-", ")")
        known, found, words = self._words, list[Sentence](), list[tuple[str, Word]]()
        for token in _TOKEN.findall(text):
            word = known.get(token)
            if word is None:
                word = self._learn(token)
            if word.sort != _END:
                words.append((token, word))
            elif words and (len(words[-1][1].key) > 1 or words[-1][1].sort == _NUMERAL):
                if words[-1][1].key not in _ABBREVIATIONS:
                    found.append(_sentence(words, asks="?" in token))
                    words = []
        if words:
            found.append(_sentence(words, asks=False))
        return tuple(found)

    def _learn(self, token: str) -> Word:
        if len(self._words) >= _MOST_KEPT:
            self._words.clear()
        word = self._words[token] = classify(token)
        if word.sort in (_WORD, _MONTH, _FUNCTION, _ORDINAL, _DECADE):
            word.unit = Unit(word.kind, word.stem, word.marks, token, (), word.value)
        return word


def classify(token: str) -> Word:
    """What one spelling is, out of its letters alone."""
    first = token[0]
    if first in ".!?\n;":
        return Word(_END, token, token, UnitKind.FUNCTION, 0, False)
    folded = token.casefold().replace("’", "'")
    if first.isdecimal():
        return _numeral(folded)
    if first in "%°":
        return Word(_PERCENT, folded, folded, UnitKind.FUNCTION, 0, False)
    if first in "$€£¥₹":
        return Word(_MONEY, folded, folded, UnitKind.FUNCTION, 0, False)
    marks = Mark.NEGATION if is_negation(folded) else 0
    for mark, members in _MARKED:
        if folded in members:
            marks |= mark
    if folded in SMALL:
        return Word(_NUMERAL, folded, folded, UnitKind.NUMBER, marks, False, 0, SMALL[folded])
    if folded in SCALES and len(folded) > 2:
        return Word(_SCALE, folded, folded, UnitKind.NUMBER, marks, False, 0, SCALES[folded])
    if folded in ORDINALS and folded != "second":
        key = f"#{ORDINALS[folded]:g}th"
        return Word(_ORDINAL, key, key, UnitKind.NUMBER, marks, False, 0, ORDINALS[folded])
    if folded == "percent":
        return Word(_PERCENT, "%", "%", UnitKind.FUNCTION, 0, False)
    if folded in MONTHS and (first.isupper() or folded not in ("march", "mar", "dec", "may")):
        key = f"month#{MONTHS[folded]}"
        return Word(_MONTH, key, key, UnitKind.WORD, 0, False)
    key = folded[:-2] if folded.endswith("'s") else folded
    capitals = sum(letter.isupper() for letter in token)
    shape = (first.isupper(), capitals)
    if folded in STOPWORDS or key in STOPWORDS or folded in ("n't", "'s"):
        return Word(_FUNCTION, key, stem(folded), UnitKind.FUNCTION, marks, *shape)
    root = stem(folded)
    kind = UnitKind.COMMON if folded in EVERYDAY or root in EVERYDAY else UnitKind.WORD
    return Word(_WORD, key, root, kind, marks, *shape)


def _numeral(folded: str) -> Word:
    digits = re.match(r"[\d.,]+", folded)
    assert digits
    plain, ending = digits.group().replace(",", ""), folded[digits.end() :]
    try:
        value = float(plain)
    except ValueError:  # 1.2.3, or digits that float does not read
        return Word(_NUMERAL, f"#{plain}", f"#{plain}", UnitKind.NUMBER, 0, False, 0, -1.0)
    if ending == "s" and len(plain) == 4:
        key = f"#{value:g}s"
        return Word(_DECADE, key, key, UnitKind.NUMBER, 0, False, 0, value)
    if ending:
        key = f"#{value:g}th"
        return Word(_ORDINAL, key, key, UnitKind.NUMBER, 0, False, 0, value)
    key = f"#{value:.10g}"
    return Word(_NUMERAL, key, key, UnitKind.NUMBER, 0, False, 0, value)


def _sentence(words: list[tuple[str, Word]], *, asks: bool) -> Sentence:
    made = Sentence(asks=asks)
    # Capitals tell no names where everything is in capitals.
    shouted = all(token.isupper() for token, word in words if word.sort in (_WORD, _FUNCTION))
    units, places, at, n_words, marks = made.units, made.places, 0, len(words), 0
    while at < n_words:
        token, word = words[at]
        sort = word.sort
        if sort == _WORD and word.capital and not shouted:
            if at or word.capitals > 1 or _names_on(words, at):
                at = _add_name(made, words, at)
                continue
            unit = Unit(word.kind, word.stem, word.marks, token, (), 0.0, True)
        elif sort in (_NUMERAL, _SCALE):
            at = _add_number(made, words, at)
            continue
        elif word.unit is None:
            at += 1
            continue
        else:
            unit = word.unit
        place = len(units)
        units.append(unit)
        places.setdefault(unit.key, place)
        if word.key != unit.key:
            places.setdefault(word.key, place)
        marks |= word.marks
        if sort in (_ORDINAL, _DECADE):
            made.values.append(word.value)
        at += 1
    made.marks |= marks
    made.n_content = sum(1 for unit in units if unit.kind)
    return made


def _names_on(words: list[tuple[str, Word]], at: int) -> bool:
    """Whether a capitalised word that opens a sentence is followed by another one."""
    if at + 1 >= len(words):
        return False
    following = words[at + 1][1]
    return following.sort == _WORD and following.capital


def _add_name(made: Sentence, words: list[tuple[str, Word]], at: int) -> int:
    first, parts, marks = at, list[str](), 0
    while at < len(words) and words[at][1].capital and words[at][1].sort == _WORD:
        parts.append(words[at][1].key)
        marks |= words[at][1].marks
        at += 1
        if words[at - 1][0].endswith(("'s", "’s")):
            break
    text = " ".join(token for token, _ in words[first:at])
    unit = Unit(UnitKind.NAME, parts[-1], marks, text, tuple(parts))
    place = len(made.units)
    _add(made, unit, parts[-1])
    made.names.update(parts)
    for part in parts[:-1]:
        made.places.setdefault(part, place)
    for _, word in words[first:at]:  # a title-case word may be meant as a word
        made.places.setdefault(word.stem, place)
    return at


def _add_number(made: Sentence, words: list[tuple[str, Word]], at: int) -> int:
    """One number of digits or of number words: 5, two hundred and five, 2.5 million."""
    first, total, part, marks = at, 0.0, 0.0, 0
    while at < len(words):
        word = words[at][1]
        if word.sort == _NUMERAL:
            if at > first and not _adds_up(words[at - 1][1], words[at]):
                break
            part += word.value
        elif word.sort == _SCALE:
            if word.value > 100:
                total, part = total + (part or 1.0) * word.value, 0.0
            else:
                part = (part or 1.0) * word.value
        elif not (
            word.key == "and" and at > first and words[at - 1][1].sort == _SCALE
            and at + 1 < len(words) and words[at + 1][1].sort == _NUMERAL
        ):  # fmt: skip
            break
        marks |= word.marks
        at += 1
    value = total + part
    single = at == first + 1 and words[first][1].key[0] == "#"
    key = words[first][1].key if single else f"#{value:.10g}"
    text = " ".join(token for token, _ in words[first:at])
    _add(made, Unit(UnitKind.NUMBER, key, marks, text, (), value), key)
    made.values.append(value)
    return at


def _adds_up(before: Word, then: tuple[str, Word]) -> bool:
    """Whether a numeral goes on the number before it: twenty one, two hundred five."""
    if then[0][0].isdigit():
        return False
    if before.sort == _NUMERAL:
        return before.key[0] != "#" and before.value >= 20 and then[1].value < 10
    return True


def _add(made: Sentence, unit: Unit, key: str) -> None:
    place = len(made.units)
    made.units.append(unit)
    made.places.setdefault(unit.key, place)
    made.places.setdefault(key, place)
    made.marks |= unit.marks
