"""Asks the feed for pages and keeps count of what they cost: the one place that calls it."""

from __future__ import annotations

from stoa.feed.outcome import Page
from stoa.web.desk import Desk


def read_page(
    desk: Desk,
    viewer: str | None,
    limit: int,
    cursor: str | None,
    *,
    surface: str = "page",
    tab: str = "for_you",
) -> Page:
    """The next page of a reading, or the first of a new one when `cursor` is None.

    Raises:
        BadCursor: the cursor was not made by this square for this viewer.
    """
    feed = desk.square.feed
    if viewer is not None and viewer.startswith("did:") and desk.square.town is None:
        desk.square.wishes.new_viewer(viewer)
    return desk.meters.timed_page(
        surface,
        lambda: feed.page(viewer, limit=limit, cursor=cursor, surface=surface, tab=tab),
    )
