"""Models are kept whole or not at all, and what serves changes only by decisions."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from stoa.artifacts.model_files import read_model, write_model
from stoa.artifacts.model_shelf import ModelShelf
from stoa.errors import BadInput, BadModel, StoreBusy, StoreFull
from stoa.model_records import NO_MODEL, Decision, Fate, Model, ModelCard


def model(version="a1", made_us=1, value=1.0):
    arrays = {"ranker.out": np.full((3, 2), value, np.float32), "steps": np.arange(4),
              "seconds": np.float32(1.5)}  # fmt: skip
    metrics = {"ndcg_at_10": {"mean": 0.5, "low": 0.4, "high": 0.6}}
    return Model(ModelCard(version=version, made_us=made_us, seed=7, metrics=metrics), arrays)


def promote(shelf, version, at_us=1):
    shelf.decide(Decision(at_us, version, Fate.PROMOTED, "better", "gate"))


@pytest.fixture
def shelf(tmp_path):
    return ModelShelf(tmp_path / "models")


def test_a_model_comes_back_as_it_was(shelf):
    card = shelf.save(model())
    found = shelf.load("a1")
    assert found.card == card
    assert card.metrics["ndcg_at_10"]["high"] == 0.6
    assert card.shapes == {"ranker.out": (3, 2), "steps": (4,), "seconds": ()}
    np.testing.assert_array_equal(found.arrays["ranker.out"], model().arrays["ranker.out"])


def test_what_needs_no_model_can_be_chosen_and_left_again(shelf):
    shelf.save(model())
    promote(shelf, "a1")
    promote(shelf, NO_MODEL)
    assert (shelf.serving(), shelf.before()) == (NO_MODEL, "a1")
    shelf.decide(Decision(3, "a1", Fate.ROLLED_BACK, "better", "operator"))
    assert shelf.serving() == "a1"
    with pytest.raises(BadInput, match="version"):
        shelf.save(model(NO_MODEL))


def test_versions_are_told_oldest_first(shelf):
    for version, made_us in (("b", 2), ("a", 3), ("c", 1)):
        shelf.save(model(version, made_us))
    assert [card.version for card in shelf.cards()] == ["c", "b", "a"]


@pytest.mark.parametrize("at", [0, 7, 100, -1])
def test_a_flipped_byte_is_refused_with_the_mend(shelf, at):
    shelf.save(model())
    path = shelf.folder / "a1" / "weights.safetensors"
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    with pytest.raises(BadModel, match="stoa models rollback"):
        shelf.load("a1")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"format": 99}, "format 99"),
        ({"format": None}, "format"),
        ({"made_us": "soon"}, "made_us"),
        ({"surprise": 1}, "surprise"),
        ({"shapes": {"ranker.out": [9, 9], "steps": [4], "seconds": []}}, "shapes"),
        ({"shapes": {"ranker.out": 3}}, "shapes"),
        ({"weights_sha256": "0" * 64}, "sha256"),
    ],
)
def test_a_card_that_does_not_hold_is_refused(shelf, change, named):
    shelf.save(model())
    path = shelf.folder / "a1" / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BadModel, match=named):
        shelf.load("a1")


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000])
def test_a_card_that_is_no_card_is_refused(shelf, text):
    shelf.save(model())
    (shelf.folder / "a1" / "card.json").write_text(text)
    with pytest.raises(BadModel):
        shelf.load("a1")
    assert shelf.cards() == []


def test_arrays_that_are_not_finite_are_never_saved(shelf):
    with pytest.raises(BadModel, match=r"NaN or infinity in ranker\.out"):
        shelf.save(model(value=np.nan))
    assert shelf.cards() == []


def test_a_version_is_never_written_over(shelf):
    shelf.save(model())
    with pytest.raises(BadModel, match="there already"):
        shelf.save(model(value=2.0))
    assert shelf.load("a1").arrays["ranker.out"][0, 0] == 1.0


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", ".hidden", "x" * 99])
def test_a_version_is_a_plain_name(shelf, name):
    with pytest.raises(BadInput, match="version"):
        shelf.save(model(name))


def test_a_full_disk_leaves_nothing_behind(shelf, monkeypatch):
    shelf.save(model("kept"))
    promote(shelf, "kept")

    def refuse(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StoreFull):
        shelf.save(model("new"))
    with pytest.raises(StoreFull):
        promote(shelf, "kept")
    assert {path.name for path in shelf.folder.iterdir()} == {"kept", "serving.json"}
    assert shelf.serving() == "kept"


def test_a_disk_that_fills_half_way_leaves_nothing_to_load(shelf, monkeypatch):
    shelf.save(model("kept"))
    promote(shelf, "kept")

    def half(path, raw):
        path.write_bytes(raw[: len(raw) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("stoa.artifacts.model_files._write", half)
    with pytest.raises(StoreFull, match="make room on disk"):
        shelf.save(model("new"))
    assert [card.version for card in shelf.cards()] == ["kept"]
    with pytest.raises(BadInput):
        shelf.load("new")
    assert shelf.load(shelf.serving()).card.version == "kept"


def test_what_serves_follows_decisions(shelf):
    for made_us, version in enumerate("abc"):
        shelf.save(model(version, made_us))
    assert shelf.serving() is None
    promote(shelf, "a")
    promote(shelf, "b")
    shelf.decide(Decision(3, "c", Fate.REFUSED, "calibration is worse", "gate"))
    assert (shelf.serving(), shelf.before()) == ("b", "a")
    shelf.decide(Decision(4, "a", Fate.ROLLED_BACK, "readers complain", "operator"))
    assert (shelf.serving(), shelf.before()) == ("a", None)
    promote(shelf, "c")
    assert (shelf.serving(), shelf.before()) == ("c", "a")
    assert [d.fate.value for d in shelf.decisions()] == [
        "promoted", "promoted", "refused", "rolled_back", "promoted",
    ]  # fmt: skip


def test_a_damaged_version_never_comes_to_serve(shelf):
    shelf.save(model("good"))
    promote(shelf, "good")
    shelf.save(model("bad"))
    (shelf.folder / "bad" / "weights.safetensors").write_bytes(b"")
    with pytest.raises(BadModel):
        promote(shelf, "bad")
    with pytest.raises(BadInput, match="stoa models list"):
        promote(shelf, "absent")
    assert shelf.serving() == "good"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"decisions": [1]}', '{"decisions": [{}]}'])
def test_a_scribbled_state_is_no_state(shelf, text):
    shelf.save(model())
    (shelf.folder / "serving.json").write_text(text)
    assert shelf.serving() is None
    promote(shelf, "a1")
    assert shelf.serving() == "a1"


def test_old_versions_go_but_never_what_serves_or_served_before(shelf):
    for made_us, version in enumerate("abcdef"):
        shelf.save(model(version, made_us))
    promote(shelf, "a")
    promote(shelf, "b")
    assert list(shelf.drop(keep=2)) == ["c", "d"]
    assert [card.version for card in shelf.cards()] == ["a", "b", "e", "f"]


def test_two_trainers_do_not_meet(shelf):
    with shelf.trainer():
        other = ModelShelf(shelf.folder)
        with pytest.raises(StoreBusy, match="another process trains"), other.trainer():
            pass
    with shelf.trainer():
        pass


SAVER = """
import sys, numpy as np
from pathlib import Path
from stoa.artifacts.model_shelf import ModelShelf
from stoa.model_records import NO_MODEL, Decision, Fate, Model, ModelCard
shelf = ModelShelf(Path(sys.argv[1]))
with shelf.trainer():
    print("ready", flush=True)
    for n in range(10_000):
        name = f"v{n:05d}"
        arrays = {"w": np.full(200_000, n, np.float32)}
        shelf.save(Model(ModelCard(version=name, made_us=n), arrays))
        shelf.decide(Decision(n, name, Fate.PROMOTED, "better"))
        shelf.drop(keep=3)
"""


def test_a_kill_at_any_moment_leaves_a_version_that_serves(shelf):
    for n in range(4):
        saver = subprocess.Popen(
            [sys.executable, "-c", SAVER, str(shelf.folder / str(n))],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert saver.stdout is not None
        assert saver.stdout.readline() == "ready\n"
        time.sleep(0.11 * n)
        saver.send_signal(signal.SIGKILL)
        saver.wait()
        saver.stdout.close()
        killed = ModelShelf(shelf.folder / str(n))
        serving = killed.serving()
        if serving is not None:
            arrays = killed.load(serving).arrays
            assert (arrays["w"] == int(serving[1:])).all()
        for card in killed.cards():
            killed.load(card.version)
        with killed.trainer():  # the dead one's place is free
            pass


def test_a_model_reads_from_any_folder(tmp_path):
    write_model(tmp_path / "shipped", model())
    found = read_model(tmp_path / "shipped")
    assert replace(found.card, weights_sha256="", shapes={}) == model().card
