"""The square tells how far the ranker that serves can be believed."""

from types import SimpleNamespace

import numpy as np
import pytest

from stoa.artifacts.model_shelf import ModelShelf
from stoa.model_records import HeadReliability, Model, ModelCard
from stoa.web.pages.square import reliability
from stoa.web.views.reliability import HEIGHT, WIDTH, reliability_told

ROW = HeadReliability(
    head="like", n=1_200, predicted=0.021, observed=0.025, error=0.004, slope=1.1,
    deciles=((0.01, 0.0), (0.05, 0.08)),
)  # fmt: skip
HEAD = {"n": 1_200, "predicted": 0.021, "observed": 0.025, "ece": {"mean": 0.004},
        "slope": {"mean": 1.1}, "bins": [{"predicted": 0.01, "mean": 0.0}]}  # fmt: skip


def test_a_head_is_told_in_words_and_drawn_within_its_frame():
    told = reliability_told([ROW])[0]
    assert (told.head, told.predicted, told.observed) == ("Likes", "2.1 %", "2.5 %")
    assert told.n == "1,200"
    assert told.told == "1.0 % foretold, 0.0 % seen; 5.0 % foretold, 8.0 % seen"
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in told.dots)
    assert told.dots[1][1] < told.dots[0][1]  # more is higher


@pytest.mark.parametrize("deciles", [(), ((0.0, 0.0),)])
def test_a_head_of_which_hardly_anything_is_known_is_drawn_too(deciles):
    told = reliability_told([HeadReliability(
        head="odd", n=0, predicted=0.0, observed=0.0, error=0.0, slope=None, deciles=deciles,
    )])[0]  # fmt: skip
    assert told.head == "odd"
    assert len(told.dots) == len(deciles)


def desk(folder, version):
    ranker = None if version is None else SimpleNamespace(version=version)
    rooms = SimpleNamespace(folder=folder, seat=SimpleNamespace(ranker=ranker))
    return SimpleNamespace(square=SimpleNamespace(rooms=rooms))


def test_the_version_that_serves_is_told_of_and_no_other(tmp_path):
    shelf = ModelShelf(tmp_path / "models")
    for version, head in (("old", {}), ("new", {"like": HEAD})):
        card = ModelCard(version=version, made_us=1, reliability=head)
        shelf.save(Model(card, {"w": np.ones(3, np.float32)}))
    assert [row.head for row in reliability(desk(tmp_path, "new"))] == ["Likes"]
    assert reliability(desk(tmp_path, "old")) == []
    assert reliability(desk(tmp_path, "dropped")) == []
    assert reliability(desk(tmp_path, None)) == reliability(desk(None, "new")) == []
    (shelf.folder / "new" / "card.json").write_text("{")
    assert reliability(desk(tmp_path, "new")) == []


def test_the_page_shows_it(client, square, tmp_path, monkeypatch):
    monkeypatch.setattr("stoa.web.pages.square.reliability", lambda desk: reliability_told([ROW]))
    page = client.get("/square").text
    assert "How far it can be believed" in page
    assert '<td class="n">2.5 %</td>' in page
    assert "5.0 % foretold, 8.0 % seen" in page
