"""The labeler from end to end: a real process, a real network in front of it, real listeners."""

import json
import time

import httpx2
import pytest
from tests.notes.shown_notes import NoteScript
from tests.system.fake_jetstream import FakeJetstream
from tests.system.frames import SECOND_US, chatter, now_us, post, post_uri, removal
from tests.system.square_process import running, stoa
from tests.system.test_live_square import ALONE, until
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from stoa.bluesky.labels import OwnLabel, verifies
from stoa.bluesky.multikey import read_multikey
from stoa.note_records import Status
from stoa.store import SqliteStore

pytestmark = pytest.mark.slow

DID = "did:web:localhost"
QUERY = "/xrpc/com.atproto.label.queryLabels"
STREAM = "/xrpc/com.atproto.label.subscribeLabels"


def stream(square, cursor: str = ""):
    return connect(square.url.replace("http", "ws") + STREAM + cursor, proxy=None)


def answers(square) -> bool:
    try:
        return square.get("/healthz").status_code > 0
    except httpx2.HTTPError:
        return False


def read(frame: bytes) -> tuple[dict, dict]:
    libipld = pytest.importorskip("libipld", reason="the peers group is not installed")
    header, body = libipld.decode_dag_cbor_multi(frame)
    return header, body


def shown_note(folder, uri: str, at_us: int) -> None:
    store = SqliteStore(folder / "square.db")
    script = NoteScript(store.notes)
    note = script.write(uri, at_us // 1_000)
    script.decide(note, Status.CURRENTLY_RATED_HELPFUL, at_us // 1_000 + 1)
    store.close()


def test_a_shown_note_is_queried_streamed_taken_back_and_replayed(tmp_path):
    began = now_us() - 60 * SECOND_US
    uri = post_uri("zoe", began)
    shown_note(tmp_path, uri, began + 30 * SECOND_US)
    with FakeJetstream() as network:
        settings = {"STOA_JETSTREAM_URLS": network.url, "STOA_LABELER_DID": DID, **ALONE}
        with running("--data", str(tmp_path), **settings) as square:
            until(lambda: network.cursors, 30)
            with stream(square) as live:
                network.happen([*chatter(10, began), post("zoe", began, "the moon is cheese")])
                header, body = read(live.recv(timeout=30))
                assert header == {"op": 1, "t": "#labels"}
                assert body["seq"] == 1
                (sent,) = body["labels"]
                assert sent.keys() == {"ver", "src", "uri", "val", "cts", "sig"}
                assert (sent["uri"], sent["val"]) == (uri, "readers-added-context")
                document = square.json("/.well-known/did.json")
                key = read_multikey(document["verificationMethod"][0]["publicKeyMultibase"])
                assert verifies(OwnLabel(DID, uri, sent["val"], sent["cts"], sig=sent["sig"]), key)
                found = square.json(QUERY, params={"uriPatterns": uri.rpartition("/")[0] + "*"})
                assert [one["cts"] for one in found["labels"]] == [sent["cts"]]

                network.happen([removal("zoe", now_us(), uri)])
                _, body = read(live.recv(timeout=30))
                assert body["seq"] == 2
                assert body["labels"][0]["neg"] is True
            with stream(square, "?cursor=3") as future:
                header, body = read(future.recv(timeout=10))
                assert (header, body["error"]) == ({"op": -1}, "FutureCursor")
            assert square.stop() == 0
        assert (tmp_path / "labeler.key").stat().st_mode & 0o777 == 0o600

        with running("--data", str(tmp_path), **settings) as square:
            until(lambda: answers(square), 30)
            for cursor in ("?cursor=0", "?cursor=1"):
                with stream(square, cursor) as replay:
                    _, body = read(replay.recv(timeout=20))
                    assert (body["seq"], body["labels"][0]["neg"]) == (2, True)
                    with pytest.raises(TimeoutError):
                        replay.recv(timeout=0.5)
            document = square.json("/.well-known/did.json")
            again = read_multikey(document["verificationMethod"][0]["publicKeyMultibase"])
            assert again.point.public_numbers() == key.point.public_numbers()
            (kept,) = square.json(QUERY, params={"uriPatterns": "*"})["labels"]
            assert kept["neg"] is True
            with stream(square) as listening:  # a square that stops waits for nobody
                began_s = time.monotonic()
                assert square.stop() == 0
                assert time.monotonic() - began_s < 8
                with pytest.raises(ConnectionClosed):
                    listening.recv(timeout=5)


def test_the_key_command_prints_what_the_document_needs(tmp_path):
    done = stoa(
        "bluesky", "labeler", "key", "--data", str(tmp_path), "--hostname", "a.example", "--json"
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["did_key"] == "did:key:" + printed["key"]
    assert printed["url"] == "https://a.example"
    assert read_multikey(printed["key"]).algorithm == "ES256K"
    (tmp_path / "labeler.key").chmod(0o644)
    refused = stoa("bluesky", "labeler", "key", "--data", str(tmp_path), "--hostname", "a.example")
    assert refused.returncode == 1
    assert "chmod 600" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_labeler_that_is_no_did_is_refused(tmp_path):
    done = stoa("up", "--data", str(tmp_path), STOA_LABELER_DID="notes.example.com")
    assert done.returncode == 1
    assert "STOA_LABELER_DID" in done.stderr
