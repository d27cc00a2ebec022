"""`stoa evaluate offpolicy` prints what it promises."""

import json

import pytest
from tests.tables.bandit_folder import write_bandit

from stoa.cli.commands import app
from stoa.errors import BadInput, BadTable


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_bandit(tmp_path_factory.mktemp("bandit"), n=300)


def run(capsys, *words):
    with pytest.raises(SystemExit) as left:
        app(["evaluate", "offpolicy", *map(str, words)])
    assert left.value.code in (0, None)
    return capsys.readouterr().out


def test_json_holds_the_promised_figures(folder, capsys):
    told = json.loads(run(capsys, folder, "--json", "--seed", "3"))
    assert told["seed"] == 3
    for pair in told["pairs"]:
        assert {"from", "to", "truth", "effective_n", "verdict"} <= set(pair)
        for name in ("ips", "snips", "clipped_ips", "dr", "switch_dr"):
            assert pair[name]["low"] <= pair[name]["mean"] <= pair[name]["high"]


def test_text_tells_truth_estimates_and_verdict(folder, capsys):
    told = run(capsys, folder)
    assert "toys: bts from the log of random" in told
    for word in ("truth", "snips", "logged_mean", "effective n", "bts against random: "):
        assert word in told


def test_few_effective_rows_get_no_verdict(tmp_path, capsys):
    told = json.loads(run(capsys, write_bandit(tmp_path, n=60), "--json"))
    assert all(pair["verdict"].startswith("refused") for pair in told["pairs"])


def test_a_wrong_folder_is_told(tmp_path):
    with pytest.raises(BadTable, match="two policies"):
        app(["evaluate", "offpolicy", str(tmp_path)])


def test_the_town_is_told_in_json_and_in_words(capsys, monkeypatch):
    from stoa.evaluation import off_policy_town

    small = off_policy_town.TownTrialConfig
    monkeypatch.setattr(
        off_policy_town, "TownTrialConfig",
        lambda **given: small(**given, past_days=1, days=1, runs=1),
    )  # fmt: skip
    words = ("--town", "--trials", "1", "--residents", "40")
    told = json.loads(run(capsys, *words, "--json"))
    assert told["values"]["seconds_1"]["refused"] == 1
    assert told["settings"]["residents"] == 40
    assert "seconds_3: truth within the interval" in run(capsys, *words)


def test_a_folder_or_the_town_never_both_and_never_neither(folder):
    for words in ([], [str(folder), "--town"]):
        with pytest.raises(BadInput, match="--town"):
            app(["evaluate", "offpolicy", *words])
