"""The store's border: refuses ids no store should keep, mends texts no database can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, cast

from stoa.errors import BadInput
from stoa.records import (
    AccountState,
    Change,
    EdgeKind,
    Identity,
    Label,
    PostContent,
    PutEdge,
    PutGate,
    PutPost,
    PutProfile,
    Remove,
)
from stoa.store.addresses import (
    EDGE_COLLECTIONS,
    GATE_COLLECTIONS,
    POST_COLLECTION,
    RECORDS_OF_OTHERS,
    parse_address,
)

MAX_ID_BYTES = 2_048
_INT64 = 1 << 63


def admit(change: Change) -> Change:
    """The change as it may be kept.

    Raises:
        BadInput: an id is empty, too long or not text, a number does not fit 64 bits, or the
            record belongs to another account than it says.
    """
    check = _CHECKS.get(type(change))
    if check is None:
        raise BadInput("change", type(change).__name__, "give one of the changes of stoa.records")
    return check(change)


def check_id(field: str, value: object) -> None:
    """Refuses what cannot be an id.

    Raises:
        BadInput: not text, empty, over 2,048 bytes, or not encodable.
    """
    if type(value) is not str or not value:
        raise BadInput(field, value, "give a non-empty text")
    if len(value) <= MAX_ID_BYTES and value.isascii():
        return
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise BadInput(field, value, "give text without lone surrogates") from None
    if size > MAX_ID_BYTES:
        raise BadInput(field, value, f"give at most {MAX_ID_BYTES} bytes")


def _int64(field: str, value: object) -> None:
    if not isinstance(value, int) or not -_INT64 < value < _INT64:
        raise BadInput(field, value, "give a whole number of at most 63 bits")


def _owned(uri: str, owner: str, collections: Iterable[str] | None) -> None:
    """A record of the network stands in its author's repository, in a fitting collection."""
    address = parse_address(uri)
    if not address.owner:
        return
    if address.owner != owner:
        raise BadInput("uri", uri, f"a record of {owner} has an address of {owner}")
    if collections is not None and address.collection not in collections:
        raise BadInput("uri", uri, "give the address of a record of this kind")


def _put_post(change: PutPost) -> PutPost:
    check_id("uri", change.uri)
    check_id("author", change.author)
    _int64("revision", change.revision)
    _int64("at_us", change.at_us)
    _owned(change.uri, change.author, None)
    if parse_address(change.uri).collection in RECORDS_OF_OTHERS:
        raise BadInput("uri", change.uri, "give the address of a post")
    content = change.content
    for name in ("parent_uri", "root_uri", "quote_uri"):
        if getattr(content, name) is not None:
            check_id(name, getattr(content, name))
    mended = _mended_content(content)
    return change if mended is content else replace(change, content=mended)


def _put_edge(change: PutEdge) -> PutEdge:
    check_id("uri", change.uri)
    check_id("actor", change.actor)
    check_id("subject", change.subject)
    _int64("revision", change.revision)
    _int64("at_us", change.at_us)
    if not isinstance(change.kind, EdgeKind):
        raise BadInput("kind", change.kind, "give an EdgeKind")
    address = parse_address(change.uri)
    if address.owner:
        fits = EDGE_COLLECTIONS.get(address.collection, change.kind) is change.kind
        if address.owner != change.actor or not fits or address.collection in _NOT_EDGES:
            raise BadInput("uri", change.uri, "give the address of the actor's own edge record")
    return change


def _put_profile(change: PutProfile) -> PutProfile:
    check_id("account", change.account)
    _int64("revision", change.revision)
    _int64("at_us", change.at_us)
    return replace(
        change,
        display_name=mended(change.display_name),
        description=mended(change.description),
        labels=_words(change.labels),
    )


def _put_gate(change: PutGate) -> PutGate:
    check_id("uri", change.uri)
    check_id("author", change.author)
    check_id("post_uri", change.post_uri)
    for uri in change.hidden_replies + change.detached_quotes:
        check_id("uri of a gate", uri)
    _int64("revision", change.revision)
    _int64("at_us", change.at_us)
    _owned(change.uri, change.author, GATE_COLLECTIONS)
    _owned(change.post_uri, change.author, None)  # nobody gates the thread of another
    return change


def _remove(change: Remove) -> Remove:
    check_id("uri", change.uri)
    check_id("author", change.author)
    _int64("revision", change.revision)
    _int64("at_us", change.at_us)
    _owned(change.uri, change.author, None)
    return change


def _account_state(change: AccountState) -> AccountState:
    check_id("account", change.account)
    _int64("at_us", change.at_us)
    return change


def _identity(change: Identity) -> Identity:
    check_id("account", change.account)
    _int64("at_us", change.at_us)
    if change.handle is not None:
        check_id("handle", change.handle)
    return change


def _label(change: Label) -> Label:
    check_id("source", change.source)
    check_id("subject", change.subject)
    check_id("value", change.value)
    _int64("at_us", change.at_us)
    if "," in change.value:
        raise BadInput("value", change.value, "give a label without commas")
    return change


_NOT_EDGES = GATE_COLLECTIONS | {POST_COLLECTION, "app.bsky.actor.profile"}
_CHECKS = cast(
    "dict[type, Callable[[Any], Change]]",
    {
        PutPost: _put_post,
        PutEdge: _put_edge,
        PutProfile: _put_profile,
        PutGate: _put_gate,
        Remove: _remove,
        AccountState: _account_state,
        Identity: _identity,
        Label: _label,
    },
)


def mended(text: str) -> str:
    """Text that encodes: a lone surrogate becomes U+FFFD, a pair of them its character.

    >>> mended("a" + chr(0xD800)) == "a" + chr(0xFFFD)
    True
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _words(values: tuple[str, ...]) -> tuple[str, ...]:
    """Values that may be joined by commas and taken apart again."""
    if all(v and v.isascii() and "," not in v for v in values):
        return values
    return tuple(mended(v) for v in values if v and "," not in v)


def _mended_content(content: PostContent) -> PostContent:
    text = mended(content.text)
    langs, labels = _words(content.langs), _words(content.labels)
    created_us = content.created_us if -_INT64 < content.created_us < _INT64 else 0
    unchanged = text is content.text and langs is content.langs and labels is content.labels
    if unchanged and created_us == content.created_us and not _has_more(content):
        return content
    return replace(
        content,
        text=text,
        created_us=created_us,
        langs=langs,
        labels=labels,
        tags=tuple(mended(tag) for tag in content.tags),
        facets=tuple(replace(f, target=mended(f.target)) for f in content.facets),
        images=tuple(replace(i, url=mended(i.url), alt=mended(i.alt)) for i in content.images),
        card=None
        if content.card is None
        else replace(
            content.card,
            url=mended(content.card.url),
            title=mended(content.card.title),
            description=mended(content.card.description),
        ),
    )


def _has_more(content: PostContent) -> bool:
    return bool(content.facets or content.images or content.tags or content.card)
