"""Every file of an index's folder, damaged in every way: said, and made whole by what is asked.

A rebuild does what a square does at start: it puts what `missing` and `newest` ask for, and
takes out what the store no longer has.
"""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from stoa.index import SegmentIndex
from stoa.index.segments import SegmentConfig

DIM = 16
CONFIG = SegmentConfig(flat_rows=400, background=False)
N = 620
ROWS = np.random.default_rng(0).standard_normal((N + 1, DIM))
VECTORS = (ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)).astype(np.float32)
REMOVED = [7, 150, 500]  # before the last flush
LATE, LATE_REMOVED = [619, 620], [8, 151, 501]  # after it


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A folder with a file of each kind, left by a killed process."""
    folder = tmp_path_factory.mktemp("template")
    index = SegmentIndex(folder, DIM, CONFIG)
    late = set(LATE)
    posts = np.array([p for p in range(1, N + 1) if p not in late and not 300 <= p < 320])
    index.put(posts, VECTORS[posts])
    index.remove(np.array(REMOVED))
    index.flush()
    # Posts lost by an earlier kill and not yet put again: the file `missing`.
    index.put(np.arange(300, 320), VECTORS[300:320])
    del index
    index = SegmentIndex(folder, DIM, CONFIG)
    assert index.missing.tolist() == list(range(300, 320))
    index.put(np.array(LATE), VECTORS[LATE])
    index.remove(np.array(LATE_REMOVED))
    return folder


@pytest.fixture
def folder(template, tmp_path):
    return shutil.copytree(template, tmp_path / "index")


KINDS = ["manifest.json", "segment-*", "flat-*", "lists-*", "dead-*", "journal-*", "missing-*"]
HARMS = {
    "gone": lambda path, raw: path.unlink(),
    "empty": lambda path, raw: path.write_bytes(b""),
    "cut": lambda path, raw: path.write_bytes(raw[: len(raw) // 2]),
    "first byte": lambda path, raw: path.write_bytes(flipped(raw, 0)),
    "middle byte": lambda path, raw: path.write_bytes(flipped(raw, len(raw) // 2)),
    "last byte": lambda path, raw: path.write_bytes(flipped(raw, len(raw) - 1)),
    "zeros": lambda path, raw: path.write_bytes(bytes(len(raw))),
    "another": lambda path, raw: path.write_bytes(b"PK\x03\x04 something else altogether"),
    "a folder": lambda path, raw: (path.unlink(), path.mkdir()),
}


def flipped(raw: bytes, at: int) -> bytes:
    changed = bytearray(raw)
    changed[at] ^= 0x10
    return bytes(changed)


def rebuilt(index: SegmentIndex) -> None:
    """What a square does at start, with a store that has lost nothing."""
    gone = {*REMOVED, *LATE_REMOVED}
    live = np.array([p for p in range(1, N + 1) if p not in gone])
    after = index.newest()
    wanted = np.union1d(live[live > after], np.setdiff1d(live, index.held()))
    for part in np.array_split(wanted, 2):
        index.put(part, VECTORS[part])
    index.remove(np.setdiff1d(index.held(), live))
    index.remove(np.setdiff1d(index.missing, live))
    index.flush()


def assert_whole(index: SegmentIndex) -> None:
    gone = {*REMOVED, *LATE_REMOVED}
    live = [p for p in range(1, N + 1) if p not in gone]
    assert index.held().tolist() == live
    rows, found = index.vectors(np.array(live))
    assert found.all()
    assert (rows * VECTORS[live]).sum(axis=1).min() > 0.98
    assert sorted(index.match(VECTORS[live], 2 * N).post.tolist()) == live


def test_there_is_a_file_of_each_kind(template):
    for kind in KINDS:
        assert list(template.glob(kind)), kind


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("harm", HARMS)
def test_damage_is_said_and_mended(folder, kind, harm):
    path = max(folder.glob(kind), key=lambda file: file.stat().st_size)
    HARMS[harm](path, path.read_bytes())
    if kind == "manifest.json" and harm == "a folder":
        shutil.rmtree(path)  # nobody can replace a folder by a file: the operator took it away
    index = SegmentIndex(folder, DIM, CONFIG)
    # A journal may end anywhere: what a cut took away the store still knows.
    assert index.damage or (kind == "journal-*" and harm in ("cut", "empty"))
    rebuilt(index)
    assert_whole(index)
    again = SegmentIndex(folder, DIM, CONFIG)
    assert again.damage == ()
    assert_whole(again)
    again.seal()
    assert_whole(again)


@pytest.mark.parametrize("kind", ["manifest.json", "flat-*", "lists-*", "dead-*", "segment-*"])
def test_no_flipped_byte_goes_unseen(template, tmp_path, kind):
    """A sample of bytes of each file, its first and last among them."""
    name = max(template.glob(kind), key=lambda file: file.stat().st_size).name
    raw = (template / name).read_bytes()
    chance = np.random.default_rng(1)
    for at in {0, len(raw) - 1, *chance.integers(0, len(raw), 12).tolist()}:
        folder = shutil.copytree(template, tmp_path / str(at))
        (folder / name).write_bytes(flipped(raw, at))
        index = SegmentIndex(folder, DIM, CONFIG)
        assert index.damage, at
        held = index.held()
        rows, found = index.vectors(held)
        assert found.all()
        assert (rows * VECTORS[held]).sum(axis=1).min(initial=1) > 0.98, at  # what is left is sound
        shutil.rmtree(folder)


def test_everything_damaged_at_once(folder):
    for path in folder.iterdir():
        if path.name != "manifest.json":
            path.write_bytes(flipped(path.read_bytes(), path.stat().st_size // 2))
    index = SegmentIndex(folder, DIM, CONFIG)
    assert len(index) == 0
    assert index.newest() == 0
    assert len(index.damage) >= 5
    rebuilt(index)
    assert_whole(SegmentIndex(folder, DIM, CONFIG))


def test_strangers_in_the_folder_do_no_harm(folder):
    (folder / "lost+found").mkdir()
    (folder / "segment-x").write_bytes(b"")
    (folder / ".DS_Store").write_bytes(b"\0")
    index = SegmentIndex(folder, DIM, CONFIG)
    assert index.damage == ()
    assert (folder / "lost+found").is_dir()
    rebuilt(index)
    assert_whole(index)
