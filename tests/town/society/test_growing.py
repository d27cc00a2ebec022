"""Growing columns keep what they hold, and views of them keep what they saw."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.town.society.growing import GrowingColumns


@given(st.lists(st.lists(st.integers(-9, 9), max_size=90), max_size=6))
def test_what_was_added_stays_in_order_and_older_views_do_not_change(parts):
    columns = GrowingColumns(a=(np.int64, 0), b=(np.float32, 2))
    whole: list[int] = []
    views = []
    for part in parts:
        views.append((columns["a"], list(whole)))
        columns.add(a=np.array(part, dtype=np.int64), b=np.ones((len(part), 2)))
        whole += part
    assert columns["a"].tolist() == whole
    assert columns["b"].shape == (len(whole), 2)
    assert all(view.tolist() == then for view, then in views)


def test_views_cannot_be_written_and_columns_must_fit():
    columns = GrowingColumns(a=(np.int64, 0))
    columns.add(a=np.arange(3))
    with pytest.raises(ValueError, match="read-only"):
        columns["a"][0] = 5
    with pytest.raises(BadInput, match="give all of"):
        columns.add(b=np.arange(3))
    pair = GrowingColumns(a=(np.int64, 0), b=(np.int64, 0))
    with pytest.raises(BadInput, match="one length"):
        pair.add(a=np.arange(3), b=np.arange(2))
