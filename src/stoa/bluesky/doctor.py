"""Walks the chain between Bluesky and a feed, and says what is broken and how to mend it."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2

from stoa.bluesky.doctor_answers import (
    check_description,
    check_did_document,
    check_interactions,
    check_skeleton,
    check_token,
)
from stoa.bluesky.doctor_labeler import check_labeler
from stoa.bluesky.doctor_network import check_names, check_tls
from stoa.bluesky.doctor_record import check_appview, check_record
from stoa.bluesky.doctor_words import Case, Finding
from stoa.bluesky.guarded_http import (
    Address,
    FetchLimits,
    GuardedHttp,
    Lookup,
    is_host_name,
    is_public,
    system_lookup,
)
from stoa.bluesky.identity import DidResolver, IdentityConfig, network_client
from stoa.errors import BadInput

__all__ = ["DoctorConfig", "Finding", "diagnose"]


class _WallClock:
    def now_us(self) -> int:
        return time.time_ns() // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorConfig:
    """What to look at, and through what. Tests and local trials override the way in.

    `scheme="http"` is for `localhost` only: names and certificates are not looked at then.
    """

    feed_uri: str | None = None  # None takes the one that the service describes
    labeler_did: str = ""  # whose labels the service gives; "" looks at none
    scheme: str = "https"
    port: int = 443
    plc_url: str = "https://plc.directory"
    appview_url: str = "https://public.api.bsky.app"
    limits: FetchLimits = field(default_factory=lambda: FetchLimits(timeout_s=10.0))
    lookup: Lookup = system_lookup
    is_allowed: Callable[[Address], bool] = is_public
    tls: ssl.SSLContext | None = None  # None trusts what this machine trusts
    stopwatch: Callable[[], float] = time.monotonic


async def diagnose(host: str, config: DoctorConfig | None = None) -> list[Finding]:
    """Findings in the order of the chain; it stops where nothing further could work.

    Steps: dns, tls, did, service, describe, record, appview, skeleton, limit, cursor,
    unknown_feed, token, interactions; with a labeler also label_key, label_service,
    label_record, labels, label_stream. Every finding that is not `ok` has a `mend`.

    Args:
        host: public host name of the service, without scheme or port.
        config: what to look at, and through what.

    Raises:
        BadInput: `host` is no host name.
    """
    config = config or DoctorConfig()
    host = host.strip().rstrip(".").lower()
    local = host == "localhost" and config.scheme == "http"
    if not local and (config.scheme != "https" or not is_host_name(host)):
        raise BadInput("host", host, "give a bare host name such as feed.example.com")
    findings: list[Finding] = []
    if not local:
        findings += await check_names(host, config.port, config.lookup, config.is_allowed)
        if not all(finding.ok for finding in findings if finding.step == "dns"):
            return findings
        findings.append(await check_tls(host, config.port, config.lookup, config.tls))
        if not findings[-1].ok:
            return findings
    return findings + await _examine(host, config, local)


async def _examine(host: str, config: DoctorConfig, local: bool) -> list[Finding]:
    trusted = config.tls or ssl.create_default_context()
    client = httpx2.AsyncClient(verify=trusted, trust_env=False, headers={"User-Agent": "stoa"})
    guarded = GuardedHttp(
        lookup=config.lookup, is_allowed=config.is_allowed, allow_localhost=local, client=client
    )
    async with network_client(trusted) as http:
        identity = IdentityConfig(plc_url=config.plc_url, appview_url=config.appview_url)
        resolver = DidResolver(identity, http, guarded, _WallClock())
        case = Case(
            host=host,
            base_url=f"{config.scheme}://{host}:{config.port}",
            guarded=guarded,
            http=http,
            resolver=resolver,
            appview_url=config.appview_url,
            limits=config.limits,
            stopwatch=config.stopwatch,
        )
        try:
            findings = await _walk(case, config.feed_uri)
            if config.labeler_did:
                context = None if local else trusted
                findings += await check_labeler(case, config.labeler_did, config.lookup, context)
            return findings
        finally:
            await resolver.aclose()
            await guarded.aclose()


async def _walk(case: Case, feed_uri: str | None) -> list[Finding]:
    findings = await check_did_document(case)
    described, uri = await check_description(case, feed_uri)
    findings.append(described)
    if uri is None:
        return findings
    record = await check_record(case, uri)
    findings.append(record)
    if record.ok:
        findings.append(await check_appview(case, uri))
    findings += await check_skeleton(case, uri)
    findings.append(await check_token(case, uri))
    findings.append(await check_interactions(case, uri))
    return findings
