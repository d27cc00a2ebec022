"""Decodes Jetstream v2 frames (`subscribeEvents`): a message around a typed payload."""

from __future__ import annotations

from typing import Any

import msgspec

from stoa.bluesky.decoded import Decoded
from stoa.bluesky.foreign_json import read_json
from stoa.bluesky.jetstream_events import (
    Commit,
    read_account,
    read_commit,
    read_identity,
    unusable,
)
from stoa.bluesky.jetstream_frames import JetstreamDecoder
from stoa.bluesky.record_changes import Unusable
from stoa.bluesky.timestamps import NO_HORIZON_US, is_plausible, parse_time_us

_METHOD = "network.bsky.jetstream.subscribeEvents#"


class _Payload(msgspec.Struct):
    kind: str = msgspec.field(name="$type")
    seq: int = 0
    did: str = ""
    time: str = ""
    witnessedAt: Any = None
    rev: str = ""
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: msgspec.Raw = msgspec.Raw()
    identity: Any = None
    account: Any = None
    name: Any = None


class _Message(msgspec.Struct):
    kind: str = msgspec.field(name="$type")
    payload: _Payload | None = None
    error: Any = None


class JetstreamDecoderV2:
    """Reads v2 frames; stateless."""

    def __init__(self) -> None:
        self._message = msgspec.json.Decoder(_Message).decode

    def decode(self, frame: bytes | str, now_us: int = NO_HORIZON_US) -> Decoded:
        """The change a frame stands for, or why there is none. Never raises.

        Reasons are those of v1, and `sync` among the ignored. Messages about the stream (an
        outdated cursor, a consumer too slow) come as `notice`.
        """
        message = read_json(self._message, frame)
        if message is None:
            return Decoded(dropped="malformed")
        if message.kind == "error":
            return Decoded(notice=_name(message.error), fatal=True)
        if message.kind != "message" or message.payload is None:
            return Decoded(ignored="kind")
        kind = message.payload.kind.removeprefix(_METHOD)
        if kind == "info":
            return Decoded(notice=_name(message.payload.name))
        return _event(kind, message.payload, now_us)


class JetstreamDecoderAny:
    """Reads either format, told apart frame by frame: for files that may hold both."""

    def __init__(self) -> None:
        self._v1 = JetstreamDecoder()
        self._v2 = JetstreamDecoderV2()

    def decode(self, frame: bytes | str, now_us: int = NO_HORIZON_US) -> Decoded:
        """The change a frame stands for, or why there is none. Never raises."""
        key = b'"payload"' if isinstance(frame, bytes) else '"payload"'
        if key in frame:  # type: ignore[operator]  # the key has the frame's own type
            decoded = self._v2.decode(frame, now_us)
            if decoded.dropped != "malformed":
                return decoded
        return self._v1.decode(frame, now_us)


def _event(kind: str, payload: _Payload, now_us: int) -> Decoded:
    at_us = parse_time_us(payload.time)
    if at_us is None:
        return Decoded(dropped="malformed")
    if not is_plausible(at_us, now_us):
        return Decoded(dropped="implausible_time")
    # `time` may have been imported from an archive; a stream resumes by when it was witnessed.
    seen_us = parse_time_us(payload.witnessedAt)
    if seen_us is None or not is_plausible(seen_us, now_us):
        seen_us = at_us
    try:
        change = _change(kind, payload, at_us)
        return Decoded(changes=(change,), time_us=seen_us, position=payload.seq)
    except Unusable as error:
        return unusable(error, seen_us, payload.seq)


def _change(kind: str, payload: _Payload, at_us: int) -> Any:
    if kind == "commit":
        commit = Commit(
            payload.rev, payload.operation, payload.collection, payload.rkey, payload.record
        )
        return read_commit(payload.did, commit, at_us)
    if kind == "identity":
        return read_identity(payload.did, payload.identity, at_us)
    if kind == "account":
        return read_account(payload.did, payload.account, at_us)
    raise Unusable("sync" if kind == "sync" else "kind", ignored=True)


def _name(value: object) -> str:
    return value[:80] if isinstance(value, str) and value.isidentifier() else "Unnamed"
