"""A fresh square begins with the weights that ship, says so, and can be told not to."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from stoa.app.learned import open_shelf
from stoa.app.learner import load_serving, serving_ranker
from stoa.app.learning import Learning
from stoa.artifacts import shipped
from stoa.feed.model_seat import ModelSeat
from stoa.model_records import NO_MODEL, Decision, Fate
from stoa.settings import Settings

SHIPPED = shipped.read_shipped().card.version


def rooms(folder, dim=128, posts=0):
    clock = SimpleNamespace(now_us=lambda: 0)
    encoder = SimpleNamespace(dim=dim)
    store = SimpleNamespace(counts=lambda: SimpleNamespace(posts=posts))
    return SimpleNamespace(
        folder=folder, seat=ModelSeat(), encoder=encoder, clock=clock, store=store
    )


async def begun(folder, said=None, dim=128, posts=0, **settings):
    made = rooms(folder, dim, posts)
    say = (lambda line: None) if said is None else said.append
    await Learning(Settings(data=folder or "none", **settings), say).begin(made)
    return made


@pytest.mark.parametrize("learn", [True, False])
async def test_a_fresh_square_ranks_by_what_ships_from_the_first_page(tmp_path, learn):
    made = await begun(tmp_path, learn=learn)
    assert made.seat.ranker.version == SHIPPED
    decision = open_shelf(tmp_path).decisions()[-1]
    assert (decision.fate, decision.by) == (Fate.PROMOTED, "start")
    assert decision.at_us > 0  # though this square's clock has not begun


async def test_without_them_the_first_version_ranks(tmp_path):
    made = await begun(tmp_path, shipped_weights=False)
    assert made.seat.ranker is None
    assert open_shelf(tmp_path).cards() == []


async def test_a_square_that_has_read_posts_goes_on_as_it_did(tmp_path):
    made = await begun(tmp_path, posts=1)
    assert made.seat.ranker is None
    assert open_shelf(tmp_path).cards() == []


async def test_once_begun_with_they_serve_after_a_restart_too(tmp_path):
    await begun(tmp_path)
    assert (await begun(tmp_path, posts=1)).seat.ranker.version == SHIPPED


async def test_after_a_model_of_its_own_a_square_never_takes_them_up_again(tmp_path):
    await begun(tmp_path)
    shelf = open_shelf(tmp_path)
    own = shelf.load(SHIPPED)
    shelf.save(replace(own, card=replace(own.card, version="own")))
    shelf.decide(Decision(2 * own.card.made_us, "own", Fate.PROMOTED, "better"))
    assert (await begun(tmp_path, posts=1)).seat.ranker.version == "own"
    shelf.decide(Decision(3 * own.card.made_us, NO_MODEL, Fate.PROMOTED, "the operator's"))
    assert (await begun(tmp_path, posts=1)).seat.ranker is None


async def test_switched_off_later_they_stay_out_and_training_begins_afresh(tmp_path):
    await begun(tmp_path)
    made = await begun(tmp_path, shipped_weights=False)
    assert made.seat.ranker is None
    shelf = open_shelf(tmp_path)
    assert load_serving(shelf, print, shipped=False) is None
    assert serving_ranker(shelf, shipped=False) is None
    assert serving_ranker(shelf) is not None


async def test_damaged_ones_are_told_with_the_mend_and_the_first_version_ranks(
    tmp_path, monkeypatch
):
    said = []
    monkeypatch.setattr(shipped.adopt_shipped, "__defaults__", (tmp_path / "nowhere",))
    made = await begun(tmp_path, said)
    assert made.seat.ranker is None
    assert "STOA_SHIPPED_WEIGHTS=false" in said[0]


async def test_vectors_of_another_length_keep_them_out(tmp_path):
    assert (await begun(tmp_path, dim=384)).seat.ranker is None


async def test_a_world_in_memory_has_no_shelf():
    assert (await begun(None)).seat.ranker is None
