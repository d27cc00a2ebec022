"""Parameters keep their shape on the way to disk and back."""

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.space.parameter_tree import check_like, flat, nested

TREE = {
    "blocks": [{"out": np.ones((2, 3))}, {"out": np.zeros((2, 3))}],
    "norm": np.arange(4.0),
    "calibration": {"seconds": np.float32(1.5)},
}


def test_a_tree_comes_back():
    again = nested({**flat(TREE, "ranker"), **flat({"w": np.ones(1)}, "tower")}, "ranker")
    assert list(again) == ["blocks", "norm", "calibration"]
    assert isinstance(again["blocks"], list)
    np.testing.assert_array_equal(again["blocks"][0]["out"], TREE["blocks"][0]["out"])
    assert again["calibration"]["seconds"] == 1.5
    check_like(again, TREE, "ranker")


def test_a_name_that_is_only_a_beginning_is_another():
    with pytest.raises(BadInput, match="weights"):
        nested(flat(TREE, "ranker2"), "ranker")


def test_a_gap_in_a_list_is_refused():
    with pytest.raises(BadInput, match="gap"):
        nested({"blocks.0.w": np.ones(1), "blocks.2.w": np.ones(1)})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"norm": np.zeros(5)}, r"ranker\.norm"),
        ({"more": np.zeros(5)}, r"ranker\.more"),
        ({"norm": {}}, r"ranker\.norm"),
    ],
)
def test_weights_that_do_not_fit_are_named(change, named):
    with pytest.raises(BadInput, match=named):
        check_like({**TREE, **change}, TREE, "ranker")
