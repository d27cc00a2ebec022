"""Writes a post's content as the record its author would have published."""

from __future__ import annotations

from typing import Any

from stoa.bluesky.dag_cbor import record_cid
from stoa.bluesky.media_urls import cid_of_url
from stoa.bluesky.timestamps import format_time_us
from stoa.records import Facet, Image, Media, PostContent

MAX_PLAIN_IMAGES = 4
_FEATURES = {"link": "uri", "mention": "did", "tag": "tag"}


def post_record(content: PostContent) -> dict[str, Any]:
    """The `app.bsky.feed.post` record, without its `$type`."""
    record: dict[str, Any] = {
        "createdAt": format_time_us(content.created_us),
        "text": content.text,
    }
    if content.langs:
        record["langs"] = list(content.langs)
    if content.parent_uri is not None:
        root = content.root_uri or content.parent_uri
        record["reply"] = {"parent": reference(content.parent_uri), "root": reference(root)}
    if content.facets:
        record["facets"] = [_facet(facet) for facet in content.facets]
    if content.labels:
        values = [{"val": value} for value in content.labels]
        record["labels"] = {"$type": "com.atproto.label.defs#selfLabels", "values": values}
    if content.tags:
        record["tags"] = list(content.tags)
    embed = _embed(content)
    if embed is not None:
        record["embed"] = embed
    return record


def reference(uri: str) -> dict[str, str]:
    """A strong reference. Stoa keeps no CID of subjects, so a well-formed stand-in is made."""
    return {"cid": record_cid(uri), "uri": uri}


def _facet(facet: Facet) -> dict[str, Any]:
    feature = {
        "$type": f"app.bsky.richtext.facet#{facet.kind}",
        _FEATURES[facet.kind]: facet.target,
    }
    return {"features": [feature], "index": {"byteEnd": facet.end, "byteStart": facet.start}}


def _embed(content: PostContent) -> dict[str, Any] | None:
    media = _media(content)
    if content.quote_uri is None:
        return media
    quote = {"$type": "app.bsky.embed.record", "record": reference(content.quote_uri)}
    if media is None:
        return quote
    return {"$type": "app.bsky.embed.recordWithMedia", "media": media, "record": quote}


def _media(content: PostContent) -> dict[str, Any] | None:
    if Media.VIDEO in content.media:
        still = content.images[0] if content.images else Image(url="")
        return {"$type": "app.bsky.embed.video", **_picture(still, "video", "video/mp4")}
    if Media.IMAGE in content.media or content.images:
        return _pictures(content.images)
    if Media.LINK in content.media or content.card is not None:
        card = content.card
        external = (
            {}
            if card is None
            else {"uri": card.url, "title": card.title, "description": card.description}
        )
        return {"$type": "app.bsky.embed.external", "external": external}
    return None


def _pictures(images: tuple[Image, ...]) -> dict[str, Any]:
    items = [_picture(image, "image", "image/jpeg") for image in images]
    if len(items) <= MAX_PLAIN_IMAGES:
        return {"$type": "app.bsky.embed.images", "images": items}
    items = [{"$type": "app.bsky.embed.gallery#image", **item} for item in items]
    return {"$type": "app.bsky.embed.gallery", "items": items}


def _picture(image: Image, key: str, mime_type: str) -> dict[str, Any]:
    item: dict[str, Any] = {"alt": image.alt}
    if image.width and image.height:
        item["aspectRatio"] = {"height": image.height, "width": image.width}
    cid = cid_of_url(image.url)
    if cid is not None:
        ref = {"$link": cid}
        item[key] = {"$type": "blob", "mimeType": mime_type, "ref": ref, "size": 0}
    return item
