"""`/healthz` and `/metrics`: whether pages can be served, and the figures for a collector."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from stoa.app import Square
from stoa.web.api.access import require_program
from stoa.web.desk import Desk
from stoa.web.views.pulse import pulse
from stoa.web.wire import Health, SourceWord, encode


def healthz(request: Request) -> Response:
    """200 once pages can be served, 503 before; the body tells the source and its lag."""
    desk: Desk = request.app.state.desk
    square = desk.square
    body = Health(
        ok=square.ready,
        source=square.source.name.rpartition("/")[2],
        state=_state(square),
        lag_s=None if square.source.lag_s is None else round(square.source.lag_s, 3),
    )
    return Response(encode(body), 200 if square.ready else 503, media_type="application/json")


def _state(square: Square) -> SourceWord:
    if square.town is not None:
        return "town"
    words: dict[str, SourceWord] = {"reading": "reading", "live": "live", "ended": "ended"}
    return words.get(square.source.state, "starting")


def metrics(request: Request) -> Response:
    """Counters in Prometheus's text form; other hosts need a key."""
    desk: Desk = request.app.state.desk
    require_program(desk, request)
    now = pulse(desk.square, desk.meters)
    meters = desk.meters
    meters.posts.set(now.posts)
    meters.vectors.set(now.vectors)
    meters.applied.set(desk.square.rooms.intake.counts.applied)
    meters.lag_s.set(now.lag_s or 0.0)
    meters.source_dropped.clear()
    for reason, n in now.dropped.items():
        meters.source_dropped.labels(reason).set(n)
    return Response(generate_latest(meters.registry), media_type=CONTENT_TYPE_LATEST)
