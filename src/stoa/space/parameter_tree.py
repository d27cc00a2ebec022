"""Trees of parameters as flat named arrays and back: `blocks.0.out` names a leaf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.space.transformer import Params


def flat(params: Params, under: str = "") -> dict[str, NDArray[Any]]:
    """Leaves by name, as NumPy arrays; `under` is put before every name.

    >>> sorted(flat({"a": [np.zeros(2), np.ones(1)], "b": np.ones(3)}, "ranker"))
    ['ranker.a.0', 'ranker.a.1', 'ranker.b']
    """
    return {name: np.asarray(leaf) for name, leaf in _leaves(params, under)}


def _leaves(tree: object, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, Mapping):
        for key, value in cast("Mapping[str, object]", tree).items():
            yield from _leaves(value, f"{name}.{key}" if name else key)
    elif isinstance(tree, list | tuple):
        for i, value in enumerate(cast("list[object]", tree)):
            yield from _leaves(value, f"{name}.{i}" if name else str(i))
    else:
        yield name, tree


def nested(arrays: Mapping[str, NDArray[Any]], under: str = "") -> Params:
    """The tree that `flat` made flat: names of numbers in order are lists.

    Raises:
        BadInput: nothing has a name that begins with `under`, or a list has a gap.
    """
    start = f"{under}." if under else ""
    tree: dict[str, Any] = {}
    for name, array in arrays.items():
        if not name.startswith(start):
            continue
        *path, leaf = name[len(start) :].split(".")
        place = tree
        for part in path:
            place = place.setdefault(part, {})
        place[leaf] = array
    if not tree:
        raise BadInput("weights", sorted(arrays)[:3], f"give arrays named {start}...")
    return cast("Params", _with_lists(tree))


def _with_lists(tree: object) -> object:
    if not isinstance(tree, dict):
        return tree
    made = {key: _with_lists(value) for key, value in cast("dict[str, object]", tree).items()}
    if made and all(key.isdigit() for key in made):
        if sorted(map(int, made)) != list(range(len(made))):
            raise BadInput("weights", sorted(made), "a list of arrays has a gap")
        return [made[str(i)] for i in range(len(made))]
    return made


def check_like(params: Params, pattern: Params, what: str) -> None:
    """Compares names and shapes of two trees, before functions meet wrong ones.

    Args:
        params: as they were read.
        pattern: as they should be; leaves need no more than a shape (`jax.eval_shape`).
        what: they are called in errors.

    Raises:
        BadInput: names the first array that is missing, too many, or of another shape.
    """
    found = {name: np.shape(leaf) for name, leaf in _leaves(params, "")}
    wanted = {name: leaf.shape for name, leaf in _leaves(pattern, "")}
    for name in sorted(found.keys() ^ wanted.keys()):
        mend = "missing" if name in wanted else "unknown"
        raise BadInput(f"{what}.{name}", mend, "use weights made by this version")
    for name, shape in wanted.items():
        if found[name] != shape:
            raise BadInput(f"{what}.{name}", found[name], f"weights of this version have {shape}")
