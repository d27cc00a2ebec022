"""Labels from a log, and the flip rate from things asked twice."""

from dataclasses import replace

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.ranking.window_labels import flip_rate_from_double_asks, labels_of, n_answers
from stoa.records import EventKind
from stoa.space.learning_log import Answer, ImpressionColumns, empty_log


def impressions(acts, asked, answer):
    n = len(acts)
    empty = empty_log(1).impressions
    columns = {name: np.zeros(n, getattr(empty, name).dtype) for name in empty.__slots__}
    made = ImpressionColumns(**columns)
    bits = [sum(1 << int(kind) for kind in kinds) for kinds in acts]
    return replace(
        made,
        acts=np.array(bits, np.uint32),
        asked=np.array(asked),
        answer=np.array(answer, np.int8),
    )


def test_unasked_regret_is_explicit_and_asked_regret_is_an_answer():
    log = impressions(
        [[EventKind.REGRET], [EventKind.REGRET], [EventKind.HIDE, EventKind.LIKE], []],
        [False, True, False, True],
        [-1, 2, -1, -1],
    )
    seen = labels_of(log)
    assert seen.explicit.tolist() == [True, False, True, False]
    assert seen.liked is None
    assert labels_of(log, with_likes=True).liked.tolist() == [False, False, True, False]
    assert n_answers(seen) == 1


@pytest.mark.parametrize("flip", [0.05, 0.1, 0.3])
@pytest.mark.parametrize(("answers", "spread"), [(3, 0.5), (2, 1.0)])
def test_double_asks_give_the_flip_rate(flip, answers, spread):
    rng = np.random.default_rng(0)
    truth = rng.integers(answers, size=20_000)

    def ask():
        moved = (truth + rng.integers(1, answers, size=len(truth))) % answers
        return np.where(rng.random(len(truth)) < flip, moved, truth)

    found = flip_rate_from_double_asks(ask(), ask(), spread=spread)
    assert found.rate == pytest.approx(flip, rel=0.1)
    few = flip_rate_from_double_asks(ask()[:50], ask()[:50], spread=spread)
    assert few.logit_error > found.logit_error > 0


def test_pairs_without_both_answers_count_nothing():
    first, second = np.array([0, 1, -1, 2]), np.array([0, -1, 1, 2])
    whole = flip_rate_from_double_asks(first[[0, 3]], second[[0, 3]])
    assert flip_rate_from_double_asks(first, second) == whole
    with pytest.raises(BadInput, match="ask at least one thing twice"):
        flip_rate_from_double_asks(np.array([-1]), np.array([int(Answer.GLAD)]))


def test_answers_no_better_than_chance_give_a_finite_rate():
    found = flip_rate_from_double_asks(np.zeros(50, int), np.ones(50, int))
    assert 0.5 < found.rate < 0.7
    assert np.isfinite(found.logit_error)
