"""People before a page: they react as the model says, stop when they have had enough."""

from itertools import pairwise

import numpy as np
import pytest

from stoa.errors import BadInput, UnknownAccount
from stoa.records import DAY_US, EdgeKind, EventKind, PutEdge, PutPost
from stoa.town import Session, Town, TownConfig, TrueReading
from stoa.town.reading import PUBLIC_KINDS

CONFIG = TownConfig(people=200, seed=11)
NOW_US = CONFIG.start_us + DAY_US


@pytest.fixture(scope="module")
def lived():
    town = Town(CONFIG)
    changes = [change for batch in town.history(1) for change in batch.changes]
    return town, [c.uri for c in changes if isinstance(c, PutPost)]


@pytest.fixture(scope="module")
def town(lived):
    return lived[0]


@pytest.fixture(scope="module")
def uris(lived):
    return lived[1]


@pytest.fixture(scope="module")
def dids(town):
    return [person.did for person in town.inhabitants(limit=200)]


def test_the_same_page_meets_the_same_reaction(town, uris, dids):
    page = uris[-30:]
    one, other = (town.read(dids[3], page, NOW_US) for _ in range(2))
    assert one == other
    assert one != town.read(dids[4], page, NOW_US)


def test_luck_belongs_to_person_and_post_not_to_the_page(town, uris, dids):
    """A post high up is met with the same luck alone as with others below it."""
    for did in dids[:40]:
        alone = town.read(did, uris[-1:], NOW_US)
        among = town.read(did, uris[-1:] + uris[:20], NOW_US)
        n = len(alone.reactions)
        assert among.reactions[:n] == alone.reactions


def test_reading_changes_nothing_in_the_town(uris, dids):
    def future(read):
        town = Town(CONFIG)
        for _ in town.history(0.5):
            pass
        if read:
            town.read(dids[0], uris[:50], NOW_US)
            town.truth_for(dids[0], uris[:50])
        return town.step(CONFIG.start_us + DAY_US // 2, NOW_US)

    assert future(read=True) == future(read=False)


def test_a_sitting_ends_and_stays_ended(town, uris, dids):
    did, session, shown = dids[0], None, 0
    for start in range(0, len(uris), 30):
        reading = town.read(did, uris[start : start + 30], NOW_US, session)
        session, shown = reading.session, shown + reading.truth.shown
        if session.left:
            break
    assert session.left
    assert 0 < shown < len(uris)
    after = town.read(did, uris[:30], NOW_US, session)
    assert after.reactions == ()
    assert after.truth == TrueReading()


def test_the_truth_adds_up(town, uris, dids):
    total = TrueReading()
    for did in dids:
        reading = town.read(did, uris[-40:], NOW_US)
        dwells = [r for r in reading.reactions if r.kind is EventKind.DWELL]
        seen = [r for r in reading.reactions if r.kind is EventKind.IMPRESSION]
        truth = reading.truth
        assert len(dwells) == len(seen) == truth.shown
        assert truth.regretted <= truth.read <= truth.shown
        assert truth.unregretted_seconds <= truth.seconds
        assert reading.session.elapsed_s == pytest.approx(sum(r.seconds for r in dwells))
        assert all(a.at_us <= b.at_us for a, b in pairwise(seen))
        total += truth
    assert 0 < total.regretted < total.read


def test_public_acts_come_as_changes_that_name_the_right_things(town, uris, dids):
    kinds = set()
    for did in dids:
        reading = town.read(did, uris[-60:], NOW_US)
        public = [r for r in reading.reactions if r.kind in PUBLIC_KINDS]
        assert len(public) == len(reading.changes)
        for reaction, change in zip(public, reading.changes, strict=True):
            assert isinstance(change, PutEdge)
            assert (change.actor, change.at_us) == (did, reaction.at_us)
            kinds.add(change.kind)
            author = reaction.uri.split("/")[2]
            wanted = reaction.uri if change.kind in (EdgeKind.LIKE, EdgeKind.REPOST) else author
            assert change.subject == wanted
        assert len({change.uri for change in reading.changes}) == len(reading.changes)
    assert EdgeKind.LIKE in kinds


def test_a_post_from_elsewhere_is_passed_without_a_stop(town, dids):
    reading = town.read(dids[0], ["at://did:plc:elsewhere/app.bsky.feed.post/1"], NOW_US)
    assert reading.truth == TrueReading(shown=1)
    assert town.truth_for(dids[0], ["at://did:plc:elsewhere/app.bsky.feed.post/1"]) == [None]


def test_what_is_expected_is_what_happens_on_average(town, uris, dids):
    """Seconds and regret over many fresh meetings agree with `truth_for`."""
    random = np.random.default_rng(0)
    expected, happened = TrueReading(), TrueReading()
    for did in dids:
        some = [uris[i] for i in random.integers(0, len(uris), 40)]
        for truth in town.truth_for(did, some, NOW_US):
            reading = town.read(did, [truth.uri], NOW_US).truth
            happened += reading
            expected += TrueReading(
                seconds=truth.seconds,
                regretted=reading.read * truth.regret_prob,  # pyright: ignore[reportArgumentType]
                unregretted_seconds=truth.unregretted_seconds,
            )
    assert happened.seconds == pytest.approx(expected.seconds, rel=0.08)
    assert happened.unregretted_seconds == pytest.approx(expected.unregretted_seconds, rel=0.08)
    assert happened.regretted == pytest.approx(expected.regretted, rel=0.15)


def test_answers_are_imperfect_but_lean_to_the_truth(town, uris, dids):
    answers = {kind: [] for kind in (EventKind.GLAD, EventKind.REGRET, EventKind.NO_OPINION)}
    asked = silent = 0
    for did in dids[:60]:
        for uri in uris[-120:]:
            without = town.read(did, [uri], NOW_US)
            if not without.truth.read:
                continue
            asked += 1
            answered = town.read(did, [uri], NOW_US, asked=[uri]).reactions
            new = [r for r in answered if r not in without.reactions]
            silent += not new
            for reaction in new:
                answers[reaction.kind].append(without.truth.regretted)
    assert 0.2 < silent / asked < 0.45
    assert np.mean(answers[EventKind.REGRET]) > 3 * np.mean(answers[EventKind.GLAD])
    assert np.mean(answers[EventKind.GLAD]) > 0  # some say glad who are not


def test_inhabitants_are_listed_in_order_and_found_by_prefix(town):
    everyone = town.inhabitants(limit=200)
    assert len(everyone) == len(town) == 200
    assert [p.handle for p in everyone] == sorted(p.handle for p in everyone)
    assert town.inhabitants(offset=10, limit=5) == everyone[10:15]
    some = everyone[50]
    assert some in town.inhabitants(limit=200, prefix="@" + some.handle[:6])
    assert some in town.inhabitants(limit=200, prefix=some.name.upper())
    assert town.inhabitants(prefix="no such name") == []
    assert some.interests[0] in some.about
    assert town.inhabitant(some.did) == some


def test_who_does_not_live_here_is_said_to_be_unknown(town):
    with pytest.raises(UnknownAccount, match="nobody"):
        town.read("nobody", [], NOW_US)
    with pytest.raises(BadInput, match="limit is 0"):
        town.inhabitants(limit=0)
    with pytest.raises(BadInput, match="offset is -1"):
        town.inhabitants(offset=-1)


def test_visits_fall_into_the_day_and_are_the_same_when_asked_again(town, dids):
    counts = []
    for did in dids:
        times = town.visits(did, 2)
        assert times == sorted(times) == town.visits(did, 2)
        assert all(2 * DAY_US <= t - CONFIG.start_us < 3 * DAY_US for t in times)
        counts.append(len(times))
    assert 1 <= np.mean(counts) <= 2.5


def test_boredom_ends_a_sitting_sooner_than_interest(town, uris, dids):
    """Posts that a person truly cares for hold them longer than those they do not."""
    longer = 0
    for did in dids[:60]:
        truths = sorted(town.truth_for(did, uris, NOW_US), key=lambda t: t.interest)
        dull, dear = ([t.uri for t in some] for some in (truths[:80], truths[::-1][:80]))
        held = town.read(did, dear, NOW_US, Session(started_us=NOW_US)).session.elapsed_s
        longer += held > town.read(did, dull, NOW_US).session.elapsed_s
    assert longer > 50
