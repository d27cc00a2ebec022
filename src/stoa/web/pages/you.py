"""`/you`: the reader's vectors as a map and a table, and the reader's own time."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from stoa.feed.outcome import VectorPoint
from stoa.records import AccountId
from stoa.web.api.access import twin_reader
from stoa.web.desk import Desk, twin
from stoa.web.views.gather import Gatherer
from stoa.web.views.time_chart import CHART_KINDS, Day, chart, days_of
from stoa.web.views.vector_map import HEIGHT, SORTS, WIDTH, dots, names, sort_dots
from stoa.web.views.words import counted, iso, joined
from stoa.web.wire import encode

_ROWS = 40
_NAMED = 4  # interests in the sentence above the map; the map names them all
_COLUMNS = (("kind", "What you did"), ("cluster", "Near"), ("age", "When"), ("weight", "Weight"))


def you(request: Request) -> Response:
    """The map, the table, the chart, and the way out."""
    desk: Desk = request.app.state.desk
    reader = desk.reader(request)
    viewer = desk.viewer_id(reader)
    points = desk.square.feed.vectors(viewer)
    around = Gatherer(desk.square, desk.settings(reader), desk.now_us(), viewer).surroundings(
        [int(p.event_post) for p in points]
    )
    found = dots(points, around.posts, desk.now_us())
    sort = request.query_params.get("sort", "age")
    rows = sort_dots(found, sort)
    shown = rows if request.query_params.get("all") else rows[:_ROWS]
    cluster_names = names(found)
    return desk.render(
        request,
        "you.html",
        title="You",
        json_href=twin("/you", viewer=reader.name),
        dots=found,
        names=cluster_names,
        rows=shown,
        n_hidden=len(rows) - len(shown),
        sort=sort if sort in SORTS else "age",
        sorts=SORTS,
        columns=_COLUMNS,
        width=WIDTH,
        height=HEIGHT,
        summary=_summary(len(found), [n.text for n in cluster_names]),
        summary_short=counted(len(found), "vector"),
        chart=chart(_days(desk, viewer)),
    )


def you_twin(request: Request) -> Response:
    """The vectors and the days as JSON."""
    desk: Desk = request.app.state.desk
    reader = twin_reader(desk, request)
    viewer = desk.viewer_id(reader)
    days = _days(desk, viewer)
    answer = {
        "viewer": reader.viewer,
        "vectors": vectors_json(desk, desk.square.feed.vectors(viewer)),
        "days": [
            {
                "day": iso(day.start_us)[:10],
                "seconds": round(day.seconds, 2),
                "answers": day.n_answers,
            }
            for day in days
        ],
    }
    return Response(encode(answer), media_type="application/json")


def vectors_json(desk: Desk, points: tuple[VectorPoint, ...]) -> list[dict[str, object]]:
    """Vectors with URIs in place of interned ids."""
    uris = desk.square.store.uris([int(p.event_post) for p in points])
    return [
        {
            "post": uris.get(point.event_post),
            "kind": point.kind.name.lower(),
            "at": iso(point.at_us),
            "weight": point.weight,
            "x": point.x,
            "y": point.y,
            "cluster": point.cluster,
            "cluster_name": point.cluster_name,
        }
        for point in points
    ]


def _days(desk: Desk, viewer: AccountId) -> list[Day]:
    """The last days up to now, or up to an app's events where the square's clock stands still."""
    events = desk.square.store.events(viewer, CHART_KINDS, 20_000)
    newest_us = max((event.at_us for event in events[:1]), default=0)
    return days_of(events, max(desk.now_us(), newest_us))


def _summary(n: int, clusters: list[str]) -> str:
    if not n:
        return "Nothing yet: no act of yours has been read."
    said = f"{counted(n, 'vector')}, each made by one thing you did."
    if clusters:
        near = [f"“{name}”" for name in clusters[:_NAMED]]
        if len(clusters) > _NAMED:
            near.append(f"{len(clusters) - _NAMED} more")
        said += f" They lie near {joined(near)}."
    return said
