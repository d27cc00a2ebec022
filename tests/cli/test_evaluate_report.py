"""`stoa evaluate report` reads what the studies printed and writes a page."""

import json

import pytest
from tests.evaluation.study_outputs import EVERY

from stoa.cli.commands import app
from stoa.errors import BadInput


def run(*words):
    with pytest.raises(SystemExit) as left:
        app(["evaluate", "report", *map(str, words)])
    assert left.value.code in (0, None)


@pytest.fixture
def figures(tmp_path):
    paths = []
    for name, found in EVERY.items():
        paths.append(tmp_path / name)
        paths[-1].write_text(json.dumps(found))
    return paths


def test_a_page_and_its_figures_are_written(figures, tmp_path, capsys):
    out = tmp_path / "new" / "folder"
    run("--out", out, *figures, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["not_run"] == told["not_understood"] == []
    assert len(told["studies"]) == 6
    assert (out / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert len(json.loads((out / "report.json").read_text("utf-8"))["sections"]) == 6


def test_what_is_missing_is_told(figures, tmp_path, capsys):
    odd = tmp_path / "odd.json"
    odd.write_text('{"<b>": NaN, "\\ud800": 1e999}')
    run("--out", tmp_path / "out", figures[1], odd)
    told = capsys.readouterr().out
    assert "not run: stoa evaluate policies" in told
    assert "not understood: odd.json" in told


def test_a_report_of_nothing_says_so(tmp_path, capsys):
    run("--out", tmp_path)
    assert capsys.readouterr().out.count("not run: ") == 6


@pytest.mark.parametrize(
    "text", ["", "{", "nothing", "[" * 200_000, '{"a": ' * 50_000, "9" * 5_000], ids=len
)
def test_what_is_no_json_is_refused_by_name(tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"bad\.json"):
        app(["evaluate", "report", "--out", str(tmp_path / "out"), str(path)])
    assert not (tmp_path / "out").exists()


def test_files_that_cannot_be_read_or_written_are_told(tmp_path):
    with pytest.raises(BadInput, match=r"none\.json"):
        app(["evaluate", "report", "--out", str(tmp_path), str(tmp_path / "none.json")])
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="--out"):
        app(["evaluate", "report", "--out", str(tmp_path / "file")])
