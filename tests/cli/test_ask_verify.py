from __future__ import annotations

import json

import pytest

from stoa.cli import main


def run(capsys, monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["stoa", "ask", "verify", *map(str, words)])
    code = 0
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.fixture(autouse=True)
def collector_stays_on():
    import gc

    yield
    gc.unfreeze()
    gc.enable()


def test_a_line_out_for_each_line_in(tmp_path, capsys, monkeypatch):
    path = tmp_path / "pairs.jsonl"
    rows = [
        {"claim": "The bridge opened in 1932.", "evidence": ["The bridge opened in 1932."]},
        {"claim": "The bridge opened in 1950.", "evidence": ["The bridge opened in 1932."]},
        {"claim": "Nothing is known.", "evidence": []},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n")
    code, out, _ = run(capsys, monkeypatch, "--pairs", path, "--json")
    told = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [one["verdict"] for one in told] == ["likely", "not_found", "not_found"]
    for one in told:
        assert set(one) == {"probability", "supported", "verdict", "contradiction", "because"}
        assert 0 <= one["probability"] <= 1
        assert isinstance(one["supported"], bool)
        assert one["because"]
    assert told[0]["probability"] > told[1]["probability"] > told[2]["probability"]


def test_for_a_reader_it_prints_words(tmp_path, capsys, monkeypatch):
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"claim": "It rained.", "evidence": ["The sun shone."]}\n')
    code, out, _ = run(capsys, monkeypatch, "--pairs", path)
    assert code == 0
    assert out.startswith("not_found")
    assert "It rained." in out


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2"),
        ("[1]", "line 2"),
        ('{"claim": 3, "evidence": []}', "line 2, claim is 3"),
        ('{"claim": " ", "evidence": []}', "line 2, claim is ' '"),
        ('{"claim": "a"}', "line 2, evidence is None"),
        ('{"claim": "a", "evidence": "b"}', "line 2, evidence is 'b'"),
        ('{"claim": "a", "evidence": [1]}', "line 2, evidence is 1"),
    ],
)
def test_a_bad_line_is_named(tmp_path, capsys, monkeypatch, line, told):
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"claim": "a", "evidence": []}\n' + line + "\n")
    code, _, err = run(capsys, monkeypatch, "--pairs", path)
    assert code == 1
    assert told in err
    assert ": give" in err


def test_a_missing_file_is_told(tmp_path, capsys, monkeypatch):
    code, _, err = run(capsys, monkeypatch, "--pairs", tmp_path / "none.jsonl")
    assert code == 1
    assert "--pairs" in err
