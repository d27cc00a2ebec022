"""Where the evidence speaks against the claim: in any sentence about it, not the best one only.

A sentence is about the claim when it holds at least half of it, or nearly as much as the best one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from stoa.grounding.meeting import Meeting, stands_instead
from stoa.grounding.opposites import MODIFIERS
from stoa.grounding.units import Mark, Sentence, UnitKind

CLASH_NAMES = (
    "turned_near", "kept_near", "negated_near", "affirmed_near", "opposite_near",
    "alternative_near", "prefix_opposite", "modifier_added", "modifier_lost", "number_clash",
    "superlative_clash", "answered_no", "answered_yes", "recall_asserted", "best_asserted",
    "denial_near", "negation_before", "turning_before", "hedge_before", "quantifier_before",
    "n_near", "clash_share", "clean_share",
)  # fmt: skip
"""The columns that `clashes` gives."""

_MOST_NEAR = 4
_NAME = int(UnitKind.NAME)
_LONG_PREFIXES = ("dis", "non")
_PREFIXES = ("un", "in", "im", "il", "ir", *_LONG_PREFIXES)


_NEGATION = int(Mark.NEGATION)


@dataclass(slots=True)
class _Claim:
    """What is asked of every sentence, worked out once."""

    keys: set[str]
    ends: tuple[str, str, str]  # first, middle and last of the claim's content keys, "" if short
    negated: bool
    marks: int
    numbers: list[tuple[str, str]]  # a number's key and the key of what it counts
    plain: list[tuple[int, str]]  # bits and keys of plain words that a prefix may turn round


def clashes(meeting: Meeting) -> list[float]:
    """The features, aligned with CLASH_NAMES."""
    near = _near(meeting)
    claim = _claim(meeting)
    row = [0.0] * len(CLASH_NAMES)
    total = meeting.total or 1.0
    for at in near:
        seen = _of_sentence(meeting, claim, at)
        row[:16] = map(max, row, seen)
        share = meeting.weights[at] / total
        # `any` would make a list of all: this is asked of every sentence.
        clash = seen[0] or seen[2] or seen[4] or seen[5] or seen[6] or seen[9] or seen[11]
        if clash or seen[15] or not seen[3]:
            row[21] = max(row[21], share)
        elif not meeting.sentences[at].asks or seen[12]:
            row[22] = max(row[22], share)
    row[7], row[8] = _modifiers(meeting, claim.keys)
    best = meeting.said
    lost = claim.marks & Mark.SUPERLATIVE and best.marks & Mark.SUPERLATIVE
    row[10] = float(bool(lost) and _lost_superlative(meeting))
    asserted, strongest = 0, 0.0
    for sentence, mask, weight in zip(
        meeting.sentences, meeting.held, meeting.weights, strict=True
    ):
        if mask and not sentence.asks:
            asserted |= mask
            strongest = max(strongest, weight)
    row[13], row[14] = meeting.weight(asserted) / total, strongest / total
    row[16] = float(_before(meeting, best, meeting.best, Mark.NEGATION) > 0) - claim.negated
    for column, mark in ((17, Mark.TURNING), (18, Mark.HEDGE), (19, Mark.QUANTIFIER)):
        found = _before(meeting, best, meeting.best, mark) > 0
        row[column] = float(found) - float(claim.marks & mark > 0)
    row[20] = float(len(near))
    return row


def _of_sentence(meeting: Meeting, claim: _Claim, at: int) -> list[float]:
    """What one sentence adds to the first sixteen columns, of which the greatest count."""
    said, held = meeting.sentences[at], meeting.held[at]
    order = _order(claim.ends, said.places) if claim.ends[0] else 0
    negated = bool(said.marks & _NEGATION) and _before(meeting, said, held, Mark.NEGATION) > 0
    answer = _answer(meeting.sentences, at)
    opposite, alternative = _opposed(meeting, held, said, claim.keys)
    return [
        float(order < 0), float(order > 0),
        float(negated and not claim.negated), float(negated == claim.negated),
        opposite, alternative,
        _prefixed(claim, held, said), 0.0, 0.0, _number_clash(claim, said), 0.0,
        float(answer < 0), float(answer > 0), 0.0, 0.0,
        _denied(meeting.sentences, at, claim.marks),
    ]  # fmt: skip


def _claim(meeting: Meeting) -> _Claim:
    units, kinds = meeting.units, meeting.kinds
    content = [unit for unit, kind in zip(units, kinds, strict=True) if kind]
    ends = ("", "", "")
    if len(content) >= 3:
        ends = (content[0].key, content[len(content) // 2].key, content[-1].key)
        verbs = [at for at, unit in enumerate(content[1:-1], 1) if unit.kind < _NAME]
        if verbs:  # what comes next after the claim's first plain word is mostly its object
            ends = (content[0].key, content[verbs[0]].key, content[verbs[0] + 1].key)
    numbers = [
        (unit.key, then.key)
        for unit, then in pairwise(units)
        if unit.kind == UnitKind.NUMBER and 0 < then.kind < _NAME
    ]
    plain = [
        (1 << bit, unit.key)
        for bit, unit in enumerate(units)
        if 0 < unit.kind < _NAME and len(unit.key) > 3
    ]
    return _Claim(
        meeting.keys | meeting.parts, ends, bool(meeting.marks & _NEGATION), meeting.marks,
        numbers, plain,
    )  # fmt: skip


def _near(meeting: Meeting) -> list[int]:
    if meeting.best_at < 0:
        return []
    least = min(max(0.5 * meeting.total, 1.0), 0.75 * meeting.weights[meeting.best_at])
    ranked = sorted(
        [(-weight, at) for at, weight in enumerate(meeting.weights) if weight >= least],
    )
    return [at for _, at in ranked[:_MOST_NEAR]]


def _order(ends: tuple[str, str, str], places: dict[str, int]) -> int:
    """1 where the claim's first word stands before its object, -1 where behind, 0 unknown."""
    first, verb, last = (places.get(key, -1) for key in ends)
    if first < 0 or last < 0 or verb < 0 or first == last:
        return 0
    if first < verb < last:
        return 1
    return -1 if last < verb < first else 0


def _before(meeting: Meeting, said: Sentence, held: int, mark: Mark) -> int:
    """How many held units have a word of this mark among the three units before them."""
    if not said.marks & mark:
        return 0
    behind: set[int] = set()
    for place, unit in enumerate(said.units):
        if unit.marks & mark:
            behind.update((place + 1, place + 2, place + 3))
    places, found = said.places, 0
    for bit, unit in enumerate(meeting.units):
        if held >> bit & 1 and not unit.marks & mark:
            found += places.get(unit.key, -1) in behind
    return found


def _opposed(meeting: Meeting, held: int, said: Sentence, keys: set[str]) -> tuple[float, float]:
    """How many missing units have an opposite there, and how many another of their kind."""
    n_opposites = n_others = 0
    for bit, opposites, others in meeting.opposed:
        if not held & bit:
            if opposites:
                n_opposites += stands_instead(opposites, said.places, keys)
            if others:
                n_others += stands_instead(others, said.places, keys)
    return float(n_opposites), float(n_others)


def _prefixed(claim: _Claim, held: int, said: Sentence) -> float:
    """Lawful against unlawful: words of the claim that stand there with or without a prefix."""
    found, places = 0, said.places
    turned = {_bare(key) for key in places if key.startswith(_PREFIXES)}
    for bit, key in claim.plain:
        if not held & bit:
            found += key in turned or (
                len(key) > 6 and key.startswith(_PREFIXES) and _bare(key) in places
            )
    return float(found)


def _bare(key: str) -> str:
    """A word without the prefix that it begins with."""
    return key[3:] if key.startswith(_LONG_PREFIXES) else key[2:]


def _number_clash(claim: _Claim, said: Sentence) -> float:
    """Whether the sentence counts the same thing otherwise."""
    for number, noun in claim.numbers:
        place = said.places.get(noun, -1)
        if place > 0 and number not in said.places:
            before = said.units[max(0, place - 2) : place]
            if any(unit.kind == UnitKind.NUMBER for unit in before):
                return 1.0
    return 0.0


def _denied(sentences: Sequence[Sentence], at: int, claim_marks: int) -> float:
    if claim_marks & Mark.DENIAL:
        return 0.0
    around = sentences[max(0, at - 1) : at + 2]
    return float(any(sentence.marks & Mark.DENIAL for sentence in around))


def _answer(sentences: Sequence[Sentence], at: int) -> int:
    """-1 where a question is answered with no, 1 with yes, 0 for anything else."""
    if not sentences[at].asks or at + 1 >= len(sentences) or not sentences[at + 1].units:
        return 0
    first = sentences[at + 1].units[0].key
    return -1 if first in ("no", "not", "false") else int(first in ("yes", "true"))


def _modifiers(meeting: Meeting, keys: set[str]) -> tuple[float, float]:
    """Vice-president for president: a word that changes a rank, beside one that was found."""
    places, added = meeting.said.places, 0
    if not places.keys().isdisjoint(MODIFIERS):
        for word in (places.keys() & MODIFIERS) - keys:
            place = places[word]
            added += place in meeting.at or place + 1 in meeting.at
    lost = len([1 for word in MODIFIERS & keys if word not in places])
    return float(added), float(lost)


def _lost_superlative(meeting: Meeting) -> bool:
    return any(
        unit.marks & Mark.SUPERLATIVE and not meeting.best >> bit & 1
        for bit, unit in enumerate(meeting.units)
    )
