"""Reads what a post carries: pictures, a video, a link card, a quoted post."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.bluesky.media_urls import blob_cid, picture_url, poster_url
from stoa.bluesky.plain_text import clean_text
from stoa.bluesky.syntax import is_post_uri, is_web_url
from stoa.records import Image, LinkCard, Media

MAX_IMAGES = 20  # the gallery lexicon's bound; plain image posts hold four
MAX_ALT = 2_000
MAX_CARD_TEXT = 1_000
MAX_SIDE = 100_000


@dataclass(frozen=True, slots=True)
class Embed:
    """What was found; a video's still picture and its words stand in `images`."""

    media: Media = Media.NONE
    images: tuple[Image, ...] = ()
    card: LinkCard | None = None
    quote_uri: str | None = None


NOTHING = Embed()


def read_embed(embed: object, author: str) -> Embed:
    """Everything usable of an embed; unknown kinds and wrong types give nothing."""
    if not isinstance(embed, dict):
        return NOTHING
    kind = embed.get("$type")
    if kind == "app.bsky.embed.record":
        return _quote(embed.get("record"), NOTHING)
    if kind == "app.bsky.embed.recordWithMedia":
        record = embed.get("record")
        beside = _media(embed.get("media"), author)
        return _quote(record.get("record") if isinstance(record, dict) else None, beside)
    return _media(embed, author)


def _media(embed: object, author: str) -> Embed:
    if not isinstance(embed, dict):
        return NOTHING
    kind = embed.get("$type")
    if kind == "app.bsky.embed.images":
        return Embed(media=Media.IMAGE, images=_images(embed.get("images"), author))
    if kind == "app.bsky.embed.gallery":
        return Embed(media=Media.IMAGE, images=_images(embed.get("items"), author))
    if kind == "app.bsky.embed.video":
        cid = blob_cid(embed.get("video"))
        still = _picture(embed, poster_url(author, cid) if cid else "")
        return Embed(media=Media.VIDEO, images=() if still == Image(url="") else (still,))
    if kind == "app.bsky.embed.external":
        return Embed(media=Media.LINK, card=_card(embed.get("external")))
    return NOTHING


def _quote(reference: object, beside: Embed) -> Embed:
    """Only posts are quotes: feeds, lists and starter packs travel in the same embed."""
    uri = reference.get("uri") if isinstance(reference, dict) else None
    if not isinstance(uri, str) or not is_post_uri(uri):
        return beside
    return Embed(beside.media | Media.QUOTE, beside.images, beside.card, uri)


def _images(items: object, author: str) -> tuple[Image, ...]:
    if not isinstance(items, list):
        return ()
    found: list[Image] = []
    for item in items[:MAX_IMAGES]:
        if isinstance(item, dict):
            cid = blob_cid(item.get("image"))
            found.append(_picture(item, picture_url(author, cid) if cid else ""))
    return tuple(found)


def _picture(item: dict[str, object], url: str) -> Image:
    alt = item.get("alt")
    width, height = _shape(item.get("aspectRatio"))
    return Image(url, clean_text(alt, MAX_ALT) if isinstance(alt, str) else "", width, height)


def _shape(ratio: object) -> tuple[int, int]:
    """Width and height, or zeros unless both are sensible."""
    if not isinstance(ratio, dict):
        return 0, 0
    width, height = ratio.get("width"), ratio.get("height")
    if type(width) is not int or type(height) is not int:  # bool is an int to isinstance
        return 0, 0
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        return 0, 0
    return width, height


def _card(external: object) -> LinkCard | None:
    if not isinstance(external, dict):
        return None
    url, title, description = (external.get(key) for key in ("uri", "title", "description"))
    if not isinstance(url, str) or not is_web_url(url):
        return None
    return LinkCard(
        url,
        clean_text(title, MAX_CARD_TEXT) if isinstance(title, str) else "",
        clean_text(description, MAX_CARD_TEXT) if isinstance(description, str) else "",
    )
