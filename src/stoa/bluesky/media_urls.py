"""Where Bluesky's content network serves a picture, and which blob such an address names."""

from __future__ import annotations

import re

_CID = r"[a-z2-7]{20,120}"
_is_cid = re.compile(rf"b{_CID}").fullmatch
_picture = re.compile(
    rf"https://cdn\.bsky\.app/img/feed_thumbnail/plain/(did:[^/]+)/(b{_CID})@jpeg"
).fullmatch
_poster = re.compile(
    rf"https://video\.bsky\.app/watch/(did:[^/]+)/(b{_CID})/thumbnail\.jpg"
).fullmatch


def picture_url(author: str, cid: str) -> str:
    """Address of a small JPEG of an image blob."""
    return f"https://cdn.bsky.app/img/feed_thumbnail/plain/{author}/{cid}@jpeg"


def poster_url(author: str, cid: str) -> str:
    """Address of the still picture of a video blob."""
    return f"https://video.bsky.app/watch/{author}/{cid}/thumbnail.jpg"


def blob_cid(blob: object) -> str | None:
    """The content id inside a blob object of a record, old or new form, or None."""
    if not isinstance(blob, dict):
        return None
    link = blob.get("ref")
    cid = link.get("$link") if isinstance(link, dict) else blob.get("cid")
    return cid if isinstance(cid, str) and _is_cid(cid) else None


def cid_of_url(url: str) -> str | None:
    """The blob that an address made by this module names, or None for other addresses."""
    found = _picture(url) or _poster(url)
    return None if found is None else found[2]
