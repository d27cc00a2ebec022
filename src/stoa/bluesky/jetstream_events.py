"""The three kinds of event that both Jetstream wire formats carry, turned into changes."""

from __future__ import annotations

from typing import Any

import msgspec

from stoa.bluesky.decoded import Decoded
from stoa.bluesky.record_changes import RecordAddress, Unusable, change_of_record
from stoa.bluesky.syntax import COLLECTIONS, is_did, is_handle, is_record_key
from stoa.records import AccountState, AccountStatus, Change, Identity, Remove, tid_revision

_OURS = frozenset(COLLECTIONS)


class Commit(msgspec.Struct):
    """A record written or deleted; the record itself stays unread JSON until it is wanted."""

    rev: str
    operation: str
    collection: str
    rkey: str
    record: msgspec.Raw = msgspec.Raw()


def read_commit(did: str, commit: Commit, at_us: int) -> Change:
    """The change a commit stands for.

    Raises:
        Unusable: with the reason under which it is counted.
    """
    collection = commit.collection
    if collection not in _OURS:
        raise Unusable("collection", ignored=True)
    if not is_did(did):
        raise Unusable("bad_did")
    if not is_record_key(commit.rkey):
        raise Unusable("bad_record_key")
    uri = f"at://{did}/{collection}/{commit.rkey}"
    revision = tid_revision(commit.rev, at_us)
    if commit.operation == "delete":
        return Remove(uri, did, revision, at_us)
    if commit.operation not in ("create", "update"):
        raise Unusable("operation", ignored=True)
    if not commit.record:
        raise Unusable("no_record")
    return change_of_record(RecordAddress(did, collection, uri, revision, at_us), commit.record)


def read_identity(did: str, identity: object, at_us: int) -> Identity:
    """A nudge to forget what is cached about an account; the handle may be absent.

    Raises:
        Unusable: the account is not named by a DID.
    """
    if not is_did(did):
        raise Unusable("bad_did")
    handle = identity.get("handle") if isinstance(identity, dict) else None
    handle = handle.lower() if isinstance(handle, str) else None
    return Identity(did, at_us, handle if is_handle(handle) else None)


def read_account(did: str, account: object, at_us: int) -> AccountState:
    """Whether an account's posts may be served. `active` decides; `status` tells how long not.

    Raises:
        Unusable: the account is not named by a DID, or `active` is not a truth value.
    """
    if not is_did(did):
        raise Unusable("bad_did")
    fields: dict[str, Any] = account if isinstance(account, dict) else {}
    active = fields.get("active")
    if not isinstance(active, bool):
        raise Unusable("bad_account")
    if active:
        return AccountState(did, AccountStatus.ACTIVE, at_us)
    is_deleted = fields.get("status") == "deleted"
    return AccountState(did, AccountStatus.DELETED if is_deleted else AccountStatus.HIDDEN, at_us)


def unusable(error: Unusable, time_us: int, position: int) -> Decoded:
    """A frame without a change, and why."""
    if error.ignored:
        return Decoded(time_us=time_us, position=position, ignored=error.reason)
    return Decoded(time_us=time_us, position=position, dropped=error.reason)
