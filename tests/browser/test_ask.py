"""Asking in a real browser: with the script and without it, at every width, in both themes."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright", reason="the browser group is not installed")
from playwright.sync_api import expect
from tests.browser.conftest import WIDTHS
from tests.browser.test_looks import grave_for
from tests.browser.test_reading import be

QUESTION = "Where does the branch line end?"
RULING = (
    "---\ntitle: The weir case\ntier: record\n---\n"
    "The court ruled that the weir of Hallow must be removed by 1931."
)


@pytest.fixture(scope="module")
def ruled_url(browser, url):
    context = browser.new_context()
    put = context.request.put(url + "/api/v1/documents?name=weir.md", data=RULING)
    assert put.ok, put.text()
    context.close()
    return url


def ask(page, url, question=QUESTION):
    page.goto(url + "/ask")
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator("#asked").wait_for()


def test_an_answer_comes_in_place_and_its_numbers_lead_to_the_words(page, ruled_url):
    be(page, ruled_url, "asks")
    ask(page, ruled_url, "What did the court rule about the weir of Hallow?")
    expect(page.locator(".answer .mark-of").first).to_contain_text("quoted")
    page.locator(".cite a").first.click()
    card = page.locator("#s1")
    expect(card.locator("mark")).to_contain_text("must be removed by 1931")
    expect(card).to_be_in_viewport()
    assert "answer=" in page.url


def test_the_voice_changes_no_claim(page, ruled_url):
    ask(page, ruled_url, "What did the court rule about the weir of Hallow?")
    words = page.locator(".source-list mark").all_inner_texts()
    page.get_by_role("button", name="Say it in the fun voice").click()
    page.get_by_role("button", name="Say it plainly").wait_for()
    assert page.locator(".source-list mark").all_inner_texts() == words


def test_it_works_without_the_script(plain, ruled_url):
    ask(plain, ruled_url)
    assert plain.locator(".source-list mark").count() >= 1
    plain.get_by_label("Ask on, or say what you meant").fill("And who said so?")
    plain.get_by_role("button", name="Ask", exact=True).click()
    expect(plain.locator("#asked")).to_contain_text("And who said so?")


def test_what_nobody_knows_is_not_answered(page, ruled_url):
    ask(page, ruled_url, "Which opera did Wilhelmina Trask compose in Reykjavik?")
    expect(page.locator(".sure")).to_contain_text("Not answered")
    assert page.locator("mark").count() == 0


def test_a_post_is_explained_from_its_menu(page, url):
    be(page, url, "explains")
    page.goto(url + "/")
    page.locator(".acts .more").first.click()
    page.get_by_role("button", name="Explain this post").click()
    page.wait_for_url("**/ask?post=*")
    expect(page.get_by_label("Your question")).to_have_value(re.compile("What is known about this"))


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_overflows_and_nothing_grave_is_found(browser, ruled_url, axe, width):
    for theme in ("light", "dark"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
        )
        page = context.new_page()
        for question in (QUESTION, "What did the court rule about the weir of Hallow?", "Zzz?"):
            ask(page, ruled_url, question)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (question, theme, wide)
            assert grave_for(axe, page) == []
        context.close()
