"""Pictures of every page and state: `python -m tests.browser.screenshots FOLDER`.

Both themes, three widths. They are looked at one by one before a page is called done.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.addresses import post, why
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.serving import serving
from tests.web.small_square import did

WIDTHS = (390, 820, 1440)
THEMES = ("light", "dark")
Step = Callable[[Page], None]


def nothing(page: Page) -> None:
    del page


def like_some(page: Page) -> None:
    """Makes the local reader somebody: a few likes, glads and a regret."""
    for who, n in (("ana", 100), ("ana", "root"), ("bo", 101), ("bo", 106), ("chi", 102)):
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + post(who, n))
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


def to_the_end(page: Page) -> None:
    page.locator("div.more").scroll_into_view_if_needed()
    page.wait_for_timeout(200)


SHOTS: tuple[tuple[str, str, Step], ...] = (
    ("for-you", "/", nothing),
    ("for-you-toast", "/", act_and_toast),
    ("for-you-menu", "/", open_menu),
    ("for-you-help", "/", open_help),
    ("for-you-stop", "/?read=60", to_the_end),
    ("rested", "/?rested=60", nothing),
    ("following-empty", "/?tab=following", nothing),
    ("why", why("ana", 105), nothing),
    ("why-drawer", "/", open_drawer),
    ("you", "/you", nothing),
    ("left-out", "/left-out", nothing),
    ("post-thread", post("bo", "re1"), nothing),
    ("post-rtl", post("dov", "rtl"), nothing),
    ("post-long-word", post("gus", "long"), nothing),
    ("post-images", post("ana", "image"), nothing),
    ("post-card", post("bo", "card"), nothing),
    ("post-quote", post("chi", "quote"), nothing),
    ("post-quote-gone", post("chi", "quotegone"), nothing),
    ("post-covered", post("mute", "nude"), nothing),
    ("post-facets", post("eva", "facets"), nothing),
    ("post-hostile", post("evil", "evil"), nothing),
    ("post-orphan", post("bo", "orphan"), nothing),
    ("account", "/account/" + did("ana"), nothing),
    ("square", "/square", nothing),
    ("settings", "/settings", nothing),
    ("who", "/who", nothing),
    ("opt-out", "/opt-out", nothing),
    ("error-404", "/post/at%3A%2F%2Fnobody", nothing),
)
EMPTY_SHOTS = (
    ("empty", "/", nothing),
    ("empty-you", "/you", nothing),
    ("empty-left-out", "/left-out", nothing),
)
TOWN_SHOTS = (("town-for-you", "/", nothing), ("town", "/town", nothing))


def take(
    browser: Browser, url: str, shots: tuple[tuple[str, str, Step], ...], folder: Path, warm: Step
) -> int:
    first = browser.new_page()
    first.goto(url + "/")
    warm(first)
    state = first.context.storage_state()
    n = 0
    for width in WIDTHS:
        for theme in THEMES:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=theme,
                storage_state=state,
                reduced_motion="reduce",
            )
            page = context.new_page()
            for name, path, step in shots:
                page.goto(url + path)
                step(page)
                whole = step is nothing and name != "for-you"
                page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=whole)
                n += 1
            context.close()
    return n


def be_somebody(page: Page) -> None:
    page.goto(page.url.rstrip("/") + "/town")
    page.locator("button[name=viewer]").first.click()


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    banner = (
        "The network cannot be reached, so this is a simulated town: invented people, invented "
        "posts. Stoa keeps trying and changes over by itself."
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with serving() as url:
            n = take(browser, url, SHOTS, folder, like_some)
        with serving("--empty") as url:
            n += take(browser, url, EMPTY_SHOTS, folder, nothing)
        with serving("--town", "--banner", banner) as url:
            n += take(browser, url, TOWN_SHOTS, folder, be_somebody)
        browser.close()
    return n


if __name__ == "__main__":
    given = Path(sys.argv[1] if len(sys.argv) > 1 else "build/screenshots")
    print(f"{main(given)} pictures in {given}", file=sys.stderr)
