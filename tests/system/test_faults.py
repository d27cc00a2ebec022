"""What goes wrong on real machines: each is told in one line, and nothing accepted is lost."""

import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2
import numpy as np
import pytest
from tests.system.fake_jetstream import FakeJetstream
from tests.system.frames import SECOND_US, chatter, now_us, post, write
from tests.system.square_process import RunningSquare, running, status, stoa, walk
from tests.system.test_live_square import ALONE, until

from stoa.app import open_rooms
from stoa.app.clocks import WallClock

pytestmark = pytest.mark.slow

START_US = 1_790_000_000 * SECOND_US


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The only line told, of a command that failed as commands should."""
    assert done.returncode == 1, (done.returncode, done.stderr)
    lines = [line for line in done.stderr.splitlines() if line]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("stoa: ")
    assert done.stdout == ""
    return lines[0]


@pytest.fixture
def events(tmp_path):
    return str(write(tmp_path / "events.jsonl", chatter(40, START_US)))


def test_a_port_in_use_is_told_before_anything_is_touched(tmp_path, events):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = stoa("up", "--from", events, "--data", str(tmp_path / "data"), "--port", port)
    told = one_line(done)
    assert port in told
    assert "--port" in told
    assert not (tmp_path / "data").exists()


def test_a_folder_in_use_is_told_and_the_first_square_goes_on(tmp_path, events):
    data = str(tmp_path / "data")
    with running("--from", events, "--data", data) as square:
        square.wait_for("ended")
        told = one_line(stoa("up", "--from", events, "--data", data, "--port", "0"))
        assert str(square.process.pid) in told
        assert "another data folder" in told
        assert len(walk(square, "someone")) == 40
        assert square.stop() == 0


def test_a_folder_of_a_newer_version_is_left_as_it_is(tmp_path, events):
    data = tmp_path / "data"
    with running("--from", events, "--data", str(data)) as square:
        square.wait_for("ended")
        assert square.stop() == 0
    with sqlite3.connect(data / "square.db") as store:
        version = store.execute("PRAGMA user_version").fetchone()[0]
        store.execute("PRAGMA user_version = 999")
    store.close()
    before = (data / "square.db").read_bytes()
    for command in (("up", "--from", events, "--port", "0"), ("status",), ("backup", "copy.db")):
        told = one_line(stoa(*command, "--data", str(data)))
        assert "newer" in told
    assert (data / "square.db").read_bytes() == before
    with sqlite3.connect(data / "square.db") as store:
        store.execute(f"PRAGMA user_version = {version}")
    store.close()
    assert status(data)["posts"] == 40


def test_a_folder_that_is_not_ours_is_left_as_it_is(tmp_path, events):
    data = tmp_path / "data"
    data.mkdir()
    (data / "square.db").write_bytes(b"somebody's diary, nothing of a database" * 40)
    told = one_line(stoa("up", "--from", events, "--data", str(data), "--port", "0"))
    assert "damaged" in told
    assert (data / "square.db").read_bytes().startswith(b"somebody's diary")
    data = tmp_path / "file"
    data.write_text("not a folder")
    told = one_line(stoa("up", "--from", events, "--data", str(data), "--port", "0"))
    assert str(data) in told


def test_a_town_and_a_network_never_mix(tmp_path, events):
    data = str(tmp_path / "data")
    town = {"STOA_TOWN_PEOPLE": "20", "STOA_TOWN_DAYS": "0.1"}
    with running("--from", "town", "--data", data, **town) as square:
        square.wait_for("town")
        assert square.stop() == 0
    told = one_line(stoa("up", "--from", events, "--data", data, "--port", "0"))
    assert "town" in told
    assert "--data" in told


def test_a_locked_database_makes_reading_wait_and_pages_go_on(tmp_path):
    with FakeJetstream() as network:
        settings = {"STOA_JETSTREAM_URLS": network.url, **ALONE}
        with running("--data", str(tmp_path), **settings) as square:
            until(lambda: network.cursors, 20)
            network.happen(chatter(20, now_us() - 60 * SECOND_US))
            square.wait_for("live")
            until(lambda: status(tmp_path)["posts"] == 20, 20)
            other = sqlite3.connect(tmp_path / "square.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            network.happen([post("zoe", now_us(), "while it is locked")])
            until(lambda: any("locked" in line for line in square.lines), 30)
            assert square.get("/").status_code == 200
            assert len(walk(square, "known-to-nobody", limit=100)) == 20
            other.execute("ROLLBACK")
            other.close()
            until(lambda: status(tmp_path)["posts"] == 21, 30)
            assert len(walk(square, "somebody-else", limit=100)) == 21
            assert square.stop() == 0


@contextmanager
def small_disk(folder: Path, size: str):
    """A disk of that size; skips where this machine lets us have none."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True
    )
    if made.returncode:
        pytest.skip(f"no small disk to be had: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_makes_reading_wait_and_loses_nothing(tmp_path):
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    n_posts = 4_000
    start = now_us() - 3600 * SECOND_US // 2
    with FakeJetstream() as network, small_disk(tmp_path / "disk", "90m") as disk:
        settings = {"STOA_JETSTREAM_URLS": network.url, **ALONE}
        data = disk / "data"
        with running("--data", str(data), **settings) as square:
            until(lambda: network.cursors, 20)
            network.happen(chatter(500, start, step_us=1000))
            square.wait_for("live")
            until(lambda: status(data)["posts"] == 500, 30)
            ballast = fill(disk)
            rest = chatter(n_posts, start + SECOND_US, step_us=1000)
            network.happen(rest)
            until(lambda: any("full" in line or "room" in line for line in square.lines), 60)
            told = [line for line in square.lines if "reading waits" in line]
            assert len(told) == 1
            for reader in ("first-reader", "second-reader", "first-reader"):
                items = square.json("/api/v1/feed", params={"viewer": reader, "limit": 30})
                assert len(items["items"]) == 30
            page = square.get("/")
            assert page.status_code == 200
            assert "<article" in page.text
            refused = httpx2.post(
                square.url + "/api/v1/events",
                json={
                    "events": [{"viewer": "v", "kind": "like", "post": items["items"][0]["uri"]}]
                },
                timeout=20,
            )
            assert refused.status_code in (200, 507)
            ballast.unlink()
            until(lambda: status(data)["posts"] == 500 + n_posts, 60)
            newest = rest[-1]["commit"]["rkey"]
            uris = {item["uri"] for item in walk(square, "last-reader", limit=100)}
            assert any(uri.endswith(newest) for uri in uris)
            assert square.stop() == 0
        figures = status(data)
        assert figures["vectors"] == figures["posts"] == 500 + n_posts


def fill(disk: Path) -> Path:
    """A file that leaves no room."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            for size in (1 << 20, 1 << 12):
                while file.write(b"\0" * size) == size:
                    pass
        except OSError:
            pass
    return ballast


@pytest.mark.parametrize(
    "harm",
    [
        "flip",
        "delete all",
        *(pytest.param(each, marks=pytest.mark.long) for each in ("truncate", "delete", "rows")),
    ],
)
def test_damaged_vectors_are_made_again_from_the_store(tmp_path, harm):
    data = tmp_path / "data"
    path = write(tmp_path / "events.jsonl", chatter(3_000, START_US, step_us=1000))
    with running("--from", str(path), "--data", str(data)) as square:
        square.wait_for("ended")
        assert square.stop() == 0
    spoil(data, harm, random.Random(7))
    empty = write(tmp_path / "empty.jsonl", b"")
    with running("--from", str(empty), "--data", str(data)) as square:
        square.wait_for("ended")
        assert len(walk(square, "someone", limit=100)) == 1_500
        assert square.stop() == 0
    figures = status(data)
    assert (figures["posts"], figures["vectors"]) == (3_000, 3_000)
    rooms = open_rooms(data, WallClock())
    posts = np.concatenate([columns.id for columns in rooms.store.scan_posts()])
    vectors, found = rooms.index.vectors(posts)
    content = rooms.rows.get(posts)
    rooms.close()
    assert found.all()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=0.02)
    assert np.abs(content).sum(axis=1).all()


def spoil(data: Path, harm: str, chance: random.Random) -> None:
    vectors = [path for path in (data / "vectors").rglob("*") if path.is_file()]
    segments = [path for path in vectors if "segments" in path.parts]
    assert segments
    if harm == "rows":
        shutil.rmtree(next(path.parent for path in vectors if path.suffix == ".rows"))
        return
    if harm == "delete all":
        shutil.rmtree(data / "vectors")
        return
    for path in segments:
        raw = bytearray(path.read_bytes())
        if harm == "delete":
            path.unlink()
        elif harm == "truncate":
            path.write_bytes(raw[: len(raw) // 2])
        elif raw:
            for _ in range(20):
                raw[chance.randrange(len(raw))] ^= 0xFF
            path.write_bytes(raw)


def test_a_term_in_the_middle_of_reading_closes_in_order(tmp_path):
    data = tmp_path / "data"
    path = write(tmp_path / "events.jsonl", chatter(15_000, START_US, step_us=1000))
    with running("--from", str(path), "--data", str(data)) as square:
        until(lambda: posts_so_far(data) > 0, 30)
        square.process.send_signal(signal.SIGTERM)
        began_s = time.monotonic()
        assert square.process.wait(20) == 0
        assert time.monotonic() - began_s < 15
        assert not any("Traceback" in line for line in square.lines)
    figures = status(data)
    assert 0 < figures["posts"] <= 15_000
    assert figures["vectors"] == figures["posts"]  # every vector of what was taken in is on disk
    assert not (data / "running.json").exists()
    with running("--from", str(path), "--data", str(data)) as square:
        square.wait_for("ended", 120)
        assert square.stop() == 0
    assert status(data)["posts"] == status(data)["vectors"] == 15_000


def posts_so_far(data: Path) -> int:
    try:
        with sqlite3.connect(f"file:{data / 'square.db'}?mode=ro", uri=True) as store:
            found = store.execute("SELECT value FROM counters WHERE name = 'posts'").fetchone()
        store.close()
    except sqlite3.Error:
        return 0
    return found[0] if found else 0


def test_pages_under_way_are_finished_when_it_stops(tmp_path, events):
    def get(square: RunningSquare) -> int | None:
        try:
            return square.get("/api/v1/feed?viewer=v").status_code
        except httpx2.HTTPError:
            return None

    with running("--from", events, "--data", str(tmp_path / "data")) as square:
        square.wait_for("ended")
        with httpx2.stream("GET", square.url + "/square/live", timeout=20) as listening:
            assert listening.status_code == 200
            next(listening.iter_raw())
            square.process.send_signal(signal.SIGTERM)
            answers = [get(square) for _ in range(5)]
            assert set(answers) <= {200, None}
        assert square.process.wait(20) == 0
