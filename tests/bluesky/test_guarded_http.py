"""Addresses chosen by strangers never lead inside, and never cost more than allowed."""

import asyncio
import ssl
import sys
from ipaddress import ip_address
from pathlib import Path

import httpx2
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_network import Reply, certificate_for, serving

from stoa.bluesky.guarded_http import FetchLimits, GuardedHttp, is_host_name, is_public
from stoa.errors import BadInput, Unreachable

NO_ROOTS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
INSIDE = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1",
    "198.18.0.1", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::1", "2001:0:7f00:1::", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_inside_addresses_are_told_apart(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"]
)
def test_public_addresses_are_let_through(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    ["", "localhost", "a", "127.0.0.1", "2130706433", "0x7f.1", "[::1]", "a..b", "-a.com", "a-.com",
     "a.com.", "a.com\n", "ünï.example", "x" * 64 + ".com", "a." * 130 + "com", "a.b.1", "a_b.com"],
)  # fmt: skip
def test_what_is_no_host_name(host):
    assert not is_host_name(host)


def bare_client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(verify=NO_ROOTS, trust_env=False)


def looking_up(*addresses: str):
    async def lookup(host: str, port: int):
        return [ip_address(address) for address in addresses]

    return lookup


async def get(guarded: GuardedHttp, url: str, **limits):
    try:
        return await guarded.get(url, limits=FetchLimits(**limits))
    finally:
        await guarded.aclose()


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_that_leads_inside_is_refused_before_connecting(address):
    class NoConnection(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request):
            raise AssertionError(f"connected to {request.url}")

    guarded = GuardedHttp(
        lookup=looking_up("1.1.1.1", address),
        client=httpx2.AsyncClient(transport=NoConnection(), trust_env=False),
    )
    with pytest.raises(Unreachable, match="outside the public internet"):
        await get(guarded, "https://rebind.example/x")


@pytest.mark.parametrize(
    "url",
    ["http://host.example/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/",
     "http://localhost/", "https://user:pw@host.example/", "ftp://host.example/", "file:///etc/passwd",
     "https://host.example:99999/", "https://[::1/", "https://2130706433/", "//host.example", ""],
)  # fmt: skip
async def test_addresses_that_are_no_public_https_are_refused(url):
    with pytest.raises(BadInput):
        await get(GuardedHttp(lookup=looking_up("1.1.1.1")), url)


async def test_an_unknown_name_is_unreachable():
    async def lookup(host: str, port: int):
        raise OSError("Name or service not known")

    with pytest.raises(Unreachable, match="does not resolve"):
        await get(GuardedHttp(lookup=lookup), "https://nobody.example/")
    with pytest.raises(Unreachable, match="no address"):
        await get(GuardedHttp(lookup=looking_up()), "https://nobody.example/")


async def test_the_checked_address_is_connected_to_with_the_name_in_host_and_tls(tmp_path):
    at_server, trusting = certificate_for("pinned.example", tmp_path)
    with serving(lambda request: Reply(body=b"here"), at_server) as server:
        guarded = GuardedHttp(
            lookup=looking_up("127.0.0.1"),
            is_allowed=lambda address: address.is_loopback,
            client=httpx2.AsyncClient(verify=trusting, trust_env=False),
        )
        answer = await get(guarded, f"https://pinned.example:{server.port}/path?x=1")
        assert (answer.status, answer.body) == (200, b"here")
        assert server.requests[0].headers["host"] == f"pinned.example:{server.port}"
        assert server.requests[0].query == {"x": "1"}


async def test_a_certificate_of_another_name_is_refused(tmp_path):
    at_server, trusting = certificate_for("other.example", tmp_path)
    with serving(lambda request: Reply(body=b"here"), at_server) as server:
        guarded = GuardedHttp(
            lookup=looking_up("127.0.0.1"),
            is_allowed=lambda address: address.is_loopback,
            client=httpx2.AsyncClient(verify=trusting, trust_env=False),
        )
        with pytest.raises(Unreachable, match=r"(?i)certificate"):
            await get(guarded, f"https://pinned.example:{server.port}/")
        assert server.requests == []


async def test_redirects_are_handed_back_not_followed():
    reply = Reply(302, b"", {"Location": "http://169.254.169.254/"})
    with serving(lambda request: reply) as server:
        guarded = GuardedHttp(allow_localhost=True, client=bare_client())
        answer = await get(guarded, f"http://localhost:{server.port}/")
        assert answer.status == 302
        assert len(server.requests) == 1


@pytest.mark.parametrize("length", [64 * 1024 + 1, 1_000_000])
async def test_a_large_body_is_cut_off(length):
    guarded = GuardedHttp(allow_localhost=True, client=bare_client())
    with (
        serving(lambda request: Reply(body=b"x" * length)) as server,
        pytest.raises(Unreachable, match="more than 65536 bytes"),
    ):
        await get(guarded, f"http://localhost:{server.port}/")


async def test_a_compressed_body_is_refused():
    reply = Reply(body=b"x", headers={"Content-Encoding": "gzip"})
    with serving(lambda request: reply) as server:
        with pytest.raises(Unreachable, match="compressed"):
            await get(
                GuardedHttp(allow_localhost=True, client=bare_client()),
                f"http://localhost:{server.port}/",
            )
        assert server.requests[0].headers["accept-encoding"] == "identity"


async def test_a_host_that_drips_is_given_up_on():
    async def drip(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
            for _ in range(100):
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.005)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(Unreachable, match="no answer within"):
            await get(
                GuardedHttp(allow_localhost=True, client=bare_client()),
                f"http://localhost:{port}/",
                timeout_s=0.05,
            )
