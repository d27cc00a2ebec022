"""Decodes Jetstream v1 frames (`/subscribe`): one JSON object an event."""

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
from stoa.bluesky.record_changes import Unusable
from stoa.bluesky.timestamps import NO_HORIZON_US, is_plausible


class _Frame(msgspec.Struct):
    did: str
    time_us: int
    kind: str
    commit: Commit | None = None
    identity: Any = None
    account: Any = None


class JetstreamDecoder:
    """Reads v1 frames; stateless, so one serves any number of streams.

    >>> frame = '{"did":"did:plc:a","time_us":1790000000000000,"kind":"account","account":{}}'
    >>> JetstreamDecoder().decode(frame).dropped
    'bad_account'
    """

    def __init__(self) -> None:
        self._frame = msgspec.json.Decoder(_Frame).decode

    def decode(self, frame: bytes | str, now_us: int = NO_HORIZON_US) -> Decoded:
        """The change a frame stands for, or why there is none. Never raises.

        Reasons of `dropped`: malformed, implausible_time, bad_did, bad_record_key, no_record,
        bad_record, bad_text, bad_subject, gate_of_other, no_commit, bad_account. Of `ignored`:
        kind, collection, operation, subject_not_post, profile_not_self.
        """
        event = read_json(self._frame, frame)
        if event is None:
            return Decoded(dropped="malformed")
        at_us = event.time_us
        if not is_plausible(at_us, now_us):
            return Decoded(dropped="implausible_time")
        try:
            return Decoded(changes=(_change(event),), time_us=at_us, position=at_us)
        except Unusable as error:
            return unusable(error, at_us, at_us)


def _change(event: _Frame) -> Any:
    if event.kind == "commit":
        if event.commit is None:
            raise Unusable("no_commit")
        return read_commit(event.did, event.commit, event.time_us)
    if event.kind == "identity":
        return read_identity(event.did, event.identity, event.time_us)
    if event.kind == "account":
        return read_account(event.did, event.account, event.time_us)
    raise Unusable("kind", ignored=True)
