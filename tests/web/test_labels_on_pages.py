"""Labels of accounts and posts on every page that shows a post: covered, left out, or not shown."""

from urllib.parse import quote

import pytest
from tests.web.conftest import KEY
from tests.web.small_square import NOW_US, did, uri

from stoa.records import Batch, Label, PutProfile

MODERATION = "did:plc:ar7c4by46qjdydhdevvrndac"
ROOT, ANSWER = uri("ana", "root"), uri("bo", "re1")
WORDS = "Which pool should I visit"


def says(square, who, *labels):
    """An account's own words in its profile, newer than those of the story."""
    profile = PutProfile(did(who), (NOW_US + 1) << 10, NOW_US + 1, who, "", labels)
    assert square.rooms.intake.take(Batch((profile,))).applied == 1


def labelled(square, subject, label):
    square.rooms.intake.take(Batch((Label(MODERATION, subject, label, NOW_US),)))


def page_of(client, post):
    return client.get("/post/" + quote(post, safe=""))


@pytest.mark.parametrize("subject", [did("ana"), ROOT])
def test_a_label_given_to_a_post_or_its_author_covers_it_everywhere(client, square, subject):
    assert "Covered" not in page_of(client, ANSWER).text
    labelled(square, subject, "porn")
    own, parent = page_of(client, ROOT).text, page_of(client, ANSWER).text
    assert "Covered: adult content" in own
    assert "Covered: adult content" in parent


def test_an_accounts_own_label_covers_its_posts(client, square):
    says(square, "ana", "nudity")
    assert "Covered: nudity" in page_of(client, ANSWER).text
    assert "Covered: nudity" in client.get("/account/" + did("ana")).text


@pytest.mark.parametrize("subject", [did("ana"), ROOT])
def test_what_moderation_hides_is_on_no_page(client, square, subject):
    labelled(square, subject, "!hide")
    assert page_of(client, ROOT).status_code == 404
    twin = client.get("/api/v1/post/" + quote(ANSWER, safe="")).json()
    assert ROOT not in [post["uri"] for post in twin["conversation"]]
    shown = page_of(client, ANSWER)
    assert shown.status_code == 200
    assert WORDS not in shown.text
    account = client.get("/account/" + did("ana"))
    assert WORDS not in account.text
    assert WORDS not in client.get("/").text


def test_who_asks_for_members_only_is_not_shown_to_passers_by(client, far, square):
    assert WORDS in page_of(far, ROOT).text
    says(square, "ana", "!no-unauthenticated")
    assert page_of(far, ROOT).status_code == 404
    assert WORDS not in page_of(far, ANSWER).text
    assert WORDS not in far.get("/account/" + did("ana")).text
    assert did("ana") not in far.get("/").text
    # Whoever has signed in, and programs that ask for somebody, see it as ever.
    assert WORDS in page_of(client, ROOT).text
    assert WORDS in page_of(client, ANSWER).text
    asked = {"authorization": f"Bearer {KEY}"}
    twin = far.get("/api/v1/post/" + quote(ROOT, safe="") + "?viewer=did:plc:reader", headers=asked)
    assert twin.json()["uri"] == ROOT
    assert far.get("/api/v1/post/" + quote(ROOT, safe=""), headers=asked).status_code == 404
