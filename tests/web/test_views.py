"""What views decide: links, charts, maps and trees, without a page around them."""

from hypothesis import given
from hypothesis import strategies as st

from stoa.feed.outcome import VectorPoint
from stoa.records import DAY_US, AccountId, EventKind, Facet, PostId, ViewerEvent
from stoa.web.views.avatar import avatar
from stoa.web.views.text import CARD_CHARACTERS, clean, one_line, pieces, safe_url
from stoa.web.views.time_chart import chart, days_of
from stoa.web.views.vector_map import HEIGHT, WIDTH, dots, names, sort_dots

NOW_US = 20_000 * DAY_US + 1

facets = st.builds(
    Facet,
    st.integers(-5, 60),
    st.integers(-5, 60),
    st.sampled_from(["link", "mention", "tag", "odd"]),
    st.sampled_from(["https://a.example/b", "javascript:alert(1)", "did:plc:x", "tag", "data:x"]),
)


@given(st.text(max_size=40), st.lists(facets, max_size=5))
def test_facets_lose_no_text_and_lead_nowhere_bad(text, given_facets):
    found = pieces(text, given_facets)
    plain = text.encode("utf-8", "replace").decode("utf-8", "replace")
    # Empty lines are folded within a piece, so compare without any white space.
    joined = "".join("".join(piece.text for piece in found).split())
    assert joined == "".join(clean(plain).split())
    assert all(
        piece.href is None or piece.href.startswith(("https://", "/account/did:"))
        for piece in found
    )


def test_a_facet_that_cuts_a_character_is_plain_text():
    assert pieces("é", [Facet(0, 1, "link", "https://a.example")])[0].href is None


def test_very_long_texts_are_cut():
    shown = "".join(piece.text for piece in pieces("word " * 20_000, []))
    assert len(shown) <= CARD_CHARACTERS + 2
    assert shown.endswith("…")


@given(st.text(max_size=60))
def test_only_http_urls_are_safe(text):
    url = safe_url(text)
    assert url is None or url.lower().startswith(("http://", "https://"))


def test_user_names_in_urls_do_not_pass():
    assert safe_url("https://bank.example@evil.example/") is None


@given(st.text(max_size=300), st.integers(8, 60))
def test_one_line_is_one_line_and_fits(text, limit):
    shown = one_line(text, limit)
    assert "\n" not in shown
    assert len(shown) <= limit + 1


@given(st.text(max_size=80))
def test_an_avatar_holds_nothing_of_the_name(name):
    assert avatar(name) == avatar(name)
    assert set(avatar(name)) <= set(avatar("plain")) | set(
        "0123456789abcdefABCDEFMLHVZz.#-() rotate"
    )
    assert avatar(name).startswith("<svg ")


def event(kind, post, days_ago=0.0, seconds=None):
    at_us = int(NOW_US - days_ago * DAY_US)
    return ViewerEvent(AccountId(1), kind, PostId(post), at_us, seconds=seconds)


def test_a_chart_sums_days_and_keeps_the_newest_answer():
    days = days_of(
        [
            event(EventKind.GLAD, 1),
            event(EventKind.DWELL, 1, seconds=30.0),
            event(EventKind.DWELL, 2, 0.0, 12.0),
            event(EventKind.REGRET, 1, 0.0),
            event(EventKind.DWELL, 1, 40, 99.0),
        ],
        NOW_US,
    )
    assert len(days) == 14
    assert days[-1].seconds == 42.0
    assert days[-1].answers == {1: EventKind.GLAD}
    drawn = chart(days)
    assert drawn is not None
    assert drawn.total == "42 s"
    assert [part.style for part in drawn.answers] == ["c", "b"]
    assert drawn.rows[0][2].endswith("to 42 s")


def test_no_chart_is_drawn_of_nothing():
    assert chart(days_of([event(EventKind.GLAD, 1)], NOW_US)) is None


points = st.builds(
    VectorPoint,
    event_post=st.integers(1, 10**6).map(PostId),
    kind=st.sampled_from([EventKind.LIKE, EventKind.GLAD]),
    at_us=st.integers(0, NOW_US),
    weight=st.floats(0, 4),
    x=st.floats(-1, 1),
    y=st.floats(-1, 1),
    cluster=st.integers(0, 20),
    cluster_name=st.text(max_size=60),
)


@given(st.lists(points, max_size=40), st.sampled_from(["age", "weight", "kind", "cluster", "?"]))
def test_every_dot_lies_on_the_map_and_no_row_is_lost(vectors, order):
    found = dots(vectors, {}, NOW_US)
    assert all(0 < d.x < WIDTH and 0 < d.y < HEIGHT and d.r >= 4 for d in found)
    assert sorted(d.id for d in sort_dots(found, order)) == sorted(d.id for d in found)
    assert all(0 <= n.x <= WIDTH and 0 < n.y <= HEIGHT for n in names(found))


@given(st.lists(points, max_size=40))
def test_no_name_on_the_map_covers_another(vectors):
    written = names(dots(vectors, {}, NOW_US))
    for i, one in enumerate(written):
        for other in written[:i]:
            apart = abs(one.x - other.x) >= 5.8 * (len(one.text) + len(other.text))
            assert apart or abs(one.y - other.y) >= 20
