"""Who lives in the town: interests, languages, moods, follows."""

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.records import DAY_US
from stoa.town import TownConfig
from stoa.town.follows import Follows, make_follows
from stoa.town.people import N_TOPICS, TOPIC_LANG, make_people

CONFIG = TownConfig(people=300, seed=5)


@pytest.fixture(scope="module")
def people():
    return make_people(CONFIG)


def test_people_have_several_interests_in_languages_they_read(people):
    count = (people.interest > 0).sum(axis=1)
    assert count.min() >= 1
    assert count.max() <= 7
    assert np.median(count) >= 4
    assert people.interest.sum(axis=1) == pytest.approx(np.ones(300))
    unread = ~people.reads[:, TOPIC_LANG]
    assert people.interest[unread].sum() == 0
    assert people.affinities_on(CONFIG.start_us)[unread].sum() == 0


def test_interests_drift_slowly_and_never_vanish(people):
    today, tomorrow, next_month = (
        people.interests_on(CONFIG.start_us + day * DAY_US) for day in (0, 1, 30)
    )
    assert np.abs(today - tomorrow).sum(axis=1).mean() < 0.1
    assert np.abs(today - next_month).sum(axis=1).mean() > 0.15
    assert ((next_month > 0) == (people.interest > 0)).all()


def test_some_interests_go_against_ones_values(people):
    mine = people.interest > 0
    match = people.value_match[mine]
    assert match.mean() > people.value_match.mean() + 0.05  # most follow values
    assert (match < 0.25).mean() > 0.05  # some do not


def test_mood_and_waking_follow_the_hour_where_one_lives(people):
    who = np.arange(300)
    moods = np.array(
        [people.mood(who, CONFIG.start_us + hour * DAY_US // 24) for hour in range(24)]
    )
    assert np.abs(moods).max() <= 1
    waking = np.mean([people.waking(CONFIG.start_us + h * DAY_US // 24) for h in range(24)])
    assert waking == pytest.approx(1, abs=0.05)
    for zone in (-8, 9):
        some = np.flatnonzero(np.abs(people.zone_h - zone) < 1)
        at_four = CONFIG.start_us + round((4 - zone) % 24 * DAY_US / 24)
        after_supper = CONFIG.start_us + round((20 - zone) % 24 * DAY_US / 24)
        assert people.waking(at_four)[some].mean() < 0.5 * people.waking(after_supper)[some].mean()


def test_people_are_the_same_for_a_seed_and_others_for_another(people):
    assert make_people(CONFIG).did == people.did
    assert make_people(TownConfig(people=300, seed=6)).did != people.did


def test_follows_go_to_the_like_minded_and_never_to_oneself(people):
    follows = make_follows(CONFIG, people)
    follower, followed = follows.pairs()
    assert (follower != followed).all()
    assert len(set(zip(follower.tolist(), followed.tolist(), strict=True))) == len(follower)
    taste = np.sqrt(people.interest)
    alike = (taste[follower] * taste[followed]).sum(axis=1).mean()
    assert alike > 2 * (taste @ taste.T).mean()
    for person in (0, 17):
        mine = follows.matrix[person, : follows.count[person]]
        assert sorted(mine.tolist()) == sorted(followed[follower == person].tolist())


def test_a_new_follow_counts_once_and_finds_room():
    follows = Follows(40, np.array([0, 0]), np.array([1, 2]), np.array([0.9, 0.1]))
    assert not follows.add(0, 1)
    assert not follows.add(3, 3)
    assert all(follows.add(0, other) for other in range(3, 40))
    assert not follows.add(0, 39)
    assert sorted(follows.matrix[0, : follows.count[0]].tolist()) == list(range(1, 40))
    assert follows.closeness(np.array([0, 0, 1]), np.array([1, 39, 0])).tolist() == [0.9, 0, 0]


@pytest.mark.parametrize("people", [0, 9, 10**7])
def test_a_town_of_impossible_size_is_refused(people):
    with pytest.raises(BadInput, match=f"people is {people}"):
        TownConfig(people=people)


def test_topics_and_languages_line_up():
    assert len(TOPIC_LANG) == N_TOPICS
