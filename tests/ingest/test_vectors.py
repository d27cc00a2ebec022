"""Vectors follow the text and the conversation, and nothing that measures fame."""

import numpy as np
import pytest
from tests.ingest.square_in_memory import SmallSquare

from stoa.records import AccountStatus, PostContent, PostId, PutPost

TIDES = "anemones and limpets in the tide pools at low water"
BREAD = "sourdough crumb after a cold overnight proof in the oven"


@pytest.fixture
def square() -> SmallSquare:
    return SmallSquare()


def cosine(a, b) -> float:
    return float(a @ b)


def test_a_post_is_findable_before_anybody_answers(square):
    tides, bread = square.post("ana", TIDES), square.post("ben", BREAD)
    query = square.rooms.encoder.encode(["limpets in a tide pool"])
    found = square.rooms.index.match(query, 1)
    assert found.post.tolist() == [square.id(tides)]
    assert np.linalg.norm(square.vector(bread)) == pytest.approx(1, abs=0.02)


def test_a_reply_moves_the_vector_towards_what_it_says(square):
    vague = square.post("ana", "look at this one")
    before = square.vector(vague)
    reply = square.post("ben", TIDES, parent=vague)
    towards = square.rooms.encoder.encode([TIDES])[0]
    assert cosine(square.vector(vague), towards) > cosine(before, towards) + 0.05
    assert cosine(square.vector(reply), square.vector(vague)) > 0.2  # and it hears its parent


def test_what_engagers_like_moves_the_vector(square):
    liked = [square.post("ana", f"{TIDES} {n}") for n in range(4)]
    vague = square.post("ben", "well then")
    before = square.vector(vague)
    for uri in liked:
        square.like("cleo", uri)
    square.like("cleo", vague)
    towards = square.rooms.encoder.encode([TIDES])[0]
    assert cosine(square.vector(vague), towards) > cosine(before, towards) + 0.03


def test_fame_does_not_move_the_vector(square):
    """One fan, or a hundred of the same taste: the same vector, so a count cannot be read."""
    taste = [square.post("ana", TIDES) for _ in range(3)]
    few, many = square.post("ben", "well then"), square.post("cleo", "well then")
    for n in range(100):
        for uri in taste:
            square.like(f"fan{n}", uri)
    square.like("fan0", few)
    for n in range(100):
        square.like(f"fan{n}", many)
    assert cosine(square.vector(few), square.vector(many)) > 0.999


def test_recomputed_only_at_milestones(square):
    post = square.post("ben", "well then")
    taste = square.post("ana", TIDES)
    vectors = []
    for n in range(1, 11):
        square.like(f"fan{n}", taste)
        square.like(f"fan{n}", post)
        vectors.append(square.vector(post))
    changed = [n + 2 for n in range(9) if not np.array_equal(vectors[n], vectors[n + 1])]
    assert set(changed) <= {3, 10}


def test_removed_posts_and_erased_accounts_lose_their_vectors(square):
    gone, stays = square.post("ana", TIDES), square.post("ben", TIDES + " again")
    gone_id = square.id(gone)
    square.remove(gone, "ana")
    assert square.rooms.index.vectors(np.array([gone_id]))[1].tolist() == [False]
    assert not square.rooms.rows.get(np.array([gone_id])).any()
    stays_id = square.id(stays)
    square.state("ben", AccountStatus.DELETED)
    assert square.rooms.index.vectors(np.array([stays_id]))[1].tolist() == [False]


def test_a_rewritten_post_is_found_by_its_new_words_alone(square):
    uri = square.post("ana", TIDES)
    at_us = square._next_us()
    square.take(PutPost(uri, "ana", at_us << 10, at_us, PostContent(text=BREAD, created_us=at_us)))
    encode = square.rooms.encoder.encode
    content = square.rooms.rows.get(np.array([square.id(uri)]))[0]
    assert cosine(content, encode([BREAD])[0]) > 0.99
    assert cosine(square.vector(uri), encode([TIDES])[0]) < 0.5
    assert cosine(square.vector(uri), encode([BREAD])[0]) > 0.9


def test_likes_of_posts_never_seen_make_no_vector_until_the_post_arrives(square):
    square.like("ana", "at://zoe/app.bsky.feed.post/late")
    assert len(square.rooms.index) == 0


def test_rebuilding_gives_back_every_vector(square):
    from stoa.index import MemoryIndex, MemoryRows
    from stoa.ingest.vectors import ConversationVectors, VectorPorts

    root = square.post("ana", TIDES)
    uris = [root, square.post("ben", BREAD, parent=root), square.post("cleo", "well then")]
    square.like("dan", root)
    rooms = square.rooms
    index, rows = MemoryIndex(rooms.encoder.dim), MemoryRows(rooms.encoder.dim)
    again = ConversationVectors(VectorPorts(rooms.encoder, index, rows, rooms.board.engagements))
    again.load(rooms.store)
    assert again.rebuild(rooms.store, PostId(0)) == 3
    for uri in uris:
        rebuilt = index.vectors(np.array([square.id(uri)]))[0][0]
        assert cosine(rebuilt, square.vector(uri)) > 0.99
