"""The shape of a post on a page: every state a card can be in, decided before the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from stoa.records import Image, LinkCard, Media, Post
from stoa.web.views.people import Person
from stoa.web.views.text import (
    CARD_CHARACTERS,
    Piece,
    clean,
    host_of,
    one_line,
    pieces,
    safe_url,
)
from stoa.web.views.words import age, counted, full_moment, iso

if TYPE_CHECKING:
    from stoa.web.views.note_view import NoteCard
    from stoa.web.views.promoted import PromotedMark

COVER_WORDS = {
    "porn": "adult content",
    "sexual": "sexual content",
    "nudity": "nudity",
    "graphic-media": "graphic pictures",
    "gore": "graphic pictures",
    "corpse": "graphic pictures",
    "self-harm": "self-harm",
    "intolerant": "intolerance",
    "spam": "spam",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link card that is safe to draw."""

    url: str
    site: str
    title: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallPost:
    """A post inside another card: a parent, a quote, an example."""

    id: int
    uri: str
    href: str
    author: Person
    moment: str
    full_moment: str
    age: str
    plain: str
    cover: str | None
    media_words: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """What the reader did to a post that therefore is not drawn any more."""

    kind: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCard:
    """One post of a page, ready to print."""

    id: int
    uri: str
    href: str
    why_href: str
    author: Person
    moment: str
    full_moment: str
    age: str
    pieces: tuple[Piece, ...]
    images: tuple[Image, ...] = ()
    images_shown: bool = False
    images_words: str = ""
    images_described: bool = False
    video: bool = False
    card: Link | None = None
    quote: SmallPost | None = None
    quote_gone: bool = False
    parent: SmallPost | None = None
    parent_gone: bool = False
    cover: str | None = None
    why: tuple[str, ...] = ()
    seconds: float | None = None
    replies: int = 0
    replies_words: str = ""
    mine: frozenset[str] = frozenset()
    ask: bool = False
    reposted_by: Person | None = None
    position: int | None = None
    set_aside: SetAside | None = None
    note: NoteCard | None = None
    promoted: PromotedMark | None = None


def post_href(uri: str) -> str:
    """Where a post's own page is: `/post/` and its percent-encoded URI."""
    return "/post/" + quote(uri, safe="")


def why_href(uri: str) -> str:
    """Where the reasons for a post are."""
    return "/why?post=" + quote(uri, safe=":/")


def cover_words(label: str | None) -> str | None:
    """A label in words, for the lid over a post."""
    if label is None:
        return None
    return COVER_WORDS.get(label, one_line(label.replace("-", " "), 40))


def media_words(media: Media, n_images: int) -> str:
    """What a small card says instead of showing it."""
    said = [counted(n_images, "picture")] if n_images else []
    if media & Media.IMAGE and not n_images:
        said.append("a picture")
    if media & Media.VIDEO:
        said.append("a video")
    if media & Media.LINK:
        said.append("a link")
    return "With " + " and ".join(said) + "." if said else ""


def small_post(post: Post, author: Person, now_us: int, cover: str | None = None) -> SmallPost:
    """A post as it appears inside another card."""
    content = post.content
    at_us = content.created_us or post.at_us
    return SmallPost(
        id=int(post.id),
        uri=post.uri,
        href=post_href(post.uri),
        author=author,
        moment=iso(at_us),
        full_moment=full_moment(at_us),
        age=age(at_us, now_us),
        plain=_clamped(clean(content.text)),
        cover=cover_words(cover),
        media_words=media_words(content.media, len(content.images)),
    )


def post_card(
    post: Post, author: Person, now_us: int, *, limit: int = CARD_CHARACTERS, **rest: object
) -> PostCard:
    """A post as a card of its own; `rest` are fields of `PostCard` that its surroundings know."""
    content = post.content
    at_us = content.created_us or post.at_us
    images = tuple(i for i in content.images if i.url == "" or safe_url(i.url))
    return PostCard(
        id=int(post.id),
        uri=post.uri,
        href=post_href(post.uri),
        why_href=why_href(post.uri),
        author=author,
        moment=iso(at_us),
        full_moment=full_moment(at_us),
        age=age(at_us, now_us),
        pieces=pieces(content.text, content.facets, limit),
        images=images,
        images_words=_images_words(images),
        images_described=any(image.alt for image in images),
        video=bool(content.media & Media.VIDEO),
        card=_link(content.card),
        **rest,  # pyright: ignore[reportArgumentType]  # names are checked by the dataclass
    )


def _images_words(images: tuple[Image, ...]) -> str:
    if not images:
        return ""
    words = counted(len(images), "picture") + ", not fetched. "
    if not any(image.alt for image in images):
        return words + "No description was given."
    return words + ("Read its description" if len(images) == 1 else "Read their descriptions")


def _link(card: LinkCard | None) -> Link | None:
    url = safe_url(card.url) if card else None
    if card is None or url is None:
        return None
    title = one_line(card.title, 120) or one_line(url, 80)
    return Link(url, host_of(url), title, one_line(card.description, 240))


def _clamped(text: str, limit: int = 400) -> str:
    return text if len(text) <= limit else text[:limit].rstrip() + " …"
