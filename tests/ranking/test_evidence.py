"""Evidence: means of residuals, a regression for each viewer, and nothing that counts fame."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.ranking.evidence import (
    GLAD,
    LENGTH,
    N_EVIDENCE,
    N_SIGNALS,
    READ,
    SORRY,
    Evidence,
    EvidenceConfig,
    Shown,
    signals_of,
)
from stoa.records import EventKind
from stoa.space.learning_log import Answer

DIM = 8
CONFIG = EvidenceConfig(vector=DIM)


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def showings(n=400, seed=0, taste=True):
    """Viewer v reads posts along axis v; glad of a third of what they read."""
    random = np.random.default_rng(seed)
    viewer, post = random.integers(0, 4, n), random.integers(0, 50, n)
    vectors = unit(random.standard_normal((50, DIM)))
    chance = 0.5 + 0.45 * vectors[post, viewer] if taste else np.full(n, 0.5)
    read = random.random(n) < chance
    signals = np.zeros((n, N_SIGNALS))
    signals[:, READ] = read
    signals[:, LENGTH] = np.where(read, 2.0 + 0.1 * random.standard_normal(n), 0)
    signals[:, GLAD] = read & (random.random(n) < 0.3)
    signals[:, SORRY] = read & (random.random(n) < 0.1)
    shown = Shown(
        viewer=viewer, author=post % 7, post=post, kind=np.zeros(n, np.int64),
        vector=vectors[post], signals=signals,
    )  # fmt: skip
    return shown, vectors


def asked(evidence, viewer, post, vectors, followed=False):
    viewer, post = np.atleast_1d(viewer), np.atleast_1d(post)
    seeking = evidence.seeking(viewer)
    taste = np.einsum("nd,ndk->nk", vectors[post], seeking)
    return evidence.ask(viewer, taste, post % 7, post, np.full(len(post), followed))


def test_signals_say_what_followed():
    acts = np.array([0, 1 << EventKind.LIKE, 1 << EventKind.MUTE, 0], dtype=np.uint32)
    answer = np.array([Answer.NONE, Answer.NONE, Answer.NONE, Answer.REGRET], dtype=np.int8)
    found = signals_of(
        np.array([0.5, 20.0, np.nan, 900.0]), acts, answer, np.array([0, 0, -1, 0], dtype=np.int8)
    )
    assert found[:, READ].tolist() == [0, 1, 0, 1]
    assert found[:, GLAD].tolist() == [0, 1, 0, 0]
    assert found[:, SORRY].tolist() == [0, 0, 1, 1]
    assert found[3, LENGTH] == pytest.approx(np.log(60.0))


def test_of_nothing_told_evidence_is_nought():
    _, vectors = showings()
    assert not asked(Evidence(CONFIG), 3, 5, vectors).any()


def test_a_viewers_taste_is_learned_and_is_their_own():
    shown, _ = showings(4_000)
    evidence = Evidence(CONFIG)
    evidence.tell(shown)
    axes = np.eye(DIM, dtype=np.float32)[:4]
    along = np.einsum("vd,ndk->vnk", axes, evidence.tastes(np.arange(4)))[..., READ]
    assert (along.argmax(axis=1) == np.arange(4)).all()  # nobody else seeks it as much


@given(times=st.integers(2, 20), seed=st.integers(0, 20))
@settings(max_examples=20)
def test_how_many_saw_a_post_is_not_told(times, seed):
    """A post and one like it, shown `times` as often to others with the same outcome: the mean is
    drawn to nought less, and never passes what was observed."""
    shown, vectors = showings(60, seed)
    often = Shown(**{n: np.concatenate([getattr(shown, n)] * times) for n in Shown.__slots__})
    few, many = Evidence(CONFIG), Evidence(CONFIG)
    few.tell(shown)
    many.tell(often)
    post = slice(N_SIGNALS, 2 * N_SIGNALS)
    for one in range(10):
        a = asked(few, 9, one, vectors)[0, post]
        b = asked(many, 9, one, vectors)[0, post]
        assert (np.abs(b[[READ, GLAD]]) <= 1.0).all()
        assert (np.sign(a) == np.sign(b)).all()


def test_regret_is_told_late_and_only_of_what_was_read():
    shown, vectors = showings()
    evidence = Evidence(CONFIG)
    evidence.tell(shown)
    sorry = [signal * N_SIGNALS + SORRY for signal in range(5)]
    assert not asked(evidence, 1, 5, vectors)[0, sorry].any()
    evidence.tell_late(shown)
    assert asked(evidence, 1, 5, vectors)[0, sorry].any()


@given(seed=st.integers(0, 30))
@settings(max_examples=15)
def test_weighing_all_pairs_is_asking_each(seed):
    shown, vectors = showings(200, seed)
    evidence = Evidence(CONFIG)
    evidence.tell(shown)
    evidence.tell_late(shown)
    evidence.tell_follows(np.array([0, 2]), vectors[:2])
    random = np.random.default_rng(seed)
    weight = random.standard_normal(N_EVIDENCE)
    viewer, post = np.array([0, 2, 11]), np.array([3, 9, 49, 0])
    followed = random.random((3, 4)) < 0.5
    every = evidence.weigh(
        weight, viewer, evidence.seeking(viewer), post % 7, post, vectors[post], followed
    )
    for row, who in enumerate(viewer):
        for column, what in enumerate(post):
            one = asked(evidence, who, what, vectors, followed[row, column])
            assert every[row, column] == pytest.approx((one @ weight)[0], abs=1e-4)


def test_neighbours_in_a_request_move_nothing():
    shown, vectors = showings()
    evidence = Evidence(CONFIG)
    evidence.tell(shown)
    alone = asked(evidence, 1, 5, vectors)
    together = asked(evidence, np.array([1, 2, 3]), np.array([5, 6, 7]), vectors)
    np.testing.assert_array_equal(alone[0], together[0])


def test_authors_followed_speak_for_posts_like_theirs():
    _, vectors = showings()
    evidence = Evidence(CONFIG)
    evidence.tell_follows(np.array([1, 1]), vectors[[4, 4]])
    like, unlike = -3, int(np.argmin(vectors @ vectors[4]))
    assert asked(evidence, 1, 4, vectors)[0, like] > asked(evidence, 1, unlike, vectors)[0, like]
    assert asked(evidence, 0, 4, vectors)[0, like] == 0
