"""From a page of the feed to the skeleton that Bluesky fills in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from starlette.datastructures import QueryParams

from stoa.bluesky.feed_context import FeedContext
from stoa.errors import BadCursor, BadInput, UnknownFeed
from stoa.feed.outcome import Page, PageItem
from stoa.records import PostId
from stoa.web.xrpc_world import SkeletonService

_NUMBER = re.compile(r"[0-9]{1,9}")
_MOST, _DEFAULT = 100, 50
_MAX_CURSOR_CHARACTERS = 1024
_MAX_REQUEST_ID_CHARACTERS = 100
_POST = re.compile(
    r"at://did:[a-z0-9:%._-]+/app\.bsky\.feed\.post/[A-Za-z0-9._:~-]+", re.IGNORECASE
)
_REPOST = "app.bsky.feed.defs#skeletonReasonRepost"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request for a skeleton wants."""

    limit: int
    cursor: str | None = None

    @property
    def peek(self) -> bool:
        """Whether the app only polls for something new; it must leave no trace."""
        return self.limit <= 1 and self.cursor is None


class Reason(msgspec.Struct):
    """Why a post is there, as far as the protocol has words for it."""

    repost: str
    type: str = msgspec.field(default=_REPOST, name="$type")


class SkeletonPost(msgspec.Struct, omit_defaults=True, rename="camel"):
    """One post of a skeleton."""

    post: str
    reason: Reason | None = None
    feed_context: str | None = None


class Skeleton(msgspec.Struct, omit_defaults=True, rename="camel"):
    """The answer to `app.bsky.feed.getFeedSkeleton`."""

    feed: list[SkeletonPost]
    cursor: str | None = None
    req_id: str | None = None


def read_ask(query: QueryParams, feed_uri: str) -> Ask:
    """What the query says: a limit over 100 is cut to 100, an empty cursor is none.

    Raises:
        BadInput: no feed, or a limit that is no whole number from 1 on.
        UnknownFeed: a feed other than `feed_uri`.
        BadCursor: a cursor longer than any of ours.
    """
    feed = query.get("feed")
    if not feed:
        raise BadInput("feed", feed, f"ask for {feed_uri}")
    if feed != feed_uri:
        raise UnknownFeed(feed)
    limit = query.get("limit", str(_DEFAULT))
    if not _NUMBER.fullmatch(limit) or int(limit) < 1:
        raise BadInput("limit", limit, f"give a whole number from 1 to {_MOST}")
    cursor = query.get("cursor") or None
    if cursor is not None and len(cursor) > _MAX_CURSOR_CHARACTERS:
        raise BadCursor(cursor)
    return Ask(min(int(limit), _MOST), cursor)


def make_skeleton(service: SkeletonService, viewer: str | None, ask: Ask) -> Skeleton:
    """The skeleton of one page. Blocks while the feed computes: call it in a thread.

    The page is filled with posts that are on Bluesky; others are left out of it, and of the log.

    Raises:
        BadCursor: a cursor not made for this viewer.
    """
    uris: dict[PostId, str] = {}

    def on_bluesky(posts: Sequence[PostId]) -> Collection[PostId]:
        found = service.world.store.uris(posts)
        uris.update({post: uri for post, uri in found.items() if _POST.fullmatch(uri)})
        return uris.keys()

    def compute() -> Page:
        return service.world.feed.page(
            viewer,
            limit=ask.limit,
            cursor=ask.cursor,
            surface="bluesky",
            peek=ask.peek,
            fits=on_bluesky,
        )

    page = service.timed_page("bluesky", compute)
    feed = _posts(service, viewer, page, ask, uris)
    going_on = bool(feed) and page.cursor != ask.cursor
    request_id = page.reading.replace("|", "")[:_MAX_REQUEST_ID_CHARACTERS]
    return Skeleton(feed, page.cursor if going_on else None, request_id or None)


def _posts(
    service: SkeletonService, viewer: str | None, page: Page, ask: Ask, uris: Mapping[PostId, str]
) -> list[SkeletonPost]:
    items = page.items[: ask.limit]
    shown = [(item, uris[item.post]) for item in items if item.post in uris]
    if viewer is None or ask.peek or not shown:
        return [SkeletonPost(uri, _reason(item)) for item, uri in shown]
    served_us = service.first_served_us.first(
        (page.reading, items[0].position), service.world.clock.now_us()
    )
    return [
        SkeletonPost(uri, _reason(item), _context(service, viewer, page, item, uri, served_us))
        for item, uri in shown
    ]


def _reason(item: PageItem) -> Reason | None:
    uri = item.repost_uri or ""
    return Reason(uri) if uri.startswith("at://") and "/app.bsky.feed.repost/" in uri else None


def _context(
    service: SkeletonService, viewer: str, page: Page, item: PageItem, uri: str, served_us: int
) -> str:
    policy = (page.policy or service.config.policy)[:100]
    context = FeedContext(page.reading, item.position, policy, item.propensity, served_us)
    return service.contexts.write(context, viewer=viewer, post=uri)
