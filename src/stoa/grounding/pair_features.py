"""Numbers that describe how a claim and its evidence meet: a row a pair, a row a claim's unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.clashes import CLASH_NAMES, clashes
from stoa.grounding.meeting import MOST_SENTENCES, Meeting
from stoa.grounding.units import Mark, Reader, Unit, UnitKind

_MOST_WORDS = 5
_KINDS = ("common", "word", "name", "number")
PAIR_NAMES = (
    "units", "evidence_units", "sentences", "one_sentence", "claim_sentences",
    *(f"n_{kind}" for kind in _KINDS), *(f"has_{kind}" for kind in _KINDS),
    *(f"missing_any_{kind}" for kind in _KINDS), *(f"missing_best_{kind}" for kind in _KINDS),
    *(f"count_missing_any_{kind}" for kind in _KINDS),
    *(f"count_missing_best_{kind}" for kind in _KINDS),
    "recall_any", "recall_best", "recall_two", "recall_three", "recall_second",
    "all_any", "all_best", "one_missing_best", "two_missing_best", "names_whole",
    "names_whole_best", "names_broken", "names_broken_best",
    "begins_share", "pair_recall_any", "pair_recall_best", "run_share", "run_length",
    "in_order", "swaps", "density", "precision_best", "best_length", "first_missing",
    "last_missing", "best_place",
    "name_swapped", "number_swapped", "number_near", "number_other", "names_other",
    "opposite", "alternative",
    "negation_claim", "negation_evidence", "negation_inside", "negation_odd",
    "turning_claim", "turning_evidence", "hedge_claim", "hedge_evidence", "denial_claim",
    "denial_evidence", "denial_any", "quantifier_claim", "quantifier_missing",
    "partial_evidence", "superlative_claim", "superlative_missing", "comparative_claim",
    "comparative_missing", "first_person", "second_person", "chat", "asks", "evidence_asks",
    "best_asks", "names_turned", "by_claim", "best_name_lead",
    "parts_missing_any", "parts_missing_best", "runs2_three", "runs2_best", "runs3_three",
    "runs3_best", "keys_missing_three", "keys_missing_best", "numbers_missing_alone",
    *CLASH_NAMES,
)  # fmt: skip
"""The columns of a pair's row."""


@dataclass(frozen=True, slots=True)
class PairRows:
    """Features of a batch of pairs, n x len(PAIR_NAMES), and per pair the words to tell of."""

    rows: NDArray[np.float64]
    found: list[tuple[str, ...]]  # names, numbers and words of the claim in the best sentence
    missing: list[tuple[str, ...]]  # in no sentence at all
    against: list[tuple[str, ...]]  # something else stands in their place


def pair_rows(reader: Reader, claims: Sequence[str], evidence: Sequence[Sequence[str]]) -> PairRows:
    """Features of each claim against all its evidence together."""
    rows: list[list[float]] = []
    told: tuple[list[tuple[str, ...]], ...] = ([], [], [])
    for claim, said in zip(claims, evidence, strict=True):
        sentences = [each for text in said for each in reader.read(text)][:MOST_SENTENCES]
        meeting = Meeting(reader.read(claim), sentences)
        rows.append(_row(meeting))
        against = meeting.opposite | meeting.alternative | meeting.swapped | meeting.near
        for words, mask in zip(
            told, (meeting.best, ~meeting.any, against & ~meeting.any), strict=True
        ):
            words.append(_words(meeting, mask))
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(PAIR_NAMES))
    return PairRows(table, *told)


def _words(meeting: Meeting, mask: int) -> tuple[str, ...]:
    """The most telling units of a mask, names and numbers first, as they stand in the claim."""
    order = (4, 3, 2, 1, 0)
    chosen = [
        (order.index(kind), bit)
        for bit, kind in enumerate(meeting.kinds)
        if mask >> bit & 1 and kind
    ]
    return tuple(meeting.units[bit].text for _, bit in sorted(chosen)[:_MOST_WORDS])


def _row(meeting: Meeting) -> list[float]:
    return [
        *_counts(meeting), *_shape(meeting), *_speech(meeting), *_roles(meeting),
        *_literal(meeting), *clashes(meeting),
    ]  # fmt: skip


def _counts(meeting: Meeting) -> list[float]:
    """Lengths, and how much of each kind of unit is found."""
    common, word, name, number = meeting.of_kind[1:]
    masks = (common, word, name, number)
    n_of = [mask.bit_count() for mask in masks]
    missing_any = [(mask & ~meeting.any).bit_count() for mask in masks]
    missing_best = [(mask & ~meeting.best).bit_count() for mask in masks]
    n_units, n_said = sum(n_of), sum(s.n_content for s in meeting.sentences)
    total = meeting.weight((1 << len(meeting.units)) - 1) or 1.0
    lost = sum(missing_best)
    return [
        math.log1p(n_units), math.log1p(n_said), math.log1p(len(meeting.sentences)),
        float(len(meeting.sentences) <= 1), float(len(meeting.claimed)),
        *(math.log1p(n) for n in n_of), *(float(n > 0) for n in n_of),
        *(n / (m or 1) for n, m in zip(missing_any, n_of, strict=True)),
        *(n / (m or 1) for n, m in zip(missing_best, n_of, strict=True)),
        *(math.log1p(n) for n in missing_any), *(math.log1p(n) for n in missing_best),
        meeting.weight(meeting.any) / total, meeting.weight(meeting.best) / total,
        meeting.weight(meeting.two) / total, meeting.weight(meeting.three) / total,
        meeting.weight(meeting.second) / total,
        float(not sum(missing_any)), float(not lost), float(lost == 1), float(lost == 2),
        (meeting.whole & name).bit_count() / (n_of[2] or 1),
        (meeting.whole_best & name).bit_count() / (n_of[2] or 1),
        float((name & ~meeting.whole).bit_count()),
        float((name & ~meeting.whole_best).bit_count()),
    ]  # fmt: skip


def _shape(meeting: Meeting) -> list[float]:
    """Runs, order and density of what the best sentence holds; what stands in its stead."""
    n_units, said = len(meeting.units) or 1, meeting.said
    lost = ~meeting.best
    missing = (~meeting.any & ((1 << len(meeting.units)) - 1)).bit_count() or 1
    run = _longest_run(meeting.pairs_best)
    found = [place for place in meeting.at if place >= 0]
    n_steps = max(len(found) - 1, 1)
    steps = [then - place for place, then in pairwise(found)]
    width = max(found) - min(found) + 1 if found else 1
    of_kind, swapped = meeting.of_kind, meeting.swapped
    claim_values = {unit.value for unit in meeting.units if unit.value}
    other_number = any(value not in claim_values for value in said.values)
    claim_names = {part for unit in meeting.units for part in unit.parts}
    other_name = any(
        unit.kind == UnitKind.NAME and not claim_names.intersection(unit.parts)
        for unit in said.units
    )
    return [
        meeting.begins.bit_count() / missing,
        meeting.pairs_any.bit_count() / n_units, meeting.pairs_best.bit_count() / n_units,
        run / n_units, math.log1p(run),
        sum(0 < step <= 3 for step in steps) / n_steps, sum(step < 0 for step in steps) / n_steps,
        len(found) / width, len(set(found)) / (said.n_content or 1), math.log1p(said.n_content),
        float(lost & 1), float(lost >> (n_units - 1) & 1),
        meeting.best_at / (len(meeting.sentences) or 1),
        float((swapped & of_kind[3]).bit_count()), float((swapped & of_kind[4]).bit_count()),
        float(meeting.near.bit_count()),
        float(other_number and of_kind[4] & lost > 0), float(other_name and of_kind[3] & lost > 0),
        float(meeting.opposite.bit_count()), float(meeting.alternative.bit_count()),
    ]  # fmt: skip


def _longest_run(mask: int) -> int:
    run = 0
    while mask:
        mask &= mask << 1
        run += 1
    return run


def _speech(meeting: Meeting) -> list[float]:
    """Negation, doubt, quantity words and tone, in the claim and in the best sentence."""
    said = meeting.said
    claim = 0
    for sentence in meeting.claimed:
        claim |= sentence.marks
    found = [place for place in meeting.at if place >= 0]
    inside = negations_in(said.units[max(0, min(found) - 2) : max(found) + 2]) if found else 0
    negated = sum(unit.marks & 1 for sentence in meeting.claimed for unit in sentence.units)
    any_said = 0
    for sentence in meeting.sentences:
        any_said |= sentence.marks
    lost = [unit.marks for bit, unit in enumerate(meeting.units) if not meeting.best >> bit & 1]
    lost_marks = 0
    for marks in lost:
        lost_marks |= marks

    def has(marks: int, mark: Mark) -> float:
        return float(marks & mark > 0)

    best = said.marks
    return [
        float(negated), has(best, Mark.NEGATION), float(inside), float((negated + inside) % 2),
        has(claim, Mark.TURNING), has(best & ~claim, Mark.TURNING), has(claim, Mark.HEDGE),
        has(best & ~claim, Mark.HEDGE), has(claim, Mark.DENIAL), has(best & ~claim, Mark.DENIAL),
        has(any_said & ~claim, Mark.DENIAL), has(claim, Mark.QUANTIFIER),
        has(lost_marks, Mark.QUANTIFIER), has(best & ~claim, Mark.PARTIAL),
        has(claim, Mark.SUPERLATIVE), has(lost_marks, Mark.SUPERLATIVE),
        has(claim, Mark.COMPARATIVE), has(lost_marks, Mark.COMPARATIVE),
        has(claim, Mark.FIRST_PERSON), has(claim, Mark.SECOND_PERSON), has(claim, Mark.CHAT),
        float(any(s.asks for s in meeting.claimed)),
        sum(s.asks for s in meeting.sentences) / (len(meeting.sentences) or 1), float(said.asks),
    ]  # fmt: skip


def negations_in(units: Sequence[Unit]) -> int:
    """How many of these units turn a statement round."""
    return sum(unit.marks & 1 for unit in units)


def _roles(meeting: Meeting) -> list[float]:
    """Whether names stand in another order than in the best sentence, and who stands first."""
    said = meeting.said
    named = [
        (bit, meeting.at[bit])
        for bit, kind in enumerate(meeting.kinds)
        if kind == UnitKind.NAME and meeting.at[bit] >= 0
    ]
    claim_by = any(u.marks & Mark.BY for s in meeting.claimed for u in s.units)
    turned = 0
    for (_, first), (_, then) in pairwise(named):
        if then < first:
            between = said.units[then:first]
            turned += claim_by == any(unit.marks & Mark.BY for unit in between)
    lead = next((unit for unit in said.units if unit.kind), None)
    claim_names = {part for unit in meeting.units for part in unit.parts}
    strange = (
        lead is not None and lead.kind == UnitKind.NAME and not claim_names.intersection(lead.parts)
    )
    return [float(turned), float(claim_by), float(strange)]


def _literal(meeting: Meeting) -> list[float]:
    """How much is found letter for letter: parts of names, runs of all words, function words."""
    sentences, best = meeting.sentences, meeting.said.places
    chosen = [sentences[at] for at in meeting.chosen]
    parts = [part for unit in meeting.units for part in unit.parts]
    lost = [part for part in parts if part not in best]
    lost_any = sum(not any(part in s.places for s in sentences) for part in lost)
    twos: set[str] = set()
    threes: set[str] = set()
    for sentence in meeting.claimed:
        order = [unit.key for unit in sentence.units]
        twos.update([f" {one} {two} " for one, two in pairwise(order)])
        triples = zip(order, order[1:], order[2:], strict=False)
        threes.update([f" {one} {two} {three} " for one, two, three in triples])
    said, near = meeting.said.whole(), "\n".join([sentence.whole() for sentence in chosen])
    keys = {unit.key for sentence in meeting.claimed for unit in sentence.units}
    unseen = keys
    for sentence in chosen:
        unseen = unseen.difference(sentence.places)
    n_twos, n_threes = len(twos) or 1, len(threes) or 1
    numbers, common, total = meeting.of_kind[4], meeting.of_kind[1], len(meeting.units)
    return [
        float(lost_any), float(len(lost)),
        sum([run in near for run in twos]) / n_twos,
        sum([run in said for run in twos]) / n_twos,
        sum([run in near for run in threes]) / n_threes,
        sum([run in said for run in threes]) / n_threes,
        float(len(unseen)), len(keys.difference(best)) / (len(keys) or 1),
        math.log1p((numbers & ~meeting.any).bit_count())
        * meeting.weight(meeting.any) / (total - 0.5 * common.bit_count() or 1.0),
    ]  # fmt: skip
