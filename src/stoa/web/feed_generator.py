"""Puts the XRPC doors together for one square: who it is on Bluesky, and what it counts."""

from __future__ import annotations

from hashlib import blake2b

from starlette.routing import Route

from stoa.app import Square
from stoa.app.clocks import WallClock
from stoa.bluesky.feed_context import FeedContexts
from stoa.web.meters import Meters
from stoa.web.xrpc import xrpc_routes
from stoa.web.xrpc_meters import XrpcMeters
from stoa.web.xrpc_world import SkeletonService, TokenReader, XrpcConfig


def feed_generator_routes(
    square: Square, auth: TokenReader, meters: Meters, label_key: str = ""
) -> list[Route]:
    """Routes of the feed generator; they serve whatever world the square is in.

    Args:
        square: what is served.
        auth: tells who asks.
        meters: where costs are counted.
        label_key: public key of the labeler, where it is this very service.
    """
    held = square.store.meta("secret")
    assert held is not None, "a square's rooms are opened with a secret"
    # A key of its own, so that what a reader may see of one use says nothing of another.
    key = blake2b(bytes.fromhex(held), digest_size=32, person=b"feed-context").digest()
    settings = square.settings
    return xrpc_routes(
        SkeletonService(
            config=XrpcConfig(
                hostname=settings.hostname or "localhost",
                feed_uri=settings.feed_uri,
                label_key=label_key,
                policy="first_version",
            ),
            world=square,
            auth=auth,
            contexts=FeedContexts(key),
            wall=WallClock(),
            meters=XrpcMeters(meters.registry),
            timed_page=meters.timed_page,
            new_viewer=lambda did: square.wishes.new_viewer(did),
        )
    )
