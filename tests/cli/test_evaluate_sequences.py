"""What `stoa evaluate sequences` prints and refuses."""

import json
from dataclasses import asdict, replace

import pytest

from stoa.cli import evaluate_sequences
from stoa.errors import BadInput, BadTable
from stoa.evaluation.sequence_study import (
    SequenceFigures,
    SequenceRun,
    SequenceStudy,
)

LINES = "".join(f"{u} {' '.join(str((u + i) % 9 + 1) for i in range(5))}\n" for u in range(12))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "some.txt"
    path.write_text(LINES)
    return path


@pytest.fixture
def asked(monkeypatch):
    """Stands in for the study, which has tests of its own, and keeps what it was asked."""
    kept = {}
    one = SequenceFigures(ndcg_at_10=0.25, hr_at_10=0.5, hr_at_200=0.75, hr_at_200_last=0.625)
    alone = replace(one, ndcg_at_10=0.125)
    run = SequenceRun(
        seed=3, figures=one, tower_alone=alone, chosen_epoch=1, chosen_memory_weight=0.5,
        chosen_ndcg_at_10=0.3, cpu_s=2.0,
    )  # fmt: skip
    other = replace(run, seed=4, figures=replace(one, ndcg_at_10=0.35))

    def study(sequences, attributes, config, seeds, say):
        kept.update(attributes=attributes.tolist(), seeds=seeds)
        say("half", 0.5)
        return SequenceStudy(
            runs=(run, other), baselines={"popularity": one}, settings=asdict(config),
            users=sequences.n_users, items=sequences.n_items,
        )  # fmt: skip

    monkeypatch.setattr(evaluate_sequences, "study_sequences", study)
    return kept


def test_json_is_one_object_with_what_the_reference_says(file, tmp_path, capsys, asked):
    attributes = tmp_path / "attributes.json"
    attributes.write_text('{"1": [5, 6], "3": [5]}')
    evaluate_sequences.sequences(file, attributes=attributes, seeds="3, 4", json=True)
    printed = json.loads(capsys.readouterr().out)
    assert asked["seeds"] == (3, 4)
    assert asked["attributes"] == [[1, 2], [0, 0], [1, 0], *[[0, 0]] * 6]
    assert printed["ndcg_at_10"] == pytest.approx(0.3)
    figures = {"ndcg_at_10", "hr_at_10", "hr_at_200", "hr_at_200_last"}
    assert figures <= printed.keys()
    assert printed["baselines"]["popularity"].keys() == figures
    assert printed["tower_alone"]["ndcg_at_10"] == 0.125
    assert (printed["users"], printed["items"]) == (12, 9)
    assert printed["cpu_s"] >= 0
    assert printed["settings"]["model"]["width"] > 0
    assert [(one["seed"], one["ndcg_at_10"]) for one in printed["by_seed"]] == [
        (3, 0.25),
        (4, 0.35),
    ]


def test_the_table_names_the_tower_and_what_it_must_beat(file, capsys, asked):
    evaluate_sequences.sequences(file)
    lines = capsys.readouterr().out.splitlines()
    assert asked["seeds"] == (0, 1, 2)
    assert lines[0].startswith("12 users, 9 items, 2 seeds")
    names = [line.split()[0] for line in lines[2:]]
    assert names == ["mean", "seed", "seed", "tower", "popularity"]
    assert lines[2].split()[-4:] == ["0.3000", "0.5000", "0.7500", "0.6250"]


def test_attributes_of_unknown_items_are_refused(file, tmp_path):
    attributes = tmp_path / "attributes.json"
    attributes.write_text('{"77": [1]}')
    with pytest.raises(BadTable, match="'77': no user has this item"):
        evaluate_sequences.sequences(file, attributes=attributes)


@pytest.mark.parametrize("seeds", ["", "a", "1,-2", "1.5", "9" * 30])
def test_seeds_that_are_none_are_refused(file, seeds):
    with pytest.raises(BadInput, match="--seeds"):
        evaluate_sequences.sequences(file, seeds=seeds)
