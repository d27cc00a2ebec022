"""A log that does not fit together is refused, and the column is named."""

from dataclasses import replace

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.space.learning_log import empty_log


def test_an_empty_log_fits_together():
    log = empty_log(8)
    assert log.checked() is log


@pytest.mark.parametrize(
    ("table", "column", "value", "named"),
    [
        ("acts", "kind", np.zeros(1, np.int8), "acts.kind"),
        ("posts", "author", np.zeros(1, np.int32), "posts.author"),
    ],
)
def test_a_column_of_another_length_is_named(table, column, value, named):
    log = empty_log(8)
    broken = replace(log, **{table: replace(getattr(log, table), **{column: value})})
    with pytest.raises(BadInput, match=named):
        broken.checked()


def test_a_propensity_of_zero_is_refused():
    log = empty_log(8)
    one = {
        name: np.zeros(1, getattr(log.impressions, name).dtype)
        for name in log.impressions.__slots__
    }
    posts = {
        name: np.zeros((1, *getattr(log.posts, name).shape[1:]), getattr(log.posts, name).dtype)
        for name in log.posts.__slots__
    }
    broken = replace(
        log, n_accounts=1, impressions=type(log.impressions)(**one), posts=type(log.posts)(**posts)
    )
    with pytest.raises(BadInput, match="propensity"):
        broken.checked()
