"""Encoding is the inverse of decoding, and what it writes is what the network writes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.bluesky.dag_cbor import dag_cbor, record_cid
from stoa.bluesky.jetstream_encode import encode_change, encode_revision
from stoa.bluesky.jetstream_frames import JetstreamDecoder
from stoa.bluesky.media_urls import picture_url, poster_url
from stoa.errors import BadInput
from stoa.records import (
    AccountState,
    AccountStatus,
    EdgeKind,
    Facet,
    Identity,
    Image,
    Label,
    LinkCard,
    Media,
    PostContent,
    PutEdge,
    PutGate,
    PutPost,
    PutProfile,
    Remove,
    tid_revision,
)

decoder = JetstreamDecoder()

CID = "bafkreigxxxkul4e5rjz4fomqgn6ieeoxbcqeztmxjbrhnbpe7r44ya4ahe"
times = st.integers(1_640_995_200_000_000, 1_900_000_000_000_000)
revisions = st.integers(0, 2**63 - 1)
dids = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=24, max_size=24).map(
    "did:plc:{}".format
)
keys = st.text("234567abcdefghijklmnopqrstuvwxyz", min_size=13, max_size=13)
# No controls but tab and line ends, no surrogates.
letters = st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t\r")
texts = st.text(letters, max_size=60)
words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
handles = st.builds("{}.example.social".format, words)
urls = st.builds("https://example.org/{}".format, words)
distinct_words = st.lists(words, max_size=3, unique=True).map(tuple)
posts = st.builds("at://{}/app.bsky.feed.post/{}".format, dids, keys)
sides = st.integers(1, 4000)


def pictures(author: str) -> st.SearchStrategy[Image]:
    shaped = st.builds(Image, st.sampled_from(["", picture_url(author, CID)]), texts, sides, sides)
    return shaped | st.builds(Image, st.just(picture_url(author, CID)), texts)


@st.composite
def facets(draw: st.DrawFn, text: str) -> tuple[Facet, ...]:
    """Spans of whole characters, in order, apart."""
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    offsets = [len(text[:cut].encode()) for cut in cuts]
    spans = zip(offsets[::2], offsets[1::2], strict=False)
    kinds = {"link": urls, "mention": dids, "tag": words}
    found = []
    for start, end in spans:
        kind = draw(st.sampled_from(sorted(kinds)))
        found.append(Facet(start, end, kind, draw(kinds[kind])))
    return tuple(found)


@st.composite
def contents(draw: st.DrawFn, author: str, at_us: int) -> PostContent:
    text = draw(texts)
    quote = draw(st.none() | posts)
    parent = draw(st.none() | posts)
    media, images, card = Media.NONE, (), None
    match draw(st.sampled_from(["none", "images", "video", "link"])):
        case "images":
            media = Media.IMAGE
            images = tuple(draw(st.lists(pictures(author), max_size=6)))
        case "video":
            media = Media.VIDEO
            still = st.builds(Image, st.just(poster_url(author, CID)), texts, sides, sides)
            images = draw(st.just(()) | st.tuples(still))
        case "link":
            media = Media.LINK
            card = draw(st.none() | st.builds(LinkCard, urls, texts, texts))
    return PostContent(
        text=text,
        created_us=draw(st.integers(946_684_800_000_000, at_us)),
        langs=draw(st.sampled_from([(), ("en",), ("pt-BR", "zh-Hant")])),
        parent_uri=parent,
        root_uri=None if parent is None else draw(posts),
        quote_uri=quote,
        media=media | Media.QUOTE if quote else media,
        facets=draw(facets(text)),
        images=images,
        card=card,
        labels=draw(st.sampled_from([(), ("nudity",), ("!no-unauthenticated", "bot")])),
        tags=draw(distinct_words),
    )


@st.composite
def changes(draw: st.DrawFn) -> Any:
    did, at_us, revision, key = draw(dids), draw(times), draw(revisions), draw(keys)

    def uri(collection: str) -> str:
        return f"at://{did}/{collection}/{key}"

    own_post = uri("app.bsky.feed.post")
    match draw(st.sampled_from(["post", "edge", "profile", "gate", "remove", "state", "identity"])):
        case "post":
            return PutPost(own_post, did, revision, at_us, draw(contents(did, at_us)))
        case "edge":
            kind = draw(st.sampled_from(EdgeKind))
            name = kind.name.lower()
            if kind in (EdgeKind.LIKE, EdgeKind.REPOST):
                place, subject, via = (
                    uri(f"app.bsky.feed.{name}"),
                    draw(posts),
                    draw(st.none() | posts),
                )
            else:
                place, subject, via = uri(f"app.bsky.graph.{name}"), draw(dids), None
            return PutEdge(kind, place, did, subject, revision, at_us, via)
        case "profile":
            labels = draw(st.sampled_from([(), ("!no-unauthenticated",)]))
            return PutProfile(did, revision, at_us, draw(texts), draw(texts), labels)
        case "gate":
            uris = tuple(draw(st.lists(posts, max_size=3, unique=True)))
            if draw(st.booleans()):
                place = uri("app.bsky.feed.threadgate")
                return PutGate(place, did, own_post, revision, at_us, hidden_replies=uris)
            place = uri("app.bsky.feed.postgate")
            return PutGate(place, did, own_post, revision, at_us, detached_quotes=uris)
        case "remove":
            collection = draw(st.sampled_from(["feed.post", "feed.like", "graph.block"]))
            return Remove(uri(f"app.bsky.{collection}"), did, revision, at_us)
        case "state":
            return AccountState(did, draw(st.sampled_from(AccountStatus)), at_us)
        case _:
            return Identity(did, at_us, draw(st.none() | handles))


@settings(max_examples=400)
@given(changes())
def test_decoding_gives_the_change_back(change):
    line = encode_change(change)
    decoded = decoder.decode(line)
    assert decoded.dropped is None
    assert decoded.changes == (change,)
    assert b"\n" not in line


@settings(max_examples=100)
@given(st.data(), dids, times)
def test_any_post_comes_back(data, author, at_us):
    content = data.draw(contents(author, at_us))
    change = PutPost(f"at://{author}/app.bsky.feed.post/3k", author, 5, at_us, content)
    assert decoder.decode(encode_change(change)).changes == (change,)


@given(revisions)
def test_revisions_are_tids(revision):
    assert tid_revision(encode_revision(revision), 0) == revision


def test_everything_of_the_file_comes_back(synthetic_v1, real_events):
    for line in synthetic_v1 + real_events:
        for change in decoder.decode(line).changes:
            assert decoder.decode(encode_change(change)).changes == (change,)


def test_cids_are_those_of_the_network(synthetic_v1, real_events):
    commits = [json.loads(line).get("commit", {}) for line in synthetic_v1 + real_events]
    written = [commit for commit in commits if "record" in commit]
    assert len(written) == 28 + 7
    for commit in written:
        assert record_cid(commit["record"]) == commit["cid"]


def test_written_cids_are_true(synthetic_v1):
    for line in synthetic_v1:
        for change in decoder.decode(line).changes:
            commit = json.loads(encode_change(change)).get("commit", {})
            if "record" in commit:
                assert record_cid(commit["record"]) == commit["cid"]
                assert commit["record"]["$type"] == commit["collection"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text() | st.floats(),
        lambda inner: st.lists(inner, max_size=40) | st.dictionaries(st.text(), inner, max_size=5),
        max_leaves=60,
    )
)
def test_dag_cbor_agrees_with_libipld(value):
    libipld = pytest.importorskip("libipld")
    import math

    def is_finite(item: Any) -> bool:
        if isinstance(item, dict):
            return all(map(is_finite, item.values()))
        if isinstance(item, list):
            return all(map(is_finite, item))
        # libipld drops the sign of -0.0; the network's records hold no such numbers.
        return not isinstance(item, float) or (math.isfinite(item) and str(item) != "-0.0")

    if is_finite(value):
        assert dag_cbor(value) == libipld.encode_dag_cbor(value)


def test_what_cannot_be_written_is_refused():
    label = Label("did:plc:a", "did:plc:b", "spam", 5)
    with pytest.raises(BadInput, match="labeler"):
        encode_change(label)
    with pytest.raises(BadInput, match="give at://did:plc:a"):
        encode_change(Remove("at://did:plc:b/app.bsky.feed.post/3k", "did:plc:a", 1, 1))
    with pytest.raises(BadInput, match="revision"):
        encode_change(Remove("at://did:plc:a/app.bsky.feed.post/3k", "did:plc:a", -1, 1))
    with pytest.raises(TypeError):
        dag_cbor({"a": object()})
    with pytest.raises(TypeError):
        dag_cbor(2**64)
