"""Numbers that describe how a claim and its evidence meet: a row a pair, a row a claim's unit."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.clashes import CLASH_NAMES, clashes
from stoa.grounding.meeting import MOST_SENTENCES, Meeting
from stoa.grounding.units import Mark, Reader, Sentence, Unit, UnitKind

_MOST_WORDS = 5
_LOGS = [math.log1p(n) for n in range(256)]
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
class Told:
    """Which words of a claim can be told of; asked for only where they are shown."""

    units: list[Unit]
    kinds: list[int]
    masks: tuple[int, int, int]

    def found(self) -> tuple[str, ...]:
        """Names, numbers and words of the claim in the best sentence."""
        return self._words(self.masks[0])

    def missing(self) -> tuple[str, ...]:
        """Those in no sentence at all."""
        return self._words(self.masks[1])

    def against(self) -> tuple[str, ...]:
        """Those of the missing in whose place something else stands."""
        return self._words(self.masks[2])

    def _words(self, mask: int) -> tuple[str, ...]:
        """The most telling units of a mask, names and numbers first, as they stand in the claim."""
        chosen = [(-kind, bit) for bit, kind in enumerate(self.kinds) if kind and mask >> bit & 1]
        return tuple([self.units[bit].text for _, bit in sorted(chosen)[:_MOST_WORDS]])


@dataclass(frozen=True, slots=True)
class PairRows:
    """Features of a batch of pairs, n x len(PAIR_NAMES), and of each the words to tell of."""

    rows: NDArray[np.float64]
    told: list[Told]


def pair_rows(reader: Reader, claims: Sequence[str], evidence: Sequence[Sequence[str]]) -> PairRows:
    """Features of each claim against all its evidence together."""
    rows = array("d")
    told: list[Told] = []
    read = reader.read
    for claim, said in zip(claims, evidence, strict=True):
        sentences = [each for text in said for each in read(text)][:MOST_SENTENCES]
        meeting = Meeting(read(claim), sentences)
        rows.fromlist(_row(meeting))
        against = meeting.opposite | meeting.alternative | meeting.swapped | meeting.near
        missing = ~meeting.any
        told.append(Told(meeting.units, meeting.kinds, (meeting.best, missing, against & missing)))
    return PairRows(np.array(rows).reshape(len(told), len(PAIR_NAMES)), told)


def _row(meeting: Meeting) -> list[float]:
    return [
        *_counts(meeting), *_shape(meeting), *_speech(meeting), *_roles(meeting),
        *_literal(meeting), *clashes(meeting),
    ]  # fmt: skip


def _counts(meeting: Meeting) -> list[float]:
    """Lengths, and how much of each kind of unit is found."""
    _, common, word, name, number = meeting.of_kind
    masks = (common, word, name, number)
    lost_any, lost_best = ~meeting.any, ~meeting.best
    n_of = [mask.bit_count() for mask in masks]
    missing_any = [(mask & lost_any).bit_count() for mask in masks]
    missing_best = [(mask & lost_best).bit_count() for mask in masks]
    n_units, n_said = sum(n_of), sum([s.n_content for s in meeting.sentences])
    n_sentences, lost, total = len(meeting.sentences), sum(missing_best), meeting.total or 1.0
    return [
        *_logs((n_units, n_said, n_sentences)),
        float(n_sentences <= 1), float(len(meeting.claimed)),
        *_logs(n_of), *[float(n > 0) for n in n_of],
        *[n / (m or 1) for n, m in zip(missing_any, n_of, strict=True)],
        *[n / (m or 1) for n, m in zip(missing_best, n_of, strict=True)],
        *_logs(missing_any), *_logs(missing_best),
        meeting.weight(meeting.any) / total, meeting.weight(meeting.best) / total,
        meeting.weight(meeting.two) / total, meeting.weight(meeting.three) / total,
        meeting.weight(meeting.second) / total,
        float(not sum(missing_any)), float(not lost), float(lost == 1), float(lost == 2),
        (meeting.whole & name).bit_count() / (n_of[2] or 1),
        (meeting.whole_best & name).bit_count() / (n_of[2] or 1),
        float((name & ~meeting.whole).bit_count()),
        float((name & ~meeting.whole_best).bit_count()),
    ]  # fmt: skip


def _logs(counts: Sequence[int]) -> list[float]:
    return [_LOGS[n] if n < len(_LOGS) else math.log1p(n) for n in counts]


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
    lacks_number, lacks_name = of_kind[4] & lost > 0, of_kind[3] & lost > 0
    worth = {unit.value for unit in meeting.units if unit.value}
    other_number = lacks_number and not worth.issuperset(said.values())
    other_name = lacks_name and any(
        [meeting.parts.isdisjoint(unit.parts) for unit in said.units if unit.parts]
    )
    return [
        meeting.begins.bit_count() / missing,
        meeting.pairs_any.bit_count() / n_units, meeting.pairs_best.bit_count() / n_units,
        run / n_units, math.log1p(run),
        len([1 for step in steps if 0 < step <= 3]) / n_steps,
        len([1 for step in steps if step < 0]) / n_steps,
        len(found) / width, len(set(found)) / (said.n_content or 1), math.log1p(said.n_content),
        float(lost & 1), float(lost >> (n_units - 1) & 1),
        meeting.best_at / (len(meeting.sentences) or 1),
        float((swapped & of_kind[3]).bit_count()), float((swapped & of_kind[4]).bit_count()),
        float(meeting.near.bit_count()),
        float(other_number), float(other_name),
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
    claim = meeting.marks
    found = [place for place in meeting.at if place >= 0]
    inside = 0
    if found and said.marks & 1:
        inside = negations_in(said.units[max(0, min(found) - 2) : max(found) + 2])
    negated = sum([negations_in(each.units) for each in meeting.claimed if each.marks & 1])
    any_said = lost = 0
    for sentence in meeting.sentences:
        any_said |= sentence.marks
    for bit, unit in enumerate(meeting.units):
        if unit.marks and not meeting.best >> bit & 1:
            lost |= unit.marks
    best = said.marks
    seen = (
        (claim, Mark.TURNING), (best & ~claim, Mark.TURNING), (claim, Mark.HEDGE),
        (best & ~claim, Mark.HEDGE), (claim, Mark.DENIAL), (best & ~claim, Mark.DENIAL),
        (any_said & ~claim, Mark.DENIAL), (claim, Mark.QUANTIFIER), (lost, Mark.QUANTIFIER),
        (best & ~claim, Mark.PARTIAL), (claim, Mark.SUPERLATIVE), (lost, Mark.SUPERLATIVE),
        (claim, Mark.COMPARATIVE), (lost, Mark.COMPARATIVE), (claim, Mark.FIRST_PERSON),
        (claim, Mark.SECOND_PERSON), (claim, Mark.CHAT),
    )  # fmt: skip
    return [
        float(negated),
        float(best & 1),
        float(inside),
        float((negated + inside) % 2),
        *[1.0 if marks & mark else 0.0 for marks, mark in seen],
        float(any([s.asks for s in meeting.claimed])),
        sum([s.asks for s in meeting.sentences]) / (len(meeting.sentences) or 1),
        float(said.asks),
    ]


def negations_in(units: Sequence[Unit]) -> int:
    """How many of these units turn a statement round."""
    return sum([unit.marks & 1 for unit in units])


def _roles(meeting: Meeting) -> list[float]:
    """Whether names stand in another order than in the best sentence, and who stands first."""
    said = meeting.said
    named = [
        (bit, meeting.at[bit])
        for bit, kind in enumerate(meeting.kinds)
        if kind == UnitKind.NAME and meeting.at[bit] >= 0
    ]
    claim_by = bool(meeting.marks & Mark.BY)
    turned = 0
    for (_, first), (_, then) in pairwise(named):
        if then < first:
            between = said.units[then:first]
            turned += claim_by == any([unit.marks & Mark.BY for unit in between])
    lead = next((unit for unit in said.units if unit.kind), None)
    strange = (
        lead is not None and lead.kind == UnitKind.NAME and meeting.parts.isdisjoint(lead.parts)
    )
    return [float(turned), float(claim_by), float(strange)]


def _literal(meeting: Meeting) -> list[float]:
    """How much is found letter for letter: parts of names, runs of all words, function words."""
    sentences, best = meeting.sentences, meeting.said.places
    chosen = [sentences[at] for at in meeting.chosen]
    lost = [part for unit in meeting.units if unit.parts for part in unit.parts if part not in best]
    lost_any = len([1 for part in lost if not any([part in s.places for s in sentences])])
    keys = {unit.key for sentence in meeting.claimed for unit in sentence.units}
    unseen = keys
    for sentence in chosen:
        unseen = unseen.difference(sentence.places)
    numbers, common, total = meeting.of_kind[4], meeting.of_kind[1], len(meeting.units)
    return [
        float(lost_any), float(len(lost)), *_runs(meeting, chosen, unseen),
        float(len(unseen)), len(keys.difference(best)) / (len(keys) or 1),
        math.log1p((numbers & ~meeting.any).bit_count())
        * meeting.weight(meeting.any) / (total - 0.5 * common.bit_count() or 1.0),
    ]  # fmt: skip


def _runs(meeting: Meeting, chosen: Sequence[Sentence], unseen: set[str]) -> list[float]:
    """Shares of the claim's runs of two and of three units that stand there as they are.

    In the best three sentences, then in the best. Only a run of which all is there is looked for.
    """
    twos: set[tuple[str, str]] = set()
    threes: set[tuple[str, str, str]] = set()
    for sentence in meeting.claimed:
        order = [unit.key for unit in sentence.units]
        twos.update(pairwise(order))
        threes.update(zip(order, order[1:], order[2:], strict=False))
    near = "\n".join([sentence.whole() for sentence in chosen])
    said = meeting.said.whole()
    two_near = {
        two: f" {two[0]} {two[1]} "
        for two in twos
        if two[0] not in unseen and two[1] not in unseen and f" {two[0]} {two[1]} " in near
    }
    three_near = [
        f" {one} {two} {three} "
        for one, two, three in threes
        if (one, two) in two_near and (two, three) in two_near and f" {one} {two} {three} " in near
    ]
    n_twos, n_threes = len(twos) or 1, len(threes) or 1
    return [
        len(two_near) / n_twos, len([1 for run in two_near.values() if run in said]) / n_twos,
        len(three_near) / n_threes, len([1 for run in three_near if run in said]) / n_threes,
    ]  # fmt: skip
