from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from stoa.app.verifying import shipped_verifier
from stoa.artifacts.verifier import verifier_bytes
from stoa.errors import BadInput
from stoa.evaluation.verifier_drawing import curve_page
from stoa.evaluation.verifier_own_sets import study_aggrefact, study_ragtruth
from stoa.evaluation.verifier_sets import LabelledPair, Stance, read_sets
from stoa.evaluation.verifier_study import study_verifier
from stoa.evaluation.verifier_training import made_pairs, quoted_pairs, train_verifier

SUBJECTS = ("Ada Marlow", "Boris Klein", "Carla Stein", "Dora Fuchs", "Emil Bruck", "Frida Lang")
VERBS = ("founded", "sold", "closed", "visited", "painted", "bought")
THINGS = ("the old mill", "a small bridge", "the town library", "a railway station")


def made_set(n_pairs, seed=0):
    rng = np.random.default_rng(seed)
    names = ("wice", "factcheck-gpt", "begin-wow", "fever-symmetric")
    pairs = []
    for at in range(n_pairs):
        who, other = (str(x) for x in rng.choice(SUBJECTS, 2, replace=False))
        verb, thing = str(rng.choice(VERBS)), str(rng.choice(THINGS))
        year = int(rng.integers(1900, 2020))
        evidence = (f"In {year} {who} {verb} {thing}. Later {other} was not there.",)
        claim, stance = f"{who} {verb} {thing} in {year}.", Stance.SUPPORTS
        if at % 2:
            claim, stance = f"{other} {verb} {thing} in {year + 3}.", Stance.REFUTES
        if at % 6 == 5:
            claim, stance = "The harbour was full of ships that night.", Stance.SILENT
        pairs.append(LabelledPair(names[at // 2 % 4], f"g{at // 4}", claim, evidence, stance))
    return pairs


@pytest.mark.slow
def test_the_study_tells_every_figure_with_its_interval_and_baselines():
    report = study_verifier(made_set(240), 0, 20, lambda share: None)
    for how in ("held_out", "set_left_out"):
        for one in report[how]["sets"].values():
            figure = one["balanced_accuracy"]
            assert figure["low"] <= figure["mean"] <= figure["high"]
            assert set(one["baselines"]) == {"always_unsupported", "idf_recall", "features_17"}
        assert report[how]["refuted"]["curve"]
    assert report["held_out"]["sets"]["wice"]["balanced_accuracy"]["mean"] > 0.8
    page = curve_page(report)
    assert page.count("<svg") == 2
    assert "src=" not in page


@pytest.mark.slow
def test_training_is_the_same_byte_for_byte():
    pairs = made_set(160)
    first, again = (verifier_bytes(train_verifier(pairs, 3)) for _ in range(2))
    assert first == again
    assert first != verifier_bytes(train_verifier(pairs, 4))


def test_made_pairs_come_from_supported_ones_and_a_seed():
    pairs = made_set(40)
    made = made_pairs(pairs, 1)
    assert made == made_pairs(pairs, 1)
    assert made != made_pairs(pairs, 2)
    assert {pair.stance for pair, _, _ in made} == {Stance.SUPPORTS}
    for pair, claim, kind in quoted_pairs(pairs, 1):
        assert kind in ("quoted", "quoted-short")
        assert claim.rstrip(".") in pair.evidence[0]


def test_the_sets_read_as_their_sources_say(shared_data):
    pairs = read_sets(shared_data)
    count = {
        name: sum(pair.collection == name for pair in pairs)
        for name in ("wice", "begin-wow", "factcheck-gpt", "fever-symmetric", "fool-me-twice")
    }
    assert count == {
        "wice": 1043, "begin-wow": 430, "factcheck-gpt": 1715, "fever-symmetric": 708,
        "fool-me-twice": 1169,
    }  # fmt: skip
    refuted = [p for p in pairs if p.collection == "factcheck-gpt" and p.stance < 0]
    assert len(refuted) == 93


def test_a_folder_without_the_sets_is_told(tmp_path):
    with pytest.raises(BadInput, match="give the folder that holds the sets"):
        read_sets(tmp_path)
    folder = tmp_path / "fever-symmetric"
    folder.mkdir()
    with gzip.open(folder / "fever_symmetric_dev.jsonl.gz", "wt") as file:
        row = {"id": 7, "claim": "a", "evidence": "b", "gold_label": "REFUTES"}
        file.write(json.dumps(row) + "\n")
    (pair,) = read_sets(tmp_path, ("fever-symmetric",))
    assert pair.stance is Stance.REFUTES


@pytest.fixture
def aggrefact(tmp_path):
    rows = [
        {"dataset": part, "doc": doc, "claim": claim, "label": label}
        for part in ("one", "two")
        for doc, claim, label in (
            ("The bridge opened in 1932.", "The bridge opened in 1932.", 1),
            ("The bridge opened in 1932.", "A comet fell on the town.", 0),
        )
    ]
    (tmp_path / "test.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_aggrefact_is_told_by_part(aggrefact):
    report = study_aggrefact(shipped_verifier(), aggrefact, 20)
    assert set(report["parts"]) == {"one", "two"}
    assert report["mean_balanced_accuracy"] == 1.0


def test_aggrefact_of_another_shape_is_refused(aggrefact):
    (aggrefact / "test.jsonl").write_text('{"claim": "a"}')
    with pytest.raises(BadInput, match="as they are published"):
        study_aggrefact(shipped_verifier(), aggrefact, 20)
    (aggrefact / "test.jsonl").unlink()
    with pytest.raises(BadInput, match="parquet"):
        study_aggrefact(shipped_verifier(), aggrefact, 20)


def test_ragtruth_is_told_by_task(tmp_path):
    sources = [
        {"source_id": "1", "task_type": "QA", "source_info": "The bridge opened in 1932."},
        {"source_id": "2", "task_type": "Data2txt", "source_info": {"name": "Lido", "stars": 4}},
    ]
    responses = [
        {"source_id": "1", "response": "The bridge opened in 1932.", "labels": [], "split": "test"},
        {
            "source_id": "1",
            "response": "The bridge opened in 1932. A comet fell on Rome that day.",
            "labels": [{"start": 27, "end": 57}],
            "split": "test",
        },
        {"source_id": "2", "response": "It is loud.", "labels": [{"start": 0}], "split": "test"},
        {"source_id": "1", "response": "no", "labels": [], "split": "train"},
    ]
    (tmp_path / "source_info.jsonl").write_text("\n".join(map(json.dumps, sources)))
    (tmp_path / "response.jsonl").write_text("\n".join(map(json.dumps, responses)))
    report = study_ragtruth(shipped_verifier(), tmp_path, 20)
    assert report["QA"]["responses"] == 2
    assert report["QA"]["f1"]["mean"] == 1.0
    assert report["overall"]["hallucinated"] == 2
    (tmp_path / "source_info.jsonl").write_text("")
    with pytest.raises(BadInput, match="same release"):
        study_ragtruth(shipped_verifier(), tmp_path, 20)
