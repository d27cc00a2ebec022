"""What a run keeps: it comes back as it was, or is refused with the mend."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass, replace
from typing import get_origin, get_type_hints

import numpy as np
import pytest
from numpy.typing import NDArray

from stoa.bridging.model_outputs import Prescored
from stoa.errors import BadKept
from stoa.tables.kept import fingerprint, load, save


@dataclass(frozen=True)
class Inner:
    id: NDArray[np.int32]
    names: NDArray[np.object_]


@dataclass(frozen=True)
class Outer:
    mu: float
    n: int
    scorer: str
    globals: tuple[float, float, float]
    inner: Inner
    many: tuple[Inner, ...]
    extra: Mapping[str, NDArray[np.generic]]
    maybe: str | None = None


@pytest.fixture
def value() -> Outer:
    inner = Inner(np.array([1, 2], dtype=np.int32), np.array(["ä", ""], dtype=object))
    extra = {"x": np.array([np.nan, 1.5], dtype=np.float32)}
    return Outer(np.float64(0.1 + 0.2), 7, "core", (1.0, 2.0, float("nan")), inner, (inner,), extra)


def _same(a: Inner, b: Inner) -> bool:
    return (
        a.id.dtype == b.id.dtype and (a.id == b.id).all() and a.names.tolist() == b.names.tolist()
    )


def test_a_value_comes_back_as_it_was(tmp_path, value):
    save(tmp_path / "work", "core", value, "data 1")
    again = load(tmp_path / "work", "core", Outer, "data 1")
    assert (again.mu, again.n, again.scorer, again.maybe) == (value.mu, 7, "core", None)
    assert again.globals[:2] == (1.0, 2.0)
    assert np.isnan(again.globals[2])
    assert _same(again.inner, value.inner)
    assert _same(again.many[0], value.inner)
    np.testing.assert_array_equal(again.extra["x"], value.extra["x"])
    assert sorted(p.name for p in (tmp_path / "work").iterdir()) == ["core.json", "core.npz"]


def test_a_dictionary_of_arrays_comes_back(tmp_path):
    save(tmp_path, "pss", {"value": np.arange(3), "n": 2}, "d")
    again = load(tmp_path, "pss", dict, "d")
    assert again["value"].tolist() == [0, 1, 2]
    assert again["n"] == 2


def _edit(path, **changes):
    card = json.loads(path.read_text())
    path.write_text(json.dumps(card | changes))


DAMAGE = {
    "no card": (lambda f: (f / "a.json").unlink(), "no card reads here"),
    "broken card": (lambda f: (f / "a.json").write_text("{"), "no card reads here"),
    "a list": (lambda f: (f / "a.json").write_text("[]"), "this is no card"),
    "no arrays": (lambda f: (f / "a.npz").unlink(), "cannot be read"),
    "cut off": (
        lambda f: (f / "a.npz").write_bytes((f / "a.npz").read_bytes()[:-9]),
        "was changed",
    ),
    "newer": (lambda f: _edit(f / "a.json", format=99), "format of a.json is 99"),
    "other kind": (lambda f: _edit(f / "a.json", type="X"), "type of a.json is 'X'"),
    "other fields": (lambda f: _edit(f / "a.json", value={"mu": 1}), "does not hold a Outer"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_or_foreign_file_is_refused_with_the_mend(tmp_path, value, name):
    damage, message = DAMAGE[name]
    save(tmp_path, "a", value, "data 1")
    damage(tmp_path)
    with pytest.raises(BadKept, match=message) as caught:
        load(tmp_path, "a", Outer, "data 1")
    if name != "cut off":
        assert "run the phase that writes it again" in str(caught.value)


def test_what_was_made_of_other_data_is_refused(tmp_path, value):
    save(tmp_path, "a", value, "data 1")
    with pytest.raises(BadKept, match=r"made_of of a\.json is 'data 1'"):
        load(tmp_path, "a", Outer, "data 2")


def test_a_number_that_became_text_is_refused(tmp_path, value):
    save(tmp_path, "a", value, "d")
    card = json.loads((tmp_path / "a.json").read_text())
    _edit(tmp_path / "a.json", value=card["value"] | {"n": "seven"})
    with pytest.raises(BadKept, match="does not hold"):
        load(tmp_path, "a", Outer, "d")


def test_what_cannot_be_kept_is_a_mistake(tmp_path, value):
    with pytest.raises(TypeError, match="maybe is a set"):
        save(tmp_path, "a", replace(value, maybe={1}), "d")
    assert not any(tmp_path.iterdir())


def test_the_fingerprint_sees_every_column(folder):
    data, _ = folder.read()
    first = fingerprint(data)
    tags = data.ratings.tags.copy()
    tags[0] ^= 1
    assert fingerprint(replace(data, ratings=replace(data.ratings, tags=tags))) != first
    names = data.contributors.name.copy()
    names[0] = "AA"
    changed = replace(data, contributors=replace(data.contributors, name=names))
    assert fingerprint(changed) != first


def _filled(kind):
    """A record of prescoring with some value in every field."""
    plain = {float: 0.25, int: 3, str: "core"}
    values = {}
    for name, hint in get_type_hints(kind).items():
        if is_dataclass(hint):
            values[name] = _filled(hint)
        elif get_origin(hint) is tuple:
            values[name] = (0.5, 1.5, 2.5)
        else:
            values[name] = plain.get(hint, np.arange(4, dtype=np.float32))
    return kind(**values)


def test_what_prescoring_learned_comes_back(tmp_path):
    learned = _filled(Prescored)
    save(tmp_path, "core", learned, "d")
    again = load(tmp_path, "core", Prescored, "d")
    assert repr(again) == repr(learned)
