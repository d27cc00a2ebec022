"""The small parts of the store on their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.records import (
    EdgeKind,
    EventKind,
    Facet,
    HistoryEvent,
    Image,
    LinkCard,
    Media,
    PostContent,
    PostId,
    ViewerSettings,
)
from stoa.store.addresses import (
    edge_key,
    edge_uri,
    parse_address,
    post_key,
    post_uri,
    uri_hash,
)
from stoa.store.admission import mended
from stoa.store.content_codec import decode_content, encode_content
from stoa.store.history import merge_history
from stoa.store.recent_ids import RecentIds
from stoa.store.rows import removal_hour
from stoa.store.settings_codec import decode_settings, encode_settings

texts = st.text(max_size=40)
words = st.text(st.characters(codec="utf-8", exclude_characters=","), min_size=1, max_size=12)
contents = st.builds(
    PostContent,
    text=texts,
    created_us=st.integers(0, 2**60),
    langs=st.lists(words, max_size=3).map(tuple),
    media=st.integers(0, 15).map(Media),
    facets=st.lists(
        st.builds(Facet, st.integers(0, 99), st.integers(0, 99), words, texts), max_size=3
    ).map(tuple),
    images=st.lists(
        st.builds(Image, texts, texts, st.integers(0, 9), st.integers(0, 9)), max_size=3
    ).map(tuple),
    card=st.none() | st.builds(LinkCard, texts, texts, texts),
    labels=st.lists(words, max_size=3).map(tuple),
    tags=st.lists(texts, max_size=3).map(tuple),
)


@given(contents)
def test_content_round_trips(content):
    kept = encode_content(content)
    labels = ",".join(content.labels)
    assert decode_content(kept, int(content.media), labels, (None, None, None)) == content


@given(st.text(st.characters(exclude_characters="/"), min_size=1, max_size=20))
def test_post_uris_round_trip(key):
    for uri in (f"at://did:plc:a/app.bsky.feed.post/{key}", f"app://{key}", key):
        short = post_key(parse_address(uri), uri)
        assert post_uri("did:plc:a", short) == uri


@pytest.mark.parametrize("kind", list(EdgeKind))
def test_edge_uris_round_trip(kind):
    uri = edge_uri(kind, "did:plc:a", "3k")
    assert edge_key(uri) == "3k"
    assert edge_uri(kind, "did:plc:a", edge_key("local://x/y")) == "local://x/y"


def test_addresses_that_are_none():
    for uri in (
        "at://",
        "at://did",
        "at://did/coll",
        "at://a/b/c/d",
        "https://a/b/c",
        "x",
        "at:///b/c",
    ):
        assert parse_address(uri).collection == ""


@given(st.text(st.characters(codec="utf-8")))
def test_hashes_fit_a_column(uri):
    assert -(1 << 63) <= uri_hash(uri) < 1 << 63


@given(st.text(st.characters(exclude_categories=[])))
def test_mended_text_encodes_and_keeps_what_it_can(text):
    result = mended(text)
    result.encode()
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert result == text


@given(
    st.builds(
        ViewerSettings,
        languages=st.lists(texts, max_size=3).map(tuple),
        muted_accounts=st.frozensets(st.integers(0, 99), max_size=4),
        exploration=st.floats(0, 1),
        images=st.booleans(),
        rules_off=st.frozensets(words, max_size=3),
        vector_weights=st.dictionaries(st.integers(1, 9), st.floats(0, 3), max_size=3),
    )
)
def test_settings_round_trip(chosen):
    assert decode_settings(encode_settings(chosen)) == chosen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"unknown": 1, "theme": 5, "images": "yes", "languages": "en", "muted_accounts": {},'
        ' "vector_weights": {"x": 1, "3": "much"}, "exploration": true}',
    ],
)
def test_settings_of_other_versions_do_not_crash(text):
    assert decode_settings(text) == ViewerSettings()


def test_recent_ids_forget_what_was_not_used_for_a_generation():
    ids = RecentIds[int](2)
    for key in range(4):
        ids.put(key, key + 1)
    assert ids.get(0) == 1  # used: it survives the next turn
    ids.put(9, 10)
    ids.put(8, 9)
    assert ids.get(0) == 1
    assert ids.get(1) is None
    ids.drop(0)
    assert ids.get(0) is None


def test_history_stops_at_its_limit():
    acts = [HistoryEvent(EventKind.CLICK, PostId(i), i) for i in range(10)]
    assert [act.post for act in merge_history(acts, {}, 3)] == [9, 8, 7]
    assert merge_history(acts, {}, 0) == []


@given(st.integers(-(1 << 62), 1 << 62))
def test_the_hour_of_a_removal_is_no_subject(at_us):
    assert removal_hour(at_us) < 0
    assert removal_hour(at_us + 7_200_000_000) <= removal_hour(at_us)
