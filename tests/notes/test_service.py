"""What people may do with notes, what they are told, and what is seen of it."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.notes.camps import BAD, GOOD, MISLEADING, START_MS, WRITER, Camps

from stoa.errors import BadInput, NotAllowed, PoorFit, UnknownNote, UnknownPost
from stoa.note_records import DAY_MS, Enrollment, Status
from stoa.notes.book import FOUNDING_NOTES, Book
from stoa.notes.note_data import notes_data
from stoa.notes.service import NotesLimits
from stoa.records import AccountId
from stoa.tables.kept import fingerprint

POST = "at://did:plc:ana/app.bsky.feed.post/1"
ANA, BO = AccountId(1), AccountId(2)


@pytest.fixture
def camps():
    return Camps()


@pytest.fixture
def notes(camps):
    camps.notes.enrol(ANA)
    camps.notes.enrol(BO)
    return camps.notes


@pytest.fixture(scope="module")
def lived():
    camps = Camps().live()
    camps.score(3)
    return camps


def write(notes, account=ANA, post=POST, text="It is of 2019.", sources=("https://example.org",)):
    return notes.write(account, post, MISLEADING, ["misleadingFactualError"], text, sources)


# Runs that decide nothing.


def test_a_run_over_ratings_without_a_pattern_changes_nothing_and_says_so():
    camps = Camps(per_camp=2).live(per_kind=1)
    camps.score(2)
    notes, decides = camps.notes, camps.notes._ports

    def no_pattern(data, times):
        raise PoorFit("MFCoreScorer", 0.2, 0.16)

    notes._ports = replace(decides, scorer=no_pattern)
    size, views = camps.log.size(), [notes.note(n) for n in camps.of_kind["both"]]
    camps.step()
    now_ms = camps.clock.now_us() // 1_000
    with pytest.raises(PoorFit):
        notes.score(now_ms)
    assert camps.log.size() == size
    assert [notes.note(n) for n in camps.of_kind["both"]] == views
    assert notes.stalled.at_ms == now_ms
    assert "error 0.200, where 0.16 is the most allowed" in notes.stalled.why
    notes._ports = decides
    camps.score()
    assert notes.stalled is None


# Who may.


def test_enrolling_again_changes_nothing(notes, camps):
    size = camps.log.size()
    assert notes.enrol(ANA) == notes.enrol(ANA) != notes.enrol(BO)
    assert camps.log.size() == size


def test_a_pseudonym_says_nothing_of_the_account(notes, camps):
    who = notes.pseudonym(ANA)
    assert len(who) == 64
    assert Camps().notes.enrol(ANA) == who  # the tests' salts come from one seed
    camps.random.seed(99)
    assert notes.forget(ANA)
    assert notes.enrol(ANA) != who


def test_nobody_acts_without_enrolling(notes):
    note = write(notes)
    stranger = AccountId(77)
    for act in (
        lambda: write(notes, stranger),
        lambda: notes.rate(stranger, note, "HELPFUL", GOOD),
        lambda: notes.delete(stranger, note),
        lambda: notes.request(stranger, POST),
    ):
        with pytest.raises(NotAllowed, match="enrol first"):
            act()
    assert notes.contributor(stranger) is None
    assert notes.pseudonym(stranger) is None


def test_forgetting_cuts_the_link_and_keeps_the_words(notes, camps):
    note = write(notes)
    author = notes.note(note).author
    assert notes.forget(ANA)
    assert not notes.forget(ANA)
    assert notes.pseudonym(ANA) is None
    assert notes.note(note).author == author
    again = notes.enrol(ANA)
    assert again != author
    notes.rate(BO, note, "HELPFUL", GOOD)
    assert camps.open().note(note) == notes.note(note)


def test_newcomers_write_while_the_square_is_founded_and_earn_in_later(lived):
    assert lived.notes._book.n_with_status >= FOUNDING_NOTES
    late = AccountId(2_000)
    lived.notes.enrol(late)
    view = lived.notes.contributor(late)
    assert (view.state, view.may_write, view.needed) == (Enrollment.NEW_USER, False, 5)
    assert "5 points more" in view.why
    with pytest.raises(NotAllowed, match="once you have earned in"):
        write(lived.notes, late)
    lived.notes.rate(late, lived.of_kind["left"][0], "SOMEWHAT_HELPFUL", ["helpfulClear"])


def test_a_newcomer_earns_in_by_rating_early_what_gets_a_status():
    camps = Camps()
    camps.live(per_kind=6)
    camps.score(3)
    late = AccountId(2_000)
    camps.notes.enrol(late)
    writer = camps.right[0]
    fresh = [camps.write("both", 100 + n, writer) for n in range(6)]
    for note in fresh:
        camps.rate(late, note, likes=True)
        for account in (*camps.left, *camps.right):
            if account != writer:
                camps.rate(account, note, likes=True)
    camps.score(4)
    view = camps.notes.contributor(late)
    assert view.rating_impact == 6
    assert view.state is Enrollment.EARNED_IN
    write(camps.notes, late)


def test_a_writer_of_bad_notes_may_write_no_more(lived):
    view = lived.notes.contributor(WRITER)
    assert view.state is Enrollment.EARNED_OUT_ACKNOWLEDGED
    assert (view.notes_helpful, view.notes_not_helpful) == (8, 8)
    assert view.notes_left_today == 0
    with pytest.raises(NotAllowed, match="earned again"):
        write(lived.notes, WRITER)


# Writing, rating, deleting, asking.


def test_a_note_reads_as_it_was_written(notes):
    note = write(notes, text=" It is of 2019.\r\nSee there. ", sources=["https://example.org/a"])
    [view] = notes.notes_of(POST)
    assert view == notes.note(note)
    assert view.text == "It is of 2019.\nSee there."
    assert view.sources == ("https://example.org/a",)
    assert view.reasons == ("misleadingFactualError",)
    assert (view.status, view.shows, view.history) == (Status.NEEDS_MORE_RATINGS, False, ())
    assert view.why == (
        "It needs more ratings before anything can be said of it; it has 0 ratings."
    )
    assert view.id >> 22 == START_MS - 1_288_834_974_657


def test_ids_rise_within_one_millisecond_and_when_the_clock_goes_back(notes, camps):
    first = write(notes)
    second = write(notes, BO)
    camps.clock.ms -= 5_000
    third = write(notes, BO, post=POST + "2")
    assert first < second < third
    assert notes.note(third).written_ms == START_MS


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("post", {"post": "at://" + "x" * 2_000}),
        ("text", {"text": ""}),
        ("sources", {"sources": ["example.org"]}),
    ],
)
def test_bad_input_names_the_field_and_leaves_no_trace(notes, camps, field, change):
    size = camps.log.size()
    with pytest.raises(BadInput, match=f"^{field} is"):
        write(notes, **change)
    assert camps.log.size() == size


def test_a_post_must_be_here(notes):
    with pytest.raises(UnknownPost):
        write(notes, post="https://example.org/post")
    with pytest.raises(UnknownPost):
        notes.request(ANA, "https://example.org/post")


def test_one_live_note_of_a_writer_on_a_post(notes):
    note = write(notes)
    with pytest.raises(NotAllowed, match="delete it to write another"):
        write(notes)
    notes.delete(ANA, note)
    assert write(notes) != note


def test_rating_again_replaces(notes, camps):
    note = write(notes)
    notes.rate(BO, note, "HELPFUL", GOOD)
    size = camps.log.size()
    notes.rate(BO, note, "HELPFUL", GOOD[::-1])
    assert camps.log.size() == size
    notes.rate(BO, note, "NOT_HELPFUL", BAD)
    view = notes.note(note)
    assert (view.ratings.helpful, view.ratings.not_helpful, view.ratings.total) == (0, 1, 1)


def test_nobody_rates_their_own_note_or_deletes_anothers(notes):
    note = write(notes)
    with pytest.raises(NotAllowed, match="this note is yours"):
        notes.rate(ANA, note, "HELPFUL", GOOD)
    with pytest.raises(NotAllowed, match="rate it instead"):
        notes.delete(BO, note)


def test_a_deleted_note_is_gone_from_sight(notes):
    note = write(notes)
    notes.delete(ANA, note)
    assert notes.notes_of(POST) == []
    for act in (
        lambda: notes.note(note),
        lambda: notes.delete(ANA, note),
        lambda: notes.rate(BO, note, "HELPFUL", GOOD),
        lambda: notes.note(12345),
    ):
        with pytest.raises(UnknownNote):
            act()


def test_requests_are_counted_once_each(notes, camps):
    assert notes.request(ANA, POST) == 1
    size = camps.log.size()
    assert notes.request(ANA, POST) == 1
    assert camps.log.size() == size
    assert notes.request(BO, POST) == 2
    notes.request(ANA, POST + "2")
    assert notes.requested() == [(POST, 2), (POST + "2", 1)]
    write(notes)
    assert notes.requested() == [(POST + "2", 1)]
    assert notes.n_requests(POST) == 2


def test_everything_a_day_is_bounded():
    camps = Camps(limits=NotesLimits(notes=2, ratings=2, requests=1, deletions=1))
    notes = camps.notes
    notes.enrol(ANA)
    notes.enrol(BO)
    one, two = write(notes), write(notes, post=POST + "2")
    assert notes.contributor(ANA).notes_left_today == 0
    notes.rate(BO, one, "HELPFUL", GOOD)
    notes.rate(BO, two, "HELPFUL", GOOD)
    notes.request(ANA, POST)
    notes.delete(ANA, one)
    acts = [
        lambda: write(notes, post=POST + "3"),
        lambda: notes.rate(BO, two, "NOT_HELPFUL", BAD),
        lambda: notes.request(ANA, POST + "2"),
        lambda: notes.delete(ANA, two),
    ]
    for act in acts:
        with pytest.raises(NotAllowed, match="go on tomorrow"):
            act()
    camps.step(DAY_MS)
    for act in acts[:1] + acts[2:]:
        act()


# What is seen.


def test_shown_notes_by_post(lived):
    uris = [
        f"at://did:plc:{kind}/app.bsky.feed.post/{n}" for kind in ("both", "left") for n in (0, 1)
    ]
    shown = lived.notes.shown([*uris, "at://nowhere"])
    assert list(shown) == uris[:2]
    view = shown[uris[0]]
    assert view.shows
    assert "people who usually disagree found it helpful (helpful to " in view.why
    assert view.tags == GOOD
    assert [change.status.name for change in view.history] == [
        "NEEDS_MORE_RATINGS",
        "CURRENTLY_RATED_HELPFUL",
    ]


def test_why_notes_do_not_show(lived):
    assert "one side only" in lived.notes.note(lived.of_kind["left"][1]).why
    assert "not helpful" in lived.notes.note(lived.of_kind["nobody"][0]).why
    camps = Camps().live(per_kind=4)
    camps.score(1)
    assert "holds for an hour" in camps.notes.note(camps.of_kind["both"][0]).why


def test_of_two_helpful_notes_on_a_post_one_shows():
    camps = Camps().live()
    uri = "at://did:plc:both/app.bsky.feed.post/0"
    twin = camps.notes.write(camps.left[0], uri, MISLEADING, [], "Also this.", [])
    for account in (*camps.left[1:], *camps.right):
        camps.rate(account, twin, likes=True)
    camps.score(4)
    views = camps.notes.notes_of(uri)
    assert [view.shows for view in views] == [True, True]
    best = camps.notes._found.notes
    [shown] = camps.notes.shown([uri]).values()
    assert best[shown.id].intercept == max(best[view.id].intercept for view in views)
    camps.notes.delete(camps.left[0] if shown.id == twin else WRITER, shown.id)
    [other] = camps.notes.shown([uri]).values()
    assert other.id != shown.id


def test_notes_wait_for_the_side_that_has_not_spoken():
    camps = Camps().live()
    camps.score(3)
    one_sided = camps.write("left", 99, camps.right[0])
    for account in camps.left[:8]:
        camps.rate(account, one_sided, likes=True)
    wanted = camps.notes.needs_you(camps.right[1], 5)
    assert wanted[0].id == one_sided
    assert wanted[0].sides.unknown.total == 0
    assert one_sided not in {view.id for view in camps.notes.needs_you(camps.left[9], 5)}
    assert one_sided not in {view.id for view in camps.notes.needs_you(camps.right[0], 5)}
    assert camps.notes.needs_you(camps.right[1], 0) == []
    camps.rate(camps.right[1], one_sided, likes=False)
    assert one_sided not in {view.id for view in camps.notes.needs_you(camps.right[1], 5)}


def test_without_a_side_the_least_rated_notes_wait(notes):
    first, second = write(notes), write(notes, post=POST + "2")
    notes.rate(BO, second, "HELPFUL", GOOD)
    assert [view.id for view in notes.needs_you(AccountId(77))] == [first, second]
    assert [view.id for view in notes.needs_you(BO)] == [first]
    assert notes.needs_you(ANA) == []


# Runs.


def test_a_run_must_come_after_the_last(lived):
    with pytest.raises(BadInput, match="the last run was at"):
        lived.notes.score(lived.clock.ms)


def test_a_run_that_fails_changes_nothing(camps, notes):
    write(notes)

    def failing(data, times):
        raise BadInput("data", 0, "no")

    size = camps.log.size()
    notes._ports = replace(notes._ports, scorer=failing)
    with pytest.raises(BadInput):
        camps.score(1)
    assert camps.log.size() == size


def test_acts_during_a_run_wait_for_the_next(camps, notes):
    note = write(notes)
    score = notes._ports.scorer

    def slow(data, times):
        notes.rate(BO, note, "HELPFUL", GOOD)
        notes.delete(ANA, note)
        return score(data, times)

    notes._ports = replace(notes._ports, scorer=slow)
    [report] = camps.score(1)
    assert (report.n_notes, report.n_ratings) == (1, 0)
    assert notes._book.last_run.seen == report.run - 2
    again = camps.open()
    assert again._book.notes[note].is_deleted
    assert again._book.notes[note].is_known


def test_a_square_opened_again_is_the_same(lived):
    again = lived.open()
    for kind, notes in lived.of_kind.items():
        for note in notes:
            assert again.note(note) == lived.notes.note(note), kind
    for account in (WRITER, lived.left[0], lived.right[0]):
        assert again.contributor(account) == lived.notes.contributor(account)
        assert again.needs_you(account, 5) == lived.notes.needs_you(account, 5)


def test_the_longest_note_reads_back(notes, camps):
    sources = [f"https://example.org/{n}" + "\U0001f642" * 1_970 for n in range(10)]
    note = write(notes, text="\U0001f642" * 2_000, sources=sources)
    assert camps.open().note(note) == notes.note(note)


ACCOUNTS = [AccountId(n) for n in range(1, 5)]
acts = st.one_of(
    st.tuples(st.just("enrol"), st.sampled_from(ACCOUNTS)),
    st.tuples(st.just("forget"), st.sampled_from(ACCOUNTS)),
    st.tuples(st.just("write"), st.sampled_from(ACCOUNTS), st.integers(0, 2)),
    st.tuples(st.just("rate"), st.sampled_from(ACCOUNTS), st.integers(0, 4), st.booleans()),
    st.tuples(st.just("delete"), st.sampled_from(ACCOUNTS), st.integers(0, 4)),
    st.tuples(st.just("request"), st.sampled_from(ACCOUNTS), st.integers(0, 2)),
    st.tuples(st.just("score")),
    st.tuples(st.just("step"), st.integers(-100_000, 10_000_000)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(acts, max_size=40))
def test_whatever_people_do_the_log_keeps_its_rules(done):
    camps = Camps(limits=NotesLimits(notes=3, ratings=6))
    for act in done:
        with contextlib.suppress(NotAllowed, UnknownNote, BadInput):
            perform(camps, *act)
    again = camps.open()
    assert fingerprint(notes_data(again._book)) == fingerprint(notes_data(camps.notes._book))
    assert again.checkpoint() == camps.notes.checkpoint()
    assert Book().read(camps.log.leaves()).size == camps.log.size()


def perform(camps, what, who=None, which=0, likes=False):
    written = list(camps.notes._book.notes)
    if what == "step":
        camps.step(who)
    elif what == "score":
        camps.notes.score(camps.clock.ms)
    elif what in ("enrol", "forget"):
        getattr(camps.notes, what)(who)
    elif what == "write":
        write(camps.notes, who, f"at://post/{which}")
    elif what == "request":
        camps.notes.request(who, f"at://post/{which}")
    elif written and what == "rate":
        level, tags = ("HELPFUL", GOOD) if likes else ("NOT_HELPFUL", BAD)
        camps.notes.rate(who, written[which % len(written)], level, tags)
    elif written:
        camps.notes.delete(who, written[which % len(written)])
