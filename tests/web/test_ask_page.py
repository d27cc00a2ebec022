"""The page of questions: without a script, over a real square in memory."""

import re
from urllib.parse import unquote

import pytest
from tests.web.conftest import csrf
from tests.web.small_square import did, uri

from stoa.records import Batch, Remove

RULING = (
    "---\ntitle: The weir case\ntier: record\n---\n"
    "The court ruled that the weir of Hallow must be removed by 1931."
)
QUESTION = "What did the court rule about the weir of Hallow?"


@pytest.fixture
def ruled(client):
    put = client.put("/api/v1/documents?name=weir.md", content=RULING)
    assert put.status_code == 200, put.text
    return client


def ask(client, question=QUESTION, **more):
    """The page an asker ends on."""
    done = client.post("/ask", data={"csrf": csrf(client), "question": question, **more})
    assert done.status_code == 303, done.text
    return client.get(done.headers["location"])


def test_an_answer_shows_its_words_its_source_and_its_doubt(ruled):
    page = ask(ruled).text
    assert "The weir case" in page
    assert "primary record" in page
    assert "<mark>The court ruled that the weir of Hallow must be removed by 1931.</mark>" in page
    assert 'href="#s1"' in page
    assert 'id="s1"' in page
    assert "quoted" in page


def test_the_voice_is_switched_with_the_same_question(ruled):
    page = ask(ruled, mode="fun").text
    assert "Say it plainly" in page
    assert "<mark>The court ruled" in page


def test_without_sources_nothing_is_claimed(ruled):
    page = ask(ruled, "Which opera did Wilhelmina Trask compose in Reykjavik?").text
    assert "Not answered" in page
    assert "<mark>" not in page


def test_a_form_of_somebody_else_is_refused(client):
    assert client.post("/ask", data={"csrf": "no", "question": QUESTION}).status_code == 403


def test_an_empty_or_endless_question_comes_back_with_what_to_do(client):
    for question, said in (("  ", "Write what you want to know"), ("x" * 4_001, "at most 4,000")):
        answer = client.post("/ask", data={"csrf": csrf(client), "question": question})
        assert answer.status_code == 400
        assert said in answer.text


def test_markup_in_a_question_and_in_sources_is_inert(client):
    nasty = "<script>alert(1)</script> weir"
    text = "The <b>weir</b> of <script>x</script> stands."
    client.put("/api/v1/documents?name=x.md", content=text)
    page = ask(client, f"{nasty} stands?").text
    assert "<script>alert" not in page
    assert "<script>x" not in page


def test_an_answer_let_go_asks_to_be_asked_again(client):
    page = client.get("/ask?answer=nothing&q=why").text
    assert "was let go" in page
    assert ">\nwhy</textarea>" in page


def test_a_deleted_post_is_not_quoted_any_more(square, client):
    page = ask(client, "Where does the branch line end?")
    gone = unquote(re.search(r'href="/post/([^"]+)"', page.text)[1])
    quoted = re.search(r"<mark>(.*?)</mark>", page.text)[1]
    author = square.store.posts([square.store.post_id(gone)]).popitem()[1].author_name
    square.commit(Batch((Remove(gone, author, 1 << 62, square.clock.now_us()),)))
    again = client.get(str(page.url)).text
    assert f"<mark>{quoted}</mark>" not in again
    assert "taken back" in again


def test_a_post_is_explained_from_its_card(client):
    target = uri("ana", "root")
    done = client.post("/ask/explain", data={"csrf": csrf(client), "post": target})
    assert done.status_code == 303
    page = client.get(done.headers["location"]).text
    assert "What is known about this?" in page
    assert did("ana") in page or "Ana" in page
    unknown = {"csrf": csrf(client), "post": "at://no"}
    assert client.post("/ask/explain", data=unknown).status_code == 404


def test_a_talk_goes_on(ruled):
    page = ask(ruled).text
    thread = re.search(r'name="thread" value="([^"]+)"', page)
    assert thread
    assert ask(ruled, "And by when?", thread=thread[1]).status_code == 200
