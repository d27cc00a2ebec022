"""Notes open with the square: kept on disk, forgotten with their writer, checked by folder."""

import pytest

from stoa.app.own_notes import origin_of, verify_folder
from stoa.app.rooms import STORE_FILE, open_rooms, open_to_read
from stoa.errors import LogDamaged, StoreError, UnknownPost
from stoa.records import AccountState, AccountStatus, Batch, PostContent, PutPost, Remove
from stoa.store import SqliteStore

START_US = 1_790_000_000_000_000
ANA, BO = "did:plc:ana", "did:plc:bo"
POST = f"at://{ANA}/app.bsky.feed.post/1"


class StillClock:
    def now_us(self) -> int:
        return START_US


def opened(folder):
    rooms = open_rooms(folder, StillClock())
    content = PostContent(text="The figure is of today.", created_us=START_US)
    rooms.intake.take(Batch((PutPost(POST, ANA, START_US << 10, START_US, content),)))
    return rooms


def write(rooms, name=BO):
    account = rooms.store.intern_account(name)
    rooms.notes.enrol(account)
    return rooms.notes.write(account, POST, "NOT_MISLEADING", [], "It is.", ["https://example.org"])


@pytest.fixture(params=["memory", "disk"])
def rooms(request, tmp_path):
    found = opened(None if request.param == "memory" else tmp_path)
    yield found
    found.close()


def test_a_note_on_a_post_that_is_here(rooms):
    note = write(rooms)
    assert [view.id for view in rooms.notes.notes_of(POST)] == [note]
    assert rooms.notes.shown([POST]) == {}
    with pytest.raises(UnknownPost):
        rooms.notes.request(rooms.store.account_id(BO), POST + "2")


def test_a_note_outlives_its_post(rooms):
    note = write(rooms)
    rooms.intake.take(Batch((Remove(POST, ANA, (START_US + 1) << 10, START_US + 1),)))
    assert rooms.store.post_id(POST) is None
    assert rooms.notes.note(note).post == POST


def test_forgetting_a_reader_cuts_the_link(rooms):
    note, account = write(rooms), rooms.store.account_id(BO)
    author = rooms.notes.note(note).author
    assert rooms.store.forget(account)["note_links"] == 1
    assert rooms.notes.pseudonym(account) is None
    assert rooms.notes.note(note).author == author


def test_an_account_deleted_from_its_network_is_forgotten(rooms):
    write(rooms)
    account = rooms.store.account_id(BO)
    gone = AccountState(BO, AccountStatus.DELETED, START_US + 5)
    rooms.intake.take(Batch((gone,)))
    assert rooms.notes.pseudonym(account) is None


def test_a_square_signs_with_one_key_for_ever(tmp_path):
    rooms = opened(tmp_path)
    note, key = write(rooms), rooms.notes.key
    rooms.notes.score(START_US // 1_000 + 1)
    rooms.close()
    again = open_rooms(tmp_path, StillClock())
    assert again.notes.key == key
    assert key.name == origin_of(key.key)
    assert again.notes.note(note).history[0].status.name == "NEEDS_MORE_RATINGS"
    again.close()


def test_a_square_that_is_only_looked_into_shows_notes_and_takes_none(tmp_path):
    rooms = opened(tmp_path)
    note, account = write(rooms), rooms.store.account_id(BO)
    looking = open_to_read(tmp_path, StillClock())
    assert looking.notes.note(note) == rooms.notes.note(note)
    with pytest.raises(StoreError):
        looking.notes.delete(account, note)
    looking.store.close()
    rooms.close()


def test_a_log_edited_on_disk_does_not_open_and_lets_the_folder_go(tmp_path):
    rooms = opened(tmp_path)
    write(rooms)
    rooms.notes.checkpoint()
    rooms.close()
    store = SqliteStore(tmp_path / STORE_FILE)
    with store._database.writing() as connection:
        connection.execute("DROP TRIGGER note_log_is_not_edited")
        connection.execute("UPDATE note_log SET leaf = replace(leaf, 'It is', 'It was')")
    store.close()
    with pytest.raises(LogDamaged, match="restore a backup"):
        open_rooms(tmp_path, StillClock())
    SqliteStore(tmp_path / STORE_FILE).close()


def test_an_export_verifies_by_its_folder(rooms, tmp_path):
    write(rooms)
    rooms.notes.score(START_US // 1_000 + 1)
    rooms.notes.export(tmp_path / "export")
    assert verify_folder(tmp_path / "export").is_whole
    (tmp_path / "export" / "checkpoint.txt").write_text("")
    assert not verify_folder(tmp_path / "export").is_whole
