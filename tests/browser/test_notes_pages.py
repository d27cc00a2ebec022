"""The pages of notes as page.md wants them: all widths, both themes, without the script."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright", reason="the browser group is not installed")
from playwright.sync_api import expect
from tests.browser.addresses import post
from tests.browser.conftest import WIDTHS
from tests.browser.test_looks import grave_for
from tests.browser.test_reading import be
from tests.web.small_square import did

WRITE = post("ana", "root").replace("/post/", "/notes/write?post=")


def become_contributor(page, url: str, name: str) -> None:
    be(page, url, name)
    page.goto(url + "/notes/you")
    page.get_by_label("I know that it stays").check()
    page.get_by_role("button", name="Become a contributor").click()
    page.get_by_text("You are a contributor now").wait_for()


def notes_of(page, url: str, tab: str = "shown") -> list[str]:
    """Paths of the notes of a list, as the reader of the page gets them."""
    return [
        "/notes/" + n["id"]
        for n in page.request.get(f"{url}/api/v1/notes?tab={tab}").json()["notes"]
    ]


@pytest.fixture(scope="module")
def contributor(browser, noted_url):
    """The cookies of a contributor, and every path of notes there is to look at."""
    context = browser.new_context()
    page = context.new_page()
    become_contributor(page, noted_url, "looks at notes")
    shown, waiting = notes_of(page, noted_url), notes_of(page, noted_url, "needs-you")
    paths = [
        *("/notes", "/notes?tab=needs-you", "/notes?tab=yours", "/notes?tab=requested"),
        *("/notes/you", "/notes/log", WRITE, shown[0], shown[-1]),
        *(waiting[0] + "?level=SOMEWHAT_HELPFUL", waiting[-1] + "?level=HELPFUL"),
        *("/", post("ana", "image"), post("evil", "evil"), post("gus", "long")),
        *("/account/" + did("ana"), "/notes/7"),
    ]
    state = context.storage_state()
    context.close()
    return state, paths


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_overflows(browser, noted_url, contributor, width):
    state, paths = contributor
    context = browser.new_context(viewport={"width": width, "height": 900}, storage_state=state)
    page = context.new_page()
    wide = {}
    for path in paths:
        page.goto(noted_url + path)
        over = page.evaluate(
            """Math.max(document.documentElement.scrollWidth - innerWidth,
            ...[...document.querySelectorAll(".panel, .card, .context")]
              .map(p => p.scrollWidth - p.clientWidth))"""
        )
        if over > 0:
            wide[path] = over
    context.close()
    assert wide == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_serious(browser, noted_url, contributor, axe, theme, width):
    state, paths = contributor
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        storage_state=state,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    found = {}
    for path in paths:
        page.goto(noted_url + path)
        if grave := grave_for(axe, page):
            found[path] = grave
    context.close()
    assert found == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_print_in_the_picture_can_be_read(browser, noted_url, contributor, width):
    state, _ = contributor
    context = browser.new_context(viewport={"width": width, "height": 900}, storage_state=state)
    page = context.new_page()
    page.goto(noted_url + notes_of(page, noted_url)[0])
    sizes = page.evaluate(
        """[...document.querySelectorAll("svg.draw text")].map(text =>
        parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""
    )
    context.close()
    assert sizes
    assert min(sizes) >= 11


def test_every_page_of_notes_reads_without_the_script_and_leads_to_its_json(
    plain, noted_url, contributor
):
    _, paths = contributor
    become_contributor(plain, noted_url, "plain reader")
    for path in paths[:9]:
        plain.goto(noted_url + path)
        assert len(plain.locator("main").inner_text()) > 40, path
        href = plain.get_by_role("link", name="This page as JSON").get_attribute("href")
        assert href.startswith("/api/v1/notes"), path
        assert plain.request.get(noted_url + href).json(), path


def test_rate_without_the_script(plain, noted_url):
    become_contributor(plain, noted_url, "plain rater")
    plain.goto(noted_url + "/notes?tab=needs-you")
    plain.get_by_role("link", name="Rate it").first.click()
    path = plain.url.partition("#")[0]
    plain.get_by_role("link", name="Not helpful", exact=True).click()
    plain.get_by_role("button", name="Keep my rating").click()
    expect(plain.locator(".problem")).to_contain_text("Tick at least one reason")
    plain.get_by_label("Sources are missing or poor").check()
    plain.get_by_role("button", name="Keep my rating").click()
    expect(plain.locator(".flash")).to_contain_text("Kept: not helpful")
    plain.goto(path)
    expect(plain.locator("#rate")).to_contain_text("You said: not helpful")


def test_who_may_not_write_yet_is_led_to_rating(plain, noted_url):
    become_contributor(plain, noted_url, "plain writer")
    plain.goto(noted_url + post("ana", "root"))
    plain.get_by_role("link", name="Write a note").click()
    plain.get_by_text("You may rate, not yet write").wait_for()
    plain.get_by_role("link", name="Rate the notes that need you").click()
    assert plain.locator(".note-item").count() > 3


def test_write_with_something_missing_and_take_it_back_without_the_script(plain, url):
    become_contributor(plain, url, "young writer")
    plain.goto(url + WRITE)
    plain.get_by_label("The note", exact=True).fill("The pool by the pier is closed until May.")
    plain.get_by_role("button", name="Hand in the note").click()
    plain.get_by_text("Say what you think of the post.").wait_for()
    assert "closed until May" in plain.get_by_label("The note", exact=True).input_value()
    plain.get_by_label("The post is wrong, or may mislead").check()
    plain.get_by_label("It states something false").check()
    plain.get_by_role("button", name="Hand in the note").click()
    plain.get_by_text("Your note is kept").wait_for()
    plain.get_by_text("Take it back", exact=True).click()
    plain.get_by_label("I am sure").check()
    plain.get_by_role("button", name="Take my note back").click()
    plain.get_by_text("Your note is taken back").wait_for()


def test_ask_for_a_note(page, noted_url):
    become_contributor(page, noted_url, "asker")
    page.goto(noted_url + post("bo", "orphan"))
    page.get_by_role("button", name="Ask for a note").click()
    page.get_by_text("You asked for a note.").wait_for()
    page.goto(noted_url + "/notes?tab=requested")
    assert "Exactly what I said last week." in page.locator("main").inner_text()


def test_script_in_a_note_is_inert(page, noted_url):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    for path in (post("evil", "evil"), "/notes", "/account/" + did("evil")):
        page.goto(noted_url + path)
        expect(page.locator("main")).to_contain_text("<script>alert('note')</script>")
    assert asked == []
    assert page.locator("main script, main img, [onerror]").count() == 0


def test_a_note_under_a_covered_post_stays_with_it(page, noted_url):
    page.goto(noted_url + post("mute", "nude"))
    expect(page.locator("article .text").first).to_be_hidden()
    expect(page.locator("article .context")).to_be_visible()
