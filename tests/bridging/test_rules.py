"""The rules inside one model: what each selects, in which order, and laws of the whole list."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.bridging.ensemble import CORE, CORE_WITH_TOPICS, EXPANSION_PLUS, GROUP_14
from stoa.bridging.rules import RULE_NAMES, RULES, NoteSignals, apply_rules, rules_text
from stoa.errors import BadInput
from stoa.note_records import NOT_HELPFUL_TAGS, Classification, Status

NMR, CRH, CRNH = 1, 2, 3
FR, NYH = Status.FIRM_REJECT, Status.NEEDS_YOUR_HELP
N_TAGS = len(NOT_HELPFUL_TAGS)


def signals(n: int = 1, **changed) -> NoteSignals:
    """Notes that nobody objects to, with an intercept of 0.45; each field may be changed."""

    def every(value, dtype):
        return np.full(n, value, dtype=dtype)

    fields = {
        "classification": every(Classification.MISLEADING, np.int8),
        "current": every(Status.NEEDS_MORE_RATINGS, np.int8),
        "n_ratings": every(40, np.int32),
        "intercept": every(0.45, np.float32),
        "factor": every(0.0, np.float32),
        "intercept_max": every(0.5, np.float32),
        "no_high_volume": every(0.45, np.float32),
        "no_correlated": every(0.45, np.float32),
        "min_sign_count": every(20, np.int32),
        "negative_mean": every(0.8, np.float32),
        "positive_mean": every(0.8, np.float32),
        "net_min_helpful": every(12, np.int32),
        "net_min_helpful_ratio": every(0.3, np.float32),
        "tag_adjusted": np.zeros((n, N_TAGS)),
        "tag_ratio": np.zeros((n, N_TAGS)),
        "tag_thresholds": np.full(N_TAGS, 0.1),
        "incorrect": every(0, np.float64),
        "incorrect_voters": every(0, np.float64),
        "incorrect_tfidf": every(0, np.float64),
        "low_diligence": every(0.0, np.float32),
    }
    for name, value in changed.items():
        held = fields[name]
        fields[name] = value if isinstance(value, np.ndarray) else np.full_like(held, value)
    return NoteSignals(**fields)


def decided(config=CORE, *, final=True, **changed):
    made = apply_rules(signals(**changed), config, final=final)
    acted = [name for r, name in enumerate(RULE_NAMES) if int(made.active_rules[0]) >> r & 1]
    return Status(int(made.status[0])), [name.split()[0] for name in acted]


def test_a_good_note_is_shown():
    assert decided() == (CRH, ["InitialNMR", "GeneralCRH"])


@pytest.mark.parametrize(
    ("changed", "status", "rule"),
    [
        ({"intercept": -0.1}, CRNH, "GeneralCRNH"),
        ({"intercept": 0.0, "intercept_max": -0.05}, CRNH, "UcbCRNH"),
        ({"intercept": 0.2, "negative_mean": 0.3, "positive_mean": 0.2}, CRNH, "RatioCRNH"),
        ({"incorrect": 2, "incorrect_voters": 3, "incorrect_tfidf": 2.5}, FR, "FilterIncorrect"),
        ({"low_diligence": 0.27}, FR, "FilterLowDiligence"),
        ({"factor": -0.51}, FR, "FilterLargeFactor"),
        ({"intercept": 0.29}, FR, "RejectLowIntercept"),
        ({"net_min_helpful": 3}, NYH, "MinMinorityRaters"),
        ({"net_min_helpful": 9, "net_min_helpful_ratio": 0.04}, NYH, "RaterBalance"),
        ({"no_high_volume": 0.36}, NYH, "NoHighVolIntercept"),
        ({"no_correlated": 0.36}, NYH, "NoCorrelatedIntercept"),
    ],
)
def test_each_rule_acts_where_it_should(changed, status, rule):
    found, acted = decided(**changed)
    assert found == status
    assert acted[-1] == rule


@pytest.mark.parametrize(
    "changed",
    [
        {"n_ratings": 4},
        {"classification": Classification.NOT_MISLEADING},
        {"intercept": 0.399},
        {"intercept": np.array([np.nan], dtype=np.float32)},
    ],
)
def test_what_is_not_enough_waits(changed):
    status, _ = decided(CORE_WITH_TOPICS, **changed)
    assert status == NMR


def test_a_deleted_note_is_judged_as_one_that_calls_its_post_misleading():
    assert decided(classification=Classification.DELETED)[0] == CRH


def test_a_note_that_finds_nothing_wrong_needs_no_ratings_to_be_refused():
    said = {"classification": Classification.NOT_MISLEADING, "intercept": -0.16, "n_ratings": 1}
    assert decided(**said) == (CRNH, ["InitialNMR", "NmCRNH"])


def test_the_first_phase_knows_the_first_rules_only():
    for rule, name in zip(RULES, RULE_NAMES, strict=True):
        assert rule.name == name.removesuffix(" (v1.0)")
    status, acted = decided(final=False, low_diligence=9, net_min_helpful=0)
    assert (status, acted) == (CRH, ["InitialNMR", "GeneralCRH"])


def test_inertia_holds_what_was_shown_and_refuses_what_should_have_passed_by_itself():
    shown = Status.CURRENTLY_RATED_HELPFUL
    assert decided(EXPANSION_PLUS, intercept=0.395, current=shown)[0] == CRH
    assert decided(EXPANSION_PLUS, intercept=0.395)[0] == NMR
    # An intercept above the threshold that a later rule rejected is not inertia's to hold.
    stuck = {"intercept": 0.45, "current": shown, "n_ratings": 40, "negative_mean": 0.1}
    with pytest.raises(BadInput, match="inertia"):
        decided(EXPANSION_PLUS, positive_mean=0.1, **stuck)


def test_tags_that_filter_are_named_and_one_tag_never_filters():
    adjusted, ratio = np.zeros((1, N_TAGS)), np.zeros((1, N_TAGS))
    hard = NOT_HELPFUL_TAGS.index("notHelpfulHardToUnderstand")
    adjusted[0, [2, hard]], ratio[0, [2, hard]] = 3.0, 0.9
    made = apply_rules(signals(tag_adjusted=adjusted, tag_ratio=ratio), CORE, final=True)
    assert made.status[0] == FR
    assert made.filter_tags[0] == 1 << 2
    adjusted[0, 2] = 2.5
    made = apply_rules(signals(tag_adjusted=adjusted, tag_ratio=ratio), CORE, final=True)
    assert made.status[0] == CRH


def test_a_model_without_a_firm_threshold_sends_back_for_more_ratings():
    assert decided(CORE_WITH_TOPICS, low_diligence=1.0)[0] == NMR


def test_group_14_never_looks_at_diligence():
    assert decided(GROUP_14, intercept=0.2, low_diligence=500)[0] == CRH


def notes_by_chance(seed: int) -> NoteSignals:
    """A hundred notes with every signal anywhere, missing ones among them."""
    rng = np.random.default_rng(seed)
    n = 100

    def numbers():
        found = rng.uniform(-1, 1, n).astype(np.float32)
        found[rng.random(n) < 0.1] = np.nan
        return found

    def counts(most):
        return rng.integers(0, most, n, dtype=np.int32)

    intercept = numbers()
    return signals(
        n,
        classification=counts(3).astype(np.int8),
        n_ratings=counts(60),
        intercept=intercept,
        factor=np.where(np.isnan(intercept), intercept, rng.uniform(-1, 1, n).astype(np.float32)),
        intercept_max=numbers(),
        no_high_volume=numbers(),
        no_correlated=numbers(),
        min_sign_count=counts(30),
        negative_mean=numbers(),
        positive_mean=numbers(),
        net_min_helpful=counts(30),
        low_diligence=numbers(),
    )


any_notes = st.integers(0, 2**32 - 1).map(notes_by_chance)


@given(any_notes, st.sampled_from([CORE, CORE_WITH_TOPICS, EXPANSION_PLUS, GROUP_14]))
def test_the_sign_of_the_axis_decides_nothing(notes, config):
    mirrored = replace(
        notes,
        factor=-notes.factor,
        negative_mean=notes.positive_mean,
        positive_mean=notes.negative_mean,
    )
    made, other = apply_rules(notes, config, final=True), apply_rules(mirrored, config, final=True)
    assert np.array_equal(made.status, other.status)
    assert np.array_equal(made.active_rules, other.active_rules)


@given(any_notes, st.sampled_from([CORE, CORE_WITH_TOPICS, EXPANSION_PLUS]))
def test_nothing_is_shown_without_enough_from_both_sides(notes, config):
    made = apply_rules(notes, config, final=True)
    shown = made.status == Status.CURRENTLY_RATED_HELPFUL
    assert (notes.net_min_helpful[shown] >= 4).all()
    assert (notes.n_ratings[shown] >= 5).all()
    assert (notes.intercept[shown] >= np.float32(config.thresholds.crh)).all()
    assert (np.abs(notes.factor[shown]) <= np.float32(config.thresholds.large_factor)).all()


@given(any_notes)
def test_notes_are_judged_one_by_one(notes):
    whole = apply_rules(notes, CORE, final=True)
    for i in range(len(notes.intercept)):
        one = NoteSignals(
            **{
                name: (held if name == "tag_thresholds" else held[i : i + 1])
                for name in NoteSignals.__dataclass_fields__
                if (held := getattr(notes, name)) is not None
            }
        )
        assert apply_rules(one, CORE, final=True).status[0] == whole.status[i]


def test_active_rules_are_told_in_order():
    text = rules_text(np.array([0b11, 0, 1 << 9 | 1], dtype=np.uint32))
    assert text.tolist() == [
        "InitialNMR (v1.0),GeneralCRH (v1.0)",
        "",
        "InitialNMR (v1.0),FilterLowDiligence (v1.0)",
    ]
