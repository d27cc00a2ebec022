"""The grammar of AT Protocol names, as far as a reader of public records needs it.

A DID here is any `did:method:...` up to 256 characters. Authorities of AT-URIs must be DIDs:
a URI that names a handle cannot be joined with anything once the handle changes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

POST = "app.bsky.feed.post"
LIKE = "app.bsky.feed.like"
REPOST = "app.bsky.feed.repost"
FOLLOW = "app.bsky.graph.follow"
BLOCK = "app.bsky.graph.block"
THREADGATE = "app.bsky.feed.threadgate"
POSTGATE = "app.bsky.feed.postgate"
PROFILE = "app.bsky.actor.profile"

COLLECTIONS = (POST, LIKE, REPOST, FOLLOW, BLOCK, THREADGATE, POSTGATE, PROFILE)
"""The collections Stoa reads, and so what it asks a Jetstream host for."""

_DID = r"did:[a-z]{1,20}:[A-Za-z0-9._:%-]{1,230}"
_NSID = r"[A-Za-z][A-Za-z0-9.-]{2,316}"
_RECORD_KEY = r"(?!\.{1,2}(?![A-Za-z0-9._:~-]))[A-Za-z0-9._:~-]{1,512}"
_HANDLE_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"

_is_did = re.compile(_DID).fullmatch
_is_record_key = re.compile(_RECORD_KEY).fullmatch
_is_post_uri = re.compile(rf"at://{_DID}/app\.bsky\.feed\.post/{_RECORD_KEY}").fullmatch
_at_uri = re.compile(rf"at://({_DID})/({_NSID})/({_RECORD_KEY})").fullmatch
_is_handle = re.compile(rf"(?=.{{3,253}}\Z){_HANDLE_LABEL}(?:\.{_HANDLE_LABEL})+").fullmatch
_is_record_cid = re.compile(r"bafyrei[a-z2-7]{52}").fullmatch
_is_web_url = re.compile(
    r"https?://[^\s\x00-\x20\x7f\"<>\\^`{|}\ud800-\udfff]{1,4000}", re.I
).fullmatch


class AtUri(NamedTuple):
    """Address of one record."""

    repo: str
    collection: str
    record_key: str


def is_did(value: object) -> bool:
    """Whether this is a DID.

    >>> is_did("did:plc:ai5kunf5nnljqkxmc7cagvgi"), is_did("ana.example.social")
    (True, False)
    """
    return isinstance(value, str) and _is_did(value) is not None


def is_record_key(value: object) -> bool:
    """Whether this may be the last part of an AT-URI."""
    return isinstance(value, str) and _is_record_key(value) is not None


def is_handle(value: object) -> bool:
    """Whether this is a handle in lower case.

    >>> is_handle("ana.example.social"), is_handle("localhost"), is_handle("-a.example")
    (True, False, False)
    """
    return isinstance(value, str) and _is_handle(value) is not None


def is_post_uri(value: object) -> bool:
    """Whether this is the AT-URI of a Bluesky post.

    >>> is_post_uri("at://did:plc:abc/app.bsky.feed.post/3k"), is_post_uri("at://a.b/x/y")
    (True, False)
    """
    return isinstance(value, str) and _is_post_uri(value) is not None


def is_record_cid(value: object) -> bool:
    """Whether this is the content id of a record.

    >>> is_record_cid("bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua")
    True
    """
    return isinstance(value, str) and _is_record_cid(value) is not None


def is_web_url(value: object) -> bool:
    """Whether this is an http or https address without blanks or markup characters.

    >>> is_web_url("https://example.org/a?b=1"), is_web_url("javascript:alert(1)")
    (True, False)
    """
    return isinstance(value, str) and _is_web_url(value) is not None


def parse_at_uri(value: object) -> AtUri | None:
    """The parts of a record's AT-URI, or None when it is not one.

    >>> parse_at_uri("at://did:plc:abc/app.bsky.feed.post/3k").record_key
    '3k'
    """
    if not isinstance(value, str):
        return None
    found = _at_uri(value)
    return None if found is None else AtUri(*found.groups())


def at_uri(repo: str, collection: str, record_key: str) -> str:
    """The address of a record."""
    return f"at://{repo}/{collection}/{record_key}"
