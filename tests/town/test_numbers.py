"""Keys, names and chances: valid, distinct and reproducible."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.records import tid_revision
from stoa.town.chance import normals, uniforms
from stoa.town.names import make_dids, make_names
from stoa.town.tid import revisions, tids

times = st.integers(0, 2**53 - 1)


@given(st.lists(st.tuples(times, st.integers(0, 5_000)), min_size=1, max_size=30))
def test_keys_read_back_as_the_revisions_they_were_made_of(rows):
    at_us, clock = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    revision = revisions(at_us, clock)
    assert [tid_revision(key, 0) for key in tids(revision)] == revision.tolist()
    assert (revision >> 10).tolist() == at_us.tolist()


@given(times, times)
def test_keys_sort_as_times_do(one, other):
    keys = tids(revisions(np.array([one, other]), np.array([0, 0])))
    assert (keys[0] < keys[1]) == (one < other)


def test_identifiers_are_valid_and_handles_differ():
    dids = make_dids(500, np.random.default_rng(0))
    assert all(re.fullmatch(r"did:plc:[a-z2-7]{24}", did) for did in dids)
    assert len(set(dids)) == 500
    handles, names = make_names(40_000, np.random.default_rng(0))
    assert len(set(handles)) == 40_000
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+\d*\.example", handle) for handle in handles)
    assert len(names) == 40_000


def test_a_draw_belongs_to_its_keys_alone():
    people = np.arange(1_000)
    together = uniforms(3, "stop", people, 7)
    assert together[400] == uniforms(3, "stop", 400, 7)
    assert not np.any(together == uniforms(3, "like", people, 7))
    assert not np.any(together == uniforms(4, "stop", people, 7))
    assert not np.any(together == uniforms(3, "stop", people, 8))


def test_draws_are_spread_as_they_should_be():
    n = 200_000
    flat = uniforms(0, "flat", np.arange(n))
    assert flat.min() > 0
    assert flat.max() < 1
    counts, _ = np.histogram(flat, bins=20, range=(0, 1))
    assert np.abs(counts / (n / 20) - 1).max() < 0.05
    bell = normals(0, "bell", np.arange(n))
    assert abs(bell.mean()) < 0.01
    assert abs(bell.std() - 1) < 0.01
    assert abs(np.corrcoef(flat[1:], flat[:-1])[0, 1]) < 0.01
