"""The whole way of a note, in a real browser: written, rated by two sides, helpful, shown.

The town plays the raters: two camps of its people, told apart by what they love most, who rate
many notes so that the model can find the sides.
"""

from __future__ import annotations

import json
import urllib.request

import pytest

pytest.importorskip("playwright", reason="the browser group is not installed")
from playwright.sync_api import expect
from tests.browser.serving import serving
from tests.browser.test_reading import be
from tests.web.noted import BAD, GOOD, KINDS, MISLEADING, TEXTS

from stoa.town import Town, TownConfig

PEOPLE = 200
PER_CAMP = 12
N_NOTES = 32
TEXT = "The pier was measured again this spring: the figure in the post is from 2019."
SOURCE = "https://www.harbour.example/levels?year=2026"


@pytest.fixture(scope="module")
def square_url():
    with serving("--town", "--people", str(PEOPLE)) as address:
        yield address


def call(url: str, path: str, body: object = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url + path, data, headers)) as answer:
        return json.load(answer)


def camps() -> dict[str, list[str]]:
    """Two camps of the same town that is served: its seed makes it."""
    people = Town(TownConfig(seed=1, people=PEOPLE)).inhabitants(0, PEOPLE)
    topics = sorted({person.interests[0] for person in people})
    sides: dict[str, list[str]] = {"left": [], "right": []}
    for person in people:
        side = "left" if topics.index(person.interests[0]) % 2 else "right"
        sides[side].append(person.did)
    return {side: dids[:PER_CAMP] for side, dids in sides.items()}


def acts(url: str, given: list[dict]) -> list[str]:
    body = call(url, "/api/v1/notes/acts", {"acts": given})
    assert body["rejected"] == []
    return body["notes"]


def ratings(sides: dict[str, list[str]], note: str, kind: str) -> list[dict]:
    """How everybody in both camps rates a note of a kind."""
    return [
        {
            "viewer": viewer,
            "act": "rate",
            "note": note,
            "level": "HELPFUL" if kind in ("both", side) else "NOT_HELPFUL",
            "tags": list(GOOD) if kind in ("both", side) else [BAD[n % 2]],
        }
        for side, viewers in sides.items()
        for n, viewer in enumerate(viewers)
    ]


def test_write_rate_reach_helpful_and_see_the_note_under_its_post(page, square_url):
    url, sides = square_url, camps()
    # A person writes a note in the browser, on a post of the feed.
    be(page, url, "Mara")
    page.goto(url + "/")
    page.locator("article .when").last.click()
    post = page.locator('article input[name="post"]').first.get_attribute("value")
    post_url = page.url
    page.get_by_role("link", name="Write a note").click()
    page.get_by_label("I know that it stays").check()
    page.get_by_role("button", name="Become a contributor").click()
    page.get_by_text("You are a contributor now").wait_for()
    page.get_by_role("button", name="Hand in the note").click()
    page.get_by_text("Say what you think of the post.").wait_for()
    page.get_by_label("The post is wrong, or may mislead").check()
    page.get_by_label("It is out of date").check()
    page.get_by_label("The note", exact=True).fill(TEXT)
    page.get_by_label("Sources").fill(SOURCE)
    page.get_by_role("button", name="Hand in the note").click()
    page.get_by_text("Your note is kept").wait_for()
    note = page.url.rpartition("/")[2]
    page.goto(post_url)
    expect(page.locator("article .context")).to_have_count(0)
    expect(page.locator("#notes")).to_contain_text("Needs more ratings")

    # The town writes other notes and rates all of them, each camp in its way.
    everybody = [*sides["left"], *sides["right"]]
    acts(url, [{"viewer": viewer, "act": "enrol"} for viewer in everybody])
    acts(url, [{"viewer": f"app:writer-{n}", "act": "enrol"} for n in range(4)])
    items = call(url, "/api/v1/feed?viewer=app:looker&limit=60")["items"]
    others = [item["uri"] for item in items if item["uri"] != post][:N_NOTES]
    kinds = [KINDS[n % len(KINDS)] for n in range(len(others))]
    written = acts(
        url,
        [
            {
                "viewer": f"app:writer-{n % 4}",
                "act": "write",
                "post": uri,
                "classification": MISLEADING,
                "reasons": ["misleadingFactualError"],
                "text": TEXTS[kind],
                "sources": [SOURCE],
            }
            for n, (uri, kind) in enumerate(zip(others, kinds, strict=True))
        ],
    )
    for other, kind in zip(written, kinds, strict=True):
        acts(url, ratings(sides, other, kind))
    # One side alone is not enough, however many.
    acts(url, [act for act in ratings(sides, note, "left") if act["viewer"] in sides["left"]])
    call(url, "/test/score?minutes=31", {})
    call(url, "/test/score?minutes=90", {})
    page.reload()
    expect(page.locator("article .context")).to_have_count(0)
    acts(url, [act for act in ratings(sides, note, "both") if act["viewer"] in sides["right"]])

    # Helpful now; it has to hold for an hour.
    call(url, "/test/score?minutes=10", {})
    page.reload()
    expect(page.locator("article .context")).to_have_count(0)
    expect(page.locator("#notes")).to_contain_text("it shows if that holds for an hour")
    call(url, "/test/score?minutes=31", {})
    page.reload()
    expect(page.locator("article .context")).to_have_count(0)
    call(url, "/test/score?minutes=31", {})

    # It shows: in the card under its post, above the buttons, and in the API.
    page.reload()
    box = page.locator("article .context").first
    expect(box).to_contain_text("Readers added context")
    expect(box).to_contain_text(TEXT)
    expect(box).to_contain_text("People who usually disagree found this helpful.")
    link = box.get_by_role("link", name="harbour.example")
    assert link.get_attribute("href") == SOURCE
    assert link.get_attribute("rel") == "nofollow noopener noreferrer"
    assert box.bounding_box()["y"] < page.locator("article .acts").first.bounding_box()["y"]
    shown = call(url, "/api/v1/post/" + post_url.rpartition("/post/")[2])["note"]
    assert (shown["id"], shown["status"]) == (note, "CURRENTLY_RATED_HELPFUL")

    # Its page tells how it came to that.
    box.get_by_role("link", name="See how it came to show").click()
    expect(page.locator("main")).to_contain_text("helpful to 12 of 12 on one side")
    expect(page.locator(".axis-picture circle")).to_have_count(2 * PER_CAMP)
    expect(page.locator(".changes > li")).to_have_count(3)  # open, shown, and written
    statuses = {
        kind: {
            call(url, f"/api/v1/notes/{other}")["status"]
            for other, its in zip(written, kinds, strict=True)
            if its == kind
        }
        for kind in KINDS
    }
    assert statuses["both"] == {"CURRENTLY_RATED_HELPFUL"}
    assert "CURRENTLY_RATED_HELPFUL" not in statuses["left"] | statuses["right"]
    assert "CURRENTLY_RATED_HELPFUL" not in statuses["nobody"]
