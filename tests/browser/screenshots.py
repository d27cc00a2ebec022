"""Pictures of every page and state: `python -m tests.browser.screenshots FOLDER`.

With `--best`, the three of the README instead.

Both themes, three widths. They are looked at one by one before a page is called done.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urljoin

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.addresses import post, why
from tests.browser.chromium import ARGUMENTS, CHROMIUM, PUBLIC_HOST
from tests.browser.serving import serving
from tests.web.small_square import did

from stoa.app.supervisor import SIMULATED, UNREACHABLE

WIDTHS = (390, 820, 1440)
HEIGHT = 900
THEMES = ("light", "dark")
IN_VIEW = frozenset(
    {
        "for-you",
        "for-you-toast",
        "for-you-menu",
        "for-you-help",
        "for-you-stop",
        "why-drawer",
        "for-you-asked",
    }
    | {"unheard", "slow", "town-for-you", "town-why-drawer"}
    | {"note-for-you", "promoted"}
)
"""Pictures of what is in view; the others show their page whole."""
SHOPPERS = itertools.count(1)
Step = Callable[[Page], None]


def nothing(page: Page) -> None:
    del page


def like_some(page: Page) -> None:
    """Makes the local reader somebody: a few likes, glads and a regret."""
    for who, n in (("ana", 100), ("ana", "root"), ("bo", 101), ("bo", 106), ("chi", 102)):
        page.goto(urljoin(page.url, post(who, n)))
        page.locator(".acts button[value=like]").first.click()
        page.locator(".acts button[value=glad]").first.click()
        page.wait_for_selector(".toast")
    page.locator(".acts button[value=regret]").first.click()


def open_drawer(page: Page) -> None:
    page.locator(".acts .why").first.click()
    page.wait_for_selector("dialog.drawer[open]")


def open_menu(page: Page) -> None:
    page.locator(".acts .more").first.click()
    page.wait_for_selector(".menu-list")


def open_help(page: Page) -> None:
    page.keyboard.press("?")


def act_and_toast(page: Page) -> None:
    page.locator(".card[data-n] .acts button[value=like]").nth(1).click()
    page.wait_for_selector(".toast")


def act_unheard(page: Page) -> None:
    page.route("**/acts", lambda route: route.abort())
    act_and_toast(page)
    page.unroute("**/acts")


def act_slowly(page: Page) -> None:
    page.route("**/acts", lambda route: None)  # never answered
    act_and_toast(page)


def be_heard(page: Page) -> None:
    page.unroute("**/acts")


def uncover(page: Page) -> None:
    page.locator(".cover summary").first.click()


def see_examples(page: Page) -> None:
    page.locator("details summary").first.click()


def show_pictures_words(page: Page) -> None:
    page.locator(".pics summary").first.click()


def be_new(page: Page) -> None:
    """Somebody else, for acts that would change the other pictures."""
    page.goto(urljoin(page.url, "/who"))
    page.fill("#name", "passing by")
    page.get_by_role("button", name="Read as this person").click()
    page.get_by_text("Reading as passing by now").wait_for()


def switch_a_rule(page: Page) -> None:
    be_new(page)
    page.goto(urljoin(page.url, "/"))
    page.goto(urljoin(page.url, "/left-out"))
    page.get_by_role("button", name="Switch this rule off").first.click()
    page.get_by_text("Your next page follows").wait_for()


def be_asked(page: Page) -> None:
    be_new(page)
    page.goto(urljoin(page.url, "/settings"))
    page.get_by_label("Are you glad you saw this?").select_option("0.1")
    page.get_by_role("button", name="Save", exact=True).click()
    for _ in range(9):  # asked by chance: some page has a question on it
        page.goto(urljoin(page.url, "/"))
        if page.locator(".ask").count():
            break
    page.locator(".ask").first.scroll_into_view_if_needed()


def be_forgotten(page: Page) -> None:
    be_new(page)
    page.goto(urljoin(page.url, post("ana", 100)))
    page.locator(".acts > button[value=like]").click()
    page.wait_for_selector(".toast")
    page.goto(urljoin(page.url, "/you"))
    page.get_by_text("Forget me").first.click()
    page.get_by_label("I am sure").check()
    page.get_by_role("button", name="Forget me").click()
    page.get_by_text("You are forgotten here").wait_for()


def first_why(page: Page) -> None:
    page.goto(urljoin(page.url, page.locator(".acts .why").nth(1).get_attribute("href") or "/"))


def agree_to_promoted(page: Page) -> None:
    page.goto(urljoin(page.url, "/who"))
    page.fill("#name", f"shopper-{next(SHOPPERS)}")  # each sees it for the first time
    page.get_by_role("button", name="Read as this person").click()
    page.get_by_text("Reading as shopper").wait_for()
    page.goto(urljoin(page.url, "/settings"))
    page.get_by_label("Promoted posts").select_option("5.0")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. Your next page follows.").wait_for()


def to_the_mark(page: Page) -> None:
    agree_to_promoted(page)
    page.goto(urljoin(page.url, "/"))
    page.locator(".note-line.promoted").first.scroll_into_view_if_needed()


def why_promoted(page: Page) -> None:
    """Of the post that the page before showed: a post that was served does not come again soon."""
    kept = page.request.get(urljoin(page.url, "/you/export.json")).json()["promoted_posts"]
    page.goto(urljoin(page.url, "/why?post=" + quote(kept[-1]["post"], safe="")))


def first_thread(page: Page) -> None:
    page.locator(".card .parent .when").first.click()
    page.get_by_text("The conversation").first.wait_for()


def to_the_end(page: Page) -> None:
    page.locator("div.more").scroll_into_view_if_needed()
    page.wait_for_timeout(200)


def be_contributor(page: Page) -> None:
    page.goto(urljoin(page.url, "/who"))
    page.fill("#name", "Mara")
    page.get_by_role("button", name="Read as this person").click()
    page.goto(urljoin(page.url, "/notes/you"))
    page.get_by_label("I know that it stays").check()
    page.get_by_role("button", name="Become a contributor").click()
    page.get_by_text("You are a contributor now").wait_for()


def first_note(page: Page) -> None:
    page.get_by_role("link", name="Everything about this note").first.click()
    page.get_by_text("Who said what").wait_for()


def last_note(page: Page) -> None:
    page.get_by_role("link", name="Everything about this note").last.click()
    page.get_by_text("Who said what").wait_for()


def rate_first(page: Page) -> None:
    first_note(page)
    page.get_by_role("link", name="Not helpful", exact=True).click()


def rate_without_reason(page: Page) -> None:
    rate_first(page)
    page.get_by_role("button", name="Keep my rating").click()
    page.get_by_text("Tick at least one reason").wait_for()


def to_a_note(page: Page) -> None:
    for _ in range(12):  # each reading begins with other posts
        if page.locator(".context").count():
            break
        more = page.locator("[data-next]")  # absent where everything was read: begin anew
        page.goto(urljoin(page.url, (more.count() and more.get_attribute("href")) or "/"))
    page.locator(".context").first.scroll_into_view_if_needed()


def ask(page: Page, question: str) -> None:
    page.goto(urljoin(page.url, "/ask"))
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator("#asked").wait_for()


def be_answered(page: Page) -> None:
    ruling = "---\ntitle: The weir case\ntier: record\n---\nThe weir of Hallow must go by 1931."
    page.request.put(urljoin(page.url, "/api/v1/documents?name=weir.md"), data=ruling)
    ask(page, "By when must the weir of Hallow go?")


def be_answered_in_fun(page: Page) -> None:
    be_answered(page)
    page.get_by_role("button", name="Say it in the fun voice").click()
    page.get_by_role("button", name="Say it plainly").wait_for()


def be_declined(page: Page) -> None:
    ask(page, "Which opera did Wilhelmina Trask compose in Reykjavik?")


def open_history(page: Page) -> None:
    page.get_by_text("Its history").first.click()


def be_found_wanting(page: Page) -> None:
    """A note handed in with nearly everything missing."""
    page.get_by_label("The post is wrong, or may mislead").check()
    page.get_by_label("Sources").fill("the harbour office")
    page.get_by_role("button", name="Hand in the note").click()
    page.get_by_text("something is missing below").wait_for()


def have_written(page: Page) -> None:
    """A note of this reader's own; the second time it is there already."""
    if page.get_by_role("button", name="Hand in the note").count() == 0:
        page.get_by_role("link", name="Everything about this note").click()
    else:
        page.get_by_label("The post is wrong, or may mislead").check()
        page.get_by_label("It is out of date").check()
        page.get_by_label("The note", exact=True).fill("The pool by the pier is closed until May.")
        page.get_by_label("Sources").fill("https://www.harbour.example/closed")
        page.get_by_role("button", name="Hand in the note").click()
    page.get_by_text("Who said what").wait_for()


WRITE = post("ana", "root").replace("/post/", "/notes/write?post=")
OTHER = post("bo", "orphan").replace("/post/", "/notes/write?post=")
Shots = tuple[tuple[str, str, Step], ...]
SHOTS: Shots = (
    ("for-you", "/", nothing),
    ("for-you-toast", "/", act_and_toast),
    ("for-you-menu", "/", open_menu),
    ("for-you-help", "/", open_help),
    ("for-you-stop", "/?read=60", to_the_end),
    ("unheard", "/", act_unheard),
    ("slow", "/", act_slowly),
    ("rested", "/?rested=60", be_heard),
    ("following-empty", "/?tab=following", nothing),
    ("why", why("ana", 105), nothing),
    ("why-drawer", "/", open_drawer),
    ("you", "/you", nothing),
    ("left-out", "/left-out", see_examples),
    ("post-thread", post("bo", "re1"), nothing),
    ("post-rtl", post("dov", "rtl"), nothing),
    ("post-long-word", post("gus", "long"), nothing),
    ("post-images", post("ana", "image"), nothing),
    ("post-images-described", post("ana", "image"), show_pictures_words),
    ("post-card", post("bo", "card"), nothing),
    ("post-quote", post("chi", "quote"), nothing),
    ("post-quote-gone", post("chi", "quotegone"), nothing),
    ("post-covered", post("mute", "nude"), nothing),
    ("post-uncovered", post("mute", "nude"), uncover),
    ("post-facets", post("eva", "facets"), nothing),
    ("post-hostile", post("evil", "evil"), nothing),
    ("post-orphan", post("bo", "orphan"), nothing),
    ("post-video", post("gus", "video"), nothing),
    ("account", "/account/" + did("ana"), nothing),
    ("square", "/square", nothing),
    ("settings", "/settings", nothing),
    ("ask", "/ask", nothing),
    ("ask-answered", "/ask", be_answered),
    ("ask-fun", "/ask", be_answered_in_fun),
    ("ask-declined", "/ask", be_declined),
    ("who", "/who", nothing),
    ("opt-out", "/opt-out", nothing),
    ("error-404", "/post/at%3A%2F%2Fnobody", nothing),
    # From here on somebody else reads.
    ("left-out-switched", "/who", switch_a_rule),
    ("for-you-asked", "/who", be_asked),
    ("receipt", "/who", be_forgotten),
)
PROMOTED_SHOTS: Shots = (
    ("promoted", "/square", to_the_mark),
    ("promoted-why", "/you", why_promoted),
    ("promoted-square", "/square", nothing),
)
EMPTY_SHOTS: Shots = (
    ("empty", "/", nothing),
    ("empty-you", "/you", nothing),
    ("empty-left-out", "/left-out", nothing),
    ("empty-square", "/square", nothing),
)
TOWN_SHOTS: Shots = (
    ("town-for-you", "/", nothing),
    ("town-following", "/?tab=following", nothing),
    ("town-why", "/", first_why),
    ("town-why-drawer", "/", open_drawer),
    ("town-thread", "/", first_thread),
    ("town-you", "/you", nothing),
    ("town-left-out", "/left-out", nothing),
    ("town-square", "/square", nothing),
    ("town", "/town", nothing),
)
SIGNED_OUT_SHOTS: Shots = (
    ("signed-out", "/", nothing),
    ("signed-out-following", "/?tab=following", nothing),
    ("signed-out-who", "/who", nothing),
    ("signed-out-opt-out", "/opt-out?account=ana.tides.example", nothing),
)
NOTE_SHOTS: Shots = (
    ("note-for-you", "/", to_a_note),
    ("note-post", post("ana", "image"), open_history),
    ("note-post-open", post("eva", "facets"), nothing),
    ("note-post-rtl", post("dov", "rtl"), nothing),
    ("note-post-hostile", post("evil", "evil"), nothing),
    ("note-post-covered", post("mute", "nude"), nothing),
    ("note-account", "/account/" + did("ana"), nothing),
    ("notes", "/notes", nothing),
    ("notes-need-you", "/notes?tab=needs-you", nothing),
    ("notes-requested", "/notes?tab=requested", nothing),
    ("notes-yours-none", "/notes?tab=yours", nothing),
    ("note-shown", "/notes?before=9000000000000000000", last_note),
    ("note-hostile", "/notes", first_note),
    ("note-one-sided", "/notes?tab=needs-you", last_note),
    ("note-new", "/notes?tab=needs-you", first_note),
    ("note-rate", "/notes?tab=needs-you", rate_first),
    ("note-rate-missing", "/notes?tab=needs-you", rate_without_reason),
    ("notes-you", "/notes/you", nothing),
    ("notes-log", "/notes/log", nothing),
    ("note-may-not-write", WRITE, nothing),
)
YOUNG_SHOTS: Shots = (
    ("notes-empty", "/notes", nothing),
    ("notes-log-empty", "/notes/log", nothing),
    ("note-write", OTHER, nothing),
    ("note-write-missing", OTHER, be_found_wanting),
    ("note-yours", WRITE, have_written),
    ("notes-yours", "/notes?tab=yours", nothing),
)
STRANGER_SHOTS: Shots = (
    ("note-enrol", WRITE, nothing),
    ("notes-you-none", "/notes/you", nothing),
)
BROKEN_SHOTS: Shots = (("error-500", "/", nothing),)


def take(browser: Browser, url: str, shots: Shots, folder: Path, warm: Step = nothing) -> int:
    first = browser.new_page()
    first.goto(url + "/")
    warm(first)
    state = first.context.storage_state()
    n = 0
    for width in WIDTHS:
        for theme in THEMES:
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHT},
                color_scheme=theme,
                storage_state=state,
                reduced_motion="reduce",
            )
            page = context.new_page()
            for name, path, step in shots:
                page.goto(url + path)
                step(page)
                whole = name not in IN_VIEW
                if whole:  # a taller window, so that a bar at its bottom stays there
                    tall = page.evaluate("document.documentElement.scrollHeight")
                    page.set_viewport_size({"width": width, "height": max(HEIGHT, tall)})
                page.screenshot(path=folder / f"{name}-{width}-{theme}.png")
                if whole:
                    page.set_viewport_size({"width": width, "height": HEIGHT})
                n += 1
            context.close()
    return n


def be_somebody(page: Page) -> None:
    page.goto(urljoin(page.url, "/town"))
    page.locator("button[name=viewer]").nth(3).click()


def take_the_best(folder: Path) -> int:
    """The three pictures of the README, from a town of some size and one who reads there."""
    folder.mkdir(parents=True, exist_ok=True)
    lived = ("--town", "--people", "1000", "--days", "3", "--banner", SIMULATED)
    with sync_playwright() as playwright, serving(*lived) as url:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": HEIGHT}, reduced_motion="reduce")
        page.goto(url + "/town?q=Chidi+Quince")
        page.locator("button[name=viewer]").first.click()
        page.get_by_text("The same evening").wait_for()
        page.goto(url + "/you")
        page.screenshot(path=folder / "you.png")
        page.goto(url + "/")
        page.screenshot(path=folder / "for-you.png")
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.locator(".acts .why").nth(1).click()
        page.wait_for_selector("dialog.drawer[open]")
        page.screenshot(path=folder / "why.png")
        browser.close()
    return 3


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with serving() as url:
            n = take(browser, url, SHOTS, folder, like_some)
            n += take(browser, url.replace("127.0.0.1", PUBLIC_HOST), SIGNED_OUT_SHOTS, folder)
        with serving("--empty") as url:
            n += take(browser, url, EMPTY_SHOTS, folder)
        with serving("--promoted") as url:
            n += take(browser, url, PROMOTED_SHOTS, folder)
        with serving("--notes") as url:
            n += take(browser, url, NOTE_SHOTS, folder, be_contributor)
        with serving() as url:
            n += take(browser, url, STRANGER_SHOTS, folder)
            n += take(browser, url, YOUNG_SHOTS, folder, be_contributor)
        with serving("--broken") as url:
            n += take(browser, url, BROKEN_SHOTS, folder)
        lived = ("--town", "--people", "300", "--days", "2", "--banner", UNREACHABLE)
        with serving(*lived) as url:
            n += take(browser, url, TOWN_SHOTS, folder, be_somebody)
        browser.close()
    return n


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--best"]
    given = Path(words[0] if words else "build/screenshots")
    n_taken = take_the_best(given) if "--best" in sys.argv else main(given)
    print(f"{n_taken} pictures in {given}", file=sys.stderr)
