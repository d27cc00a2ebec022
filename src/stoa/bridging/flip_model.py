"""Foresees whether a note that is rated helpful will lose that status (spec 14).

    minimise  |w|_1 + |b| + 0.04 sum_i log(1 + exp(-y_i (w . x_i + b))),   y = 1 for FLIP

There are about a million features, all of them 0 or 1. At the optimum a feature weighs
something only where the residuals of its rows sum to 1 / 0.04 = 25 at least, so fewer than 26
rows of one label never do. The rest are searched, never laid out: solve on a few features, add
those whose residuals still sum to more, until there are none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.flip_bins import (
    MOST_BINS,
    Bins,
    Products,
    ProductSpace,
    cut,
    learn_bins,
    no_products,
)
from stoa.bridging.flip_features import FlipFeatures, FlipSources, flip_features
from stoa.bridging.flip_rows import FlipRows, asking_notes, training_rows
from stoa.bridging.flip_words import Words, WordSpace, no_words
from stoa.bridging.learners import l1_logistic, shuffled

COST = 0.04
TRAIN_SHARE = 0.9
FALSE_POSITIVES = 0.6
AT_ONCE = 300
MOST_ROUNDS = 40
SLACK = 1.01
"""A feature is added when its residuals exceed the limit by more than the solver's own error."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FlipModel:
    """A fitted model: the features that weigh something. Plain arrays throughout."""

    bins: Bins
    products: Products
    product_weight: Floats
    words: Words
    word_weight: Floats
    intercept: float
    threshold: float  # FLIP where the decision value is above


@dataclass(frozen=True, slots=True)
class NoFlipModel:
    """There is nothing to learn from; all notes stay without a prediction."""

    reason: str


@dataclass(frozen=True, slots=True)
class FlipPrediction:
    """What is foreseen. Arrays (n_notes,)."""

    asked: NDArray[np.bool_]  # notes with a prediction
    stays_crh: NDArray[np.bool_]  # the label is CRH; False without a prediction
    probability: Floats  # pflipProba = P(FLIP); NaN without a prediction


def core_first(
    core: NDArray[np.float32], expansion: NDArray[np.float32], plus: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Each rater's factor: of Core, else of Expansion, else of ExpansionPlus; (n_raters,)."""
    rest = np.where(np.isnan(expansion), plus, expansion)
    return np.where(np.isnan(core), rest, core)


def fit_flips(sources: FlipSources, seed: int) -> FlipModel | NoFlipModel:
    """A model of the notes whose end is known.

    Args:
        sources: ratings are those prescoring counts (after post selection similarity).
        seed: of the split that leaves a tenth of the rows out.
    """
    rows, flips = training_rows(sources.notes, sources.history, sources.ratings)
    if not len(rows):
        return NoFlipModel("no note with a known end was ever helpful or in the window")
    chosen = _training_share(len(rows), seed)
    if len(chosen) < MOST_BINS:
        return NoFlipModel(f"{len(chosen)} training rows are too few for {MOST_BINS} bins")
    assert rows.cutoff_ms is not None
    rows, flips = FlipRows(rows.note[chosen], rows.cutoff_ms[chosen]), flips[chosen]
    if not 0 < flips.sum() < len(flips):
        return NoFlipModel(f"all {len(flips)} training rows ended alike")
    features = flip_features(sources, rows)
    return _solve(features, flips, seed)


def _training_share(n: int, seed: int) -> NDArray[np.int64]:
    """Which nine tenths of the rows are trained on, ascending."""
    n_test = n - int(n * TRAIN_SHARE)
    return np.sort(shuffled(n, seed)[n_test:])


def _solve(features: FlipFeatures, flips: NDArray[np.bool_], seed: int) -> FlipModel:
    bins = learn_bins(features)
    binned = cut(bins, features)
    limit = 1 / COST
    product_space = ProductSpace(bins, binned, flips, limit)
    word_space = WordSpace(features, flips, limit)
    working = _Working(no_products(), no_words(), np.zeros((0, len(flips)), dtype=np.bool_))
    weight, intercept = np.zeros(0), 0.0
    decision = np.zeros(len(flips))
    for _ in range(MOST_ROUNDS):
        residual = flips - _sigmoid(decision)
        products = product_space.steepest(residual, limit * SLACK, AT_ONCE)
        words = word_space.steepest(residual, limit * SLACK, AT_ONCE)
        grown = working.with_more(products, words, features, binned)
        if len(grown) == len(working):
            break
        working = grown
        weight, intercept = l1_logistic(working.held, flips, COST, seed)
        decision = weight @ working.held + intercept
    return _model(bins, working, weight, intercept, _threshold(decision, flips))


@dataclass(frozen=True, slots=True)
class _Working:
    """Features that take part: products, then words; `held` is (k, n), no two rows alike."""

    products: Products
    words: Words
    held: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.held)

    def with_more(
        self,
        products: Products,
        words: Words,
        features: FlipFeatures,
        binned: NDArray[np.int8],
    ) -> _Working:
        """These and more; of features that the same rows hold the first alone takes part."""
        n = len(self.products)
        held = np.concatenate(
            [self.held[:n], products.hold(binned), self.held[n:], words.hold(features)]
        )
        all_products = Products(
            np.concatenate([self.products.column, products.column]),
            np.concatenate([self.products.bin, products.bin]),
        )
        all_words = Words(
            np.concatenate([self.words.vocabulary, words.vocabulary]),
            np.concatenate([self.words.code, words.code]),
        )
        age = np.concatenate(
            [
                np.zeros(n),
                np.ones(len(products)),
                np.zeros(len(self.words)),
                np.ones(len(words)),
            ]
        )
        kept = _first_of_its_kind(held, age)
        n = len(all_products)
        return _Working(
            all_products.take(np.flatnonzero(kept[:n])),
            all_words.take(np.flatnonzero(kept[n:])),
            held[kept],
        )


def _first_of_its_kind(held: NDArray[np.bool_], age: Floats) -> NDArray[np.bool_]:
    """Marks one of each group of equal rows, of those of least age the first."""
    order = np.argsort(age, kind="stable")
    packed = np.packbits(held[order], axis=1)
    _, first = np.unique(packed, axis=0, return_index=True)
    kept = np.zeros(len(held), dtype=np.bool_)
    kept[order[first]] = True
    return kept


def _model(
    bins: Bins, working: _Working, weight: Floats, intercept: float, threshold: float
) -> FlipModel:
    """The model of the features that weigh something."""
    n = len(working.products)
    product, word = weight[:n], weight[n:]
    return FlipModel(
        bins=bins,
        products=working.products.take(np.flatnonzero(product)),
        product_weight=product[product != 0],
        words=working.words.take(np.flatnonzero(word)),
        word_weight=word[word != 0],
        intercept=intercept,
        threshold=threshold,
    )


def _threshold(decision: Floats, flips: NDArray[np.bool_]) -> float:
    """The decision value at which the false-positive rate is nearest to 0.6.

    Candidates are the corners of the receiver operating characteristic, as scikit-learn finds
    them, and one above all values.
    """
    order = np.argsort(-decision, kind="stable")
    value, flip = decision[order], flips[order].astype(np.int64)
    last = np.append(np.flatnonzero(np.diff(value)), len(value) - 1)
    hits = np.cumsum(flip)[last]
    alarms = 1 + last - hits
    if len(hits) > 2:
        bends = np.diff(alarms, 2) != 0
        bends |= np.diff(hits, 2) != 0
        corner = np.concatenate([[True], bends, [True]])
        hits, alarms, last = hits[corner], alarms[corner], last[corner]
    rate = np.concatenate([[0.0], alarms / alarms[-1]])
    candidates = np.concatenate([[value[0] + 1], value[last]])
    return float(candidates[np.argmin(np.abs(rate - FALSE_POSITIVES))])


def predict_flips(
    model: FlipModel | NoFlipModel, sources: FlipSources, now_ms: int
) -> FlipPrediction:
    """What becomes of notes in the window or helpful since a day, and of those on their posts.

    Args:
        model: from prescoring.
        sources: ratings are those final scoring would count on these notes.
        now_ms: the run's instant.
    """
    n_notes = len(sources.notes)
    asked = asking_notes(sources.notes, sources.history, now_ms)
    stays = np.zeros(n_notes, dtype=np.bool_)
    probability = np.full(n_notes, np.nan)
    if isinstance(model, NoFlipModel):
        return FlipPrediction(np.zeros_like(asked), stays, probability)
    rows = FlipRows(np.flatnonzero(asked), None)
    if len(rows):
        decision = decide(model, flip_features(sources, rows))
        stays[rows.note] = decision <= model.threshold
        probability[rows.note] = _sigmoid(decision)
    return FlipPrediction(asked, stays, probability)


def decide(model: FlipModel, features: FlipFeatures) -> Floats:
    """Decision values, (n,): log odds of FLIP."""
    held = model.products.hold(cut(model.bins, features))
    decision = model.product_weight @ held + model.word_weight @ model.words.hold(features)
    return decision + model.intercept


def _sigmoid(value: Floats) -> Floats:
    return 1 / (1 + np.exp(-value))
