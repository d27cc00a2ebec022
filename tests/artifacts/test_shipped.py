"""Weights that come with Stoa: read whole or refused with the mend, and only begun with."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from stoa.artifacts.model_files import WEIGHTS, write_model
from stoa.artifacts.model_shelf import ModelShelf
from stoa.artifacts.shipped import SHIPPED, adopt_shipped, is_shipped, keep_shipped, read_shipped
from stoa.errors import BadModel
from stoa.model_records import Decision, Fate, Model, ModelCard

MOST_BYTES = 2 * 2**20


def model(version="shipped-1", value=1.0):
    card = ModelCard(version=version, made_us=1, source="town")
    return Model(card, {"ranker.out": np.full((8, 4), value, np.float32)})


@pytest.fixture
def folder(tmp_path):
    write_model(tmp_path / "shipped", model())
    return tmp_path / "shipped"


@pytest.fixture
def shelf(tmp_path):
    return ModelShelf(tmp_path / "models")


def test_what_ships_reads_is_small_and_says_where_it_comes_from():
    found = read_shipped()
    assert is_shipped(found.card.version)
    assert (SHIPPED / WEIGHTS).stat().st_size < MOST_BYTES
    assert found.card.source == "town"
    assert found.card.metrics


def flipped(folder):
    path = folder / WEIGHTS
    raw = bytearray(path.read_bytes())
    raw[-3] ^= 4
    path.write_bytes(raw)


def cut(folder):
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:-7])


def of_another_format(folder):
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | {"format": 99}))


def without_weights(folder):
    (folder / WEIGHTS).unlink()


def without_a_card(folder):
    (folder / "card.json").unlink()


def under_another_name(folder):
    shutil.rmtree(folder)
    write_model(folder, model("a1"))


@pytest.mark.parametrize(
    "harm", [flipped, cut, of_another_format, without_weights, without_a_card, under_another_name]
)
def test_what_is_damaged_or_unknown_is_refused_with_the_mend(folder, shelf, harm):
    harm(folder)
    with pytest.raises(BadModel, match="STOA_SHIPPED_WEIGHTS=false"):
        read_shipped(folder)
    with pytest.raises(BadModel):
        adopt_shipped(shelf, 1, folder)
    assert shelf.serving() is None
    assert shelf.cards() == []


def test_an_empty_shelf_begins_with_them_once(folder, shelf):
    assert adopt_shipped(shelf, 5, folder)
    assert shelf.serving() == "shipped-1"
    decision = shelf.decisions()[-1]
    assert (decision.by, decision.at_us, decision.fate) == ("start", 5, Fate.PROMOTED)
    assert "simulated" in decision.reason
    assert not adopt_shipped(shelf, 6, folder)
    assert len(shelf.decisions()) == 1


def test_a_square_that_ranks_without_a_model_goes_on_so(folder, shelf):
    assert not adopt_shipped(shelf, 5, folder, fresh=False)
    assert shelf.cards() == []
    adopt_shipped(shelf, 5, folder)
    assert shelf.serving() == "shipped-1"


def test_kept_without_serving_they_wait_for_the_operator(folder, shelf):
    assert keep_shipped(shelf, folder) == keep_shipped(shelf, folder) == "shipped-1"
    assert shelf.serving() is None


def test_a_square_with_its_own_model_keeps_it(folder, shelf):
    shelf.save(model("own"))
    shelf.decide(Decision(1, "own", Fate.PROMOTED, "better"))
    assert not adopt_shipped(shelf, 2, folder)
    assert shelf.serving() == "own"


def test_what_was_gone_on_from_is_gone_back_to(folder, shelf):
    adopt_shipped(shelf, 1, folder)
    shelf.save(model("own", 2.0))
    shelf.decide(Decision(2, "own", Fate.PROMOTED, "better"))
    assert shelf.before() == "shipped-1"


def test_newer_ones_take_the_place_of_older_ones_but_come_back_never(folder, shelf, tmp_path):
    adopt_shipped(shelf, 1, folder)
    newer = tmp_path / "newer"
    write_model(newer, model("shipped-2", 2.0))
    assert adopt_shipped(shelf, 2, newer)
    assert shelf.serving() == "shipped-2"
    shelf.decide(Decision(3, "shipped-1", Fate.ROLLED_BACK, "liked it better"))
    assert not adopt_shipped(shelf, 4, newer)


def test_an_attempt_that_ended_before_the_decision_is_taken_up_again(folder, shelf):
    shelf.save(replace(model(), card=replace(model().card)))
    assert adopt_shipped(shelf, 1, folder)
    assert shelf.serving() == "shipped-1"
