"""How one claim meets its evidence: which units are found where, in which order, against what.

Which units of a claim a sentence holds is kept as the bits of one integer, so that recall over
any choice of units and sentences is a count of bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from stoa.grounding.opposites import ALTERNATIVES, OPPOSITES
from stoa.grounding.units import Mark, Sentence, Unit, UnitKind

MARKED = (
    Mark.QUANTIFIER | Mark.SUPERLATIVE | Mark.COMPARATIVE | Mark.TURNING | Mark.PARTIAL
    | Mark.NEGATION
)  # fmt: skip
"""Function words that count as units of a claim all the same."""

MOST_UNITS = 256
"""Of a longer claim the first units are judged."""
MOST_SENTENCES = 400
"""Of longer evidence the first sentences are read."""

_NOTHING = Sentence()


@dataclass(slots=True)
class Meeting:
    """One claim before its evidence. Bits of the masks are places in `units`."""

    claimed: Sequence[Sentence]
    sentences: Sequence[Sentence]
    units: list[Unit] = field(default_factory=list[Unit])
    kinds: list[int] = field(default_factory=list[int])
    of_kind: list[int] = field(default_factory=lambda: [0] * 5)  # masks by kind
    held: list[int] = field(default_factory=list[int])  # mask of each sentence
    any: int = 0
    best: int = 0
    best_at: int = -1
    chosen: list[int] = field(default_factory=list[int])  # at most three sentences, best first
    two: int = 0
    three: int = 0
    second: int = 0
    pairs_any: int = 0
    pairs_best: int = 0
    whole: int = 0  # names of which all parts are found, in whichever sentences
    whole_best: int = 0  # in the best sentence
    at: list[int] = field(default_factory=list[int])  # place of each unit in the best, or -1
    opposite: int = 0
    alternative: int = 0
    swapped: int = 0
    begins: int = 0
    near: int = 0

    def __post_init__(self) -> None:
        self._take_units()
        self._find()
        self._choose()
        self._find_whole_names()
        self._neighbours()
        self._against()

    @property
    def said(self) -> Sentence:
        """The sentence that holds most of the claim."""
        return self.sentences[self.best_at] if self.best_at >= 0 else _NOTHING

    def _take_units(self) -> None:
        units = [
            unit
            for sentence in self.claimed
            for unit in sentence.units
            if unit.kind or unit.marks & MARKED
        ][:MOST_UNITS]
        self.units = units
        for bit, unit in enumerate(units):
            kind = int(unit.kind)
            if (
                unit.opens
                and kind < 3
                and any(unit.text.casefold() in s.names for s in self.sentences)
            ):
                kind = 3
            self.kinds.append(kind)
            self.of_kind[kind] |= 1 << bit

    def _find(self) -> None:
        asked = [(1 << bit, unit) for bit, unit in enumerate(self.units)]
        plain = [(bit, unit.key) for bit, unit in asked if not unit.parts[1:] and not unit.value]
        other = [(bit, unit) for bit, unit in asked if unit.parts[1:] or unit.value]
        for sentence in self.sentences:
            places, mask = sentence.places, 0
            for bit, key in plain:
                if key in places:
                    mask |= bit
            for bit, unit in other:
                if unit.parts:
                    if not places.keys().isdisjoint(unit.parts):
                        mask |= bit
                elif unit.key in places or _in_decade(unit, sentence):
                    mask |= bit
            self.held.append(mask)
            self.any |= mask

    def _add_best(self, so_far: int) -> int:
        """The mask with the sentence that adds most to it, which joins `chosen`."""
        weights = [self.weight(so_far | mask) for mask in self.held]
        at = weights.index(max(weights))
        if at not in self.chosen:
            self.chosen.append(at)
        return so_far | self.held[at]

    def _find_whole_names(self) -> None:
        best = self.said.places
        for bit, unit in enumerate(self.units):
            if not unit.parts[1:]:
                self.whole |= self.any & 1 << bit
                self.whole_best |= self.best & 1 << bit
            elif self.any >> bit & 1:
                if all(any(part in s.places for s in self.sentences) for part in unit.parts):
                    self.whole |= 1 << bit
                if all(part in best for part in unit.parts):
                    self.whole_best |= 1 << bit

    def weight(self, mask: int) -> float:
        """How much the units of a mask count: everyday words half, marked function words none."""
        return (mask & ~self.of_kind[0]).bit_count() - 0.5 * (mask & self.of_kind[1]).bit_count()

    def _choose(self) -> None:
        if not self.held:
            return
        weights = [self.weight(mask) for mask in self.held]
        top = max(weights)
        if not top:
            return
        self.best_at = weights.index(top)
        self.best = self.two = self.three = self.held[self.best_at]
        self.chosen.append(self.best_at)
        if len(weights) > 1:
            weights[self.best_at] = -1.0
            self.second = self.held[weights.index(max(weights))]
            self.two = self._add_best(self.best)
            self.three = self._add_best(self.two)

    def _neighbours(self) -> None:
        units, said = self.units, self.said
        keys = [unit.key for unit in units]
        pairs = [(2 << bit, f" {key} {then} ") for bit, (key, then) in enumerate(pairwise(keys))]
        for sentence, mask in zip(self.sentences, self.held, strict=True):
            if mask & (mask - 1):
                known = sentence.content()
                for bit, pair in pairs:
                    if pair in known:
                        self.pairs_any |= bit
                        if sentence is said:
                            self.pairs_best |= bit
        places = said.places
        for bit, unit in enumerate(units):
            place = -1
            if self.best >> bit & 1:
                place = places.get(unit.key, -1)
                if place < 0 and unit.parts:
                    place = next((places[part] for part in unit.parts if part in places), -1)
            self.at.append(place)

    def _against(self) -> None:
        said = self.said
        places, keys = said.places, {unit.key for unit in self.units}
        beginnings = said.beginnings()
        for bit, unit in enumerate(self.units):
            if self.best >> bit & 1:
                continue
            for table, name in ((OPPOSITES, "opposite"), (ALTERNATIVES, "alternative")):
                others = table.get(unit.key)
                if others and any(other in places and other not in keys for other in others):
                    setattr(self, name, getattr(self, name) | 1 << bit)
            if unit.kind in (UnitKind.WORD, UnitKind.COMMON) and len(unit.key) > 4:
                if unit.key[:5] in beginnings:
                    self.begins |= 1 << bit
            elif unit.value and any(
                abs(value - unit.value) <= 0.05 * unit.value for value in said.values
            ):
                self.near |= 1 << bit
            if self._is_swapped(bit, keys):
                self.swapped |= 1 << bit

    def _is_swapped(self, bit: int, keys: set[str]) -> bool:
        """Whether another unit of its kind stands in the best sentence where this one should."""
        left = self.at[bit - 1] if bit else -1
        right = self.at[bit + 1] if bit + 1 < len(self.at) else -1
        if left < 0 and right < 0:
            return False
        if left >= 0 and right > left:
            between = range(left + 1, min(right, left + 6))
        elif left >= 0:
            between = range(left + 1, left + 4)
        else:
            between = range(max(0, right - 3), right)
        kind, units = self.kinds[bit], self.said.units
        sort = min(kind, 2) if kind < 3 else kind
        for place in between:
            if place < len(units):
                unit = units[place]
                if unit.key not in keys and unit.kind and (
                    unit.kind == sort or (sort in (1, 2) and unit.kind in (1, 2))
                ):  # fmt: skip
                    return True
        return False


def _in_decade(unit: Unit, sentence: Sentence) -> bool:
    return unit.key.endswith("0s") and any(
        unit.value <= value <= unit.value + 9 for value in sentence.values
    )
