"""`stoa notes polis` prints what it promises and draws a map that stands by itself."""

import gzip
import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from tests.bridging.small_opinions import camps

from stoa.app.polis_files import study_polis
from stoa.bridging.opinion_map import draw_map
from stoa.bridging.opinions import OpinionConfig
from stoa.cli.commands import app
from stoa.cli.notes_polis import tell_polis
from stoa.cli.polis_drawing import HEIGHT, WIDTH, svg_map, text_map
from stoa.errors import BadInput


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("polis")
    votes, _ = camps(n_voters=60, n_statements=20)
    table = np.full((60, 20), "", dtype=object)
    table[votes.voter, votes.statement] = np.where(votes.agrees, "1", "-1")
    table[0, :] = "0"
    lines = [
        "participant,group-id,n-comments,n-votes,n-agree,n-disagree,"
        + ",".join(map(str, range(20)))
    ]
    for voter, row in enumerate(table):
        said = row.tolist()
        counts = [len(said) - said.count(""), said.count("1"), said.count("-1")]
        lines.append(",".join(map(str, [voter, "", 0, *counts, *said])))
    (folder / "participants-votes.csv").write_text("\n".join(lines) + "\n")
    head = "timestamp,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
    body = "".join(f"1,{i},0,0,0,1,<b>Statement</b> {i}\n" for i in range(20))
    (folder / "comments.csv.gz").write_bytes(gzip.compress((head + body).encode()))
    (folder / "summary.csv").write_text("topic,Camps & tents\n")
    return folder


@pytest.fixture(scope="module")
def made(export):
    return study_polis(export, seed=0)


@pytest.mark.long
@pytest.mark.slow
def test_json_holds_the_promised_figures(made, capsys):
    tell_polis(made, svg=None, json=True)
    told = json.loads(capsys.readouterr().out)
    assert set(told["baselines"]) == {"statement_mean", "user_mean", "pca"}
    for quality in (told, *told["baselines"].values()):
        assert 0 <= quality["auroc"] <= 1
        assert quality["log_loss"] > 0
    assert (told["voters"], told["statements"]) == (60, 20)
    assert len(told["map"]) == 60
    assert told["votes"] > told["held_out"] > 10


@pytest.mark.long
@pytest.mark.slow
def test_text_and_svg_draw_the_map(made, capsys, tmp_path):
    svg = tmp_path / "map.svg"
    tell_polis(made, svg=svg, json=False)
    told = capsys.readouterr().out
    assert told.startswith("Camps & tents\n")
    assert "A: " in told
    assert "Every group agrees" in told
    root = ET.parse(svg).getroot()
    circles = root.findall("{http://www.w3.org/2000/svg}circle")
    assert len(circles) == 60
    assert "prefers-color-scheme:dark" in svg.read_text()


def test_a_place_that_cannot_be_written_is_told(export):
    with pytest.raises(BadInput, match="--svg"):
        app(["notes", "polis", str(export), "--svg", str(export / "no" / "map.svg")])


def test_the_drawn_map_has_its_size_and_every_group():
    votes, _ = camps()
    made = draw_map(votes, np.ones(30, dtype=bool), OpinionConfig(n_factors=2, n_sweeps=50))
    lines = text_map(made).splitlines()
    assert [len(line) for line in lines] == [WIDTH] * HEIGHT
    assert {"a", "b"} <= set("".join(lines).lower())
    ET.fromstring(svg_map(made, "a < b & c", ["<i>"] * 30))
