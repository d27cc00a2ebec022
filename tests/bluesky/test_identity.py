"""Identities are found in a real directory and on a real host, remembered, and forgotten."""

import asyncio
import json
import ssl
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_network import FakeAccount, FakePlc, HandClock, Reply, Request, serving

from stoa.bluesky.did_document import read_document
from stoa.bluesky.guarded_http import Answer, GuardedHttp
from stoa.bluesky.identity import DidResolver, IdentityConfig, is_did, network_client, require_https
from stoa.bluesky.service_auth import ServiceAuth
from stoa.errors import BadInput, BadToken, Unreachable

ANA = FakeAccount("did:plc:" + "a" * 24)
NO_ROOTS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
BO = FakeAccount("did:plc:" + "b" * 24, seed=5, algorithm="ES256", handle="bo.example.social")


@asynccontextmanager
async def resolving(clock: HandClock, guarded: GuardedHttp | None = None, **config):
    guarded = guarded or GuardedHttp(
        allow_localhost=config.get("allow_localhost", False), client=network_client(NO_ROOTS)
    )
    async with network_client(NO_ROOTS) as http:
        resolver = DidResolver(IdentityConfig(**config), http, guarded, clock)
        try:
            yield resolver
        finally:
            await resolver.aclose()
            await guarded.aclose()


@pytest.fixture
def plc():
    directory = FakePlc()
    directory.add(ANA)
    directory.add(BO)
    return directory


async def test_the_directory_gives_key_server_and_handle(plc):
    with serving(plc.answer) as server:
        async with resolving(HandClock(), plc_url=server.url) as resolver:
            document = await resolver.resolve(ANA.did)
            assert document.signing_key is not None
            assert document.signing_key.point == ANA.key.public_key()
            assert await resolver.pds_of(ANA.did) == "https://pds.example.com"
            assert await resolver.handle_of(BO.did) == "bo.example.social"
            assert server.paths() == [f"/{ANA.did}", f"/{BO.did}"]


async def test_a_document_is_fresh_for_an_hour_and_usable_for_a_day(plc):
    clock = HandClock()
    with serving(plc.answer) as server:
        async with resolving(clock, plc_url=server.url) as resolver:
            await resolver.resolve(ANA.did)
            clock.move_s(3599)
            await resolver.resolve(ANA.did)
            assert len(server.requests) == 1
            clock.move_s(2)
            server.answer = lambda request: Reply(503)
            assert (await resolver.resolve(ANA.did)).did == ANA.did  # at once, refreshed behind
            while len(server.requests) < 2:
                await asyncio.sleep(0.001)
            await resolver.aclose()
            clock.move_s(79_000)
            assert (await resolver.resolve(ANA.did)).did == ANA.did
            clock.move_s(5_000)
            with pytest.raises(Unreachable):
                await resolver.resolve(ANA.did)


async def test_a_stale_document_is_replaced_behind(plc):
    clock = HandClock()
    with serving(plc.answer) as server:
        async with resolving(clock, plc_url=server.url) as resolver:
            await resolver.resolve(ANA.did)
            plc.add(replace(ANA, handle="new.example.social"))
            clock.move_s(4000)
            assert await resolver.handle_of(ANA.did) == "ana.example.social"
            while await resolver.handle_of(ANA.did) != "new.example.social":
                await asyncio.sleep(0.001)
            assert len(server.requests) == 2


async def test_absence_is_remembered_for_a_minute(plc):
    clock = HandClock()
    nobody = "did:plc:" + "z" * 24
    with serving(plc.answer) as server:
        async with resolving(clock, plc_url=server.url) as resolver:
            for _ in range(3):
                with pytest.raises(Unreachable):
                    await resolver.resolve(nobody)
            assert len(server.requests) == 1
            plc.add(FakeAccount(nobody))
            clock.move_s(61)
            assert (await resolver.resolve(nobody)).did == nobody


async def test_an_identity_event_makes_it_ask_again(plc):
    with serving(plc.answer) as server:
        async with resolving(HandClock(), plc_url=server.url) as resolver:
            await resolver.resolve(ANA.did)
            plc.add(replace(ANA, pds="https://new.example.com/"))
            resolver.invalidate(ANA.did)
            assert await resolver.pds_of(ANA.did) == "https://new.example.com"


async def test_askers_at_the_same_time_share_one_fetch(plc):
    with serving(plc.answer) as server:
        async with resolving(HandClock(), plc_url=server.url) as resolver:
            await asyncio.gather(*(resolver.resolve(ANA.did) for _ in range(20)))
            assert len(server.requests) == 1


async def test_an_asker_who_leaves_does_not_stop_the_others(plc):
    with serving(plc.answer) as server:
        async with resolving(HandClock(), plc_url=server.url) as resolver:
            first = asyncio.create_task(resolver.resolve(ANA.did))
            second = asyncio.create_task(resolver.resolve(ANA.did))
            await asyncio.sleep(0)
            first.cancel()
            assert (await second).did == ANA.did


async def test_memory_is_bounded_and_keeps_what_is_used(plc):
    with serving(plc.answer) as server:
        async with resolving(HandClock(), plc_url=server.url, max_documents=2) as resolver:
            carol = plc.add(FakeAccount("did:plc:" + "c" * 24))
            for did in (ANA.did, BO.did, ANA.did, carol.did, ANA.did, BO.did):
                await resolver.resolve(did)
            assert server.paths() == [f"/{d}" for d in (ANA.did, BO.did, carol.did, BO.did)]


async def test_too_many_lookups_at_once_are_refused():
    class Waiting(GuardedHttp):
        async def get(self, url, **_):
            await asyncio.Event().wait()
            raise AssertionError

    async with resolving(HandClock(), Waiting(), max_in_flight=2) as resolver:
        waiting = [
            asyncio.create_task(resolver.resolve(f"did:web:host{n}.example")) for n in range(2)
        ]
        await asyncio.sleep(0)
        with pytest.raises(Unreachable, match="too many"):
            await resolver.resolve("did:web:host3.example")
        await resolver.aclose()
        await asyncio.gather(*waiting, return_exceptions=True)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500),
        Reply(302, b"", {"Location": "http://127.0.0.1:1/"}),
        Reply(body=b"not json"),
        Reply(body=b"[" * 5000),
        Reply(body=b"\xff\xfe"),
        Reply(body=b"[]"),
        Reply(body=b"{}"),
        Reply(body=json.dumps(BO.document()).encode()),
        Reply(body=json.dumps(ANA.document() | {"filler": "x" * 70_000}).encode()),
    ],
)
async def test_a_directory_that_answers_nonsense_is_unreachable(reply):
    with serving(lambda request: reply) as server:
        async with resolving(HandClock(), plc_url=server.url) as resolver:
            with pytest.raises(Unreachable):
                await resolver.resolve(ANA.did)


async def test_did_web_is_read_from_its_own_host():
    asked = []

    class Recording(GuardedHttp):
        async def get(self, url, **_):
            asked.append(url)
            return Answer(
                200, {}, json.dumps(FakeAccount("did:web:ana.example").document()).encode()
            )

    async with resolving(HandClock(), Recording()) as resolver:
        assert (await resolver.resolve("did:web:ana.example")).pds == "https://pds.example.com"
    assert asked == ["https://ana.example/.well-known/did.json"]


async def test_did_web_on_localhost_only_when_allowed():
    def answer(request: Request) -> Reply:
        assert request.path == "/.well-known/did.json"
        return Reply.of(account.document())

    with serving(answer) as server:
        account = FakeAccount(f"did:web:localhost%3A{server.port}")
        async with resolving(HandClock(), allow_localhost=True) as resolver:
            assert (await resolver.resolve(account.did)).did == account.did
        async with resolving(HandClock()) as resolver:
            with pytest.raises(BadInput):
                await resolver.resolve(account.did)
        assert len(server.requests) == 1


async def test_did_web_of_a_name_that_leads_inside_is_refused():
    async def lookup(host: str, port: int):
        return [ip_address("169.254.169.254")]

    async with resolving(HandClock(), GuardedHttp(lookup=lookup)) as resolver:
        with pytest.raises(Unreachable, match="outside the public internet"):
            await resolver.resolve("did:web:metadata.example")


@pytest.mark.parametrize(
    "did",
    ["", "x", "did:plc:", "did:plc:" + "a" * 23, "did:plc:" + "A" * 24, "did:plc:" + "1" * 24,
     "did:plc:" + "a" * 24 + "\n", "did:plc:../../../../etc/passwd00", "did:web:",
     "did:web:127.0.0.1",
     "did:web:a.example:8443", "did:web:a.example%3A8443", "did:web:a.example:path",
     "did:web:a.example/x", "did:web:a.example#k", "did:web:user@a.example", "did:web:[::1]",
     "did:web:" + "a." * 2000 + "com", "did:key:zQ3sh", "DID:PLC:" + "a" * 24, "did:web:localhost.",
     "did:web:Ana.Example"],
)  # fmt: skip
async def test_what_is_no_did_is_refused_without_asking(did):
    async with resolving(HandClock(), allow_localhost=True) as resolver:
        for ask in (resolver.resolve, resolver.refetch):
            with pytest.raises(BadInput):
                await ask(did)


@given(st.text(max_size=60))
def test_no_text_crashes_the_syntax_check(text):
    assert is_did("did:web:" + text) in (True, False)


@pytest.mark.parametrize(
    "url", ["http://plc.directory", "plc.directory", "", "ftp://x", "http://10.0.0.1", "https://"]
)
def test_a_directory_must_be_https_unless_on_this_machine(url):
    with pytest.raises(BadInput, match="plc_url"):
        IdentityConfig(plc_url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:2582", "http://localhost", "http://[::1]:1"])
def test_plain_http_is_for_this_machine(url):
    require_https("plc_url", url)


async def test_key_rotation_end_to_end(plc):
    clock = HandClock()
    with serving(plc.answer) as server:
        async with resolving(clock, plc_url=server.url) as resolver:
            auth = ServiceAuth("did:web:feed.example.com", resolver, clock)

            async def ask(account: FakeAccount) -> str:
                token = account.token(
                    aud="did:web:feed.example.com", lxm="a.b.c", now_s=clock.us // 1_000_000
                )
                return await auth.verify(f"Bearer {token}", "a.b.c")

            assert await ask(ANA) == ANA.did
            rotated = plc.add(replace(ANA, seed=99, algorithm="ES256"))
            clock.move_s(120)
            assert await ask(rotated) == ANA.did
            assert len(server.requests) == 2
            for _ in range(5):  # the old key is dead, and asking again is limited
                with pytest.raises(BadToken):
                    await ask(ANA)
            assert len(server.requests) == 2
            clock.move_s(61)
            with pytest.raises(BadToken):
                await ask(ANA)
            assert len(server.requests) == 3
            server.answer = lambda request: Reply(503)
            clock.move_s(61)
            for _ in range(3):
                with pytest.raises(BadToken):
                    await ask(ANA)
            assert len(server.requests) == 4  # a directory that is down is not hammered
            assert await ask(rotated) == ANA.did  # and the known key still holds


@pytest.mark.parametrize(
    "handle", ["ana.example.social", "@Ana.Example.Social", " ana.example.social"]
)
async def test_a_handle_is_asked_of_the_appview(handle):
    def answer(request: Request) -> Reply:
        assert request.query == {"handle": "ana.example.social"}
        return Reply.of({"did": ANA.did})

    with serving(answer) as server:
        async with resolving(HandClock(), appview_url=server.url) as resolver:
            assert await resolver.resolve_handle(handle) == ANA.did


@pytest.mark.parametrize(
    "reply", [Reply(400), Reply(body=b"?"), Reply.of({"did": "x"}), Reply.of({"did": 1})]
)
async def test_a_handle_unknown_there_is_asked_of_its_own_host(reply):
    class Host(GuardedHttp):
        async def get(self, url, **_):
            assert url == "https://ana.example.social/.well-known/atproto-did"
            return Answer(200, {}, ANA.did.encode() + b"\n")

    with serving(lambda request: reply) as server:
        async with resolving(HandClock(), Host(), appview_url=server.url) as resolver:
            assert await resolver.resolve_handle("ana.example.social") == ANA.did


async def test_an_unknown_handle_is_said_to_be_unknown():
    async def lookup(host: str, port: int):
        raise OSError("unknown")

    with serving(lambda request: Reply(400)) as server:
        async with resolving(
            HandClock(), GuardedHttp(lookup=lookup), appview_url=server.url
        ) as resolver:
            with pytest.raises(Unreachable, match="check its spelling"):
                await resolver.resolve_handle("nobody.example.social")
            for wrong in ("", "ana", "@", "127.0.0.1", "a b.example", "ana@example.social"):
                with pytest.raises(BadInput):
                    await resolver.resolve_handle(wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"verificationMethod": []},
        {"verificationMethod": ["x", 3, None, {"id": "#atproto"}]},
        {"verificationMethod": [{"id": "#atproto_label", "type": "Multikey"}]},
        {
            "verificationMethod": [
                {"id": "#atproto", "type": "Multikey", "publicKeyMultibase": "z1"}
            ]
        },
        {"verificationMethod": [{"id": "did:plc:x#atproto", "type": "Multikey"}]},
    ],
)
def test_a_document_without_usable_key_still_names_the_server(change):
    body = json.dumps(ANA.document() | change).encode()
    document = read_document(ANA.did, body)
    assert document.signing_key is None
    assert document.pds == "https://pds.example.com"


@pytest.mark.parametrize(
    "service",
    [
        [],
        ["x"],
        [{"id": "#atproto_pds", "type": "Other", "serviceEndpoint": "https://pds.example.com"}],
        [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": 5}],
        [
            {
                "id": "#atproto_pds",
                "type": "AtprotoPersonalDataServer",
                "serviceEndpoint": "file:///x",
            }
        ],
        [
            {
                "id": "#atproto_pds",
                "type": "AtprotoPersonalDataServer",
                "serviceEndpoint": "http://[",
            }
        ],
    ],
)
def test_an_unusable_server_is_none(service):
    body = json.dumps(ANA.document() | {"service": service, "alsoKnownAs": [3, "x"]}).encode()
    document = read_document(ANA.did, body)
    assert (document.pds, document.handle) == (None, None)
