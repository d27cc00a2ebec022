"""A post's vector hears the conversation, by what is said and by whom, never by how many."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.space.conversation import ConversationWeights, post_vector
from stoa.space.quantise import unit_rows

D = 16


def unit(n, seed=0):
    return unit_rows(np.random.default_rng(seed).standard_normal((n, D)).astype(np.float32))


def nobody(n, r=3):
    return np.zeros((n, r, D), dtype=np.float32)


def test_alone_a_post_is_its_content():
    content = unit(4)
    assert np.allclose(post_vector(content, nobody(4), nobody(4)), content, atol=1e-6)
    assert np.allclose(post_vector(content, nobody(4, 0), nobody(4, 0)), content, atol=1e-6)


def test_replies_and_engagers_draw_a_post_towards_them():
    content, others = unit(1), unit(1, seed=1)
    for replies, engagers in ((others[:, None], nobody(1)), (nobody(1), others[:, None])):
        moved = post_vector(content, replies, engagers)
        assert moved[0] @ others[0] > content[0] @ others[0] + 0.05
        assert moved[0] @ content[0] > 0.85  # its own words weigh most


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 6), st.integers(1, 40), st.integers(0, 99), st.randoms())
def test_how_many_and_in_what_order_cannot_be_read_from_a_vector(kinds, times, seed, random):
    """Fame: the same voices a times over, in any order, among any padding, move it alike."""
    content, voices = unit(1, seed), unit(kinds, seed + 1)
    many = [row for row in range(kinds) for _ in range(times)] + [-1] * random.randint(0, 9)
    random.shuffle(many)
    padded = np.concatenate([voices, np.zeros((1, D), dtype=np.float32)])
    few = voices[None]
    famous = padded[many][None]
    for one, other in (
        (post_vector(content, few, nobody(1)), post_vector(content, famous, nobody(1))),
        (post_vector(content, nobody(1), few), post_vector(content, nobody(1), famous)),
    ):
        assert np.allclose(one, other, atol=1e-4)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 8), st.integers(0, 99), st.floats(0.01, 100))
def test_how_far_the_conversation_moves_a_post_is_bounded(size, seed, loudness):
    weights = ConversationWeights()
    content = unit(1, seed)
    against = np.tile(-content * np.float32(loudness), (1, size, 1))
    moved = post_vector(content, against, against, weights)
    assert weights.replies + weights.engagers < 1
    assert moved[0] @ content[0] > 0.99  # even when all of it speaks against it


def test_wordless_posts_take_the_conversations_direction_or_stay_zero():
    silent = np.zeros((2, D), dtype=np.float32)
    replies = nobody(2)
    replies[0, 1] = unit(1)[0]
    moved = post_vector(silent, replies, nobody(2))
    assert np.allclose(moved[0], replies[0, 1], atol=1e-6)
    assert not moved[1].any()


def test_rows_do_not_hear_each_other():
    content, replies = unit(5), unit(15, 1).reshape(5, 3, D)
    together = post_vector(content, replies, replies)
    alone = [post_vector(content[i, None], replies[i, None], replies[i, None])[0] for i in range(5)]
    assert np.allclose(together, alone, atol=1e-6)
    assert together.dtype == np.float32
