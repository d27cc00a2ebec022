"""DAG-CBOR of records, labels and frames: the smallest encoder that gives the network's bytes."""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import Any


def record_cid(record: Any) -> str:
    """CID (version 1, dag-cbor, SHA-256, base 32) of a record in its JSON form.

    `{"$link": cid}` stands for a link and `{"$bytes": base64}` for bytes, as in all JSON of the
    AT Protocol.

    >>> record_cid({})
    'bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua'
    """
    digest = hashlib.sha256(dag_cbor(record)).digest()
    return "b" + base64.b32encode(b"\x01\x71\x12\x20" + digest).decode().lower().rstrip("=")


def dag_cbor(value: Any) -> bytes:
    """DAG-CBOR of a JSON value: keys sorted by length, then by bytes; shortest integers.

    Bytes may also stand as themselves.

    Raises:
        TypeError: the value holds something that is neither JSON nor bytes.
    """
    out = bytearray()
    _write(value, out)
    return bytes(out)


def _write(value: Any, out: bytearray) -> None:
    if isinstance(value, dict):
        _write_dict(value, out)
    elif isinstance(value, list | tuple):
        _head(4, len(value), out)
        for item in value:
            _write(item, out)
    elif isinstance(value, str):
        text = value.encode()
        _head(3, len(text), out)
        out += text
    elif isinstance(value, bytes):
        _head(2, len(value), out)
        out += value
    elif isinstance(value, bool):  # before int, which bool is
        out.append(0xF5 if value else 0xF4)
    elif isinstance(value, int):
        _head(0, value, out) if value >= 0 else _head(1, -1 - value, out)
    elif value is None:
        out.append(0xF6)
    elif isinstance(value, float):
        out += b"\xfb" + struct.pack(">d", value)
    else:
        raise TypeError(f"{type(value).__name__} has no place in a record")


def _write_dict(value: dict[str, Any], out: bytearray) -> None:
    if value.keys() == {"$link"}:
        cid = value["$link"][1:].upper()
        link = b"\x00" + base64.b32decode(cid + "=" * (-len(cid) % 8))
        out += b"\xd8\x2a"
        _head(2, len(link), out)
        out += link
        return
    if value.keys() == {"$bytes"}:
        data = base64.b64decode(value["$bytes"] + "=" * (-len(value["$bytes"]) % 4))
        _head(2, len(data), out)
        out += data
        return
    _head(5, len(value), out)
    for key in sorted(value, key=lambda k: (len(k.encode()), k.encode())):
        _write(key, out)
        _write(value[key], out)


def _head(major: int, length: int, out: bytearray) -> None:
    if length < 24:
        out.append(major << 5 | length)
        return
    for size, code in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if length < 1 << (8 * size):
            out.append(major << 5 | code)
            out += length.to_bytes(size, "big")
            return
    raise TypeError(f"{length} does not fit 64 bits")
