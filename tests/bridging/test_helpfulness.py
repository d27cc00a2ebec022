import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.bridging.small_ratings import START_MS, make_notes, make_ratings, squares

from stoa.bridging.early_ratings import PUBLIC_DELAY_MS, TOMBSTONES_MS, early_ratings
from stoa.bridging.helpfulness import (
    author_scores,
    count_outcomes,
    harassment_penalty,
    helpfulness,
    valid_ratings,
)
from stoa.bridging.scorers import HelpfulnessRules
from stoa.note_records import NO_TIME, RatingTable, Status

RULES = HelpfulnessRules()
LENIENT = HelpfulnessRules(mean_note_score=-0.01, harassment_threshold=2.5, harassment_flat=True)
CRH, CRNH = Status.CURRENTLY_RATED_HELPFUL, Status.CURRENTLY_RATED_NOT_HELPFUL
NMR = Status.NEEDS_MORE_RATINGS


def undecided(n: int) -> np.ndarray:
    return np.full(n, NO_TIME, dtype=np.int64)


def at(times: list[int], note: int = 0) -> RatingTable:
    ratings = make_ratings([(note, rater, 2) for rater in range(len(times))])
    return RatingTable(
        **{name: getattr(ratings, name) for name in ("note", "rater", "level", "tags", "sampled")},
        at_ms=np.array(times, dtype=np.int64),
    )


def test_ratings_after_two_days_or_after_the_status_are_not_early():
    notes = make_notes(np.array([START_MS]), np.array([0]))
    times = [START_MS, START_MS + PUBLIC_DELAY_MS - 1, START_MS + PUBLIC_DELAY_MS]
    assert early_ratings(notes, undecided(1), at(times)).tolist() == [True, True, False]
    decided = np.array([START_MS + 10])
    times = [START_MS + 9, START_MS + 10, START_MS + 11]
    assert early_ratings(notes, decided, at(times)).tolist() == [True, False, False]


def test_of_notes_older_than_the_history_the_first_five_count_whatever_their_status():
    created = TOMBSTONES_MS - 1
    notes = make_notes(np.array([created]), np.array([0]))
    times = [created + 7 - i for i in range(7)] + [created + PUBLIC_DELAY_MS]
    early = early_ratings(notes, np.array([created]), at(times))
    assert early.tolist() == [False, False, True, True, True, True, True, False]


def test_valid_ratings_take_a_side_on_a_decided_note():
    notes = make_notes(np.full(3, START_MS), np.zeros(3))
    status = np.array([CRH, NMR, CRNH], dtype=np.int8)
    ratings = make_ratings([(n, r, r) for n in range(3) for r in range(3)])
    valid = valid_ratings(ratings, notes, undecided(3), status)
    assert valid.tolist() == [True, False, True, False, False, False, True, False, True]


def test_the_four_outcomes_keep_their_published_names():
    status = np.array([CRH, CRNH], dtype=np.int8)
    ratings = make_ratings([(0, 0, 2), (0, 1, 0), (1, 2, 0), (1, 3, 2)])
    counts = count_outcomes(ratings, status, 4)
    assert counts.successful_helpful.tolist() == [1, 0, 0, 0]
    assert counts.unsuccessful_helpful.tolist() == [0, 1, 0, 0]
    assert counts.successful_not_helpful.tolist() == [0, 0, 1, 0]
    assert counts.unsuccessful_not_helpful.tolist() == [0, 0, 0, 1]
    assert (counts.successful + counts.unsuccessful).tolist() == [1, 1, 1, 1]


def test_an_unhelpful_note_costs_an_author_five_helpful_ones():
    author = np.array([0, 0, 0, 1], dtype=np.int32)
    status = np.array([CRH, CRNH, NMR, CRH], dtype=np.int8)
    intercept = np.array([0.5, -0.2, np.nan, 0.4])
    scores = author_scores(author, status, intercept, 3)
    assert np.allclose(scores.crh_crnh_ratio_difference[:2], [0.5 - 5 * 0.5, 1.0])
    assert np.allclose(scores.mean_note_score[:2], [0.15, 0.4])
    assert np.isnan(scores.mean_note_score[2])
    assert np.isnan(scores.crh_crnh_ratio_difference[2])


def test_harassing_notes_cost_their_fans():
    ratings = make_ratings([(0, 0, 2), (1, 0, 2), (2, 0, 2), (0, 1, 0), (0, 2, 1)])
    intercept = np.array([4.0, 1.9, np.nan])
    assert harassment_penalty(ratings, intercept, RULES, 3).tolist() == [20.0, 0.0, 0.0]
    assert harassment_penalty(ratings, intercept, LENIENT, 3).tolist() == [10.0, 0.0, 0.0]


def scores_of(rules, agreements=(2, 1, 0), disagreements=(1, 1, 0), penalty=None, written=()):
    """Rater 0 agrees twice of three, rater 1 once of two, rater 2 is silent."""
    rows = [(0, rater, 2) for rater, n in enumerate(agreements) for _ in range(n)]
    rows += [(0, rater, 0) for rater, n in enumerate(disagreements) for _ in range(n)]
    counts = count_outcomes(make_ratings(rows), np.array([CRH], dtype=np.int8), 3)
    author = np.array([who for who, _, _ in written], dtype=np.int32)
    status = np.array([what for _, what, _ in written], dtype=np.int8)
    intercept = np.array([score for _, _, score in written], dtype=np.float64)
    return helpfulness(counts, author_scores(author, status, intercept, 3), rules, penalty)


def test_two_agreements_of_three_are_enough_and_half_is_not():
    result = scores_of(RULES)
    assert result.above_threshold.tolist() == [1, 0, -1]
    assert np.isnan(result.agree_ratio[2])
    assert np.isnan(result.harassment_penalty[2])
    assert result.harassment_penalty[:2].tolist() == [0, 0]


def test_a_penalty_takes_a_rater_below():
    result = scores_of(RULES, penalty=np.array([1.0, 0.0, 0.0]))
    assert result.above_threshold.tolist() == [0, 0, -1]
    assert result.penalised_ratio[0] == (2 - 1) / 3


def test_a_bad_author_is_not_heard_but_for_the_quirk_of_group_14():
    written = [(0, CRNH, -0.3), (2, CRH, 0.5)]
    assert scores_of(RULES, written=written).above_threshold.tolist() == [0, 0, 0]
    assert scores_of(LENIENT, written=written).above_threshold.tolist() == [1, 0, 0]
    good = scores_of(RULES, written=[(0, CRH, 0.5)])
    assert good.above_threshold.tolist() == [1, 0, -1]
    assert np.isnan(scores_of(RULES, written=[(2, CRH, 0.5)]).successful_helpful[2])


@given(squares(), st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(square, seed):
    n = len(square.rater_factor)
    status = np.resize(np.array([CRH, CRNH, NMR], dtype=np.int8), len(square.notes))
    decided = square.notes.created_ms + 86_400_000

    def counts(ratings: RatingTable) -> np.ndarray:
        valid = valid_ratings(ratings, square.notes, decided, status)
        outcome = count_outcomes(ratings.take(valid), status, n)
        return np.stack((outcome.successful, outcome.unsuccessful))

    assert np.array_equal(counts(square.ratings), counts(square.shuffled(seed)))
