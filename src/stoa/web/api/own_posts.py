"""Posts that an app brings itself, turned into the same changes a network would send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from stoa.errors import BadInput
from stoa.records import Facet, Image, LinkCard, Media, PostContent, PutPost, Remove
from stoa.web.moments import parse_moment
from stoa.web.views.text import safe_url
from stoa.web.wire import PostIn, PostOut, Rejection

_T = TypeVar("_T")

MAX_TEXT = 100_000
MAX_URI = 2_048
MAX_ITEMS = 16


def read_posts(
    entries: Sequence[object], now_us: int, wall_us: int
) -> tuple[list[PutPost], list[Rejection]]:
    """Changes for the entries that hold and rejections for the rest."""
    return _read(entries, lambda entry: put_post(entry, now_us, wall_us))


def read_removals(
    entries: Sequence[object], now_us: int, wall_us: int
) -> tuple[list[Remove], list[Rejection]]:
    """Removals for the entries that hold and rejections for the rest."""
    return _read(entries, lambda entry: _removal(entry, now_us, wall_us))


def put_post(entry: object, now_us: int, wall_us: int) -> PutPost:
    """One post as a change; a later call of the same URI replaces it.

    Raises:
        BadInput: names the first field that does not hold.
    """
    post = _typed(entry, PostIn)
    _check_ids(post.uri, post.author)
    if len(post.text) > MAX_TEXT:
        raise BadInput("text", post.text[:40], f"give at most {MAX_TEXT:,} characters")
    for name in ("langs", "images", "labels", "tags"):
        if len(getattr(post, name)) > MAX_ITEMS:
            raise BadInput(name, len(getattr(post, name)), f"give at most {MAX_ITEMS}")
    latest_us = max(now_us, wall_us)
    created_us = now_us
    if post.created_at is not None:
        created_us = min(parse_moment("created_at", post.created_at, latest_us), now_us)
    return PutPost(
        uri=post.uri,
        author=post.author,
        revision=latest_us << 10,
        at_us=created_us,
        content=_content(post, created_us),
    )


def _content(post: PostIn, created_us: int) -> PostContent:
    media = Media.NONE
    media |= Media.IMAGE if post.images else Media.NONE
    media |= Media.LINK if post.card else Media.NONE
    media |= Media.QUOTE if post.quote else Media.NONE
    for image in post.images:
        _check_url("images", image.url)
    if post.card:
        _check_url("card", post.card.url)
    return PostContent(
        text=post.text.replace("\x00", ""),
        created_us=created_us,
        langs=tuple(post.langs),
        parent_uri=_uri("reply_to", post.reply_to),
        root_uri=_uri("root", post.root) or _uri("reply_to", post.reply_to),
        quote_uri=_uri("quote", post.quote),
        media=media,
        facets=_links(post.text),
        images=tuple(Image(i.url, i.alt, max(i.width, 0), max(i.height, 0)) for i in post.images),
        card=LinkCard(post.card.url, post.card.title, post.card.description) if post.card else None,
        labels=tuple(post.labels),
        tags=tuple(post.tags),
    )


def _links(text: str) -> tuple[Facet, ...]:
    """Plain URLs in a text as facets, so that an app need not count bytes."""
    facets: list[Facet] = []
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        url = word.rstrip(".,;:!?)]}'\"")
        if url.startswith(("http://", "https://")) and safe_url(url):
            begin = len(text[:start].encode("utf-8", "replace"))
            facets.append(Facet(begin, begin + len(url.encode("utf-8", "replace")), "link", url))
    return tuple(facets[:MAX_ITEMS])


def _removal(entry: object, now_us: int, wall_us: int) -> Remove:
    post = _typed(entry, PostOut)
    _check_ids(post.uri, post.author)
    return Remove(post.uri, post.author, max(now_us, wall_us) << 10, now_us)


def _typed(entry: object, kind: type[_T]) -> _T:
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError as problem:
        field, mend = field_of(problem)
        raise BadInput(field or "post", _shown(entry, field), mend) from None


def field_of(problem: msgspec.ValidationError) -> tuple[str, str]:
    """The field a validation error is about, and what was expected there."""
    message, _, path = str(problem).partition(" - at `$")
    if "missing required field" in message:
        return message.rpartition("field `")[2].rstrip("`"), "this field is required"
    return path.rstrip("`").lstrip(".").split("[")[0].split(".")[0], message[:1].lower() + message[
        1:
    ]


def _shown(entry: object, field: str) -> object:
    return entry.get(field) if isinstance(entry, dict) else entry


def _check_ids(uri: str, author: str) -> None:
    _uri("uri", uri)
    if not 0 < len(author) <= 256 or not author.isprintable():
        raise BadInput("author", author, "give an id of 1 to 256 printable characters")
    if uri.startswith("at://") and not uri.startswith(f"at://{author}/"):
        raise BadInput("uri", uri, "the authority of an at:// URI must be the author")


def _uri(field: str, uri: str | None) -> str | None:
    if uri is None:
        return None
    if not 0 < len(uri) <= MAX_URI or not uri.isprintable() or " " in uri or ":" not in uri:
        raise BadInput(field, uri, "give a URI such as https://app.example/post/1")
    return uri


def _check_url(field: str, url: str) -> None:
    if safe_url(url) is None:
        raise BadInput(field, url, "give an http or https URL")


def _read(entries: Sequence[object], take):
    kept = []
    rejected: list[Rejection] = []
    for index, entry in enumerate(entries):
        try:
            kept.append(take(entry))
        except BadInput as problem:
            rejected.append(Rejection.of(index, problem))
    return kept, rejected
