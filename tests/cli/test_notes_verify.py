"""`stoa notes export` and `verify` as somebody who trusts nobody calls them."""

from __future__ import annotations

import json

import pytest
from tests.cli.called import stoa

from stoa.app.clocks import WallClock
from stoa.app.rooms import open_rooms
from stoa.records import Batch, PostContent, PutPost


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder with one post, one note and one rating."""
    folder = tmp_path_factory.mktemp("square") / "data"
    rooms = open_rooms(folder, WallClock())
    uri, now_us = "app://posts/1", WallClock().now_us()
    rooms.intake.take(
        Batch(changes=(PutPost(uri, "ana", now_us << 10, now_us, PostContent("Tides.")),))
    )
    writer, rater = (rooms.store.intern_account(name) for name in ("bo", "chi"))
    for who in (writer, rater):
        rooms.notes.enrol(who)
    note = rooms.notes.write(
        writer,
        uri,
        "MISINFORMED_OR_POTENTIALLY_MISLEADING",
        ["misleadingFactualError"],
        "The moon does it.",
        ["https://example.org/tides"],
    )
    rooms.notes.rate(rater, note, "HELPFUL", ["helpfulClear"])
    rooms.notes.score(now_us // 1000 + 1000)
    rooms.close()
    return folder


def test_an_export_is_whole_until_somebody_touches_it(data, tmp_path):
    target = tmp_path / "export"
    made = stoa("notes", "export", target, "--data", data)
    assert made.returncode == 0, made.stderr
    whole = stoa("notes", "verify", target, "--json")
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert json.loads(whole.stdout)["whole"] is True
    notes = next(target.rglob("notes-*.tsv*"))
    notes.write_bytes(notes.read_bytes().replace(b"moon", b"wind"))
    touched = stoa("notes", "verify", target)
    assert touched.returncode == 1
    assert "DIFFERS" in touched.stdout
    assert notes.name in touched.stdout


def test_an_export_never_overwrites(data, tmp_path):
    (tmp_path / "there").mkdir()
    made = stoa("notes", "export", tmp_path / "there", "--data", data)
    assert made.returncode == 1
    assert "does not exist yet" in made.stderr


def test_what_is_no_export_and_no_checkpoint_is_told_in_one_line(tmp_path):
    missing = stoa("notes", "verify", tmp_path / "nowhere")
    assert missing.returncode == 1
    assert missing.stderr.count("\n") == 1 or "DIFFERS" in missing.stdout
    (tmp_path / "large").write_bytes(b"x" * 100_000)
    bad = stoa("notes", "verify", tmp_path, "--earlier", tmp_path / "large")
    assert bad.returncode == 1
    assert "checkpoint" in bad.stderr
