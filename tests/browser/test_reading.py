"""Read, act, and see the next page change: with the script, without it, by keyboard alone."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright", reason="the browser group is not installed")
from playwright.sync_api import expect
from tests.browser.addresses import post, why


def be(page, url: str, name: str) -> None:
    """Reads as somebody new, so that tests do not meet in one reader."""
    page.goto(url + "/who")
    page.fill("#name", name)
    page.get_by_role("button", name="Read as this person").click()
    page.get_by_text(f"Reading as {name} now").wait_for()


def test_read_act_and_see_the_next_page_change(page, url):
    be(page, url, "actor")
    assert "Because you" not in page.locator("main").inner_text()
    for who, n in (("fay", 104), ("fay", "emoji")):
        page.goto(url + post(who, n))
        page.locator(".acts > button[value=like]").click()
        page.get_by_role("status").get_by_text("Liked.").wait_for()
    page.goto(url + "/")
    assert re.search("Because you liked", page.locator("main").inner_text())
    page.goto(url + "/you")
    assert "2 vectors" in page.locator("main").inner_text()
    assert page.locator("svg.map circle").count() == 2


def test_the_same_without_the_script(plain, url):
    be(plain, url, "plain")
    plain.goto(url + post("fay", 104))
    plain.locator("button[value=like]").click()
    assert "Liked. Posts near this one" in plain.locator(".flash").inner_text()
    assert plain.locator("button[value=like]").get_attribute("aria-pressed") == "true"
    plain.locator(".flash").get_by_role("button", name="Undo").click()
    assert "The like is taken back" in plain.locator(".flash").inner_text()
    plain.locator("button[value=glad]").first.click()
    plain.goto(url + "/")
    assert "glad" in plain.locator("main").inner_text().lower()
    plain.get_by_role("link", name="Show 15 more").click()
    assert plain.locator("article").count() == 15
    plain.locator("article").nth(1).get_by_role("link", name="Why").click()
    assert plain.locator("h1").inner_text() == "Why this post"


def test_undo_in_place(page, url):
    be(page, url, "undoer")
    first = page.locator(".card").first
    first.locator("button[value=like]").click()
    page.locator(".toast").get_by_text("Liked.").wait_for()
    assert first.locator("button[value=like]").get_attribute("aria-pressed") == "true"
    page.locator(".toast button").click()
    page.locator(".toast").get_by_text("taken back").wait_for()
    assert first.locator("button[value=like]").get_attribute("aria-pressed") == "false"


def test_the_why_drawer_acts_on_the_cause(page, url):
    be(page, url, "asker")
    page.goto(url + post("ana", "root"))
    page.locator(".acts > button[value=like]").click()
    page.locator(".toast").wait_for()
    page.goto(url + why("bo", "re1"))
    page.goto(url + "/")
    page.locator(".card .why").first.click()
    drawer = page.locator("dialog.drawer")
    drawer.get_by_text("What you did").wait_for()
    assert "Which pool should I visit" in drawer.inner_text()
    drawer.get_by_role("button", name="Remove this vector").first.click()
    page.locator(".toast").get_by_text("removed").wait_for()
    page.keyboard.press("Escape")
    page.goto(url + "/you")
    page.get_by_role("button", name="Restore").wait_for()


def test_less_like_this_takes_the_post_off_the_page_and_undo_brings_it_back(page, url):
    be(page, url, "lesser")
    card = page.locator(".card").nth(1)
    card.locator(".more").click()
    card.get_by_role("button", name="Less like this").click()
    page.locator(".toast").get_by_text("less like this").wait_for()
    card.wait_for(state="hidden")
    page.locator(".toast button").click()
    card.wait_for(state="visible")


def test_seconds_on_screen_are_measured(page, url):
    be(page, url, "looker")
    with page.expect_response("**/acts/seen", timeout=30_000) as heard:
        page.mouse.move(200, 300)
    assert heard.value.ok
    kinds = {event["kind"] for event in heard.value.request.post_data_json["events"]}
    assert kinds == {"impression", "dwell"}
    page.goto(url + "/you")
    page.get_by_text("over the last 14 days").wait_for()
    assert page.locator("path.line-a").count() >= 1


def test_by_keyboard_alone(page, url):
    be(page, url, "typist")
    page.keyboard.press("j")
    page.keyboard.press("j")
    focused = page.evaluate("document.activeElement.dataset.n")
    assert focused == "1"
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.dataset.n") == "0"
    page.keyboard.press("l")
    page.locator(".toast").get_by_text("Liked.").wait_for()
    page.keyboard.press("g")
    page.locator(".toast").get_by_text("counts most").wait_for()
    page.keyboard.press("w")
    page.locator("dialog.drawer[open]").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("#help[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#help[open]").wait_for(state="detached")


def test_everything_is_reached_by_tab_and_the_skip_link_works(page, url):
    page.goto(url + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_more_posts_come_in_place_and_an_end_is_offered(page, url):
    be(page, url, "reader")
    for n in (30, 45, 60):
        page.locator("[data-next]").click()
        expect(page.locator(".card[data-n]")).to_have_count(n)
    page.get_by_text("You have read 60 posts").wait_for()
    page.get_by_role("link", name="I am done for now").click()
    page.get_by_text("That was 60 posts").wait_for()


def test_the_square_follows_along(page, url):
    page.goto(url + "/square")
    memory = page.locator('[data-live="page_cpu"]')
    memory.evaluate("place => { place.textContent = 'stale' }")
    expect(memory).not_to_have_text("stale", timeout=10_000)


def test_sliders_are_kept_without_a_button(page, url):
    be(page, url, "slider")
    page.goto(url + post("ana", "root"))
    page.locator(".acts > button[value=like]").click()
    page.locator(".toast").wait_for()
    page.goto(url + "/you")
    slider = page.locator("input[type=range]").first
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.locator(".toast").wait_for()
    page.wait_for_load_state("networkidle")
    page.reload()
    assert page.locator("input[type=range]").first.input_value() == "0.7"
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("button", name="Restore", exact=True).click()
    page.get_by_text("The vector is back").wait_for()


def test_looking_through_somebodys_eyes(page, town_url):
    page.goto(town_url + "/town")
    page.locator("button[name=viewer]").first.click()
    page.get_by_text("The same evening under different rankings").wait_for()
    assert page.locator(".policies .panel").count() >= 2
