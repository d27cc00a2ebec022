"""Labels follow the notes and the posts, never faster than allowed, and nobody else moves them."""

from dataclasses import dataclass, field, replace

import pytest
from tests.notes.camps import Camps

from stoa.note_records import NO_TIME
from stoa.notes.labeler import Labeler, LabelerPorts, LabelLimits
from stoa.notes.standings import PostStanding
from stoa.own_labels import UNKNOWN_POST, Fate, OwnLabel, PostFate, label_time_us
from stoa.store.memory_labels import MemoryLabelLog

SRC = "did:plc:labeler"
SHOWN, PROPOSED = "readers-added-context", "context-proposed"
ANA, BEN = (f"at://did:plc:{name}/app.bsky.feed.post/1" for name in ("ana", "ben"))
MS = 1_000
NOTE_MS = 1_790_000_000_000
VERSION = {ANA: "bafyana", BEN: "bafyben"}


class FakeSigner:
    did = SRC

    def signed(self, label: OwnLabel) -> OwnLabel:
        return replace(label, sig=b"s" * 64)


@dataclass
class Bench:
    """A labeler over posts and notes that a test sets by hand."""

    notes: dict[str, PostStanding] = field(default_factory=dict)
    posts: dict[str, PostFate] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    log: MemoryLabelLog = field(default_factory=MemoryLabelLog)
    limits: LabelLimits = field(default_factory=LabelLimits)
    us: int = (NOTE_MS + 3_600_000) * MS

    def __post_init__(self):
        self.restart()

    def restart(self):
        ports = LabelerPorts(
            log=self.log,
            signer=FakeSigner(),
            fates=self,
            standings=lambda: list(self.notes.values()),
            is_post=lambda uri: "app.bsky.feed.post" in uri,
            clock=self,
        )
        self.labeler = Labeler(ports, self.limits)

    def now_us(self):
        return self.us

    def fates(self, uris):
        return {uri: self.posts.get(uri, UNKNOWN_POST) for uri in uris}

    def note(self, uri, shown=NO_TIME, proposed=NO_TIME):
        self.notes[uri] = PostStanding(uri, shown, proposed)

    def live(self, uri, version_ms=NOTE_MS - 1_000):
        self.posts[uri] = PostFate(Fate.LIVE, version_ms * MS)

    def round(self):
        """One round, a second later; what it gave."""
        self.us += 1_100_000
        before = self.log.last().seq if self.log.last() else 0
        self.labeler.emit(self.labeler.plan(), self.versions)
        return [
            ("-" if kept.label.neg else "+", kept.label.uri, kept.label.val, kept.label.cid)
            for kept in self.log.after(SRC, before)
        ]


@pytest.fixture
def bench():
    return Bench()


def test_a_note_that_shows_labels_its_post_once(bench):
    bench.note(ANA, shown=NOTE_MS)
    bench.live(ANA)
    assert bench.round() == [("+", ANA, SHOWN, "")]
    assert bench.round() == []
    bench.restart()
    assert bench.round() == []
    (kept,) = bench.log.after(SRC, 0)
    assert kept.label.src == SRC
    assert kept.label.sig
    assert label_time_us(kept.label.cts) <= bench.us


def test_the_version_is_pinned_where_it_is_known_and_taken_back_with_the_label(bench):
    bench.note(ANA, shown=NOTE_MS)
    bench.live(ANA)
    bench.versions = VERSION
    assert bench.round() == [("+", ANA, SHOWN, "bafyana")]
    bench.versions = {ANA: "bafyother"}
    bench.notes.clear()
    assert bench.round() == [("-", ANA, SHOWN, "bafyana")]
    assert bench.round() == []


def test_a_note_that_comes_to_show_takes_the_place_of_the_one_proposed(bench):
    bench.live(ANA)
    bench.note(ANA, proposed=NOTE_MS)
    assert bench.round() == [("+", ANA, PROPOSED, "")]
    bench.note(ANA, shown=NOTE_MS, proposed=NOTE_MS)
    assert bench.round() == [("+", ANA, SHOWN, "")]
    assert bench.round() == [("-", ANA, PROPOSED, "")]
    bench.note(ANA, proposed=NOTE_MS)
    assert bench.round() == [("-", ANA, SHOWN, ""), ("+", ANA, PROPOSED, "")]


def test_a_status_that_falls_and_rises_moves_the_label_each_time(bench):
    bench.live(ANA)
    for _ in range(3):
        bench.note(ANA, shown=NOTE_MS)
        assert bench.round() == [("+", ANA, SHOWN, "")]
        del bench.notes[ANA]
        assert bench.round() == [("-", ANA, SHOWN, "")]


@pytest.mark.parametrize("fate", [PostFate(Fate.GONE), PostFate(Fate.LIVE, (NOTE_MS + 5) * MS)])
def test_a_deleted_or_edited_post_loses_its_label_and_a_new_note_may_bring_another(bench, fate):
    bench.note(ANA, shown=NOTE_MS)
    bench.live(ANA)
    bench.round()
    bench.posts[ANA] = fate
    assert bench.round() == [("-", ANA, SHOWN, "")]
    assert bench.round() == []
    bench.note(ANA, shown=NOTE_MS + 10)
    assert bench.round() == ([] if fate.fate is Fate.GONE else [("+", ANA, SHOWN, "")])


def test_a_post_that_left_the_window_keeps_its_label(bench):
    bench.note(ANA, shown=NOTE_MS)
    bench.live(ANA)
    bench.round()
    del bench.posts[ANA]
    assert bench.round() == []


def test_a_post_out_of_sight_is_labelled_only_when_somebody_vouches_for_it(bench):
    bench.note(ANA, shown=NOTE_MS)
    assert bench.round() == []
    bench.versions = VERSION
    assert bench.round() == []  # it is not asked for at every round
    bench.us += 600_000_000
    assert bench.round() == [("+", ANA, SHOWN, "bafyana")]


def test_an_edit_is_not_forgotten_when_the_post_leaves_the_window(bench):
    bench.note(ANA, shown=NOTE_MS)
    bench.live(ANA)
    bench.round()
    bench.live(ANA, version_ms=NOTE_MS + 5)
    assert bench.round() == [("-", ANA, SHOWN, "")]
    del bench.posts[ANA]
    bench.versions = VERSION
    bench.us += 600_000_000
    assert bench.round() == []
    bench.note(ANA, shown=bench.us // MS)
    assert bench.round() == [("+", ANA, SHOWN, "bafyana")]


def test_only_posts_are_labelled(bench):
    for uri in (
        "did:plc:ana",
        "https://example.org/1",
        "at://did:plc:ana/app.bsky.actor.profile/x",
    ):
        bench.note(uri, shown=NOTE_MS)
        bench.live(uri)
    assert bench.round() == []


def fill(bench, n, **note):
    for i in range(n):
        uri = f"at://did:plc:p{i:05}/app.bsky.feed.post/1"
        bench.note(uri, **note)
        bench.live(uri)


def test_no_second_has_more_than_five_and_a_restart_forgets_none(bench):
    fill(bench, 40, shown=NOTE_MS)
    given = []
    for step in range(60):
        bench.us += 250_000
        if step % 7 == 0:
            bench.restart()
        given += [bench.us] * bench.labeler.emit(bench.labeler.plan(), {})
    assert len(given) == 40
    windows = [sum(start < at <= start + 1_000_000 for at in given) for start in given]
    assert max(windows) <= 5
    times = [kept.label.cts for kept in bench.log.after(SRC, 0)]
    assert times == sorted(set(times))


def test_hours_and_days_have_their_limits_too(bench):
    bench.limits = LabelLimits(an_hour=12, a_day=20)
    bench.restart()
    fill(bench, 60, shown=NOTE_MS)
    for _ in range(10):
        bench.round()
    assert bench.log.last().seq == 12
    bench.us += 3_600_000_000
    for _ in range(10):
        bench.round()
    assert bench.log.last().seq == 20
    bench.us += 86_400_000_000
    bench.round()
    assert bench.log.last().seq == 25


def test_retractions_go_first_then_notes_that_show(bench):
    fill(bench, 3, shown=NOTE_MS)
    bench.round()
    bench.notes.clear()
    bench.note(BEN, proposed=NOTE_MS)
    bench.live(BEN)
    bench.note(ANA, shown=NOTE_MS)
    bench.live(ANA)
    given = bench.round()
    assert [sign for sign, *_ in given] == ["-", "-", "-", "+", "+"]
    assert given[3][1:3] == (ANA, SHOWN)
    assert given[4][1:3] == (BEN, PROPOSED)


def test_a_clock_that_goes_back_makes_no_earlier_label(bench):
    fill(bench, 1, shown=NOTE_MS)
    bench.round()
    bench.us -= 3_600_000_000
    bench.note(ANA, shown=NOTE_MS)
    bench.live(ANA)
    for _ in range(3):
        bench.us += 1_000_000
        bench.labeler.emit(bench.labeler.plan(), {})
    first, second = bench.log.after(SRC, 0)
    assert second.label.cts > first.label.cts


@pytest.mark.slow
def test_raters_of_both_sides_bring_a_label_and_take_it_back():
    camps = Camps().live()
    bench = Bench()
    ports = replace(bench.labeler._ports, standings=camps.notes.standings)
    bench.labeler = Labeler(ports)
    for standing in camps.notes.standings():
        bench.live(standing.post, version_ms=0)
    liked = [camps.notes.note(note).post for note in camps.of_kind["both"]]
    for uri in [camps.notes.note(n).post for notes in camps.of_kind.values() for n in notes]:
        bench.live(uri, version_ms=0)

    def rounds():
        given = []
        for _ in range(30):
            given += bench.round()
        return given

    assert rounds() == []  # no run has seen them
    camps.score()
    first = rounds()
    assert {val for _, _, val, _ in first} == {PROPOSED}
    camps.score(times=3)
    assert {uri for sign, uri, val, _ in rounds() if (sign, val) == ("+", SHOWN)} == set(liked)
    fallen = camps.of_kind["both"][0]
    for account in (*camps.left, *camps.right):
        camps.rate(account, fallen, likes=False)
    camps.score(times=3)
    assert ("-", liked[0], SHOWN, "") in rounds()
