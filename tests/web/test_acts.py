"""What a reader does is kept, said in words, obeyed by the next page, and can be taken back."""

import re

import pytest
from tests.web.conftest import act, csrf
from tests.web.small_square import did, uri

from stoa.records import EventKind

POST = uri("ana", "root")


def me(square):
    return square.store.intern_account("local:me")


def kinds(square):
    return [event.kind for event in square.store.events(me(square)) if event.kind != 20]


def json_act(client, post, kind, **more):
    fields = {"csrf": csrf(client), "post": post, "kind": kind, **more}
    return client.post("/acts", data=fields, headers={"accept": "application/json"})


@pytest.mark.parametrize("kind", ["like", "glad", "regret", "no_opinion", "show_more", "repost"])
def test_an_act_is_kept_and_said(client, square, kind):
    answer = act(client, POST, kind, back="/settings")
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    assert 'role="status"' in client.get("/settings").text
    assert kinds(square) == [EventKind[kind.upper()]]


def test_undo_takes_an_act_back(client, square):
    done = json_act(client, POST, "like").json()
    assert done["mine"] == ["like"]
    undone = json_act(client, **dict(done["undo"])).json()
    assert undone["mine"] == []
    assert square.store.history(me(square)) == []


@pytest.mark.parametrize("kind", ["show_less", "not_interested", "hide", "report"])
def test_what_is_sent_away_leaves_the_page_and_comes_back_with_undo(client, kind):
    page = client.get("/").text
    post = re.search(r'name="post" value="([^"]+)"', page)[1]
    back = re.search(r'name="back" value="([^"]+)"', page)[1].replace("&amp;", "&")
    assert json_act(client, post, kind).json()["leaves"] is True
    again = client.get(back).text
    assert f'name="undoes" value="{kind}"' in again
    act(client, post, "undo", undoes=kind)
    assert client.get(back).text.count('aria-label="Post by') == 15


def test_a_muted_author_leaves_the_next_page_until_unmuted(client, square):
    assert f"/account/{did('fay')}" in client.get("/").text
    act(client, uri("fay", "emoji"), "mute")
    assert f"/account/{did('fay')}" not in client.get("/").text.partition("<main")[2]
    page = client.get("/settings").text
    assert "Fay" in page
    client.post("/settings/unmute", data={"csrf": csrf(client), "account": did("fay")})
    assert square.store.settings(me(square)).muted_accounts == frozenset()


def test_leaving_a_conversation_takes_all_of_it(client, square):
    done = json_act(client, uri("bo", "re1"), "mute_conversation").json()
    assert done["leaves"] is True
    root = square.store.post_id(POST)
    assert square.store.settings(me(square)).muted_conversations == frozenset({root})
    json_act(client, **dict(done["undo"]))
    assert square.store.settings(me(square)).muted_conversations == frozenset()


def test_removing_a_vector_can_be_undone(client, square):
    json_act(client, POST, "like")
    vector = square.store.post_id(POST)
    done = json_act(client, uri("bo", "re1"), "vector_remove", vector=str(vector)).json()
    assert square.store.settings(me(square)).vector_weights == {vector: 0.0}
    json_act(client, **dict(done["undo"]))
    assert square.store.settings(me(square)).vector_weights == {vector: 1.0}


def test_liking_changes_the_next_page(client):
    def authors():
        return re.findall(
            r'class="name" href="([^"]+)"', client.get("/").text.partition("<main")[2]
        )

    before = authors().count(f"/account/{did('ana')}")
    for n in (100, "root", "image"):
        act(client, uri("ana", n), "like")
        act(client, uri("ana", n), "glad")
    page = client.get("/").text
    assert "Because you" in page
    assert authors() != []
    assert before >= 0


def test_the_script_reports_what_was_on_screen(client, square):
    events = [
        {"kind": "impression", "post": POST, "at": 1_790_000_000_000},
        {"kind": "dwell", "post": POST, "at": 1_790_000_000_000, "seconds": 4.25},
        {"kind": "like", "post": POST},
    ]
    token = csrf(client)
    answer = client.post("/acts/seen", json={"events": events}, headers={"x-csrf-token": token})
    assert answer.json()["accepted"] == 2  # an act is not something one merely sees
    looks = square.store.events(me(square), [EventKind.DWELL])
    assert [(look.seconds, look.surface) for look in looks] == [(4.25, "page")]


def test_a_rule_can_be_switched_off_and_on(client, square):
    act(client, POST, "like")
    client.get("/")
    client.get("/")
    page = client.get("/left-out").text
    rule = re.search(r'name="rule" value="([^"]+)"', page)[1]
    client.post("/left-out", data={"csrf": csrf(client), "rule": rule, "off": "1"})
    assert square.store.settings(me(square)).rules_off == frozenset({rule})
    assert "Switch this rule on" in client.get("/left-out").text
    client.post("/left-out", data={"csrf": csrf(client), "rule": rule, "off": ""})
    assert square.store.settings(me(square)).rules_off == frozenset()


def test_a_rule_that_protects_people_cannot_be_switched(client):
    answer = client.post("/left-out", data={"csrf": csrf(client), "rule": "blocked", "off": "1"})
    assert answer.status_code == 400


def test_sliders_weigh_vectors_and_buttons_remove_them(client, square):
    act(client, POST, "like")
    vector = square.store.post_id(POST)
    page = client.get("/you").text
    assert f'name="w{vector}"' in page
    client.post("/you/weigh", data={"csrf": csrf(client), f"w{vector}": "0.5"})
    assert square.store.settings(me(square)).vector_weights == {vector: 0.5}
    client.post("/you/remove", data={"csrf": csrf(client), "remove": str(vector)})
    assert "Restore" in client.get("/you").text
    client.post("/you/remove", data={"csrf": csrf(client), "restore": str(vector)})
    assert square.store.settings(me(square)).vector_weights == {vector: 1.0}


def test_export_and_import_carry_a_reader_to_another_square(client, square):
    from tests.web.conftest import near
    from tests.web.small_square import small_square

    act(client, POST, "like")
    act(client, uri("bo", "card"), "glad")
    export = client.get("/you/export.json")
    assert export.json()["format"] == "stoa-reader-1"
    other = small_square()
    there = near(other)
    said = there.post("/you/import", data={"csrf": csrf(there), "export": export.text})
    assert said.status_code == 303
    assert {e.kind for e in other.store.history(me(other))} == {EventKind.LIKE, EventKind.GLAD}


def test_forget_me_deletes_and_gives_a_receipt(client, square):
    act(client, POST, "like")
    refused = client.post("/you/forget", data={"csrf": csrf(client)})
    assert refused.status_code == 400
    answer = client.post("/you/forget", data={"csrf": csrf(client), "sure": "yes"})
    assert "You are forgotten here" in answer.text
    assert re.search(r"Receipt</td><td class=\"n\"><code>[0-9a-f]{12}</code>", answer.text)
    assert square.store.events(me(square)) == []
    assert square.feed.vectors("local:me") == ()


def test_settings_are_kept_and_checked(client, square):
    good = {
        "languages": "en, de", "muted_words": "crypto\n  two   words ", "sensitive": "leave_out",
        "theme": "dark", "exploration": "0.1", "survey_share": "0.0", "preset": "chronological",
    }  # fmt: skip
    assert client.post("/settings", data={"csrf": csrf(client), **good}).status_code == 303
    held = square.store.settings(me(square))
    assert held.languages == ("en", "de")
    assert held.muted_words == ("crypto", "two words")
    assert (held.sensitive, held.theme, held.preset) == ("leave_out", "dark", "chronological")
    assert 'data-theme="dark"' in client.get("/").text
    for field, value in [("languages", "<b>"), ("sensitive", "x"), ("exploration", "nan")]:
        answer = client.post("/settings", data={"csrf": csrf(client), **good, field: value})
        assert answer.status_code == 400, field


def test_an_author_who_opts_out_leaves_every_page_at_once(client):
    assert did("chi") in client.get("/").text
    client.post("/opt-out", data={"csrf": csrf(client), "account": "@chi.garden.example"})
    page = client.get("/").text
    assert f'class="name" href="/account/{did("chi")}"' not in page
    client.post("/opt-out", data={"csrf": csrf(client), "account": did("chi"), "lift": "1"})
    assert did("chi") in client.get("/").text


def test_readers_of_one_browser_have_pages_of_their_own(client, square):
    act(client, POST, "like")
    answer = client.post("/who", data={"csrf": csrf(client), "name": "Ana Maria"})
    assert answer.headers["location"] == "/"
    assert "Ana Maria" in client.get("/").text
    assert "Nothing yet" in client.get("/you").text
    client.post("/who", data={"csrf": csrf(client), "viewer": "local:me"})
    assert "1 vector" in client.get("/you").text
