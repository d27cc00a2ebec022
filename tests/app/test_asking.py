"""What Ask finds in a square, and what it must not find."""

from __future__ import annotations

import numpy as np
import pytest
from tests.notes.shown_notes import NoteScript

from stoa.app.asking import square_evidence
from stoa.app.rooms import open_rooms, open_to_read
from stoa.ask.retrieve import retrieve
from stoa.ask_ports import EvidenceFinder, KnowsViewpoints
from stoa.ask_records import Question, SourceKind, Tier
from stoa.errors import StoreError, StoreFull
from stoa.lexical import TantivyIndex
from stoa.note_records import Status
from stoa.records import (
    AccountState,
    AccountStatus,
    Batch,
    Label,
    PostContent,
    PutPost,
    Remove,
)

START_US = 1_790_000_000_000_000
MINUTE_US = 60_000_000


class StandingClock:
    def now_us(self):
        return START_US + 10**10


def did(who):
    return f"did:plc:{who}"


def uri(who, n):
    return f"at://{did(who)}/app.bsky.feed.post/{n}"


def post(who, n, text, revision=0, **more):
    at_us = START_US + n * MINUTE_US
    content = PostContent(text=text, created_us=at_us, **more)
    return PutPost(uri(who, n), did(who), (at_us << 10) + revision, at_us, content)


TEXTS = [
    ("ana", 1, "The mill bridge reopens on Monday after the repairs"),
    ("ben", 2, "Moss grows on the north wall of the chapel"),
    ("cleo", 3, "旧桥将关闭维修直到三月底"),
    ("dora", 4, "The bridge stays closed says the town engineer"),
]


@pytest.fixture(params=["folder", "memory"])
def rooms(request, tmp_path):
    opened = open_rooms(tmp_path / "data" if request.param == "folder" else None, StandingClock())
    opened.intake.take(Batch(tuple(post(*each) for each in TEXTS)))
    opened.words.settle() if request.param == "folder" else None
    yield opened
    opened.close()


def ids(found):
    return [source.id for source, _ in found]


def take(rooms, *changes):
    rooms.intake.take(Batch(tuple(changes)))
    rooms.words.settle()


def test_it_is_a_finder(rooms):
    finder = square_evidence(rooms)
    assert isinstance(finder, EvidenceFinder)
    assert isinstance(finder, KnowsViewpoints)


def test_posts_are_found_by_their_words_with_what_is_known_of_them(rooms):
    found = square_evidence(rooms).candidates("when does the bridge reopen", 10)
    assert ids(found)[:2] == [uri("ana", 1), uri("dora", 4)]
    source = found[0][0]
    assert (source.kind, source.tier, source.author) == (SourceKind.POST, Tier.OPINION, did("ana"))
    assert source.text == TEXTS[0][2]
    assert source.at_us == START_US + MINUTE_US
    assert ids(square_evidence(rooms).candidates("旧桥什么时候关闭", 10))[0] == uri("cleo", 3)


def test_a_question_without_words_finds_nothing(rooms):
    assert square_evidence(rooms).candidates("?!", 10) == []


def test_the_window_holds_for_words_and_vectors(rooms):
    finder = square_evidence(rooms)
    since = START_US + 2 * MINUTE_US
    assert uri("ana", 1) not in ids(finder.candidates("the bridge", 10, since_us=since))
    early = ids(finder.candidates("the bridge", 10, until_us=since))
    assert uri("ana", 1) in early
    assert uri("dora", 4) not in early


def test_what_is_new_or_rewritten_is_found(rooms):
    finder = square_evidence(rooms)
    finder.candidates("bridge", 1)  # a square in memory begins here
    take(rooms, post("eve", 9, "A heron fishes below the weir"), post("ben", 2, "Lichen it is", 5))
    assert ids(finder.candidates("heron weir", 1)) == [uri("eve", 9)]
    assert ids(finder.candidates("lichen", 1)) == [uri("ben", 2)]


@pytest.mark.parametrize(
    "how", ["deleted", "hidden", "opted out", "erased", "labelled", "label of account"]
)
def test_what_is_gone_is_gone_at_once(rooms, how):
    finder = square_evidence(rooms)
    assert uri("ana", 1) in ids(finder.candidates("bridge", 10))
    at_us = START_US + 10 * MINUTE_US
    if how == "deleted":
        change = Remove(uri("ana", 1), did("ana"), at_us << 10, at_us)
    elif how == "hidden":
        change = AccountState(did("ana"), AccountStatus.HIDDEN, at_us)
    elif how == "erased":
        change = AccountState(did("ana"), AccountStatus.DELETED, at_us)
    elif how == "labelled":
        change = Label("did:plc:mod", uri("ana", 1), "!hide", at_us)
    elif how == "label of account":
        change = Label("did:plc:mod", did("ana"), "!takedown", at_us)
    if how == "opted out":
        rooms.store.opt_out(did("ana"), True)
    else:
        rooms.intake.take(Batch((change,)))  # not settled: the indexes may still hold it
    assert uri("ana", 1) not in ids(finder.candidates("bridge", 10))
    assert finder.by_id([uri("ana", 1), uri("ben", 2)])[0].id == uri("ben", 2)


def test_what_nobody_knows_is_missing(rooms):
    finder = square_evidence(rooms)
    assert finder.by_id(["at://nobody/x/1", "note:7", "note:x", ""]) == []
    assert finder.notes_on([uri("ana", 1), "note:1", "nonsense"]) == []
    assert np.isnan(
        finder.viewpoints([source for source, _ in finder.candidates("bridge", 2)])
    ).all()


def test_a_quote_without_words_of_its_own_is_a_copy(rooms):
    take(rooms, post("eve", 9, "this! bridge!", quote_uri=uri("ana", 1)))
    found = retrieve(
        square_evidence(rooms), Question("is the bridge open"), "bridge repairs Monday"
    )
    assert found.copies == {uri("ana", 1): 1}
    assert found.sources[0].id == uri("ana", 1)


def test_a_reopened_square_finds_what_it_found(tmp_path):
    for turn in range(2):
        rooms = open_rooms(tmp_path, StandingClock())
        rooms.intake.take(Batch((post(*TEXTS[turn]),)))
        rooms.close()
    rooms = open_rooms(tmp_path, StandingClock())
    assert rooms.words.mend().added == 0
    assert len(rooms.words.index()) == 2
    rooms.close()


@pytest.mark.parametrize("damage", ["missing", "rubbish"])
def test_a_lost_word_index_is_made_again_from_the_store(tmp_path, damage):
    rooms = open_rooms(tmp_path, StandingClock())
    rooms.intake.take(Batch(tuple(post(*each) for each in TEXTS)))
    rooms.close()
    for path in (tmp_path / "words").iterdir():
        path.write_bytes(b"rubbish") if damage == "rubbish" else path.unlink()
    rooms = open_rooms(tmp_path, StandingClock())
    assert ids(square_evidence(rooms).candidates("bridge repairs", 1)) == [uri("ana", 1)]
    rooms.close()


def test_what_only_the_store_heard_of_is_mended(tmp_path):
    """A process killed between the commit and its sinks did just this."""
    rooms = open_rooms(tmp_path, StandingClock())
    rooms.intake.take(Batch((post(*TEXTS[0]),)))
    rooms.words.settle()
    gone = Remove(uri("ana", 1), did("ana"), 1 << 62, START_US)
    rooms.store.commit(Batch((post(*TEXTS[1]), gone)))
    rooms.close()
    rooms = open_rooms(tmp_path, StandingClock())
    rooms.words.settle()
    assert rooms.words.index().held().tolist() == [rooms.store.post_id(uri("ben", 2))]
    rooms.close()


def test_a_folder_is_looked_into_beside_a_running_square(tmp_path):
    rooms = open_rooms(tmp_path, StandingClock())
    rooms.intake.take(Batch(tuple(post(*each) for each in TEXTS)))
    rooms.words.settle()
    beside = open_to_read(tmp_path, StandingClock())
    assert ids(square_evidence(beside).candidates("bridge repairs", 1)) == [uri("ana", 1)]
    beside.close()
    rooms.close()


def test_a_full_disk_loses_no_word(rooms, monkeypatch):
    finder = square_evidence(rooms)
    finder.candidates("bridge", 1)
    with monkeypatch.context() as full:
        full.setattr(TantivyIndex, "commit", raises(StoreFull("no room")))
        rooms.intake.take(Batch((post("eve", 9, "A heron fishes below the weir"),)))
        with pytest.raises(StoreFull):
            rooms.words.settle()
    take(rooms, post("eve", 10, "An otter swims below the weir"))
    assert set(ids(finder.candidates("heron otter", 2))) == {uri("eve", 9), uri("eve", 10)}


def test_without_a_word_index_vectors_find(rooms, monkeypatch):
    finder = square_evidence(rooms)
    monkeypatch.setattr(TantivyIndex, "search", raises(StoreError("does not read")))
    assert uri("ana", 1) in ids(finder.candidates("mill bridge repairs", 3))


def test_too_many_waiting_posts_are_indexed_by_the_intake(rooms, monkeypatch):
    rooms.words.index()
    monkeypatch.setattr("stoa.app.post_words._MOST_WAITING", 2)
    rooms.intake.take(Batch(tuple(post("eve", n, f"heron {n}") for n in range(20, 24))))
    assert len(rooms.words.index()) == len(TEXTS) + 4


def raises(problem):
    def method(*args, **kwargs):
        raise problem

    return method


def test_notes_that_show_are_found_and_stand_beside_their_posts(tmp_path):
    rooms = open_rooms(tmp_path, StandingClock())
    rooms.intake.take(Batch(tuple(post(*each) for each in TEXTS)))
    script, at_ms = NoteScript(rooms.store.notes), START_US // 1000 + 10**6
    shown, open_, deleted = (script.write(uri(*each[:2]), at_ms) for each in TEXTS[:3])
    for minutes, note in ((1, shown), (2, deleted)):
        script.decide(note, Status.CURRENTLY_RATED_HELPFUL, at_ms + 60_000 * minutes)
    script.delete(deleted, at_ms + 180_000)
    rooms.close()
    rooms = open_rooms(tmp_path, StandingClock())
    finder = square_evidence(rooms)
    names = [f"note:{note}" for note in (shown, open_, deleted)]
    beside = finder.notes_on([uri(*each[:2]) for each in TEXTS])
    assert [(note.id, note.about, note.kind) for note in beside] == [
        (names[0], uri("ana", 1), SourceKind.NOTE)
    ]
    assert [source.id for source in finder.by_id(names)] == names[:1]
    found = [name for name in ids(finder.candidates("not so", 9)) if name in names]
    assert found == names[:1]
    early = finder.candidates("not so", 9, until_us=START_US)
    assert not set(ids(early)) & set(names)
    rooms.close()
