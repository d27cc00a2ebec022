"""Writes changes as Jetstream v1 events: the inverse of `jetstream_frames`.

The simulated town speaks through this, and so do tests and exports. What Stoa's records do not
hold cannot be written: a blob has no size, a subject only a stand-in for its CID.
"""

from __future__ import annotations

from typing import Any

import msgspec

from stoa.bluesky import syntax
from stoa.bluesky.dag_cbor import record_cid
from stoa.bluesky.post_record import post_record, reference
from stoa.bluesky.syntax import parse_at_uri
from stoa.bluesky.timestamps import format_time_us
from stoa.errors import BadInput
from stoa.records import (
    AccountState,
    AccountStatus,
    Change,
    Identity,
    Label,
    PutEdge,
    PutGate,
    PutPost,
    PutProfile,
    Remove,
)

_TID_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_encode = msgspec.json.Encoder().encode


def encode_change(change: Change) -> bytes:
    """One event as JSON, without a line end.

    Decoding it gives the change back, as long as the change is one a decoder could have made:
    clean texts, facets on character boundaries, a creation time not after arrival, at most one of
    pictures, video and link card, and pictures named by addresses of `media_urls`.

    Raises:
        BadInput: a label, which does not travel by Jetstream, or a URI that is not an AT-URI.
    """
    if isinstance(change, AccountState):
        return _account(change)
    if isinstance(change, Identity):
        identity = {
            "did": change.account,
            "seq": change.at_us,
            "time": format_time_us(change.at_us),
        }
        if change.handle is not None:
            identity["handle"] = change.handle
        return _event(change.account, change.at_us, "identity", identity)
    if isinstance(change, Label):
        raise BadInput("change", change, "labels travel by a labeler's stream, not by Jetstream")
    if isinstance(change, PutProfile):
        uri = syntax.at_uri(change.account, syntax.PROFILE, "self")
        return _commit(change.account, uri, change, _profile_record(change))
    if isinstance(change, Remove):
        return _commit(change.author, change.uri, change, None)
    if isinstance(change, PutEdge):
        return _commit(change.actor, change.uri, change, _edge_record(change))
    if isinstance(change, PutGate):
        return _commit(change.author, change.uri, change, _gate_record(change))
    return _commit(change.author, change.uri, change, post_record(change.content))


def encode_revision(revision: int) -> str:
    """The TID that `records.tid_revision` reads as this integer, 0 to 2**63 - 1.

    >>> encode_revision(1832960001254835248)
    '3mvzvh5l6ql3k'
    """
    if not 0 <= revision < 1 << 63:
        raise BadInput("revision", revision, "give a whole number from 0 to 2**63 - 1")
    return "".join(_TID_DIGITS[revision >> shift & 31] for shift in range(60, -1, -5))


def _commit(
    did: str,
    uri: str,
    change: PutPost | PutEdge | PutGate | PutProfile | Remove,
    record: dict[str, Any] | None,
) -> bytes:
    address = parse_at_uri(uri)
    if address is None or address.repo != did:
        raise BadInput("uri", uri, f"give at://{did}/<collection>/<record key>")
    commit: dict[str, Any] = {
        "rev": encode_revision(change.revision),
        "operation": "delete" if record is None else "create",
        "collection": address.collection,
        "rkey": address.record_key,
    }
    if record is not None:
        commit["record"] = {"$type": address.collection, **record}
        commit["cid"] = record_cid(commit["record"])
    return _event(did, change.at_us, "commit", commit)


def _event(did: str, at_us: int, kind: str, body: dict[str, Any]) -> bytes:
    return _encode({"did": did, "time_us": at_us, "kind": kind, kind: body})


def _account(change: AccountState) -> bytes:
    body: dict[str, Any] = {
        "active": change.status == AccountStatus.ACTIVE,
        "did": change.account,
        "seq": change.at_us,
        "time": format_time_us(change.at_us),
    }
    if change.status != AccountStatus.ACTIVE:
        is_deleted = change.status == AccountStatus.DELETED
        body["status"] = "deleted" if is_deleted else "deactivated"
    return _event(change.account, change.at_us, "account", body)


def _edge_record(edge: PutEdge) -> dict[str, Any]:
    is_to_account = edge.subject.startswith("did:")
    record: dict[str, Any] = {
        "createdAt": format_time_us(edge.at_us),
        "subject": edge.subject if is_to_account else reference(edge.subject),
    }
    if edge.via is not None:
        record["via"] = reference(edge.via)
    return record


def _gate_record(gate: PutGate) -> dict[str, Any]:
    record: dict[str, Any] = {"createdAt": format_time_us(gate.at_us), "post": gate.post_uri}
    if f"/{syntax.THREADGATE}/" in gate.uri:
        record["hiddenReplies"] = list(gate.hidden_replies)
    else:
        record["detachedEmbeddingUris"] = list(gate.detached_quotes)
    return record


def _profile_record(profile: PutProfile) -> dict[str, Any]:
    record: dict[str, Any] = {"createdAt": format_time_us(profile.at_us)}
    if profile.display_name:
        record["displayName"] = profile.display_name
    if profile.description:
        record["description"] = profile.description
    if profile.labels:
        values = [{"val": value} for value in profile.labels]
        record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": values}
    return record
