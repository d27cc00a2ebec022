"""A square changes the space of its vectors while it goes on, and is never found half changed."""

import jax
import numpy as np
import pytest

from stoa.app.rooms import open_rooms
from stoa.app.space_change import change_space
from stoa.errors import BadModel
from stoa.model_records import Model, ModelCard
from stoa.records import Batch, EdgeKind, PostContent, PutEdge, PutPost, Remove, as_ids
from stoa.space.generation import words_alone
from stoa.space.post_tower import PostTowerConfig
from stoa.space.space_model import SpaceConfig, SpaceModel, init_space
from stoa.space.viewer_tower import ViewerTowerConfig

START_US = 1_790_000_000_000_000
LATE_US = START_US + 2 * 10**9
SHAPE = SpaceConfig(
    post=PostTowerConfig(hidden=16, account=8, account_rows=64, replies=2, engagers=4),
    viewer=ViewerTowerConfig(width=32, depth=1, longest=16),
)
TOPICS = ("moss on the north wall", "bread with a dark crust", "limpets in the tide pools")


class StandingClock:
    def now_us(self):
        return START_US + 3_600 * 10**6


def did(who):
    return f"did:plc:{who}"


def uri(n):
    return f"at://{did(f'a{n % 5}')}/app.bsky.feed.post/{n}"


def post(n):
    at_us = START_US + n * 1_000_000
    words = PostContent(text=f"{TOPICS[n % 3]} {n}", created_us=at_us)
    return PutPost(uri(n), did(f"a{n % 5}"), at_us << 10, at_us, words)


def like(who, n):
    at_us = START_US + 10**9 + n
    name = f"at://{did(who)}/app.bsky.feed.like/{n}"
    return PutEdge(EdgeKind.LIKE, name, did(who), uri(n), at_us, at_us)


def model(version, seed=0, encoder="hashed-1"):
    fresh = init_space(seed, SHAPE)
    tower = fresh.params["post_tower"]
    # Untrained towers leave words where they are: this one does not.
    moved = {**tower, "gate_bias": jax.numpy.array(1.0), "out": tower["out"] * 3}
    space = SpaceModel(SHAPE, {**fresh.params, "post_tower": moved})
    card = ModelCard(version=version, made_us=seed, config=space.card_config(), encoder=encoder)
    return Model(card, space.arrays())


@pytest.fixture(autouse=True)
def one_shape(monkeypatch):
    """Every shape is a compilation."""
    monkeypatch.setattr("stoa.space.post_tower._SHAPES", (64,))


@pytest.fixture
def rooms(tmp_path):
    rooms = open_rooms(tmp_path / "data", StandingClock())
    rooms.intake.take(Batch(tuple(post(n) for n in range(40))))
    rooms.intake.take(Batch(tuple(like("me", n) for n in range(0, 12, 3))))
    yield rooms
    rooms.close()


def space(version, rooms, seed=0):
    return model(version, seed, rooms.encoder.name)


def always():
    return True


def vectors(rooms):
    return rooms.index.vectors(rooms.index.held())[0]


def reopened(rooms, tmp_path):
    """As after a kill: nothing was flushed or closed but the lock on the folder."""
    rooms.store.close()
    return open_rooms(tmp_path / "data", StandingClock())


def test_every_post_lies_in_the_new_space_and_the_old_files_are_gone(rooms, tmp_path):
    before, held = vectors(rooms), rooms.index.held()
    assert change_space(rooms, space("v1", rooms), always, share=1.0)
    assert rooms.vectors.seat.generation.version == "v1"
    assert rooms.index.held().tolist() == held.tolist()
    after = vectors(rooms)
    np.testing.assert_allclose(np.linalg.norm(after, axis=1), 1, atol=0.02)
    assert (np.sum(before * after, axis=1) < 0.98).all()
    assert not (rooms.generations.folder / "segments").exists()


def test_reopening_serves_the_space_and_new_posts_are_encoded_by_it(rooms, tmp_path):
    change_space(rooms, space("v1", rooms), always, share=1.0)
    rooms.intake.take(Batch((post(40),)))
    late = as_ids([rooms.store.post_id(uri(40))])
    made = rooms.index.vectors(late)[0][0]
    again = reopened(rooms, tmp_path)
    assert again.vectors.seat.generation.version == "v1"
    assert again.index.held().tolist() == rooms.index.held().tolist()
    assert again.index.vectors(late)[0][0] @ made > 0.99
    assert again.rows.get(late)[0] @ made < 0.98
    again.close()


@pytest.mark.parametrize("blocks", [0, 1])
def test_given_up_or_killed_on_the_way_the_former_vectors_serve(rooms, tmp_path, blocks):
    before = vectors(rooms)
    asked = iter([True] * blocks)
    assert not change_space(rooms, space("v1", rooms), lambda: next(asked, False), share=1.0)
    np.testing.assert_array_equal(vectors(rooms), before)
    rooms.flush()

    def killed():
        raise KeyboardInterrupt

    rooms.generations.make(space("v2", rooms), _space_of(space("v2", rooms), rooms))
    with pytest.raises(KeyboardInterrupt):
        change_space(rooms, space("v3", rooms), killed, share=1.0)
    again = reopened(rooms, tmp_path)
    assert again.vectors.seat.generation.version == ""
    np.testing.assert_array_equal(vectors(again), before)
    assert list((again.generations.folder / "spaces").iterdir()) == []
    again.close()


def test_what_comes_and_goes_meanwhile_is_in_step(rooms):
    gone, n = as_ids([rooms.store.post_id(uri(7))]), iter(range(100))

    def going():
        if next(n) == 0:
            rooms.intake.take(Batch((post(41), Remove(uri(7), did("a2"), LATE_US << 10, LATE_US))))
        return True

    assert change_space(rooms, space("v1", rooms), going, share=1.0)
    live = [i for columns in rooms.store.scan_posts() for i in columns.id.tolist()]
    assert rooms.index.held().tolist() == live
    assert not rooms.index.holds(gone)[0]


def test_going_back_lays_the_posts_out_as_they_lay(rooms):
    change_space(rooms, space("v1", rooms), always, share=1.0)
    first = vectors(rooms)
    change_space(rooms, space("v2", rooms, seed=5), always, share=1.0)
    assert np.abs(vectors(rooms) - first).max() > 0.1
    change_space(rooms, space("v1", rooms), always, share=1.0)
    np.testing.assert_allclose(vectors(rooms), first, atol=1e-5)


def test_going_back_to_the_first_version_and_a_kill_on_the_way(rooms, tmp_path):
    before = vectors(rooms)
    change_space(rooms, space("v1", rooms), always, share=1.0)
    assert not change_space(rooms, None, lambda: False, share=1.0)
    assert rooms.generations.serving() == "v1"
    rooms.generations.make_first(rooms.encoder)  # and killed
    again = reopened(rooms, tmp_path)
    assert again.vectors.seat.generation.version == "v1"
    assert change_space(again, None, always, share=1.0)
    np.testing.assert_allclose(vectors(again), before, atol=0.02)
    again.store.close()
    last = open_rooms(tmp_path / "data", StandingClock())
    assert last.vectors.seat.generation.version == ""
    np.testing.assert_allclose(vectors(last), before, atol=0.02)
    assert list((last.generations.folder / "spaces").iterdir()) == []
    last.close()


def test_a_damaged_copy_of_the_weights_gives_way_to_the_first_version(rooms, tmp_path):
    before = vectors(rooms)
    change_space(rooms, space("v1", rooms), always, share=1.0)
    weights = rooms.generations.folder / "spaces" / "v1" / "model" / "weights.safetensors"
    weights.write_bytes(b"half of it")
    again = reopened(rooms, tmp_path)
    assert again.vectors.seat.generation.version == ""
    np.testing.assert_allclose(vectors(again), before, atol=0.02)
    again.close()


def test_a_space_for_other_words_is_refused(rooms):
    with pytest.raises(BadModel, match="made for encoder 'other'"):
        change_space(rooms, model("v1", encoder="other"), always, share=1.0)
    assert rooms.vectors.seat.generation.version == ""


def test_readers_are_searched_for_in_the_space_that_serves(rooms):
    rooms.feed.page(did("me"), limit=5)
    change_space(rooms, space("v1", rooms), always, share=1.0)
    page = rooms.feed.page(did("me"), limit=20)
    assert page.items
    why = rooms.feed.why(did("me"), page.items[0].post)
    liked = {rooms.store.post_id(uri(n)) for n in range(0, 12, 3)}
    assert {match.event_post for match in why.matches} <= liked
    assert len(rooms.feed.vectors(did("me"))) == 4


def test_a_posts_page_tells_how_far_the_conversation_turned_it_in_the_space_it_lies_in(rooms):
    change_space(rooms, space("v1", rooms), always, share=1.0)
    ids = rooms.index.held()
    alone = words_alone(rooms.vectors.seat.generation, rooms.rows.get(ids))
    turned = np.sum(alone * vectors(rooms), axis=1)
    liked = np.isin(ids, [rooms.store.post_id(uri(n)) for n in range(0, 12, 3)])
    assert turned[~liked].min() > turned[liked].max()
    assert not words_alone(rooms.vectors.seat.generation, np.zeros((1, 128), np.float32)).any()


def _space_of(model, rooms):
    from stoa.app.generations import space_of

    return space_of(model, rooms.encoder)
