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
    context.close()
    assert wide == {}


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
        page.evaluate(axe)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        grave = [
            f"{v['id']}: {v['nodes'][0]['html'][:120]}"
            for v in result["violations"]
            if v["impact"] in ("serious", "critical")
        ]
        if grave:
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
