"""The labeler of an open world: statuses and effects become labels, in the background."""

import asyncio
from dataclasses import replace

import pytest
from tests.notes.shown_notes import NoteScript

from stoa.app import open_rooms
from stoa.app.clocks import WallClock
from stoa.app.labels import Labels, label_key, open_labels
from stoa.app.own_notes import open_notes
from stoa.errors import StoreError, StoreFull, Unreachable
from stoa.note_records import Status
from stoa.records import Batch, PostContent, PutPost, Remove

DID = "did:plc:labeler"
POST = "at://did:plc:ana/app.bsky.feed.post/1"
NOW_MS = WallClock().now_us() // 1_000
CID = "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua"


def put(at_ms: int) -> Batch:
    at_us = at_ms * 1_000
    return Batch((PutPost(POST, "did:plc:ana", at_us << 10, at_us, PostContent(text="x")),))


def removal(at_ms: int) -> Batch:
    return Batch((Remove(POST, "did:plc:ana", at_ms * 1_000 << 10, at_ms * 1_000),))


def shown_rooms():
    """A world in memory with a post under which a note shows."""
    rooms = open_rooms(None, WallClock())
    rooms.intake.take(put(NOW_MS - 10_000))
    script = NoteScript(rooms.store.notes)
    script.decide(script.write(POST, NOW_MS - 5_000), Status.CURRENTLY_RATED_HELPFUL, NOW_MS)
    return replace(rooms, notes=open_notes(rooms.store, rooms.clock))


def given(labels) -> list[tuple[str, bool, str]]:
    return [(k.label.uri, k.label.neg, k.label.cid) for k in labels.log.after(DID, 0)]


@pytest.fixture
def rooms():
    return shown_rooms()


async def test_a_shown_note_becomes_a_label_pinned_to_its_version(rooms):
    async def versions(uris):
        return {uri: CID for uri in uris}

    labels = Labels(rooms, label_key(DID, None), versions=versions)
    assert await labels.settle() == 1
    assert given(labels) == [(POST, False, CID)]
    assert await labels.settle() == 0


@pytest.mark.parametrize("problem", [Unreachable("away"), TimeoutError()])
async def test_a_silent_appview_costs_only_the_version(rooms, problem):
    async def versions(uris):
        raise problem

    labels = Labels(rooms, label_key(DID, None), versions=versions)
    assert await labels.settle() == 1
    assert given(labels) == [(POST, False, "")]


@pytest.mark.parametrize("act", [removal(NOW_MS), put(NOW_MS)])
async def test_an_edit_or_a_deletion_takes_it_back(rooms, act):
    labels = Labels(rooms, label_key(DID, None))
    await labels.settle()
    rooms.intake.take(act)
    assert await labels.settle() == 1
    assert given(labels) == [(POST, True, "")]


async def test_a_post_that_comes_later_is_labelled_then():
    rooms = open_rooms(None, WallClock())
    script = NoteScript(rooms.store.notes)
    script.decide(script.write(POST, NOW_MS - 5_000), Status.CURRENTLY_RATED_HELPFUL, NOW_MS)
    labels = Labels(
        replace(rooms, notes=open_notes(rooms.store, rooms.clock)), label_key(DID, None)
    )
    assert [await labels.settle() for _ in range(3)] == [0, 0, 0]
    rooms.intake.take(put(NOW_MS - 10_000))
    assert await labels.settle() == 1


async def test_the_writer_takes_the_note_back(rooms):
    labels = Labels(rooms, label_key(DID, None))
    await labels.settle()
    await labels.settle()
    author = rooms.store.intern_account("did:plc:zoe")
    rooms.store.notes.link(author, "a" * 64, b"salt")
    (note,) = rooms.notes.notes_of(POST)
    rooms.notes.delete(author, note.id)
    assert await labels.settle() == 1
    assert given(labels) == [(POST, True, "")]


async def test_whoever_listens_is_woken_and_who_left_is_forgotten(rooms):
    labels = Labels(rooms, label_key(DID, None))
    with labels.listening() as event:
        running = asyncio.create_task(labels.run())
        async with asyncio.timeout(10):
            await event.wait()
        running.cancel()
    assert given(labels) == [(POST, False, "")]
    assert labels._listeners == set()


async def test_a_full_disk_delays_labels_and_is_told_once(rooms, monkeypatch):
    said = []
    labels = Labels(rooms, label_key(DID, None), say=said.append)
    real, failures = rooms.store.labels.append, iter([StoreFull("full"), StoreFull("full")])

    def append(after, added):
        for failure in failures:
            raise failure
        return real(after, added)

    monkeypatch.setattr(rooms.store.labels, "append", append)
    monkeypatch.setattr("stoa.app.labels._LOOK_EVERY_S", 0.01)
    with labels.listening() as event:
        running = asyncio.create_task(labels.run())
        async with asyncio.timeout(10):
            await event.wait()
        running.cancel()
    assert said == ["labels wait: full"]
    assert given(labels) == [(POST, False, "")]


async def test_a_restart_gives_nothing_twice(tmp_path):
    first = open_rooms(tmp_path, WallClock())
    first.intake.take(put(NOW_MS - 10_000))
    script = NoteScript(first.store.notes)
    script.decide(script.write(POST, NOW_MS - 5_000), Status.CURRENTLY_RATED_HELPFUL, NOW_MS)
    first.close()
    multikeys = set()
    for expected in (1, 0):
        rooms = open_rooms(tmp_path, WallClock())
        labels = Labels(rooms, label_key(DID, tmp_path))
        multikeys.add(labels.multikey)
        assert await labels.settle() == expected
        assert given(labels) == [(POST, False, "")]
        rooms.close()
    assert len(multikeys) == 1


def test_a_labeler_is_open_only_where_one_is_named_and_never_in_a_town():
    from tests.web.small_square import small_square, town_square

    said = []
    assert open_labels(small_square(), None) is None
    opened = open_labels(small_square(labeler_did=DID), None)
    assert opened is not None
    assert opened.did == DID
    town = town_square()
    town.settings = town.settings.model_copy(update={"labeler_did": DID})
    assert open_labels(town, None, said.append) is None
    assert said == ["the town is invented, so no labels are given"]


def test_a_key_wants_a_folder_of_a_square(tmp_path):
    with pytest.raises(StoreError, match="open one there first"):
        label_key(DID, tmp_path / "nowhere")
