"""How one claim meets its evidence: which units are found where, in which order, against what.

Which units of a claim a sentence holds is kept as the bits of one integer, so that recall over
any choice of units and sentences is a count of bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
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

_NOTHING = Sentence.empty()
_NAME = int(UnitKind.NAME)
_OPPOSED = OPPOSITES.keys() | ALTERNATIVES.keys()


class Meeting:
    """One claim before its evidence. Bits of the masks are places in `units`."""

    __slots__ = (
        "_common", "_keyed", "_telling", "alternative", "any", "at", "begins", "best", "best_at",
        "chosen", "claimed", "held", "keys", "kinds", "marks", "near", "of_kind", "opposed",
        "opposite", "pairs_any", "pairs_best", "parts", "second", "sentences", "swapped", "three",
        "total", "two", "units", "weights", "whole", "whole_best",
    )  # fmt: skip

    def __init__(self, claimed: Sequence[Sentence], sentences: Sequence[Sentence]) -> None:
        self.claimed, self.sentences = claimed, sentences
        self.any = self.best = self.two = self.three = self.second = 0
        self.best_at = -1
        self.chosen: list[int] = []  # at most three sentences, best first
        self.pairs_any = self.pairs_best = 0
        self.whole = self.whole_best = 0  # names found whole in any sentences, in the best one
        self.opposite = self.alternative = self.swapped = self.begins = self.near = 0
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
        self.keys = {unit.key for unit in units}
        self.parts = {part for unit in units for part in unit.parts}
        self.marks = 0
        for sentence in self.claimed:
            self.marks |= sentence.marks
        self.kinds = [int(unit.kind) for unit in units]
        self.of_kind = [0] * 5  # masks by kind
        for bit, unit in enumerate(units):
            if unit.opens and self.kinds[bit] < 3:
                folded = unit.text.casefold()
                if any([folded in sentence.names for sentence in self.sentences]):
                    self.kinds[bit] = 3
            self.of_kind[self.kinds[bit]] |= 1 << bit
        self._telling, self._common = ~self.of_kind[0], self.of_kind[1]
        self.total = self.weight((1 << len(units)) - 1)
        # Units that have opposites or others of their kind: few.
        self.opposed = [
            (1 << bit, OPPOSITES.get(unit.key), ALTERNATIVES.get(unit.key))
            for bit, unit in enumerate(units)
            if unit.key in _OPPOSED
        ]

    def _find(self) -> None:
        self.held: list[int] = []  # mask of each sentence
        self._keyed: list[int] = []  # the same by keys alone
        plain = [(1 << bit, unit.key) for bit, unit in enumerate(self.units)]
        other = [
            (1 << bit, self.units[bit])
            for bit, kind in enumerate(self.kinds)
            if kind >= _NAME and _has_other_ways(self.units[bit])
        ]
        several = [bit for bit, unit in other if unit.parts]
        not_by_key = ~sum(several)
        for sentence in self.sentences:
            places, keyed = sentence.places, 0
            for bit, key in plain:
                if key in places:
                    keyed |= bit
            mask = keyed
            if other:
                mask &= not_by_key
                for bit, unit in other:
                    if unit.parts:
                        if not places.keys().isdisjoint(unit.parts):
                            mask |= bit
                    elif unit.value and _in_decade(unit, sentence):
                        mask |= bit
            self._keyed.append(keyed)
            self.held.append(mask)
            self.any |= mask

    def _find_whole_names(self) -> None:
        self.whole, self.whole_best = self.any, self.best
        if not self.parts:
            return
        several = [(1 << bit, unit) for bit, unit in enumerate(self.units) if unit.parts[1:]]
        best = self.said.places
        for bit, unit in several:
            self.whole &= ~bit
            self.whole_best &= ~bit
            if self.any & bit:
                if all(any(part in s.places for s in self.sentences) for part in unit.parts):
                    self.whole |= bit
                if all(part in best for part in unit.parts):
                    self.whole_best |= bit

    def weight(self, mask: int) -> float:
        """How much the units of a mask count: everyday words half, marked function words none."""
        return (mask & self._telling).bit_count() - 0.5 * (mask & self._common).bit_count()

    def _choose(self) -> None:
        self.weights = [self.weight(mask) if mask else 0.0 for mask in self.held]
        top = max(self.weights, default=0.0)
        if not top:
            return
        self.best_at = self.weights.index(top)
        self.best = self.two = self.three = self.held[self.best_at]
        self.chosen.append(self.best_at)
        if len(self.weights) > 1:
            rest = self.weights.copy()
            rest[self.best_at] = -1.0
            self.second = self.held[rest.index(max(rest))]
            self.two = self._add_best(self.best)
            self.three = self._add_best(self.two)

    def _add_best(self, so_far: int) -> int:
        """The mask with the sentence that adds most to it, which joins `chosen`."""
        most, at, new = 0.0, 0, ~so_far
        for place, mask in enumerate(self.held):
            if mask & new:
                adds = self.weight(mask & new)
                if adds > most:
                    most, at = adds, place
        if at not in self.chosen:
            self.chosen.append(at)
        return so_far | self.held[at]

    def _neighbours(self) -> None:
        units, best_at = self.units, self.best_at
        pairs = [f" {one.key} {then.key} " for one, then in pairwise(units)]
        for at, keyed in enumerate(self._keyed):
            both = keyed & (keyed >> 1)  # a unit and the next one
            if not both or not self.held[at] & (self.held[at] - 1):
                continue
            known = self.sentences[at].content()
            while both:
                bit = both & -both
                both ^= bit
                if pairs[bit.bit_length() - 1] in known:
                    self.pairs_any |= bit << 1
                    if at == best_at:
                        self.pairs_best |= bit << 1
        self.at = [-1] * len(units)  # place of each unit in the best sentence
        places, best = self.said.places, self.best
        for bit, unit in enumerate(units):
            if best >> bit & 1:
                place = places.get(unit.key, -1)
                if place < 0 and unit.parts:
                    place = next((places[part] for part in unit.parts if part in places), -1)
                self.at[bit] = place

    def _against(self) -> None:
        """Finds what stands in the best sentence instead of what is missing from it."""
        said, best, keys = self.said, self.best, self.keys
        for bit, opposites, others in self.opposed:
            if best & bit:
                continue
            if opposites and stands_instead(opposites, said.places, keys):
                self.opposite |= bit
            if others and stands_instead(others, said.places, keys):
                self.alternative |= bit
        missing = [(bit, unit) for bit, unit in enumerate(self.units) if not best >> bit & 1]
        beginnings = said.beginnings() if missing else frozenset[str]()
        for bit, unit in missing:
            if 0 < unit.kind < _NAME and len(unit.key) > 4:
                self.begins |= (unit.key[:5] in beginnings) << bit
            elif unit.value:
                self.near |= _has_near(said, unit.value) << bit
            self.swapped |= self._is_swapped(bit, keys) << bit

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


def stands_instead(others: frozenset[str], places: Mapping[str, int], keys: Set[str]) -> bool:
    """Whether one of these words stands in a sentence, and not in the claim as well."""
    if places.keys().isdisjoint(others):
        return False
    return any(other in places and other not in keys for other in others)


def _has_near(said: Sentence, value: float) -> bool:
    return any(abs(other - value) <= 0.05 * value for other in said.values())


def _has_other_ways(unit: Unit) -> bool:
    """Whether it may be found by more than its key: a name by each word, a decade by a year."""
    return bool(unit.parts[1:] or (unit.value and unit.key.endswith("0s")))


def _in_decade(unit: Unit, sentence: Sentence) -> bool:
    return unit.key.endswith("0s") and any(
        unit.value <= value <= unit.value + 9 for value in sentence.values()
    )
