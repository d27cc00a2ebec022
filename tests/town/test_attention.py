"""Laws of the people model: what must hold whatever its constants are set to within reason."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.town.attention import MOST_S, Expectation, Meeting, PeopleModel, expect

unit = st.floats(0, 1)
MODEL = PeopleModel()


@st.composite
def meetings(draw):
    def column(value):
        return np.array([value])

    return Meeting(
        affinity=column(draw(unit)),
        understood=column(True),
        closeness=column(draw(unit)),
        value_match=column(draw(unit)),
        self_control=column(draw(unit)),
        mood=column(draw(st.floats(-1, 1))),
        repeats=column(float(draw(st.integers(0, 8)))),
        quality=column(draw(unit)),
        bait=column(draw(unit)),
        full_s=column(draw(st.floats(1.5, 40))),
    )


def more(meeting: Meeting, **change: float) -> tuple[Expectation, Expectation]:
    """Expectations before and after one column is moved up (or down), kept within 0..1."""
    ((name, by),) = change.items()
    moved = np.clip(getattr(meeting, name) + by, 0, 1)
    return expect(meeting, MODEL), expect(replace(meeting, **{name: moved}), MODEL)


@given(meetings())
def test_probabilities_are_probabilities_and_seconds_are_bounded(meeting):
    result = expect(meeting, MODEL)
    for name in ("genuine", "hook", "stop", "regret", "like", "repost", "reply"):
        assert 0 <= getattr(result, name)[0] <= 1, name
    assert 0 < result.read_s[0] <= MOST_S


@given(meetings())
def test_bait_earns_attention_now_and_regret_later(meeting):
    before, after = more(meeting, bait=0.4)
    assert after.hook >= before.hook
    assert after.stop >= before.stop
    assert after.regret >= before.regret


@given(meetings())
def test_self_control_resists_the_hook_only(meeting):
    before, after = more(meeting, self_control=0.3)
    assert after.hook <= before.hook
    assert after.genuine == before.genuine


@given(meetings())
def test_quality_and_interest_earn_genuine_attention(meeting):
    for name in ("quality", "affinity", "closeness"):
        before, after = more(meeting, **{name: 0.3})
        assert after.genuine >= before.genuine
        assert after.stop >= before.stop - 1e-12


@given(meetings())
def test_what_serves_ones_values_is_regretted_less(meeting):
    before, after = more(meeting, value_match=0.3)
    assert after.regret <= before.regret
    assert after.like >= before.like


@given(meetings())
def test_repetition_satiates(meeting):
    again = expect(replace(meeting, repeats=meeting.repeats + 3), MODEL)
    once = expect(meeting, MODEL)
    assert again.genuine <= once.genuine
    assert again.regret >= once.regret


@given(meetings())
def test_what_one_cannot_read_is_passed(meeting):
    result = expect(replace(meeting, understood=np.array([False])), MODEL)
    assert result.stop <= 0.011
    assert result.like == 0
