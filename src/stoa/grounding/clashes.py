"""Where the evidence speaks against the claim: in any sentence about it, not the best one only.

A sentence is about the claim when it holds at least half of it, or nearly as much as the best one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from stoa.grounding.meeting import Meeting
from stoa.grounding.opposites import ALTERNATIVES, MODIFIERS, OPPOSITES
from stoa.grounding.units import Mark, Sentence, Unit, UnitKind

CLASH_NAMES = (
    "turned_near", "kept_near", "negated_near", "affirmed_near", "opposite_near",
    "alternative_near", "prefix_opposite", "modifier_added", "modifier_lost", "number_clash",
    "superlative_clash", "answered_no", "answered_yes", "recall_asserted", "best_asserted",
    "denial_near", "negation_before", "turning_before", "hedge_before", "quantifier_before",
    "n_near", "clash_share", "clean_share",
)  # fmt: skip
"""The columns that `clashes` gives."""

_MOST_NEAR = 4
_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non")


@dataclass(slots=True)
class _Claim:
    """What is asked of every sentence, worked out once."""

    keys: frozenset[str]
    ends: tuple[str, str, str]  # first, middle and last of the claim's content keys, "" if short
    negated: bool
    marks: int
    numbers: list[tuple[str, str]]  # a number's key and the key of what it counts


def clashes(meeting: Meeting) -> list[float]:
    """The features, aligned with CLASH_NAMES."""
    claim, near = _claim(meeting), _near(meeting)
    sentences = meeting.sentences
    row = [0.0] * len(CLASH_NAMES)
    total = meeting.weight((1 << len(meeting.units)) - 1) or 1.0
    for at in near:
        seen = _by_column(meeting, claim, at)
        for column, value in seen.items():
            row[column] = max(row[column], value)
        share = meeting.weight(meeting.held[at]) / total
        against = any(seen[column] for column in (0, 2, 4, 5, 6, 9, 11, 15))
        if against or not seen[3]:
            row[21] = max(row[21], share)
        elif not sentences[at].asks or seen[12]:
            row[22] = max(row[22], share)
    row[7], row[8] = _modifiers(meeting, claim.keys)
    best = meeting.said
    lost = claim.marks & Mark.SUPERLATIVE and best.marks & Mark.SUPERLATIVE
    row[10] = float(bool(lost) and _lost_superlative(meeting))
    asserted = 0
    strongest = 0.0
    for sentence, mask in zip(sentences, meeting.held, strict=True):
        if not sentence.asks:
            asserted |= mask
            strongest = max(strongest, meeting.weight(mask))
    row[13], row[14] = meeting.weight(asserted) / total, strongest / total
    row[16] = float(_before(meeting, best, meeting.best, Mark.NEGATION) > 0) - claim.negated
    for column, mark in ((17, Mark.TURNING), (18, Mark.HEDGE), (19, Mark.QUANTIFIER)):
        found = _before(meeting, best, meeting.best, mark) > 0
        row[column] = float(found) - float(claim.marks & mark > 0)
    row[20] = float(len(near))
    return row


def _by_column(meeting: Meeting, claim: _Claim, at: int) -> dict[int, float]:
    """What one sentence adds to the columns that are a greatest value over sentences."""
    said, held = meeting.sentences[at], meeting.held[at]
    order = _order(claim.ends, said.places) if claim.ends[0] else 0
    negations = _before(meeting, said, held, Mark.NEGATION)
    answer = _answer(meeting.sentences, at)
    return {
        0: float(order < 0), 1: float(order > 0),
        2: float(negations > 0 and not claim.negated),
        3: float((negations > 0) == claim.negated),
        4: _against(meeting, held, said, OPPOSITES, claim.keys),
        5: _against(meeting, held, said, ALTERNATIVES, claim.keys),
        6: _prefixed(meeting, held, said), 9: _number_clash(claim, said),
        11: float(answer < 0), 12: float(answer > 0),
        15: _denied(meeting.sentences, at, claim.marks),
    }  # fmt: skip


def _claim(meeting: Meeting) -> _Claim:
    units = meeting.units
    content = [unit for bit, unit in enumerate(units) if meeting.kinds[bit]]
    marks = 0
    for sentence in meeting.claimed:
        marks |= sentence.marks
    ends = ("", "", "")
    if len(content) >= 3:
        ends = (content[0].key, content[len(content) // 2].key, content[-1].key)
        plain = [unit for unit in content[1:-1] if unit.kind in (UnitKind.WORD, UnitKind.COMMON)]
        if plain:
            ends = (content[0].key, plain[0].key, _other_end(content, plain[0]))
    numbers = [
        (unit.key, then.key)
        for unit, then in pairwise(units)
        if unit.kind == UnitKind.NUMBER and then.kind in (UnitKind.WORD, UnitKind.COMMON)
    ]
    keys = {unit.key for unit in units} | {part for unit in units for part in unit.parts}
    return _Claim(frozenset(keys), ends, bool(marks & Mark.NEGATION), marks, numbers)


def _other_end(content: Sequence[Unit], verb: Unit) -> str:
    """What comes next after the claim's first plain word: mostly its object."""
    at = next(n for n, unit in enumerate(content) if unit is verb)
    return content[at + 1].key


def _near(meeting: Meeting) -> list[int]:
    if meeting.best_at < 0:
        return []
    best = meeting.weight(meeting.best)
    total = meeting.weight((1 << len(meeting.units)) - 1)
    least = min(max(0.5 * total, 1.0), 0.75 * best)
    ranked = sorted(
        ((-meeting.weight(mask), at) for at, mask in enumerate(meeting.held) if mask),
    )
    return [at for weight, at in ranked[:_MOST_NEAR] if -weight >= least]


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
    marked = [place for place, unit in enumerate(said.units) if unit.marks & mark]
    found = 0
    for bit, unit in enumerate(meeting.units):
        if held >> bit & 1 and not unit.marks & mark:
            place = said.places.get(unit.key, -1)
            found += any(0 < place - other <= 3 for other in marked)
    return found


def _against(
    meeting: Meeting,
    held: int,
    said: Sentence,
    table: dict[str, frozenset[str]],
    keys: frozenset[str],
) -> float:
    found = 0
    for bit, unit in enumerate(meeting.units):
        others = None if held >> bit & 1 else table.get(unit.key)
        if others:
            found += any(other in said.places and other not in keys for other in others)
    return float(found)


def _prefixed(meeting: Meeting, held: int, said: Sentence) -> float:
    """Lawful against unlawful: words of the claim that stand there with or without a prefix."""
    found = 0
    for bit, unit in enumerate(meeting.units):
        if held >> bit & 1 or unit.kind not in (UnitKind.WORD, UnitKind.COMMON):
            continue
        key = unit.key
        if len(key) > 3 and any(prefix + key in said.places for prefix in _PREFIXES):
            found += 1
        elif len(key) > 6:
            found += any(
                key.startswith(prefix) and key[len(prefix) :] in said.places for prefix in _PREFIXES
            )
    return float(found)


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


def _modifiers(meeting: Meeting, keys: frozenset[str]) -> tuple[float, float]:
    """Vice-president for president: a word that changes a rank, beside one that was found."""
    places = meeting.said.places
    found = {place for place in meeting.at if place >= 0}
    added = sum(
        place in found or place + 1 in found
        for word in MODIFIERS & places.keys() - keys
        for place in (places[word],)
    )
    lost = sum(1 for word in MODIFIERS & keys if word not in places)
    return float(added), float(lost)


def _lost_superlative(meeting: Meeting) -> bool:
    return any(
        unit.marks & Mark.SUPERLATIVE and not meeting.best >> bit & 1
        for bit, unit in enumerate(meeting.units)
    )
