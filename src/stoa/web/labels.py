"""The two doors of the square's labeler."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from stoa.app.labels import Labels
from stoa.web import label_query, label_stream
from stoa.web.label_stream import LabelStream, StreamLimits
from stoa.web.xrpc_errors import answering_errors


def label_routes(labels: Labels | None, limits: StreamLimits | None = None) -> list[BaseRoute]:
    """Routes of a labeler; none where the square has none. They go before the XRPC catch-all."""
    if labels is None:
        return []
    stream = LabelStream(labels, limits)

    async def query(request: Request) -> Response:
        return await label_query.answer_query(labels.log, labels.did, request)

    return [
        Route(f"/xrpc/{label_query.METHOD}", answering_errors(query)),
        WebSocketRoute(f"/xrpc/{label_stream.METHOD}", stream.endpoint),
    ]
