"""Upkeep of the real index: what is sealed, merged, compacted and when; what happens meanwhile."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.errors import StoreError
from stoa.index import SegmentIndex
from stoa.index import segments as segments_module
from stoa.index.codes import CodeSpace
from stoa.index.segment import FlatSegment, SealedSegment
from stoa.index.segments import SegmentConfig
from stoa.index.upkeep import made, next_job

DIM = 16
N = 3_000
ROWS = np.random.default_rng(5).standard_normal((2, N + 1, DIM))
VECTORS, REWRITTEN = (ROWS / np.linalg.norm(ROWS, axis=2, keepdims=True)).astype(np.float32)
CONFIG = SegmentConfig(flat_rows=100, background=False)


def ids(*posts: int) -> np.ndarray:
    return np.array(posts, dtype=np.int64)


def put(index: SegmentIndex, first: int, last: int, vectors: np.ndarray = VECTORS) -> None:
    posts = np.arange(first, last + 1)
    index.put(posts, vectors[posts])


def sealed(index: SegmentIndex) -> list[SealedSegment]:
    return [s for s in index._view.segments if isinstance(s, SealedSegment)]


def assert_holds(index: SegmentIndex, expected: dict[int, np.ndarray]) -> None:
    """Exactly these posts, each found by its own vector, with that vector."""
    posts = np.array(sorted(expected), dtype=np.int64)
    assert index.held().tolist() == posts.tolist()
    assert len(index) == len(posts)
    if len(posts) == 0:
        return
    rows, found = index.vectors(posts)
    assert found.all()
    wanted = np.stack([expected[p] for p in posts.tolist()])
    assert (rows * wanted).sum(axis=1).min() > 0.97
    assert sorted(index.match(wanted, len(posts) + 50).post.tolist()) == posts.tolist()


@pytest.fixture
def index(tmp_path) -> SegmentIndex:
    return SegmentIndex(tmp_path / "index", DIM, CONFIG)


# ------------------------------------------------------------------- what is done, and when


def test_a_segment_is_sealed_when_the_next_one_is_needed_and_not_before(index):
    put(index, 1, 100)
    assert sealed(index) == []
    put(index, 101, 101)
    assert [segment.n for segment in sealed(index)] == [100]
    assert isinstance(index._view.segments[-1], FlatSegment)


def test_rows_of_a_sealed_segment_stand_in_the_lists_their_quantiser_names(index):
    put(index, 1, 350)
    for segment in sealed(index):
        quantiser = index._view.quantisers[segment.mark.quantiser]
        near = quantiser.assign(CodeSpace(DIM).decode(segment.code))
        lists = np.repeat(np.arange(segment.mark.n_lists), np.diff(segment.start))
        assert near.tolist() == lists.tolist()
        assert (segment.mark.least, segment.mark.greatest) == (
            segment.post.min(),
            segment.post.max(),
        )


def test_segments_stay_few_and_rewriting_stays_logarithmic(tmp_path, monkeypatch):
    rewritten = []

    def counted(job, path, base, space):
        rewritten.append(sum(segment.n for segment in job.segments))
        return made(job, path, base, space)

    monkeypatch.setattr(segments_module, "made", counted)
    index = SegmentIndex(tmp_path / "index", DIM, CONFIG)
    for first in range(1, N, 100):
        put(index, first, min(first + 99, N))
    sizes = [segment.n for segment in sealed(index)]
    assert len(sizes) <= np.log2(N / 100) + 2
    assert all(older >= 2 * newer for older, newer in itertools.pairwise(sizes))
    # Each row is rewritten once a doubling, and once more whenever lists are learned anew.
    assert sum(rewritten) <= 3 * N * np.log2(N / 100)
    assert_holds(index, {p: VECTORS[p] for p in range(1, N + 1)})


def test_no_merge_makes_a_segment_larger_than_allowed(tmp_path):
    config = SegmentConfig(flat_rows=100, most_rows=400, background=False)
    index = SegmentIndex(tmp_path / "index", DIM, config)
    for first in range(1, N, 100):
        put(index, first, min(first + 99, N))
    assert max(segment.n for segment in sealed(index)) <= 400
    assert_holds(index, {p: VECTORS[p] for p in range(1, N + 1)})


def test_posts_stay_in_order_of_age_across_segments(tmp_path):
    """So that a search for what is new may leave old segments out, and age drops them whole."""
    config = SegmentConfig(flat_rows=100, most_rows=400, background=False)
    index = SegmentIndex(tmp_path / "index", DIM, config)
    put(index, 1, 1_500)
    bounds = [(s.mark.least, s.mark.greatest) for s in sealed(index)]
    assert all(a[1] < b[0] for a, b in itertools.pairwise(bounds))


def test_mostly_dead_segments_are_compacted_and_half_dead_ones_are_not(index):
    put(index, 1, 801)
    n_before = sealed(index)[0].n
    index.remove(np.arange(1, n_before // 2 + 1))
    index.seal()
    assert sealed(index)[0].n == n_before
    index.remove(ids(n_before // 2 + 1))
    index.seal()
    assert all(segment.n_dead <= segment.n / 2 for segment in sealed(index))
    assert sealed(index)[0].n < n_before


def test_a_segment_without_a_living_row_goes_without_being_rewritten(index, monkeypatch):
    put(index, 1, 250)
    files = {segment.mark.file for segment in sealed(index)}
    monkeypatch.setattr(segments_module, "made", None)
    index.remove(np.arange(1, 201))
    index.seal()
    index.flush()
    assert sealed(index) == []
    assert not files & {path.name for path in index._folder._path.iterdir()}
    assert index.held().tolist() == list(range(201, 251))


def test_age_takes_whole_segments_and_the_dead_rows_of_the_next(index, tmp_path):
    put(index, 1, 1_000)
    oldest = sealed(index)[0].mark
    assert index.drop_older(oldest.greatest + 11) == oldest.greatest + 10
    assert oldest.file not in {path.name for path in (tmp_path / "index").iterdir()}
    kept = {p: VECTORS[p] for p in range(oldest.greatest + 11, 1_001)}
    assert_holds(index, kept)
    assert_holds(SegmentIndex(tmp_path / "index", DIM, CONFIG), kept)


def test_nothing_is_to_be_done_in_an_index_that_was_kept_up(index):
    assert next_job(index._view.segments, index._quantiser, CONFIG.most_rows) is None
    put(index, 1, 900)
    assert next_job(index._view.segments, index._quantiser, CONFIG.most_rows) is None
    files = sorted(path.name for path in index._folder._path.glob("segment-*"))
    index.seal()
    assert sorted(path.name for path in index._folder._path.glob("segment-*")) == files


def test_lost_lists_are_learned_again_and_every_segment_sorted_anew(index, tmp_path):
    put(index, 1, 900)
    index.flush()
    for path in (tmp_path / "index").glob("lists-*"):
        path.unlink()
    again = SegmentIndex(tmp_path / "index", DIM, CONFIG)
    assert again.damage
    assert_holds(again, {p: VECTORS[p] for p in range(1, 901)})  # scanned whole meanwhile
    put(again, 901, 1_100)
    again.seal()
    assert {segment.quantiser for segment in again._view.segments} == {again._quantiser.number}
    assert_holds(again, {p: VECTORS[p] for p in range(1, 1_101)})


# ----------------------------------------------------------- what happens while it is done


def meanwhile(monkeypatch, act: Callable[[], None]) -> list[str]:
    """Does something after the next segment was written and before it takes its place."""
    done: list[str] = []

    def interrupted(job, path, base, space):
        result = made(job, path, base, space)
        if not done:
            done.append(path.name)
            act()
        return result

    monkeypatch.setattr(segments_module, "made", interrupted)
    return done


@pytest.fixture
def ready(tmp_path) -> SegmentIndex:
    """An index whose next upkeep merges: nothing is done until it is asked for."""
    index = SegmentIndex(tmp_path / "index", DIM, CONFIG)
    put(index, 1, 300)
    for first in range(301, 700, 100):
        put_only(index, first, first + 99)
    return index


def put_only(index: SegmentIndex, first: int, last: int, vectors: np.ndarray = VECTORS) -> None:
    """What `put` does without the upkeep after it, which may be under way in this thread."""
    posts = np.arange(first, last + 1)
    with index._lock:
        quantiser = index._quantiser
        near = quantiser.assign(vectors[posts]) if quantiser else None
        index._folder.note_put(posts, index.holds(posts))
        index._append(posts, index._space.encode(vectors[posts]), near)


ALL = {p: VECTORS[p] for p in range(1, 701)}


def test_deletes_during_a_merge_hold(ready, tmp_path, monkeypatch):
    gone = np.arange(250, 450)
    done = meanwhile(monkeypatch, lambda: ready.remove(gone))
    ready.seal()
    assert done
    expected = {p: v for p, v in ALL.items() if p not in gone}
    assert_holds(ready, expected)
    ready.flush()
    assert_holds(SegmentIndex(tmp_path / "index", DIM, CONFIG), expected)
    on_disk = b"".join(path.read_bytes() for path in (tmp_path / "index").iterdir())
    for code in ready._space.encode(VECTORS[gone]):
        assert code.tobytes() not in on_disk


def test_rewrites_during_a_merge_hold(ready, tmp_path, monkeypatch):
    done = meanwhile(monkeypatch, lambda: put_only(ready, 290, 330, REWRITTEN))
    ready.seal()
    assert done
    expected = ALL | {p: REWRITTEN[p] for p in range(290, 331)}
    assert_holds(ready, expected)
    ready.flush()
    assert_holds(SegmentIndex(tmp_path / "index", DIM, CONFIG), expected)


def test_posts_removed_and_put_again_during_a_merge_are_there_once(ready, monkeypatch):
    def away_and_back() -> None:
        ready.remove(np.arange(310, 320))
        put_only(ready, 315, 325, REWRITTEN)

    meanwhile(monkeypatch, away_and_back)
    ready.seal()
    expected = {p: v for p, v in ALL.items() if not 310 <= p < 315}
    assert_holds(ready, expected | {p: REWRITTEN[p] for p in range(315, 326)})


def test_age_during_a_merge_takes_what_is_old(ready, tmp_path, monkeypatch):
    meanwhile(monkeypatch, lambda: ready.drop_older(350))
    ready.seal()
    expected = {p: v for p, v in ALL.items() if p >= 350}
    assert_holds(ready, expected)
    ready.flush()
    assert_holds(SegmentIndex(tmp_path / "index", DIM, CONFIG), expected)


def test_everything_goes_during_a_merge(ready, tmp_path, monkeypatch):
    meanwhile(monkeypatch, lambda: ready.remove(np.arange(1, 701)))
    ready.seal()
    ready.flush()
    assert_holds(ready, {})
    assert list((tmp_path / "index").glob("segment-*")) == []


def test_a_flush_during_a_merge_keeps_the_file_that_is_being_made(ready, tmp_path, monkeypatch):
    def flush_and_remove() -> None:
        ready.remove(ids(5))
        ready.flush()
        ready.remove(ids(6))
        ready.flush()

    meanwhile(monkeypatch, flush_and_remove)
    ready.seal()
    ready.flush()
    expected = {p: v for p, v in ALL.items() if p not in (5, 6)}
    assert_holds(ready, expected)
    again = SegmentIndex(tmp_path / "index", DIM, CONFIG)
    assert again.damage == ()
    assert_holds(again, expected)


def test_a_merge_killed_before_it_takes_its_place_leaves_what_was(ready, tmp_path, monkeypatch):
    """Not an `OSError`: nothing of ours catches it, as nothing catches a kill."""

    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    ready.flush()
    meanwhile(monkeypatch, die)
    with pytest.raises(Killed):
        ready.seal()
    again = SegmentIndex(tmp_path / "index", DIM, CONFIG)
    assert again.damage == ()
    assert_holds(again, ALL)
    assert len(list((tmp_path / "index").glob("segment-*"))) == len(sealed(again))


def test_searches_during_a_merge_find_each_post_once(ready, monkeypatch):
    found = []
    meanwhile(monkeypatch, lambda: found.append(ready.match(VECTORS[1:701], 800).post))
    ready.seal()
    assert sorted(found[0].tolist()) == list(ALL)


# ------------------------------------------------------------------------------ in the background


def test_a_background_that_fails_is_told_by_the_next_flush_and_loses_nothing(tmp_path, monkeypatch):
    config = SegmentConfig(flat_rows=100, background=True)
    index = SegmentIndex(tmp_path / "index", DIM, config)

    def no_room(job, path, base, space):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(segments_module, "made", no_room)
        put(index, 1, 250)
        assert index._worker is not None
        index._worker.join()
        with pytest.raises(StoreError, match="No space left"):
            index.flush()
        index.flush()  # said once
    assert_holds(index, {p: VECTORS[p] for p in range(1, 251)})
    put(index, 251, 350)
    index.close()
    assert sealed(index)
    assert_holds(
        SegmentIndex(tmp_path / "index", DIM, config), {p: VECTORS[p] for p in range(1, 351)}
    )


def test_a_writer_far_ahead_of_the_background_does_the_work_itself(tmp_path, monkeypatch):
    config = SegmentConfig(flat_rows=50, background=True)
    index = SegmentIndex(tmp_path / "index", DIM, config)
    held_up, go_on = threading.Event(), threading.Event()

    def slow(job, path, base, space):
        held_up.set()
        assert go_on.wait(60)
        return made(job, path, base, space)

    monkeypatch.setattr(segments_module, "made", slow)
    put(index, 1, 60)
    assert held_up.wait(60)
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(put, index, 61, 900)
        put_so_far = threading.Event()
        assert not put_so_far.wait(0.05)
        assert not ahead.done()  # it waits for upkeep, so that flat segments stay few
        go_on.set()
        ahead.result(60)
    index.close()
    assert_holds(index, {p: VECTORS[p] for p in range(1, 901)})


# -------------------------------------------------------------------------------- the law

posts_of_an_act = st.lists(st.integers(1, 60), min_size=1, max_size=25)
acts = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "rewrite", "remove", "drop", "seal", "flush", "reopen"]),
        posts_of_an_act,
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts)
def test_whatever_is_done_it_holds_what_a_dictionary_holds(tmp_path_factory, acts):
    folder = tmp_path_factory.mktemp("law")
    config = SegmentConfig(flat_rows=8, most_rows=40, background=False)
    index, expected = SegmentIndex(folder, DIM, config), dict[int, np.ndarray]()
    for act, posts in acts:
        column = np.array(posts)
        if act in ("put", "rewrite"):
            vectors = VECTORS if act == "put" else REWRITTEN
            index.put(column, vectors[column])
            expected |= {p: vectors[p] for p in posts}
        elif act == "remove":
            index.remove(column)
            expected = {p: v for p, v in expected.items() if p not in posts}
        elif act == "drop":
            index.drop_older(posts[0] // 4)
            expected = {p: v for p, v in expected.items() if p >= posts[0] // 4}
        elif act == "reopen":
            index.close()
            index = SegmentIndex(folder, DIM, config)
            assert index.damage == ()
            assert index.missing.size == 0
        else:
            getattr(index, act)()
    assert_holds(index, expected)
