"""Streams of answers: keep-alive, queues, raw drafts, and what a reader never sees."""

import json
import re
import threading

import pytest
from tests.web.conftest import near
from tests.web.small_square import small_square

from stoa.errors import StoreError
from stoa.language_models.scripted import ScriptedModel
from stoa.web.ask_streams import AskStreams, Stream, Told

RULED = "The court ruled that the weir of Hallow must be removed by 1931."


@pytest.fixture
def client():
    client = near(small_square(empty=True))
    put = client.put("/api/v1/documents?name=weir.txt&tier=record", content=RULED.encode())
    assert put.status_code == 200
    return client


def draft_of(text):
    return json.dumps({"sentences": [{"text": text, "cites": ["document:weir.txt#1"]}]})


def told(client, path="/api/v1/ask"):
    answer = client.post(path, json={"question": "When must the weir of Hallow be removed?"})
    return re.findall(r"event: (\w+)\ndata: (.*)\n", answer.text)


@pytest.fixture
def lying_model(monkeypatch):
    model = ScriptedModel([draft_of("The weir of Hallow stays until 1999.")] * 4)
    monkeypatch.setattr("stoa.app.ask_room.open_model", lambda settings: model)
    return model


def test_a_models_raw_words_are_told_only_to_those_who_ask_for_them(client, lying_model):
    checked = told(client)
    assert lying_model.asked
    assert "draft" not in [name for name, _ in checked]
    assert "1999" not in json.dumps(checked)
    assert json.loads(checked[-1][1])["claims"][0]["quote"] == RULED
    raw = told(client, "/api/v1/ask?draft=1")
    assert "1999" in "".join(json.loads(data)["text"] for name, data in raw if name == "draft")
    assert "1999" not in json.loads(raw[-1][1])["answer"]


def test_an_endpoint_that_dies_leaves_quotations(client, monkeypatch):
    model = ScriptedModel([])
    monkeypatch.setattr("stoa.app.ask_room.open_model", lambda settings: model)
    done = json.loads(told(client)[-1][1])
    assert done["claims"][0]["quote"] == RULED


async def test_silence_is_kept_alive_and_the_end_ends(monkeypatch):
    monkeypatch.setattr("stoa.web.ask_streams.KEEP_ALIVE_S", 0.001)
    stream = Stream("s")
    stream.add(Told("meta", b"{}"))
    heard = stream.after(0)
    assert (await anext(heard))[0] == 1
    assert await anext(heard) is None
    stream.add(Told("done", b"{}"))
    stream.end()
    assert [number async for number, _ in heard] == [2]


async def test_a_listener_hears_only_what_came_after():
    stream = Stream("s", events=[Told("meta", b"1"), Told("done", b"2")])
    stream.end()
    assert [each[1].data async for each in stream.after(1)] == [b"2"]
    assert [each async for each in stream.after(99)] == []


def test_what_came_of_questions_is_counted(client, monkeypatch):
    told(client)
    client.post("/api/v1/ask", json={"question": "What does saffron cost in Lisbon?"})
    monkeypatch.setattr("stoa.app.ask_room.AskRoom.ask", lambda *a, **k: 1 / 0)
    told(client)
    counted = dict(re.findall(r'stoa_questions_total{outcome="(\w+)"} (\S+)', metrics(client)))
    assert counted == {"answered": "1.0", "abstained": "1.0", "broken": "1.0"}
    assert "stoa_answer_cpu_seconds_count 3.0" in metrics(client)


def metrics(client):
    return client.get("/metrics").text


def test_one_caller_cannot_fill_the_queue(client, monkeypatch):
    monkeypatch.setattr("stoa.web.ask_streams.EACH", 0)
    answer = client.post("/api/v1/ask", json={"question": "When must the weir be removed?"})
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


def test_streams_are_found_by_ids_they_gave_and_let_go_after_a_while(monkeypatch):
    streams = AskStreams()
    stream = Stream("s")
    stream.end()
    streams._streams["s"] = stream
    assert streams.resume("s.3") == (stream, 3)
    for unknown in ("s", "s.x", "t.3", "", "s.-1", "s.٣"):
        assert streams.resume(unknown) is None
    monkeypatch.setattr("stoa.web.ask_streams.KEPT_S", -1.0)
    assert streams.resume("s.3") is None


def test_a_question_under_way_holds_up_no_square_that_closes():
    waiting = threading.Event()

    def prepare():
        waiting.wait(10)
        raise StoreError("closed")

    stream = AskStreams().begin(prepare, lambda answer: {})
    under_way = [thread for thread in threading.enumerate() if thread.name == "ask"]
    assert [thread.daemon for thread in under_way] == [True]
    waiting.set()
    under_way[0].join(10)
    assert stream.outcome == "refused"
    assert stream.ended_at is not None
