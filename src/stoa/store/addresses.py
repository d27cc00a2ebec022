"""Reads record addresses: whose record it is, what kind, and under which key the store keeps it."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from stoa.records import EdgeKind

POST_COLLECTION = "app.bsky.feed.post"
PROFILE_COLLECTION = "app.bsky.actor.profile"
GATE_COLLECTIONS = frozenset({"app.bsky.feed.threadgate", "app.bsky.feed.postgate"})
EDGE_COLLECTIONS = {
    "app.bsky.feed.like": EdgeKind.LIKE,
    "app.bsky.feed.repost": EdgeKind.REPOST,
    "app.bsky.graph.follow": EdgeKind.FOLLOW,
    "app.bsky.graph.block": EdgeKind.BLOCK,
}
_COLLECTION_OF = {kind: name for name, kind in EDGE_COLLECTIONS.items()}
RECORDS_OF_OTHERS = frozenset(EDGE_COLLECTIONS) | GATE_COLLECTIONS | frozenset({PROFILE_COLLECTION})
"""Collections whose records are never posts."""

_WHOLE = "="  # starts a key that is a whole URI; no record key of the network may hold it


class Address(NamedTuple):
    """Parts of `at://owner/collection/key`; another URI has no owner and no collection."""

    owner: str
    collection: str
    key: str


@lru_cache(maxsize=8_192)  # each address of a batch is asked for two or three times
def parse_address(uri: str) -> Address:
    """Splits a record's URI.

    >>> parse_address("at://did:plc:a/app.bsky.feed.like/3k")
    Address(owner='did:plc:a', collection='app.bsky.feed.like', key='3k')
    >>> parse_address("https://example.org/7").collection
    ''
    """
    parts = uri.split("/")
    if len(parts) == 5 and parts[0] == "at:" and not parts[1] and parts[2] and parts[3]:
        return Address(parts[2], parts[3], parts[4])
    return Address("", "", uri)


def post_key(address: Address, uri: str) -> str:
    """What is kept of a post's URI beside its author: the record key, or the whole text."""
    return (
        address.key if address.collection == POST_COLLECTION and _plain(address) else _WHOLE + uri
    )


def post_uri(author_name: str, key: str) -> str | None:
    """The URI again; None when it was erased."""
    if not key:
        return None
    if key.startswith(_WHOLE):
        return key[1:]
    return f"at://{author_name}/{POST_COLLECTION}/{key}"


def _plain(address: Address) -> bool:
    """Whether a record key can stand alone: one that looks like a whole URI's mark cannot."""
    return bool(address.key) and not address.key.startswith(_WHOLE)


def edge_key(uri: str) -> str:
    """What is kept of an edge's URI beside its kind and actor."""
    address = parse_address(uri)
    return (
        address.key if address.collection in EDGE_COLLECTIONS and _plain(address) else _WHOLE + uri
    )


def edge_uri(kind: EdgeKind, actor_name: str, key: str) -> str:
    """The URI of an edge's own record."""
    if key.startswith(_WHOLE):
        return key[1:]
    return f"at://{actor_name}/{_COLLECTION_OF[kind]}/{key}"


def is_whole(key: str) -> bool:
    """Whether a key is a whole URI, not one of the network's record keys."""
    return key.startswith(_WHOLE)


def uri_hash(uri: str) -> int:
    """64 signed bits that stand for a URI, also after everything else of it was erased.

    A hundred million URIs hold an equal pair with a probability of 3e-4.
    """
    return int.from_bytes(blake2b(uri.encode(), digest_size=8).digest(), "big", signed=True)
