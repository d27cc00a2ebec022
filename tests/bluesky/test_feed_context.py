"""What comes back is believed only as it was written, for that viewer and that post."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.bluesky.feed_context import FeedContext, FeedContexts
from stoa.errors import BadInput

CONTEXTS = FeedContexts(b"s" * 32)
VIEWER, POST = "did:plc:" + "a" * 24, "at://did:plc:b/app.bsky.feed.post/3k"
CONTEXT = FeedContext("k7Q2", 3, "first_version", 0.95, 1_790_000_000_000_000)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)


def test_it_round_trips_and_is_versioned():
    token = CONTEXTS.write(CONTEXT, viewer=VIEWER, post=POST)
    assert token.startswith("v1.")
    assert CONTEXTS.read(token, viewer=VIEWER, post=POST) == CONTEXT
    assert len(token) < 150


@given(words, st.integers(0, 10**6), words, st.floats(0, 1), st.integers(0, 2**60), words, words)
def test_any_context_fits_the_lexicon_and_round_trips(
    reading, position, policy, share, at, who, post
):
    context = FeedContext(reading, position, policy, float(f"{share:.6g}"), at)
    token = CONTEXTS.write(context, viewer=who, post=post)
    assert len(token) <= 2000
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", token)
    assert CONTEXTS.read(token, viewer=who, post=post) == context


def test_any_change_makes_it_unbelievable():
    token = CONTEXTS.write(CONTEXT, viewer=VIEWER, post=POST)
    for index, character in enumerate(token):
        for other in "AQg.|":
            if other != character:
                changed = token[:index] + other + token[index + 1 :]
                assert CONTEXTS.read(changed, viewer=VIEWER, post=POST) is None
        assert CONTEXTS.read(token[:index], viewer=VIEWER, post=POST) is None


def test_it_is_bound_to_viewer_post_and_secret():
    token = CONTEXTS.write(CONTEXT, viewer=VIEWER, post=POST)
    assert CONTEXTS.read(token, viewer=VIEWER + "b", post=POST) is None
    assert CONTEXTS.read(token, viewer=VIEWER, post=POST + "x") is None
    assert CONTEXTS.read(token, viewer=VIEWER + POST[:1], post=POST[1:]) is None
    assert FeedContexts(b"t" * 32).read(token, viewer=VIEWER, post=POST) is None


@given(st.text(max_size=60))
def test_no_text_crashes_it(text):
    assert CONTEXTS.read("v1." + text, viewer=VIEWER, post=POST) is None
    assert CONTEXTS.read(text, viewer=VIEWER, post=POST) is None


def test_bad_input_is_refused():
    assert CONTEXTS.read("v1." + "A" * 3000, viewer=VIEWER, post=POST) is None
    with pytest.raises(BadInput, match="secret"):
        FeedContexts(b"short")
    with pytest.raises(BadInput, match="reading"):
        CONTEXTS.write(FeedContext("x" * 101, 0, "", 1.0, 0), viewer="a", post="b")
