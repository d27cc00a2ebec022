"""Every page at three widths and in both themes: nothing overflows, nothing serious for axe."""

from __future__ import annotations

import pytest
from tests.browser.addresses import post, why
from tests.browser.conftest import WIDTHS

PATHS = (
    "/",
    "/?tab=following",
    "/?rested=60",
    why("ana", "root"),
    "/you",
    "/left-out",
    post("bo", "re1"),
    post("gus", "long"),
    post("evil", "evil"),
    "/square",
    "/settings",
    "/who",
    "/opt-out",
    "/nowhere",
)


FIRST_PAINT = """new Promise(done => new PerformanceObserver(list => {
  for (const e of list.getEntriesByName('first-contentful-paint')) done(e.startTime)
}).observe({type: 'paint', buffered: true}))"""


AT_THE_EDGE = """(() => {
  const touching = new Set();
  const words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const at = document.createRange();
    at.selectNodeContents(words.currentNode);
    const box = at.getBoundingClientRect();
    const around = words.currentNode.parentElement;
    const seen = around.checkVisibility() && around.offsetWidth > 1;
    if (seen && words.currentNode.data.trim() && box.left >= 0 && box.left < 8)
      touching.add(words.currentNode.data.trim().slice(0, 60));
  }
  return [...touching];
})()"""
"""Words of a page that stand at the very edge of a narrow screen."""


def grave_for(axe: str, page) -> list[str]:
    """What axe-core calls serious or critical on a page."""
    page.evaluate(axe)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:120]}"
        for v in result["violations"]
        if v["impact"] in ("serious", "critical")
    ]


@pytest.fixture(scope="module")
def reader(browser, url):
    """The cookies of somebody who did a few things."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url + "/who")
    page.fill("#name", "looks")
    page.get_by_role("button", name="Read as this person").click()
    for who, n in (("ana", 100), ("ana", "root"), ("chi", 102)):
        page.goto(url + post(who, n))
        page.locator(".acts > button[value=like]").click()
        page.locator(".toast").wait_for()
    page.goto(url + "/")
    page.goto(url + "/")
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_overflows(browser, url, reader, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, storage_state=reader)
    page = context.new_page()
    wide = {}
    for path in PATHS:
        page.goto(url + path)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide[path] = over
        if touching := page.evaluate(AT_THE_EDGE):
            wide[path] = touching
    context.close()
    assert wide == {}


@pytest.fixture(scope="module")
def inhabitant(browser, town_url):
    """The cookies of somebody who looks through an inhabitant's eyes."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(town_url + "/town")
    page.locator("button[name=viewer]").nth(3).click()
    page.locator(".ranks").wait_for()
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_of_the_town_overflows(browser, town_url, inhabitant, width):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, storage_state=inhabitant
    )
    page = context.new_page()
    wide = {}
    for path in ("/town", "/", "/you", "/left-out", "/who", "/notes", "/ask"):
        page.goto(town_url + path)
        # Also what a box of its own would hide: a table may be as wide as its panel, no wider.
        over = page.evaluate(
            """Math.max(document.documentElement.scrollWidth - innerWidth,
            ...[...document.querySelectorAll(".panel")].map(p => p.scrollWidth - p.clientWidth))"""
        )
        if over > 0:
            wide[path] = over
        if touching := page.evaluate(AT_THE_EDGE):
            wide[path] = touching
    context.close()
    assert wide == {}


@pytest.mark.parametrize("width", [320, 390, 700, 820, 1440])
def test_the_names_of_all_rooms_stand_whole_and_apart(browser, town_url, inhabitant, width):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, storage_state=inhabitant
    )
    page = context.new_page()
    page.goto(town_url + "/town")
    broken, overlapping, n = page.evaluate(
        """() => {
            const links = [...document.querySelectorAll(".mark, .nav a")].map(link => {
                const words = document.createRange();
                words.selectNodeContents(link.lastChild);
                return [link.innerText.trim(), [...words.getClientRects()]];
            });
            const boxes = [...links.map(([, rects]) => rects[0]),
                document.querySelector(".whoami").getBoundingClientRect()];
            const clash = (a, b) => a.left < b.right && b.left < a.right
                && a.top < b.bottom && b.top < a.bottom;
            return [links.filter(([, rects]) => rects.length > 1).map(([name]) => name),
                boxes.filter((a, i) => boxes.some((b, j) => j > i && clash(a, b))).length,
                links.length];
        }"""
    )
    context.close()
    assert (broken, overlapping, n) == ([], 0, 8)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_town(browser, town_url, inhabitant, axe, theme):
    context = browser.new_context(
        color_scheme=theme, storage_state=inhabitant, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    found = {}
    for path in ("/town", "/you"):
        page.goto(town_url + path)
        if grave := grave_for(axe, page):
            found[path] = grave
    context.close()
    assert found == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_print_in_drawings_can_be_read(browser, url, reader, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, storage_state=reader)
    page = context.new_page()
    page.goto(url + "/you")
    sizes = page.evaluate(
        """[...document.querySelectorAll("svg.draw text")].map(text =>
        parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""
    )
    context.close()
    assert sizes
    assert min(sizes) >= 11


def test_the_first_paint_comes_within_300_ms(browser, url, reader):
    """On loopback; the best of some, because other work on the machine only ever adds."""
    paints = []
    for _ in range(8):
        context = browser.new_context(storage_state=reader)  # with nothing in its cache
        page = context.new_page()
        page.goto(url + "/")
        paints.append(page.evaluate(FIRST_PAINT))
        context.close()
    assert min(paints) < 300, paints


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_serious(browser, url, reader, axe, theme, width):
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        storage_state=reader,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    found = {}
    for path in PATHS:
        page.goto(url + path)
        if grave := grave_for(axe, page):
            found[path] = grave
    context.close()
    assert found == {}


def test_the_theme_of_choice_wins_over_the_system(browser, url):
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(url + "/who")
    page.fill("#name", "night owl")
    page.get_by_role("button", name="Read as this person").click()
    page.goto(url + "/settings")
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save", exact=True).click()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    context.close()
    assert ground == "rgb(19, 21, 20)"


def test_a_page_asks_nobody_else_and_does_not_shift(browser, url, reader):
    context = browser.new_context(storage_state=reader)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url + "/")
    page.wait_for_timeout(300)
    shift = page.evaluate(
        """new Promise(done => { let sum = 0;
        new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value })
          .observe({type: 'layout-shift', buffered: true});
        setTimeout(() => done(sum), 200) })"""
    )
    context.close()
    assert [address for address in asked if not address.startswith(url)] == []
    assert shift < 0.01
