"""U in seconds: its terms add up, regret costs what kappa says, order survives the floor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.ranking.heads import ACTIONS, N_ACTIONS
from stoa.ranking.readout import Readout
from stoa.ranking.value import (
    PRESETS,
    WORTHS,
    ValueConfig,
    after_looks,
    floored,
    keep_me_well,
    leaning,
    unregretted,
)
from stoa.records import EventKind


def readout(seconds, regret, like=0.0, glad=0.0):
    n = len(seconds)
    actions = np.zeros((n, N_ACTIONS))
    actions[:, ACTIONS.index(EventKind.LIKE)] = like
    return Readout(
        actions=actions, skip=np.zeros(n), seconds=np.array(seconds, dtype=float),
        regret=np.array(regret, dtype=float), glad=np.full(n, glad),
    )  # fmt: skip


def test_the_formula():
    value = unregretted(readout([10.0], [0.1], like=0.05), ValueConfig(kappa=3.0))
    assert value.value[0] == pytest.approx(10.0 * (1 - 4 * 0.1) + 0.05 * 60.0)
    assert value.seconds[0] == 10.0
    assert value.regret[0] == pytest.approx(-4.0)
    assert value.actions[0, WORTHS.index("like")] == pytest.approx(3.0)
    assert value.unfloored == pytest.approx(value.value)


def test_a_price_on_time_is_the_same_knob_as_kappa():
    one = readout([10.0, 3.0], [0.1, 0.3])
    np.testing.assert_allclose(
        unregretted(one, ValueConfig(kappa=1.0, price=0.5)).value,
        unregretted(one, ValueConfig(kappa=3.0)).value,
    )


def test_gladness_alone_counts_in_keep_me_well():
    value = keep_me_well(readout([10.0], [0.1], like=0.9, glad=0.5), ValueConfig(kappa=3.0))
    assert value.value[0] == pytest.approx(10.0 * (0.5 - 3.0 * 0.1))
    assert not value.actions.any()


def test_being_glad_may_be_worth_seconds():
    config = ValueConfig(worth_s={"glad": 20.0})
    assert unregretted(readout([1.0], [0.0], glad=0.5), config).value[0] == pytest.approx(11.0)


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=20), st.floats(0.01, 5.0))
def test_the_floor_keeps_order_and_lets_nothing_below_zero(values, floor):
    before = np.array(values)
    after = floored(before, floor)
    assert (after > 0).all()
    order = np.argsort(before, kind="stable")
    assert (np.diff(after[order]) >= 0).all()
    assert (after[before >= floor] == before[before >= floor]).all()


def test_too_much_regret_shows_as_a_share_below_zero():
    value = unregretted(readout([10.0, 10.0], [0.9, 0.0]))
    assert value.negative_share == 0.5


@pytest.mark.parametrize(
    "wrong", [{"kappa": -1.0}, {"price": 1.0}, {"floor_s": 0.0}, {"worth_s": {"love": 1.0}}]
)
def test_settings_without_sense_are_refused(wrong):
    with pytest.raises(BadInput, match=next(iter(wrong))):
        ValueConfig(**wrong)


def test_presets_have_the_names_that_readers_choose():
    assert set(PRESETS) == {"unregretted", "keep_me_well"}


@given(st.lists(st.floats(-2, 6), min_size=2, max_size=20), st.floats(0, 1))
def test_a_value_that_leans_on_a_guess_is_between_the_two_and_its_terms_add_up(scores, share):
    score = np.array(scores)
    own = unregretted(readout([4.0] * len(scores), [0.2] * len(scores), like=0.05))
    config = ValueConfig(guessed=share, guess_s=5.0)
    value = leaning(own, score, config)
    assert value.unfloored == pytest.approx((1 - share) * own.unfloored + share * 5.0 * score)
    assert (value.value > 0).all()
    alone = leaning(own, score, ValueConfig(guessed=1.0, guess_s=5.0))
    assert (np.diff(alone.value[np.argsort(score)]) >= 0).all()
    without = leaning(own, score, ValueConfig())
    np.testing.assert_array_equal(without.value, own.value)


@given(st.floats(0, 1), st.floats(1, 1e5), st.lists(st.floats(0, 1e6), min_size=2, max_size=8))
def test_the_more_looks_were_heard_the_more_it_leans_and_never_beyond_its_share(share, half, looks):
    config = ValueConfig(guessed=share, guess_looks=half)
    found = [after_looks(config, n).guessed for n in sorted(looks)]
    assert found == sorted(found)
    assert max(found) <= share
    assert after_looks(config, 0).guessed == 0
    assert after_looks(config, half).guessed == pytest.approx(share / 2)


def test_a_share_that_does_not_grow_is_there_at_once():
    config = ValueConfig(guessed=0.5, guess_s=3.0)
    assert after_looks(config, 0) == config


def test_looks_below_nought_are_refused():
    with pytest.raises(BadInput, match="guess_looks"):
        ValueConfig(guess_looks=-1.0)
