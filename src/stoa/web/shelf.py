"""Keeps the pages just handed out, so that going back after an act shows the same posts."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from stoa.feed.outcome import Page, PageItem

_KEPT_PAGES = 512


@dataclass(slots=True)
class Shelf:
    """The last pages of all readers, found by viewer and mark; bounded, in memory only."""

    _pages: OrderedDict[tuple[int, str], Page] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def put(self, viewer: int, page: Page) -> str:
        """Keeps a page; returns the mark under which this viewer finds it again."""
        first = page.items[0].position if page.items else 0
        mark = f"{page.reading}.{first}"
        with self._lock:
            self._pages[viewer, mark] = page
            self._pages.move_to_end((viewer, mark))
            while len(self._pages) > _KEPT_PAGES:
                self._pages.popitem(last=False)
        return mark

    def get(self, viewer: int, mark: str) -> Page | None:
        """The page, or None when it was let go."""
        with self._lock:
            return self._pages.get((viewer, mark))

    def item(self, viewer: int, post: int) -> PageItem | None:
        """How a post was last handed to this viewer, if that is still known."""
        with self._lock:
            pages = [page for (owner, _), page in self._pages.items() if owner == viewer]
        for page in reversed(pages):
            for item in page.items:
                if item.post == post:
                    return item
        return None

    def forget(self, viewer: int) -> int:
        """Lets go everything of one viewer; returns how many pages."""
        with self._lock:
            theirs = [key for key in self._pages if key[0] == viewer]
            for key in theirs:
                del self._pages[key]
        return len(theirs)
