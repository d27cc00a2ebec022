"""The doctor names each fault a newcomer trips over, on real servers with that very fault."""

import socket
import sys
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_network import FakeAccount, FakePlc, Reply, Request, certificate_for, serving

from stoa.bluesky.doctor import DoctorConfig, diagnose
from stoa.errors import BadInput

HOST = "feed.example.com"
DID = f"did:web:{HOST}"
PUBLISHER = "did:plc:" + "a" * 24
FEED = f"at://{PUBLISHER}/app.bsky.feed.generator/for-you"
STEPS = [
    "dns", "tls", "did", "service", "describe", "record", "appview", "skeleton", "limit",
    "cursor", "unknown_feed", "token", "interactions",
]  # fmt: skip
REFUSED = {"error": "AuthenticationRequired", "message": "no"}


def post(number: int) -> dict:
    return {"post": f"at://did:plc:{'b' * 24}/app.bsky.feed.post/{number}"}


@dataclass
class Square:
    """A healthy service; `instead` puts a fault into one of its answers."""

    instead: dict[str, object] = field(default_factory=dict)

    def answer(self, request: Request) -> Reply:
        method = request.path.rpartition(".")[2] if "xrpc" in request.path else "did"
        fault = self.instead.get(method)
        if callable(fault):
            fault = fault(request)
        return fault if isinstance(fault, Reply) else getattr(self, method)(request)

    def did(self, request: Request) -> Reply:
        return Reply.of(did_document())

    def describeFeedGenerator(self, request: Request) -> Reply:
        return Reply.of({"did": DID, "feeds": [{"uri": FEED}]})

    def getFeedSkeleton(self, request: Request) -> Reply:
        if request.query["feed"] != FEED:
            return Reply.of({"error": "UnknownFeed", "message": "?"}, 400)
        start, limit = int(request.query.get("cursor", "0")), int(request.query["limit"])
        feed = [post(n) for n in range(start, start + limit)]
        return Reply.of({"feed": feed, "cursor": str(start + limit)})

    def sendInteractions(self, request: Request) -> Reply:
        return Reply.of(REFUSED, 401)


@dataclass
class Network:
    """Directory, the publisher's repository and AppView, on one server."""

    record: dict | None = field(
        default_factory=lambda: {"did": DID, "acceptsInteractions": True, "displayName": "x"}
    )
    online: bool = True
    valid: bool = True
    knows: bool = True
    plc: FakePlc = field(default_factory=FakePlc)

    def answer(self, request: Request) -> Reply:
        if request.path.endswith("getRecord"):
            assert request.query["repo"] == PUBLISHER
            if self.record is None:
                return Reply.of({"error": "RecordNotFound"}, 400)
            return Reply.of({"uri": FEED, "cid": "b", "value": self.record})
        if request.path.endswith("getFeedGenerator"):
            if not self.knows:
                return Reply.of({"error": "InvalidRequest"}, 400)
            return Reply.of({"view": {}, "isOnline": self.online, "isValid": self.valid})
        return self.plc.answer(request)


def did_document(**service: str) -> dict:
    entry = {"id": "#bsky_fg", "type": "BskyFeedGenerator", "serviceEndpoint": f"https://{HOST}"}
    return {"@context": [], "id": DID, "service": [entry | service]}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificate_for(HOST, tmp_path_factory.mktemp("tls"))


async def loopback(host: str, port: int):
    return [ip_address("127.0.0.1")]


async def examine(square: Square, network: Network, certificate, **changes):
    at_server, trusting = certificate
    with serving(square.answer, at_server) as here, serving(network.answer) as there:
        network.plc.add(FakeAccount(PUBLISHER, pds=there.url))
        config = DoctorConfig(
            port=here.port,
            plc_url=there.url,
            appview_url=there.url,
            lookup=loopback,
            is_allowed=lambda address: True,
            tls=trusting,
        )
        return await diagnose(HOST, replace(config, **changes))


def by_step(findings):
    return {finding.step: finding for finding in findings}


async def test_a_healthy_service_passes_every_step(certificate):
    findings = await examine(Square(), Network(), certificate)
    assert [finding.step for finding in findings] == STEPS
    assert [finding for finding in findings if not finding.ok] == []
    assert all(finding.what and not finding.mend for finding in findings)


async def test_it_also_runs_on_this_machine_without_tls():
    with serving(Square().answer) as here, serving(Network().answer) as there:
        config = DoctorConfig(
            scheme="http", port=here.port, plc_url=there.url, appview_url=there.url
        )
        findings = by_step(await diagnose("localhost", config))
    assert "dns" not in findings
    assert "did:web:localhost" in findings["did"].what


FAULTS = {
    "redirect": ("did", Reply(301, b"", {"Location": "https://www.example.com/"}), "did",
                 "follows no redirect"),
    "not forwarded": ("did", Reply(404), "did", "forward this path"),
    "proxy without square": ("did", Reply(502), "did", "point the proxy"),
    "failing": ("did", Reply(500), "did", "log"),
    "html": ("did", Reply(body=b"<html>hello"), "did", "something else answers"),
    "did:plc": ("did", Reply.of(did_document() | {"id": PUBLISHER}), "did", "STOA_PUBLISHER"),
    "other host": ("did", Reply.of(did_document() | {"id": "did:web:x.example"}), "did",
                   "STOA_HOSTNAME"),
    "no service": ("did", Reply.of({"id": DID}), "service", "own answer"),
    "service is text": ("did", Reply.of({"id": DID, "service": "x"}), "service", "own answer"),
    "service id": ("did", Reply.of(did_document(id="#feed")), "service", "own answer"),
    "service type": ("did", Reply.of(did_document(type="Feed")), "service", "own answer"),
    "endpoint path": ("did", Reply.of(did_document(serviceEndpoint=f"https://{HOST}/feed")),
                      "service", "without path"),
    "endpoint scheme": ("did", Reply.of(did_document(serviceEndpoint=f"http://{HOST}")),
                        "service", "exactly https"),
    "wrapped": ("describeFeedGenerator",
                Reply.of({"encoding": "application/json", "body": {"did": DID, "feeds": []}}),
                "describe", "not wrapped"),
    "describes another": ("describeFeedGenerator",
                          Reply.of({"did": "did:web:x.example", "feeds": [{"uri": FEED}]}),
                          "describe", "STOA_HOSTNAME"),
    "no feeds": ("describeFeedGenerator", Reply.of({"did": DID, "feeds": []}), "describe",
                 "STOA_PUBLISHER"),
    "describe missing": ("describeFeedGenerator", Reply(404), "describe", "forward"),
    "own repository": ("describeFeedGenerator",
                       Reply.of({"did": DID, "feeds": [
                           {"uri": f"at://{DID}/app.bsky.feed.generator/x"}]}),
                       "record", "STOA_PUBLISHER"),
    "login wall": ("getFeedSkeleton", Reply(401), "skeleton", "logged out"),
    "own feed unknown": ("getFeedSkeleton", Reply.of({"error": "UnknownFeed"}, 400), "skeleton",
                         "STOA_FEED_NAME"),
    "empty": ("getFeedSkeleton", Reply.of({"feed": []}), "skeleton", "read some events"),
    "no list": ("getFeedSkeleton", Reply.of({"posts": []}), "skeleton", "own answer"),
    "no posts": ("getFeedSkeleton", Reply.of({"feed": [{"uri": "x"}]}), "skeleton", "own answer"),
    "too many": ("getFeedSkeleton", Reply.of({"feed": [post(n) for n in range(9)]}), "limit",
                 "obey `limit`"),
    "stuck cursor": ("getFeedSkeleton",
                     lambda r: Reply.of({"feed": [post(1 + 5 * ("cursor" in r.query))],
                                         "cursor": "c"}),
                     "cursor", "another cursor"),
    "repeats": ("getFeedSkeleton",
                lambda r: Reply.of({"feed": [post(1)], "cursor": r.query.get("cursor", "") + "x"}),
                "cursor", "what was served"),
    "second page fails": ("getFeedSkeleton",
                          lambda r: Reply(500) if "cursor" in r.query else None, "cursor", "log"),
    "any feed": ("getFeedSkeleton",
                 lambda r: Reply.of({"feed": [post(1)]}) if r.query["feed"] != FEED else None,
                 "unknown_feed", "UnknownFeed"),
    "unknown feed 404": ("getFeedSkeleton",
                         lambda r: Reply(404) if r.query["feed"] != FEED else None,
                         "unknown_feed", "UnknownFeed"),
    "token 401": ("getFeedSkeleton",
                  lambda r: Reply.of(REFUSED, 401) if "authorization" in r.headers else None,
                  "token", "page for everybody"),
    "feedback open": ("sendInteractions", Reply.of({}), "interactions", "verify the token"),
    "feedback missing": ("sendInteractions", Reply(404), "interactions", "forward POST"),
    "feedback behind proxy login": ("sendInteractions", Reply(401), "interactions", "proxy"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
async def test_each_fault_is_named_with_its_mend(certificate, name):
    method, fault, step, mend = FAULTS[name]
    findings = by_step(await examine(Square({method: fault}), Network(), certificate))
    assert not findings[step].ok
    assert mend in findings[step].mend + findings[step].what
    assert all(finding.mend for finding in findings.values() if not finding.ok)


@pytest.mark.parametrize(
    ("network", "step", "mend"),
    [
        (Network(record=None), "record", "publish"),
        (Network(record={"did": "did:web:old.example", "acceptsInteractions": True}), "record",
         "publish` again"),
        (Network(record={"did": PUBLISHER, "acceptsInteractions": True}), "record",
         "publish` again"),
        (Network(record={"did": DID}), "record", "publish` again"),
        (Network(online=False), "appview", "other steps first"),
        (Network(valid=False), "appview", "lists this feed"),
        (Network(knows=False), "appview", "indexed"),
    ],
)  # fmt: skip
async def test_each_fault_of_the_record_is_named(certificate, network, step, mend):
    findings = by_step(await examine(Square(), network, certificate))
    assert not findings[step].ok
    assert mend in findings[step].mend
    assert findings["interactions"].ok  # the walk goes on


async def test_an_unknown_publisher_is_named(certificate):
    other = "at://did:plc:" + "z" * 24 + "/app.bsky.feed.generator/for-you"
    described = Reply.of({"did": DID, "feeds": [{"uri": other}]})
    findings = by_step(
        await examine(Square({"describeFeedGenerator": described}), Network(), certificate)
    )
    assert "STOA_PUBLISHER" in findings["record"].mend


async def test_a_feed_asked_for_must_be_offered(certificate):
    findings = by_step(
        await examine(Square(), Network(), certificate, feed_uri=FEED.replace("for-you", "other"))
    )
    assert not findings["describe"].ok
    assert "STOA_FEED_NAME" in findings["describe"].mend


async def test_a_slow_page_is_named(certificate):
    moments = iter([0.0, 7.5])
    findings = by_step(
        await examine(Square(), Network(), certificate, stopwatch=lambda: next(moments))
    )
    assert "7.5 s" in findings["skeleton"].what
    assert not findings["skeleton"].ok


@pytest.mark.parametrize(
    ("addresses", "mend"),
    [
        ([], "A record"),
        (["2606:4700::1111"], "IPv4"),
        (["192.168.1.4"], "internet reaches"),
        (["127.0.0.1"], "internet reaches"),
        (None, "A record"),
    ],
)
async def test_names_that_lead_nowhere(addresses, mend):
    async def lookup(host: str, port: int):
        if addresses is None:
            raise OSError("Name or service not known")
        return [ip_address(address) for address in addresses]

    (finding,) = await diagnose(HOST, DoctorConfig(lookup=lookup))
    assert (finding.step, finding.ok) == ("dns", False)
    assert mend in finding.mend


async def test_a_certificate_nobody_trusts(certificate):
    findings = await examine(Square(), Network(), certificate, tls=None)
    assert [finding.step for finding in findings] == ["dns", "tls"]
    assert not findings[-1].ok
    assert "public authority" in findings[-1].mend


async def test_a_certificate_of_another_name(tmp_path):
    findings = await examine(Square(), Network(), certificate_for("other.example", tmp_path))
    assert "another name" in findings[-1].what


async def test_a_port_without_tls():
    with serving(Square().answer) as here:
        config = DoctorConfig(port=here.port, lookup=loopback, is_allowed=lambda address: True)
        findings = await diagnose(HOST, config)
    assert findings[-1].step == "tls"
    assert "plain http" in findings[-1].mend


async def test_a_port_where_nothing_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        config = DoctorConfig(port=port, lookup=loopback, is_allowed=lambda address: True)
        findings = await diagnose(HOST, config)
    assert findings[-1].step == "tls"
    assert "listen on port" in findings[-1].mend


@pytest.mark.parametrize(
    "host", ["", "localhost", "https://feed.example.com", "127.0.0.1", "a b.com"]
)
async def test_what_is_no_host_name_is_refused(host):
    with pytest.raises(BadInput, match="host"):
        await diagnose(host)
