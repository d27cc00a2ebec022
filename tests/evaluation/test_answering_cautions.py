import numpy as np
import pytest

from stoa.evaluation.answering_cautions import Promises, cautions_of, shrunk
from stoa.evaluation.answering_rows import Rows
from stoa.grounding.answer_confidence import ANSWER_FEATURES

N_ARTICLES, N_EACH = 20, 20


def rows(apart: dict[str, float], seed: int = 0) -> tuple[Rows, np.ndarray]:
    """Made-up answers: log-odds of unanswerable questions lie below those of others.

    All of a language are moved by `apart[lang]`.
    """
    chance = np.random.default_rng(seed)
    n = N_ARTICLES * N_EACH
    lang = np.repeat(list(apart), n)
    can = np.tile(np.arange(n) % 2 == 0, len(apart))
    noise = np.tile(chance.normal(size=n), len(apart))  # the same questions in each language
    logits = noise + np.where(can, 1.8, -1.8) + np.repeat(list(apart.values()), n)
    features = np.zeros((len(lang), len(ANSWER_FEATURES)))
    whole = np.ones(len(lang), dtype=np.bool_)
    made = Rows(
        lang=lang,
        number=np.tile(np.arange(n), len(apart)),
        article=np.tile(np.arange(n) // N_EACH, len(apart)),
        seed=np.zeros(len(lang), dtype=np.int64),
        is_answerable=can,
        is_right=can & np.tile(np.arange(n) % 10 != 0, len(apart)),
        first_is_right=can,
        top_is_right=can,
        overlap_is_right=can,
        features=features,
        has_answer=whole,
    )
    return made, logits


def test_each_language_gets_marks_that_keep_its_promises():
    made, logits = rows({"de": 0.0, "en": 1.0, "ru": -1.0})
    found = cautions_of(logits, made, made.is_measured, Promises())
    for lang in ("de", "en", "ru"):
        caution = found.of(lang)
        here = made.lang == lang
        said = np.array([caution(float(logit)) for logit in logits])
        declined = (said < 0.5)[here & ~made.is_answerable].mean()
        right = ((said >= 0.5) & made.is_right)[here & made.is_answerable].mean()
        assert declined >= 0.95
        assert right >= Promises().right_of.get(lang, 0.62)
    shifts = [found.of(lang).shift for lang in ("ru", "de", "en")]
    assert shifts == sorted(shifts)
    assert np.mean(shifts) < found.other.shift


def test_languages_that_do_not_differ_share_their_marks():
    made, logits = rows({"de": 0.0, "ru": 0.0})
    found = cautions_of(logits, made, made.is_measured, Promises())
    assert found.of("de").shift == pytest.approx(found.of("ru").shift)
    assert found.of("de").shift == pytest.approx(found.other.shift)


def test_marks_are_drawn_together_more_the_less_sure_they_are():
    chance = np.random.default_rng(1)
    measured = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    unsure = np.stack([measured + scale for scale in (0.0,)])
    draws = measured + chance.normal(size=(200, 3, 2)) * [0.05, 0.6]
    found = shrunk(np.concatenate([unsure, draws]))
    spread = found.std(axis=0)
    assert spread[1] < spread[0] <= measured.std(axis=0)[0]
    assert np.allclose(found.mean(axis=0), 1.0, atol=0.1)


def test_an_answer_that_the_guard_holds_down_sets_no_mark():
    made, logits = rows({"en": 0.0})
    barred = made.features.copy()
    wrong = np.flatnonzero(~made.is_answerable)
    barred[wrong, ANSWER_FEATURES.index("best_names_missing_source")] = 1.0
    held = Rows(
        **{name: getattr(made, name) for name in Rows.__slots__ if name != "features"},
        features=barred,
    )
    free = cautions_of(logits, held, held.is_measured, Promises()).of("en")
    kept = cautions_of(logits, made, made.is_measured, Promises()).of("en")
    assert free.shift < kept.shift
