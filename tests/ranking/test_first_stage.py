"""The first stage: long posts are looked at longer, if they are read; pairs are as one by one."""

import numpy as np
import pytest
from tests.ranking.test_evidence import CONFIG, showings

from stoa.ranking.evidence import LENGTH, N_EVIDENCE, READ, SORRY, Evidence
from stoa.ranking.first_stage import Described, fit_first_stage
from stoa.ranking.ranker_inputs import form_of


def posts(vectors):
    n = len(vectors)
    length = 20 + 10 * np.arange(n)
    form = form_of(length, np.zeros(n, np.int64), np.full(n, -1))
    return Described(post=np.arange(n), author=np.arange(n) % 7, vector=vectors, form=form)


@pytest.fixture(scope="module")
def made():
    shown, vectors = showings(6_000)
    described = posts(vectors)
    shown.signals[:, LENGTH] = np.where(shown.signals[:, READ] > 0, np.log(2.0 + shown.post), 0.0)
    shown.signals[:, SORRY] = (shown.signals[:, READ] > 0) & (vectors[shown.post, 7] > 0.3)
    evidence = Evidence(CONFIG)
    evidence.tell(shown)
    seeking = evidence.seeking(shown.viewer)
    taste = np.einsum("nd,ndk->nk", shown.vector, seeking)
    told = evidence.ask(
        shown.viewer, taste, shown.author, shown.post, np.zeros(len(shown.post), bool)
    )
    stage = fit_first_stage(
        told, described.rows(shown.post), shown.signals, np.ones(len(shown.post), bool)
    )
    return stage, evidence, described, told, shown


def test_a_long_post_is_looked_at_longer_if_it_is_read(made):
    stage, _, described, told, shown = made
    guess = stage.seconds(told, described.rows(shown.post))
    true = np.exp(shown.signals[:, LENGTH]) * shown.signals[:, READ]
    assert np.corrcoef(guess, true)[0, 1] > 0.5
    assert guess.mean() == pytest.approx(true.mean(), rel=0.3)
    assert (guess > 0).all()
    assert guess.max() <= 60.0


def test_signs_of_regret_are_chances_and_follow_the_content(made):
    stage, _, described, told, shown = made
    sign = stage.signs(told, described.rows(shown.post))
    assert ((sign >= 0) & (sign <= 1)).all()
    bad = shown.vector[:, 7] > 0.3
    assert sign[bad].mean() > sign[~bad].mean() + 0.3


def test_every_pair_is_the_guess_of_one(made):
    stage, evidence, described, _, _ = made
    viewer = np.array([0, 3, 12])
    seeking = evidence.seeking(viewer)
    none = np.zeros((3, len(described.post)), bool)
    every = stage.every_pair(evidence, viewer, seeking, described, none)
    for row, who in enumerate(viewer):
        taste = described.vector @ seeking[row]
        told = evidence.ask(
            np.full(len(taste), who), taste, described.author, described.post, none[0]
        )
        assert told.shape == (len(taste), N_EVIDENCE)
        np.testing.assert_allclose(every[row], stage.seconds(told, described), rtol=1e-4)
