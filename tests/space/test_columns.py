"""Membership among ids is that of NumPy."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.space.columns import among

ids = st.lists(st.one_of(st.integers(0, 6), st.integers(0, 1 << 40)), max_size=30)


@settings(deadline=None, max_examples=100)
@given(ids, ids)
def test_membership_is_that_of_numpy(values, wanted):
    values, wanted = np.array(values, dtype=np.int64), np.array(wanted, dtype=np.int64)
    assert (among(values, wanted) == np.isin(values, wanted)).all()
