"""`/`: the For You page, the Following tab, and the place to stop."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from stoa.feed.outcome import Page
from stoa.web.desk import Desk, Reader, query_number, twin
from stoa.web.reading import read_page
from stoa.web.views.gather import Gatherer
from stoa.web.views.words import counted

PAGE_SIZE = 15
"""Posts at once: with parents, pictures and long scripts that stays under 60 KB of HTML."""

PAUSE_AFTER = 60
"""Posts after which the page offers to stop (page.md)."""

KEYS = (
    ("j", "next post"),
    ("k", "previous post"),
    ("l", "like"),
    ("g", "glad I saw this"),
    ("b", "wish I hadn’t"),
    ("w", "why am I seeing this"),
    ("?", "this list"),
)
MENU = (
    ("show_more", "More like this"),
    ("show_less", "Less like this"),
    ("not_interested", "Not for me"),
    ("hide", "Hide this post"),
    ("mute", "Mute this author"),
    ("mute_conversation", "Not this conversation"),
    ("report", "Report"),
)


def home(request: Request) -> Response:
    """Posts for this reader, or for nobody in particular."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    tab = "following" if request.query_params.get("tab") == "following" else "for-you"
    viewer = desk.known_viewer(reader) if reader.name else None
    rested = query_number(request, "rested", 0, 0, 100_000)
    read = query_number(request, "read", 0, 0, 100_000)
    page, mark = (Page((), None, ""), "") if rested else _page(desk, request, reader, tab)
    settings = desk.settings(reader)
    cards = Gatherer(desk.square, settings, desk.now_us(), viewer).page_cards(page.items)
    read += len(cards)
    tab_part = "tab=following&" if tab == "following" else ""
    context = {
        "cards": cards,
        "back": f"/?{tab_part}again={mark}&read={read - len(cards)}",
        "read": read,
        "pause_after": PAUSE_AFTER,
        "page_size": PAGE_SIZE,
        "next_href": f"/?{tab_part}cursor={page.cursor}&read={read}" if page.cursor else None,
    }
    if request.query_params.get("fragment"):
        return desk.fragment(request, "cards.html", **context)
    return desk.render(
        request,
        "home.html",
        title="Following" if tab == "following" else "For You",
        json_href=twin("/feed", viewer=reader.name, limit=PAGE_SIZE),
        tab=tab,
        rested=counted(rested, "post") if rested else "",
        keys=KEYS,
        menu=MENU,
        context=_beside(desk, page, read),
        empty=empty_words(desk, tab, reader.name is not None),
        **context,
    )


def _page(desk: Desk, request: Request, reader: Reader, tab: str) -> tuple[Page, str]:
    again = request.query_params.get("again")
    if again is not None and (kept := desk.shelf.get(_owner(desk, reader), again)) is not None:
        return kept, again
    cursor = request.query_params.get("cursor") or None
    if tab == "following" and reader.name is None:
        return Page((), None, ""), ""
    name = "following" if tab == "following" else "for_you"
    page = read_page(desk, reader.name, PAGE_SIZE, cursor, tab=name)
    return page, desk.shelf.put(_owner(desk, reader), page)


def _owner(desk: Desk, reader: Reader) -> int:
    return int(desk.known_viewer(reader)) if reader.name else 0


def _beside(desk: Desk, page: Page, read: int) -> list[tuple[str, list[str]]]:
    counts = desk.square.store.counts()
    replies = counted(counts.replies, "reply", "replies")
    said = ["No post is held yet."]
    if counts.posts:
        said = [f"{counted(counts.posts, 'post')} held, {replies} among them."]
    cost_ms = desk.meters.page_cpu_ms()
    if cost_ms is not None:
        said.append(f"A page takes {cost_ms:.1f} ms of one processor.")
    return [("This square", said)]


def empty_words(desk: Desk, tab: str, signed_in: bool) -> dict[str, object]:
    """What to say when there is nothing to show: what is happening, how long, what to do."""
    source = desk.square.source
    if tab == "following":
        lines = (
            [
                "Nobody you follow has written here lately, or you follow nobody in this square.",
                "An author’s own page has a Follow button. “stoa up --handle you.example” brings "
                "whom you follow on Bluesky.",
            ]
            if signed_in
            else ["Following is a list of your own: say who you are first."]
        )
        links = [("Back to For You", "/")] if signed_in else [("Say who you are", "/who")]
        return {"title": "Nothing from people you follow", "lines": lines, "links": links}
    if desk.square.store.counts().posts == 0:
        return {
            "title": "The square is still empty",
            "lines": _waiting(source.state, source.progress),
            "links": [("Look again", "/"), ("See what comes in", "/square")],
        }
    return {
        "title": "You have seen everything that fits you",
        "lines": [
            "No post that is held here passed your rules and was new to you.",
            "New ones come in all the time. What was left out, and why, is one click away.",
        ],
        "links": [("Look again", "/"), ("What was left out", "/left-out")],
    }


def _waiting(state: str, progress: float | None) -> list[str]:
    if state == "connecting":
        return [
            "Stoa is calling the network. Posts usually come within ten seconds; if none do, a "
            "simulated town opens instead and says so."
        ]
    if state == "reading" and progress is not None:
        return [
            f"What happened before is being read: {progress:.0%} so far. "
            "This takes seconds to a minute."
        ]
    if state == "ended":
        return ["The source ended and held no posts that can be shown."]
    return ["Events are coming in. The first posts appear within seconds."]
