"""Who rates well: valid ratings, what they earn, and who is heard in the last fit (spec 8.1-8.3).

Arrays over raters are rows of `Contributors`, over notes rows of `NoteTable`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.early_ratings import early_ratings
from stoa.bridging.scorers import HelpfulnessRules
from stoa.note_records import NoteTable, RatingTable, Status

CRNH_COST = 5.0
"""What one unhelpful note costs an author, in helpful ones."""

AGREEMENTS_PER_HARASSMENT = 10.0
"""What a helpful rating of a harassing note costs its rater, in agreements."""


def valid_ratings(
    ratings: RatingTable,
    notes: NoteTable,
    latest_status_ms: NDArray[np.int64],
    status: NDArray[np.int8],
) -> NDArray[np.bool_]:
    """Early ratings of decided notes that took a side (spec 8.1); (n_ratings,).

    `status` (n_notes,) is the one at hand: a model's own in prescoring, the run's final one when
    contributors are counted (spec 18.1).
    """
    given = status[ratings.note]
    decided = (given == Status.CURRENTLY_RATED_HELPFUL) | (
        given == Status.CURRENTLY_RATED_NOT_HELPFUL
    )
    return (ratings.level != 1) & decided & early_ratings(notes, latest_status_ms, ratings)


@dataclass(frozen=True, slots=True)
class RatingCounts:
    """Valid ratings of each rater by outcome; (n_raters,).

    The published names mix what was said with what was decided: `unsuccessful_helpful` counts
    ratings *not helpful* on notes that became helpful, `unsuccessful_not_helpful` the reverse.
    """

    successful_helpful: NDArray[np.int64]
    successful_not_helpful: NDArray[np.int64]
    unsuccessful_helpful: NDArray[np.int64]
    unsuccessful_not_helpful: NDArray[np.int64]

    @property
    def successful(self) -> NDArray[np.int64]:
        """Agreements."""
        return self.successful_helpful + self.successful_not_helpful

    @property
    def unsuccessful(self) -> NDArray[np.int64]:
        """Disagreements."""
        return self.unsuccessful_helpful + self.unsuccessful_not_helpful


def count_outcomes(valid: RatingTable, status: NDArray[np.int8], n_raters: int) -> RatingCounts:
    """What became of each rater's valid ratings; `valid` holds only such (`valid_ratings`)."""
    crh = status[valid.note] == Status.CURRENTLY_RATED_HELPFUL
    liked = valid.level == 2

    def count(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(valid.rater[chosen], minlength=n_raters)

    return RatingCounts(
        count(crh & liked), count(~crh & ~liked), count(crh & ~liked), count(~crh & liked)
    )


@dataclass(frozen=True, slots=True)
class AuthorScores:
    """How an author's notes fared (spec 8.2); (n_raters,), NaN for who wrote no scored note."""

    crh_crnh_ratio_difference: NDArray[np.float64]
    mean_note_score: NDArray[np.float64]


def author_scores(
    author: NDArray[np.int32],
    status: NDArray[np.int8],
    intercept: NDArray[np.floating],
    n_raters: int,
) -> AuthorScores:
    """Share of helpful notes less five times that of unhelpful ones, and the mean intercept.

    All three arrays are (n_notes,); notes without an intercept (NaN) do not count.
    """
    scored = ~np.isnan(intercept)
    author, status, intercept = author[scored], status[scored], intercept[scored]

    def total(weights: NDArray[np.generic]) -> NDArray[np.float64]:
        return np.bincount(author, weights, minlength=n_raters).astype(np.float64)

    crh = total(status == Status.CURRENTLY_RATED_HELPFUL)
    crnh = total(status == Status.CURRENTLY_RATED_NOT_HELPFUL)
    with np.errstate(invalid="ignore"):
        n_written = np.bincount(author, minlength=n_raters)
        difference = crh / n_written - CRNH_COST * (crnh / n_written)
        return AuthorScores(difference, total(intercept) / n_written)


def harassment_penalty(
    train: RatingTable,
    harassment_intercept: NDArray[np.floating],
    rules: HelpfulnessRules,
    n_raters: int,
) -> NDArray[np.float64]:
    """Agreements lost for finding harassing notes helpful (spec 8.2); (n_raters,).

    Args:
        train: the ratings of the first fit.
        harassment_intercept: (n_notes,) logit of the harassment model, NaN where it has none.
        rules: from which intercept on a note harasses, and whether each costs the same.
        n_raters: rows of `Contributors`.
    """
    intercept = harassment_intercept[train.note].astype(np.float64)
    liked = (train.level == 2) & (intercept >= rules.harassment_threshold)
    cost = np.full(np.count_nonzero(liked), AGREEMENTS_PER_HARASSMENT)
    if not rules.harassment_flat:
        cost *= intercept[liked] / rules.harassment_threshold
    return np.bincount(train.rater[liked], cost, minlength=n_raters).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Helpfulness:
    """The columns of `RaterOutput` that bear these names; (n_raters,), NaN where not known."""

    crh_crnh_ratio_difference: NDArray[np.float64]
    mean_note_score: NDArray[np.float64]
    agree_ratio: NDArray[np.float64]
    penalised_ratio: NDArray[np.float64]
    harassment_penalty: NDArray[np.float64]
    above_threshold: NDArray[np.int8]  # 1, 0, or -1 for who neither wrote nor rated validly
    successful_helpful: NDArray[np.float64]
    successful_not_helpful: NDArray[np.float64]
    unsuccessful_helpful: NDArray[np.float64]
    unsuccessful_not_helpful: NDArray[np.float64]


def helpfulness(
    counts: RatingCounts,
    authors: AuthorScores,
    rules: HelpfulnessRules,
    penalty: NDArray[np.float64] | None = None,
) -> Helpfulness:
    """Scores of every rater, and who is above the threshold (spec 8.2, 8.3).

    Without `penalty` this is step 5 of spec 7, with that of `harassment_penalty` it is step 7.
    """
    n_valid = counts.successful + counts.unsuccessful
    rated = n_valid > 0
    is_known = rated | ~np.isnan(authors.mean_note_score)
    lost = np.zeros(len(n_valid)) if penalty is None else penalty
    with np.errstate(invalid="ignore", divide="ignore"):
        agree_ratio = np.where(rated, counts.successful / n_valid, np.nan)
        penalised = np.where(rated, (counts.successful - lost) / n_valid, np.nan)
    above = _may_author(authors, rules)
    above &= (agree_ratio >= rules.agree_ratio) & (penalised >= rules.agree_ratio)

    def known(column: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.where(rated, column, np.nan)

    return Helpfulness(
        crh_crnh_ratio_difference=authors.crh_crnh_ratio_difference,
        mean_note_score=authors.mean_note_score,
        agree_ratio=agree_ratio,
        penalised_ratio=penalised,
        harassment_penalty=np.where(is_known, lost, np.nan),
        above_threshold=np.where(is_known, above, -1).astype(np.int8),
        successful_helpful=known(counts.successful_helpful),
        successful_not_helpful=known(counts.successful_not_helpful),
        unsuccessful_helpful=known(counts.unsuccessful_helpful),
        unsuccessful_not_helpful=known(counts.unsuccessful_not_helpful),
    )


def _may_author(authors: AuthorScores, rules: HelpfulnessRules) -> NDArray[np.bool_]:
    """Whether what somebody wrote speaks for them, or they wrote nothing.

    The published condition has a third branch that compares a truth value with the least mean
    score; for a least score of 0 or below (group 14) it is always true and excludes nobody.
    """
    if rules.mean_note_score <= 0:
        return np.ones(len(authors.mean_note_score), dtype=np.bool_)
    fared_well = authors.crh_crnh_ratio_difference >= 0
    fared_well &= authors.mean_note_score >= rules.mean_note_score
    return fared_well | np.isnan(authors.mean_note_score)
