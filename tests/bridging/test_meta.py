"""The rules over models: what each may do, and what none may do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bridging.merge_world import (
    CRH,
    CRNH,
    FR,
    NMR,
    NONE,
    NOW_MS,
    NYH,
    empty_history,
    foresight,
    model,
    shuffled_notes,
    world,
)

from stoa.bridging.evidence import Evidence
from stoa.bridging.meta import META_RULES, decide, rules_of
from stoa.bridging.meta_rules import label
from stoa.bridging.note_counts import NoteCounts
from stoa.bridging.verdicts import Voice, gather, topic_confidence
from stoa.note_records import MINUTE_MS, NO_TIME, TAGS, Status

seeds = st.integers(0, 10_000)
few = settings(max_examples=25, deadline=None)


def evidence(voices, *, confident=1, plentiful=True, stays=True, sampled=(0, 0), **history):
    """One note, of which the given models speak; its tags are plentiful unless said otherwise."""
    verdicts = gather(voices, 1, np.array([confident], dtype=np.int8))
    columns = {name: np.array([value]) for name, value in history.items()}
    return Evidence(
        verdicts=verdicts,
        history=replace(empty_history(1), **columns),
        counts=NoteCounts(
            ratings=np.array([9]),
            ratings_last_28_days=np.array([9]),
            population_sampled=np.array([0]),
            tags=np.full((1, len(TAGS)), 3 if plentiful else 1, dtype=np.int32),
        ),
        sampled_negative=np.array([sampled[0]]),
        sampled_positive=np.array([sampled[1]]),
        predicted_crh=np.array([stays]),
        now_ms=NOW_MS,
    )


def says(prefix, status, number=None, **numbers):
    columns = {name: np.array([value], dtype=np.float32) for name, value in numbers.items()}
    return Voice(prefix, model(1, status=np.array([status], dtype=np.int8), **columns), number)


SHOWN = {"current": CRH, "first_status": CRH}  # so that the stabilisation window does not act


def final(voices, **about):
    result = decide(evidence(voices, **(SHOWN | about)))
    return Status(int(result.status[0])), result.decided_by_label()[0].split(" ")[0]


def test_a_note_nobody_speaks_of_needs_more_ratings():
    assert final([]) == (NMR, "MetaInitialNMR")


def test_the_more_trusted_model_has_the_last_word():
    models = [says("core", NMR), says("expansion", CRH), says("expansionPlus", CRNH)]
    assert final(models) == (NMR, "CoreModel")
    assert final([says("core", FR)]) == (NMR, "CoreModel")
    assert final(models[1:]) == (CRH, "ExpansionModel")


@pytest.mark.parametrize(
    ("core", "intercept", "group", "expected"),
    [
        (NMR, 0.35, 4, CRH),
        (NMR, 0.41, 4, NMR),  # core itself would have to say so
        (NMR, 0.29, 4, NMR),
        (NMR, 0.26, 14, CRH),  # groups 14 and 33 have a lower bound alone
        (NMR, 0.9, 33, CRH),
        (FR, 0.35, 4, NMR),
        (CRNH, 0.35, 4, CRNH),
        (NMR, 0.35, 18, NMR),  # group 18 may only lower
    ],
)
def test_a_group_raises_only_decent_notes_that_are_not_blocked(core, intercept, group, expected):
    voices = [says("core", core, intercept=intercept), says("group", CRH, group)]
    assert final(voices)[0] == expected


def test_without_core_the_safeguard_is_the_expansion_intercept():
    raised = [says("expansion", NMR, intercept=0.35), says("group", CRH, 1)]
    assert final(raised) == (CRH, "GroupModel01")
    assert final([says("expansion", FR, intercept=0.35), says("group", CRH, 1)])[0] == NMR
    assert final([says("expansionPlus", NMR, intercept=0.35), says("group", CRH, 1)])[0] == NMR


@pytest.mark.parametrize("group", [33, 18, 15])
def test_three_groups_lower(group):
    voices = [says("core", CRH, intercept=0.5), says("group", CRNH, group)]
    assert final(voices) == (NMR, f"GroupModel{group}NMR")


def test_the_multi_group_model_overwrites_but_raises_no_blocked_note():
    assert final([says("core", CRH), says("multiGroup", NMR, 1)]) == (NMR, "MultiGroupModel01")
    assert final([says("core", FR), says("multiGroup", CRH, 1)]) == (NMR, "CoreModel")
    assert final([says("core", FR), says("multiGroup", CRNH, 1)])[0] == CRNH
    assert final([says("core", NMR), says("multiGroup", CRH, 2)])[0] == NMR


def test_gaussian_models_decide_open_notes_only():
    assert final([says("core", NMR), says("gaussian", CRH)]) == (CRH, "GaussianModel")
    assert final([says("core", FR), says("gaussian", CRH)])[0] == NMR
    assert final([says("core", FR), says("gaussian", CRNH)])[0] == CRNH
    assert final([says("core", CRH), says("gaussian", CRNH)])[0] == CRH


@pytest.mark.parametrize(
    ("topic", "intercept", "factor", "confident", "expected"),
    [
        (1, 0.23, 0.1, 1, NMR),
        (1, 0.25, 0.1, 1, CRH),
        (4, 0.25, -0.52, 1, NMR),
        (1, 0.23, 0.1, 0, CRH),
        (5, 0.50, 0.1, 1, NMR),
        (5, 0.52, 0.99, 1, CRH),
    ],
)
def test_a_sure_topic_model_holds_back_weak_notes(topic, intercept, factor, confident, expected):
    voices = [says("core", CRH), says("topic", NMR, topic, intercept=intercept, factor=factor)]
    assert final(voices, confident=confident)[0] == expected


@pytest.mark.parametrize(
    ("sampled", "counts", "expected"),
    [
        (0.29, (2, 6), NMR),
        (0.31, (2, 6), CRH),
        (0.29, (1, 9), CRH),
        (0.29, (2, 5), CRH),
    ],
)
def test_a_population_sample_must_confirm_core(sampled, counts, expected):
    voices = [says("core", CRH, intercept=0.46, population_sampled=sampled)]
    assert final(voices, sampled=counts)[0] == expected


@pytest.mark.parametrize(
    ("said", "window", "about", "expected", "left_ms"),
    [
        (CRH, NO_TIME, {}, NMR, NOW_MS),
        (NYH, NO_TIME, {}, NMR, NOW_MS),
        (CRH, -1, {}, NMR, NOW_MS),
        (NYH, -1, {}, NMR, -1),
        (CRH, 29, {}, NMR, 29),
        (CRH, 31, {}, CRH, -1),
        (NYH, 31, {}, NMR, 31),
        (CRH, 31, {"stays": False}, NMR, 31),
        (CRH, 31, {"first_status": CRH}, NMR, 31),
        (CRH, 31, {"confident": 0}, NMR, 31),
        (CRH, 61, {"stays": False}, CRH, -1),
        (NYH, 361, {}, NMR, -1),
        (NMR, 31, {}, NMR, -1),
        (CRNH, 31, {}, CRNH, -1),
        (NMR, -1, {}, NMR, NO_TIME),
        (NYH, 31, {"current": CRH}, CRH, NO_TIME),
        (CRH, NO_TIME, {"current": CRH}, CRH, NO_TIME),
    ],
)
def test_a_newly_helpful_note_waits(said, window, about, expected, left_ms):
    window_ms = NOW_MS - window * MINUTE_MS if window > 0 else window
    voices = [says("core", said), says("topic", NMR, 1)]
    result = decide(evidence(voices, **({"window_ms": window_ms} | about)))
    assert result.status[0] == expected
    assert result.before_window[0] == said
    assert result.window_ms[0] == (window_ms if left_ms > 0 and left_ms != NOW_MS else left_ms)


def test_a_locked_status_stays_and_what_it_replaces_is_told():
    result = decide(evidence([says("core", CRNH)], locked=CRH, **SHOWN))
    assert (result.status[0], result.unlocked[0]) == (CRH, CRNH)
    assert not result.may_lock()[0]


def test_an_unexplained_status_is_withdrawn_even_when_locked():
    result = decide(evidence([says("core", CRH)], plentiful=False, locked=CRH, **SHOWN))
    assert result.status[0] == NMR
    assert result.decided_by_label()[0] == "InsufficientExplanation (v1.0)"
    assert result.may_lock()[0]


def test_leaving_out_a_scorer_leaves_out_its_rules():
    names = {rule.name for rule in rules_of({"MFCoreScorer", "GaussianGroupScorer"})}
    assert {"CoreModel", "GroupModel15NMR", "ScoringDriftGuard"} <= names
    assert not names & {"ExpansionModel", "GroupModel01", "GroupModel33NMR", "TopicModel01"}
    assert rules_of(None) is META_RULES
    spoken = evidence([says("core", NMR), says("gaussian", CRH)], **SHOWN)
    assert decide(spoken, rules_of({"MFCoreScorer"})).status[0] == NMR


def test_every_rule_has_its_own_label():
    assert len({label(rule) for rule in META_RULES}) == len(META_RULES) == 35


def test_two_models_of_one_family_never_speak_of_the_same_note():
    with pytest.raises(AssertionError, match="each note belongs to one"):
        gather([says("group", CRH, 1), says("group", NMR, 2)], 1, np.zeros(1, dtype=np.int8))
    with pytest.raises(AssertionError, match="core has 2 models"):
        gather([says("core", CRH), says("core", NMR)], 1, np.zeros(1, dtype=np.int8))


def test_topic_confidence_wants_raters_of_both_sides():
    topic = np.array([1, 1, 5, 5, -1], dtype=np.int8)
    positive, negative = np.array([5, 9, 1, 1, 9]), np.array([5, 4, 1, 0, 9])
    assert topic_confidence(topic, positive, negative).tolist() == [1, 0, 1, 0, -1]


@few
@given(seeds)
def test_a_locked_note_changes_only_for_want_of_explanation(seed):
    made = world(seed)
    result, locked = made.run(), made.data.history.locked
    differs = (locked != NONE) & (result.meta.status != locked)
    assert set(result.meta.decided_by_label()[differs]) <= {"InsufficientExplanation (v1.0)"}
    assert (result.meta.status[differs] == NMR).all()


@few
@given(seeds)
def test_no_group_raises_a_blocked_note(seed):
    made = world(seed)
    result = made.run().meta
    groups = sum(1 << i for i, rule in enumerate(META_RULES) if rule.name[:10] == "GroupModel")
    lowering = sum(1 << i for i, rule in enumerate(META_RULES) if rule.name[-3:] == "NMR")
    raised = (result.active_rules & np.uint64(groups & ~lowering)) != 0
    assert not (raised & made.evidence.blocked()).any()


@few
@given(seeds)
def test_final_statuses_are_public_ones(seed):
    result = world(seed).run().meta
    assert set(result.status.tolist()) <= {NMR, CRH, CRNH}
    explained = (result.tags >= 0).all(axis=1)
    assert (explained == (result.status != NMR)).all()


@few
@given(seeds)
def test_the_order_of_notes_changes_nothing(seed):
    made = world(seed)
    order = np.random.default_rng(seed).permutation(len(made.data.notes))
    here, there = made.run(), shuffled_notes(made, order).run()
    for name in ("status", "active_rules", "decided_by", "unlocked", "window_ms", "tags"):
        np.testing.assert_array_equal(
            getattr(here.meta, name)[order], getattr(there.meta, name), err_msg=name
        )
    np.testing.assert_array_equal(here.history.locked[order], there.history.locked)
    np.testing.assert_array_equal(here.above_pcrh_ms[order], there.above_pcrh_ms)
    for name in ("state", "needed", "changed_ms", "times_earned_out"):
        np.testing.assert_array_equal(
            getattr(here.contributors.states, name), getattr(there.contributors.states, name)
        )
    np.testing.assert_array_equal(here.contributors.top_tags, there.contributors.top_tags)


def test_no_notes_and_no_models_make_an_empty_run():
    made = world(1, n_notes=0, n_raters=0, n_ratings=0)
    assert len(made.run().meta.status) == 0
    assert len(foresight(np.random.default_rng(0), 0).stays_crh) == 0
