"""`stoa evaluate policies` reads options, goes on with kept runs, and prints what it promises."""

import json

import pytest

from stoa.cli.commands import app
from stoa.errors import BadInput


def run(capsys, *words):
    with pytest.raises(SystemExit) as left:
        app(["evaluate", "policies", *map(str, words)])
    assert left.value.code in (0, None)
    return capsys.readouterr()


def test_json_holds_policies_and_progress_goes_to_stderr(capsys):
    words = ("--seeds", "3", "--people", "bait", "--only", "chronological,popular", "--days", 1,
             "--residents", 20, "--json")  # fmt: skip
    printed = run(capsys, *words)
    told = json.loads(printed.out)
    assert set(told["people"]) == {"bait"}
    assert set(told["people"]["bait"]) == {"chronological", "popular"}
    assert told["people"]["bait"]["popular"]["mean"] > 0
    assert told["settings"]["residents"] == 20
    assert "2/2 bait seed 3 popular" in printed.err


def test_markdown_is_a_table_with_the_best_first(capsys):
    words = ("--seeds", "3", "--people", "bait", "--only", "popular,chronological", "--days", 1,
             "--residents", 20, "--markdown")  # fmt: skip
    lines = [line for line in run(capsys, *words).out.splitlines() if line.startswith("| `")]
    seconds = [float(line.split("|")[2]) for line in lines]
    assert len(lines) == 2
    assert seconds == sorted(seconds, reverse=True)
    assert {line.count("|") for line in lines} == {9}


@pytest.mark.parametrize(
    "words", [("--seeds", "one"), ("--people", "nobody"), ("--only", "magic"), ("--days", "0")]
)
def test_what_makes_no_study_is_refused(words):
    with pytest.raises(BadInput):
        app(["evaluate", "policies", *words, "--residents", "20"])
