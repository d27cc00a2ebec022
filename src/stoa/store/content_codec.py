"""Writes what a post holds beside its text as compact JSON, and reads it back."""

from __future__ import annotations

import json
from typing import NamedTuple

from stoa.records import Facet, Image, LinkCard, Media, PostContent

_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class ContentColumns(NamedTuple):
    """A post's content as the database keeps it."""

    text: str
    created_us: int
    langs: str
    more: str | None


def encode_content(content: PostContent) -> ContentColumns:
    """Content without what the row of the post holds: media, labels, and whom it answers."""
    more: dict[str, object] = {}
    if content.facets:
        more["facets"] = [[f.start, f.end, f.kind, f.target] for f in content.facets]
    if content.images:
        more["images"] = [[i.url, i.alt, i.width, i.height] for i in content.images]
    if content.card:
        more["card"] = [content.card.url, content.card.title, content.card.description]
    if content.tags:
        more["tags"] = content.tags
    return ContentColumns(
        content.text,
        content.created_us,
        ",".join(content.langs),
        _compact(more) if more else None,
    )


def decode_content(
    columns: ContentColumns,
    media: int,
    labels: str,
    named: tuple[str | None, str | None, str | None],
) -> PostContent:
    """Content again; `named` are the URIs of parent, root and quote."""
    more = json.loads(columns.more) if columns.more else {}
    parent_uri, root_uri, quote_uri = named
    return PostContent(
        text=columns.text,
        created_us=columns.created_us,
        langs=split_words(columns.langs),
        parent_uri=parent_uri,
        root_uri=root_uri,
        quote_uri=quote_uri,
        media=Media(media),
        facets=tuple(Facet(*facet) for facet in more.get("facets", ())),
        images=tuple(Image(*image) for image in more.get("images", ())),
        card=LinkCard(*more["card"]) if "card" in more else None,
        labels=split_words(labels),
        tags=tuple(more.get("tags", ())),
    )


def split_words(text: str) -> tuple[str, ...]:
    """Words that were joined by commas."""
    return tuple(text.split(",")) if text else ()
