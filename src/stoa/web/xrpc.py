"""The four doors through which Bluesky reads this square's feed and reports back."""

from __future__ import annotations

from functools import partial

import anyio
import anyio.to_thread
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.errors import BadInput, BadToken, StoaError
from stoa.web.bodies import read_body
from stoa.web.xrpc_errors import XrpcError, answering_errors, json_answer
from stoa.web.xrpc_interactions import MAX_BODY_BYTES, Interactions, read_interactions
from stoa.web.xrpc_skeleton import Ask, Skeleton, make_skeleton, read_ask
from stoa.web.xrpc_world import NewViewers, SkeletonService, XrpcConfig

SKELETON = "app.bsky.feed.getFeedSkeleton"
INTERACTIONS = "app.bsky.feed.sendInteractions"
DESCRIBE = "app.bsky.feed.describeFeedGenerator"

_EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

log = structlog.get_logger(__name__)


def xrpc_routes(service: SkeletonService) -> list[Route]:
    """The routes of a feed generator, and a last one that refuses every other method."""
    doors = _Doors(service)
    return [
        Route("/.well-known/did.json", answering_errors(doors.did_document)),
        Route(f"/xrpc/{DESCRIBE}", answering_errors(doors.describe)),
        Route(f"/xrpc/{SKELETON}", answering_errors(doors.skeleton)),
        Route(f"/xrpc/{INTERACTIONS}", answering_errors(doors.interactions), methods=["POST"]),
        Route("/xrpc/{method:path}", answering_errors(_not_here), methods=_EVERY_METHOD),
    ]


class _Doors:
    def __init__(self, service: SkeletonService) -> None:
        self._service = service
        self._interactions = Interactions(service)
        self._new_viewers = NewViewers(service.config.new_viewers_a_minute)

    async def did_document(self, request: Request) -> Response:
        return json_answer(identity_document(self._service.config))

    async def describe(self, request: Request) -> Response:
        config = self._service.config
        answer: dict[str, object] = {
            "did": config.service_did,
            "feeds": [{"uri": config.feed_uri}],
        }
        links = {"privacyPolicy": config.privacy_url, "termsOfService": config.terms_url}
        links = {name: url for name, url in links.items() if url}
        return json_answer(answer | {"links": links} if links else answer)

    async def skeleton(self, request: Request) -> Response:
        ask = read_ask(request.query_params, self._service.config.feed_uri)
        viewer = await self._viewer(request)
        skeleton = await self._skeleton(viewer, ask)
        if viewer is not None and not ask.peek:
            now_us = self._service.wall.now_us()
            if ask.cursor is None:
                self._service.pace.started(viewer, now_us)
            if self._new_viewers.is_new(viewer, now_us):
                self._service.new_viewer(viewer)
        return json_answer(skeleton)

    async def interactions(self, request: Request) -> Response:
        try:
            viewer = await self._service.auth.verify(
                request.headers.get("authorization"), INTERACTIONS
            )
        except BadToken as refused:
            self._refused(INTERACTIONS, refused)
            raise XrpcError(401, "AuthenticationRequired", str(refused)) from refused
        body = await read_body(request, MAX_BODY_BYTES)
        entries = read_interactions(body, self._service.config.feed_uri)
        await anyio.to_thread.run_sync(self._interactions.take, viewer, entries)
        return json_answer({})

    async def _viewer(self, request: Request) -> str | None:
        authorization = request.headers.get("authorization")
        if authorization is None:
            return None
        refusal = BadToken("slow", "the account's key could not be fetched in time")
        try:
            with anyio.move_on_after(self._service.config.token_deadline_s):
                return await self._service.auth.verify(authorization, SKELETON)
        except BadToken as refused:
            refusal = refused
        self._refused(SKELETON, refusal)
        return None  # a broken feed would be worse than an impersonal page

    async def _skeleton(self, viewer: str | None, ask: Ask) -> Skeleton:
        """The viewer's page; when that fails or takes too long, the page for everybody."""
        kind = "peek" if ask.peek else "logged_out" if viewer is None else "personal"
        try:
            skeleton = await self._in_time(viewer, ask)
        except BadInput:
            raise
        except StoaError as failed:
            if viewer is None or ask.cursor is not None:
                raise
            log.warning("skeleton.fell_back", problem=str(failed))
            kind, skeleton = "fallback", await self._in_time(None, ask)
        self._service.meters.skeletons.labels(kind).inc()
        return skeleton

    async def _in_time(self, viewer: str | None, ask: Ask) -> Skeleton:
        with anyio.move_on_after(self._service.config.page_deadline_s):
            return await anyio.to_thread.run_sync(
                partial(make_skeleton, self._service, viewer, ask), abandon_on_cancel=True
            )
        raise XrpcError(503, "NotAvailable", "the page took too long; try again")

    def _refused(self, method: str, refused: BadToken) -> None:
        self._service.meters.tokens_refused.labels(method.rpartition(".")[2], refused.reason).inc()


def identity_document(config: XrpcConfig) -> dict[str, object]:
    """The service's DID document: a feed generator, and a labeler where it has a key for that."""
    did, endpoint = config.service_did, f"https://{config.hostname}"
    context = ["https://www.w3.org/ns/did/v1"]
    services = [_service("#bsky_fg", "BskyFeedGenerator", endpoint)]
    if not config.label_key:
        return {"@context": context, "id": did, "service": services}
    key = {
        "id": f"{did}#atproto_label",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": config.label_key,
    }
    return {
        "@context": [*context, "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [key],
        "service": [*services, _service("#atproto_labeler", "AtprotoLabeler", endpoint)],
    }


def _service(name: str, kind: str, endpoint: str) -> dict[str, str]:
    return {"id": name, "type": kind, "serviceEndpoint": endpoint}


async def _not_here(request: Request) -> Response:
    raise XrpcError(501, "MethodNotImplemented", "this square does not offer that method")
