"""Notes on pages and in JSON: read, rated, written, shown under their post, and asked for."""

import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from tests.web.conftest import KEY, csrf
from tests.web.noted import MINUTE_US, MISLEADING, noted, some_posts
from tests.web.small_square import did, small_square, uri

from stoa.app.notes_rounds import NotesRounds
from stoa.errors import PoorFit
from stoa.web.application import build_application
from stoa.web.views.pen_names import pen_name

FREE = uri("ana", "root")  # a post without a note
NEW = uri("ana", "image")  # a post that its account's page shows
NOTE_KEYS = {
    "id", "post", "writer", "classification", "reasons", "text", "sources", "written_at", "status",
    "shows", "since", "why", "tags", "ratings", "sides", "history",
}  # fmt: skip
BRIEF_KEYS = {"id", "text", "sources", "status", "since"}
LEVELS = {"helpful", "somewhat_helpful", "not_helpful"}


@pytest.fixture
def camps(square):
    return noted(square, [*some_posts(square), NEW])


@pytest.fixture
def contributor(client, camps):
    """The local reader, enrolled."""
    token = csrf(client)
    assert client.post("/notes/enrol", data={"csrf": token, "agreed": "yes"}).status_code == 303
    return camps


@pytest.fixture
def founder(client, square):
    """The local reader in a young square, where newcomers may write at once."""
    client.post("/notes/enrol", data={"csrf": csrf(client), "agreed": "yes"})
    return square


def post_page(post):
    return "/post/" + quote(post, safe="")


def draft(**changes):
    fields = {
        "post": FREE,
        "classification": MISLEADING,
        "reasons": ["misleadingFactualError", "misleadingOther"],
        "text": "The pool by the pier is closed until May.",
        "sources": "https://harbour.example/closed\nhttps://harbour.example/why",
    } | changes
    return {name: value for name, value in fields.items() if value is not None}


def write(client, **changes):
    return client.post("/notes/write", data={"csrf": csrf(client), **draft(**changes)})


# ----------------------------------------------------------------------------- under its post


def test_a_shown_note_sits_in_the_card_above_the_buttons(client, camps, square):
    [shown] = square.notes.notes_of(NEW)
    for path in (post_page(NEW), "/account/" + did("ana")):
        page = client.get(path).text
        card = page[page.index("Two from this morning") :]
        assert card.index('class="context"') < card.index('class="acts"')
        assert "Readers added context" in card
        assert "People who usually disagree found this helpful." in card
        assert f'href="/notes/{shown.id}"' in card
        link = re.search(r'<a href="https://www.harbour.example/levels\?year=2019"[^>]*>', card)[0]
        assert 'rel="nofollow noopener noreferrer"' in link
    assert "Readers added context" in client.get("/").text


def test_no_other_note_sits_in_a_card(client, camps, square):
    for kind in ("left", "right", "nobody"):
        hidden = square.notes.note(camps.of_kind[kind][0])
        assert 'class="context"' not in client.get(post_page(hidden.post)).text


def test_the_feed_carries_the_note_of_each_post(client, camps, square):
    items, cursor = [], ""
    while cursor is not None:
        body = client.get(f"/api/v1/feed?viewer=ben&limit=100&cursor={cursor}").json()
        items, cursor = items + body["items"], body["cursor"]
    notes = {item["uri"]: item["note"] for item in items}
    shown = [square.notes.note(note) for note in camps.of_kind["both"]]
    found = {uri for uri, note in notes.items() if note is not None}
    assert found == {view.post for view in shown} & set(notes) != set()
    brief = next(note for note in notes.values() if note)
    assert set(brief) == BRIEF_KEYS
    assert brief["status"] == "CURRENTLY_RATED_HELPFUL"
    assert brief["id"].isdigit()


def test_a_page_with_a_note_in_every_card_keeps_to_its_budget(square, client):
    posts = some_posts(square, 200)
    camps = noted(square, [])
    long = "Context that takes its time, with commas, and then some more of the same. " * 27
    for post in posts:
        camps.square.clock.us += 1
        camps.writers = [square.store.intern_account(f"app:w{len(camps.of_kind['both']) // 9}")]
        square.notes.enrol(camps.writers[0])
        camps.write("both", post, long[:2_000])
    views = {view.post: view for post in posts for view in square.notes.notes_of(post)}
    square.notes.shown = lambda uris: {uri: views[uri] for uri in uris if uri in views}
    page = client.get("/").text
    assert page.count('class="context"') >= 10
    assert len(page.encode()) < 60_000


def test_the_author_of_a_post_is_told_why_a_note_shows_on_it(client, camps, square):
    shown = square.notes.note(camps.of_kind["both"][0])
    author = shown.post.split("/")[2]
    assert "This is your post." not in client.get(post_page(shown.post)).text
    square.local_reader = author
    client.cookies.clear()
    page = client.get(post_page(shown.post)).text
    assert "This is your post. It shows because people who usually disagree" in page
    assert "On your posts" in client.get("/notes?tab=yours").text
    assert "Why it shows on your post" in client.get(f"/notes/{shown.id}").text
    body = client.get("/api/v1/notes?tab=yours").json()
    assert shown.id in [int(note["id"]) for note in body["on_your_posts"]]


def test_the_page_of_a_post_lists_all_notes_with_history_and_sides(client, camps, square):
    for kind in ("both", "left"):
        view = square.notes.note(camps.of_kind[kind][0])
        page = client.get(post_page(view.post)).text
        assert "Notes on this post" in page
        assert "On one side" in page
        assert "On the other side" in page
        assert "Its history" in page
        body = client.get("/api/v1/post/" + quote(view.post, safe="")).json()
        assert [note["id"] for note in body["notes"]] == [str(view.id)]
        assert set(body["notes"][0]) == NOTE_KEYS
        assert (body["note"] is not None) == (kind == "both")
        assert body["note_requests"] == 0


# -------------------------------------------------------------------------------- their pages


@pytest.mark.parametrize("tab", ["shown", "needs-you", "yours", "requested"])
def test_every_list_opens_also_when_it_is_empty(client, tab):
    page = client.get(f"/notes?tab={tab}")
    assert page.status_code == 200
    assert 'class="empty"' in page.text
    body = client.get(f"/api/v1/notes?tab={tab}").json()
    assert set(body) == {"tab", "notes", "on_your_posts", "requests", "before", "counts", "stalled"}
    assert (body["tab"], body["notes"]) == (tab, [])


def test_the_newest_shown_come_first_and_a_page_at_a_time(client, square):
    camps = noted(square, some_posts(square, 80))
    shown = sorted(camps.of_kind["both"], reverse=True)
    assert len(shown) == 20
    first = client.get("/api/v1/notes").json()
    rest = client.get("/api/v1/notes?before=" + first["before"]).json()
    assert [int(n["id"]) for n in first["notes"] + rest["notes"]] == shown
    assert rest["before"] is None
    assert f"/notes?before={first['before']}" in client.get("/notes").text
    assert first["counts"] == {"notes": 80, "shown": 20, "ratings": 80 * 24, "contributors": 34}


def test_a_run_that_decides_nothing_is_said_on_the_page_and_takes_no_note_away(
    client, camps, square, monkeypatch
):
    def shown():
        return client.get("/api/v1/notes").json()["notes"]

    def no_pattern(data, times):
        raise PoorFit("MFCoreScorer", 0.203, 0.16)

    before = shown()
    assert before
    ports = square.notes._ports
    monkeypatch.setattr(square.notes, "_ports", replace(ports, scorer=no_pattern))
    square.clock.us += 3 * MINUTE_US
    assert NotesRounds(square.settings, pytest.fail).round(square.rooms) is None
    square.clock.us += 2 * MINUTE_US
    page = client.get("/notes").text
    assert "No status could be worked out 2 minutes ago" in page
    assert "error 0.203, where 0.16 is the most allowed" in page
    assert "Every note keeps the status it had; it is tried again every 10 minutes" in page
    assert shown() == before
    assert "error 0.203" in client.get("/api/v1/notes").json()["stalled"]["why"]
    square.notes._ports = ports
    assert NotesRounds(square.settings, pytest.fail).round(square.rooms) is not None
    assert "No status could be worked out" not in client.get("/notes").text
    assert client.get("/api/v1/notes").json()["stalled"] is None


def test_notes_that_need_a_viewpoint_are_those_not_rated_yet(client, contributor, square):
    wanted = client.get("/api/v1/notes?tab=needs-you").json()["notes"]
    assert wanted
    assert {note["status"] for note in wanted} == {"NEEDS_MORE_RATINGS"}
    rate(client, wanted[0]["id"], "HELPFUL", "helpfulClear")
    after = client.get("/api/v1/notes?tab=needs-you").json()["notes"]
    assert wanted[0]["id"] not in [note["id"] for note in after]


def test_the_page_of_a_note_tells_all_of_it(client, camps, square):
    note = camps.of_kind["both"][0]
    page = client.get(f"/notes/{note}").text
    assert "All raters of the square were heard" in page
    assert "it shows if that holds for an hour" in page
    assert page.count("<circle") >= 24
    assert re.search(r"The note is entry \d+ of this square’s log", page)
    assert "stoa.notes/" in page
    body = client.get(f"/api/v1/notes/{note}").json()
    assert set(body) == NOTE_KEYS | {"rule", "intercept", "factor", "axis", "proof"}
    assert set(body["proof"]) == {"entry", "checkpoint", "vkey"}
    assert set(body["ratings"]) == LEVELS
    assert set(body["sides"]) == {"negative", "positive", "unknown"}
    assert [set(change) for change in body["history"]] == [
        {"at", "status", "decided_by", "entry"}
    ] * len(body["history"])
    assert len(body["axis"]) == 24
    leaves = list(square.store.notes.leaves())
    assert str(note).encode() in leaves[body["proof"]["entry"]]
    for change in body["history"]:
        assert b'"kind":"status"' in leaves[change["entry"]]
        assert str(note).encode() in leaves[change["entry"]]


def test_the_log_is_told_with_its_key(client, camps, square):
    body = client.get("/api/v1/notes/log").json()
    assert set(body) == {"entries", "runs", "checkpoint", "checkpoint_size", "vkey", "export"}
    assert body["vkey"] == str(square.notes.key)
    assert body["checkpoint_size"] == body["entries"]
    page = client.get("/notes/log").text
    assert str(square.notes.key) in page.replace("&#43;", "+")
    assert "stoa notes verify" in page


@pytest.mark.parametrize("note", ["0", "7", "9" * 19, "9" * 40, "-1", "x", "1e3", "１２"])
def test_wrong_ids_are_no_pages(client, note):
    for path in (f"/notes/{quote(note)}", f"/api/v1/notes/{quote(note)}"):
        assert client.get(path).status_code == 404
    token = csrf(client)
    for act in ("rate", "delete"):
        form = {"csrf": token, "level": "HELPFUL", "tags": "helpfulClear", "sure": "yes"}
        assert client.post(f"/notes/{quote(note)}/{act}", data=form).status_code in (403, 404)


@pytest.mark.parametrize("query", ["tab=mine", "before=x", "before=" + "9" * 30])
def test_nonsense_in_the_address_of_a_list_is_a_400(client, query):
    assert client.get("/notes?" + query).status_code == 400
    assert client.get("/api/v1/notes?" + query).status_code == 400


# --------------------------------------------------------------------------------- what one does


def test_one_becomes_a_contributor_knowing_that_it_stays(client, square):
    assert "it stays there for good" in client.get("/notes/you").text
    token = csrf(client)
    assert client.post("/notes/enrol", data={"csrf": token}).status_code == 400
    assert client.get("/api/v1/notes/you").json()["contributor"] is None
    client.post("/notes/enrol", data={"csrf": token, "agreed": "yes"})
    body = client.get("/api/v1/notes/you").json()["contributor"]
    assert set(body) == {
        "pseudonym", "state", "may_write", "rating_impact", "needed", "notes_written",
        "notes_helpful", "notes_not_helpful", "notes_left_today", "side_is_known", "why",
    }  # fmt: skip
    assert pen_name(body["pseudonym"]) in client.get("/notes/you").text


def rate(client, note, level, *tags, **more):
    form = {"csrf": csrf(client), "level": level, "tags": list(tags), **more}
    return client.post(f"/notes/{note}/rate", data=form)


def test_a_rating_is_kept_and_may_be_changed(client, contributor, square):
    note = contributor.of_kind["left"][0]
    page = client.get(f"/notes/{note}?level=NOT_HELPFUL").text
    assert "Sources are missing or poor" in page
    assert "I learned something" not in page
    answer = rate(client, note, "NOT_HELPFUL", "notHelpfulIncorrect", "notHelpfulOffTopic")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/notes/{note}")
    assert "You said: not helpful" in client.get(f"/notes/{note}").text
    assert square.notes.note(note).ratings.total == 25
    rate(client, note, "HELPFUL", "helpfulClear")
    assert "You said: helpful" in client.get(f"/notes/{note}").text
    assert square.notes.note(note).ratings.total == 25


@pytest.mark.parametrize(
    ("level", "tags", "said"),
    [
        ("HELPFUL", [], "Tick at least one reason"),
        ("HELPFUL", ["notHelpfulIncorrect"], "Tick at least one reason"),
        ("HELPFUL", ["<script>"], "Tick at least one reason"),
        ("PERHAPS", ["helpfulClear"], "Choose how helpful the note is"),
        ("", [], "Choose how helpful the note is"),
    ],
)
def test_what_a_rating_lacks_is_said_in_place(client, contributor, square, level, tags, said):
    note = contributor.of_kind["left"][0]
    answer = rate(client, note, level, *tags)
    assert answer.status_code == 400
    assert said in answer.text
    assert "<script>" not in answer.text
    assert square.notes.note(note).ratings.total == 24


def test_a_note_is_written_rated_by_nobody_yet_and_taken_back(client, founder):
    assert "Hand in the note" in client.get("/notes/write?post=" + quote(FREE, safe="")).text
    answer = write(client)
    assert answer.status_code == 303
    where = answer.headers["location"]
    page = client.get(where).text
    assert "The pool by the pier is closed until May." in page
    assert "something else is wrong with it" in page
    assert "(you)" in page
    assert (
        "You have a note on this post"
        in client.get("/notes/write?post=" + quote(FREE, safe="")).text
    )
    assert "The pool by the pier" in client.get("/notes?tab=yours").text
    assert write(client).status_code == 403
    form = {"csrf": csrf(client)}
    assert client.post(where + "/delete", data=form).status_code == 400
    assert client.post(where + "/delete", data={**form, "sure": "yes"}).status_code == 303
    assert client.get(where).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"classification": None}, "classification", "Say what you think of the post."),
        ({"classification": "X"}, "classification", "Say what you think of the post."),
        ({"reasons": []}, "reasons", "Tick at least one reason."),
        ({"reasons": ["notMisleadingOther"]}, "reasons", "Tick at least one reason."),
        ({"reasons": ["<b>"]}, "reasons", "Here fit"),
        ({"text": " "}, "text", "The note is still empty."),
        ({"text": "a" * 2_001}, "text", "Write 1 to 2,000 characters"),
        ({"text": "a\u202eb"}, "text", "Leave out the character"),
        ({"sources": "javascript:alert(1)"}, "sources", "Give a whole web address"),
        ({"sources": "https://a@b.example/"}, "sources", "Leave out the name and password"),
        ({"sources": "\n".join(f"https://a.example/{n}" for n in range(11))}, "sources", "at most"),
    ],
)
def test_what_a_note_lacks_is_said_beside_its_field(client, founder, changes, field, said):
    answer = write(client, **changes)
    assert answer.status_code == 400
    problem = answer.text[answer.text.index(f'id="{field}-problem"') :]
    assert said in problem[:200]
    if "text" not in changes:  # what was typed is still there
        assert "The pool by the pier is closed until May." in answer.text
    assert founder.notes.notes_of(FREE) == []


def test_script_and_markup_in_a_note_are_inert(client, founder):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3))"
    sources = 'https://a.example/"onmouseover="alert(4)\nhttps://b.example/<script>'
    where = write(client, text=hostile, sources=sources).headers["location"]
    view = founder.notes.note(int(where.rpartition("/")[2]))
    founder.notes.shown = lambda uris: {FREE: view} if FREE in uris else {}
    for path in (where, post_page(FREE), "/notes?tab=yours", "/account/" + did("ana")):
        page = client.get(path).text
        assert "&lt;script&gt;alert(1)" in page, path
        assert "<script>alert" not in page
        assert "<img" not in page
        assert not re.search(r"<[^>]*\son\w+=", page)
        assert not re.search(r'(href|src|action)="javascript:', page)


def test_who_has_not_earned_in_is_told_what_is_missing(client, contributor):
    page = client.get("/notes/write?post=" + quote(FREE, safe="")).text
    if "Hand in the note" in page:  # still founding
        pytest.fail("the square should have had its ten notes")
    assert "You may rate, not yet write" in page
    assert write(client).status_code == 403
    assert (
        client.get("/api/v1/notes/write?post=" + quote(FREE, safe="")).json()["may_write"] is False
    )


def test_a_note_is_asked_for_once_and_the_list_says_so(client, founder):
    form = {"csrf": csrf(client), "post": FREE, "back": post_page(FREE) + "#notes"}
    assert "Ask for a note" in client.get(post_page(FREE)).text
    for _ in range(2):
        assert client.post("/notes/request", data=form).status_code == 303
    assert "You asked for a note." in client.get(post_page(FREE)).text
    body = client.get("/api/v1/notes?tab=requested").json()
    assert body["requests"] == [{"post": FREE, "requests": 1}]
    assert "1 contributor would like a note here." in client.get("/notes?tab=requested").text


# -------------------------------------------------------------------------------------- the wall


def test_forms_want_their_token_and_a_sensible_size(client, founder):
    for path in (
        "/notes/write",
        "/notes/enrol",
        "/notes/request",
        "/notes/7/rate",
        "/notes/7/delete",
    ):
        assert client.post(path, data={"csrf": "x.y", **draft()}).status_code == 403, path
        foreign = {"sec-fetch-site": "cross-site"}
        form = {"csrf": csrf(client), **draft()}
        assert client.post(path, data=form, headers=foreign).status_code == 403, path
        huge = {"csrf": csrf(client), **draft(text="a" * 100_000)}
        assert client.post(path, data=huge).status_code == 413, path
    assert founder.notes.notes_of(FREE) == []


def test_the_logged_out_read_notes_but_do_not_act(far, square):
    camps = noted(square, some_posts(square))
    note = camps.of_kind["both"][0]
    for path in ("/notes", "/notes?tab=requested", "/notes/log", f"/notes/{note}"):
        page = far.get(path)
        assert page.status_code == 200, path
        assert "<form" not in page.text, path
    for path in (
        "/notes/you",
        "/notes?tab=yours",
        "/notes?tab=needs-you",
        f"/notes/write?post={FREE}",
    ):
        answer = far.get(path, headers={"accept": "text/html"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/who")
    token = csrf(far, "/notes")
    form = {"csrf": token, "agreed": "yes", **draft(), "level": "HELPFUL", "tags": "helpfulClear"}
    for path in ("/notes/enrol", "/notes/write", "/notes/request", f"/notes/{note}/rate"):
        assert far.post(path, data=form).status_code == 401, path


@pytest.mark.parametrize(
    "path", ["/api/v1/notes", "/api/v1/notes/log", "/api/v1/notes/you?viewer=x"]
)
def test_twins_want_a_key_elsewhere(far, path):
    assert far.get(path).status_code == 401
    assert far.get(path, headers={"authorization": f"Bearer {KEY}"}).status_code == 200
    body = {"acts": []}
    assert far.post("/api/v1/notes/acts", json=body).status_code == 401


def test_nobody_sees_how_somebody_else_stands(far):
    far.post("/who", data={"csrf": csrf(far, "/who"), "name": "ana"})
    assert far.get("/api/v1/notes/you?viewer=local:me").status_code == 403
    assert far.get("/api/v1/notes?tab=yours&viewer=local:me").status_code == 403
    assert far.get("/api/v1/notes/you").status_code == 200


# ---------------------------------------------------------------------------------- for programs


def send(client, *acts):
    answer = client.post("/api/v1/notes/acts", json={"acts": list(acts)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_app_brings_its_viewers_notes_and_ratings(client, square):
    body = send(
        client,
        {"viewer": "ben", "act": "enrol"},
        {"viewer": "cem", "act": "enrol"},
        {"viewer": "ben", "act": "write", **draft(sources=["https://a.example/"])},
        {"viewer": "cem", "act": "request", "post": uri("bo", "card")},
    )
    assert set(body) == {"accepted", "rejected", "notes"}
    assert (body["accepted"], body["rejected"], len(body["notes"])) == (4, [], 1)
    note = body["notes"][0]
    rating = {"viewer": "cem", "act": "rate", "note": note, "level": "HELPFUL"}
    body = send(
        client,
        rating | {"tags": ["helpfulClear"]},
        rating,
        rating | {"viewer": "ben", "tags": ["helpfulClear"]},
        rating | {"note": "7", "tags": ["helpfulClear"]},
        rating | {"note": "x", "tags": ["helpfulClear"]},
        {"viewer": "dov", "act": "request", "post": FREE},
        {"viewer": "cem", "act": "request", "post": "at://nobody/x/y"},
        {"viewer": "cem", "act": "adore"},
        "nonsense",
    )
    assert body["accepted"] == 1
    assert [(r["index"], r["field"]) for r in body["rejected"]] == [
        (1, "tags"), (2, "act"), (3, "note"), (4, "note"), (5, "act"), (6, "post"), (7, "act"),
        (8, "act"),
    ]  # fmt: skip
    assert square.notes.note(int(note)).ratings.total == 1
    assert send(client, {"viewer": "ben", "act": "delete", "note": note})["accepted"] == 1


def test_forms_answer_programs_in_json(client, founder):
    json_wanted = {"accept": "application/json"}
    form = {"csrf": csrf(client), **draft()}
    body = client.post("/notes/write", data=form, headers=json_wanted).json()
    assert set(body) == {"ok", "said", "note"}
    body = client.post("/notes/write", data=form | {"text": ""}, headers=json_wanted).json()
    assert (body["status"], body["context"]["field"]) == (400, "text")


def test_anybody_may_fetch_the_last_export_and_nothing_else(tmp_path):
    square = small_square(tmp_path, hostname="square.example")
    noted(square, some_posts(square, 8))
    stranger = TestClient(
        build_application(square), base_url="https://square.example", client=("203.0.113.9", 9)
    )
    assert "There is no export yet" in stranger.get("/notes/log").text
    square.clock.us += MINUTE_US
    NotesRounds(square.settings, pytest.fail).round(square.rooms)
    names = re.findall(r'href="/notes/export/([^"]+)"', stranger.get("/notes/log").text)
    assert {"log.jsonl", "checkpoint.txt", "key.txt"} <= set(names)
    assert stranger.get("/notes/export/key.txt").text == f"{square.notes.key}\n"
    log = stranger.get("/notes/export/log.jsonl")
    assert log.content.splitlines() == list(square.store.notes.leaves())
    assert "attachment" in log.headers["content-disposition"]
    for name in ("../square.db", "..%2Fsquare.db", "square.db", "%2e%2e%2fsquare.db", "", "x"):
        assert stranger.get("/notes/export/" + name).status_code == 404, name
    square.rooms.close()
