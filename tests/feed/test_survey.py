"""Questions are drawn at random, seldom, never twice near each other, and logged."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stoa.feed.survey import LEAST_BETWEEN, Survey


@given(st.floats(0, 1), st.integers(0, 2**31), st.integers(0, 40))
def test_twenty_posts_pass_between_two_questions(share, seed, passed):
    survey = Survey(share, seed, passed)
    asked = [p for p in range(300) if survey.asks(p, distressing=False)]
    assert all(b - a >= LEAST_BETWEEN for a, b in pairwise(asked))
    assert all(p >= LEAST_BETWEEN - passed for p in asked[:1])


@given(st.integers(0, 2**31))
def test_the_answer_stays_however_often_a_page_is_asked(seed):
    survey = Survey(0.2, seed)
    first = [survey.asks(p, distressing=False) for p in range(60)]
    assert [survey.asks(p, distressing=True) for p in range(60)] == first


def test_the_share_is_the_chance_wherever_a_question_may_be():
    n_free = n_asked = 0
    for seed in range(2_000):
        survey = Survey(0.02, seed)
        for position in range(30):
            free = survey.passed >= LEAST_BETWEEN
            n_asked += survey.asks(position, distressing=False)
            n_free += free
    assert abs(n_asked / n_free - 0.02) < 0.003


def test_nobody_is_asked_about_what_distresses():
    survey = Survey(1.0, 3)
    assert not any(survey.asks(p, distressing=True) for p in range(10))
    assert survey.asks(10, distressing=False)
