"""What a run leaves behind, which notes it is about, and when it stops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from tests.bridging.merge_world import (
    CRH,
    CRNH,
    NMR,
    NONE,
    NOW_MS,
    TIMES,
    empty_history,
    note_table,
    ratings,
    world,
)
from tests.bridging.test_meta import few, seeds

from stoa.bridging.flips import check_flips
from stoa.bridging.history import updated_history
from stoa.bridging.meta import META_RULES, MetaResult
from stoa.bridging.meta_rules import label
from stoa.bridging.pcrh_times import lasting_times
from stoa.bridging.rescoring import (
    NoteSubset,
    names_by_note,
    subsets_of_full_run,
    union,
    which_to_rescore,
)
from stoa.errors import TooManyFlips
from stoa.note_records import DAY_MS, HOUR_MS, NO_TIME

LABELS = tuple(label(rule) for rule in META_RULES)


def meta(statuses, decided_by="CoreModel", window_ms=NO_TIME):
    n = len(statuses)
    place = next(i for i, rule in enumerate(META_RULES) if rule.name == decided_by)
    nothing = np.zeros(n, dtype=np.int8)
    return MetaResult(
        rules=LABELS,
        status=np.array(statuses, dtype=np.int8),
        active_rules=np.zeros(n, dtype=np.uint64),
        decided_by=np.full(n, place, dtype=np.int8),
        unlocked=nothing,
        before_window=nothing,
        window_ms=np.full(n, window_ms),
        tags=np.full((n, 2), -1, dtype=np.int8),
    )


def one_note(age_ms=DAY_MS, **history):
    """The evidence of a world of one note, with the given history."""
    made = world(0, n_notes=1, n_raters=3, n_ratings=0)
    notes = replace(made.data.notes, created_ms=np.array([NOW_MS - age_ms]))
    columns = {name: np.array([value]) for name, value in history.items()}
    return notes, replace(made.evidence, history=replace(empty_history(1), **columns))


def after(result, **about):
    notes, evidence = one_note(**about)
    return updated_history(notes, evidence, result, np.array([NO_TIME]))


def test_a_change_of_status_is_dated_and_none_is_minus_one():
    assert after(meta([CRH]), current=NMR).changed_ms[0] == NOW_MS
    assert after(meta([NMR]), current=NMR).changed_ms[0] == -1
    assert after(meta([NMR]), current=NMR, changed_ms=5).changed_ms[0] == 5
    assert after(meta([NMR])).changed_ms[0] == NOW_MS  # a new note had no status at all


@pytest.mark.parametrize(
    ("age_ms", "decided_by", "before", "locked"),
    [
        (14 * DAY_MS + 1, "CoreModel", NONE, CRH),
        (14 * DAY_MS, "CoreModel", NONE, NONE),
        (15 * DAY_MS, "TopicModel01", NONE, NONE),
        (15 * DAY_MS, "CoreModel", NMR, NMR),
    ],
)
def test_a_status_is_locked_after_two_weeks_by_trusted_rules(age_ms, decided_by, before, locked):
    result = after(meta([CRH], decided_by), age_ms=age_ms, locked=before, window_ms=7)
    assert result.locked[0] == locked
    assert result.window_ms[0] == (-1 if locked else 7)
    assert (result.locked_ms[0] == NOW_MS) == (locked == CRH)


def test_the_window_is_kept_until_the_run_moves_it():
    assert after(meta([NMR]), window_ms=7).window_ms[0] == 7
    moved = after(meta([NMR], window_ms=-1))
    assert (moved.window_ms[0], moved.first_window_ms[0]) == (-1, -1)
    assert after(meta([NMR], window_ms=9), first_window_ms=3).first_window_ms[0] == 3


def test_first_and_latest_status():
    new = after(meta([CRH]))
    assert (new.first_status[0], new.latest_status[0]) == (CRH, CRH)
    assert (new.first_status_ms[0], new.latest_status_ms[0]) == (NOW_MS, NOW_MS)
    flipped = after(meta([CRNH]), first_status=CRH, latest_status=CRH, first_status_ms=4)
    assert (flipped.first_status[0], flipped.latest_status[0]) == (CRH, CRNH)
    assert (flipped.first_status_ms[0], flipped.latest_status_ms[0]) == (4, NOW_MS)
    back = after(meta([CRH]), current=NMR, first_status=CRH, latest_status=CRH, latest_status_ms=4)
    assert back.latest_status_ms[0] == 4
    assert after(meta([CRH]), age_ms=1600 * DAY_MS).first_status[0] == NONE


@few
@given(seeds)
def test_a_second_run_of_the_same_models_moves_no_status_of_locked_notes(seed):
    made = world(seed)
    first = made.run()
    again = replace(made, data=replace(made.data, history=first.history)).run()
    locked = first.history.locked != NONE
    unexplained = again.meta.decided_by_label() == "InsufficientExplanation (v1.0)"
    kept = again.meta.status == first.history.locked
    assert (kept | unexplained)[locked].all()
    assert (again.history.locked_ms[locked] == first.history.locked_ms[locked]).all()


@pytest.mark.parametrize(
    ("predicted", "before", "decided_by", "expected"),
    [
        (NOW_MS - 5, NO_TIME, "CoreModel", NOW_MS - 5),
        (NOW_MS - 13 * HOUR_MS, NO_TIME, "CoreModel", 13 * HOUR_MS - NOW_MS),
        (NOW_MS - 5, NO_TIME, "ExpansionModel", 5 - NOW_MS),
        (NO_TIME, NOW_MS - 9, "ExpansionModel", 9 - NOW_MS),
        (NO_TIME, 9 - NOW_MS, "ExpansionModel", NO_TIME),
        (-1, NOW_MS - 9, "ExpansionModel", 9 - NOW_MS),
        (-7, NO_TIME, "ExpansionModel", -7),
    ],
)
def test_a_foreseen_note_is_shown_for_a_while_and_only_by_core(
    predicted, before, decided_by, expected
):
    notes, evidence = one_note(above_pcrh_ms=before)
    notes = replace(notes, classification=np.array([1], dtype=np.int8))
    evidence.verdicts.models["core"].status[:] = NMR
    result = meta([NMR], decided_by)
    assert lasting_times(np.array([predicted]), notes, evidence, result)[0] == expected


def many_notes(n=300):
    rng = np.random.default_rng(5)
    notes = note_table(rng, n, 20)
    return notes, ratings(rng, notes, 20, 200)


def test_subsets_of_a_full_run():
    notes, given = many_notes()
    history = replace(
        empty_history(300), known=np.ones(300, dtype=bool), current_ms=np.full(300, 1)
    )
    everything, settled, overdue = subsets_of_full_run(notes, history, given, TIMES)
    assert everything.notes.all()
    age_ms = NOW_MS - notes.created_ms
    np.testing.assert_array_equal(settled.notes, (age_ms > 3 * DAY_MS) & (age_ms <= 13 * DAY_MS))
    assert (overdue.notes <= (age_ms < 14 * DAY_MS)).all()
    assert overdue.notes.any()
    names = names_by_note((everything, settled, overdue), 300)
    assert names[settled.notes & ~overdue.notes].tolist() == (
        ["ALL_NOTES,NOTES_CREATED_SOMEWHAT_RECENTLY"] * int((settled.notes & ~overdue.notes).sum())
    )


@pytest.mark.parametrize(
    ("history", "age_ms", "name"),
    [
        ({"current_ms": NOW_MS - 2 * DAY_MS}, DAY_MS, "NEW_NOTES_NOT_RESCORED_RECENTLY_ENOUGH"),
        ({"changed_ms": 5, "current_ms": 5}, 30 * DAY_MS, "NOTES_FLIPPED_PREVIOUS_RUN"),
        (
            {"changed_ms": NOW_MS - 5 * HOUR_MS, "current_ms": NOW_MS - 2 * HOUR_MS},
            30 * DAY_MS,
            "RECENTLY_FLIPPED_NOTES_NOT_RESCORED_RECENTLY_ENOUGH",
        ),
        ({"window_ms": 8}, 30 * DAY_MS, "NMR_DUE_TO_MIN_STABLE_CRH_TIME"),
        (
            {"decided_by": "GroupModel18 (v1.1)"},
            16 * DAY_MS,
            "LOCKING_ELIGIBLE_RECENT_UNLOCKED_NOTES",
        ),
        ({}, 30 * DAY_MS, ""),
        ({"known": False, "window_ms": 8}, 30 * DAY_MS, ""),
    ],
)
def test_which_notes_must_be_scored_again(history, age_ms, name):
    notes, evidence = one_note(age_ms, **({"known": True} | history))
    nobody = ratings(np.random.default_rng(0), notes, 3, 0)
    subsets = which_to_rescore(notes, evidence.history, nobody, TIMES)
    assert names_by_note(subsets, 1).tolist() == [name]
    assert union(subsets, 1).tolist() == [bool(name)]


def test_a_new_rating_brings_its_note_back():
    notes, evidence = one_note(30 * DAY_MS)
    one = ratings(np.random.default_rng(0), notes, 3, 1)
    one = replace(one, at_ms=np.array([TIMES.previous_cutoff_ms + 1]))
    assert union(which_to_rescore(notes, evidence.history, one, TIMES), 1).all()


def flipped(n_was, n_gained, n_lost, locked_ms=NO_TIME, n=400):
    was = np.arange(n) < n_was
    now = (np.arange(n) >= n_lost) & (np.arange(n) < n_was + n_gained)
    history = replace(
        empty_history(n),
        current=np.where(was, CRH, NMR).astype(np.int8),
        locked_ms=np.full(n, locked_ms),
    )
    return history, np.where(now, CRH, NMR).astype(np.int8)


EVERYTHING = NoteSubset("ALL_NOTES", np.ones(400, dtype=bool), 0.3, 0.3)


@pytest.mark.parametrize(("gained", "lost", "verb"), [(61, 0, "gained"), (0, 61, "lost")])
def test_too_many_flips_stop_the_run(gained, lost, verb):
    with pytest.raises(TooManyFlips, match=f"ALL_NOTES: 61 notes {verb} CRH against 100 before"):
        check_flips(*flipped(100, gained, lost), [EVERYTHING])


@pytest.mark.parametrize(
    "case",
    [
        flipped(100, 60, 0),
        flipped(100, 0, 60),
        flipped(100, 150, 0, locked_ms=5),
        flipped(0, 300, 0),
    ],
)
def test_flips_within_bounds_or_of_locked_notes_pass(case):
    check_flips(*case, [EVERYTHING])


def test_small_data_are_not_checked():
    history, status = flipped(20, 150, 0, n=200)
    check_flips(history, status, [NoteSubset("ALL_NOTES", np.ones(200, dtype=bool), 0.1, 0.1)])


def test_the_check_is_an_option_of_the_merge():
    made = world(3, n_notes=300)
    subsets = (NoteSubset("ALL_NOTES", np.ones(300, dtype=bool), 0.0, 0.0),)
    made.run(subsets=subsets)
    with pytest.raises(TooManyFlips):
        made.run(subsets=subsets, flips_are_checked=True)
