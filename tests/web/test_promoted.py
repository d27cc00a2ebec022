"""What readers see of promoted posts, and what they can do about them."""

from dataclasses import replace
from urllib.parse import quote

import pytest
from tests.web.conftest import csrf, near
from tests.web.promoted_square import ADVERTISER, promote, teach, worst

from stoa.web.pages.settings import PROMOTED, promoted_choice, read_settings

MARK = "Promoted</b> by <bdi>Tea &lt;b&gt;&amp; Co</bdi>"


@pytest.fixture
def shop(square):
    """The square with one campaign, and its local reader agreeing to anything."""
    teach(square)
    agree(square, 1_000.0)
    promote(square, worst(square))
    return square


def promoted_uri(square):
    (state,) = square.store.promoted.campaigns(0)
    return state.campaign.uri


def agree(square, agreed_s, **wish):
    store = square.store
    me = store.intern_account("local:me")
    store.save_settings(
        me, replace(store.settings(me), promoted_agreed_s=agreed_s, exploration=0.0, **wish)
    )


def items(client):
    return client.get("/api/v1/feed", params={"viewer": "local:me", "limit": 30}).json()["items"]


def test_a_card_is_marked_with_who_paid_and_what_it_is_worth(shop):
    page = near(shop).get("/").text
    assert page.count(MARK) == 1
    assert "Taken to be worth" in page


def test_json_says_who_paid_and_its_price(shop):
    (item,) = (item for item in items(near(shop)) if item["promoted"])
    told = item["promoted"]
    assert item["uri"] == promoted_uri(shop)
    assert set(told) == {"by", "value_s", "displaced", "displaced_s", "agreed_s"}
    assert (told["by"], told["agreed_s"]) == (ADVERTISER, 1_000.0)
    assert told["displaced"].startswith("at://")
    assert told["value_s"] >= told["displaced_s"] - told["agreed_s"]


def test_why_tells_who_paid_and_what_moved_down(shop):
    client = near(shop)
    (item,) = (item for item in items(client) if item["promoted"])
    address = "/why?post=" + quote(item["uri"], safe="")
    page = client.get(address).text
    assert "paid for this post to be looked at" in page
    assert "/post/" + quote(item["promoted"]["displaced"], safe="") in page
    assert "You agreed to give up to 1,000.0 s" in page
    told = client.get("/api/v1" + address).json()["promoted"]
    assert told["displaced"] == item["promoted"]["displaced"]
    assert told["advertiser"] == ADVERTISER
    other = "/api/v1/why?post=" + quote(item["promoted"]["displaced"], safe="")
    assert client.get(other).json()["promoted"] is None


def test_seeing_it_is_charged_and_the_square_says_what_it_came_to(shop):
    client = near(shop)
    (item,) = (item for item in items(client) if item["promoted"])
    for kind in ("impression", "glad"):
        event = {"viewer": "local:me", "kind": kind, "post": item["uri"], "at": None}
        client.post("/api/v1/events", json={"events": [event]})
    told = client.get("/api/v1/square").json()["promoted"]
    assert (told["n_running"], told["n_shown"], told["n_glad"]) == (1, 1, 1)
    assert told["value_s"] == pytest.approx(item["promoted"]["value_s"], abs=0.006)
    assert told["net_s"] == pytest.approx(told["value_s"] - told["displaced_s"])
    page = client.get("/square").text
    assert "Promoted posts, in readers’ seconds" in page
    assert "1 / 0 / 0" in page
    kept = client.get("/api/v1/you/export.json").json()["promoted_posts"]
    assert [one["post"] for one in kept] == [item["uri"]]


def test_a_square_without_promoted_posts_shows_no_zeros(client):
    page = client.get("/square").text
    panel = page[page.index("Promoted posts, in readers’ seconds") :].partition("</section>")[0]
    assert "Nothing so far." in panel
    assert "0.0 s" not in panel


def test_muting_its_author_takes_it_away(shop):
    client = near(shop)
    assert MARK in client.get("/").text
    form = {"csrf": csrf(client), "kind": "mute", "post": promoted_uri(shop), "back": "/"}
    client.post("/acts", data=form)
    assert MARK not in client.get("/").text


def form(client, **fields):
    return {
        "csrf": csrf(client), "languages": "", "muted_words": "", "sensitive": "cover",
        "exploration": "0.0", "survey_share": "0.0", "preset": "unregretted", "theme": "auto",
    } | fields  # fmt: skip


def test_a_reader_switches_them_off_and_on_again(shop):
    client = near(shop)
    client.post("/settings", data=form(client, promoted="off"))
    chosen = client.get("/api/v1/settings").json()
    assert (chosen["promoted"], chosen["promoted_agreed_s"]) == (False, 1_000.0)
    assert MARK not in client.get("/").text
    assert 'value="off" selected' in client.get("/settings").text
    client.post("/settings", data=form(client, promoted="5.0"))
    assert client.get("/api/v1/settings").json()["promoted_agreed_s"] == 5.0


def test_a_form_without_the_field_keeps_what_was_chosen(shop):
    client = near(shop)
    client.post("/settings", data=form(client, promoted="-2.0"))
    client.post("/settings", data=form(client))
    assert client.get("/api/v1/settings").json()["promoted_agreed_s"] == -2.0
    answer = client.post("/settings", data=form(client, promoted="7"))
    assert answer.status_code == 400
    assert "hoose one of off" in answer.text


def test_every_choice_comes_back_as_it_was_made(shop):
    held = shop.store.settings(shop.store.intern_account("local:me"))
    fields = form(near(shop))
    for value, _ in PROMOTED:
        assert promoted_choice(read_settings(fields | {"promoted": value}, held)) == value


def test_without_a_model_nothing_is_promoted(square):
    promote(square, worst(square))
    agree(square, 1_000.0)
    assert all(item["promoted"] is None for item in items(near(square)))
    assert MARK not in near(square).get("/").text
