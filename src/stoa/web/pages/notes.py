"""`/notes`: notes that show, that wait for the reader, the reader’s own, and requests for some."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import BadInput
from stoa.notes.views import NoteView
from stoa.web.api.access import twin_reader
from stoa.web.desk import Desk, Reader, query_number, twin
from stoa.web.pages.noter import Noter, noter, require_reader, write_href
from stoa.web.pages.why import gatherer_of
from stoa.web.views.card import SmallPost
from stoa.web.views.gather import Gatherer
from stoa.web.views.note_view import NoteCard, note_card, note_json
from stoa.web.views.words import counted, since
from stoa.web.wire import encode

PAGE_SIZE = 15
TABS = (
    ("shown", "Shown"),
    ("needs-you", "Need you"),
    ("yours", "Yours"),
    ("requested", "Asked for"),
)
_NAMES = tuple(name for name, _ in TABS)
_OWN_POSTS = 100


@dataclass(frozen=True, slots=True)
class OnPost:
    """A note, or a request for one, with the post it is about; None where the post is gone."""

    note: NoteCard | None
    post: SmallPost | None
    words: str = ""
    write_href: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a tab lists."""

    notes: tuple[NoteView, ...] = ()
    on_mine: tuple[NoteView, ...] = ()  # notes that show on posts of the reader's own
    requests: tuple[tuple[str, int], ...] = ()
    next_before: int | None = None


def notes(request: Request) -> Response:
    """The list of one tab."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    tab = tab_of(request)
    me = noter(desk, reader)
    listed = listed_for(desk, reader, me, tab, _before(request))
    gatherer = gatherer_of(desk, reader)
    items = _on_posts(desk, gatherer, me, listed)
    return desk.render(
        request,
        "notes.html",
        title="Notes",
        json_href=twin("/notes", tab=tab, viewer=reader.name),
        tab=tab,
        tabs=TABS,
        me=me,
        items=items[: len(items) - len(listed.on_mine)],
        on_mine=items[len(items) - len(listed.on_mine) :],
        stalled=stalled_words(desk),
        room=room_words(desk),
        next_href=f"/notes?before={listed.next_before}" if listed.next_before else "",
    )


def notes_twin(request: Request) -> Response:
    """The same as JSON."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    tab = tab_of(request)
    listed = listed_for(desk, reader, noter(desk, reader), tab, _before(request))
    counts, stalled = desk.square.notes.reading.counts(), desk.square.notes.stalled
    answer = {
        "tab": tab,
        "notes": [note_json(view) for view in listed.notes],
        "on_your_posts": [note_json(view) for view in listed.on_mine],
        "requests": [{"post": post, "requests": n} for post, n in listed.requests],
        "before": str(listed.next_before) if listed.next_before else None,
        "counts": {
            "notes": counts.notes,
            "shown": counts.shown,
            "ratings": counts.ratings,
            "contributors": counts.contributors,
        },
        "stalled": stalled and {"at_ms": stalled.at_ms, "why": stalled.why},
    }
    return Response(encode(answer), media_type="application/json")


def tab_of(request: Request) -> str:
    """The tab asked for.

    Raises:
        BadInput: there is no such tab.
    """
    tab = request.query_params.get("tab", _NAMES[0])
    if tab not in _NAMES:
        raise BadInput("tab", tab, f"give one of {', '.join(_NAMES)}")
    return tab


def listed_for(desk: Desk, reader: Reader, me: Noter, tab: str, before: int) -> Listed:
    """What a tab lists for a reader.

    Raises:
        NotSignedIn: the tab is personal, and nobody signed in.
    """
    service = desk.square.notes
    if tab == "requested":
        return Listed(requests=tuple(service.requested(PAGE_SIZE)))
    if tab == "shown":
        found = service.reading.newest_shown(before, PAGE_SIZE + 1)
        page = found[:PAGE_SIZE]
        return Listed(tuple(page), next_before=page[-1].id if len(found) > PAGE_SIZE else None)
    del before
    require_reader(reader)
    if tab == "needs-you":
        return Listed(tuple(service.needs_you(me.viewer, PAGE_SIZE)))
    mine = service.reading.written_by(me.standing.pseudonym, 50) if me.standing else []
    return Listed(tuple(mine), tuple(_on_own_posts(desk, me)))


def _on_own_posts(desk: Desk, me: Noter) -> list[NoteView]:
    """Notes that show on the newest posts of the reader's own."""
    store = desk.square.store
    ids = store.account_posts(me.viewer, _OWN_POSTS)
    return list(desk.square.notes.shown(list(store.uris(ids).values())).values())


def _on_posts(desk: Desk, gatherer: Gatherer, me: Noter, listed: Listed) -> list[OnPost]:
    store = desk.square.store
    views = (*listed.notes, *listed.on_mine)
    wanted = [view.post for view in views] + [post for post, _ in listed.requests]
    ids = {uri: found for uri in wanted if (found := store.post_id(uri)) is not None}
    around = gatherer.surroundings(list(map(int, ids.values())))
    showable = gatherer.showable(around.posts)

    def small(uri: str) -> SmallPost | None:
        post = around.beside(ids.get(uri))
        if post is None or post.id not in showable:
            return None
        return gatherer.small(post, around)

    mine = {view.id for view in listed.on_mine}
    items = [
        OnPost(
            note_card(view, desk.now_us(), on_mine=view.id in mine, writer=me.pseudonym),
            small(view.post),
        )
        for view in views
    ]
    for uri, n in listed.requests:
        post = small(uri)
        if post is not None:
            words = f"{counted(n, 'contributor')} would like a note here."
            items.append(OnPost(None, post, words, write_href(uri)))
    return items


def stalled_words(desk: Desk) -> str:
    """What a reader is told when the last run decided nothing; "" when it did."""
    stalled = desk.square.notes.stalled
    if stalled is None:
        return ""
    when = since(stalled.at_ms * 1_000, desk.now_us())
    every = desk.square.settings.notes_every_minutes
    return (
        f"No status could be worked out {when}. {stalled.why} Every note keeps the status it had; "
        f"it is tried again every {every:g} minutes."
    )


def room_words(desk: Desk) -> list[str]:
    """How much there is, for the column beside the page."""
    counts = desk.square.notes.reading.counts()
    said = [
        f"{counted(counts.notes, 'note')}, {counts.shown:,} of them shown; "
        f"{counted(counts.ratings, 'rating')} by {counted(counts.contributors, 'contributor')}."
    ]
    if counts.last_run_ms is not None:
        said.append(
            f"Statuses were last worked out {since(counts.last_run_ms * 1_000, desk.now_us())}."
        )
    else:
        every = desk.square.settings.notes_every_minutes
        said.append(f"Statuses are worked out every {every:g} minutes; it was not done yet.")
    return said


def _before(request: Request) -> int:
    text = request.query_params.get("before", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        query_number(request, "before", 0, 0, 0)  # tells what is wrong
    return int(text)
