"""The segment index over time: sealing, recall, damage, crashes, erasure, full disks."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest

from stoa.errors import StoreError
from stoa.index import SegmentIndex
from stoa.index import files as files_module
from stoa.index.segment import SealedSegment
from stoa.index.segments import SegmentConfig
from stoa.space.maxsim import search_exact

DIM = 32
CONFIG = SegmentConfig(flat_rows=1024, background=False)
N = 9_000


def topics(n, seed=0, n_topics=60):
    """Unit vectors around topics, as posts lie."""
    chance = np.random.default_rng(seed)
    centre = chance.standard_normal((n_topics, DIM)) / np.sqrt(DIM)
    rows = centre[chance.integers(0, n_topics, n)] + 0.7 * chance.standard_normal((n, DIM)) / 6
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


VECTORS = topics(N)


def filled(folder, config=CONFIG, n=N):
    index = SegmentIndex(folder, DIM, config)
    for start in range(0, n, 500):
        stop = min(start + 500, n)
        index.put(np.arange(start + 1, stop + 1), VECTORS[start:stop])
    return index


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("filled")
    filled(folder).flush()
    return folder


@pytest.fixture
def folder(template, tmp_path):
    copy = tmp_path / "index"
    copy.mkdir()
    for file in template.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    return copy


def segment_files(folder):
    return sorted(folder.glob("segment-*"), key=lambda path: path.stat().st_size)


def test_full_segments_are_sealed_and_merged_into_few(template, folder):
    index = SegmentIndex(folder, DIM, CONFIG)
    assert len(index) == N
    assert 1 <= len(segment_files(folder)) <= 4
    assert index.newest() == N
    assert index.missing.size == 0
    assert index.damage == ()


def test_recall_against_exact_search_is_high(folder):
    index = SegmentIndex(folder, DIM, CONFIG)
    queries = VECTORS[np.random.default_rng(1).integers(0, N, 40)]
    rows, _, _ = search_exact(VECTORS, queries, 300)
    found = index.match(queries, 300)
    assert len(np.intersect1d(found.post, rows + 1)) >= 0.95 * 300


def test_scores_are_exact_but_for_the_codes(folder):
    index = SegmentIndex(folder, DIM, CONFIG)
    queries = VECTORS[:5] * 0.8
    found = index.match(queries, 50)
    products = VECTORS[found.post - 1] @ queries.T
    assert found.score == pytest.approx(products.max(axis=1), abs=0.01)
    assert (products[np.arange(50), found.query] > products.max(axis=1) - 0.02).all()


def test_it_reopens_with_what_it_held(folder):
    first, again = SegmentIndex(folder, DIM, CONFIG), SegmentIndex(folder, DIM, CONFIG)
    one, other = first.match(VECTORS[:9], 80), again.match(VECTORS[:9], 80)
    assert one.post.tolist() == other.post.tolist()
    assert len(again.vectors(np.arange(1, N + 1))[0]) == N


def test_a_flipped_byte_in_the_vectors_is_found_and_its_posts_are_named(folder):
    damaged = segment_files(folder)[-1]
    raw = bytearray(damaged.read_bytes())
    raw[1234] ^= 4
    damaged.write_bytes(raw)
    index = SegmentIndex(folder, DIM, CONFIG)
    assert len(index.damage) == 1
    assert len(index.missing) == N - len(index) > 0
    assert index.newest() == index.missing.min() - 1
    # The rebuild that `newest` asks for makes it whole, and survives another opening.
    lost = index.missing
    index.put(lost, VECTORS[lost - 1])
    assert index.missing.size == 0
    index.flush()
    whole = SegmentIndex(folder, DIM, CONFIG)
    assert (len(whole), whole.newest(), whole.damage) == (N, N, ())


@pytest.mark.parametrize("harm", ["cut", "gone", "ids"])
def test_a_segment_cut_or_gone_is_rebuilt_from_its_first_post(folder, harm):
    damaged = segment_files(folder)[-1]
    raw = damaged.read_bytes()
    if harm == "gone":
        damaged.unlink()
    elif harm == "cut":
        damaged.write_bytes(raw[: len(raw) // 2])
    else:
        damaged.write_bytes(raw[:-9] + b"ab" + raw[-7:])
    index = SegmentIndex(folder, DIM, CONFIG)
    assert len(index.damage) == 1
    after = index.newest()
    held = index.vectors(np.arange(1, after + 1))[1]
    assert held.all()  # there is no gap below
    # Still so when it is opened again before the rebuild came.
    index = SegmentIndex(folder, DIM, CONFIG)
    assert index.newest() == after
    for start in range(after, N, 700):
        stop = min(start + 700, N)
        index.put(np.arange(start + 1, stop + 1), VECTORS[start:stop])
    index.flush()
    assert (len(index), index.newest()) == (N, N)


@pytest.mark.parametrize("kind", ["manifest.json", "flat-*", "lists-*", "dead-*"])
def test_any_damaged_file_costs_a_rebuild_and_no_more(folder, kind):
    index = SegmentIndex(folder, DIM, CONFIG)
    index.remove(np.array([17]))
    index.flush()
    (file,) = list(folder.glob(kind))
    file.write_bytes(b"{" + file.read_bytes()[3:])
    index = SegmentIndex(folder, DIM, CONFIG)
    assert index.damage
    for start in range(index.newest(), N, 1000):
        posts = np.setdiff1d(np.arange(start + 1, min(start + 1000, N) + 1), [17])
        index.put(posts, VECTORS[posts - 1])
    index.flush()
    again = SegmentIndex(folder, DIM, CONFIG)
    assert (len(again), again.damage, again.newest()) == (N - 1, (), N)
    assert VECTORS[99] @ again.vectors(np.array([100]))[0][0] > 0.99


def test_a_folder_of_another_width_starts_anew(folder):
    index = SegmentIndex(folder, DIM * 2, CONFIG)
    assert len(index) == 0
    assert index.newest() == 0
    assert str(DIM * 2) in index.damage[0]


def test_a_kill_forgets_only_what_came_since_the_last_flush_and_names_it(folder):
    index = SegmentIndex(folder, DIM, CONFIG)
    late = 20_000  # a later id than all
    index.put(np.array([late]), VECTORS[:1])
    index.flush()
    index.put(np.array([15_000, 15_001, 3]), VECTORS[:3])
    index.remove(np.array([15_001, 5]))
    assert index.newest() == 14_999  # 15,000 is not on disk yet
    after_kill = SegmentIndex(folder, DIM, CONFIG)
    assert after_kill.missing.tolist() == [15_000]
    assert after_kill.newest() == 14_999
    assert after_kill.vectors(np.array([late, 5, 3]))[1].tolist() == [True, False, True]
    after_kill.put(np.array([15_000]), VECTORS[:1])
    after_kill.flush()
    assert after_kill.newest() == late


def test_a_journal_cut_in_the_middle_of_an_entry_is_read_to_there(folder):
    index = SegmentIndex(folder, DIM, CONFIG)
    index.put(np.array([15_000]), VECTORS[:1])
    (journal,) = folder.glob("journal-*")
    journal.write_bytes(journal.read_bytes() + b"\x01\x02")
    assert SegmentIndex(folder, DIM, CONFIG).missing.tolist() == [15_000]


def test_removed_vectors_are_zero_on_disk_after_a_flush(folder):
    index = SegmentIndex(folder, DIM, CONFIG)
    index.flush()
    posts = np.array([1, 2_000, N])
    code = index._space.encode(VECTORS[posts - 1])
    index.remove(posts)
    index.flush()
    on_disk = b"".join(file.read_bytes() for file in folder.iterdir())
    for row in code:
        assert row.tobytes() not in on_disk
    again = SegmentIndex(folder, DIM, CONFIG)
    assert (again.damage, len(again)) == ((), N - 3)


def test_a_crash_between_the_manifest_and_the_zeroing_is_mended(folder):
    index = SegmentIndex(folder, DIM, CONFIG)
    before = {file.name: file.read_bytes() for file in segment_files(folder)}
    index.remove(np.array([1, 2, 3]))
    index.flush()
    for name, raw in before.items():
        (folder / name).write_bytes(raw)
    again = SegmentIndex(folder, DIM, CONFIG)
    assert (again.damage, len(again)) == ((), N - 3)


def test_what_is_mostly_dead_is_compacted(folder):
    index = SegmentIndex(folder, DIM, CONFIG)
    size = sum(file.stat().st_size for file in segment_files(folder))
    index.remove(np.arange(1, 6_001))
    index.seal()
    index.flush()
    assert sum(file.stat().st_size for file in segment_files(folder)) < size / 2
    assert len(SegmentIndex(folder, DIM, CONFIG)) == N - 6_000


def test_old_segments_go_whole(folder):
    index = SegmentIndex(folder, DIM, CONFIG)
    assert index.drop_older(N + 1) == N
    assert segment_files(folder) == []
    assert (len(index), index.newest()) == (0, N)
    assert SegmentIndex(folder, DIM, CONFIG).newest() == N


def test_a_full_disk_is_said_and_loses_nothing(folder, monkeypatch):
    index = SegmentIndex(folder, DIM, CONFIG)
    index.put(np.array([20_000]), VECTORS[:1])

    def full(handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files_module.os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            index.flush()
        with pytest.raises(StoreError, match="No space left"):
            index.put(np.arange(30_000, 31_100), topics(1_100, seed=3))
    assert sorted(index.match(VECTORS[:1], 2).post.tolist()) == [1, 20_000]
    assert not list(folder.glob("*.new"))
    index.seal()
    index.flush()
    assert len(SegmentIndex(folder, DIM, CONFIG)) == N + 1_101


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be opened"):
        SegmentIndex(tmp_path / "file" / "index", DIM)


def test_leftovers_are_swept(folder):
    (folder / "segment-000000-999999.new").write_bytes(b"half a segment")
    (folder / "lists-old").write_bytes(b"nobody's")
    SegmentIndex(folder, DIM, CONFIG)
    assert not list(folder.glob("*.new"))
    assert not (folder / "lists-old").exists()


def test_upkeep_in_the_background_changes_nothing_that_is_found(tmp_path):
    config = SegmentConfig(flat_rows=512, background=True)
    index = filled(tmp_path / "b", config, n=6_000)
    removed = threading.Thread(target=index.remove, args=(np.arange(1, 200),))
    removed.start()
    index.put(np.arange(200, 400), VECTORS[1000:1200])
    removed.join()
    index.close()
    assert len(index) == 6_000 - 199
    assert index.vectors(np.arange(1, 200))[1].sum() == 0
    rows, found = index.vectors(np.arange(200, 400))
    assert found.all()
    assert ((rows * VECTORS[1000:1200]).sum(axis=1) > 0.98).all()
    assert any(isinstance(segment, SealedSegment) for segment in index._view.segments)
    again = SegmentIndex(tmp_path / "b", DIM, config)
    assert len(again) == len(index)


def test_segments_that_outgrew_their_lists_learn_more(tmp_path):
    index = filled(tmp_path / "g", SegmentConfig(flat_rows=256, background=False))
    quantisers = {segment.quantiser for segment in index._view.segments}
    assert len(quantisers) == 1
    assert index._quantiser.n_lists > 100


def test_newer_manifests_than_this_code_are_not_guessed_at(folder):
    wrapped = json.loads((folder / "manifest.json").read_text())
    wrapped["body"] = wrapped["body"].replace('"version": 1', '"version": 9')
    (folder / "manifest.json").write_text(json.dumps(wrapped))
    assert len(SegmentIndex(folder, DIM, CONFIG)) == 0
