"""What one phase of a run keeps for the next: arrays in one file, a card beside it.

A value is a dataclass of arrays, numbers, texts, tuples of those, mappings from names to arrays,
and further dataclasses. Its arrays go to `<name>.npz`, the rest to `<name>.json` with the version
of the format, the fingerprint of the data it was made of and the checksum of the arrays; a file
that does not fit its card, or a card that does not fit what is asked for, is refused.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadKept
from stoa.note_records import NotesData

FORMAT = 1
T = TypeVar("T")
Array = NDArray[Any]
_MEND = "run the phase that writes it again, or start with an empty work folder"


def fingerprint(data: NotesData) -> str:
    """A checksum of a snapshot that neither the order of rows nor the cut into files changes."""
    digest = hashlib.sha256()
    for name, array in _arrays(data, ""):
        digest.update(f"{name} {array.dtype} {array.shape};".encode())
        if array.dtype.kind == "O":
            for text in array.tolist():
                digest.update(f"{len(text)} {text}".encode())
        else:
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _arrays(value: object, name: str) -> Iterator[tuple[str, Array]]:
    """All arrays inside nested dataclasses, by path."""
    if isinstance(value, np.ndarray):
        yield name, value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _arrays(getattr(value, field.name), f"{name}.{field.name}")


def save(folder: Path, name: str, value: object, made_of: str) -> None:
    """Keeps a value under a name; `made_of` is the fingerprint of the data it was learned from."""
    arrays: dict[str, Array] = {}
    tree = _plain(value, "", arrays)
    packed = BytesIO()
    np.savez(packed, allow_pickle=False, **arrays)
    card = {
        "format": FORMAT,
        "type": type(value).__name__,
        "made_of": made_of,
        "sha256": hashlib.sha256(packed.getbuffer()).hexdigest(),
        "value": tree,
    }
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{name}.npz", packed.getvalue())
    _write(folder / f"{name}.json", json.dumps(card, indent=1).encode())


def load(folder: Path, name: str, kind: type[T], made_of: str) -> T:
    """A value as it was kept.

    Raises:
        BadKept: nothing is kept under this name, it is damaged, or it is of another version of
            Stoa, of another kind or of other data.
    """
    card = _card(folder / f"{name}.json", name)
    expected = {"format": FORMAT, "type": kind.__name__, "made_of": made_of}
    for key, wanted in expected.items():
        if card.get(key) != wanted:
            raise BadKept(f"{key} of {name}.json", card.get(key), f"{wanted!r} is needed; {_MEND}")
    try:
        packed = (folder / f"{name}.npz").read_bytes()
    except OSError as fault:
        raise BadKept(
            f"{name}.npz", str(folder), f"it cannot be read ({fault}); {_MEND}"
        ) from fault
    checksum = hashlib.sha256(packed).hexdigest()
    if checksum != card.get("sha256"):
        raise BadKept(f"sha256 of {name}.npz", checksum, f"the file was changed; {_MEND}")
    try:
        with np.load(BytesIO(packed), allow_pickle=False) as arrays:
            return _built(card["value"], kind, dict(arrays))
    except (KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile) as fault:
        mend = f"it does not hold a {kind.__name__} of this version ({fault!r}); {_MEND}"
        raise BadKept(f"{name}.json", str(folder), mend) from fault


def _card(path: Path, name: str) -> dict[str, Any]:
    try:
        card = json.loads(path.read_bytes())
    except (OSError, ValueError) as fault:
        raise BadKept(f"{name}.json", str(path.parent), f"no card reads here; {_MEND}") from fault
    if not isinstance(card, dict):
        raise BadKept(f"{name}.json", card, f"this is no card; {_MEND}")
    return card


def _write(path: Path, content: bytes) -> None:
    """A file whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _plain(value: object, path: str, arrays: dict[str, Array]) -> Any:
    """A value as JSON; arrays are put aside under their path and leave that path behind."""
    if isinstance(value, np.ndarray):
        key = path or "value"
        if value.dtype.kind == "O":
            encoded = [str(text).encode() for text in value.tolist()]
            arrays[key] = np.frombuffer(b"".join(encoded), dtype=np.uint8)
            arrays[f"{key}#length"] = np.array([len(e) for e in encoded], dtype=np.int64)
            return {"texts": key}
        arrays[key] = value
        return {"array": key}
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {n: _plain(getattr(value, n), f"{path}.{n}".strip("."), arrays) for n in names}
    if isinstance(value, Mapping):
        return {k: _plain(v, f"{path}.{k}".strip("."), arrays) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v, f"{path}.{i}".strip("."), arrays) for i, v in enumerate(value)]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{path} is a {type(value).__name__}, which is not kept")


def _built(plain: Any, kind: Any, arrays: dict[str, Array]) -> Any:
    """The value of a kind that a JSON tree and its arrays stand for."""
    origin = get_origin(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        if set(plain) != set(hints):
            raise ValueError(f"{sorted(set(plain) ^ set(hints))} differ")
        return kind(**{n: _built(plain[n], hint, arrays) for n, hint in hints.items()})
    if isinstance(plain, dict) and origin is not None and _is_mapping(origin):
        inner = get_args(kind)[1]
        return {key: _built(item, inner, arrays) for key, item in plain.items()}
    if kind is dict:
        return {key: _built(item, object, arrays) for key, item in plain.items()}
    if isinstance(plain, dict):
        return _array(plain, arrays)
    if isinstance(plain, list):
        inner = get_args(kind) or (object,)
        hints = (
            inner if len(inner) == len(plain) and inner[-1] is not ... else inner[:1] * len(plain)
        )
        return tuple(_built(item, hint, arrays) for item, hint in zip(plain, hints, strict=True))
    if kind in (int, float, str, bool) and not isinstance(
        plain, (int, float) if kind is float else kind
    ):
        raise TypeError(f"{plain!r} is no {kind.__name__}")
    return plain


def _is_mapping(origin: object) -> bool:
    """Whether a hint such as Mapping[str, X] is one of names to values."""
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _array(plain: dict[str, str], arrays: dict[str, Array]) -> Array:
    if "array" in plain:
        return arrays[plain["array"]]
    key = plain["texts"]
    joined, ends = arrays[key].tobytes(), np.cumsum(arrays[f"{key}#length"]).tolist()
    texts = np.empty(len(ends), dtype=np.object_)
    texts[:] = [joined[a:b].decode() for a, b in zip([0, *ends], ends, strict=False)]
    return texts
