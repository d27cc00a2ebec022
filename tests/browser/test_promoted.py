"""A promoted post is marked in a real browser, says what it displaced, and can be switched off."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright", reason="the browser group is not installed")
from tests.browser.test_reading import be

MARK = ".note-line.promoted"


def agree(page, url: str, value: str) -> None:
    """Chooses how many seconds a promoted post may cost, as a reader does."""
    page.goto(url + "/settings")
    page.get_by_label("Promoted posts").select_option(value)
    page.get_by_label("New and unjudged posts").select_option("0.0")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. Your next page follows.").wait_for()
    page.goto(url + "/")


def test_it_is_marked_explained_charged_when_seen_and_switched_off(page, promoted_url):
    be(page, promoted_url, "shopper")
    agree(page, promoted_url, "5.0")
    mark = page.locator(MARK)
    assert mark.count() == 1
    assert mark.inner_text() == "Promoted by Tea <b>& Co"
    card = page.locator(".card", has=mark)
    assert "Taken to be worth" in card.inner_text()
    card.scroll_into_view_if_needed()
    card.get_by_role("link", name="Why").click()
    page.get_by_text("paid for this post to be looked at").wait_for()
    page.goto(promoted_url + "/")
    agree(page, promoted_url, "off")
    assert page.locator(MARK).count() == 0


def test_the_square_and_the_why_page_tell_it_without_the_script(plain, promoted_url):
    be(plain, promoted_url, "plain-shopper")
    agree(plain, promoted_url, "5.0")
    card = plain.locator(".card", has=plain.locator(MARK))
    card.get_by_role("button", name="Wish I hadn’t").click()
    plain.goto(promoted_url + "/square")
    panel = plain.locator("section", has_text="Promoted posts, in readers’ seconds")
    assert "0 / 0 / 1" in panel.inner_text()
    assert "1 campaign" in panel.inner_text()


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_of_it_is_serious_to_axe_or_too_wide(browser, promoted_url, axe, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    be(page, promoted_url, f"axe-{width}")
    agree(page, promoted_url, "5.0")
    for path in ("/", "/settings", "/square"):
        page.goto(promoted_url + path)
        page.evaluate(axe)
        found = page.evaluate("axe.run()")["violations"]
        assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
