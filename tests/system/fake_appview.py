"""Bluesky's side of a feed: an AppView that applies its rules, and an app that reports back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2

GIVES_UP_AFTER_S = 10.0
SEEN = "app.bsky.feed.defs#interactionSeen"


class FeedUnavailable(Exception):
    """What the app shows as "feed unavailable": no answer in time, or none that reads."""


@dataclass(frozen=True)
class FeedError(Exception):
    """An XRPC error, which passes through to the app."""

    status: int
    name: str
    message: str


@dataclass(frozen=True)
class FeedItem:
    """One post as the app gets it."""

    uri: str
    feed_context: str
    request_id: str
    repost: str | None = None


@dataclass(frozen=True)
class FeedView:
    """A page as the app gets it, and what the generator had said."""

    items: list[FeedItem]
    cursor: str | None
    skeleton: dict

    @property
    def uris(self) -> list[str]:
        return [item.uri for item in self.items]


@dataclass
class FakeAppView:
    """Reads a generator over HTTP as Bluesky's AppView does.

    Args:
        client: an `httpx2.AsyncClient` with the generator's base URL.
        feed: AT-URI of the feed's record.
        token: makes a service-auth token for a method; None reads logged out.
        hydrates: which posts the AppView can show; the others are dropped, not replaced.
    """

    client: httpx2.AsyncClient
    feed: str
    token: Callable[[str], str] | None = None
    hydrates: Callable[[str], bool] = lambda uri: True
    pages_read: list[FeedView] = field(default_factory=list)

    async def get_feed(self, limit: int = 30, cursor: str | None = None) -> FeedView:
        """One page. Asserts the generator's shape; applies the AppView's cuts."""
        params = {"feed": self.feed, "limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        headers = {"User-Agent": "BskyAppView", "Accept-Language": "en"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token('app.bsky.feed.getFeedSkeleton')}"
        try:
            async with asyncio.timeout(GIVES_UP_AFTER_S):
                response = await self.client.get(
                    "/xrpc/app.bsky.feed.getFeedSkeleton", params=params, headers=headers
                )
        except (TimeoutError, httpx2.HTTPError) as silent:
            raise FeedUnavailable(str(silent)) from silent
        if response.status_code != 200:
            raise _error(response)
        skeleton = response.json()
        _check_shape(skeleton, limit)
        shown = [_item(entry, skeleton) for entry in skeleton["feed"][:limit]]
        next_cursor = skeleton.get("cursor")
        if not skeleton["feed"] or next_cursor == cursor:
            next_cursor = None
        items = [item for item in shown if self.hydrates(item.uri)]
        view = FeedView(items, next_cursor or None, skeleton)
        self.pages_read.append(view)
        return view

    async def peek(self) -> str | None:
        """The app's poll for new posts: the first post, without a reading."""
        view = await self.get_feed(limit=1)
        return view.uris[0] if view.items else None

    async def read(self, pages: int = 20, limit: int = 30, retry_every: int = 0) -> list[FeedView]:
        """Reads on for up to `pages` pages and asserts what a reader would notice.

        No post twice, no cursor twice, and (every `retry_every` pages) the same page for the
        same cursor. Returns fewer pages only when the generator ended the reading.
        """
        views: list[FeedView] = []
        seen: set[str] = set()
        cursors: set[str] = set()
        cursor: str | None = None
        for number in range(pages):
            view = await self.get_feed(limit, cursor)
            served = [entry["post"] for entry in view.skeleton["feed"]]
            repeated = seen.intersection(served)
            assert not repeated, f"page {number} repeats {sorted(repeated)[:3]}"
            assert len(set(served)) == len(served), f"page {number} holds a post twice"
            seen.update(served)
            if retry_every and cursor and number % retry_every == 0:
                again = await self.get_feed(limit, cursor)
                assert again.skeleton["feed"] == view.skeleton["feed"], f"page {number} changed"
                assert again.cursor == view.cursor
            views.append(view)
            if view.cursor is None:
                break
            assert view.cursor not in cursors, f"page {number} gives an old cursor"
            cursors.add(view.cursor)
            cursor = view.cursor
        return views


@dataclass
class FakeApp:
    """Queues interactions as the app does and sends them through the reader's own server."""

    appview: FakeAppView
    queue: list[str] = field(default_factory=list)

    def see(self, item: FeedItem, event: str = SEEN) -> None:
        """Something happened to a post: packed with bars, as the app packs it."""
        self.queue.append("|".join((item.uri, event, item.feed_context, item.request_id)))

    async def send(self) -> httpx2.Response:
        """The batch that goes out every ten seconds."""
        interactions = []
        for packed in self.queue:
            item, event, feed_context, request_id = (packed.split("|") + [""] * 3)[:4]
            interactions.append(
                {"item": item, "event": event, "feedContext": feed_context, "reqId": request_id}
            )
        self.queue.clear()
        token = self.appview.token
        headers = (
            {"Authorization": f"Bearer {token('app.bsky.feed.sendInteractions')}"} if token else {}
        )
        return await self.appview.client.post(
            "/xrpc/app.bsky.feed.sendInteractions",
            json={"feed": self.appview.feed, "interactions": interactions},
            headers=headers,
        )


def _item(entry: dict, skeleton: dict) -> FeedItem:
    reason = entry.get("reason") or {}
    return FeedItem(
        entry["post"],
        entry.get("feedContext", ""),
        skeleton.get("reqId", ""),
        reason.get("repost"),
    )


def _check_shape(skeleton: object, limit: int) -> None:
    assert isinstance(skeleton, dict), "the skeleton is no object"
    assert isinstance(skeleton.get("feed"), list), "the skeleton has no feed"
    assert len(skeleton["feed"]) <= limit, "more posts than asked for are lost"
    request_id = skeleton.get("reqId", "")
    assert isinstance(request_id, str)
    assert len(request_id) <= 100
    assert "|" not in request_id
    assert "cursor" not in skeleton or (skeleton["feed"] and skeleton["cursor"])
    for entry in skeleton["feed"]:
        parts = urlsplit(entry["post"])
        assert parts.scheme == "at", entry
        assert parts.path.startswith("/app.bsky.feed.post/"), entry
        context = entry.get("feedContext", "")
        assert len(context) <= 2000
        assert "|" not in context
        reason = entry.get("reason")
        if reason is not None:
            assert reason["$type"] == "app.bsky.feed.defs#skeletonReasonRepost"
            assert "/app.bsky.feed.repost/" in reason["repost"]


def _error(response: httpx2.Response) -> Exception:
    try:
        body = response.json()
        return FeedError(response.status_code, body["error"], body.get("message", ""))
    except (ValueError, KeyError, TypeError):
        return FeedUnavailable(f"HTTP {response.status_code} {response.text[:80]}")
