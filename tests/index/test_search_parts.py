"""What a search stands on: rows read by list, and hopes of lists."""

from __future__ import annotations

import numpy as np
import pytest

from stoa.index import SegmentIndex
from stoa.index import listed as listed_module
from stoa.index.codes import CodeSpace
from stoa.index.hopes import NEVER, Hopes, QueryGroups
from stoa.index.listed import ListedRows
from stoa.index.quantiser import train
from stoa.index.segment import FlatSegment
from stoa.index.segments import SegmentConfig

DIM = 16


def unit(n, seed=0):
    rows = np.random.default_rng(seed).standard_normal((n, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    config = SegmentConfig(flat_rows=500, most_rows=1_500, background=False)
    index = SegmentIndex(tmp_path_factory.mktemp("listed"), DIM, config)
    for start in range(0, 4_300, 300):  # two sealed segments and a flat one
        posts = np.arange(start, min(start + 300, 4_300))
        index.put(posts + 1, unit(4_300)[posts])
    return index


def listed_of(index):
    segments = index._view.segments
    seen = [(s.n, s.sorting if isinstance(s, FlatSegment) else None) for s in segments]
    n_lists = index._quantiser.n_lists
    return segments, ListedRows(segments, range(len(segments)), seen, n_lists)


@pytest.mark.parametrize("block_rows", [4096, 7])
def test_blocks_hold_the_rows_of_the_lists_asked_for_and_places_lead_back(
    index, block_rows, monkeypatch
):
    monkeypatch.setattr(listed_module, "_BLOCK_ROWS", block_rows)
    monkeypatch.setattr(listed_module, "_MOST_ROWS", 4 * block_rows)
    segments, listed = listed_of(index)
    assert len({s.quantiser for s in segments}) == 1
    assert len(segments) > 2
    assert int(listed.size.sum()) == 4_300
    group, lists = np.array([0, 0, 2]), np.array([1, 5, 1])
    runs = listed.runs(group, lists)
    blocks = list(listed.blocks(runs))
    code = np.concatenate([part for _, part in blocks])
    segment, place = runs.places(np.arange(len(code)))
    row = listed.rows(segment, place)
    there = [segments[s].code[r] for s, r in zip(segment.tolist(), row.tolist(), strict=True)]
    assert (np.array(there) == code).all()
    post = np.array([segments[s].post[r] for s, r in zip(segment, row, strict=True)])
    of_group = np.repeat([g for g, _ in blocks], [len(part) for _, part in blocks])
    near = index._quantiser.assign(index.vectors(np.arange(1, 4_301))[0])
    for number in (0, 2):
        expected = np.flatnonzero(np.isin(near, lists[group == number])) + 1
        # The codes round: a post on the border may be assigned to another list.
        assert len(np.intersect1d(post[of_group == number], expected)) >= 0.9 * len(expected)
        assert len(np.unique(post[of_group == number])) == (of_group == number).sum()


def test_no_lists_no_blocks(index):
    _, listed = listed_of(index)
    none = np.zeros(0, dtype=np.int64)
    assert list(listed.blocks(listed.runs(none, none))) == []


def hopes_of(queries, reach=0.3):
    quantiser, space = train(unit(4_000), 128, 1, 4_000), CodeSpace(DIM)
    groups = QueryGroups.of(space.rotate(queries), space, 4)
    return quantiser, groups, Hopes(quantiser, space, groups, reach)


def test_a_hope_is_the_greatest_product_of_its_group_and_a_part_of_the_reach():
    queries = unit(10, 1) * np.linspace(0.5, 1, 10, dtype=np.float32)[:, None]
    quantiser, groups, hopes = hopes_of(queries)
    while hopes.open_above(NEVER):
        pass
    space = CodeSpace(DIM)
    decoded = groups.codes.astype(np.float32) * np.float32(groups.unit / space.step)
    lists = space.rotate(quantiser.lists)
    best = np.einsum("gqd,ld->gql", decoded, lists).max(axis=1)
    expected = best + 0.3 * groups.longest[:, None] * quantiser.reach
    assert hopes.lists * groups.unit == pytest.approx(expected, abs=0.02)


def test_cells_open_once_the_nearest_first():
    _, _, hopes = hopes_of(unit(8, 2))
    hopes.open_nearest()
    opened = hopes.lists > NEVER
    assert 0 < opened.mean() < 1
    best = hopes.lists.max()
    hopes.lists[opened] = NEVER  # scanned
    assert hopes.open_above(NEVER)
    assert not (hopes.lists[opened] > NEVER).any()
    assert hopes.lists.max() <= best
    assert not hopes.open_above(NEVER)


def test_a_search_finds_enough_where_what_is_near_may_not_be_found(index):
    query = unit(1, 3)
    nearest = index.match(query, 3_000).post
    rest = np.setdiff1d(np.arange(1, 4_301), nearest)
    found = index.match(query, 1_300, exclude=nearest)
    assert sorted(found.post.tolist()) == rest.tolist()
    assert (np.diff(found.score) <= 0).all()


def test_a_search_for_everything_finds_everything(index):
    assert len(index.match(unit(20, 4), 4_300).post) == 4_300
