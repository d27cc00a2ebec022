"""`stoa models` tells what serves and changes it; its JSON keys are a contract."""

import json

import numpy as np
import pytest
from tests.cli import called

from stoa.artifacts.model_shelf import ModelShelf
from stoa.artifacts.shipped import read_shipped
from stoa.model_records import Decision, Fate, Model, ModelCard

SHIPPED = read_shipped().card.version


def stoa(*arguments, expect=0):
    done = called.stoa("models", *arguments)
    assert done.returncode == expect, done.stderr
    return done


@pytest.fixture
def data(tmp_path):
    shelf = ModelShelf(tmp_path / "models")
    for n, version in enumerate(("first", "second", "third")):
        card = ModelCard(version=version, made_us=n, source="town", counts={"posts": 5})
        shelf.save(Model(card, {"w": np.ones(3, np.float32)}))
    for version in ("first", "second"):
        shelf.decide(Decision(1, version, Fate.PROMOTED, "better", "gate"))
    shelf.decide(Decision(2, "third", Fate.REFUSED, "worse", "gate"))
    return tmp_path


def test_versions_and_what_serves(data):
    listed = json.loads(stoa("list", "--data", data, "--json").stdout)
    assert listed["serving"] == "second"
    assert [row["fate"] for row in listed["versions"]] == ["promoted", "promoted", "refused"]
    assert set(listed["versions"][0]) == {"version", "made_us", "source", "fate", "reason"}
    assert "* second" in stoa("list", "--data", data).stdout


def test_a_card_is_told(data):
    card = json.loads(stoa("show", "--data", data, "--json").stdout)
    assert (card["version"], card["counts"]) == ("second", {"posts": 5})
    assert card["decisions"][0]["reason"] == "better"


def test_a_card_tells_worths_with_intervals_and_how_far_heads_can_be_believed(data):
    head = {"n": 50, "predicted": 0.1, "observed": 0.12, "ece": {"mean": 0.02},
            "slope": {"mean": 1.05}, "bins": []}  # fmt: skip
    card = ModelCard(
        version="told", made_us=9, reliability={"like": head},
        value={"kappa": 3.0, "price": 0.0, "worth_s": {"like": 71.0}},
        worths={"like": {"mean": 71.0, "low": 40.0, "high": 99.5},
                "reply": {"mean": 0.0, "low": -9.0, "high": 9.0}},
    )  # fmt: skip
    ModelShelf(data / "models").save(Model(card, {"w": np.ones(3, np.float32)}))
    told = stoa("show", "told", "--data", data).stdout
    for line in (
        "kappa: 3.0",
        "price: 0.0",
        "worth of like: 71.0 s; returns say 71.0 (40.0 to 99.5)",
        "worth of reply: 0.0 s; returns say 0.0 (-9.0 to 9.0)",
        "like: foretold 0.1, seen 0.12, error 0.0200, slope 1.05 on 50 showings",
    ):
        assert f"  {line}\n" in told


def test_back_and_forth(data):
    stoa("rollback", "--data", data, "--reason", "worse pages")
    assert json.loads(stoa("list", "--data", data, "--json").stdout)["serving"] == "first"
    assert "no other version" in stoa("rollback", "--data", data, expect=1).stderr
    stoa("promote", "third", "--data", data)
    assert json.loads(stoa("list", "--data", data, "--json").stdout)["serving"] == "third"


def test_what_is_not_there_is_said(data):
    assert "stoa models list" in stoa("promote", "absent", "--data", data, expect=1).stderr
    (data / "models" / "first" / "weights.safetensors").write_bytes(b"x")
    assert "sha256 differs" in stoa("show", "first", "--data", data, expect=1).stderr


def test_spaces_have_a_shelf_of_their_own(data):
    shelf = ModelShelf(data / "spaces")
    shelf.save(Model(ModelCard(version="one", made_us=1), {"w": np.ones(3, np.float32)}))
    assert json.loads(stoa("list", "--data", data, "--space", "--json").stdout)["serving"] is None
    stoa("promote", "one", "--data", data, "--space")
    assert json.loads(stoa("list", "--data", data, "--space", "--json").stdout)["serving"] == "one"
    assert json.loads(stoa("list", "--data", data, "--json").stdout)["serving"] == "second"


def test_an_older_square_takes_up_what_ships_when_it_is_told_to(data):
    stoa("promote", SHIPPED, "--data", data, "--reason", "to compare")
    shelf = ModelShelf(data / "models")
    assert (shelf.serving(), shelf.before()) == (SHIPPED, "second")
    assert shelf.load(SHIPPED).card.weights_sha256 == read_shipped().card.weights_sha256
