"""The study finds what is there, nothing where nothing is, and says so when it is too good."""

import json
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evaluation.small_feedback import SMALL, feedback
from tests.tables.feedback_rows import write_rows

from stoa.cli.commands import app
from stoa.errors import BadInput
from stoa.evaluation.regret_model import CHANNELS, NetworkConfig, Scaling, f1_threshold, platt
from stoa.evaluation.regret_study import (
    FIGURES,
    StudyConfig,
    Verdicts,
    figures_of,
    study_regret,
)
from stoa.tables.feedback_files import read_feedback


def study(folder, rows, heldout=None):
    read = read_feedback(write_rows(folder, rows))
    others = None if heldout is None else read_feedback(write_rows(folder / "new", heldout))
    return study_regret(read, others, SMALL)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Hates are left sooner; other viewers are held out."""
    folder = tmp_path_factory.mktemp("told")
    rows, new = feedback(told_by_play=0.6), feedback(9, n_viewers=12, told_by_play=0.6)
    return study(folder, rows, new)


def test_watching_tells_hates_and_what_came_before_does_not(told):
    assert told["auroc"] > 0.7
    assert told["before_exposure"]["auroc"] < told["auroc"] - 0.1
    assert told["heldout_auroc"] > 0.65
    assert told["heldout_f1"] == told["heldout"]["f1"]
    assert not told["suspected_leak"]
    for one in (told, told["before_exposure"], told["heldout"], *told["past_only"].values()):
        for name in FIGURES:
            low, high = one["over_splits"][name]
            assert low <= one[name] <= high
            assert 0 <= one[name] <= 1


def test_viewers_who_hated_once_are_told_apart(told):
    groups = told["by_viewer"]
    assert [group["viewers"] for group in groups.values()] == [10, 30, 0]
    assert groups["10_hates_or_more"]["f1"] is None


def test_baselines_are_what_they_must_be(told):
    baselines = told["baselines"]
    assert set(baselines) == {"play_ratio", "hate_rate", "random", "always_hate"}
    assert baselines["hate_rate"]["auroc"] == 0.5
    assert baselines["always_hate"]["f1"] == pytest.approx(2 / 3, abs=1e-4)
    assert baselines["play_ratio"]["auroc"] > 0.7


def test_renaming_or_mixing_videos_changes_nothing(told, tmp_path):
    rows = feedback(told_by_play=0.6)
    names = [row["video_id"] for row in rows]
    random.Random(0).shuffle(names)
    renamed = [{**row, "video_id": f"v{name}"} for row, name in zip(rows, names, strict=True)]
    again = study(tmp_path, renamed, feedback(9, n_viewers=12, told_by_play=0.6))
    assert again == told


def test_one_split_has_no_interval_and_is_refused(tmp_path):
    rows = read_feedback(write_rows(tmp_path, feedback(n_viewers=3)))
    with pytest.raises(BadInput, match="splits is 1"):
        study_regret(rows, config=StudyConfig(splits=1))


def test_the_command_prints_what_it_promises(told, tmp_path, capsys, monkeypatch):
    asked = []

    def known(rows, others, config, show):
        asked.append((len(others.viewer_id), config.splits, config.seed))
        show(1.0)
        return dict(told)

    monkeypatch.setattr("stoa.evaluation.regret_study.study_regret", known)
    write_rows(tmp_path / "here", feedback())
    write_rows(tmp_path / "new", feedback(9, n_viewers=12))

    def run(*words):
        folders = [str(tmp_path / "here"), "--heldout", str(tmp_path / "new")]
        with pytest.raises(SystemExit) as left:
            app(["evaluate", "regret", *folders, "--splits", "3", "--seed", "7", *words])
        assert left.value.code in (0, None)
        return capsys.readouterr().out

    said = json.loads(run("--json"))
    assert {*FIGURES, "heldout_auroc", "heldout_f1", "past_only", "baselines", "cpu_s"} <= set(said)
    assert set(FIGURES) <= set(said["before_exposure"])
    assert (said["viewers"], said["rows"], said["hates"]) == (40, 260, 100)
    assert asked == [(12, 3, 7)]
    text = run()
    assert "held-out viewers" in text
    assert "no hate yet (10 viewers)" in text


def test_without_others_nothing_is_said_of_them_and_a_leak_is_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("stoa.evaluation.regret_study.StudyConfig", lambda **_: SMALL)
    write_rows(tmp_path, feedback(told_by_play=6))
    with pytest.raises(SystemExit):
        app(["evaluate", "regret", str(tmp_path), "--json"])
    told = capsys.readouterr()
    said = json.loads(told.out)
    assert said["f1"] > 0.9
    assert said["suspected_leak"]
    assert "heldout_auroc" not in said
    assert "Suspected leak" in told.err


def verdicts(probability, is_hate, threshold=0.5):
    n = len(probability)
    probability = np.asarray(probability, float)
    return Verdicts(
        probability, probability >= threshold, np.asarray(is_hate, bool),
        np.arange(n, dtype=np.int32), np.zeros(n, np.int64),
    )  # fmt: skip


def test_figures_are_those_of_hates():
    one = figures_of(verdicts([0.9, 0.8, 0.7, 0.1], [True, False, True, True]))
    assert one["precision"] == pytest.approx(2 / 3)
    assert one["recall"] == pytest.approx(2 / 3)
    assert one["f1"] == pytest.approx(2 / 3)
    assert one["auroc"] == pytest.approx(1 / 3)
    assert figures_of(verdicts([0.1, 0.2], [True, True]))["f1"] == 0


def test_calibration_error_is_the_distance_of_said_from_true():
    said = figures_of(verdicts([0.3] * 100, [True] * 60 + [False] * 40))
    assert said["ece"] > 0.3
    rng = np.random.default_rng(0)
    probability = rng.random(20_000)
    assert figures_of(verdicts(probability, rng.random(20_000) < probability))["ece"] < 0.02


@settings(max_examples=5)
@given(st.integers(0, 1000))
def test_the_threshold_is_as_good_as_any_where_probabilities_are_true(seed):
    rng = np.random.default_rng(seed)
    probability = rng.beta(1, 1 + rng.random() * 3, 20_000)
    truth = rng.random(20_000) < probability
    ours = f1_threshold(probability, truth, np.ones(20_000))
    f1 = [
        figures_of(verdicts(probability, truth, at))["f1"] for at in (ours, *np.arange(0, 1, 0.1))
    ]
    assert f1[0] > max(f1) - 0.004


def test_platt_makes_logits_say_what_is_true():
    rng = np.random.default_rng(0)
    logit = rng.normal(size=20_000)
    truth = rng.random(20_000) < 1 / (1 + np.exp(-(0.5 * logit - 1)))
    slope, level = platt(logit, truth, np.full(20_000, 1e-3))
    assert (slope, level) == (pytest.approx(0.5, abs=0.1), pytest.approx(-1, abs=0.1))
    slope, level = platt(np.array([-1.0, 1.0]), np.array([False, True]), np.ones(2))
    assert np.isfinite([slope, level]).all()


def test_missing_features_become_channels_and_empty_ones_vanish():
    features = np.array([[1.0, np.nan, np.nan], [3.0, np.nan, 2.0]] * 50)
    channels = Scaling.of(features)(features)
    assert channels.shape == (100, CHANNELS)
    assert np.isfinite(channels).all()
    assert channels[:, 2].tolist() == [1, 0] * 50
    assert (channels[:, 3:] == 0).all()


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_real_feedback_is_told_as_well_as_the_reference_says(shared_data):
    folder = shared_data / "kuairand-feedback"
    if not folder.is_dir():
        pytest.skip("no KuaiRand feedback")
    fast = StudyConfig(splits=2, most_pairs=12, network=NetworkConfig(steps=300, members=1))
    made = study_regret(read_feedback(folder), config=fast)
    assert 0.74 < made["f1"] < 0.9
    assert made["auroc"] > 0.83
    assert made["ece"] < 0.06
    assert made["before_exposure"]["auroc"] > made["past_only"]["before_exposure"]["auroc"] > 0.65
    assert made["by_viewer"]["no_hate_yet"]["auroc"] < made["auroc"]
