"""One run of teaching a pair encoder: read, measure on claims held out, teach on all, write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stoa.evaluation.pair_figures import PassFigures, SetFigures, pass_figures, set_figures
from stoa.evaluation.pair_study import (
    SHOWN,
    STANDARD_STUDY,
    TAUGHT,
    Judged,
    PairStudyConfig,
    cross_validate,
    leave_out,
    read_judged,
    teach,
)
from stoa.evaluation.pair_teaching import F64
from stoa.evaluation.verifier_baselines import baseline_rows, evidence_idf
from stoa.grounding.pair_features import PAIR_NAMES
from stoa.language_models.pair_encoder import save_pair_encoder
from stoa.language_models.pair_eyes import PairEyes
from stoa.language_models.pair_heads import PairHeads
from stoa.language_models.pair_likeness import SentenceLikeness

_KINDS = ("alone", "with_features")
_PASSING = ("factcheck-gpt",)


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Figures of one kind of heads, on claims whose folds they were not taught on."""

    sets: dict[str, SetFigures]
    passing: tuple[PassFigures, ...]  # by how many refuted claims may pass


@dataclass(frozen=True, slots=True)
class PairStudy:
    """What one run found. `left_out`: a set judged by heads taught on the other sets alone."""

    held_out: dict[str, KindFigures]
    left_out: dict[str, dict[str, SetFigures]]
    n_pairs: int
    n_copies: int
    seed: int


def teach_and_measure(
    weights: Path,
    data: Path,
    out: Path,
    seed: int,
    config: PairStudyConfig = STANDARD_STUDY,
    told: Callable[[float | None], None] = lambda share: None,
) -> PairStudy:
    """Measures heads over the weights by cross-validation, then teaches them on all and saves.

    Args:
        weights: folder of a BERT sentence model.
        data: folder of the judged sets.
        out: folder to make.
        seed: of every draw.
        config: how.
        told: hears the share done.

    Raises:
        BadInput: a set is missing.
        BadModel: the weights are damaged, or `out` is there already.
    """
    likeness = SentenceLikeness.from_dir(weights)
    eyes, judged = read_judged(PairEyes.from_dir(weights), likeness, data, config, seed)
    told(0.7)
    recall = _recall(judged)
    held_out: dict[str, KindFigures] = {}
    left_out: dict[str, dict[str, SetFigures]] = {}
    heads: dict[str, PairHeads] = {}
    for place, kind in enumerate(_KINDS):
        found = cross_validate(judged, kind, config, seed)
        sets = {name: set_figures(judged, found, name, recall) for name in SHOWN}
        passing = tuple(pass_figures(judged, found, _PASSING, most) for most in config.most_refuted)
        held_out[kind] = KindFigures(sets, passing)
        left_out[kind] = {
            name: set_figures(judged, leave_out(judged, kind, name, config, seed), name, recall)
            for name in TAUGHT
        }
        heads[kind] = teach(judged, kind, np.ones(len(recall), bool), config, seed)
        told(0.7 + 0.15 * (place + 1))
    card = {"features": list(PAIR_NAMES), "sets": sorted(set(judged.collection)), "seed": seed}
    save_pair_encoder(out, weights, eyes, heads, card)
    n_copies = int(judged.is_made.sum())
    return PairStudy(held_out, left_out, len(recall) - n_copies, n_copies, seed)


def _recall(judged: Judged) -> F64:
    claims = [pair.claim for pair in judged.pairs]
    evidence = [pair.evidence for pair in judged.pairs]
    return baseline_rows(claims, evidence, evidence_idf(evidence))[:, 0]
