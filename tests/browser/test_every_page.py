"""Page by page, what the specification promises: with the script and without it."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright", reason="the browser group is not installed")
from playwright.sync_api import expect
from tests.browser.addresses import post, why
from tests.browser.chromium import PUBLIC_HOST
from tests.browser.test_reading import be
from tests.web.small_square import did

PAGES = (
    ("/", "/api/v1/feed"),
    ("/?tab=following", "/api/v1/feed"),
    (why("ana", "root"), "/api/v1/why"),
    ("/you", "/api/v1/you"),
    ("/left-out", "/api/v1/left-out"),
    (post("bo", "re1"), "/api/v1/post/"),
    ("/account/" + did("ana"), "/api/v1/account/"),
    ("/square", "/api/v1/square"),
    ("/settings", "/api/v1/settings"),
)


@pytest.mark.parametrize(("path", "twin"), PAGES)
def test_every_page_reads_without_the_script_and_leads_to_its_json(plain, url, path, twin):
    plain.goto(url + path)
    assert len(plain.locator("main").inner_text()) > 40
    assert plain.locator(".needs-script:visible").count() == 0
    href = plain.get_by_role("link", name="This page as JSON").get_attribute("href")
    assert href.startswith(twin)
    assert plain.request.get(url + href).json()


def test_the_town_reads_without_the_script_and_leads_to_its_json(plain, town_url):
    plain.goto(town_url + "/town")
    plain.locator("button[name=viewer]").nth(3).click()
    assert plain.locator(".ranks tbody tr").count() == 3
    assert "You look through the eyes of" in plain.locator("main").inner_text()
    href = plain.get_by_role("link", name="This page as JSON").get_attribute("href")
    policies = plain.request.get(town_url + href).json()["policies"]
    assert {policy["name"] for policy in policies} >= {"first_version", "chronological"}
    plain.goto(town_url + "/")
    assert plain.locator("article").count() >= 5
    plain.goto(town_url + "/town")
    plain.get_by_role("button", name="Be yourself again").click()
    assert "You look through the eyes of" not in plain.locator("main").inner_text()


def test_someone_followed_is_on_the_following_tab_until_unfollowed(plain, url):
    plain.goto(url + "/who")
    plain.fill("#name", "follower")
    plain.get_by_role("button", name="Read as this person").click()
    plain.goto(url + "/?tab=following")
    assert "Nothing from people you follow" in plain.locator("main").inner_text()
    plain.goto(url + "/account/" + did("eva"))
    plain.get_by_role("button", name="Follow", exact=True).click()
    plain.goto(url + "/?tab=following")
    assert {a.inner_text() for a in plain.locator("article .name").all()} == {"Eva & Söhne"}
    plain.goto(url + "/account/" + did("eva"))
    plain.get_by_role("button", name="Unfollow").click()
    plain.get_by_role("button", name="Follow", exact=True).wait_for()


def test_a_rule_switched_off_says_so_and_the_next_page_follows(page, url):
    be(page, url, "rules")
    page.goto(url + "/")
    page.goto(url + "/left-out")
    rule = page.locator("section.panel").filter(has_text="Switch this rule off").first
    name = rule.get_attribute("id")
    rule.get_by_text("See ").click()
    expect(rule.locator(".twig").first).to_be_visible()
    rule.get_by_role("button", name="Switch this rule off").click()
    page.get_by_text("Your next page follows").wait_for()
    page.goto(url + "/")
    page.goto(url + "/left-out")
    assert "Switched off: it drops nothing." in page.locator(f"#{name}").inner_text()


def test_forgetting_gives_a_receipt_and_nothing_is_left(page, url):
    be(page, url, "leaver")
    page.goto(url + post("ana", "root"))
    page.locator(".acts > button[value=like]").click()
    page.locator(".toast").wait_for()
    page.goto(url + "/you")
    page.get_by_text("Forget me").first.click()
    page.get_by_label("I am sure").check()
    page.get_by_role("button", name="Forget me").click()
    page.get_by_text("You are forgotten here").wait_for()
    assert "leaver" not in page.locator("body").inner_text()
    be(page, url, "leaver")
    page.goto(url + "/you")
    page.get_by_text("This square has made no picture of you").wait_for()


def test_what_covers_a_post_is_lifted_by_the_reader(page, url):
    page.goto(url + post("mute", "nude"))
    words = page.locator("article .text")
    expect(words).to_be_hidden()
    page.get_by_text("Covered: nudity").click()
    expect(words).to_be_visible()


def test_pictures_are_described_on_request_and_fetched_only_when_allowed(page, url):
    asked: list[str] = []
    page.route("https://pictures.example/**", lambda route: (asked.append(1), route.abort()))
    be(page, url, "pictures")
    page.goto(url + post("ana", "image"))
    page.get_by_text("2 pictures, not fetched").click()
    page.get_by_text("A brittle star on wet granite").wait_for()
    assert asked == []
    page.goto(url + "/settings")
    page.get_by_label("Fetch pictures from the network").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(url + post("ana", "image"))
    expect(page.locator(".pics-shown img")).to_have_count(2)
    assert asked


def test_script_in_a_post_is_inert(page, url):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    for path in (post("evil", "evil"), "/account/" + did("evil"), why("evil", "evil")):
        page.goto(url + path)
        page.locator("article .text").first.hover()
    assert asked == []
    assert page.locator("article script, article img, [onerror], [onmouseover]").count() == 0
    assert page.locator('a[href^="javascript:"]').count() == 0


def test_slowness_and_silence_are_said(page, url):
    be(page, url, "patient")
    like = page.locator(".card[data-n] .acts > button[value=like]").first
    page.route("**/acts", lambda route: route.abort(), times=1)
    like.click()
    page.locator(".toast").get_by_text("Nothing was changed").wait_for()
    assert like.get_attribute("aria-pressed") in (None, "false")
    page.route("**/why?**", lambda route: route.abort(), times=1)
    page.locator(".acts .why").first.click()
    page.locator(".toast").get_by_text("does not answer").wait_for()
    page.route("**/acts", lambda route: None)  # never answered
    like.click()
    page.locator(".toast").get_by_text("takes longer than usual").wait_for()


def test_wish_i_hadnt_and_why_by_key(page, url):
    be(page, url, "regretful")
    page.keyboard.press("j")
    page.keyboard.press("b")
    page.locator(".toast").get_by_text("Sorry.").wait_for()
    page.keyboard.press("b")
    page.locator(".toast").get_by_text("Taken back").wait_for()


def test_a_stranger_on_a_public_host_reads_and_is_asked_who_they_are(page, url):
    public = url.replace("127.0.0.1", PUBLIC_HOST)
    page.goto(public + "/")
    assert page.locator("article").count() >= 5
    assert page.locator(".acts button, .why").count() == 0
    assert page.get_by_role("link", name="Say who you are").count() == 1
    assert "life drawing" not in page.locator("main").inner_text()
    for path in ("/you", "/left-out", why("ana", "root")):
        page.goto(public + path)
        assert page.url == public + "/who"
    page.goto(public + "/?tab=following")
    page.get_by_role("link", name="Say who you are").first.wait_for()
