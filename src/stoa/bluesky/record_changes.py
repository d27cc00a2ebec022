"""Turns one public record of a repository into the change it stands for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import msgspec

from stoa.bluesky import syntax
from stoa.bluesky.foreign_json import read_json
from stoa.bluesky.plain_text import clean_text
from stoa.bluesky.post_content import read_post, self_labels
from stoa.bluesky.syntax import is_did, is_post_uri, parse_at_uri
from stoa.records import Change, EdgeKind, PutEdge, PutGate, PutPost, PutProfile

MAX_GATE_URIS = 500
MAX_DISPLAY_NAME = 640
MAX_DESCRIPTION = 2_560


class Unusable(Exception):
    """Says why a record gives no change; never leaves this room."""

    def __init__(self, reason: str, *, ignored: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ignored = ignored


class RecordAddress(NamedTuple):
    """Where a record stands and when it got there."""

    repo: str
    collection: str
    uri: str
    revision: int
    at_us: int


class _Reference(msgspec.Struct):
    uri: str


class _PostEdge(msgspec.Struct):
    subject: _Reference
    via: Any = None


class _AccountEdge(msgspec.Struct):
    subject: str


_post_edge = msgspec.json.Decoder(_PostEdge).decode
_account_edge = msgspec.json.Decoder(_AccountEdge).decode
_any_object = msgspec.json.Decoder(dict[str, Any]).decode

_EDGE_KINDS = {
    syntax.LIKE: EdgeKind.LIKE,
    syntax.REPOST: EdgeKind.REPOST,
    syntax.FOLLOW: EdgeKind.FOLLOW,
    syntax.BLOCK: EdgeKind.BLOCK,
}


def change_of_record(address: RecordAddress, record: bytes | msgspec.Raw) -> Change:
    """The change a record of one of `syntax.COLLECTIONS` stands for.

    Raises:
        Unusable: a vital field is absent or wrong, or the record is not for us.
    """
    read = _READERS[address.collection]
    change = read_json(partial(read, address), record)
    if change is None:
        raise Unusable("bad_record")
    return change


def _post(address: RecordAddress, record: bytes | msgspec.Raw) -> PutPost:
    content = read_post(_any_object(record), address.repo, address.at_us)
    if content is None:
        raise Unusable("bad_text")
    return PutPost(address.uri, address.repo, address.revision, address.at_us, content)


def _edge_to_post(address: RecordAddress, record: bytes | msgspec.Raw) -> PutEdge:
    edge = _post_edge(record)
    subject = edge.subject.uri
    if not is_post_uri(subject):
        if parse_at_uri(subject) is None:
            raise Unusable("bad_subject")
        raise Unusable("subject_not_post", ignored=True)
    via = None
    if edge.via is not None and isinstance(edge.via, dict):
        via = edge.via.get("uri")
        if parse_at_uri(via) is None:
            via = None
    return PutEdge(
        _EDGE_KINDS[address.collection],
        address.uri,
        address.repo,
        subject,
        address.revision,
        address.at_us,
        via,
    )


def _edge_to_account(address: RecordAddress, record: bytes | msgspec.Raw) -> PutEdge:
    subject = _account_edge(record).subject
    if not is_did(subject):
        raise Unusable("bad_subject")
    return PutEdge(
        _EDGE_KINDS[address.collection],
        address.uri,
        address.repo,
        subject,
        address.revision,
        address.at_us,
    )


def _gate(address: RecordAddress, record: bytes | msgspec.Raw) -> PutGate:
    fields = _any_object(record)
    post = fields.get("post")
    target = parse_at_uri(post)
    if target is None or not isinstance(post, str) or target.collection != syntax.POST:
        raise Unusable("bad_subject")
    # Nobody may gate a thread that is not theirs; the network ties the two by the record key.
    if target.repo != address.repo or target.record_key != address.uri.rpartition("/")[2]:
        raise Unusable("gate_of_other")
    is_threadgate = address.collection == syntax.THREADGATE
    return PutGate(
        address.uri,
        address.repo,
        post,
        address.revision,
        address.at_us,
        hidden_replies=_post_uris(fields.get("hiddenReplies")) if is_threadgate else (),
        detached_quotes=() if is_threadgate else _post_uris(fields.get("detachedEmbeddingUris")),
    )


def _post_uris(uris: object) -> tuple[str, ...]:
    if not isinstance(uris, list):
        return ()
    fit = (uri for uri in uris[:MAX_GATE_URIS] if isinstance(uri, str) and is_post_uri(uri))
    return tuple(dict.fromkeys(fit))


def _profile(address: RecordAddress, record: bytes | msgspec.Raw) -> PutProfile:
    if not address.uri.endswith("/self"):
        raise Unusable("profile_not_self", ignored=True)
    fields = _any_object(record)
    name, description = fields.get("displayName"), fields.get("description")
    return PutProfile(
        address.repo,
        address.revision,
        address.at_us,
        clean_text(name, MAX_DISPLAY_NAME) if isinstance(name, str) else "",
        clean_text(description, MAX_DESCRIPTION) if isinstance(description, str) else "",
        self_labels(fields.get("labels")),
    )


_READERS: dict[str, Callable[[RecordAddress, bytes | msgspec.Raw], Change]] = {
    syntax.POST: _post,
    syntax.LIKE: _edge_to_post,
    syntax.REPOST: _edge_to_post,
    syntax.FOLLOW: _edge_to_account,
    syntax.BLOCK: _edge_to_account,
    syntax.THREADGATE: _gate,
    syntax.POSTGATE: _gate,
    syntax.PROFILE: _profile,
}
