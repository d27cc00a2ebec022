"""Early looks: the published ones, every feature, time bookkeeping, and thin data."""

from dataclasses import replace

import numpy as np
import pytest
from tests.bridging.oracle_text import NOW_MS, oracle
from tests.bridging.small_history import (
    CRH,
    CRNH,
    DAY,
    MINUTE,
    NMR,
    history_of,
    notes_of,
    ratings_of,
)

from stoa.bridging import early_look
from stoa.bridging.early_features import EarlySources, Seen, early_features, without_factors
from stoa.bridging.early_look import NoEarlyModel, fit_early_look, look_early
from stoa.bridging.learners import Trees
from stoa.bridging.scorers import CORE_GROUPS, TOPIC_NAMES, Topic
from stoa.bridging.topics import assign_topics, train_topics
from stoa.note_records import NO_TIME

HOUR = 60 * MINUTE
T = 1_750_000_000_000


def oracle_sources(run, ratings):
    notes = run.notes
    people = run.contributors
    return EarlySources(
        notes=notes,
        history=run.history,
        ratings=ratings,
        in_core=people.enrolled & np.isin(people.group, list(CORE_GROUPS)),
        final_factor=run.factor("MFCoreScorer"),
        first_factor=run.factor("MFCoreScorer", "internalFirstRoundRaterFactor1"),
        topic=assign_topics(train_topics(notes), notes),
        topic_factor=np.stack([run.factor(f"MFTopicScorer_{TOPIC_NAMES[t]}") for t in Topic]),
    )


def numbers(run, name):
    return np.array([np.nan if v is None else float(v) for v in run.output("aux_note_info", name)])


def test_looks_are_the_published_ones(shared_data):
    # The oracle did not run its models in parallel, so its early look knew no factors.
    run = oracle(shared_data)
    learned = without_factors(oracle_sources(run, run.unlinked(both=False)))
    look = look_early(fit_early_look(learned, 1), oracle_sources(run, run.ratings), NOW_MS)
    np.testing.assert_array_equal(look.exit_n, numbers(run, "pcrhExitN"))
    np.testing.assert_allclose(look.exit_probability, numbers(run, "pcrhExitProba"), atol=1e-9)
    np.testing.assert_array_equal(look.revoke_n, numbers(run, "pcrhRevokeN"))
    for name, ours in (
        ("pcrhRevoked", look.revoked),
        ("pcrhFinalPred", look.final_prediction),
    ):
        assert ours.tolist() == [
            -1 if value is None else int(value) for value in run.output("aux_note_info", name)
        ]
    times = run.output("scored_notes", "abovePcrhThresholdTime")
    assert [t != NO_TIME for t in look.above_ms] == [t is not None for t in times]


def test_with_factors_it_foresees_more_of_what_came(shared_data):
    run = oracle(shared_data)
    sources = oracle_sources(run, run.ratings)
    helpful = run.history.current == CRH
    errors = []
    for learned in (sources, without_factors(sources)):
        look = look_early(fit_early_look(learned, 1), learned, NOW_MS)
        errors.append(np.nanmean((look.exit_probability - helpful) ** 2))
    assert errors[0] < errors[1]


def small(n_notes=120, n_raters=40, n_ratings=12, helpful_share=0.5):
    rng = np.random.default_rng(2)
    helpful = np.arange(n_notes) < n_notes * helpful_share
    rows = [
        (
            note,
            int(rater),
            T + k * MINUTE,
            2 if helpful[note] else 0,
            1 if helpful[note] else 1 << 9,
        )
        for note in range(n_notes)
        for k, rater in enumerate(rng.choice(n_raters, n_ratings, replace=False))
    ]
    return EarlySources(
        notes=notes_of(created_ms=[T] * n_notes, author=[0] * n_notes),
        history=history_of(
            n_notes,
            current=np.where(helpful, CRH, NMR),
            current_ms=[T + DAY] * n_notes,
        ),
        ratings=ratings_of(sorted(rows)),
        in_core=np.arange(n_raters) >= 0,
        final_factor=np.where(np.arange(n_raters) % 2, 0.5, np.nan).astype(np.float32),
        first_factor=np.full(n_raters, -0.5, dtype=np.float32),
        topic=np.zeros(n_notes, dtype=np.int8),
        topic_factor=np.full((6, n_raters), np.nan, dtype=np.float32),
    )


def test_order_of_ratings_changes_nothing():
    sources = small()
    order = np.random.default_rng(0).permutation(len(sources.ratings))
    mixed = replace(sources, ratings=sources.ratings.take(order))
    one = look_early(fit_early_look(sources, 1), sources, T + DAY)
    other = look_early(fit_early_look(mixed, 1), mixed, T + DAY)
    np.testing.assert_allclose(one.exit_probability, other.exit_probability, atol=1e-12)
    assert one.above_ms.tolist() == other.above_ms.tolist()


def test_what_is_plain_is_foreseen_and_times_are_kept():
    sources = small()
    before = np.full(120, NO_TIME)
    before[:5] = [T, T - 12 * HOUR, T - 12 * HOUR - 1, -T, -1]
    before[60:63] = [T, -T, -1]
    sources = replace(sources, history=replace(sources.history, above_pcrh_ms=before))
    look = look_early(fit_early_look(sources, 1), sources, T)
    assert look.above_ms[:6].tolist() == [T, T - 12 * HOUR, -(T - 12 * HOUR - 1), T, T, T]
    assert look.above_ms[60:64].tolist() == [-T, -T, NO_TIME, NO_TIME]
    assert look.revoked[60:64].tolist() == [1, 0, 0, 0]
    assert look.revoke_n[60] == 12
    assert np.isnan(look.revoke_n[61])
    assert look.final_prediction[[0, 60]].tolist() == [1, 0]


def test_notes_with_few_or_many_ratings_are_not_looked_at():
    sources = small(n_raters=150)
    model = fit_early_look(sources, 1)
    counts = (7, 8, 100, 101)
    rows = [(note, r, T + r, 2, 0) for note, n in enumerate(counts) for r in range(n)]
    look = look_early(model, replace(sources, ratings=ratings_of(rows)), T)
    assert np.flatnonzero(np.isfinite(look.exit_n)).tolist() == [1, 2]
    nobody = replace(sources, in_core=np.zeros(150, dtype=bool))
    assert np.isnan(look_early(model, nobody, T).exit_n).all()


def test_what_was_already_helpful_teaches_nothing():
    sources = small()
    first = np.full(120, NO_TIME)
    first[:60] = T + 8 * MINUTE
    status = np.where(first == NO_TIME, 0, CRH)
    history = replace(sources.history, first_status=status, first_status_ms=first)
    x, helpful = early_look._training(replace(sources, history=history))
    n = x[:, -1]
    assert ((n == 8).sum(), (n == 10).sum()) == (120, 60)
    assert helpful[n == 10].sum() == 0


@pytest.mark.parametrize("share", [0.0, 1.0, 1 / 120])
def test_labels_all_alike_give_no_model(share):
    model = fit_early_look(small(helpful_share=share, n_ratings=8), 1)
    assert isinstance(model, NoEarlyModel)
    assert "training rows are helpful" in model.reason


def test_few_or_old_notes_give_no_model():
    for sources in (
        small(n_notes=40),
        small(n_notes=0),
        replace(small(), notes=notes_of(created_ms=[1] * 120)),
        replace(small(), notes=notes_of(created_ms=[T] * 120, classification=[0] * 120)),
    ):
        model = fit_early_look(sources, 1)
        assert isinstance(model, NoEarlyModel)
        look = look_early(model, sources, T)
        assert np.isnan(look.exit_probability).all()
        assert (look.above_ms == NO_TIME).all()
        assert (look.final_prediction == -1).all()


def test_features_of_a_hand_made_note():
    factor = np.array([0.1, 0.2, 0.6, np.nan, -0.4], dtype=np.float32)
    sources = EarlySources(
        notes=notes_of(created_ms=[T] * 5, author=[7, 7, 7, 7, 8]),
        history=history_of(
            5,
            current=[CRH, CRH, CRNH, NMR, CRH],
            current_ms=[T - DAY, T - 10 * DAY, T - 20 * DAY, T, T - DAY],
        ),
        ratings=ratings_of([(0, r, T + r, 2 if r < 3 else 0, 0b10) for r in range(5)]),
        in_core=np.ones(5, dtype=bool),
        final_factor=factor,
        first_factor=np.array([9, 9, 9, -0.8, np.nan], dtype=np.float32),
        topic=np.array([1, 0, 0, 0, 0], dtype=np.int8),
        topic_factor=np.stack([np.full(5, i, dtype=np.float32) for i in range(6)]),
    )
    seen = Seen(
        row=np.zeros(5, dtype=np.int64),
        rating=np.arange(5),
        scored=~np.isnan(factor),
        every=np.ones(5, dtype=bool),
    )
    (x,) = early_features(sources, np.array([0]), seen, np.array([T]), np.array([5]))
    assert x.shape == (141,)
    helpful = np.array([0.1, 0.2, 0.6])
    assert x[:3] == pytest.approx([helpful.mean(), helpful.std(ddof=1), 3])
    assert x[3:10] == pytest.approx(np.quantile(helpful, [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]))
    assert x[10] == pytest.approx(0.25)
    assert x[11] == pytest.approx(1.4579, abs=1e-4)
    assert x[12:15] == pytest.approx([-0.6, 0.4 / np.sqrt(2), 2])
    assert x[24:36].tolist() == [0] * 12
    assert x[36:58].tolist() == [0, 5] + [0] * 20
    assert x[58 + 12 : 58 + 15] == pytest.approx([-0.4, 0, 1])
    assert x[116:125].tolist() == [1, 0, 3, 1, 0, 2, 0, 0, 0]
    assert x[134:140].tolist() == [1, 0, 0, 1, 1, 0]
    assert x[140] == 5


def test_trees_are_plain_and_say_what_scikit_learn_says():
    from sklearn.ensemble import HistGradientBoostingClassifier

    x, helpful = early_look._training(small())
    x = x + np.random.default_rng(0).normal(size=x.shape)
    model = fit_early_look(small(), 1)
    assert {type(getattr(model, f)) for f in Trees.__slots__} == {np.ndarray, float}
    peer = HistGradientBoostingClassifier(
        max_iter=200,
        max_depth=5,
        learning_rate=0.07,
        random_state=1,
        early_stopping=True,
        n_iter_no_change=10,
        validation_fraction=0.1,
    ).fit(x, helpful)
    ours = early_look.boosted_trees(x, helpful, 1)
    np.testing.assert_allclose(ours.probability(x), peer.predict_proba(x)[:, 1], atol=1e-12)
