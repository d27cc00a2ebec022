"""The doctor finds this square's own doors healthy, and refused only where they should be."""

import asyncio
import sys
from ipaddress import ip_address
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_network import FakeAccount, FakePlc, Reply, Request, certificate_for, serving
from xrpc_small_world import AUD, FEED, HOST, Bench

from stoa.bluesky.doctor import DoctorConfig, diagnose

PUBLISHER = FEED.split("/")[2]


def in_front_of(bench: Bench):
    """Plays the proxy: hands requests of a real server on to the routes."""

    async def forward(request: Request):
        async with bench.client() as client:
            return await client.request(
                request.method,
                request.path,
                params=request.query,
                headers={k: v for k, v in request.headers.items() if k != "content-length"},
                content=request.body,
            )

    def answer(request: Request) -> Reply:
        response = asyncio.run(forward(request))
        return Reply(response.status_code, response.content)

    return answer


def network(request: Request) -> Reply:
    if request.path.endswith("getRecord"):
        return Reply.of({"value": {"did": AUD, "acceptsInteractions": True}})
    if request.path.endswith("getFeedGenerator"):
        return Reply.of({"isOnline": True, "isValid": True})
    return plc.answer(request)


plc = FakePlc()


async def test_our_own_doors_are_healthy(tmp_path):
    async def lookup(host: str, port: int):
        return [ip_address("127.0.0.1")]

    at_server, trusting = certificate_for(HOST, tmp_path)
    bench = Bench()
    with serving(in_front_of(bench), at_server) as here, serving(network) as there:
        plc.add(FakeAccount(PUBLISHER, pds=there.url))
        config = DoctorConfig(
            port=here.port,
            plc_url=there.url,
            appview_url=there.url,
            lookup=lookup,
            is_allowed=lambda address: True,
            tls=trusting,
        )
        findings = await diagnose(HOST, config)
    assert [finding for finding in findings if not finding.ok] == []
    assert len(findings) == 13
    assert bench.world.store.kept == {}
