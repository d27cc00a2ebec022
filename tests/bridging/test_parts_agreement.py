"""Each part, fed the published scorer's own parameters, gives the published scorer's numbers.

Figures behind the limits are those measured on notes-oracle-1500-s1 (80,000 ratings).
"""

import numpy as np
import pytest
from tests.bridging.parts_oracle import (
    NAME,
    Oracle,
    Scored,
    filter_ratings,
    learned_coverage,
    learned_diligence,
    number,
    statuses,
    text,
)

from stoa.bridging.draws import seeds_of_ratings
from stoa.bridging.early_ratings import early_ratings
from stoa.bridging.gaussian import gaussian_notes
from stoa.bridging.helpfulness import (
    author_scores,
    count_outcomes,
    harassment_penalty,
    helpfulness,
    valid_ratings,
)
from stoa.bridging.incorrect import TagHabits, incorrect_aggregates, tag_habits
from stoa.bridging.reputation import (
    COVERAGE,
    COVERAGE_CRH,
    DILIGENCE,
    ReputationStart,
    prescore_reputation,
    score_reputation,
)
from stoa.bridging.scorers import HelpfulnessRules, Thresholds
from stoa.bridging.side_counts import sampled_counts, topic_confident
from stoa.bridging.tag_ratios import tag_aggregates, tag_thresholds
from stoa.note_records import NOT_HELPFUL_TAGS, Classification, RatingTable, Status

CORE = "MFCoreScorer"
LOW_DILIGENCE = Thresholds().low_diligence


@pytest.fixture(scope="module")
def oracle(shared_data) -> Oracle:
    folder = shared_data / NAME
    if not folder.is_dir():
        pytest.skip(f"no {NAME} in the shared data")
    return Oracle(folder)


@pytest.fixture(scope="module")
def core(oracle) -> Scored:
    return oracle.prescored(CORE)


def close(mine: np.ndarray, theirs: np.ndarray, atol: float) -> bool:
    """Equal where they have a value; we may know more rows (they drop some after scoring)."""
    known = ~np.isnan(theirs)
    assert known.any()
    return np.allclose(mine[known], theirs[known], rtol=0, atol=atol)


def fit_notes(n: int, ratings: RatingTable, bias, factor, mu: float, scale: float):
    """(intercept, factor) of every note with raters fixed: a 2 x 2 ridge solve each (spec 6)."""

    def total(weight):
        return np.bincount(ratings.note, weight, minlength=n)

    bias, factor = bias[ratings.rater], factor[ratings.rater]
    rest = ratings.helpful - mu - bias
    count = total(np.ones(len(ratings)))
    a, b, d = count + 0.15 * scale, total(factor), total(factor**2) + 0.03 * scale
    sums, products = total(rest), total(rest * factor)
    solved = np.stack((d * sums - b * products, a * products - b * sums)) / (a * d - b * b)
    return np.where(count > 0, solved, np.nan)


def first_round_notes(oracle: Oracle, scored: Scored, train: RatingTable):
    """(intercept, factor) of the first fit, from its raters; ten of them were not exported."""
    bias = scored.raters["internalFirstRoundRaterIntercept"]
    factor = scored.raters["internalFirstRoundRaterFactor1"]
    train = train.take(~np.isnan(bias[train.rater]))
    scale, mu = len(train) / len(np.unique(train.note)), 0.16
    for _ in range(20):
        intercept, slope = fit_notes(len(oracle.notes), train, bias, factor, mu, scale)
        rest = train.helpful - bias[train.rater] - intercept[train.note]
        rest -= slope[train.note] * factor[train.rater]
        mu = rest.mean() / 1.15
    return intercept, slope


def first_statuses(oracle: Oracle, scorer: str, intercept, factor) -> np.ndarray:
    """Rules 1, 2, 3 and 6 of spec 11."""
    limits, kind = Thresholds(), oracle.notes.classification
    ratings = oracle.of_scorer(scorer)
    many = np.bincount(ratings.note, minlength=len(oracle.notes)) >= 5
    honest = kind != Classification.NOT_MISLEADING
    low = limits.crnh_intercept + limits.crnh_factor * np.abs(factor)
    status = np.full(len(intercept), Status.NEEDS_MORE_RATINGS, dtype=np.int8)
    status[many & honest & (intercept >= limits.crh)] = Status.CURRENTLY_RATED_HELPFUL
    status[many & (intercept <= low)] = Status.CURRENTLY_RATED_NOT_HELPFUL
    low = intercept < limits.crnh_not_misleading
    status[~honest & low] = Status.CURRENTLY_RATED_NOT_HELPFUL
    return status


@pytest.fixture(scope="module")
def first_round(oracle, core):
    """Core's first statuses, with the intercepts they come from."""
    train = filter_ratings(oracle.of_scorer(CORE), 10, 5)
    intercept, factor = first_round_notes(oracle, core, train)
    return intercept, first_statuses(oracle, CORE, intercept, factor), train


def test_helpful_raters_are_the_published_ones(oracle, core, first_round):
    intercept, status, train = first_round
    n = len(oracle.contributors)
    ratings = oracle.of_scorer(CORE)
    chosen = valid_ratings(ratings, oracle.notes, oracle.latest_status_ms, status)
    counts = count_outcomes(ratings.take(chosen), status, n)
    authors = author_scores(oracle.notes.author, status, intercept, n)
    rules = HelpfulnessRules()
    penalty = harassment_penalty(train, core.notes["harassmentNoteIntercept"], rules, n)
    mine = helpfulness(counts, authors, rules, penalty)
    theirs = core.raters
    known = ~np.isnan(theirs["aboveHelpfulnessThreshold"])
    assert np.mean((mine.above_threshold == theirs["aboveHelpfulnessThreshold"])[known]) > 0.995
    assert close(mine.harassment_penalty, theirs["totalHelpfulHarassmentPenalty"], 1e-4)
    for name, column in (
        ("raterAgreeRatio", mine.agree_ratio),
        ("successfulRatingHelpfulCount", mine.successful_helpful),
        ("unsuccessfulRatingNotHelpfulCount", mine.unsuccessful_not_helpful),
        ("crhCrnhRatioDifference", mine.crh_crnh_ratio_difference),
    ):
        has = ~np.isnan(theirs[name])
        assert np.mean(np.abs(column - theirs[name])[has] < 1e-6) > 0.97, name
    assert np.nanmax(np.abs(mine.mean_note_score - theirs["meanNoteScore"])) < 0.02


def test_contributor_counts_come_from_the_same_valid_ratings(oracle):
    scores, history = oracle.output("helpfulness_scores"), oracle.output("note_status_history")
    status = np.full(len(oracle.notes), Status.NONE, dtype=np.int8)
    decided = np.full(len(oracle.notes), np.nan)
    decided[oracle.note_rows(history["noteId"].to_numpy())] = number(
        history, "timestampMillisOfLatestNonNMRStatus"
    )
    latest_ms = np.where(np.isnan(decided), np.iinfo(np.int64).min, decided).astype(np.int64)
    rows = oracle.note_rows(oracle.scored["noteId"].to_numpy())
    status[rows] = statuses(text(oracle.scored, "finalRatingStatus"))
    n = len(oracle.contributors)
    chosen = valid_ratings(oracle.ratings, oracle.notes, latest_ms, status)
    mine = count_outcomes(oracle.ratings.take(chosen), status, n)
    people = oracle.people(scores["raterParticipantId"])
    for name, column in (
        ("successfulRatingHelpfulCount", mine.successful_helpful),
        ("successfulRatingNotHelpfulCount", mine.successful_not_helpful),
        ("unsuccessfulRatingHelpfulCount", mine.unsuccessful_helpful),
        ("unsuccessfulRatingNotHelpfulCount", mine.unsuccessful_not_helpful),
        ("successfulRatingTotal", mine.successful),
        ("unsuccessfulRatingTotal", mine.unsuccessful),
    ):
        assert np.array_equal(column[people], np.nan_to_num(number(scores, name))), name
    early = early_ratings(oracle.notes, latest_ms, oracle.ratings)
    awaiting = early & (status[oracle.ratings.note] == Status.NEEDS_MORE_RATINGS)
    mine = np.bincount(oracle.ratings.rater[awaiting], minlength=n)[people]
    assert np.array_equal(mine, np.nan_to_num(number(scores, "ratingsAwaitingMoreRatings")))


def test_tag_ratios_are_the_published_ones(oracle, core):
    ratings, raters = oracle.of_scorer(CORE, final=True), final_raters(oracle, core)
    mine = tag_aggregates(ratings, final_factors(oracle, core), raters)
    assert close(mine.rating_weight, number(oracle.aux, "ratingWeight"), 0.01)
    for column, name in enumerate(NOT_HELPFUL_TAGS):
        theirs = number(oracle.aux, name + "AdjustedRatio")
        assert close(mine.adjusted_ratio[:, column], theirs, 1e-4), name


def final_raters(oracle: Oracle, core: Scored) -> np.ndarray:
    """Factors of the raters of Core's final fit."""
    raters = np.full(len(oracle.contributors), np.nan, dtype=np.float32)
    present = np.unique(oracle.final_round(CORE, core, final=True).rater)
    raters[present] = core.raters["internalRaterFactor1"][present]
    return raters


def final_factors(oracle: Oracle, core: Scored) -> np.ndarray:
    """Core's final note factors; those of notes dropped after scoring are solved for."""
    raters = core.raters
    bias, factor = raters["internalRaterIntercept"], raters["internalRaterFactor1"]
    ratings, mu = oracle.final_round(CORE, core, final=True), core.meta["globalIntercept"]
    n = len(oracle.notes)
    _, solved = fit_notes(n, ratings, bias, factor, mu, core.loss_ratio[0])
    exported = number(oracle.scored, "coreNoteFactor1")
    return np.where(np.isnan(exported), solved, exported)


def test_tag_thresholds_are_the_published_ones(oracle, core, first_round):
    _, status, _ = first_round
    raters = core.raters["internalRaterFactor1"]
    notes = core.notes["internalNoteFactor1"]
    aggregates = tag_aggregates(oracle.of_scorer(CORE), notes, raters)
    mine = tag_thresholds(aggregates, status == Status.CURRENTLY_RATED_HELPFUL, 95)
    theirs = core.meta["tagFilteringThresholds"]
    theirs = [theirs[name + "AdjustedRatio"] for name in NOT_HELPFUL_TAGS]
    assert np.allclose(mine, theirs, rtol=0, atol=1e-7)


def test_incorrect_aggregates_are_the_published_ones(oracle, core):
    n = len(oracle.contributors)
    mine = tag_habits(oracle.of_scorer(CORE), n)
    habits = TagHabits(
        core.raters["incorrectTagRatingsMadeByRater"], core.raters["totalRatingsMadeByRater"]
    )
    assert close(mine.total, habits.total, 0)
    assert close(mine.incorrect, habits.incorrect, 0)
    ratings, raters = oracle.of_scorer(CORE, final=True), final_raters(oracle, core)
    mine = incorrect_aggregates(ratings, final_factors(oracle, core), raters, habits)
    for name, column in (
        ("notHelpfulIncorrect_interval", mine.incorrect),
        ("num_voters_interval", mine.voters),
        ("p_incorrect_user_interval", mine.rate_sum),
        ("tf_idf_incorrect_interval", mine.tf_idf),
    ):
        theirs = number(oracle.aux, name)
        assert np.nanmax(np.abs(column - theirs)) < 1e-6, name


def test_sampled_counts_and_topic_confidence_are_the_published_ones(oracle, core):
    ratings, raters = oracle.of_scorer(CORE, final=True), final_raters(oracle, core)
    mine = sampled_counts(ratings, raters, len(oracle.notes))
    known = ~np.isnan(number(oracle.aux, "lowDiligenceIntercept"))
    for name, column in (("Neg", mine.n_negative), ("Pos", mine.n_positive)):
        theirs = number(oracle.aux, f"core{name}Factor_populationSampledRatingCount")
        assert np.array_equal(column[known], theirs[known])
    topic = text(oracle.scored, "noteTopic")
    confident = text(oracle.scored, "topicNoteConfident") == "True"
    for name in ("UkraineConflict", "GazaConflict", "MessiRonaldo", "Scams"):
        scorer = f"MFTopicScorer_{name}"
        scored = oracle.prescored(scorer)
        raters = np.full(len(oracle.contributors), np.nan)
        present = np.unique(oracle.final_round(scorer, scored, final=True).rater)
        raters[present] = scored.raters["internalRaterFactor1"][present]
        intercept = np.where(topic == name, number(oracle.scored, "topicNoteIntercept"), np.nan)
        mine = topic_confident(oracle.final_ratings, raters, intercept)
        known = ~np.isnan(intercept)
        assert np.array_equal(mine[known], confident[known])


@pytest.mark.parametrize(
    ("scorer", "prefix"),
    [("GaussianScorer", "gaussian"), ("GaussianCoreWithTopicsScorer", "gaussianCoreWithTopics")],
)
def test_gaussian_intercepts_are_the_published_ones(oracle, core, scorer, prefix):
    ratings = oracle.final_round(scorer, core, final=True)
    factor = core.raters["internalRaterFactor1"]
    mine = gaussian_notes(ratings, oracle.notes.author, factor)
    assert close(mine.intercept, number(oracle.scored, prefix + "NoteIntercept"), 2e-7)


def test_low_diligence_intercepts_are_the_published_ones(oracle, core):
    ratings = oracle.final_round(CORE, core, final=True)
    ratio, _ = core.loss_ratio
    mine = score_reputation(ratings, learned_diligence(core), oracle.notes.id, DILIGENCE, ratio)
    theirs = number(oracle.aux, "lowDiligenceIntercept")
    assert close(mine.intercept, theirs, 1e-4)
    known = ~np.isnan(theirs)
    assert np.array_equal(mine.intercept[known] > LOW_DILIGENCE, theirs[known] > LOW_DILIGENCE)


@pytest.mark.parametrize(
    ("scorer", "prefix"),
    [
        ("MFCoreWithTopicsScorer", "coreWithTopics"),
        ("MFExpansionScorer", "expansion"),
        ("MFExpansionPlusScorer", "expansionPlus"),
        ("MFMultiGroupScorer_1", "multiGroup"),
    ],
)
def test_the_diligence_filter_acts_where_the_published_one_does(oracle, scorer, prefix):
    scored = oracle.prescored(scorer)
    ratings = oracle.final_round(scorer, scored, final=True)
    ratio, _ = scored.loss_ratio
    mine = score_reputation(ratings, learned_diligence(scored), oracle.notes.id, DILIGENCE, ratio)
    rules = text(oracle.scored, prefix + "ActiveRules")
    may_act = np.array([r != "" and "CRNH" not in r for r in rules])
    acted = np.array(["FilterLowDiligence" in r for r in rules])
    assert np.array_equal((mine.intercept > LOW_DILIGENCE)[may_act], acted[may_act])


def start_of(oracle: Oracle, ratings: RatingTable, rater_factor, note_factor=None):
    return ReputationStart(
        rater_factor=rater_factor,
        note_seed=seeds_of_ratings(ratings.note, ratings.at_ms, ratings.level, len(oracle.notes)),
        rater_seed=seeds_of_ratings(
            ratings.rater, ratings.at_ms, ratings.level, len(oracle.contributors)
        ),
        note_factor=note_factor,
    )


def test_diligence_learned_from_our_own_draws_decides_alike(oracle, core):
    train = oracle.final_round(CORE, core)
    start = start_of(oracle, train, core.raters["internalRaterFactor1"])
    learned = prescore_reputation(train, start, DILIGENCE)
    assert np.allclose(learned.globals, core.diligence_globals, rtol=0, atol=0.05)
    ratio, _ = core.loss_ratio
    ratings = oracle.final_round(CORE, core, final=True)
    mine = score_reputation(ratings, learned, oracle.notes.id, DILIGENCE, ratio).intercept
    theirs = number(oracle.aux, "lowDiligenceIntercept")
    known = ~np.isnan(theirs)
    assert np.corrcoef(mine[known], theirs[known])[0, 1] > 0.99
    assert np.mean((mine > LOW_DILIGENCE)[known] == (theirs > LOW_DILIGENCE)[known]) > 0.95


def test_coverage_is_the_published_one(oracle):
    scored = oracle.prescored("ReputationScorer")
    ratings = filter_ratings(oracle.of_scorer("ReputationScorer", final=True), 10, 5)
    theirs = number(oracle.scored, "coverageNoteIntercept")
    mine = score_reputation(ratings, learned_coverage(scored), oracle.notes.id, COVERAGE)
    assert close(mine.intercept, theirs, 2e-6)
    train = filter_ratings(oracle.of_scorer("ReputationScorer"), 10, 5)
    factor = oracle.prescored("MFCoreWithTopicsScorer").raters["internalFirstRoundRaterFactor1"]
    start = start_of(oracle, train, factor, note_factor=np.zeros(len(oracle.notes)))
    learned = prescore_reputation(train, start, COVERAGE)
    mine = score_reputation(ratings, learned, oracle.notes.id, COVERAGE)
    assert close(mine.intercept, theirs, 0.01)
    known = ~np.isnan(theirs)
    assert np.array_equal(mine.intercept[known] > COVERAGE_CRH, theirs[known] > COVERAGE_CRH)
