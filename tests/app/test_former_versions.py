"""Data folders as former versions of Stoa left them are opened with all that they hold."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from stoa.app.rooms import STORE_FILE, Rooms, open_rooms
from stoa.records import as_ids

VERSION_1 = Path(__file__).parents[1] / "fixtures" / "version_1"
NOW_US = 1_790_000_060_000_000


class StandingClock:
    def now_us(self) -> int:
        return NOW_US


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(VERSION_1 / "segments", folder / "vectors" / "hashed-1-128" / "segments")
    store = sqlite3.connect(folder / STORE_FILE)
    store.executescript((VERSION_1 / "square.sql").read_text())
    store.close()
    return folder


def logged_out(rooms: Rooms) -> set[str]:
    page = rooms.feed.page(None, limit=100, peek=True)
    return {name.split("/")[2].rpartition(":")[2] for name in uris(rooms, page)}


def uris(rooms: Rooms, page) -> set[str]:
    return set(rooms.store.uris([item.post for item in page.items]).values())


def test_a_folder_of_version_1_is_served_as_its_labels_say(folder):
    rooms = open_rooms(folder, StandingClock())
    assert logged_out(rooms) == {"ana", "ben"}
    seen = rooms.feed.page("did:plc:reader", limit=100, peek=True)
    covers = {rooms.store.uris([i.post])[i.post].split("/")[2]: i.cover for i in seen.items}
    assert covers.pop("did:plc:bold") == "porn"
    assert covers.pop("did:plc:given") == "graphic-media"
    assert covers == dict.fromkeys(("did:plc:ana", "did:plc:ben", "did:plc:shy"))
    rooms.close()


def test_its_vectors_are_those_of_its_live_posts(folder):
    rooms = open_rooms(folder, StandingClock())
    live = [i for columns in rooms.store.scan_posts() for i in columns.id.tolist()]
    assert len(live) == 6
    assert rooms.index.vectors(as_ids(live))[1].all()
    assert len(rooms.index) == 6  # the one taken back after the last flush is not among them
    rooms.close()
    again = open_rooms(folder, StandingClock())
    assert len(again.index) == 6
    again.close()
