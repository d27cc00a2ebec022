"""Each page answers with what it promises, without a script, from real records."""

import re
from urllib.parse import quote

import pytest
from tests.web.conftest import act, near
from tests.web.small_square import PEOPLE, did, small_square, uri

PAGES = ["/", "/?tab=following", "/you", "/left-out", "/square", "/settings", "/who", "/opt-out"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "<h1" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_an_empty_square_opens(path):
    answer = near(small_square(empty=True)).get(path)
    assert answer.status_code == 200


def test_the_first_page_stays_within_its_budget(client):
    page = client.get("/").text
    assert page.count("<article") == 15
    css, js = (client.get(f"/static/{name}").content for name in ("stoa.css", "stoa.js"))
    assert len(page.encode()) < 60_000
    packed = client.get("/", headers={"accept-encoding": "gzip"})
    assert int(packed.headers["content-length"]) + len(css) + len(js) < 60_000


def test_no_page_asks_another_site_for_anything_until_pictures_are_allowed(client, square):
    page = client.get("/post/" + quote(uri("ana", "image"), safe=""))
    assert "pictures.example" not in page.text
    assert "A brittle star on wet granite" in page.text
    assert "img-src 'self';" in page.headers["content-security-policy"]
    token = re.search(r'content="([^"]+)"', page.text[page.text.index("csrf") :])[1]
    form = {
        "csrf": token, "languages": "", "muted_words": "", "sensitive": "cover", "theme": "auto",
        "exploration": "0.05", "survey_share": "0.02", "preset": "first_version", "images": "1",
    }  # fmt: skip
    assert client.post("/settings", data=form).status_code == 303
    page = client.get("/post/" + quote(uri("ana", "image"), safe=""))
    assert 'src="https://pictures.example/star.jpg"' in page.text
    assert "img-src 'self' https:" in page.headers["content-security-policy"]


def test_a_reply_is_drawn_under_its_parent(client):
    page = client.get("/post/" + quote(uri("bo", "re1"), safe="")).text
    parent, reply = page.index("Which pool should I visit"), page.index("The one by the old pier")
    assert parent < reply
    assert 'class="post parent"' in page


def test_a_reply_whose_parent_is_absent_says_so(client):
    page = client.get("/post/" + quote(uri("bo", "orphan"), safe="")).text
    assert "The post this answers is not here" in page


def test_a_thread_is_a_tree_with_the_post_marked(client):
    page = client.get("/post/" + quote(uri("chi", "re2"), safe="")).text
    assert page.count('class="twig target"') == 1
    assert "5 posts of it are held here" in page


def test_quotes_cards_videos_and_labels_have_their_states(client):
    def page(who, n):
        return client.get("/post/" + quote(uri(who, n), safe="")).text

    assert 'class="quote"' in page("chi", "quote")
    assert "The post quoted here is not in this square" in page("chi", "quotegone")
    assert "Night trains are coming back" in page("bo", "card")
    assert "A video, which plays" in page("gus", "video")
    assert "Covered: nudity" in page("mute", "nude")


def test_text_keeps_its_own_direction(client):
    page = client.get("/post/" + quote(uri("dov", "rtl"), safe="")).text
    assert '<div class="text" dir="auto">שלום' in page


def test_links_of_facets_count_bytes_and_leave_politely(client):
    page = client.get("/post/" + quote(uri("eva", "facets"), safe="")).text
    link = re.search(r"<a href=\"https://tides.example/chart\"[^>]*>([^<]*)</a>", page)
    assert link
    assert 'rel="nofollow noopener noreferrer"' in link[0]
    assert link[1] == "https://tides.example/chart"
    assert f'href="/account/{did("ana")}">@ana.tides.example</a>' in page


def test_the_address_of_a_post_may_be_encoded_or_not(client):
    for path in (quote(uri("ana", "root"), safe=""), uri("ana", "root")):
        assert "Which pool should I visit" in client.get("/post/" + path).text


def test_why_is_drawn_from_the_readers_own_act(client):
    act(client, uri("ana", "root"), "like")
    cards = client.get("/").text.split("<article")[1:]
    matched = next(card for card in cards if "Because you liked" in card)  # chance may come first
    post = re.search(r'name="post" value="([^"]+)"', matched)[1]
    page = client.get("/why?post=" + quote(post, safe="")).text
    assert "What you did" in page
    assert "Which pool should I visit" in page
    assert "this square’s first ranking" in page
    assert "Remove this vector" in page


def test_why_is_a_fragment_for_the_drawer(client):
    page = client.get("/why?fragment=1&post=" + quote(uri("ana", "root"), safe="")).text
    assert "<html" not in page
    assert "Why this post" in page


def test_a_post_that_is_gone_is_told_calmly(client):
    answer = client.get("/post/at%3A%2F%2Fnobody")
    assert answer.status_code == 404
    assert "its author may have deleted it" in answer.text
    assert re.search(r"trace id <code>[0-9a-f]{12}</code>", answer.text)
    assert "at://nobody" not in answer.text.partition("<main")[2].partition("</main")[0]


def test_reading_on_never_repeats_and_offers_to_stop(client):
    seen, path = [], "/"
    for _ in range(4):
        page = client.get(path).text
        seen += re.findall(r'<article class="card" id="p(\d+)"', page)
        path = re.search(r'href="(/\?cursor=[^"]+)"', page)[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 60
    assert "You have read 60 posts" in page
    rested = client.get("/?rested=60").text
    assert "That was 60 posts." in rested
    assert "<article" not in rested


def test_going_back_after_an_act_shows_the_same_page(client):
    page = client.get("/").text
    back = re.search(r'name="back" value="([^"]+)"', page)[1].replace("&amp;", "&")
    post = re.findall(r'name="post" value="([^"]+)"', page)[3]
    answer = act(client, post, "like", back=back)
    again = client.get(answer.headers["location"]).text
    ids = re.compile(r'id="p(\d+)"')
    assert ids.findall(page) == ids.findall(again)
    assert "Liked. Posts near this one will come closer." in again
    assert 'aria-pressed="true"' in again
    assert "Liked. Posts" not in client.get(answer.headers["location"]).text


def test_the_square_tells_its_figures(client, square):
    page = client.get("/square").text
    assert f"{square.store.counts().posts:,}" in page
    assert "220 CPU-seconds" in page


def test_the_town_is_only_there_when_it_is(client):
    assert client.get("/town").status_code == 404
    assert 'href="/town"' not in client.get("/").text


def test_the_town_through_somebodys_eyes(town):
    page = town.get("/town").text
    token = re.search(r'name="csrf" content="([^"]+)"', page)[1]
    person = re.search(r'name="viewer" value="(did:[^"]+)"', page)[1]
    answer = town.post("/who", data={"csrf": token, "viewer": person, "back": "/town"})
    assert answer.headers["location"] == "/town"
    page = town.get("/town").text
    assert "The same evening under different rankings" in page
    assert "Newest first" in page
    assert page.count(" s, regretted ") >= 6
    assert "Be yourself again" in page


def test_an_account_page_shows_its_posts(client):
    page = client.get("/account/" + did("ana")).text
    assert PEOPLE["ana"][1] in page
    assert page.count("<article") > 5
    assert client.get("/account/did:plc:nobody").status_code == 404


def test_the_footer_leads_to_the_same_page_as_json(client):
    act(client, uri("ana", "root"), "like")
    for path in ["/", "/you", "/left-out", "/square", "/settings", "/account/" + did("bo")]:
        page = client.get(path).text
        href = re.search(r'<a href="([^"]+)">This page as JSON', page)[1].replace("&amp;", "&")
        answer = client.get(href)
        assert answer.status_code == 200, href
        assert answer.headers["content-type"] == "application/json"
        answer.json()
