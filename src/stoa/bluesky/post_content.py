"""Turns a post record, however malformed, into the content Stoa keeps.

The same reader serves Jetstream, the AppView and repository listings, so that a post read twice
on different roads is the same post.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeGuard

from stoa.bluesky.embeds import read_embed
from stoa.bluesky.plain_text import clean_text
from stoa.bluesky.syntax import is_did, is_web_url, parse_at_uri
from stoa.bluesky.timestamps import claimed_time_us
from stoa.records import Facet, PostContent

MAX_FACETS = 200
MAX_LANGS = 3
MAX_TAGS = 8
MAX_LABELS = 10
MAX_TAG = 640

_is_label = re.compile(r"!?[A-Za-z0-9][A-Za-z0-9._-]{0,126}").fullmatch
_is_language = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4}").fullmatch


def read_post(record: dict[str, object], author: str, arrival_us: int) -> PostContent | None:
    """The content of an `app.bsky.feed.post` record; None when its text is not text.

    A field of a wrong type or out of bounds is left out; the rest of the post is kept.
    """
    text = record.get("text")
    if not isinstance(text, str):
        return None
    text = clean_text(text)
    embed = read_embed(record.get("embed"), author)
    parent, root = _reply(record.get("reply"))
    return PostContent(
        text=text,
        created_us=claimed_time_us(record.get("createdAt"), arrival_us),
        langs=_langs(record.get("langs")),
        parent_uri=parent,
        root_uri=root,
        quote_uri=embed.quote_uri,
        media=embed.media,
        facets=read_facets(record.get("facets"), text),
        images=embed.images,
        card=embed.card,
        labels=self_labels(record.get("labels")),
        tags=_tags(record.get("tags")),
    )


def self_labels(labels: object) -> tuple[str, ...]:
    """What an author says about their own record or account, e.g. `("nudity",)`."""
    values = labels.get("values") if isinstance(labels, dict) else None
    if not isinstance(values, list):
        return ()
    found = (item.get("val") for item in values[:MAX_LABELS] if isinstance(item, dict))
    return _distinct(val for val in found if is_label_value(val))


def is_label_value(value: object) -> TypeGuard[str]:
    """Whether this can be the value of a label: a short word, perhaps with a leading `!`."""
    return isinstance(value, str) and _is_label(value) is not None


def read_facets(facets: object, text: str) -> tuple[Facet, ...]:
    """Facets that mark whole characters of the text, in order, none over another.

    Offsets count UTF-8 bytes. The first feature Stoa knows is taken of each, as the app does.
    """
    if not isinstance(facets, list) or not facets:
        return ()
    encoded = text.encode()
    found = [
        facet
        for item in facets[:MAX_FACETS]
        if isinstance(item, dict) and (facet := _facet(item, encoded)) is not None
    ]
    found.sort(key=lambda facet: facet.start)
    apart: list[Facet] = []
    for facet in found:
        if not apart or facet.start >= apart[-1].end:
            apart.append(facet)
    return tuple(apart)


def _facet(item: dict[str, object], encoded: bytes) -> Facet | None:
    index, features = item.get("index"), item.get("features")
    if not isinstance(index, dict) or not isinstance(features, list):
        return None
    start, end = index.get("byteStart"), index.get("byteEnd")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(encoded):
        return None
    if _inside_character(encoded, start) or _inside_character(encoded, end):
        return None
    for feature in features[:8]:
        if isinstance(feature, dict):
            kind, target = _feature(feature)
            if target is not None:
                return Facet(start, end, kind, target)
    return None


def _inside_character(encoded: bytes, offset: int) -> bool:
    return offset < len(encoded) and encoded[offset] & 0xC0 == 0x80


def _feature(feature: dict[str, object]) -> tuple[str, str | None]:
    kind = feature.get("$type")
    if kind == "app.bsky.richtext.facet#link":
        return "link", _checked(feature.get("uri"), is_web_url)
    if kind == "app.bsky.richtext.facet#mention":
        return "mention", _checked(feature.get("did"), is_did)
    if kind == "app.bsky.richtext.facet#tag":
        tag = feature.get("tag")
        if isinstance(tag, str) and (tag := clean_text(tag, MAX_TAG).removeprefix("#").strip()):
            return "tag", tag
    return "", None


def _checked(value: object, is_fit: Callable[[object], bool]) -> str | None:
    return value if isinstance(value, str) and is_fit(value) else None


def _reply(reply: object) -> tuple[str | None, str | None]:
    """Parent and root. One that cannot be read is taken from the other."""
    if not isinstance(reply, dict):
        return None, None
    parent, root = _record_uri(reply.get("parent")), _record_uri(reply.get("root"))
    return parent or root, root or parent


def _record_uri(reference: object) -> str | None:
    uri = reference.get("uri") if isinstance(reference, dict) else None
    return uri if isinstance(uri, str) and parse_at_uri(uri) is not None else None


def _langs(langs: object) -> tuple[str, ...]:
    if not isinstance(langs, list):
        return ()
    return _distinct(
        lang for lang in langs[:MAX_LANGS] if isinstance(lang, str) and _is_language(lang)
    )


def _tags(tags: object) -> tuple[str, ...]:
    if not isinstance(tags, list):
        return ()
    texts = (clean_text(tag, MAX_TAG).strip() for tag in tags[:MAX_TAGS] if isinstance(tag, str))
    return _distinct(tag for tag in texts if tag)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
