"""Turns what the AppView shows of posts and accounts into changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from stoa.bluesky import syntax
from stoa.bluesky.plain_text import clean_text
from stoa.bluesky.post_content import is_label_value
from stoa.bluesky.record_changes import (
    MAX_DESCRIPTION,
    MAX_DISPLAY_NAME,
    RecordAddress,
    Unusable,
    change_of_record,
)
from stoa.bluesky.syntax import is_did, is_handle, is_post_uri, is_record_cid, parse_at_uri
from stoa.bluesky.timestamps import EARLIEST_EVENT_US, parse_time_us
from stoa.errors import Unreachable
from stoa.records import (
    SECOND_US,
    Change,
    Identity,
    Label,
    PutPost,
    PutProfile,
    tid_revision,
)

MAX_LABELS = 50
_LAG_US = 60 * SECOND_US
"""The AppView may be so far behind the stream that we read ourselves."""

_FIRST_WORD = 1
"""Revision of what is only believed as long as nothing else is known."""


class _Posts(msgspec.Struct):
    posts: list[msgspec.Raw]


class _Profiles(msgspec.Struct):
    profiles: list[dict[str, Any]]


class _PostView(msgspec.Struct):
    uri: str
    record: msgspec.Raw
    author: Any = None
    indexedAt: Any = None
    labels: Any = None


class _VersionView(msgspec.Struct):
    uri: str
    cid: str


_Shape = TypeVar("_Shape", bound=msgspec.Struct)
_post_view = msgspec.json.Decoder(_PostView).decode
_version_view = msgspec.json.Decoder(_VersionView).decode


def read_posts(body: bytes, now_us: int) -> list[Change]:
    """Changes of a `getPosts` answer; views that cannot be read are left out.

    Raises:
        Unreachable: the body is not such an answer.
    """
    changes: list[Change] = []
    for raw in _decoded(body, _Posts).posts:
        try:
            changes.extend(_post(_post_view(raw), now_us))
        except (msgspec.MsgspecError, UnicodeError, RecursionError, Unusable):
            continue
    return changes


def read_versions(body: bytes) -> dict[str, str]:
    """CIDs by URI of a `getPosts` answer; views that cannot be read are left out.

    Raises:
        Unreachable: the body is not such an answer.
    """
    found: dict[str, str] = {}
    for raw in _decoded(body, _Posts).posts:
        try:
            view = _version_view(raw)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
        if is_post_uri(view.uri) and is_record_cid(view.cid):
            found[view.uri] = view.cid
    return found


def read_profiles(body: bytes, now_us: int) -> list[Change]:
    """Changes of a `getProfiles` answer; views that cannot be read are left out.

    Raises:
        Unreachable: the body is not such an answer.
    """
    changes: list[Change] = []
    for view in _decoded(body, _Profiles).profiles:
        changes.extend(_account(view, (now_us - _LAG_US) << 10, now_us))
    return changes


def record_revision(record_key: str, at_us: int, now_us: int) -> int:
    """Revision of a record that was read without its commit.

    A record key is made when the record is, so it is not above the revision of any commit that
    touched the record: what the stream says of it always wins. Keys from the future do not count.
    """
    return min(tid_revision(record_key, at_us), now_us << 10)


def _decoded(body: bytes, shape: type[_Shape]) -> _Shape:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as wrong:
        raise Unreachable(f"the AppView answered nonsense: {wrong}") from wrong


def _post(view: _PostView, now_us: int) -> Iterator[Change]:
    address = parse_at_uri(view.uri)
    if address is None or address.collection != syntax.POST:
        raise Unusable("bad_subject")
    indexed_us = parse_time_us(view.indexedAt)
    at_us = now_us if indexed_us is None else min(max(indexed_us, EARLIEST_EVENT_US), now_us)
    revision = record_revision(address.record_key, at_us, now_us)
    post = change_of_record(
        RecordAddress(address.repo, address.collection, view.uri, revision, at_us), view.record
    )
    if isinstance(view.author, dict) and view.author.get("did") == address.repo:
        yield from _account(view.author, _FIRST_WORD, now_us)
    yield post
    if isinstance(post, PutPost):
        yield from read_labels(view.labels, view.uri, now_us)


def _account(view: dict[str, Any], revision: int, now_us: int) -> Iterator[Change]:
    did = view.get("did")
    if not isinstance(did, str) or not is_did(did):
        return
    handle = view.get("handle")
    if isinstance(handle, str) and is_handle(handle.lower()):
        yield Identity(did, now_us, handle.lower())
    name, description = view.get("displayName"), view.get("description")
    labels = view.get("labels")
    yield PutProfile(
        did,
        revision,
        now_us,
        clean_text(name, MAX_DISPLAY_NAME) if isinstance(name, str) else "",
        clean_text(description, MAX_DESCRIPTION) if isinstance(description, str) else "",
        _own_labels(labels, did),
    )
    yield from read_labels(labels, did, now_us)


def _own_labels(labels: object, did: str) -> tuple[str, ...]:
    """What an account says of itself; it stands in the labels of its view."""
    if not isinstance(labels, list):
        return ()
    own = (
        label.get("val")
        for label in labels[:MAX_LABELS]
        if isinstance(label, dict) and label.get("src") == did and label.get("neg") is not True
    )
    return tuple(dict.fromkeys(value for value in own if is_label_value(value)))


def read_labels(labels: object, subject: str, now_us: int) -> Iterator[Label]:
    """What moderation services say of `subject` (a post URI or an account), expired words not.

    What authors say of themselves is part of their records and left out here.
    """
    if not isinstance(labels, list) or not (is_did(subject) or is_post_uri(subject)):
        return
    owner = subject if is_did(subject) else subject.split("/")[2]
    for label in labels[:MAX_LABELS]:
        if not isinstance(label, dict) or label.get("uri") != subject:
            continue
        source, value = label.get("src"), label.get("val")
        expires_us = parse_time_us(label.get("exp"))
        if expires_us is not None and expires_us <= now_us:
            continue
        if not isinstance(source, str) or not is_did(source) or source == owner:
            continue
        if is_label_value(value):
            at_us = parse_time_us(label.get("cts"))
            at_us = now_us if at_us is None else min(max(at_us, EARLIEST_EVENT_US), now_us)
            yield Label(source, subject, value, at_us, label.get("neg") is True)
