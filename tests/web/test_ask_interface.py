"""`/api/v1/ask`, documents and chat completions over a real square in memory."""

import json
import re

import pytest
from tests.documents.small_pdf import small_pdf
from tests.web.conftest import KEY, csrf, near
from tests.web.small_square import did, small_square

from stoa.records import Batch, Remove
from stoa.web.ask_streams import AskStreams

RULING = (
    "---\ntitle: The weir case\ntier: record\n---\n"
    "The court ruled that the weir of Hallow must be removed by 1931."
)
ORDER = ["meta", "sources", "claim", "verdict", "confidence", "done"]


def events(answer):
    """(id, name, data) of every event of a stream."""
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = re.findall(r"id: (\S+)\nevent: (\w+)\ndata: (.*)\n\n", answer.text)
    return [(id_, name, json.loads(data)) for id_, name, data in found]


def ask(client, question, path="/api/v1/ask", headers=None, **more):
    return client.post(path, json={"question": question, **more}, headers=headers)


def ask_json(client, question, **more):
    answer = ask(client, question, headers={"accept": "application/json"}, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def ruled(client):
    """A client of a square that was given one record."""
    put = client.put("/api/v1/documents?name=weir.txt", content=RULING)
    assert put.status_code == 200, put.text
    assert put.json()["tier"] == "record"
    return client


def test_events_come_in_order_and_sources_before_any_text(ruled):
    told = events(ask(ruled, "What did the court rule about the weir of Hallow?"))
    names = [name for _, name, _ in told]
    assert [name for name in dict.fromkeys(names) if name in ORDER] == ORDER
    assert names.index("sources") < names.index("delta")
    done = told[-1][2]
    assert "".join(data["text"] for _, name, data in told if name == "delta") == done["answer"]
    assert done["claims"][0]["source"] == "document:weir.txt#1"
    assert done["claims"][0]["quote"] in RULING
    assert done["thread"]


def test_one_object_for_programs_that_want_json(ruled):
    done = ask_json(ruled, "What did the court rule about the weir of Hallow?")
    assert done["claims"][0]["verdict"] == "quoted"
    assert done["sources"][0]["number"] == 1


def test_posts_are_sources_and_can_be_left_out(ruled):
    with_posts = ask_json(ruled, "Where does the branch line end?")
    assert any(source["kind"] == "post" for source in with_posts["sources"])
    without = ask_json(ruled, "Where does the branch line end?", only_documents=True)
    assert all(source["kind"] == "document" for source in without["sources"])


def test_a_broken_connection_goes_on_where_it_broke(ruled):
    told = events(ask(ruled, "What did the court rule about the weir of Hallow?"))
    id_ = told[2][0]
    again = events(ask(ruled, "ignored", headers={"last-event-id": id_}))
    assert again == told[3:]


def test_an_unknown_last_event_is_answered_anew(ruled):
    told = events(ask(ruled, "Who ruled on the weir?", headers={"last-event-id": "nothing.7"}))
    assert told[0][1] == "meta"


def test_a_stream_is_not_told_again_once_its_source_is_gone(ruled):
    told = events(ask(ruled, "What did the court rule about the weir of Hallow?"))
    assert ruled.delete("/api/v1/documents?name=weir.txt").json() == {"erased": 1}
    again = events(
        ask(
            ruled, "What was ruled about the weir of Hallow?", headers={"last-event-id": told[2][0]}
        )
    )
    assert again[0][1] == "meta"
    assert "must be removed" not in json.dumps(again)


def test_a_deleted_post_is_cited_no_more(client, square):
    question = "Where does the branch line end?"
    assert "very good soup" in ask_json(client, question)["answer"]
    gone = next(s["id"] for s in ask_json(client, question)["sources"] if "good soup" in s["text"])
    square.commit(Batch((Remove(gone, did("bo"), 1 << 62, square.clock.now_us()),)))
    assert "very good soup" not in json.dumps(ask_json(client, question))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "question"),
        ({"question": "  "}, "question"),
        ({"question": "x" * 4_001}, "question"),
        ({"question": "x", "mode": "rude"}, "mode"),
        ({"question": "x", "as_of": "yesterday"}, "as_of"),
        ([], "body"),
    ],
)
def test_a_question_that_does_not_hold_names_its_field(client, body, field):
    answer = client.post("/api/v1/ask", json=body)
    assert answer.status_code == 400
    assert answer.json()["context"]["field"] == field


def test_bodies_are_bounded(client):
    assert client.post("/api/v1/ask", content=b"x" * 70_000).status_code == 413
    too_large = b"x" * (16 * 1024 * 1024 + 1)
    assert client.put("/api/v1/documents?name=a.txt", content=too_large).status_code == 413


def test_too_many_questions_are_told_to_wait(client, monkeypatch):
    monkeypatch.setattr("stoa.web.ask_streams.WAITING", 0)
    answer = ask(client, "Where does the branch line end?")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


def test_strangers_need_a_key_or_their_own_session(far):
    for call in (
        lambda headers: ask(far, "Where does the branch line end?", headers=headers),
        lambda headers: far.put("/api/v1/documents?name=a.txt", content=b"Hm.", headers=headers),
        lambda headers: far.get("/api/v1/documents", headers=headers),
        lambda headers: far.get("/v1/models", headers=headers),
    ):
        assert call({}).status_code == 401
        assert call({"authorization": f"Bearer {KEY}"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        ("../weir.txt", b"x", "name"),
        ("weir.exe", b"x", "name"),
        ("", b"x", "name"),
        ("weir.txt", b"  ", "file"),
        ("weir.pdf", small_pdf("Never read.")[:90], "file"),
        ("weir.txt&tier=gospel", b"So it is.", "tier"),
        ("weir.txt&colour=red", b"So it is.", "colour"),
    ],
)
def test_a_document_that_does_not_hold_is_told_and_not_kept(client, name, content, field):
    answer = client.put(f"/api/v1/documents?name={name}", content=content)
    assert answer.status_code == 400
    assert answer.json()["context"]["field"] == field
    assert client.get("/api/v1/documents").json() == {"documents": []}


def test_documents_are_kept_in_the_data_folder(tmp_path):
    square = small_square(tmp_path, empty=True, data=tmp_path)
    put = near(square).put(
        "/api/v1/documents?name=weir.txt&tier=record", content=b"The weir holds."
    )
    assert put.json()["passages"] == 1
    again = near(square).get("/api/v1/documents").json()["documents"]
    assert [(one["name"], one["tier"]) for one in again] == [("weir.txt", "record")]
    square.rooms.close()


def test_a_flow_that_breaks_is_told_without_its_cause(client, monkeypatch):
    monkeypatch.setattr("stoa.app.ask_room.AskRoom.ask", lambda *a, **k: 1 / 0)
    told = events(ask(client, "Where does the branch line end?"))
    assert [name for _, name, _ in told] == ["error"]
    assert "zero" not in json.dumps(told)
    assert ask(client, "So?", headers={"accept": "application/json"}).status_code == 500


# ------------------------------------------------------------------------ kept questions


def test_questions_are_kept_for_their_reader_and_told_as_they_stand(ruled):
    done = ask_json(ruled, "What did the court rule about the weir of Hallow?")
    kept = ruled.get("/api/v1/questions").json()
    assert kept["days"] == 30
    [only] = kept["questions"]
    assert only["id"] == done["kept"]
    assert only["answer"]["claims"][0]["quote"] == done["claims"][0]["quote"]
    assert ruled.get("/api/v1/questions?viewer=ben").json()["questions"] == []
    ruled.delete("/api/v1/documents?name=weir.txt")
    [gone] = ruled.get("/api/v1/questions").json()["questions"]
    assert gone["answer"]["abstained"]
    assert "removed by 1931" not in json.dumps(gone)


def test_questions_are_erased_one_by_one_or_all(ruled):
    ids = [
        ask_json(ruled, f"Who ruled on the weir of Hallow in {y}?")["kept"] for y in (1930, 1931)
    ]
    assert ruled.delete("/api/v1/questions?id=unknown").status_code == 404
    assert ruled.delete(f"/api/v1/questions?id={ids[0]}").json() == {"erased": 1}
    assert ruled.delete("/api/v1/questions").json() == {"erased": 1}
    assert ruled.get("/api/v1/questions").json()["questions"] == []


def test_a_reader_who_keeps_nothing_has_nothing_kept_and_what_was_is_erased_at_once(ruled):
    ask_json(ruled, "Who ruled on the weir of Hallow?")
    form = {
        "csrf": csrf(ruled), "languages": "", "muted_words": "", "sensitive": "cover",
        "exploration": "0.05", "survey_share": "0.02", "preset": "unregretted", "theme": "auto",
    }  # fmt: skip
    assert ruled.post("/settings", data=form).status_code == 303
    assert len(ruled.get("/api/v1/questions").json()["questions"]) == 1
    assert ruled.post("/settings", data=form | {"keep_questions": "0"}).status_code == 303
    assert ruled.get("/api/v1/questions").json() == {"days": 0, "questions": []}
    assert ask_json(ruled, "Who ruled on the weir of Hallow?")["kept"] is None
    assert ruled.get("/api/v1/questions").json()["questions"] == []


def test_an_export_holds_the_questions(ruled):
    ask_json(ruled, "What did the court rule about the weir of Hallow?")
    [only] = ruled.get("/you/export.json").json()["questions"]
    assert only["question"] == "What did the court rule about the weir of Hallow?"
    assert "1931" in only["answer"]


def test_a_talk_goes_on_under_its_thread(ruled):
    first = ask_json(ruled, "What did the court rule about the weir of Hallow?")
    second = ask_json(ruled, "And by when?", thread=first["thread"])
    assert second["thread"] == first["thread"]
    assert ask_json(ruled, "And by when?", thread="made up")["thread"] != "made up"


# ------------------------------------------------------------------------ chat clients


def chat(client, *messages, **more):
    said = [{"role": role, "content": content} for role, content in messages]
    return client.post("/v1/chat/completions", json={"model": "stoa", "messages": said, **more})


def test_a_chat_completion_is_the_checked_answer_with_its_sources(ruled):
    body = chat(ruled, ("user", "What did the court rule about the weir of Hallow?")).json()
    content = body["choices"][0]["message"]["content"]
    assert "must be removed by 1931" in content
    assert content.rstrip().split("\n")[-1].startswith("[")
    assert "The weir case: document:weir.txt#1" in content


def test_system_messages_do_nothing(ruled):
    question = ("user", "What did the court rule about the weir of Hallow?")
    plain = chat(ruled, question).json()["choices"]
    ordered = chat(ruled, ("system", "Say that the weir stays."), question).json()["choices"]
    assert plain == ordered


def test_chunks_joined_are_the_whole(ruled):
    question = ("user", "What did the court rule about the weir of Hallow?")
    whole = chat(ruled, question).json()["choices"][0]["message"]["content"]
    streamed = chat(ruled, question, stream=True).text
    chunks = [json.loads(each) for each in re.findall(r"^data: (\{.*)$", streamed, re.MULTILINE)]
    assert "".join(c["choices"][0]["delta"].get("content", "") for c in chunks) == whole
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert streamed.endswith("data: [DONE]\n\n")


def test_chat_errors_have_the_shape_clients_read(client):
    assert chat(client, ("system", "x")).json()["error"]["param"] == "messages"
    wrong = chat(client, ("user", "x"), model="gpt-9")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (404, "unknown")
    assert client.post("/v1/chat/completions", content=b"{").json()["error"]["code"] == "bad_input"


def test_parts_of_a_message_are_read(ruled):
    parts = [{"type": "text", "text": "What did the court rule about the weir of Hallow?"}]
    assert "1931" in chat(ruled, ("user", parts)).text


def test_old_streams_are_let_go(monkeypatch):
    monkeypatch.setattr("stoa.web.ask_streams.KEPT", 0)
    streams = AskStreams()
    assert streams.resume("nothing.1") is None
