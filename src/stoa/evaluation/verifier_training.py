"""From the public sets to the verifier's learnt numbers, byte for byte from a seed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from stoa.ask_records import VerifierWeights
from stoa.evaluation.verifier_sets import LabelledPair, Stance
from stoa.grounding.corruptions import Corrupted, Corruption, corrupted, corrupted_evidence
from stoa.grounding.pair_features import pair_rows
from stoa.grounding.replies import Reply, replies
from stoa.grounding.units import Reader
from stoa.grounding.verifier import packed
from stoa.grounding.verifier_fitting import fit_verifier
from stoa.grounding.verifier_rows import FittingConfig, Labelled, Made, Teaching

CLAIM_CHANGES = 6
"""At most as many wrong claims are made from one supported pair."""
EVIDENCE_CHANGES = 3
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
REPLIES_KEPT = 0.35
"""Share of the replies made from a pair that are kept: more teach nothing more."""
DENIED = 0.6
"""Share of supported pairs that are also given evidence which denies them."""


def labelled_rows(reader: Reader, pairs: Sequence[LabelledPair]) -> Labelled:
    """Features of judged pairs; the group of a row is its set's name and its own group."""
    found = pair_rows(reader, [p.claim for p in pairs], [p.evidence for p in pairs])
    return Labelled(
        found.rows,
        np.array([int(pair.stance) for pair in pairs], dtype=np.int64),
        np.array([pair.collection for pair in pairs]),
        np.array([f"{pair.collection}|{pair.group}" for pair in pairs]),
    )


def made_pairs(
    pairs: Sequence[LabelledPair], seed: int
) -> list[tuple[LabelledPair, Corrupted, str]]:
    """Refuting pairs made from the supported ones: what from, the pair, and its kind's name."""
    rng = np.random.default_rng(seed)
    kinds = [kind for kind in Corruption if kind is not Corruption.DENIAL]
    made: list[tuple[LabelledPair, Corrupted, str]] = []
    for pair in pairs:
        if pair.stance != Stance.SUPPORTS:
            continue
        for change, most, before in (
            (corrupted, CLAIM_CHANGES, ""),
            (corrupted_evidence, EVIDENCE_CHANGES, "evidence-"),
        ):
            n_made = 0
            for at in rng.permutation(len(kinds)):
                one = change(pair.claim, pair.evidence, kinds[at], rng)
                if one is not None and n_made < most:
                    made.append((pair, one, f"{before}{one.kind}"))
                    n_made += 1
        if rng.random() < DENIED:
            denied = corrupted(pair.claim, pair.evidence, Corruption.DENIAL, rng)
            assert denied is not None
            made.append((pair, denied, str(denied.kind)))
    return made


def quoted_pairs(pairs: Sequence[LabelledPair], seed: int) -> list[tuple[LabelledPair, str, str]]:
    """Sentences of the evidence as claims, whole or without their last clause, and their kind.

    Every other pair gives one. Questions and very short or long sentences are left out.
    """
    rng = np.random.default_rng(seed + 1)
    made: list[tuple[LabelledPair, str, str]] = []
    for pair in pairs:
        sentences = [
            sentence
            for text in pair.evidence
            for sentence in _SENTENCE.split(text)
            if 5 <= len(sentence.split()) <= 40 and "?" not in sentence
        ]
        if not sentences or rng.random() > 0.5:
            continue
        chosen = sentences[int(rng.integers(len(sentences)))]
        made.append((pair, chosen, "quoted"))
        short = chosen.rsplit(",", 1)[0]
        if short != chosen and len(short.split()) >= 5:
            made.append((pair, f"{short}.", "quoted-short"))
    return made


def made_rows(reader: Reader, pairs: Sequence[LabelledPair], seed: int) -> Made:
    """Features of the pairs that `made_pairs` and `quoted_pairs` make."""
    made, quoted = made_pairs(pairs, seed), quoted_pairs(pairs, seed)
    claims = [one.claim for _, one, _ in made] + [claim for _, claim, _ in quoted]
    evidence = [one.evidence for _, one, _ in made] + [pair.evidence for pair, _, _ in quoted]
    sources = [pair for pair, _, _ in made] + [pair for pair, _, _ in quoted]
    return Made(
        pair_rows(reader, claims, evidence).rows,
        np.array([kind for _, _, kind in made] + [kind for _, _, kind in quoted]),
        np.array([f"{pair.collection}|{pair.group}" for pair in sources]),
        np.array([pair.collection for pair in sources]),
        np.arange(len(sources)) < len(made),
    )


def made_replies(pairs: Sequence[LabelledPair], seed: int) -> list[tuple[LabelledPair, Reply]]:
    """Replies in chat's tone made from the pairs of the sets that support is learnt from."""
    rng = np.random.default_rng(seed + 2)
    sets = FittingConfig().support_sets
    return [
        (pair, reply)
        for pair in pairs
        if pair.collection in sets
        for reply in replies(pair.claim, pair.evidence, pair.stance == Stance.SUPPORTS, rng)
        if rng.random() < REPLIES_KEPT
    ]


def reply_rows(reader: Reader, pairs: Sequence[LabelledPair], seed: int) -> Labelled:
    """Features of the replies that `made_replies` makes, under their pairs' names."""
    made = made_replies(pairs, seed)
    stances = (Stance.UNSUPPORTED, Stance.SUPPORTS)
    return labelled_rows(
        reader,
        [
            LabelledPair(
                pair.collection, pair.group, reply.claim, reply.evidence, stances[reply.faithful]
            )
            for pair, reply in made
        ],
    )


def teaching_rows(reader: Reader, pairs: Sequence[LabelledPair], seed: int) -> Teaching:
    """All that the verifier is fitted on, out of judged pairs and a seed."""
    return Teaching(
        labelled_rows(reader, pairs), made_rows(reader, pairs, seed),
        reply_rows(reader, pairs, seed),
    )  # fmt: skip


def train_verifier(pairs: Sequence[LabelledPair], seed: int) -> VerifierWeights:
    """The verifier's numbers out of judged pairs and a seed."""
    heads, cuts = fit_verifier(teaching_rows(Reader(), pairs, seed), FittingConfig())
    return packed(heads, cuts)
