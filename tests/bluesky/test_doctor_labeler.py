"""The doctor names each fault of a labeler, on a real server with that very fault."""

import json
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.datastructures import Headers
from websockets.http11 import Response
from websockets.sync.server import serve

sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_network import FakePlc, Reply, Request, serving

from stoa.bluesky.doctor import DoctorConfig, diagnose
from stoa.bluesky.labeler_record import labeler_record
from stoa.bluesky.labels import LabelKey, error_frame, label_json, labels_frame
from stoa.bluesky.multikey import write_multikey
from stoa.own_labels import OwnLabel

DID = "did:plc:" + "l" * 24
KEY = LabelKey(DID, ec.generate_private_key(ec.SECP256K1()))
OTHER = LabelKey(DID, ec.generate_private_key(ec.SECP256K1()))
STEPS = ["label_key", "label_service", "label_record", "labels", "label_stream"]
LABEL = OwnLabel(
    DID, "at://did:plc:a/app.bsky.feed.post/1", "readers-added-context", "2026-09-20T10:00:00.000Z"
)


@dataclass
class World:
    """A healthy labeler; `fault` puts something else in the place of one part."""

    fault: dict[str, object] = field(default_factory=dict)

    def part(self, name: str, healthy: object) -> object:
        return self.fault.get(name, healthy)

    # The square.

    def process(self, connection, request):
        path = urlsplit(request.path).path
        if path.endswith("subscribeLabels"):
            return self.part("stream_refused", None)
        if path.endswith("queryLabels"):
            return self.part("query", self.json({"labels": self.part("labels", healthy_labels())}))
        return self.json({}, 404)

    def handle(self, socket):
        socket.send(self.part("frame", error_frame("FutureCursor", "the end is at 1")))

    @staticmethod
    def json(value, status=200):
        body = json.dumps(value).encode()
        return Response(status, "x", Headers({"Content-Length": str(len(body))}), body)

    # The network.

    def answer(self, request: Request) -> Reply:
        if request.path.endswith("getRecord"):
            assert request.query == {
                "repo": DID,
                "collection": "app.bsky.labeler.service",
                "rkey": "self",
            }
            record = self.part("record", labeler_record("a.example", "2026-01-01T00:00:00.000Z"))
            if record is None:
                return Reply.of({"error": "RecordNotFound"}, 400)
            return Reply.of({"uri": "at://x", "cid": "y", "value": record})
        if request.path == f"/{DID}":
            return Reply.of(self.document())
        return FakePlc().answer(request)

    def document(self) -> dict:
        key = self.part("key", {"publicKeyMultibase": KEY.multikey})
        services = [
            self.part("service", service("atproto_labeler", "AtprotoLabeler", "https://localhost")),
            self.part("pds", service("atproto_pds", "AtprotoPersonalDataServer", self.pds)),
        ]
        method = {"id": f"{DID}#atproto_label", "type": "Multikey", "controller": DID}
        return {
            "id": DID,
            "verificationMethod": [method | key] if key else [],
            "service": [entry for entry in services if entry],
        }


def service(name: str, kind: str, url: str) -> dict:
    return {"id": f"#{name}", "type": kind, "serviceEndpoint": url}


def healthy_labels() -> list[dict]:
    return [label_json(KEY.signed(LABEL))]


@contextmanager
def square(world: World):
    with serve(world.handle, "127.0.0.1", 0, process_request=world.process) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()
        thread.join()


async def examine(world: World):
    with square(world) as port, serving(world.answer) as network:
        world.pds = network.url
        config = DoctorConfig(
            scheme="http",
            port=port,
            labeler_did=DID,
            plc_url=network.url,
            appview_url=network.url,
        )
        found = await diagnose("localhost", config)
    return {finding.step: finding for finding in found if finding.step.startswith("label")}


async def test_a_healthy_labeler_passes_every_step():
    findings = await examine(World())
    assert list(findings) == STEPS
    assert [finding for finding in findings.values() if not finding.ok] == []
    assert "every label verifies (1)" in findings["labels"].what


P256 = write_multikey(ec.generate_private_key(ec.SECP256R1()).public_key())
FAULTS = {
    "no key": ("key", None, "label_key", "labeler key"),
    "a key that is none": ("key", {"publicKeyMultibase": "zzz"}, "label_key", "labeler key"),
    "another curve": ("key", {"publicKeyMultibase": P256}, "label_key", "labeler key"),
    "no service": ("service", None, "label_service", "labeler key"),
    "another address": (
        "service", service("atproto_labeler", "AtprotoLabeler", "https://old.example"),
        "label_service", "exactly https://localhost",
    ),
    "another type": (
        "service", service("atproto_labeler", "Labeler", "https://localhost"),
        "label_service", "must be https://localhost",
    ),
    "no repository": ("pds", None, "label_record", "account of its own"),
    "no record": ("record", None, "label_record", "labeler publish"),
    "no policies": ("record", {}, "label_record", "publish` again"),
    "one value only": (
        "record", {"policies": {"labelValues": ["context-proposed"]}}, "label_record", "again",
    ),
    "no labeler": ("query", World.json({"error": "x"}, 501), "labels", "STOA_LABELER_DID"),
    "not forwarded": ("query", World.json({}, 404), "labels", "forward"),
    "no list": ("query", World.json({"labels": "x"}), "labels", "log"),
    "no label": ("labels", ["x"], "labels", "STOA_LABELER_DID"),
    "labels of another": (
        "labels", [label_json(KEY.signed(replace(LABEL, src="did:plc:z")))],
        "labels", "STOA_LABELER_DID",
    ),
    "another key": ("labels", [label_json(OTHER.signed(LABEL))], "labels", "labeler key"),
    "stream not forwarded": ("stream_refused", World.json({}, 404), "label_stream", "WebSocket"),
    "stream speaks text": ("frame", "hello", "label_stream", "WebSocket"),
    "stream goes on": ("frame", labels_frame(1, []), "label_stream", "WebSocket"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
async def test_each_fault_is_named_with_its_mend(name):
    part, fault, step, mend = FAULTS[name]
    findings = await examine(World({part: fault}))
    assert not findings[step].ok
    assert mend in findings[step].mend
    assert list(findings) == STEPS  # the walk goes on


async def test_an_unknown_labeler_is_named():
    world = World()
    world.document = lambda: {"id": "did:plc:someone"}
    findings = await examine(world)
    assert list(findings) == ["label_key"]
    assert "STOA_LABELER_DID" in findings["label_key"].mend
