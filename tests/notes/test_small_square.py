"""Two camps: what both like comes to show, what one likes alone never does."""

from dataclasses import replace

import numpy as np
import pytest
from tests.notes.camps import KINDS, Camps
from tests.notes.two_sides import TIMES, two_sides

from stoa.bridging.run_result import RunResult
from stoa.errors import PoorFit
from stoa.note_records import RunTimes, Status
from stoa.notes import small_square
from stoa.notes.note_data import notes_data
from stoa.notes.small_square import score


@pytest.fixture(scope="module")
def scored():
    camps = Camps().live()
    return camps, camps.score(4)


def test_what_both_camps_like_shows_after_an_hour(scored):
    camps, reports = scored
    assert set(camps.statuses("both")) == {"CURRENTLY_RATED_HELPFUL"}
    shown = set(camps.of_kind["both"])
    changed = [{c.note for c in report.changes} & shown for report in reports]
    assert changed == [set(), set(), shown, set()]


def test_what_one_camp_likes_alone_never_shows(scored):
    camps, _ = scored
    for kind in ("left", "right"):
        assert set(camps.statuses(kind)) == {"NEEDS_MORE_RATINGS"}
        for note in camps.of_kind[kind]:
            statuses = {change.status for change in camps.notes.note(note).history}
            assert Status.CURRENTLY_RATED_HELPFUL not in statuses


def test_what_nobody_likes_is_not_helpful(scored):
    camps, _ = scored
    assert set(camps.statuses("nobody")) == {"CURRENTLY_RATED_NOT_HELPFUL"}


def test_however_many_of_one_camp_like_it():
    camps = Camps(per_camp=12)
    camps.left += [n + 5_000 for n in range(60)]
    camps.live(per_kind=4)
    camps.score(4)
    assert set(camps.statuses("left")) == {"NEEDS_MORE_RATINGS"}


def test_camps_are_found_on_two_sides(scored):
    camps, _ = scored
    for kind in ("left", "right"):
        sides = camps.notes.note(camps.of_kind[kind][0]).sides
        assert sides.unknown.total == 0
        fewer, more = sorted((sides.negative, sides.positive), key=lambda side: side.helpful)
        assert fewer.helpful <= 3
        assert more.helpful >= 9


def test_regulars_who_rate_whatever_is_new_are_no_ring():
    camps = Camps(per_camp=8).live(per_kind=51)  # 204 notes, from which on rings are looked for
    camps.score(3)
    assert camps.statuses("both").count("CURRENTLY_RATED_HELPFUL") >= 45  # tags filter some
    assert set(camps.statuses("left")) == {"NEEDS_MORE_RATINGS"}


def test_in_a_large_square_a_ring_counts_as_one(monkeypatch):
    monkeypatch.setattr(small_square, "LARGE", 10)
    camps = Camps(per_camp=8).live(per_kind=51)  # everybody rates everything within minutes
    camps.score(3)
    assert set(camps.statuses("both")) == {"NEEDS_MORE_RATINGS"}


@pytest.mark.parametrize("n_ratings", [0, 40])
def test_too_little_for_a_model_needs_more_ratings(n_ratings):
    camps = Camps()
    camps.enrol()
    notes = [camps.write(kind, n) for kind in KINDS for n in range(2)]
    for place in range(n_ratings):
        camps.rate(camps.left[place % 12], notes[place % 8], likes=True)
    data = notes_data(camps.notes._book)
    result = score(data, RunTimes(camps.clock.ms, 0, camps.clock.ms))
    assert isinstance(result, RunResult)
    assert set(result.history.current.tolist()) == {Status.NEEDS_MORE_RATINGS}


def test_a_square_without_notes_can_be_scored():
    camps = Camps()
    assert camps.score(1)[0].n_notes == 0


def test_the_same_input_gives_the_same_bits(scored):
    camps, _ = scored
    data, ms = notes_data(camps.notes._book), camps.clock.ms + 1
    one, two = (score(data, RunTimes(ms, 0, ms)) for _ in range(2))
    for prefix in ("core",):
        a, b = (r.spoken.verdicts.models[prefix] for r in (one, two))
        assert np.array_equal(a.intercept, b.intercept, equal_nan=True)
    assert np.array_equal(one.history.current, two.history.current)


@pytest.mark.parametrize("n_notes", [199, 200])
def test_ratings_without_a_pattern_are_refused_from_200_notes_on_as_published(
    n_notes,
):
    data = two_sides(n_notes=n_notes, n_raters=60, share=0.7, seed=3).data
    level = np.random.default_rng(1).choice([0, 2], len(data.ratings)).astype(np.int8)
    data = replace(data, ratings=replace(data.ratings, level=level))
    if n_notes < 200:
        assert not (score(data, TIMES).status == Status.CURRENTLY_RATED_HELPFUL).any()
        return
    with pytest.raises(PoorFit, match=r"MFCoreScorer fits with mean squared error 0\.2"):
        score(data, TIMES)
