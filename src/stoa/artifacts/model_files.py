"""One model in one folder: `weights.safetensors` beside `card.json`; damaged ones are refused."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from json import JSONDecodeError, dumps, loads
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from stoa.errors import BadModel, StoreFull
from stoa.model_records import MODEL_FORMAT, Model, ModelCard

CARD = "card.json"
WEIGHTS = "weights.safetensors"
MOST_BYTES = 256 * 1024 * 1024
"""A larger file is no model of ours: it is refused before it is read."""

_MOST_CARD_BYTES = 1024 * 1024
_MEND = "train anew with `stoa train`, or go back with `stoa models rollback`"


def write_model(folder: Path, model: Model) -> ModelCard:
    """Writes a model beside `folder` and renames it there: whole or not at all.

    Returns the card as written, with the hash and the shapes of the arrays.

    Raises:
        StoreFull: the disk refused; nothing is left of the attempt.
        BadModel: an array holds NaN or infinity, or the version is there already.
    """
    arrays = {name: np.asarray(array, order="C") for name, array in model.arrays.items()}
    _check_finite(str(folder), arrays)
    if folder.exists():
        raise BadModel(str(folder), "there already", "give the version another name")
    raw = save(arrays)
    card = replace(
        model.card,
        weights_sha256=hashlib.sha256(raw).hexdigest(),
        shapes={name: array.shape for name, array in arrays.items()},
    )
    beside = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    try:
        beside.mkdir(parents=True)
        _write(beside / WEIGHTS, raw)
        _write(beside / CARD, dumps(asdict(card), indent=1).encode())
        beside.rename(folder)
    except OSError as problem:
        shutil.rmtree(beside, ignore_errors=True)
        raise StoreFull(f"the model could not be saved ({problem}); make room on disk") from problem
    return card


def read_card(folder: Path) -> ModelCard:
    """The card of a model.

    Raises:
        BadModel: it is missing, does not read, or is of another format.
    """
    path = folder / CARD
    try:
        if path.stat().st_size > _MOST_CARD_BYTES:
            raise BadModel(str(path), "too large", _MEND)
        found: object = loads(path.read_bytes())
    except (OSError, JSONDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadModel(str(path), str(problem), _MEND) from problem
    return _card_of(str(path), found)


def read_model(folder: Path) -> Model:
    """A model, its file's hash and shapes checked against the card.

    Raises:
        BadModel: anything about it is not as the card says, or not finite.
    """
    card = read_card(folder)
    path = folder / WEIGHTS
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadModel(str(path), "too large", _MEND)
        raw = path.read_bytes()
    except OSError as problem:
        raise BadModel(str(path), str(problem), _MEND) from problem
    if hashlib.sha256(raw).hexdigest() != card.weights_sha256:
        raise BadModel(str(path), "not what its card says (sha256 differs)", _MEND)
    try:
        arrays = load(raw)
    except SafetensorError as problem:
        raise BadModel(str(path), str(problem), _MEND) from problem
    if {name: array.shape for name, array in arrays.items()} != dict(card.shapes):
        raise BadModel(str(path), "arrays of other shapes than the card says", _MEND)
    _check_finite(str(path), arrays)
    return Model(card, cast("Mapping[str, NDArray[np.generic]]", arrays))


def _check_finite(where: str, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise BadModel(where, f"NaN or infinity in {name}", _MEND)


def _card_of(where: str, found: object) -> ModelCard:
    if not isinstance(found, dict):
        raise BadModel(where, "no JSON object", _MEND)
    given = cast("dict[str, object]", found)
    if given.get("format") != MODEL_FORMAT:
        mend = f"this Stoa reads format {MODEL_FORMAT}: use weights made by it, or train anew"
        raise BadModel(where, f"of format {given.get('format')!r}", mend)
    known = {field.name: field.type for field in fields(ModelCard)}
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise BadModel(where, f"unknown key {unknown[0]!r}", _MEND)
    wanted = {"int": int, "str": str}
    for name, value in given.items():
        kind = wanted.get(str(known[name]), dict)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise BadModel(where, f"{name} is {value!r}", _MEND)
    for name in ("version", "made_us"):
        if name not in given:
            raise BadModel(where, f"no {name}", _MEND)
    shapes = cast("dict[str, list[int]]", given.get("shapes", {}))
    try:
        given["shapes"] = {name: tuple(int(n) for n in shape) for name, shape in shapes.items()}
    except (TypeError, ValueError) as problem:
        raise BadModel(where, "shapes that are no lists of numbers", _MEND) from problem
    return ModelCard(**given)  # pyright: ignore[reportArgumentType]  # checked above


def _write(path: Path, raw: bytes) -> None:
    with path.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
