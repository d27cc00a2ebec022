"""Teaches a pair encoder on judged claims, and measures it on claims it was not taught on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.pair_teaching import (
    F64,
    HeadConfig,
    Rows,
    balanced_weights,
    fit_head,
    fit_trees,
    scale_of,
    widened,
)
from stoa.evaluation.verifier_sets import LabelledPair, Stance, read_sets
from stoa.evaluation.verifier_training import labelled_rows, made_rows
from stoa.grounding.corruptions import Corruption, corrupted, corrupted_evidence
from stoa.grounding.forest import ForestConfig
from stoa.grounding.units import Reader
from stoa.grounding.verifier_fitting import fit_contradiction
from stoa.grounding.verifier_rows import FittingConfig, Labelled, Made
from stoa.grounding.word_features import WordFeatures
from stoa.language_models.pair_eyes import PairEyes
from stoa.language_models.pair_heads import PairHead, PairHeads
from stoa.language_models.pair_likeness import N_LIKENESSES, SentenceLikeness
from stoa.language_models.pair_views import N_MEETINGS

TAUGHT = ("wice", "begin-wow", "factcheck-gpt")
"""Sets whose claims are told supported or not; the support head learns from these alone."""

SHOWN = (*TAUGHT, "fever-symmetric", "fool-me-twice")
"""Sets of which figures are given."""

_CONTRADICTING = ("factcheck-gpt", "fever-symmetric", "fool-me-twice", "scifact")
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairStudyConfig:
    """How the heads are taught and measured."""

    folds: int = 5
    copies: int = 2  # refuting copies made of each supported pair
    axes: int = 200  # of the pooled numbers
    support: HeadConfig = field(default_factory=HeadConfig)
    contradiction: HeadConfig = field(default_factory=HeadConfig)
    trees: ForestConfig = field(default_factory=ForestConfig)
    own_share: float = 0.3  # of the layers' head of contradiction, beside the verifier's
    most_refuted: tuple[float, ...] = (0.05, 0.15)  # shares of refuted claims that may pass


STANDARD_STUDY = PairStudyConfig()


@dataclass(frozen=True, slots=True)
class Words:
    """What the verifier's head of contradiction is fitted on: rows of the real pairs, made ones."""

    real: Labelled
    made: Made


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs with what people, or the one who made them, say of each; aligned arrays."""

    pairs: Sequence[LabelledPair]
    collection: NDArray[np.str_]
    group: NDArray[np.str_]  # claims of one group stay in one fold
    is_supported: Bools
    is_refuted: Bools
    is_made: Bools  # a corrupted copy
    rows: dict[str, Rows]  # by kind of head
    words: Words | None = None  # for the kind `with_features`

    @property
    def name(self) -> NDArray[np.str_]:
        """Collection and group of each pair."""
        return np.char.add(np.char.add(self.collection, "|"), self.group)

    def fold(self, folds: int) -> NDArray[np.int64]:
        """Which fold each pair is in, by its group's name."""
        digests = [int(sha256(str(name).encode()).hexdigest(), 16) for name in self.name]
        return np.array([digest % folds for digest in digests])


@dataclass(frozen=True, slots=True)
class Told:
    """What heads that never saw a pair's claim say of it: logits, NaN where nobody was asked."""

    support: F64
    contradiction: F64


def read_judged(
    eyes: PairEyes, likeness: SentenceLikeness, folder: Path, config: PairStudyConfig, seed: int
) -> tuple[PairEyes, Judged]:
    """The sets in a folder and corrupted copies, with all their numbers; the eyes, centred.

    Raises:
        BadInput: a set is missing or does not read.
    """
    found = read_sets(folder, sorted({*TAUGHT, *_CONTRADICTING}))
    made = _copies(found, config.copies, np.random.default_rng(seed))
    pairs = [*found, *made]
    claims, evidence = [p.claim for p in pairs], [p.evidence for p in pairs]
    eyes = eyes.centred(claims[:: len(pairs) // 400 + 1], evidence[:: len(pairs) // 400 + 1])
    views = eyes.views(claims, evidence).astype(np.float64)
    # Contradiction takes no heed of likeness, so of copies and of SciFact nobody asks for it.
    alike = np.zeros((len(pairs), N_LIKENESSES))
    asked = np.array([pair.collection in SHOWN for pair in found] + [False] * len(made))
    chosen = np.flatnonzero(asked)
    alike[asked] = likeness.rows([claims[n] for n in chosen], [evidence[n] for n in chosen])
    words = WordFeatures().rows(claims, evidence)
    rows = _rows(views, alike, words)
    stance = np.array([p.stance for p in pairs])
    is_made = np.arange(len(pairs)) >= len(found)
    return eyes, Judged(
        pairs,
        np.array([p.collection for p in pairs]),
        np.array([p.group for p in pairs]),
        stance == Stance.SUPPORTS,
        stance == Stance.REFUTES,
        is_made,
        rows,
        Words(labelled_rows(Reader(), found), made_rows(Reader(), found, seed)),
    )


def _rows(views: F64, alike: F64, words: F64) -> dict[str, Rows]:
    """By kind of heads; likeness stands behind the views, and words behind both."""
    n = views.shape[1]
    alone = np.hstack([views, alike])
    pooled = (np.arange(alone.shape[1]) >= N_MEETINGS) & (np.arange(alone.shape[1]) < n)
    for_support = (np.arange(alone.shape[1]) >= n) & ~pooled
    none = np.zeros(words.shape[1], dtype=bool)
    return {
        "alone": Rows(alone, pooled, for_support),
        "with_features": Rows(
            np.hstack([alone, words]),
            np.concatenate([pooled, none]),
            np.concatenate([for_support, none]),
        ),
    }


def _copies(
    pairs: Sequence[LabelledPair], n: int, chance: np.random.Generator
) -> list[LabelledPair]:
    """Refuting copies of supported pairs: wrong in the claim, or in the evidence."""
    made: list[LabelledPair] = []
    kinds = list(Corruption)
    for pair in pairs:
        if pair.stance != Stance.SUPPORTS:
            continue
        left = n
        for at in chance.permutation(len(kinds)):
            change = corrupted if chance.random() < 0.6 else corrupted_evidence
            copy = change(pair.claim, pair.evidence, kinds[at], chance) if left else None
            if copy is not None:
                left -= 1
                said = (pair.collection, pair.group, copy.claim, copy.evidence)
                made.append(LabelledPair(*said, Stance.REFUTES))
    return made


def teach(
    judged: Judged, kind: str, chosen: Bools, config: PairStudyConfig, seed: int
) -> PairHeads:
    """The heads, from the pairs that are chosen.

    Support is learnt from what people judged; contradiction from what is refuted, by people or
    made so, against what is supported: what is silent is no business of its. With the verifier's
    features, its own way of learning contradiction from them is added: it has more made pairs.
    """
    rows = judged.rows[kind]
    taught = chosen & ~judged.is_made & np.isin(judged.collection, TAUGHT)
    weight = balanced_weights(judged.collection[taught], judged.is_supported[taught])
    scale = scale_of(rows.only(chosen & ~judged.is_made), config.axes, seed)
    truth, learnt = judged.is_supported[taught], rows.only(taught)
    linear = fit_head(scale, learnt, truth, weight, config.support)
    trees = fit_trees(learnt, truth, weight, config.trees)
    own = _own_contradiction(judged, rows.without_support(), chosen, config, seed)
    if judged.words is None or kind == "alone":
        return PairHeads(linear, trees, (own,))
    names = judged.name[chosen]
    told = fit_contradiction(
        judged.words.real.take(np.isin(judged.words.real.group, names)),
        judged.words.made.take(np.isin(judged.words.made.source, names)),
        FittingConfig(),
    )
    return PairHeads(linear, trees, (own.times(config.own_share), widened(told, rows)))


def _own_contradiction(
    judged: Judged, rows: Rows, chosen: Bools, config: PairStudyConfig, seed: int
) -> PairHead:
    against = chosen & (judged.is_refuted | judged.is_supported)
    origin = np.where(judged.is_made, "made", judged.collection)
    origin = np.where(np.isin(judged.collection, _CONTRADICTING), origin, "made")
    weight = balanced_weights(origin[against], judged.is_refuted[against])
    scale = scale_of(rows.only(chosen & ~judged.is_made), config.axes, seed)
    truth = judged.is_refuted[against]
    return fit_head(scale, rows.only(against), truth, weight, config.contradiction)


def cross_validate(
    judged: Judged,
    kind: str,
    config: PairStudyConfig,
    seed: int,
    told: Callable[[float], None] = lambda share: None,
) -> Told:
    """Each pair judged by heads taught without its group's fold."""
    fold = judged.fold(config.folds)
    found = Told(np.full(len(fold), np.nan), np.full(len(fold), np.nan))
    for held in range(config.folds):
        heads = teach(judged, kind, fold != held, config, seed)
        here = judged.rows[kind].values[fold == held]
        found.support[fold == held] = heads.support(here)
        found.contradiction[fold == held] = heads.contradiction(here)
        told((held + 1) / config.folds)
    return found


def leave_out(judged: Judged, kind: str, name: str, config: PairStudyConfig, seed: int) -> Told:
    """The pairs of one set, judged by heads that were taught on the others alone."""
    here = judged.collection == name
    heads = teach(judged, kind, ~here, config, seed)
    found = Told(np.full(len(here), np.nan), np.full(len(here), np.nan))
    found.support[here] = heads.support(judged.rows[kind].values[here])
    found.contradiction[here] = heads.contradiction(judged.rows[kind].values[here])
    return found
