"""The labeler's doors over a small square: questions, streams, and what people try on them."""

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from tests.contracts.test_label_log_contract import label, post
from tests.web.conftest import LOCAL
from tests.web.small_square import small_square

from stoa.app.labels import Labels, label_key
from stoa.bluesky.dag_cbor import dag_cbor
from stoa.bluesky.labels import kept_frame, read_label, verifies
from stoa.bluesky.multikey import read_multikey
from stoa.web.application import build_application
from stoa.web.feed_generator import feed_generator_routes
from stoa.web.label_stream import StreamLimits
from stoa.web.labels import label_routes
from stoa.web.meters import Meters

DID = "did:web:square.example"
QUERY = "/xrpc/com.atproto.label.queryLabels"
STREAM = "ws://127.0.0.1:8080/xrpc/com.atproto.label.subscribeLabels"


class Bench:
    """A square with a labeler whose sequence the tests fill."""

    def __init__(self, limits: StreamLimits | None = None) -> None:
        self.square = small_square(hostname="square.example", labeler_did=DID)
        self.key = label_key(DID, None)
        self.labels = Labels(self.square.rooms, self.key)
        self.n = 0
        meters = Meters()
        routes = [
            *label_routes(self.labels, limits),
            *feed_generator_routes(self.square, None, meters, self.key.multikey),
        ]
        self.client = TestClient(
            build_application(self.square, routes, meters),
            base_url=LOCAL,
            client=("127.0.0.1", 4_000),
        )

    def give(self, *names: str, **fields) -> None:
        made = []
        for name in names:
            self.n += 1
            made.append(self.key.signed(label(self.n, post(name), src=DID, **fields)))
        self.labels.log.append(self.n - len(made), made)

    def query(self, **parameters):
        return self.client.get(QUERY, params={"uriPatterns": "*"} | parameters)


@pytest.fixture
def bench():
    return Bench()


def refused(answer) -> str:
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body.keys() == {"error", "message"}
    assert body["error"] == "InvalidRequest"
    return body["message"]


def test_labels_are_found_and_verify_with_the_key_of_the_document(bench):
    bench.give("ana", "ben")
    found = bench.query(uriPatterns=post("ana")).json()
    assert found.keys() == {"labels"}
    (one,) = found["labels"]
    assert one["uri"] == post("ana")
    assert one["sig"].keys() == {"$bytes"}
    document = bench.client.get("/.well-known/did.json").json()
    (method,) = document["verificationMethod"]
    assert method["id"] == f"{DID}#atproto_label"
    assert (method["type"], method["controller"]) == ("Multikey", DID)
    read = read_label(one)
    assert read is not None
    assert verifies(read, read_multikey(method["publicKeyMultibase"]))
    assert document["service"][1] == {
        "id": "#atproto_labeler",
        "type": "AtprotoLabeler",
        "serviceEndpoint": "https://square.example",
    }


def test_pages_of_an_answer_have_every_label_once(bench):
    bench.give(*(f"p{n}" for n in range(7)))
    seen, cursor = [], None
    for _ in range(10):
        body = bench.query(limit="3", **({"cursor": cursor} if cursor else {})).json()
        seen += [one["uri"] for one in body["labels"]]
        cursor = body.get("cursor")
        if cursor is None:
            break
    assert seen == [post(f"p{n}") for n in range(7)]


def test_a_label_taken_back_says_so(bench):
    bench.give("ana")
    bench.give("ana", neg=True)
    (one,) = bench.query().json()["labels"]
    assert one["neg"] is True


def test_other_sources_give_nothing(bench):
    bench.give("ana")
    assert bench.query(sources="did:plc:else").json() == {"labels": []}
    assert len(bench.query(sources=DID).json()["labels"]) == 1
    both = bench.client.get(f"{QUERY}?uriPatterns=*&sources=did:plc:else&sources={DID}")
    assert len(both.json()["labels"]) == 1


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"uriPatterns": ""}, "uriPatterns"),
        ({"uriPatterns": "at://*/x"}, "uriPatterns"),
        ({"uriPatterns": "**"}, "uriPatterns"),
        ({"uriPatterns": "at://é*"}, "uriPatterns"),
        ({"uriPatterns": "at://a b"}, "uriPatterns"),
        ({"uriPatterns": "at://\x00*"}, "uriPatterns"),
        ({"uriPatterns": "a" * 2_049}, "uriPatterns"),
        ({"uriPatterns": ["*"] * 51}, "uriPatterns"),
        ({"sources": "ana.example"}, "sources"),
        ({"sources": ["did:plc:a"] * 51}, "sources"),
        ({"limit": "0"}, "limit"),
        ({"limit": "251"}, "limit"),
        ({"limit": "1.5"}, "limit"),
        ({"limit": "٣"}, "limit"),
        ({"limit": ""}, "limit"),
        ({"cursor": "-1"}, "cursor"),
        ({"cursor": "abc"}, "cursor"),
        ({"cursor": "9" * 20}, "cursor"),
        ({"cursor": str(1 << 63)}, "cursor"),
        ({"cursor": "9" * 10_000}, "cursor"),
    ],
)
def test_hostile_questions_are_refused_by_name(bench, parameters, named):
    assert named in refused(bench.query(**parameters))


def test_a_question_without_patterns_is_refused(bench):
    assert "uriPatterns" in refused(bench.client.get(QUERY))


def test_the_greatest_cursor_is_an_end(bench):
    bench.give("ana")
    assert bench.query(cursor=str((1 << 63) - 1)).json() == {"labels": []}


def test_answers_are_valid_in_the_official_models(bench):
    atproto = pytest.importorskip("atproto", reason="the peers group is not installed")
    bench.give("ana", cid="bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua")
    models = atproto.models
    answer = bench.query(limit="1").json()
    for one in answer["labels"]:
        one["sig"] = one["sig"]["$bytes"]
    read = models.get_or_create(answer, models.ComAtprotoLabelQueryLabels.Response)
    assert read.labels[0].val == "readers-added-context"
    assert read.cursor == "1"


def test_a_square_without_labeler_has_no_such_doors():
    square = small_square(hostname="square.example")
    meters = Meters()
    routes = [*label_routes(None), *feed_generator_routes(square, None, meters)]
    client = TestClient(build_application(square, routes, meters), base_url=LOCAL)
    answer = client.get(QUERY, params={"uriPatterns": "*"})
    assert (answer.status_code, answer.json()["error"]) == (501, "MethodNotImplemented")
    assert "verificationMethod" not in client.get("/.well-known/did.json").json()
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM):
        pass


# The stream.


def frames(bench, n: int, cursor: str = "?cursor=0") -> list[bytes]:
    with bench.client.websocket_connect(STREAM + cursor) as socket:
        return [socket.receive_bytes() for _ in range(n)]


def test_everything_from_the_beginning_then_from_a_place(bench):
    bench.give("ana", "ben", "cleo")
    kept = bench.labels.log.after(DID, 0)
    assert frames(bench, 3) == [kept_frame(one) for one in kept]
    assert frames(bench, 1, "?cursor=2") == [kept_frame(kept[2])]


def test_more_labels_than_one_reading_takes(bench):
    bench.give(*(f"p{n}" for n in range(250)))
    assert len(frames(bench, 250)) == 250


def ended(bench, cursor: str) -> tuple[bytes, int]:
    with bench.client.websocket_connect(STREAM + cursor) as socket:
        frame = socket.receive_bytes()
        with pytest.raises(WebSocketDisconnect) as end:
            socket.receive_bytes()
    return frame, end.value.code


def test_a_cursor_beyond_the_end_is_named(bench):
    bench.give("ana")
    frame, code = ended(bench, "?cursor=2")
    message = {"error": "FutureCursor", "message": "the sequence ends at 1"}
    assert frame == dag_cbor({"op": -1}) + dag_cbor(message)
    assert code == 1008


@pytest.mark.parametrize(
    "cursor", ["-1", "x", "", "1e3", "٣", "9" * 19, "9" * 5_000, "0&cursor=1", "1.0", "%00"]
)
def test_hostile_cursors_end_the_stream_by_name(bench, cursor):
    frame, code = ended(bench, f"?cursor={cursor}")
    assert b"InvalidRequest" in frame
    assert code == 1008


def test_a_listener_that_speaks_is_let_go(bench):
    with bench.client.websocket_connect(STREAM) as socket:
        socket.send_text("hello")
        with pytest.raises(WebSocketDisconnect) as end:
            socket.receive_bytes()
    assert end.value.code == 1003


def test_only_so_many_listen(bench):
    bench = Bench(StreamLimits(listeners=2, of_one_address=5))
    with bench.client.websocket_connect(STREAM), bench.client.websocket_connect(STREAM):
        with pytest.raises(WebSocketDisconnect) as end, bench.client.websocket_connect(STREAM):
            pass
        assert end.value.code == 1013
    bench.give("ana")
    assert len(frames(bench, 1)) == 1  # their places are free again


def test_one_address_does_not_take_every_place():
    bench = Bench(StreamLimits(of_one_address=1))
    mallory = {"x-forwarded-for": "10.1.1.1, 203.0.113.9"}
    with bench.client.websocket_connect(STREAM, headers=mallory):
        with (
            pytest.raises(WebSocketDisconnect),
            bench.client.websocket_connect(
                STREAM, headers={"x-forwarded-for": "10.9.9.9, 203.0.113.9"}
            ),
        ):
            pass
        with bench.client.websocket_connect(STREAM, headers={"x-forwarded-for": "203.0.113.10"}):
            pass


def test_a_stream_ends_after_its_time():
    bench = Bench(StreamLimits(open_s=0.05))
    with (
        bench.client.websocket_connect(STREAM) as socket,
        pytest.raises(WebSocketDisconnect) as end,
    ):
        socket.receive_bytes()
    assert end.value.code == 1001


def test_an_unknown_host_gets_no_socket(bench):
    with (
        pytest.raises(WebSocketDisconnect) as end,
        bench.client.websocket_connect(STREAM.replace("127.0.0.1", "evil.example")),
    ):
        pass
    assert end.value.code == 1008
