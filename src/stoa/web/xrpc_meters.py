"""Counters of what Bluesky asks of this square and what becomes of it."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter


class XrpcMeters:
    """Counters of the XRPC routes in the registry of one application."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.skeletons = Counter(
            "stoa_skeletons",
            "Feed skeletons answered, by kind of page",
            ["kind"],  # personal, logged_out, peek, fallback
            registry=registry,
        )
        self.tokens_refused = Counter(
            "stoa_tokens_refused",
            "Service-auth tokens that did not verify",
            ["method", "reason"],
            registry=registry,
        )
        self.interactions = Counter(
            "stoa_interactions",
            "Interactions received from Bluesky, by what became of them",
            ["outcome"],  # kept, repeated, no_item, unknown_event, not_served, gone, over_cap
            registry=registry,
        )
