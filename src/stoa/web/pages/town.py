"""`/town`: the simulated town through any inhabitant's eyes, with the truth beside the feed."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from stoa.errors import UnknownAccount
from stoa.town import Town
from stoa.web.api.access import twin_reader
from stoa.web.desk import Desk, Reader, query_number, twin
from stoa.web.sessions import LOCAL_READER
from stoa.web.views.comparison import PolicyView, policy_view
from stoa.web.views.people import person
from stoa.web.views.text import one_line
from stoa.web.wire import encode

PAGE_SIZE = 20
_PEOPLE = 12


def town(request: Request) -> Response:
    """Who lives here, and what the reader's evening would be worth under each ranking."""
    desk: Desk = request.app.state.desk
    place = _place(desk)
    reader = desk.reader(request)
    q = request.query_params.get("q", "")[:64]
    offset = query_number(request, "offset", 0, 0, 1_000_000)
    found = place.inhabitants(offset, _PEOPLE + 1, q)
    store = desk.square.store
    people = []
    for inhabitant in found[:_PEOPLE]:
        account = store.account_id(inhabitant.did)
        shown = person(store.accounts([account]).get(account) if account else None, inhabitant.did)
        people.append((shown, one_line(inhabitant.about, 120)))
    eyes = _inhabitant(place, reader)
    policies = compare(desk, place, eyes) if eyes else []
    return desk.render(
        request,
        "town.html",
        title="The town",
        json_href=twin("/town", viewer=reader.name),
        population=f"{len(place):,}",
        people=people,
        q=q,
        before_href=f"/town?q={q}&offset={max(0, offset - _PEOPLE)}" if offset else "",
        after_href=f"/town?q={q}&offset={offset + _PEOPLE}" if len(found) > _PEOPLE else "",
        as_inhabitant=eyes is not None,
        about_me=one_line(place.inhabitant(eyes).about, 160) if eyes else "",
        local_reader=desk.local_reader() if reader.local else LOCAL_READER,
        policies=policies,
        longest=max((policy.true_seconds for policy in policies), default=0.0) or 1.0,
        page_size=PAGE_SIZE,
    )


def town_twin(request: Request) -> Response:
    """The comparison as JSON."""
    desk: Desk = request.app.state.desk
    place = _place(desk)
    eyes = _inhabitant(place, twin_reader(desk, request))
    answer = {
        "people": len(place),
        "viewer": eyes,
        "policies": compare(desk, place, eyes) if eyes else [],
    }
    return Response(encode(answer), media_type="application/json")


def compare(desk: Desk, place: Town, viewer: str) -> list[PolicyView]:
    """Every policy's page for one inhabitant now; peeking leaves no trace."""
    feed = desk.square.feed
    pages = {
        name: feed.page(viewer, limit=PAGE_SIZE, peek=True, policy=name) for name in feed.presets()
    }
    ids = {item.post for page in pages.values() for item in page.items}
    posts = desk.square.store.posts(sorted(ids))
    uris = [post.uri for post in posts.values()]
    truths = dict(zip(uris, place.truth_for(viewer, uris), strict=True)) if uris else {}
    return [policy_view(name, page, posts, truths) for name, page in pages.items() if page.items]


def _inhabitant(place: Town, reader: Reader) -> str | None:
    if reader.name is None or not reader.name.startswith("did:"):
        return None
    try:
        return place.inhabitant(reader.name).did
    except UnknownAccount:
        return None


def _place(desk: Desk) -> Town:
    place = desk.square.town
    if place is None:
        raise HTTPException(404, "This square reads a network, not a simulated town.")
    return place
