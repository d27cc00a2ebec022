"""Seconds of the ranker and of the first stage, believed as far as each proved right."""

import jax
import numpy as np
import pytest

from stoa.errors import BadModel
from stoa.ranking.blended_seconds import BlendedSeconds, fit_blend
from stoa.ranking.evidence import N_EVIDENCE
from stoa.ranking.first_stage import FirstStage
from stoa.ranking.learned_ranker import LearnedRanker
from stoa.ranking.ranker_inputs import N_FORMS
from stoa.ranking.ranker_model import RankerConfig, init_ranker
from stoa.ranking.ranker_serving import no_candidates, no_history
from stoa.ranking.value import ValueConfig
from stoa.space.text_axes import TextAxesConfig, fit_text_axes

CONFIG = RankerConfig(
    width=32, depth=1, history=8, author_rows=16, vector=8, evidence=N_EVIDENCE
)  # fmt: skip
CHANCE = np.random.default_rng(0)


def blend(ranked=0.5, guessed=0.5):
    length = N_EVIDENCE + CONFIG.vector + N_FORMS + 2
    parts = (np.random.default_rng(1).normal(size=(3, length)) * 0.2).astype(np.float64)
    return BlendedSeconds(
        FirstStage(read=parts[0], length=parts[1], sorry=parts[2]), ranked, guessed
    )


def ranker(**more):
    params = init_ranker(jax.random.key(0), CONFIG)
    out = jax.random.normal(jax.random.key(9), params["out"].shape)
    return LearnedRanker("v1", CONFIG, {**params, "out": out}, ValueConfig(), **more)


def candidates(n=12):
    drawn = np.random.default_rng(3)
    return no_candidates(n, CONFIG)._replace(
        vector=drawn.normal(size=(n, CONFIG.vector)).astype(np.float32),
        evidence=drawn.normal(size=(n, N_EVIDENCE)).astype(np.float32),
        form=drawn.random((n, N_FORMS)).astype(np.float32),
    )


def test_who_foretold_what_came_is_believed_and_with_little_seen_what_is_usual():
    truth = CHANCE.gamma(2.0, 3.0, 20_000)
    noise = CHANCE.gamma(2.0, 3.0, 20_000)
    ranked, guessed = fit_blend(truth, noise, truth)
    assert ranked > 0.6
    assert guessed < 0.4
    usual = fit_blend(truth[:0], noise[:0], truth[:0])
    few = fit_blend(truth[:20], noise[:20], truth[:20])
    np.testing.assert_allclose(few, usual, atol=0.05)
    assert min(fit_blend(-truth, truth, truth)) >= 0


def test_seconds_are_blended_and_nothing_else_changes():
    plain = ranker().readout(no_history(CONFIG), candidates())
    one = ranker(blend=blend(0.25, 0.5))
    both = one.readout(no_history(CONFIG), candidates())
    guess = ranker(blend=blend(0.0, 1.0)).readout(no_history(CONFIG), candidates()).seconds
    np.testing.assert_allclose(both.seconds, 0.25 * plain.seconds + 0.5 * guess, rtol=1e-6)
    assert (both.regret == plain.regret).all()
    assert (both.actions == plain.actions).all()


def test_a_candidates_seconds_hang_on_no_other():
    one = ranker(blend=blend())
    whole = one.readout(no_history(CONFIG), candidates()).seconds
    part = type(candidates())(*(column[:3] for column in candidates()))
    np.testing.assert_allclose(one.readout(no_history(CONFIG), part).seconds, whole[:3], rtol=1e-12)


def test_axes_and_blend_come_back_from_their_arrays_or_are_refused_with_the_mend():
    text = CHANCE.normal(size=(40, 32)).astype(np.float32)
    axes = fit_text_axes(text, np.arange(40) % 7, TextAxesConfig(axes=8))
    one = ranker(axes=axes, blend=blend())
    arrays = one.arrays()
    again = LearnedRanker.from_arrays("v1", arrays, one.card_config(), {})
    assert again.axes.posts == 40
    np.testing.assert_array_equal(again.content(text), one.content(text))
    np.testing.assert_array_equal(again.blend.first.read, one.blend.first.read)
    assert (again.blend.ranked, again.blend.guessed) == (0.5, 0.5)
    for name in ("text_axes.axes", "first_stage.read", "first_stage.blend"):
        lacking = {k: v for k, v in arrays.items() if k != name}
        with pytest.raises(BadModel, match=name):
            LearnedRanker.from_arrays("v1", lacking, one.card_config(), {})
    before = {k: v for k, v in arrays.items() if not k.startswith(("text_axes", "first_stage"))}
    old = LearnedRanker.from_arrays("v1", before, one.card_config(), {})
    assert (old.axes, old.blend) == (None, None)
    folded_once = old.content(text)
    assert folded_once.shape == (40, 8)
    np.testing.assert_allclose(np.linalg.norm(folded_once, axis=1), 1.0, rtol=1e-5)
