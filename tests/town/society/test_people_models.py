"""Laws of the people models: what must hold whatever the constants are within reason."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.town.society.people import MOST_S, Expectation, Experience, Meeting
from stoa.town.society.people_bait import BaitPeople
from stoa.town.society.people_mixed import MixedPeople
from stoa.town.society.people_opportunity import OpportunityPeople

unit = st.floats(0, 1)
MODELS = [BaitPeople(), OpportunityPeople(), MixedPeople(), BaitPeople(bait_likes=True)]


@st.composite
def meetings(draw):
    def column(value):
        return np.array([value], dtype=np.float32)

    shares = ("affinity", "style", "value_match", "quality", "bait", "self_control", "outside",
              "leaning", "seen")  # fmt: skip
    drawn = {name: column(draw(unit)) for name in shares}
    return Meeting(
        **drawn,
        full_s=column(draw(st.floats(1.5, 150))),
        mood=column(draw(st.floats(-1, 1))),
        repeats=column(draw(st.integers(0, 12))),
        recent=column(draw(st.floats(0, 60))),
        elapsed_s=column(draw(st.floats(0, 1_200))),
    )


def with_(meeting: Meeting, **values: float) -> Meeting:
    return replace(meeting, **{k: np.array([v], dtype=np.float32) for k, v in values.items()})


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
@given(meeting=meetings())
def test_chances_are_chances_and_seconds_are_bounded(model, meeting):
    expected = model.expect(meeting)
    for column in fields(Expectation):
        if column.name != "read_s":
            assert 0 <= getattr(expected, column.name)[0] <= 1, column.name
    assert 0 < expected.read_s[0] <= MOST_S + 1e-3
    assert expected.glad[0] + expected.regret[0] <= 1 + 1e-6


@given(meetings(), st.floats(0.05, 0.4))
def test_where_the_will_is_weak_more_bait_is_more_time_and_more_regret(meeting, control):
    def of(bait):
        return BaitPeople().expect(with_(meeting, bait=bait, self_control=control, seen=0.0))

    plain, baited = of(0.0), of(0.9)
    assert baited.regret[0] > plain.regret[0]
    assert baited.seconds[0] > plain.seconds[0]


@given(meetings())
def test_a_strong_will_is_hooked_less(meeting):
    meeting = with_(meeting, bait=0.9)
    weak = BaitPeople().expect(with_(meeting, self_control=0.1))
    strong = BaitPeople().expect(with_(meeting, self_control=0.9))
    assert strong.seconds[0] < weak.seconds[0] + 1e-6
    assert strong.regret[0] < weak.regret[0] + 1e-6


@given(meetings(), st.integers(0, 6))
def test_repetition_takes_joy_and_adds_regret_where_time_has_other_uses(meeting, before):
    model = OpportunityPeople()
    early = model.expect(with_(meeting, repeats=before))
    late = model.expect(with_(meeting, repeats=before + 4))
    assert late.seconds[0] <= early.seconds[0]
    assert late.glad[0] <= early.glad[0] + 1e-6
    # The time still spent is worth less, and there is less of it: of equal seconds, more regret.
    lately = model.expect(with_(meeting, recent=60.0, affinity=0.8, full_s=60.0, outside=0.6))
    fresh = model.expect(with_(meeting, recent=0.0, affinity=0.8, full_s=60.0, outside=0.6))
    assert lately.regret[0] >= fresh.regret[0] - 0.02


@given(meetings())
def test_repetition_is_nothing_to_the_tempted_and_bait_no_regret_to_the_busy(meeting):
    tempted, busy = BaitPeople(), OpportunityPeople()
    assert (
        tempted.expect(with_(meeting, repeats=9.0)).regret
        == tempted.expect(with_(meeting, repeats=0.0)).regret
    )
    assert (
        busy.expect(with_(meeting, bait=0.9)).regret == busy.expect(with_(meeting, bait=0.0)).regret
    )


@given(meetings())
def test_time_that_has_better_uses_is_regretted_more(meeting):
    model = OpportunityPeople()
    idle = model.expect(with_(meeting, outside=0.1)).regret[0]
    assert model.expect(with_(meeting, outside=0.9)).regret[0] >= idle


@given(meetings())
def test_mixed_people_lie_between(meeting):
    mixed = MixedPeople().expect(meeting)
    one, two = BaitPeople().expect(meeting), OpportunityPeople().expect(meeting)
    for name in ("regret", "seconds", "like"):
        ends = sorted([getattr(one, name)[0], getattr(two, name)[0]])
        assert ends[0] - 1e-4 <= getattr(mixed, name)[0] <= ends[1] * (1 + 1e-5) + 1e-4


@given(meetings())
def test_bait_draws_likes_only_where_the_society_says_so(meeting):
    for kind in (BaitPeople, OpportunityPeople):
        baited = with_(meeting, bait=0.9, affinity=1.0, self_control=0.2, seen=0.0)
        quiet, loud = kind().expect(baited), kind(bait_likes=True).expect(baited)
        assert loud.like[0] > quiet.like[0] + 0.1
        assert loud.regret[0] == quiet.regret[0]


def day(**values: float) -> Experience:
    given = {"present": True, "seconds": 300.0, "regretted_s": 30.0, "read": 30.0, "glad": 9.0,
             "regretted": 3.0, "self_control": 0.6, "leaning": 0.0} | values  # fmt: skip
    return Experience(**{name: np.array([value]) for name, value in given.items()})


def coming_back(model, *days: Experience) -> float:
    memory = model.fresh_memory(1)
    for one in days:
        memory = model.remember(memory, one)
    return float(model.come_back(memory, np.array([0.6]), np.array([0.0]))[0])


def test_the_tempted_come_back_by_habit_and_stay_away_by_resolve():
    model = BaitPeople()
    often = coming_back(model, *[day()] * 5)
    assert coming_back(model, *[day(seconds=60.0, regretted_s=6.0)] * 5) < often
    assert coming_back(model, *[day(regretted_s=200.0)] * 5) < often
    assert coming_back(model, *[day(present=False, seconds=0.0, regretted_s=0.0)] * 5) < often


def test_the_busy_remember_moments_not_minutes():
    model = OpportunityPeople()
    usual = coming_back(model, day())
    assert coming_back(model, day(seconds=3_000.0)) == usual
    assert coming_back(model, day(glad=20.0)) > usual
    assert coming_back(model, day(regretted=20.0)) < usual
    absent = day(present=False, read=0.0, glad=0.0, regretted=0.0, seconds=0.0)
    assert coming_back(model, absent) == coming_back(model)
